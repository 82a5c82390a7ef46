"""The pages that say who we are, and how things go."""

from __future__ import annotations

from tests.conftest import Cast

RESIGN = "/lidmaatschap-opzeggen/"


def test_owner_is_a_button_from_resigning(cast: Cast) -> None:
    path = f"/mijn/{cast.member.slug}/lidmaatschap/opzeggen/"

    shown = {who: cast.client(who).get(RESIGN).content.decode() for who in ("owner", "editor", "board", "visitor")}

    assert {who: path in page for who, page in shown.items()} == {
        "owner": True,
        "editor": False,
        "board": False,
        "visitor": False,
    }
    assert f"inloggen/?next={RESIGN}" in shown["visitor"]
