"""The figures equal a plain recount, row by row in Python; and each opens to exactly what it counts."""

from __future__ import annotations

import csv
import datetime as dt
import io
import random
import re
import statistics
from collections import Counter, defaultdict
from decimal import Decimal
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.http import QueryDict
from django.test import Client
from django.utils import timezone

from commitments import breadth, figures
from commitments.board import Board
from commitments.figures import Line
from commitments.models import Basis, Commitment, CommitmentState, Origin, Visibility
from commitments.outcomes import CONFIRMED, Outcome
from commitments.sheet import Sheet
from commitments.totals import SUMMABLE
from kring.board.figures import whole_sheet
from members.models import Organisation
from offerings.models import Means
from tests.conftest import Cast
from tests.factories import (
    BusinessFactory,
    CommitmentFactory,
    DistrictFactory,
    OfferingFactory,
    OrganisationFactory,
    SectorFactory,
)

pytestmark = pytest.mark.django_db

S = CommitmentState
ZONE = timezone.get_default_timezone()
UNITS = [*SUMMABLE, "stuks", "taarten"]


def at(today: dt.date, days_ago: int, hour: int = 12) -> dt.datetime:
    return dt.datetime.combine(today - dt.timedelta(days=days_ago), dt.time(hour), ZONE)


@pytest.fixture
def many(db: None) -> list[Commitment]:
    """A hundred and twenty of every sort; the same each time."""
    dice, today = random.Random(2015), timezone.localdate()
    sectors = [*(SectorFactory(slug=slug) for slug in ("sport", "zorg")), None]
    part = DistrictFactory(slug="babberspolder")
    part.parent = DistrictFactory(slug="ambacht")
    part.save()
    districts = [part, DistrictFactory(slug="centrum"), None]
    parties = [OrganisationFactory(main_sector=sectors[0]), OrganisationFactory(main_sector=sectors[1])]
    parties += [BusinessFactory(), BusinessFactory()]
    for number in range(120):
        promisor, beneficiary = dice.sample(parties, 2)
        state, asked = S.values[number % len(S.values)], dice.randrange(60, 700)
        valued, agreed, closed = dice.random() < 0.4, asked - dice.randrange(0, 30), dice.randrange(0, 30)
        CommitmentFactory(
            promisor=promisor,
            beneficiary=None if dice.random() < 0.2 else beneficiary,
            state=state,
            means=dice.choice(Means.values),
            unit=dice.choice(UNITS),
            sector=dice.choice(sectors),
            district=dice.choice(districts),
            visibility=dice.choice(Visibility.values),
            origin=Origin.REVIEW if dice.random() < 0.1 else Origin.NONE,
            estimated_value=Decimal(dice.randrange(1000)) / 4 if valued else None,
            value_basis=dice.choice(Basis.values) if valued else "",
            due_on=today - dt.timedelta(days=dice.randrange(0, 60)),
            proposed_at=at(today, asked),
            agreed_at=at(today, agreed),
            reported_at=at(today, closed, hour=23),
            closed_at=at(today, dice.randrange(0, closed + 1), hour=23),
            confirmed=Decimal(dice.randrange(1, 400)) / 4 if state == S.KEPT else None,
            kept_by_silence=(silent := state == S.KEPT and dice.random() < 0.2),
            kept_by_board=state == S.KEPT and not silent and number % 40 == 25,
            given_back_reason="other" if state == S.GIVEN_BACK else "",
        )
    related = ("sector", "district__parent", "promisor__main_sector", "beneficiary__main_sector")
    return list(Commitment.objects.select_related(*related))


def outcome_of(each: Commitment) -> str | None:
    """As domain.md says it, in plain words."""
    if each.origin == Origin.REVIEW:
        return None
    if each.state in {S.AGREED, S.STARTED, S.REPORTED}:
        return Outcome.RUNNING
    if each.state == S.GIVEN_BACK:
        return Outcome.GIVEN_BACK
    if each.state != S.KEPT:
        return None
    if each.kept_by_silence:
        return Outcome.SILENCE
    if each.kept_by_board:
        return Outcome.BOARD
    assert each.reported_at is not None
    return Outcome.LATE if each.reported_at.astimezone(ZONE).date() > each.due_on else Outcome.ON_TIME


