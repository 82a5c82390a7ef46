"""Mail is written, not sent: a row in the outbox, in the transaction of the thing it tells of.

    outbox.queue("commitments/mail/agreed", Recipient.of(user),
                 {"commitment": commitment, "action_url": url, "action_label": _("Bekijk de afspraak")},
                 key=f"agreed:{commitment.uuid}:{user.uuid}", kind=Kind.TRANSACTIONAL)

What was rolled back is never sent, what was committed is never lost. Celery is only woken. How a template of a mail
is written stands in rendering.py; mail to many is in stencils.py.
"""

from __future__ import annotations

import datetime as dt
import logging
import time
import uuid
from collections.abc import Callable, Iterable, Sequence
from itertools import islice
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Case, F, Q, Value, When
from django.utils import timezone
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from kring.mail import leaving
from kring.mail.models import PRIORITY, Halt, Kind, Message, MessageState, Stencil
from kring.mail.recipients import Recipient
from kring.mail.rendering import one_line, render
from kring.mail.stencils import Copy

logger = logging.getLogger(__name__)

# A request waits this long for the broker, once. After that we leave the broker alone for a while: the clock delivers.
BROKER_SECONDS = 0.5
BROKER_PAUSE_SECONDS = 10.0
# So many rows are written at once: mail to ten thousand takes no more memory than to these.
ROWS = 1000
_broker_away_until = 0.0


def message_id(name: uuid.UUID) -> str:
    """For the mail's own header: what comes back with it names its row."""
    return f"<{name}@{settings.SITE_HOST}>"


def queue(
    template: str,
    to: Recipient,
    context: dict[str, Any],
    *,
    key: str,
    kind: str,
    about: str = "",
    priority: int | None = None,
    expires_at: dt.datetime | None = None,
    calendar: str = "",
) -> Message:
    """Writes one mail to the outbox and returns its row; a key that was used before gives the row of then.

    `calendar` is an iCalendar object that goes along as a file.
    """
    earlier = Message.objects.filter(key=key).first()
    if earlier is not None:
        return earlier
    name = uuid.uuid4()
    rendered = render(template, to, context, kind=kind, leave_url=leaving.address(name))
    return add(
        Message(
            uuid=name,
            key=key,
            kind=kind,
            priority=PRIORITY[kind] if priority is None else priority,  # type: ignore[index]
            user=to.user,
            email=to.email,
            name=one_line(to.name)[:120],
            language=to.language,
            about=about,
            template=template,
            subject=rendered.subject,
            text=rendered.text,
            html=rendered.html,
            calendar=calendar,
            expires_at=expires_at,
        )
    )


def add(message: Message) -> Message:
    """Writes a mail that was made already. Two at once with the same key: one is written, both get it."""
    message.message_id = message_id(message.uuid)
    Message.objects.bulk_create([message], ignore_conflicts=True)
    wake_on_commit(wake_for_codes if message.kind == Kind.CODE else wake)
    return Message.objects.get(key=message.key)


def queue_many(
    stencil: Stencil, copies: Iterable[Copy], *, kind: str, about: str, expires_at: dt.datetime | None = None
) -> int:
    """Writes a copy for each reader, and says how many were given. A key that was used before is passed over.

    Raises ValueError for a stencil of which the text was erased.
    """
    if stencil.body_erased_at is not None:
        raise ValueError(f"of {stencil.key} there is no text any more")
    given, now, rest = 0, timezone.now(), iter(copies)
    while rows := [_copy(stencil, copy, kind, about, now, expires_at) for copy in islice(rest, ROWS)]:
        Message.objects.bulk_create(rows, ignore_conflicts=True)
        given += len(rows)
    if given:
        wake_on_commit(wake_many)
    return given


def _copy(
    stencil: Stencil, copy: Copy, kind: str, about: str, now: dt.datetime, expires_at: dt.datetime | None
) -> Message:
    fields = {place: one_line(words) for place, words in copy.fields.items()}
    if unknown := fields.keys() - set(stencil.places):
        raise ValueError(f"the stencil has no place for {sorted(unknown)}")
    name = uuid.uuid4()
    return Message(
        uuid=name,
        key=copy.key,
        message_id=message_id(name),
        kind=kind,
        priority=PRIORITY[Kind(kind)],
        user=copy.to.user,
        recipient=copy.recipient,
        email=copy.to.email,
        name=one_line(copy.to.name)[:120],
        language=stencil.language,
        about=about,
        template=stencil.template,
        subject=stencil.subject_for({**fields, "name": copy.to.name, "first_name": copy.to.first_name})[:250],
        stencil=stencil,
        fields=fields,
        expires_at=expires_at,
        next_attempt_at=now,
        created_at=now,
    )


