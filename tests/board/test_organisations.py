"""The board's pages of organisations: the register as a file, and what a business says of itself."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from openpyxl import load_workbook

from members.models import Change, MembershipStatus
from tests.conftest import Cast
from tests.factories import BusinessFactory, OrganisationFactory

pytestmark = pytest.mark.django_db


def names(cast: Cast, query: str) -> list[list[Any]]:
    """In the two files of the register at this address."""
    board = cast.client("board")
    text = b"".join(board.get(f"/bestuur/organisaties/lijst.csv{query}")).decode("utf-8-sig")
    content = board.get(f"/bestuur/organisaties/lijst.xlsx{query}").content
    rows = list(load_workbook(io.BytesIO(content)).active.iter_rows(values_only=True))
    lines = list(csv.reader(io.StringIO(text, newline=""), delimiter=";"))
    return [[row[0] for row in found[1:]] for found in (lines, rows)]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("?stand=geschorst", ["Zwemclub"]),
        ("?q=zwemclub", ["Zwemclub"]),
        ("?stand=bedrijf-nieuw", ["Nieuw B.V."]),
        ("", ["Nieuw B.V.", "Speeltuin Het Springtij", "Taalhuis De Schrijfplank", "Werf Noord B.V.", "Zwemclub"]),
    ],
)
def test_register_is_a_file_with_its_filters(query: str, expected: list[str], cast: Cast) -> None:
    OrganisationFactory(name="Zwemclub", membership=MembershipStatus.SUSPENDED)
    BusinessFactory(name="Nieuw B.V.", listed_on=None)

    assert names(cast, query) == [expected, expected]


def test_board_puts_right_what_a_business_says_of_itself(cast: Cast) -> None:
    firm = BusinessFactory(partner_member=True)
    page = f"/bestuur/organisaties/{firm.slug}/"

    answer = cast.client("board").post(f"{page}vereniging/", {"lid": "nee"}, follow=True).content.decode()

    firm.refresh_from_db()
    assert not firm.partner_member
    assert "Ja, het is lid" in answer
    assert Change.objects.of(firm).latest("pk").actor == cast.board