def key_of(each: Commitment, dimension: str, first: dt.date) -> str | None:
    match dimension:
        case "sector":
            return each.sector.slug if each.sector else "geen"
        case "wijk":
            return (each.district.parent or each.district).slug if each.district else "geen"
        case "m":
            return each.means
    closed = each.closed_at.astimezone(ZONE).date() if each.closed_at else None
    return f"{closed:%Y-%m}" if closed and closed >= first else None


def recount(rows: list[Commitment]) -> Line:
    line = Line()
    for each in rows:
        outcome = outcome_of(each)
        if outcome is not None:
            unit = each.unit if each.unit in SUMMABLE else ""
            line.add(outcome, unit, 1, each.confirmed or Decimal(0))
    return line


@pytest.mark.parametrize("scope", ["all", "public"])
def test_every_count_and_sum_equals_a_plain_recount(many: list[Commitment], scope: str) -> None:
    today = timezone.localdate()
    rows = [each for each in many if scope == "all" or each.visibility == Visibility.PUBLIC]
    counted = [each for each in rows if outcome_of(each) is not None]
    by: dict[str, dict[str, list[Commitment]]] = {name: defaultdict(list) for name in figures.DIMENSIONS}

    found = figures.count(Commitment.objects.filter(pk__in=[each.pk for each in rows]), today)

    for each in counted:
        for dimension in figures.DIMENSIONS:
            key = key_of(each, dimension, found.months[0])
            # What still runs was closed in no month; the factory gave it a day all the same.
            if key is not None:
                by[dimension][key].append(each)
    assert found.whole == recount(rows)
    assert found.lines == {name: {key: recount(of) for key, of in keys.items()} for name, keys in by.items()}
    confirmed = [each for each in counted if outcome_of(each) in CONFIRMED]
    worth: Counter[str] = Counter()
    for each in confirmed:
        if each.estimated_value is not None:
            worth[each.value_basis] += each.estimated_value  # type: ignore[assignment]
    assert {value.basis: value.euros for value in found.values} == dict(worth)
    between = [
        each for each in counted if each.promisor.main_sector and each.beneficiary and each.beneficiary.main_sector
    ]
    other = [each for each in between if each.promisor.main_sector != each.beneficiary.main_sector]  # type: ignore[union-attr]
    assert (found.outside, found.between_fields) == (len(other), len(between))
    assert found.days_to_yes == statistics.median((each.agreed_at - each.proposed_at).days for each in confirmed)  # type: ignore[operator]
    assert found.days_to_kept == pytest.approx(
        statistics.median((each.closed_at - each.agreed_at).total_seconds() / 86400 for each in confirmed)  # type: ignore[operator]
    )


def under(url: str, viewer: Any) -> set[int]:
    """What an address of the commitments board finds."""
    query = QueryDict(urlsplit(url).query)
    return set(Board(query, viewer, timezone.localdate()).found.values_list("pk", flat=True))


def test_every_figure_opens_to_exactly_what_it_counts(many: list[Commitment], cast: Cast) -> None:
    sheet = whole_sheet()
    today = timezone.localdate()
    board = type(cast.board).objects.with_board_seat(today).get(pk=cast.board.pk)

    opened = 0
    for tile in [*sheet.totals, *sheet.values, *sheet.outcomes, *sheet.pace, sheet.outside]:
        number = re.search(r"uit (\d+) toezegging", tile.note)
        assert number
        assert len(under(tile.url, board)) == int(number[1]), tile
    for breakdown in sheet.breakdowns:
        ended, _hours = breakdown.charts
        for row in ended.rows:
            for cell in row[1:]:
                link = re.fullmatch(r'<a href="([^"]+)">(\d+)</a>', cell)
                assert link or cell == "0", (breakdown.title, row)
                if link:
                    assert len(under(unescape(link[1]), board)) == int(link[2]), (breakdown.title, link[1])
                    opened += 1
    assert opened > 30


def test_confirmed_quantities_of_a_table_add_up_under_their_links(many: list[Commitment], cast: Cast) -> None:
    sheet = Sheet(figures.count(Commitment.objects.all(), timezone.localdate()), {})
    board = type(cast.board).objects.with_board_seat(timezone.localdate()).get(pk=cast.board.pk)

    for dimension in figures.DIMENSIONS:
        for name, _label, line in sheet.lines(dimension):
            for unit, total in line.totals.items():
                url = sheet.address(uitkomst=[each.value for each in CONFIRMED], eenheid=unit, **{dimension: name})
                rows = Commitment.objects.filter(pk__in=under(url, board))
                assert sum(each.confirmed or 0 for each in rows) == total.quantity, url


