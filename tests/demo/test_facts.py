"""The demo's figures, as counted from its source by others than the loader."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone
from pytest_django.plugin import DjangoDbBlocker

from commitments import totals
from commitments.models import Commitment, CommitmentState, Enquiry, EnquiryState
from kring.demo.loading.source import REFERENCE, ZONE
from kring.demo.views import person
from kring.meetings import figures
from kring.meetings.models import Meeting, MeetingState, Outcome, SignUpState
from kring.newsletters.models import Issue, Subscriber
from members.models import Membership, MembershipStatus, Organisation
from offerings.models import Offering
from tests.benchmarks.data import multiply

pytestmark = pytest.mark.django_db

EXPECTED: dict[str, Any] = json.loads((Path(__file__).parent / "expected.json").read_text())
MEMBERSHIP = {
    "lid": MembershipStatus.ACTIVE,
    "aspirant-lid": MembershipStatus.TRIAL,
    "aangevraagd": MembershipStatus.APPLIED,
}
STATES = {
    "nagekomen": CommitmentState.KEPT,
    "bezig": CommitmentState.STARTED,
    "klaar-gemeld": CommitmentState.REPORTED,
    "afgesproken": CommitmentState.AGREED,
    "voorgesteld": CommitmentState.PROPOSED,
    "teruggegeven": CommitmentState.GIVEN_BACK,
    "verlopen": CommitmentState.LAPSED,
    "afgewezen": CommitmentState.DECLINED,
    "concept": CommitmentState.DRAFT,
}


@pytest.fixture(scope="module")
def demo(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Loaded once for all, on the day that the source was counted on: later in a week more is late."""
    noon = dt.datetime.combine(REFERENCE, dt.time(12), tzinfo=ZONE)
    with django_db_blocker.unblock(), transaction.atomic(), time_machine.travel(noon):
        call_command("demo_data", verbosity=0)
        yield
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def _on_that_day(demo: None, db: None) -> None:
    """What a test changes is taken back after it."""


def states_of(queryset: Any) -> Counter[str]:
    return Counter(queryset.values_list("state", flat=True))


def test_memberships() -> None:
    found = Counter(Membership.objects.values_list("status", flat=True))

    for name, status in MEMBERSHIP.items():
        assert found[status] == EXPECTED["organisations"]["by_status"][name], name


def test_members_of_each_sector() -> None:
    listed = Organisation.objects.listed(timezone.localdate()).members()
    found = Counter(listed.values_list("main_sector__slug", flat=True))

    # The source counts the club that was dissolved too; who has left is no longer shown.
    former = Organisation.objects.filter(memberships__status=MembershipStatus.FORMER)
    assert (
        found + Counter(former.values_list("main_sector__slug", flat=True))
        == EXPECTED["organisations"]["by_sector_public"]
    )


def test_menu_card_of_each_category_and_audience(client: Client) -> None:
    published = Offering.objects.published(timezone.localdate()).of_members()
    expected = EXPECTED["offerings"]

    assert published.count() == expected["published"]
    main = Counter(slug or own for slug, own in published.values_list("category__parent__slug", "category__slug"))
    assert dict(main) == expected["by_main_category"]
    for audience, number in (("bedrijven", expected["for_business"]), ("stad", expected["for_city"])):
        page = client.get(f"/menukaart/?voor={audience}").content.decode()
        assert f"{number} gerechten op de kaart" in page


def test_stale_offerings_stand_before_the_board() -> None:
    today = timezone.localdate()
    stale = Offering.objects.published(today).of_members().stale(today)

    assert set(stale.values_list("slug", flat=True)) == set(EXPECTED["offerings"]["confirm_overdue_180"])


def test_commitments_of_each_state() -> None:
    found = states_of(Commitment.objects.all())

    assert {name: found[state] for name, state in STATES.items()} == EXPECTED["commitments"]["by_status"]


