"""Promises made in the room become proposed commitments: the one place where this room makes any.

Nobody is bound by what another wrote down: the circle proposes, and who makes the promise says yes from the mail.
"""

from __future__ import annotations

import datetime as dt
import secrets

from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from commitments import parties, promising
from commitments.making import MEANS_OF_UNIT
from commitments.models import Commitment, CommitmentState, Origin, Transition, Visibility
from kring.foundation.actors import Actor
from kring.foundation.trail import Trace
from kring.foundation.wording import day_date
from kring.meetings import notices
from kring.meetings.models import Meeting, Outcome, SignUp, StepNotAllowed
from members.models import Organisation, OrganisationKind
from offerings.models import Means

# When nobody said for which day: eight weeks, as with enquiries.
WITHOUT_DATE = dt.timedelta(weeks=8)
LONGEST_TITLE = 120


def propose_all(meeting: Meeting, by: Actor, at: dt.datetime) -> int:
    """Every promise of the evening that has a maker and is no commitment yet; returns how many.

    Raises StepNotAllowed for a meeting that does not take place.
    """
    if not meeting.takes_place:
        raise StepNotAllowed(meeting.state)
    return sum(propose(outcome, by, at) for outcome in Outcome.objects.of(meeting).to_propose().order_by("pk"))


@transaction.atomic
def propose(outcome: Outcome, by: Actor, at: dt.datetime) -> bool:
    """Makes one of it and mails its maker, and the guest who said it.

    With the row locked, so that two presses make one.
    """
    related = ("meeting", "organisation", "beneficiary", "sign_up__user")
    locked = Outcome.objects.select_for_update(of=("self",)).select_related(*related).get(pk=outcome.pk)
    if not Outcome.objects.to_propose().filter(pk=locked.pk).exists():
        return False
    commitment = _draft(locked, _maker(locked, at), by, at)
    locked.commitment, locked.organisation = commitment, commitment.promisor
    locked.save(update_fields=["commitment", "organisation"])
    promising.proposed(commitment, agreed=False, by=by, at=at)
    _tell_guest(locked.sign_up, commitment)
    return True


def _tell_guest(guest: SignUp | None, commitment: Commitment) -> None:
    """Who said it may be another than who answers for the organisation."""
    asked = {to.email.lower() for to in parties.promisors(commitment)}
    if guest is not None and guest.email.lower() not in asked:
        notices.tell_of_promise(guest, commitment)


def _maker(outcome: Outcome, at: dt.datetime) -> Organisation:
    """Who promised it. A guest of no organisation that we know becomes a business off the list, by the own address."""
    if outcome.organisation is not None:
        return outcome.organisation
    guest = outcome.sign_up
    assert guest is not None  # noqa: S101 - see Outcome.to_propose
    name = guest.organisation_name or guest.name
    earlier = Organisation.objects.businesses().filter(
        email__iexact=guest.email, listed_on=None, roles=None, name=name
    )
    return earlier.first() or Organisation.objects.create(
        kind=OrganisationKind.BUSINESS,
        slug=f"{slugify(guest.organisation_name)[:60] or 'gast'}-{secrets.token_hex(4)}",
        name=name,
        email=guest.email,
        created_at=at,
    )


def _description(outcome: Outcome) -> str:
    """Where it was said, in full when the title cannot hold it; and by whom, of a guest who may be named."""
    guest, meeting = outcome.sign_up, outcome.meeting
    told = {"meeting": meeting.title, "day": day_date(meeting.starts_at), "who": guest.name if guest else ""}
    if guest is not None and guest.organisation is not None and guest.show_name and guest.name:
        said = _("Gezegd door %(who)s op ‘%(meeting)s’, %(day)s.") % told
    else:
        said = _("Gezegd op ‘%(meeting)s’, %(day)s.") % told
    return f"{outcome.text}\n\n{said}" if len(outcome.text) > LONGEST_TITLE else said


def _draft(outcome: Outcome, maker: Organisation, by: Actor, at: dt.datetime) -> Commitment:
    today = timezone.localdate(at)
    due_on = outcome.due_on if outcome.due_on and outcome.due_on >= today else today + WITHOUT_DATE
    meeting = outcome.meeting
    commitment = Commitment.objects.create(
        promisor=maker,
        beneficiary=outcome.beneficiary,
        promisor_contact=outcome.sign_up.user if outcome.sign_up else None,
        title=outcome.text[:LONGEST_TITLE],
        description=_description(outcome),
        means=MEANS_OF_UNIT.get(outcome.unit.lower(), Means.PEOPLE),
        quantity=outcome.quantity,
        unit=outcome.unit,
        due_on=due_on,
        first_due_on=due_on,
        counter_favour=outcome.counter_favour,
        no_counter_favour=outcome.no_counter_favour,
        visibility=Visibility.PUBLIC if meeting.is_public else Visibility.MEMBERS,
        origin=Origin.MEETING,
        sector=maker.main_sector,
        district=maker.districts.first(),
        state=CommitmentState.DRAFT,
        created_at=at,
        moved_at=at,
    )
    Transition.objects.create(commitment=commitment, after=CommitmentState.DRAFT, at=at, **Trace.signature(by))
    return commitment