def test_shares_add_up_and_what_is_not_public_is_not_told(many: list[Commitment], client: Client) -> None:
    public = figures.count(Commitment.objects.filter(visibility=Visibility.PUBLIC), timezone.localdate())

    page = client.get("/resultaat/").content.decode()

    assert sum(public.whole.share(outcome) for outcome in Outcome) == pytest.approx(100)
    told = re.findall(r'tile-note">uit (\d+) toezegging', page)
    expected = [total.commitments for total in public.per_unit]
    assert [int(number) for number in told[: len(expected)]] == expected
    assert "Hoe we tellen" in page


def test_csv_holds_the_same_figures_and_addresses(many: list[Commitment], cast: Cast) -> None:
    answer = cast.client("board").get("/bestuur/cijfers/cijfers.csv")
    text = b"".join(answer).decode("utf-8-sig")  # type: ignore[call-overload]
    rows = list(csv.DictReader(io.StringIO(text), delimiter=";"))

    whole = figures.count(Commitment.objects.all(), timezone.localdate()).whole
    plain = {row["Wat"]: row for row in rows if row["Verdeeld naar"] == "" and row["Eenheid"] == "toezeggingen"}
    assert {outcome: int(plain[str(outcome.label)]["Hoeveel"]) for outcome in Outcome} == whole.outcomes
    hours = next(row for row in rows if (row["Wat"], row["Verdeeld naar"], row["Eenheid"]) == ("bevestigd", "", "uur"))
    assert Decimal(hours["Hoeveel"]) == whole.totals["uren"].quantity
    assert parse_qs(urlsplit(hours["Waar het uit komt"]).query)["eenheid"] == ["uren"]
    assert {row["Verdeeld naar"] for row in rows} == {"", "sector", "wijk", "M", "maand"}


def test_figures_of_an_empty_circle(client: Client, cast: Cast) -> None:
    found = figures.count(Commitment.objects.all(), timezone.localdate())

    assert (found.whole, found.values, found.days_to_yes) == (Line(), [], None)
    assert "Er is nog niets bevestigd" in client.get("/resultaat/").content.decode()
    assert cast.client("board").get("/bestuur/cijfers/").status_code == 200


def test_breadth_counts_members_and_opens_to_them(cast: Cast) -> None:
    today = timezone.localdate()
    members = breadth.members(today)
    OfferingFactory(organisation=cast.member)
    long_ago = timezone.now() - dt.timedelta(days=400)
    CommitmentFactory(promisor=cast.firm, beneficiary=cast.member)
    CommitmentFactory(promisor=cast.elsewhere, beneficiary=cast.firm, agreed_at=long_ago)
    SectorFactory(slug="sport")
    district = DistrictFactory(slug="centrum")
    cast.member.districts.add(district)

    found = breadth.count(today)

    assert (found.whole.members, found.whole.taking_part) == (
        members.count(),
        {"aanbod": 1, "afspraak": 1, "bijeenkomst": 0},
    )
    assert found.by["sector"]["welzijn"] == found.whole
    assert found.by["wijk"]["centrum"].taking_part == {"aanbod": 1, "afspraak": 1, "bijeenkomst": 0}
    board = cast.client("board")
    pages = {
        which: board.get(f"/bestuur/cijfers/leden/afspraak/{which}/").content.decode() for which in ("wel", "nog-niet")
    }
    assert [cast.member.name in pages["wel"], cast.member.name in pages["nog-niet"]] == [True, False]
    assert [cast.elsewhere.name in pages["wel"], cast.elsewhere.name in pages["nog-niet"]] == [False, True]
    narrowed = board.get("/bestuur/cijfers/leden/afspraak/wel/?wijk=centrum").content.decode()
    assert cast.member.name in narrowed
    assert cast.member.name not in board.get("/bestuur/cijfers/leden/afspraak/wel/?sector=sport").content.decode()
    assert [board.get(f"/bestuur/cijfers/leden/{path}/").status_code for path in ("x/wel", "aanbod/x")] == [404, 404]
    assert Organisation.objects.count() > found.whole.members
