"""A commitment changes its state with a step that says who, when and why: by whatever way somebody comes in."""

from django.db import migrations

# Looked at when the transaction ends: the state is written before its step, and may change again after that.
GUARD = """
CREATE FUNCTION guard_commitment_step() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    stands text;
    told text;
BEGIN
    SELECT state INTO stands FROM commitments_commitment WHERE id = NEW.id;
    SELECT after INTO told FROM commitments_transition WHERE commitment_id = NEW.id ORDER BY id DESC LIMIT 1;
    IF stands IS DISTINCT FROM told THEN
        RAISE EXCEPTION 'a commitment is % without a step that says so', stands USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER commitments_commitment_step AFTER UPDATE OF state ON commitments_commitment
    DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (OLD.state IS DISTINCT FROM NEW.state) EXECUTE FUNCTION guard_commitment_step();
"""
UNGUARD = """
DROP TRIGGER commitments_commitment_step ON commitments_commitment;
DROP FUNCTION guard_commitment_step();
"""


class Migration(migrations.Migration):
    dependencies = [("commitments", "0010_event_of_a_contact")]

    operations = [migrations.RunSQL(GUARD, UNGUARD)]
