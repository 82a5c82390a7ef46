"""What an evening comes to in figures; each is counted from the rows, none is typed."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Exists, F, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce, Lower

from commitments.models import CommitmentState
from kring.meetings.models import Meeting, Outcome, SignUp, SignUpState
from kring.meetings.models.outcomes import PROMISES

S = SignUpState


@dataclass(frozen=True)
class Figures:
    """People, but for `organisations` and the pledges. `came` is None as long as nobody was checked in."""

    signed_up: int
    waiting: int
    came: int | None
    first_timers: int
    organisations: int
    pledges: int
    agreed: int
    kept: int


def people_coming() -> Coalesce:
    """How many people have said that they come, as a column of each meeting."""
    going = SignUp.objects.going().filter(meeting=OuterRef("pk"), walked_in=False).order_by()
    return Coalesce(Subquery(going.values("meeting").annotate(total=Sum("people")).values("total")), 0)


def of(meeting: Meeting) -> Figures:
    """In two queries."""
    expected = Q(state=S.GOING, walked_in=False)
    there = Q(came__gt=0)
    before = SignUp.objects.came().filter(person=OuterRef("person"), meeting__starts_at__lt=meeting.starts_at)
    first = Q(there, ~Q(person=""), ~Exists(before))
    # An organisation that is known counts once, whatever name was typed; of others the name counts.
    named = there & Q(organisation=None) & ~Q(organisation_name="")
    counted = meeting.sign_ups.aggregate(
        signed_up=Coalesce(Sum("people", filter=expected), 0),
        waiting=Coalesce(Sum("people", filter=Q(state__in=[S.WAITING, S.OFFERED])), 0),
        people_in=Sum("came", filter=there),
        first_timers=Count("pk", filter=first),
        known=Count("organisation", filter=there, distinct=True),
        named=Count(Lower("organisation_name"), filter=named, distinct=True),
    )
    organisations = counted.pop("known") + counted.pop("named")
    came = counted.pop("people_in")
    return Figures(**counted, came=came, organisations=organisations, **_pledges(meeting))


AGREED = (CommitmentState.AGREED, CommitmentState.STARTED, CommitmentState.REPORTED, CommitmentState.KEPT)


def _pledges(meeting: Meeting) -> dict[str, int]:
    """What was promised in the room, and what came of it."""
    kept = Q(commitment__state=CommitmentState.KEPT) | Q(commitment=None, action_state="done")
    return Outcome.objects.filter(meeting=meeting, kind__in=PROMISES).aggregate(
        pledges=Count("pk"),
        agreed=Count("pk", filter=Q(commitment__state__in=AGREED)),
        kept=Count("pk", filter=kept),
    )


def organisations_there(meeting: Meeting) -> list[str]:
    """By name, of who came; organisations are no people, so these stay."""
    came = SignUp.objects.of(meeting).came().exclude(organisation_name="").annotate(known=F("organisation__name"))
    names = came.values_list("known", "organisation_name")
    found = {(known or name).casefold(): known or name for known, name in names}
    return [found[key] for key in sorted(found)]
