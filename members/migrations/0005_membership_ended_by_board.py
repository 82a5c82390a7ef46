from django.db import migrations, models

# Who ends a membership without answering for the organisation does so for the board.
ENDED = """
UPDATE members_membership m SET ended_by_board = true
WHERE m.status = 'resigned' AND NOT EXISTS (
    SELECT FROM members_role r
    WHERE r.organisation_id = m.organisation_id AND r.role = 'owner' AND r.user_id = (
        SELECT t.actor_id FROM members_membershiptransition t
        WHERE t.membership_id = m.id AND t.after = 'resigned' ORDER BY t.id DESC LIMIT 1
    )
);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("members", "0004_board_as_party"),
    ]

    operations = [
        migrations.AddField(
            model_name="membership",
            name="ended_by_board",
            field=models.BooleanField(default=False, editable=False, verbose_name="opgezegd door het bestuur"),
        ),
        migrations.RunSQL(ENDED, migrations.RunSQL.noop),
    ]
