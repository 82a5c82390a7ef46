"""The steps of a membership after it began, each with the mail that tells of it, and the clock that ends it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import NamedTuple

from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kring.accounts.models import User
from kring.foundation.actors import Actor
from kring.foundation.models import Circle
from members import notices
from members.models import Membership, MembershipStatus, Organisation, Role
from members.models.roles import lock_owners

CAN_RESIGN = (MembershipStatus.TRIAL, MembershipStatus.ACTIVE)


class Consequence(NamedTuple):
    """What an organisation still has going when it leaves, told to itself and by name, and where to settle it."""

    sentence: str
    by_name: str
    url: str


Consequences = Callable[[Organisation], list[Consequence]]

_consequences: list[Consequences] = []


def register(consequences: Consequences) -> None:
    """To be called in an AppConfig's ready(): what an upper room has to say to who wants to leave."""
    if consequences not in _consequences:
        _consequences.append(consequences)


def consequences_of_leaving(organisation: Organisation) -> list[Consequence]:
    return [each for tell in _consequences for each in tell(organisation)]


def usual_last_day(today: dt.date) -> dt.date:
    """The end of the year, with the circle's notice; the next year's when that is too soon (BW 2:36)."""
    earliest = today + dt.timedelta(weeks=Circle.current().notice_weeks)
    return dt.date(earliest.year, 12, 31)


def to_resign(user: User | AnonymousUser) -> list[Organisation]:
    """The members that somebody answers for and can end the membership of."""
    if not user.is_authenticated:
        return []
    owned = Role.objects.owners().open().held(timezone.localdate()).filter(user=user).values("organisation")
    may_end = Membership.objects.filter(status__in=CAN_RESIGN).values("organisation")
    return list(Organisation.objects.filter(pk__in=owned).filter(pk__in=may_end).order_by("name"))


@transaction.atomic
def resign(membership: Membership, by: User, at: dt.datetime, *, last_day: dt.date, reason: str) -> None:
    """The member leaves. Raises TransitionNotAllowed."""
    membership.resign(Actor.of(by), at, last_day=last_day, reason=reason)
    notices.tell_of_step(membership, at, reason, by_member=True)


@transaction.atomic
def stay(membership: Membership, by: User, at: dt.datetime) -> None:
    """The member takes its resignation back, before the last day has passed. Raises TransitionNotAllowed."""
    membership.stay(Actor.of(by), at)
    notices.tell_of_step(membership, at, "", by_member=True)


class Step(NamedTuple):
    """Something that the board can do with a membership: its name in addresses, and its words."""

    name: str
    label: str | Promise
    after: str
    needs_reason: bool
    explains: str | Promise
    tone: str = ""


STEPS = (
    Step(
        "lid",
        _("Maak er een gewoon lid van"),
        MembershipStatus.ACTIVE,
        needs_reason=False,
        explains=_("De proeftijd is voorbij. De organisatie krijgt er mail over."),
    ),
    Step(
        "herstellen",
        _("Herstel het lidmaatschap"),
        MembershipStatus.ACTIVE,
        needs_reason=False,
        explains=_("De organisatie staat weer op de site, alsof er niets gebeurd was."),
    ),
    Step(
        "schorsen",
        _("Schors tijdelijk"),
        MembershipStatus.SUSPENDED,
        needs_reason=True,
        explains=_("De organisatie en haar aanbod gaan van de site, tot jullie de schorsing opheffen."),
    ),
    Step(
        "opzeggen",
        _("Zeg op namens het bestuur"),
        MembershipStatus.RESIGNED,
        needs_reason=True,
        explains=_("Tot en met de laatste dag blijft alles zoals het is."),
    ),
    Step(
        "ontzetten",
        _("Ontzet uit het lidmaatschap"),
        MembershipStatus.EXPELLED,
        needs_reason=True,
        explains=_(
            "Het lidmaatschap stopt vandaag. De organisatie kan een maand lang in beroep bij de ledenvergadering."
        ),
        tone="alert",
    ),
    Step(
        "beeindigen",
        _("Beëindig per vandaag"),
        MembershipStatus.FORMER,
        needs_reason=True,
        explains=_("Bijvoorbeeld omdat de organisatie niet meer bestaat. Het blijft in de geschiedenis staan."),
        tone="alert",
    ),
)


def steps_of(membership: Membership) -> list[Step]:
    """What the board can do with it now; an application is decided on its own page."""
    if membership.period is None:
        return []
    return [step for step in STEPS if _fits(membership, step)]


def _fits(membership: Membership, step: Step) -> bool:
    if step.name == "lid":
        return membership.status == MembershipStatus.TRIAL
    if step.name == "herstellen" and membership.status == MembershipStatus.TRIAL:
        return False
    return membership.may_become(step.after)


@transaction.atomic
def take(
    membership: Membership, step: Step, by: User, at: dt.datetime, *, reason: str, last_day: dt.date | None = None
) -> None:
    """A step by the board. Raises TransitionNotAllowed and NoOwner."""
    actor = Actor.of(by)
    match step.name:
        case "lid":
            membership.become_full(actor, at, note=reason)
        case "herstellen":
            membership.reinstate(actor, at, note=reason)
        case "schorsen":
            membership.suspend(actor, at, reason=reason)
        case "opzeggen":
            ends = last_day or usual_last_day(timezone.localdate(at))
            membership.terminate(actor, at, last_day=ends, reason=reason)
        case "ontzetten":
            membership.expel(actor, at, reason=reason)
        case "beeindigen":
            membership.end(actor, at, reason=reason)
    notices.tell_of_step(membership, at, reason)


def close_run_out(now: dt.datetime) -> int:
    """Memberships whose last day has passed become former ones; returns how many."""
    return sum(_close(membership, now) for membership in Membership.objects.run_out(now).order_by("pk"))


@transaction.atomic
def _close(membership: Membership, now: dt.datetime) -> bool:
    """With the organisation locked and looked at again: two clocks do it once, and who came back just now stays."""
    lock_owners(membership.organisation_id, timezone.localdate(now))
    still = Membership.objects.run_out(now).select_related("organisation").filter(pk=membership.pk).first()
    if still is None:
        return False
    still.end(Actor.system(), now)
    notices.tell_of_step(still, now, "")
    return True