def test_enquiries_without_an_answer() -> None:
    unanswered = Enquiry.objects.filter(state=EnquiryState.NEW)
    week_ago = timezone.now() - dt.timedelta(days=7)

    assert unanswered.count() == len(EXPECTED["requests"]["unanswered"])
    assert unanswered.filter(moved_at__lte=week_ago).count() == len(EXPECTED["requests"]["unanswered_over_7_days"])


def test_confirmed_totals() -> None:
    found = {total.unit: total.quantity for total in totals.per_unit(Commitment.objects.all())}
    expected = {unit: n for unit, n in EXPECTED["commitments"]["confirmed_totals"].items() if unit in found}

    assert found == expected
    assert set(found) == set(totals.SUMMABLE)


def test_late_and_nearly_due() -> None:
    today = timezone.localdate()
    late = Commitment.objects.late(today)

    assert late.count() == len(EXPECTED["commitments"]["over_time"])


def figures_of(page: str) -> list[tuple[str, str]]:
    """Of each figure that opens: from how many commitments, and the way to them."""
    tiles = re.findall(r'tile-note">uit (\d+) toezegging.*?href="([^"]+)"', page, re.DOTALL)
    return [(number, url.replace("&amp;", "&")) for number, url in tiles]


def test_each_figure_of_the_results_opens_to_what_it_counts(client: Client) -> None:
    figures = figures_of(client.get("/resultaat/").content.decode())

    assert len(figures) >= len(totals.SUMMABLE)
    for who in ("visitor", "board"):
        if who == "board":
            client.force_login(person("board"))
        for number, url in figures:
            assert re.search(rf'role="status">\s*{number} toezegging', client.get(url).content.decode()), (who, url)


def counted(row: dict[str, Any]) -> dict[str, Any]:
    """What our own rows say of a meeting of the source."""
    meeting = Meeting.objects.get(slug=row["id"])
    signed_up = meeting.sign_ups.all()
    going = signed_up.filter(state=SignUpState.GOING)
    open_actions = Outcome.objects.of(meeting).open_actions()
    held = meeting.state == MeetingState.HELD
    # The source counted on the Monday of the demo's week.
    monday = timezone.localdate() - dt.timedelta(days=timezone.localdate().weekday())
    return {
        "id": meeting.slug,
        "signups": signed_up.count(),
        "cancelled": signed_up.filter(state=SignUpState.CANCELLED).count(),
        "shown_publicly": going.filter(show_name=True).count(),
        "persons": meeting.taken,
        "attended": figures.of(meeting).came if held else None,
        "open_actions": open_actions.count(),
        "late_actions": open_actions.filter(due_on__lt=monday).count(),
        "all": going.filter(erased_at=None).exists(),
    }


def test_meetings_with_their_guests_and_what_came_of_them() -> None:
    for row in EXPECTED["meetings"]:
        found = counted(row)
        kept = found.pop("all")
        assert found == row | {name: len(row[name]) for name in ("open_actions", "late_actions")}, row["id"]
        # Of evenings of longer than three months ago only the figures are left.
        assert kept == (row["id"] in {"beursvloer", "alv-2015"})


def test_newsletters() -> None:
    states = {"bevestigd": "active", "wacht-op-bevestiging": "pending", "afgemeld": "left"}
    expected = {states[name]: number for name, number in EXPECTED["newsletter"]["subscribers"].items()}

    assert states_of(Subscriber.objects.all()) == expected
    assert states_of(Issue.objects.all()) == {"sent": 4, "draft": 1}


def test_circle_that_is_measured_keeps_the_rules_of_the_database() -> None:
    """What `make bench` fills itself with: the demo over and over."""
    before = Offering.objects.count(), Commitment.objects.count()
    published = Offering.objects.filter(state="published").count()

    multiply(connection.connection, 2 * published)

    assert Offering.objects.count() == 3 * before[0]
    assert Commitment.objects.count() > before[1]
    assert not Commitment.objects.filter(transitions=None).exists()
