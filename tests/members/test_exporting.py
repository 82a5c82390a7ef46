"""The directory as a file: the same organisations, what the reader may know of them, and nothing that calculates."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook
from psycopg.types.range import DateRange

from members import exporting
from members.models import Membership, MembershipStatus, Organisation, RoleKind
from tests.conftest import Cast
from tests.factories import DistrictFactory, OrganisationFactory, RoleFactory, SectorFactory, UserFactory

pytestmark = pytest.mark.django_db

PUBLIC = [
    *("Naam", "Soort", "In één zin", "Sector", "Ook actief in", "Wijken", "E-mail", "Telefoon", "Website", "Straat"),
    *("Huisnummer", "Postcode", "Plaats", "Opgericht", "ANBI", "Pagina"),
]
FOR_THE_BOARD = [
    *("KvK-nummer", "RSIN", "Lidmaatschap", "Lid sinds", "Op de lijst sinds", "Profiel bevestigd op", "Beheerders"),
    "E-mail van de beheerders",
]


def read_csv(client: Client, query: str = "") -> list[dict[str, str]]:
    answer = client.get(f"/organisaties/lijst.csv{query}")
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    text = b"".join(answer).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline=""), delimiter=";"))


def read_xlsx(client: Client, query: str = "") -> list[dict[str, Any]]:
    answer = client.get(f"/organisaties/lijst.xlsx{query}")
    sheet = load_workbook(io.BytesIO(answer.content)).active
    header, *rows = sheet.iter_rows(values_only=True)
    return [dict(zip(header, row, strict=True)) for row in rows]


def full(**changes: Any) -> Organisation:
    made = OrganisationFactory(
        **{
            "name": "Taalhuis De Plank",
            "slug": "taalhuis",
            "email": "info@taalhuis.example",
            "phone": "010 434 0000",
            "website": "https://taalhuis.example",
            "street": "Markt",
            "house_number": "1",
            "postcode": "3131 CR",
            "city": "Vlaardingen",
            "founding_year": 1998,
            "kvk_number": "12345678",
            "rsin": "123456782",
            "anbi": True,
            "main_sector": SectorFactory(slug="onderwijs"),
        }
        | changes
    )
    made.sectors.set([SectorFactory(slug="jeugd", order=2), SectorFactory(slug="cultuur", order=1)])
    made.districts.set([DistrictFactory(slug="holy", order=1), DistrictFactory(slug="ambacht", order=2)])
    return made


def test_a_row_has_what_everybody_may_know(client: Client) -> None:
    full()

    [row] = read_csv(client)

    assert list(row) == PUBLIC
    assert row == dict(
        zip(
            PUBLIC,
            [
                *("Taalhuis De Plank", "maatschappelijke organisatie", "Doet iets goeds voor de stad.", "Onderwijs"),
                *("Cultuur, Jeugd", "Holy, Ambacht", "info@taalhuis.example", "010 434 0000"),
                *("https://taalhuis.example", "Markt", "1", "3131 CR", "Vlaardingen", "1998", "ja"),
                "http://testserver/organisaties/taalhuis/",
            ],
            strict=True,
        )
    ) | {"Pagina": row["Pagina"]}
    assert row["Pagina"].endswith("/organisaties/taalhuis/")


def test_the_board_has_the_papers_and_the_people_too(cast: Cast) -> None:
    made = full(slug="plank", profile_confirmed_on=dt.date(2026, 3, 1))
    RoleFactory(organisation=made, role=RoleKind.OWNER, user=UserFactory(name="Ada", email="ada@a.example"))
    RoleFactory(organisation=made, role=RoleKind.EDITOR, user=UserFactory(name="Bob", email="bob@a.example"))
    gone = UserFactory(name="Cees", email="cees@a.example")
    RoleFactory(organisation=made, role=RoleKind.OWNER, user=gone, until=timezone.localdate())

    [row] = read_csv(cast.client("board"), "?wijk=holy")

    assert list(row) == PUBLIC + FOR_THE_BOARD
    assert [row[name] for name in FOR_THE_BOARD] == [
        *("12345678", "123456782", "Lid", "2014-12-01", "", "2026-03-01", "Ada", "ada@a.example")
    ]


@pytest.mark.parametrize("who", ["visitor", "business", "editor", "owner", "outsider", "administrator"])
def test_nobody_else_has_personal_data_or_what_is_hidden(cast: Cast, who: str) -> None:
    OrganisationFactory(name="Nog geheim", membership=MembershipStatus.APPLIED)
    full(slug="plank")

    for rows in (read_csv(cast.client(who)), read_xlsx(cast.client(who))):
        told = str(rows)
        assert "Taalhuis De Plank" in told
        assert list(rows[0]) == PUBLIC
        assert not [secret for secret in ("owner@", "Owner", "12345678", "Nog geheim") if secret in told]


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("?anbi=ja", ["Speeltuin", "Taalhuis De Plank"]),
        ("?q=taalhius", ["Taalhuis De Plank", "Taalhuis De Schrijfplank"]),
        ("?wijk=holy&sector=jeugd", ["Taalhuis De Plank"]),
        ("?soort=bedrijven", ["Werf Noord B.V."]),
        ("?q=xqzzy", []),
    ],
)
def test_both_files_have_what_the_page_shows_at_the_same_address(cast: Cast, query: str, names: list[str]) -> None:
    full(slug="plank")
    OrganisationFactory(name="Speeltuin", anbi=True)
    client = cast.client("visitor")

    html = client.get(f"/organisaties/{query}").content.decode()

    assert [row["Naam"] for row in read_csv(client, query)] == names
    assert [row["Naam"] for row in read_xlsx(client, query)] == names
    assert re.findall(r'card-title">\s*<a [^>]*>([^<]+)<', html) == names


@pytest.mark.parametrize("name", ["=1+1", "+31 10", "-2", "@SUM(A1)", "\ufeff=1", " =1", "a\x0bb", 'x";y\nz'])
def test_no_cell_calculates(cast: Cast, name: str) -> None:
    OrganisationFactory(name=name, tagline=name, email="")

    for rows in (read_csv(cast.client("board"), "?soort=organisaties"), read_xlsx(cast.client("board"))):
        cells = [str(cell or "") for row in rows for cell in row.values()]
        assert not [cell for cell in cells if cell.lstrip("\ufeff \t\r\n").startswith(("=", "+", "-", "@"))]
        assert any("1+1" in cell or "1" in cell for cell in cells)


def test_in_english_the_words_are_english(client: Client) -> None:
    full(main_sector=SectorFactory(slug="sport", name="Sport", name_en="Sports"))
    client.post("/taal/", {"language": "en"})

    [row] = read_csv(client)

    assert row[list(row)[3]] == "Sports"


def test_a_file_has_an_end(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exporting, "MAX_EXPORTED", 2)
    for _number in range(3):
        OrganisationFactory()

    assert len(read_csv(client)) == len(read_xlsx(client)) == 2


def test_what_the_board_downloads_is_kept_by_nobody(cast: Cast) -> None:
    answer = cast.client("board").get("/organisaties/lijst.csv")

    assert answer["Cache-Control"] == "private, no-store"
    assert answer["Content-Disposition"] == 'attachment; filename="organisaties.csv"'


@pytest.mark.parametrize(
    ("statuses", "told"),
    [
        ([MembershipStatus.ACTIVE], "Lid"),
        ([MembershipStatus.REJECTED, MembershipStatus.APPLIED], "Aanvraag ingediend"),
        ([MembershipStatus.ACTIVE, MembershipStatus.REJECTED], "Lid"),
        ([MembershipStatus.REJECTED, MembershipStatus.WITHDRAWN], "Aanvraag ingetrokken"),
        ([], ""),
    ],
)
def test_the_membership_that_goes_on_is_told_before_one_that_is_over(
    cast: Cast, statuses: list[str], told: str
) -> None:
    made = OrganisationFactory(name="Taalhuis Oost", membership=False)
    for status in statuses:
        without = status in exporting.WITHOUT_PERIOD
        period = None if without else DateRange(dt.date(2014, 12, 1), None)
        Membership.objects.create(organisation=made, status=status, period=period)

    [row] = read_csv(cast.client("board"), "?q=taalhuis oost")

    assert row["Lidmaatschap"] == told


DAY = dt.date(2026, 6, 1)
LENGTHS = st.lists(st.tuples(st.integers(0, 3), st.integers(1, 400)), min_size=0, max_size=5)


@given(LENGTHS, st.booleans())
def test_member_since_is_the_same_rule_as_that_of_memberships(lengths: list[tuple[int, int]], goes_on: bool) -> None:
    """Periods with gaps of a few days or none between them, around the day that is asked about."""
    start, periods = DAY - dt.timedelta(days=700), []
    for gap, days in lengths:
        lower = start + dt.timedelta(days=gap)
        start = lower + dt.timedelta(days=days)
        periods.append(DateRange(lower, start))
    if periods and goes_on:
        periods[-1] = DateRange(periods[-1].lower, None)
    organisation = OrganisationFactory(membership=False)
    for period in periods:
        status = MembershipStatus.ACTIVE if period.upper is None else MembershipStatus.FORMER
        Membership.objects.create(organisation=organisation, status=status, period=period)
    there = Membership.objects.filter(organisation=organisation)

    assert exporting.member_since(sorted(periods, reverse=True), DAY) == there.member_since(DAY)
