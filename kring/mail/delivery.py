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
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from kring.mail import journal, outbox
from kring.mail.models import Message, MessageState, Suppression
from kring.mail.suppression import suppress, unwanted
from kring.mail.transport import WAITS, Accepted, Away, Dropped, Outcome, Refused, Transport, Unwritable, transport

logger = logging.getLogger(__name__)

BATCH = 20
RUN_SECONDS = 45
BACK_OFF = [
    dt.timedelta(minutes=1),
    dt.timedelta(minutes=5),
    dt.timedelta(minutes=30),
    dt.timedelta(hours=2),
    dt.timedelta(hours=8),
    dt.timedelta(hours=24),
]
RECORDED = ["state", "attempts", "next_attempt_at", "lease_by", "lease_until", "error", "smtp_reply", "sent_at"]


@dataclass
class Circuit:
    """Whether there is any point in going on. A run stops when it is open; the next tries again with its first."""

    LIMIT = 5

    strikes: int = 0
    is_open: bool = False

    def note(self, outcome: Outcome) -> None:
        temporary = isinstance(outcome, Dropped) or (isinstance(outcome, Refused) and not outcome.is_final)
        self.strikes = self.strikes + 1 if temporary else 0
        if isinstance(outcome, Away) or self.strikes >= self.LIMIT:
            self.is_open = True
            logger.warning("the mail server takes nothing now", extra={"outcome": str(outcome)})


def claim(worker: str, now: dt.datetime, limit: int = BATCH) -> list[Message]:
    """Takes the next messages for this worker; what another is taking at this moment is passed over."""
    with transaction.atomic():
        due = Message.objects.due(now).order_by("priority", "pk").select_for_update(skip_locked=True, of=("self",))
        batch = list(due.select_related("stencil")[:limit])
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
    circuit, accepted = Circuit(), 0
    Message.objects.overdue(timezone.now()).update(state=MessageState.EXPIRED)
    with journal.opened() as notes, transport() as line:
        while not circuit.is_open and (batch := claim(notes.name, timezone.now())):
            accepted += send_batch(batch, line, notes, circuit)
            if time.monotonic() > deadline:
                outbox.wake()
                break
    return accepted


def send_batch(batch: list[Message], line: Transport, notes: journal.Journal, circuit: Circuit) -> int:
    """Returns how many were accepted."""
    leave_out = unwanted(batch)
    for message in batch:
        if message.pk in leave_out:
            settle(message, MessageState.SUPPRESSED)
        elif circuit.is_open or not has_time(message, timezone.now()):
            settle(message, MessageState.QUEUED)
        else:
            outcome = send(message, line, notes)
            circuit.note(outcome)
            record(message, outcome, timezone.now())
    save(batch, notes.name)
    return sum(message.state == MessageState.SENT for message in batch)


def has_time(message: Message, now: dt.datetime) -> bool:
    """Whether it is sure to be done before the lease runs out and another might think that we died."""
    assert message.lease_until is not None  # noqa: S101 - claimed
    return message.lease_until - now > dt.timedelta(seconds=WAITS * settings.EMAIL_TIMEOUT)


def send(message: Message, line: Transport, notes: journal.Journal) -> Outcome:
    outcome = line.send(message, intend=lambda: notes.intend(message.pk))
    match outcome:
        case Accepted(reply):
            notes.accept(message.pk, reply)
        case Refused():
            notes.refuse(message.pk)
    return outcome


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
                suppress(message.email, Suppression.Reason.BOUNCE, now, note=outcome.reply)
        case Refused(code, reply):
            postpone(message, now, f"{code} {reply}")
        case Dropped(reason, after_dot=True) if settings.MAIL_AMBIGUOUS == "hold":
            message.error = reason[:500]
            settle(message, MessageState.HELD)
        case Dropped(reason) | Away(reason):
            postpone(message, now, reason)
        case Unwritable(reason):
            message.error = reason[:500]
            settle(message, MessageState.FAILED)


def postpone(message: Message, now: dt.datetime, error: str) -> None:
    message.error = error[:500]
    if message.attempts > len(BACK_OFF):
        settle(message, MessageState.FAILED)
        return
    message.next_attempt_at = now + BACK_OFF[message.attempts - 1]
    settle(message, MessageState.QUEUED)


@transaction.atomic
def save(batch: list[Message], worker: str) -> None:
    """Writes down what became of them. Where another took over meanwhile, only that it was sent still counts."""
    claimed = Message.objects.filter(pk__in=[message.pk for message in batch], lease_by=worker)
    ours = set(claimed.select_for_update().values_list("pk", flat=True))
    Message.objects.bulk_update([message for message in batch if message.pk in ours], RECORDED)
    for message in batch:
        if message.pk not in ours and message.state == MessageState.SENT:
            waiting = Message.objects.filter(pk=message.pk, state=MessageState.QUEUED)
            waiting.update(state=MessageState.SENT, sent_at=message.sent_at, smtp_reply=message.smtp_reply)


def reclaim(now: dt.datetime) -> int:
    """Takes over the messages of runs that died, or whose lease ran out; returns how many."""
    sending = Message.objects.filter(state=MessageState.SENDING).order_by()
    taken = sum(take_over(worker, now) for worker in sending.values_list("lease_by", flat=True).distinct())
    for worker in journal.abandoned():
        if not sending.filter(lease_by=worker).exists():
            journal.remove(worker)
    return taken


@transaction.atomic
def take_over(worker: str, now: dt.datetime) -> int:
    held = Message.objects.filter(state=MessageState.SENDING, lease_by=worker).select_for_update(skip_locked=True)
    if journal.is_alive(worker):
        held = held.filter(lease_until__lte=now)
    messages = list(held)
    traces = journal.read(worker)
    for message in messages:
        resolve(message, *traces.get(message.pk, (journal.Trace.NONE, "")), now)
    Message.objects.bulk_update(messages, RECORDED)
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
