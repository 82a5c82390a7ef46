"""Keeping the menu card true: whose turn it is to say so, and what happens to what nobody confirms.

Each step selects what is due today, so that a day that was missed is caught up with, and two clocks ask once.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from django.db import transaction
from django.utils import timezone

from offerings import notices
from offerings.models import ASK_MONTHS, PAUSE_MONTHS, FreshnessCount, Offering, OfferingState, months_before
from offerings.models.offerings import OfferingQuerySet


def keep_true(now: dt.datetime) -> None:
    """All of it, in an order in which nothing is asked about that leaves the card anyway."""
    today = timezone.localdate(now)
    bring_back(today)
    take_off(today)
    ask(today)
    count(today)


def ask(today: dt.date) -> int:
    """'Klopt dit nog?', five months after it was last said, and again after seven; one mail for all that is due."""
    return _each_owner(lambda: Offering.objects.to_ask_about(today), lambda due: _ask(due, today))


def _ask(due: list[Offering], today: dt.date) -> None:
    for offering in due:
        offering.times_asked = sum(offering.confirmed_on <= months_before(today, months) for months in ASK_MONTHS)
    Offering.objects.bulk_update(due, ["times_asked"], batch_size=500)
    notices.ask_whether_true(due)


def take_off(today: dt.date) -> int:
    """What nobody confirmed for eight months leaves the card; its owner hears that, and how it comes back."""
    return _each_owner(lambda: Offering.objects.too_old(today), _take_off)


def _take_off(due: list[Offering]) -> None:
    for offering in due:
        offering.leave_unconfirmed()
    notices.tell_of_leaving(due)


def bring_back(today: dt.date) -> int:
    """What was paused until a day that has come is on the card again; what is too old by then is asked about first."""
    return _each_owner(lambda: Offering.objects.due_back(today), lambda due: _bring_back(due, today))


def _bring_back(due: list[Offering], today: dt.date) -> None:
    edge = months_before(today, PAUSE_MONTHS)
    stale = [offering for offering in due if offering.confirmed_on <= edge]
    for offering in due:
        if offering.confirmed_on > edge:
            offering.come_back()
    Offering.objects.filter(pk__in=[offering.pk for offering in stale]).update(
        paused_until=None, left_unconfirmed=True
    )
    if stale:
        notices.tell_of_leaving(stale)


def _each_owner(selected: Callable[[], OfferingQuerySet], step: Callable[[list[Offering]], None]) -> int:
    """Takes a step with what is due, for each one who answers for it. Returns how many offerings that were."""
    owners = selected().order_by("organisation", "contact").values_list("organisation", "contact").distinct()
    return sum(_of_owner(selected, step, organisation, contact) for organisation, contact in list(owners))


@transaction.atomic
def _of_owner(
    selected: Callable[[], OfferingQuerySet],
    step: Callable[[list[Offering]], None],
    organisation: int,
    contact: int | None,
) -> int:
    """With the rows locked: of two clocks at once the second finds nothing due any more."""
    theirs = selected().filter(organisation=organisation, contact=contact).select_related("organisation", "contact")
    due = list(theirs.select_for_update(of=("self",)).order_by("confirmed_on", "pk"))
    if due:
        step(due)
    return len(due)


def count(today: dt.date) -> None:
    """Writes down once a day how fresh the card is."""
    if FreshnessCount.objects.filter(day=today).exists():
        return
    counted = Offering.objects.published(today).of_members().freshness(today)
    FreshnessCount.objects.bulk_create([FreshnessCount(day=today, **counted)], ignore_conflicts=True)


@transaction.atomic
def confirm(offering: Offering, today: dt.date) -> None:
    """Its owner says that it is true; what had left the card for want of that is on it again.

    What a colleague took off in the meantime stays off.
    """
    locked = offering.locked()
    if locked.state == OfferingState.PAUSED and locked.left_unconfirmed:
        locked.publish(today)
    else:
        locked.confirm(today)


@transaction.atomic
def take_away(offering: Offering, today: dt.date, until: dt.date | None) -> None:
    """Its owner takes it off the card: until a day, or for good."""
    locked = offering.locked()
    if until is None:
        locked.archive(today)
    elif locked.state == OfferingState.PAUSED:
        locked.wait_until(until)
    else:
        locked.pause(until)
