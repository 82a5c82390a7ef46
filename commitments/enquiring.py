"""Asking for an offering, and what comes of it: a talk, a no, or an agreement both ways."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify

from commitments import enquiry_notices, promising
from commitments.models import Commitment, CommitmentState, Enquiry, EnquiryMessage, EnquiryState, Origin, Transition
from kring.accounts.models import User
from kring.foundation.actors import Actor
from kring.foundation.trail import Trace
from kring.foundation.units import folded
from members.models import Organisation, OrganisationKind
from offerings.models import Means, Offering

# A party, and who speaks for it.
Side = tuple[Organisation, User | None]
# When nobody said for which day: eight weeks.
WITHOUT_DATE = dt.timedelta(weeks=8)


@dataclass(frozen=True)
class Terms:
    """What is promised: how many of what, by when, and in return for what."""

    title: str
    quantity: Decimal
    unit: str
    due_on: dt.date
    counter_favour: str = ""


@transaction.atomic
def ask(enquiries: Sequence[Enquiry], by: User | None, at: dt.datetime) -> list[Enquiry]:
    """Writes down what was asked. Who asks for an own organisation is known; another address is confirmed first.

    The same `once` again gives what was written the first time.
    """
    known = by is not None and all(enquiry.asker is not None for enquiry in enquiries)
    batch = uuid.uuid4() if len(enquiries) > 1 and not known else None
    for enquiry in enquiries:
        enquiry.asked_by, enquiry.batch = by, batch
        enquiry.state = EnquiryState.NEW if known else EnquiryState.UNCONFIRMED
        enquiry.created_at = enquiry.moved_at = at
        enquiry.confirmed_at = at if known else None
    Enquiry.objects.bulk_create(enquiries, ignore_conflicts=True)
    stored = Enquiry.objects.filter(once__in=[each.once for each in enquiries]).order_by("pk")
    found = list(stored.select_related("offering__contact", "need", "receiver", "asker", "asked_by"))
    made = {each.uuid for each in enquiries}
    new = [each for each in found if each.uuid in made]
    if known:
        for each in new:
            enquiry_notices.tell_of_enquiry(each)
    elif new:
        enquiry_notices.ask_to_confirm(*new)
    return found


@transaction.atomic
def confirm(enquiry: Enquiry, by: Actor, at: dt.datetime) -> None:
    enquiry.confirm(by, at)
    enquiry_notices.tell_of_enquiry(enquiry)


@transaction.atomic
def talk(
    enquiry: Enquiry, by: Actor, at: dt.datetime, *, text: str, by_receiver: bool, once: uuid.UUID | None = None
) -> None:
    """One side says something; the other is told. The same `once` again changes nothing."""
    Enquiry.objects.select_for_update().get(pk=enquiry.pk)  # so that a second press sees what the first did
    if once is not None and EnquiryMessage.objects.filter(once=once).exists():
        return
    answered_at = enquiry.answered_at or (at if by_receiver else None)
    enquiry.move(EnquiryState.TALKING, by, at, answered_at=answered_at)
    message = EnquiryMessage.objects.create(
        enquiry=enquiry,
        by_receiver=by_receiver,
        author=by.user,
        author_name=by.name[:120],
        text=text,
        at=at,
        once=once,
    )
    enquiry_notices.tell_of_message(enquiry, message)


@transaction.atomic
def decline(
    enquiry: Enquiry, by: Actor, at: dt.datetime, *, reason: str, note: str, alternative: Offering | None = None
) -> None:
    enquiry.move(EnquiryState.DECLINED, by, at, note, decline_reason=reason, alternative=alternative, answered_at=at)
    enquiry_notices.tell_of_refusal(enquiry, note)


@transaction.atomic
def withdraw(enquiry: Enquiry, by: Actor, at: dt.datetime, *, note: str = "") -> None:
    """Who asked does not need it any more."""
    enquiry.move(EnquiryState.WITHDRAWN, by, at, note)
    enquiry_notices.tell_of_withdrawal(enquiry, note)


def terms_of(enquiry: Enquiry, today: dt.date) -> Terms:
    """What was asked, as terms to say yes to."""
    quantity, unit = Decimal(enquiry.people or 1), "mensen" if enquiry.people else "keer"
    if enquiry.need is not None and enquiry.need.quantity:
        quantity, unit = enquiry.need.quantity, folded(enquiry.need.unit) or "keer"
    return Terms(
        title=str(enquiry.about)[:120],
        quantity=quantity,
        unit=unit,
        due_on=enquiry.wanted_by or today + WITHOUT_DATE,
        counter_favour=enquiry.counter_favour,
    )


@transaction.atomic
def agree(enquiry: Enquiry, by: Actor, at: dt.datetime, *, terms: Terms, note: str = "") -> Commitment:
    """Who was asked says yes: makes the commitment, and the counter-favour the other way.

    Yes to just what was asked is agreed at once, since asking was the asker's own yes; other terms are a proposal.
    """
    as_asked = enquiry.wanted_by is not None and terms == terms_of(enquiry, timezone.localdate(at))
    enquiry.move(EnquiryState.AGREED, by, at, note, answered_at=enquiry.answered_at or at, asker=asker_of(enquiry, at))
    commitment = make(enquiry, by, at, terms, note)
    promising.proposed(commitment, agreed=as_asked, by=by, at=at)
    return commitment


def asker_of(enquiry: Enquiry, at: dt.datetime) -> Organisation:
    """The party that asked. One without an account becomes a business that is not listed, known by its address.

    It is never matched by name with one that is there already: anybody can type a name.
    """
    if enquiry.asker is not None:
        return enquiry.asker
    earlier = Organisation.objects.businesses().filter(
        email__iexact=enquiry.email, listed_on=None, roles=None, name=enquiry.organisation_name
    )
    found = earlier.first()
    if found is not None:
        return found
    return Organisation.objects.create(
        kind=OrganisationKind.BUSINESS,
        slug=f"{slugify(enquiry.organisation_name)[:60] or 'bedrijf'}-{enquiry.uuid.hex[:8]}",
        name=enquiry.organisation_name,
        email=enquiry.email,
        phone=enquiry.phone,
        created_at=at,
    )


def make(enquiry: Enquiry, by: Actor, at: dt.datetime, terms: Terms, note: str) -> Commitment:
    """The commitment of who does it and, when something comes back for it, that of the other side.

    Who offers it was asked; for a need it is the other way round: who answers it does it.
    """
    asked, asker = (enquiry.receiver, by.user), (asker_of(enquiry, at), enquiry.asked_by)
    giver, taker = (asker, asked) if enquiry.answers_need else (asked, asker)
    about = enquiry.about
    commitment = _draft(
        enquiry,
        by,
        at,
        giver,
        taker,
        title=terms.title,
        due_on=terms.due_on,
        description=note,
        means=(about.means if about else "") or Means.PEOPLE,
        quantity=terms.quantity,
        unit=terms.unit,
        counter_favour=terms.counter_favour,
        no_counter_favour=not terms.counter_favour,
    )
    if terms.counter_favour:
        _draft(
            enquiry,
            by,
            at,
            taker,
            giver,
            title=terms.counter_favour[:120],
            due_on=terms.due_on,
            means=Means.PEOPLE,
            quantity=Decimal(1),
            unit="keer",
            no_counter_favour=True,
            counter_favour_of=commitment,
        )
    return commitment


def _draft(
    enquiry: Enquiry, by: Actor, at: dt.datetime, giver: Side, taker: Side, *, due_on: dt.date, **terms: Any
) -> Commitment:
    """A commitment that comes from an enquiry, with its first trace."""
    commitment = Commitment.objects.create(
        enquiry=enquiry,
        origin=Origin.ENQUIRY,
        promisor=giver[0],
        promisor_contact=giver[1],
        beneficiary=taker[0],
        beneficiary_contact=taker[1],
        due_on=due_on,
        first_due_on=due_on,
        proposed_by_organisation=enquiry.receiver,
        sector=enquiry.receiver.main_sector,
        district=enquiry.receiver.districts.first(),
        state=CommitmentState.DRAFT,
        created_at=at,
        moved_at=at,
        **terms,
    )
    Transition.objects.create(commitment=commitment, after=CommitmentState.DRAFT, at=at, **Trace.signature(by))
    return commitment
