"""The rules that every circle starts with; the board changes them."""

from django.db import migrations

RULES = [
    ("due-14", "Twee weken van tevoren", "due", -14, None, None, "promisor", "due"),
    ("due-3", "Drie dagen van tevoren", "due", -3, None, None, "promisor", "due"),
    ("due-0", "Op de dag zelf", "due", 0, None, None, "promisor", "due"),
    ("late-weekly", "Elke week daarna", "due", 7, 7, None, "promisor", "due"),
    ("late-board", "Na twee weken het bestuur", "due", 14, None, None, "board", "board"),
    ("proposed-7", "Een week zonder antwoord", "proposed", 7, None, None, "other_party", "proposed"),
    ("reported-7", "Een week niet bevestigd", "reported", 7, 7, 28, "beneficiary", "confirm"),
]


def add(apps, schema_editor):
    rule = apps.get_model("commitments", "ReminderRule")
    for order, (slug, name, anchor, offset, repeat, until, audience, template) in enumerate(RULES):
        rule.objects.get_or_create(
            slug=slug,
            defaults={
                "name": name,
                "anchor": anchor,
                "offset_days": offset,
                "repeat_days": repeat,
                "until_days": until,
                "audience": audience,
                "template": template,
                "order": order,
            },
        )


class Migration(migrations.Migration):
    dependencies = [("commitments", "0001_initial")]

    operations = [migrations.RunPython(add, migrations.RunPython.noop)]
