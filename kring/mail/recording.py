"""What becomes of a message, by what the server answered; and how a batch of them is written down."""

from __future__ import annotations

import datetime as dt
import json
import logging

from django.conf import settings
from django.db import connection, transaction

from kring.mail import journal
from kring.mail.models import Message, MessageEvent, MessageState, Suppression
from kring.mail.outcomes import Accepted, At, Away, Dropped, Outcome, Refused, Unwritable
from kring.mail.suppression import suppress

logger = logging.getLogger(__name__)

BACK_OFF = [
    dt.timedelta(minutes=1),
    dt.timedelta(minutes=5),
    dt.timedelta(minutes=30),
    dt.timedelta(hours=2),
    dt.timedelta(hours=8),
    dt.timedelta(hours=24),
]
# So often a message may be what its worker died of. Then it waits longer each time, and in the end somebody looks.
MOST_TAKEN_OVER = 3
RECORDED = [
    "state",
    "halted",
    "attempts",
    "next_attempt_at",
    "lease_by",
    "lease_until",
    "error",
    "smtp_reply",
    "sent_at",
    "bounce",
]
# One statement for a batch, ten times as fast as Django's: it also says which were still ours.
SAVE = """
UPDATE mail_message AS message SET
    state = CASE WHEN now.state = 'queued' AND message.halted <> '' THEN message.halted ELSE now.state END,
    halted = '', attempts = now.attempts, next_attempt_at = now.next_attempt_at, lease_by = '',
    lease_until = NULL, error = now.error, smtp_reply = now.smtp_reply, sent_at = now.sent_at, bounce = now.bounce
FROM jsonb_to_recordset(%s) AS now (
    pk bigint, state text, attempts smallint, next_attempt_at timestamptz, error text, smtp_reply text,
    sent_at timestamptz, bounce text
)
WHERE message.id = now.pk AND message.lease_by = %s
RETURNING message.id
"""
SAVED = ("pk", "state", "attempts", "next_attempt_at", "error", "smtp_reply", "sent_at", "bounce")

WAITING = [MessageState.QUEUED, MessageState.PAUSED, MessageState.CANCELLED]

What = MessageEvent.What


def settle(message: Message, state: str) -> None:
    message.state, message.lease_by, message.lease_until = state, "", None


def honour_halt(message: Message) -> None:
    """It was paused or cancelled while a worker had it; SAVE does the same for those that come back in a batch."""
    if message.state == MessageState.QUEUED and message.halted:
        message.state = message.halted
    message.halted = ""


def record(message: Message, outcome: Outcome, now: dt.datetime) -> list[MessageEvent]:
    """What the outcome makes of the message; the caller saves it, with what is out of the common."""
    if isinstance(outcome, Away) or _is_no_to_us(outcome):  # says nothing about the message: it was no attempt
        message.error = outcome.said[:500]
        settle(message, MessageState.QUEUED)
        return []
    message.attempts += 1
    match outcome:
        case Accepted(reply):
            message.smtp_reply, message.sent_at, message.error = reply[:500], now, ""
            settle(message, MessageState.SENT)
            return []
        case Refused() if outcome.is_final and not outcome.is_about_us:
            message.smtp_reply, message.bounce = outcome.said[:500], outcome.bounce
            fail(message, outcome)
            if outcome.no_such_mailbox:
                suppress(message.email, Suppression.Reason.BOUNCE, now, note=outcome.reply, message=message)
            return [event(message, What.REFUSED, outcome, now)]
        case Refused():
            postpone(message, now, outcome.said)
            return [event(message, What.DEFERRED, outcome, now)]
        case Dropped(after_dot=True) if settings.MAIL_AMBIGUOUS == "hold":
            message.error = outcome.said[:500]
            settle(message, MessageState.HELD)
            return [event(message, What.DROPPED, outcome, now)]
        case Dropped():
            postpone(message, now, outcome.said)
            if outcome.after_dot and message.state == MessageState.FAILED:  # each time it may have arrived
                settle(message, MessageState.HELD)
            return [event(message, What.DROPPED, outcome, now)]
        case Unwritable():
            fail(message, outcome)
            return [event(message, What.UNWRITABLE, outcome, now)]


def _is_no_to_us(outcome: Outcome) -> bool:
    """Said before the server knew of any reader: the next message would have heard the same."""
    return isinstance(outcome, Refused) and outcome.is_final and outcome.at == At.SENDER


def event(message: Message, what: str, outcome: Outcome, now: dt.datetime) -> MessageEvent:
    return MessageEvent(message=message, what=what, at=now, detail=outcome.said[:500])


def fail(message: Message, outcome: Outcome) -> None:
    message.error = outcome.said[:500]
    settle(message, MessageState.FAILED)


def postpone(message: Message, now: dt.datetime, error: str) -> None:
    message.error = error[:500]
    if message.attempts > len(BACK_OFF):
        settle(message, MessageState.FAILED)
        return
    message.next_attempt_at = now + BACK_OFF[message.attempts - 1]
    settle(message, MessageState.QUEUED)


@transaction.atomic
def save(batch: list[Message], worker: str, events: list[MessageEvent]) -> None:
    """Writes down what became of them. Where another took over meanwhile, only that it was sent still counts."""
    with connection.cursor() as cursor:
        rows = [{name: getattr(message, name) for name in SAVED} for message in batch]
        cursor.execute(SAVE, [json.dumps(rows, default=str), worker])
        ours = {pk for (pk,) in cursor.fetchall()}
    MessageEvent.objects.bulk_create(events)
    for message in batch:
        if message.pk not in ours and message.state == MessageState.SENT:
            waiting = Message.objects.filter(pk=message.pk, state__in=WAITING)
            waiting.update(state=MessageState.SENT, sent_at=message.sent_at, smtp_reply=message.smtp_reply)


def give_back(messages: list[Message], now: dt.datetime) -> None:
    """Refused one after the other, for good: the server wants nothing of us now, and that says nothing about these."""
    for message in messages:
        postpone(message, now, message.error)
        told = {"state": message.state, "next_attempt_at": message.next_attempt_at, "bounce": ""}
        Message.objects.filter(pk=message.pk, state=MessageState.FAILED).update(**told)
    Suppression.objects.filter(message__in=messages, reason=Suppression.Reason.BOUNCE).delete()


def resolve(message: Message, trace: journal.Trace, reply: str, now: dt.datetime) -> list[MessageEvent]:
    """What became of a message whose worker cannot tell any more."""
    match trace:
        case journal.Trace.ACCEPTED:
            return record(message, Accepted(reply), now)
        case journal.Trace.INTENDED if settings.MAIL_AMBIGUOUS == "hold" or message.attempts >= MOST_TAKEN_OVER:
            return record(message, Dropped("the worker died while the server was answering", At.DOT), now)
        case _:
            logger.info("message goes back to the queue", extra={"message_uuid": str(message.uuid)})
            message.attempts += trace == journal.Trace.INTENDED  # may it be what its workers die of
            message.next_attempt_at = now
            settle(message, MessageState.QUEUED)
            return [MessageEvent(message=message, what=What.TAKEN_OVER, at=now)]