def cancel(*abouts: str) -> int:
    """What the waiting mails tell of was undone; returns how many will not be sent."""
    return _hold_back(abouts, {MessageState.QUEUED, MessageState.PAUSED}, Halt.CANCELLED)


@transaction.atomic
def take_back(about: str) -> list[Message]:
    """What still waits is cancelled, to be written anew. What a worker has in hand goes as it is, and once."""
    of_it = Message.objects.filter(about=about, state__in=[MessageState.QUEUED, MessageState.PAUSED])
    taken = list(of_it.select_related("user").select_for_update(of=("self",)).order_by("pk"))
    Message.objects.filter(pk__in=[each.pk for each in taken]).update(
        state=MessageState.CANCELLED, halted="", halted_at=timezone.now()
    )
    return taken


def pause(about: str) -> int:
    """Keeps back what still waits; returns how many. What a worker has in hand goes, or comes to wait too."""
    return _hold_back([about], {MessageState.QUEUED}, Halt.PAUSED)


@transaction.atomic
def _hold_back(abouts: Sequence[str], waiting: set[MessageState], to: Halt) -> int:
    """In one statement, so that none that a worker takes or gives back at this moment slips through."""
    in_hand = Q(state=MessageState.SENDING)
    held = Message.objects.filter(Q(state__in=waiting) | in_hand, about__in=abouts).update(
        state=Case(When(in_hand, then=F("state")), default=Value(to.value)),
        halted=Case(When(in_hand, then=Value(to.value)), default=Value("")),
        halted_at=timezone.now(),
    )
    return held - Message.objects.filter(in_hand, about__in=abouts).count()


def resume(about: str) -> int:
    """What was paused waits its turn again; returns how many."""
    Message.objects.filter(about=about, state=MessageState.SENDING, halted=Halt.PAUSED).update(halted="")
    paused = Message.objects.filter(about=about, state=MessageState.PAUSED)
    number = paused.update(state=MessageState.QUEUED, next_attempt_at=timezone.now(), halted_at=None)
    if number:
        wake_on_commit()
    return number


def wake_on_commit(ring: Callable[[], None] | None = None) -> None:
    """Asks for delivery once the transaction is committed, however many mails it wrote."""
    ring = ring or wake
    if not any(call[1] is ring for call in connection.run_on_commit):
        transaction.on_commit(ring)


def wake() -> None:
    """Asks a worker to deliver. A broker that is away is not waited for: the mail stands in the outbox."""
    ring_for("deliver")


def wake_for_codes() -> None:
    """Asks the worker that does nothing else."""
    ring_for("deliver_codes")


def wake_many() -> None:
    """Asks as many as there are lines."""
    for _line in range(max(1, settings.MAIL_CONNECTIONS - 1)):
        ring_for("deliver")


def ring_for(task: str) -> None:
    global _broker_away_until
    if time.monotonic() < _broker_away_until:
        return
    try:
        publish(task)
    except (OperationalError, RedisError, OSError) as error:
        _broker_away_until = time.monotonic() + BROKER_PAUSE_SECONDS
        logger.warning("broker is away, the clock will deliver: %s", error)


def publish(name: str) -> None:
    """Over a connection of its own: Celery's shared one tries again and again, and takes six seconds to give up."""
    from kring.mail import tasks  # delivery imports this module, for the next run

    task = getattr(tasks, name)
    given = task.app.conf.broker_transport_options
    quick = {"socket_timeout": BROKER_SECONDS, "socket_connect_timeout": BROKER_SECONDS, "max_retries": 0}
    with task.app.connection_for_write(transport_options={**given, **quick}) as line:
        task.apply_async(connection=line, retry=False)


def oldest_due(now: dt.datetime) -> dt.timedelta:
    """How long the mail that waits longest has been due: what an operator watches.

    A newsletter that goes at an agreed pace may take hours, and that is as it should be.
    """
    waiting = Message.objects.due(now)
    if settings.MAIL_PER_SECOND:
        waiting = waiting.exclude(kind=Kind.NEWSLETTER)
    first = waiting.order_by("next_attempt_at").values_list("next_attempt_at", flat=True).first()
    return now - first if first else dt.timedelta(0)
