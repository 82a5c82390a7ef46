from django.db import migrations, models

# When the board asked: as the step in the membership says, else when the application came at the latest.
ASKED = """
UPDATE members_application a SET asked_at = coalesce((
    SELECT max(t.at) FROM members_membershiptransition t
    WHERE t.membership_id = a.membership_id AND t.after = 'info_requested'
), a.confirmed_at)
WHERE a.question <> '';
"""


class Migration(migrations.Migration):
    dependencies = [
        ("members", "0007_first_steps"),
    ]

    operations = [
        migrations.AddField(
            model_name="application",
            name="asked_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="gevraagd"),
        ),
        migrations.AddField(
            model_name="application",
            name="likeness",
            field=models.JSONField(blank=True, editable=False, null=True, verbose_name="lijkt op"),
        ),
        migrations.RunSQL(ASKED, migrations.RunSQL.noop),
    ]
