from django.db import migrations

from members.models.memberships import KEEP_ALL_STEPS, KEEP_STEPS

# Of memberships that were noted from a list, as the history tells of them.
FIRST_STEPS = """
INSERT INTO members_membershiptransition (membership_id, before, after, at, note, actor_kind, actor_id, actor_name)
SELECT m.id, '', c.after ->> 'status', c.at, c.note, c.actor_kind, c.actor_id, c.actor_name
FROM members_membership m
JOIN members_change c ON c.thing = 'membership' AND c.deed = 'made' AND c.row = m.id
WHERE c.actor_kind = 'user' AND c.after ->> 'status' IN ('trial', 'active')
    AND NOT EXISTS (
        SELECT FROM members_membershiptransition t WHERE t.membership_id = m.id AND t.before IN ('', 'applied')
    );
"""
CHECK_NOW = "SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED;"


class Migration(migrations.Migration):
    dependencies = [
        ("members", "0006_contacts_and_sole_traders"),
    ]

    operations = [
        migrations.RunSQL(FIRST_STEPS, migrations.RunSQL.noop),
        migrations.RunSQL(CHECK_NOW, migrations.RunSQL.noop),
        migrations.RunSQL(KEEP_STEPS, KEEP_ALL_STEPS),
    ]
