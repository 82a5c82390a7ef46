"""What the board found to be done after a dispute is counted apart, and what has ended also keeps its words."""

from django.db import migrations, models

COLUMNS = (
    *("promisor_id", "beneficiary_id", "quantity", "unit", "delivered", "confirmed", "kept_by_silence"),
    *("kept_by_board", "estimated_value", "value_basis", "due_on", "given_back_reason", "closed_at", "title", "result"),
)
BEFORE = tuple(name for name in COLUMNS if name not in {"kept_by_board", "title", "result"})


def guard(columns):
    """As in 0004, over these columns."""
    new, old = (", ".join(f"{row}.{name}" for name in columns) for row in ("NEW", "OLD"))
    return f"""
CREATE OR REPLACE FUNCTION guard_commitment() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.state <> OLD.state AND NOT commitment_step_allowed(OLD.state, NEW.state) THEN
        RAISE EXCEPTION 'a commitment takes no step from % to %', OLD.state, NEW.state
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.state IN ('kept', 'declined', 'withdrawn', 'given_back') AND ({new}) IS DISTINCT FROM ({old}) THEN
        RAISE EXCEPTION 'a commitment that has ended stays as it ended' USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.state NOT IN ('draft', 'lapsed') AND NEW.first_due_on <> OLD.first_due_on THEN
        RAISE EXCEPTION 'the date that was agreed first is kept' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
"""


# Those that the board closed so far: it went between in the very moment in which they were kept.
MARK = """
UPDATE commitments_commitment SET kept_by_board = true
WHERE state = 'kept' AND NOT kept_by_silence AND beneficiary_id IS NOT NULL AND EXISTS (
    SELECT FROM commitments_event AS event
    WHERE event.commitment_id = commitments_commitment.id AND event.kind = 'mediated'
      AND event.at = commitments_commitment.closed_at
);
"""


class Migration(migrations.Migration):
    dependencies = [("commitments", "0005_reviews")]

    operations = [
        migrations.AddField(
            model_name="commitment",
            name="kept_by_board",
            field=models.BooleanField(db_default=False, default=False, verbose_name="vastgesteld door het bestuur"),
        ),
        migrations.RunSQL(MARK, migrations.RunSQL.noop),
        migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE", "SET CONSTRAINTS ALL IMMEDIATE"),
        migrations.AddConstraint(
            model_name="commitment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("kept_by_board", False), models.Q(("kept_by_silence", False), ("state", "kept")), _connector="OR"
                ),
                name="commitment_kept_in_one_way",
            ),
        ),
        migrations.RunSQL(guard(COLUMNS), guard(BEFORE)),
    ]
