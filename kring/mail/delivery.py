"""Delivering what stands in the outbox.

    queued ──claim──▶ sending ──250──▶ sent
       ▲                 │ 4xx, no connection, lost before the dot: later, with back-off
       └─────────────────┤ 5xx: failed
                         └ the worker died: back to queued, unless its journal says that it was accepted

SMTP happens outside any transaction. What the server accepted is in the journal at once and in the database per batch.
"""

from __future__ import annotations

import datetime as dt
import logging
import time

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from kring.mail import journal
from kring.mail.models import Message, MessageState, Suppression
from kring.mail.suppression import suppress, suppressed
from kring.mail.transport import Accepted, Dropped, Outcome, Refused, Transport, transport

logger = logging.getLogger(__name__)

BATCH = 20
RUN_SECONDS = 45
# A message is only begun with this much of the lease left: more than all the answers to one can take together.
LEASE_LEFT = dt.timedelta(seconds=6 * settings.EMAIL_TIMEOUT)
BACK_OFF = [
    dt.timedelta(minutes=1),
    dt.timedelta(minutes=5),
    dt.timedelta(minutes=30),
    dt.timedelta(hours=2),
    dt.timedelta(hours=8),
    dt.timedelta(hours=24),
]
KEEP_BODIES = dt.timedelta(days=90)
RECORDED = ["state", "attempts", "next_attempt_at", "lease_by", "lease_until", "error", "smtp_reply", "sent_at"]


def claim(worker: str, now: dt.datetime, limit: int = BATCH) -> list[Message]:
    """Takes the next messages for this worker; what another is taking at this moment is passed over."""
    with transaction.atomic():
        due = Message.objects.due(now).order_by("priority", "pk").select_for_update(skip_locked=True)
        batch = list(due[:limit])
        until = now + dt.timedelta(seconds=settings.MAIL_LEASE_SECONDS)
        for message in batch:
            message.state, message.lease_by, message.lease_until = MessageState.SENDING, worker, until
        Message.objects.filter(pk__in=[message.pk for message in batch]).update(
            state=MessageState.SENDING, lease_by=worker, lease_until=until
        )
    return batch


def deliver() -> int:
    """Sends what is due, for at most RUN_SECONDS; returns how many the server accepted."""
    deadline = time.monotonic() + RUN_SECONDS
    notes = journal.mine()
    accepted = 0
    Message.objects.overdue(timezone.now()).update(state=MessageState.EXPIRED)
    with transport() as line:
        while time.monotonic() < deadline and (batch := claim(notes.name, timezone.now())):
            accepted += send_batch(batch, line, notes)
            if all(message.state == MessageState.QUEUED for message in batch):
                break  # the server takes nothing now; the clock tries again
    return accepted


def send_batch(batch: list[Message], line: Transport, notes: journal.Journal) -> int:
    unwanted = suppressed(message.email for message in batch)
    for message in batch:
        if message.email in unwanted:
            settle(message, MessageState.SUPPRESSED)
            continue
        if message.lease_until - timezone.now() < LEASE_LEFT:  # type: ignore[operator]
            settle(message, MessageState.QUEUED)  # too slow a server: another worker might think that we died
            continue
        outcome = line.send(message, intend=lambda pk=message.pk: notes.intend(pk))  # type: ignore[misc]
        if isinstance(outcome, Accepted):
            notes.accept(message.pk, outcome.reply)
        record(message, outcome, timezone.now())
    Message.objects.bulk_update(batch, RECORDED)
    notes.forget()
    return sum(message.state == MessageState.SENT for message in batch)


def settle(message: Message, state: str) -> None:
    message.state, message.lease_by, message.lease_until = state, "", None


def record(message: Message, outcome: Outcome, now: dt.datetime) -> None:
    """What the outcome makes of the message; the caller saves it."""
    message.attempts += 1
    match outcome:
        case Accepted(reply):
            message.smtp_reply, message.sent_at, message.error = reply[:500], now, ""
            settle(message, MessageState.SENT)
        case Refused() if outcome.is_final:
            message.smtp_reply = message.error = f"{outcome.code} {outcome.reply}"[:500]
            settle(message, MessageState.FAILED)
            if outcome.no_such_mailbox:
                suppress(message.email, Suppression.Reason.BOUNCE, now, outcome.reply)
        case Refused(code, reply):
            postpone(message, now, f"{code} {reply}")
        case Dropped(reason, after_dot=True) if settings.MAIL_AMBIGUOUS == "hold":
            message.error = reason[:500]
            settle(message, MessageState.HELD)
        case Dropped(reason):
            postpone(message, now, reason)


def postpone(message: Message, now: dt.datetime, error: str) -> None:
    message.error = error[:500]
    if message.attempts > len(BACK_OFF):
        settle(message, MessageState.FAILED)
        return
    message.next_attempt_at = now + BACK_OFF[message.attempts - 1]
    settle(message, MessageState.QUEUED)


def reclaim(now: dt.datetime) -> int:
    """Takes over the messages of workers that died, or whose lease ran out; returns how many."""
    leases = (
        Message.objects.filter(state=MessageState.SENDING).order_by().values_list("lease_by", flat=True).distinct()
    )
    return sum(take_over(worker, now) for worker in leases if worker != journal.mine().name)


@transaction.atomic
def take_over(worker: str, now: dt.datetime) -> int:
    held = Message.objects.filter(state=MessageState.SENDING, lease_by=worker).select_for_update(skip_locked=True)
    if journal.is_alive(worker):
        held = held.filter(lease_until__lte=now)
    traces = journal.read(worker)
    messages = list(held)
    for message in messages:
        resolve(message, *traces.get(message.pk, (journal.Trace.NONE, "")), now)
    Message.objects.bulk_update(messages, RECORDED)
    if messages and not journal.is_alive(worker):
        transaction.on_commit(lambda: journal.remove(worker))
    return len(messages)


def resolve(message: Message, trace: journal.Trace, reply: str, now: dt.datetime) -> None:
    """What became of a message whose worker cannot tell any more."""
    match trace:
        case journal.Trace.ACCEPTED:
            record(message, Accepted(reply), now)
        case journal.Trace.INTENDED if settings.MAIL_AMBIGUOUS == "hold":
            record(message, Dropped("the worker died while the server was answering", after_dot=True), now)
        case _:
            logger.info("message goes back to the queue", extra={"message_uuid": str(message.uuid)})
            message.next_attempt_at = now
            settle(message, MessageState.QUEUED)


def erase_bodies(now: dt.datetime) -> int:
    """Takes the text out of old messages; the figures of their life stay."""
    old = Message.objects.filter(created_at__lt=now - KEEP_BODIES, body_erased_at=None)
    return old.exclude(state__in=[MessageState.QUEUED, MessageState.SENDING]).update(
        text="", html="", headers={}, body_erased_at=now
    )
