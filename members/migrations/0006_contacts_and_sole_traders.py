from django.db import migrations

# Who left, or whose account was closed, is no contact any more.
LEFT = """
UPDATE members_organisation o SET contact_id = NULL, version = version + 1
WHERE contact_id IS NOT NULL AND NOT EXISTS (
    SELECT FROM members_role r JOIN accounts_user u ON u.id = r.user_id
    WHERE r.organisation_id = o.id AND r.user_id = o.contact_id AND r.until IS NULL AND u.is_active
);
"""
# The number of a sole trader may be a person's.
SOLE_TRADERS = """
UPDATE members_organisation SET rsin = '', version = version + 1 WHERE legal_form = 'sole_trader' AND rsin <> '';
"""
# Or what follows cannot alter the table: the keys are checked at the end else.
CHECK_NOW = "SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED;"


class Migration(migrations.Migration):
    dependencies = [
        ("members", "0005_membership_ended_by_board"),
        ("accounts", "0001_initial"),
    ]

    operations = [
        migrations.RunSQL(LEFT, migrations.RunSQL.noop),
        migrations.RunSQL(SOLE_TRADERS, migrations.RunSQL.noop),
        migrations.RunSQL(CHECK_NOW, migrations.RunSQL.noop),
    ]
