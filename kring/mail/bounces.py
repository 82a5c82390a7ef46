"""Mail that came back, and mail that was reported as unwanted: what it makes of the message and of the address.

hard: the address does not exist, it gets no more. soft: it could not be delivered this time; the third in thirty days
counts as hard. complaint: it gets nothing but the codes that somebody asks for there, and every list is left.
"""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from kring.foundation.forms import clean_text
from kring.foundation.logs import discreet
from kring.mail import streams, suppression
from kring.mail.models import BounceKind, Message, MessageEvent, MessageState, Suppression

SOFT_LIMIT = 3
SOFT_WITHIN = dt.timedelta(days=30)
WEIGHT = {"": 0, BounceKind.SOFT: 1, BounceKind.HARD: 2, BounceKind.COMPLAINT: 3}
# What is over for good does not come back because its report comes late.
LIVING = {MessageState.SENT, MessageState.SENDING, MessageState.QUEUED, MessageState.BOUNCED}

What = MessageEvent.What


@transaction.atomic
def note(message: Message, kind: str, detail: str, now: dt.datetime) -> bool:
    """Writes down that a message came back. Told again, or something lighter than before: nothing, and False."""
    message = Message.objects.select_for_update().get(pk=message.pk)
    if WEIGHT[kind] <= WEIGHT[message.bounce]:
        return False
    detail = _kept(message, detail)
    message.bounce, message.bounced_at, message.error = kind, now, detail
    if message.state in LIVING:
        message.sent_at = message.sent_at or now
        message.state, message.lease_by, message.lease_until = MessageState.BOUNCED, "", None
    message.save(update_fields=["bounce", "bounced_at", "error", "sent_at", "state", "lease_by", "lease_until"])
    what = What.COMPLAINED if kind == BounceKind.COMPLAINT else What.BOUNCED
    MessageEvent.objects.create(message=message, what=what, at=now, detail=detail)
    _suppress(message, kind, detail, now)
    return True


def _kept(message: Message, detail: str) -> str:
    """What a server said; of a message whose reader was erased without the address that it repeats."""
    said = clean_text(detail)
    return (said if message.email else discreet(said))[:500]


def _suppress(message: Message, kind: str, detail: str, now: dt.datetime) -> None:
    message.email = streams.address_of(message)  # also of a report that came when it was erased already
    if not message.email:
        return
    if kind == BounceKind.COMPLAINT:
        suppression.suppress(message.email, Suppression.Reason.COMPLAINT, now, note=detail, message=message)
        streams.tell_left_all(message, now)
    elif kind == BounceKind.HARD or comes_back_often(message.email, now):
        suppression.suppress(message.email, Suppression.Reason.BOUNCE, now, note=detail, message=message)


@transaction.atomic
def note_complaint_of(email: str, now: dt.datetime) -> None:
    """Of a mail that we know nothing of any more."""
    suppression.suppress(email, Suppression.Reason.COMPLAINT, now)
    streams.tell_left_all(Message(email=email), now)


def comes_back_often(email: str, now: dt.datetime) -> bool:
    """By what happened, since a mail that is tried again does not hold any more that it came back."""
    since = max(now - SOFT_WITHIN, suppression.lifted_at(email) or now - SOFT_WITHIN)
    returned = MessageEvent.objects.filter(what=What.BOUNCED, message__email__iexact=email, at__gt=since)
    return returned.count() >= SOFT_LIMIT


@transaction.atomic
def note_on_the_way(message: Message, what: str, detail: str, now: dt.datetime) -> None:
    """It was held up, or it is there, maybe after all: that is part of its life."""
    if what == What.DELIVERED:
        late = Message.objects.filter(pk=message.pk, bounce=BounceKind.SOFT, state=MessageState.BOUNCED)
        late.update(state=MessageState.SENT, bounce="", bounced_at=None, error="")
    MessageEvent.objects.create(message=message, what=what, at=now, detail=_kept(message, detail))
