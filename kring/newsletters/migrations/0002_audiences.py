"""The audiences that every circle starts with; the board changes them as it likes."""

from django.db import migrations

FIRST = [
    ("Alle abonnees", ["subscribers"], "subscribed"),
    ("Bedrijven die zich inschreven", ["businesses"], "subscribed"),
    ("Bestuur", ["board"], "belonging"),
    ("Leden", ["members"], "belonging"),
]


def add(apps, schema_editor):
    audiences = apps.get_model("newsletters", "Audience").objects
    for name, groups, reach in FIRST:
        audiences.get_or_create(name=name, defaults={"groups": groups, "reach": reach})


class Migration(migrations.Migration):
    dependencies = [("newsletters", "0001_initial")]

    operations = [migrations.RunPython(add, migrations.RunPython.noop)]
