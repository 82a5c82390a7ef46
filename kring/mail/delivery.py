"""Delivering what stands in the outbox.

    queued ──claim──▶ sending ──250──▶ sent
       ▲                 │ 4xx, lost before the dot: later, with back-off; no connection: as soon as there is one
       └─────────────────┤ 5xx: failed, unless it is about us, or said to all in a row: then all of it waits
                         └ the worker died: back to queued, unless its journal says that it was accepted

SMTP happens outside any transaction. What the server accepted is in the journal at once and in the database per batch.
What all workers together may ask of the server stands in servers.py; what becomes of a message in recording.py.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.conf import settings
from django.db import connection, transaction
from django.db.models import prefetch_related_objects
from django.utils import timezone

from kring.foundation.models import Circle
from kring.mail import journal, mime, outbox, servers
from kring.mail.letters import Letter, addressed
from kring.mail.models import Kind, MailServer, Message, MessageEvent, MessageQuerySet, MessageState
from kring.mail.outcomes import Accepted, Away, Dropped, Outcome, Refused, Unwritable
from kring.mail.recording import RECORDED, give_back, honour_halt, record, resolve, save, settle
from kring.mail.suppression import unwanted
from kring.mail.transport import Transport, longest, transport

BATCH = 250
# So long a batch, and a whole run, may take before it lets others go first. A server may take seconds for a message.
BATCH_SECONDS = 5
RUN_SECONDS = 45
# The next that are due, in one statement: two of Django's took half as long again.
CLAIM = """
UPDATE mail_message SET state = 'sending', halted = '', lease_by = %(worker)s, lease_until = %(until)s
WHERE id = ANY (ARRAY (
    SELECT id FROM mail_message
    WHERE state = 'queued' AND next_attempt_at <= %(now)s AND (expires_at > %(now)s) IS NOT FALSE
        AND (kind = 'code' OR NOT %(only_codes)s)
    ORDER BY priority, id LIMIT %(limit)s FOR UPDATE SKIP LOCKED
)) RETURNING *
"""
# Once a newsletter is queued, the planner does not know yet how many wait: it would sort all of them for each batch.
IN_ORDER_OF_THE_INDEX = "SET LOCAL enable_sort = off"


@dataclass
class Circuit:
    """Whether there is any point in going on. A run stops when it is open; servers.py says who tries again."""

    LIMIT = 5

    server: MailServer
    strikes: int = 0
    is_open: bool = False
    refused: list[Message] = field(default_factory=list)  # for good, one after the other

    def note(self, message: Message, outcome: Outcome) -> None:
        refused = outcome if isinstance(outcome, Refused) else None
        # Only that a mailbox is not there says nothing about what the server makes of the next message.
        is_no = refused is not None and not (refused.no_such_mailbox and refused.is_sure)
        is_strike = is_no or isinstance(outcome, Dropped)
        self.strikes = self.strikes + 1 if is_strike else 0
        if not is_strike:
            self.refused = []
        elif refused is not None and refused.is_final:
            self.refused.append(message)
        is_probe = self.server.away_since is not None
        takes_nothing = isinstance(outcome, Away) or (refused is not None and refused.is_about_us)
        if takes_nothing or self.strikes >= self.LIMIT or (is_strike and is_probe):
            self.is_open = True
            servers.note_away(self.server, outcome.said, timezone.now())
        elif is_probe:
            servers.note_back(self.server)


def due(now: dt.datetime, *, only_codes: bool) -> MessageQuerySet:
    found = Message.objects.due(now)
    return found.filter(kind=Kind.CODE) if only_codes else found


@transaction.atomic
def claim(worker: str, now: dt.datetime, limit: int = BATCH, *, only_codes: bool = False) -> list[Message]:
    """Takes the next messages for this worker; what another is taking at this moment is passed over."""
    until = now + dt.timedelta(seconds=settings.MAIL_LEASE_SECONDS)
    asked = {"worker": worker, "until": until, "now": now, "only_codes": only_codes, "limit": limit}
    with connection.cursor() as cursor:
        cursor.execute(IN_ORDER_OF_THE_INDEX)
    batch: list[Message] = list(Message.objects.raw(CLAIM, asked))
    prefetch_related_objects(batch, "stencil")
    return sorted(batch, key=lambda message: (message.priority, message.pk))


def deliver(*, only_codes: bool = False) -> int:
    """Sends what is due, for at most RUN_SECONDS; returns how many the server accepted."""
    now = timezone.now()
    Message.objects.overdue(now).update(state=MessageState.EXPIRED, halted_at=now)
    if not due(now, only_codes=only_codes).exists():  # else it would use up the next try of a server that is away
        return 0
    server = servers.current()
    with journal.opened() as notes, servers.line(server, notes.name, for_codes=only_codes) as has_line:
        if not has_line or not servers.may_try(server, now):
            return 0
        if wrong := mime.unusable_sender(Circle.current()):
            servers.note_away(server, wrong, now)
            return 0
        with transport() as line:
            accepted = Run(server, notes, line, only_codes=only_codes).go_on()
    if not servers.is_away(server) and Message.objects.due(timezone.now()).exists():
        outbox.wake()  # more than one run can do; or queued just now by who found no line free
    return accepted


def with_following(messages: list[Message]) -> Iterator[tuple[Message, Letter | Unwritable, Letter | None]]:
    """Each with its letter and the one after it. Made as they go: no more than two are in memory."""
    circle = Circle.current()
    letters = (addressed(message, circle) for message in messages)
    letter = next(letters, None)
    for message in messages:
        following = next(letters, None)
        assert letter is not None  # noqa: S101 - one for each message
        yield message, letter, following if isinstance(following, Letter) else None
        letter = following


@dataclass
class Run:
    """One worker at work, on one line."""

    server: MailServer
    notes: journal.Journal
    line: Transport
    only_codes: bool = False
    circuit: Circuit = field(init=False)

    def __post_init__(self) -> None:
        self.circuit = Circuit(self.server)

    def go_on(self) -> int:
        """Until nothing is due, the server takes no more, or others go first; returns how many it accepted."""
        deadline, accepted = time.monotonic() + RUN_SECONDS, 0
        while not self.circuit.is_open and time.monotonic() < deadline:
            size = 1 if self.server.away_since else servers.batch_size(BATCH)
            batch = claim(self.notes.name, timezone.now(), size, only_codes=self.only_codes)
            if not batch:
                break
            accepted += self.send_batch(batch)
        if self.circuit.is_open:
            give_back(self.circuit.refused, timezone.now())
        return accepted

    def send_batch(self, batch: list[Message]) -> int:
        """Returns how many were accepted."""
        events: list[MessageEvent] = []
        unwanted_ones = unwanted(batch)
        wanted = [message for message in batch if message.pk not in unwanted_ones]
        now = timezone.now()
        moments = servers.reserve(self.server, len(wanted), now)
        # At an agreed pace until the last of those moments: one that passes is nobody's any more.
        seconds = max([BATCH_SECONDS, *((moment - now).total_seconds() for moment in moments[-1:])])
        deadline = time.monotonic() + min(seconds, seconds_left(batch, now))
        for place, (message, letter, following) in enumerate(with_following(wanted)):
            if self.circuit.is_open or time.monotonic() > deadline:
                break
            if moments:
                wait_for(message, moments[place])
            events += self._send(message, letter, None if moments else following)
        for message in batch:
            if message.state == MessageState.SENDING:
                settle(message, MessageState.SUPPRESSED if message.pk in unwanted_ones else MessageState.QUEUED)
        save(batch, self.notes.name, events)
        return sum(message.state == MessageState.SENT for message in batch)

    def _send(self, message: Message, letter: Letter | Unwritable, following: Letter | None) -> list[MessageEvent]:
        """What the server says is in the journal before anything else is done with it."""
        outcome: Outcome = letter if isinstance(letter, Unwritable) else self._hand_over(message, letter, following)
        return record(message, outcome, timezone.now())

    def _hand_over(self, message: Message, letter: Letter, following: Letter | None) -> Outcome:
        outcome = self.line.send(letter, lambda: self.notes.intend(message.pk), following)
        match outcome:
            case Accepted(reply):
                self.notes.accept(message.pk, reply)
            case Refused():
                self.notes.refuse(message.pk)
            case Unwritable():  # says nothing about the server
                return outcome
        self.circuit.note(message, outcome)
        return outcome


def wait_for(message: Message, moment: dt.datetime) -> None:
    """Keeps the pace; but who waits for a code is not kept waiting."""
    if message.kind != Kind.CODE and (seconds := (moment - timezone.now()).total_seconds()) > 0:
        time.sleep(seconds)


def seconds_left(batch: list[Message], now: dt.datetime) -> float:
    """In which a message may be begun with, sure to be done before the lease runs out: then another might think that
    we died."""
    until = min(message.lease_until for message in batch if message.lease_until is not None)
    return (until - now).total_seconds() - longest()


def reclaim(now: dt.datetime) -> int:
    """Takes over the messages of runs that died, or whose lease ran out; returns how many."""
    sending = Message.objects.filter(state=MessageState.SENDING).order_by()
    taken = sum(take_over(worker, now) for worker in sending.values_list("lease_by", flat=True).distinct())
    for worker in journal.abandoned():
        servers.release(worker)
        if not sending.filter(lease_by=worker).exists():
            journal.remove(worker)
    return taken


def elsewhere() -> dt.timedelta:
    """So long after its lease a run of another machine is left to that."""
    return 2 * dt.timedelta(seconds=settings.MAIL_LEASE_SECONDS)


@transaction.atomic
def take_over(worker: str, now: dt.datetime) -> int:
    held = Message.objects.filter(state=MessageState.SENDING, lease_by=worker).select_for_update(skip_locked=True)
    traces, unknown = journal.read(worker), (journal.Trace.NONE, "")
    if traces is None:  # another machine has it, and is to settle it; any of these may have been accepted
        held, traces, unknown = held.filter(lease_until__lte=now - elsewhere()), {}, (journal.Trace.INTENDED, "")
    elif journal.is_alive(worker):
        held = held.filter(lease_until__lte=now)
    messages = list(held)
    events: list[MessageEvent] = []
    for message in messages:
        events += resolve(message, *traces.get(message.pk, unknown), now)
        honour_halt(message)
    Message.objects.bulk_update(messages, RECORDED)
    MessageEvent.objects.bulk_create(events)
    return len(messages)
