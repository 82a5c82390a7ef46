from __future__ import annotations

import pytest

from kring.foundation.covers import MOTIFS, cover


@pytest.mark.parametrize("sector", [*MOTIFS, "", "onbekend"])
def test_cover_is_small_and_inked_by_the_style_sheet(sector: str) -> None:
    drawn = [cover(sector, f"aanbod-{number}") for number in range(50)]

    assert max(map(len, drawn)) < 1500
    assert not any(word in svg for svg in drawn for word in ("style=", "fill=", "stroke=", "<script"))
    assert all('aria-hidden="true"' in svg for svg in drawn)


def test_cover_is_the_same_for_the_same_slug() -> None:
    assert cover("sport", "voetbalclinic") == cover.__wrapped__("sport", "voetbalclinic")


def test_covers_of_one_sector_differ() -> None:
    assert len({cover("jeugd", f"aanbod-{number}") for number in range(20)}) > 15


def test_cover_does_not_print_what_it_was_given() -> None:
    assert "<b>" not in cover('"><b>', "<b>")
