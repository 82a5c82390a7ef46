from __future__ import annotations

import re

import pytest
from django.test import Client

from kring.foundation import accent
from kring.foundation.models import Circle

COLOURS = ["#c8401f", "#000000", "#ffffff", "#ffff00", "#00ff00", "#0000ff", "#777777", "#1f4e79"]


@pytest.mark.parametrize("colour", COLOURS)
def test_any_colour_becomes_readable(colour: str) -> None:
    light, dark = accent.style_sheet(colour).split("@media")

    for part, ground in ((light, accent.LIGHT_GROUND), (dark, accent.DARK_GROUND)):
        tokens = dict(re.findall(r"--([\w-]+):(#[0-9a-f]{6})", part))
        assert accent.contrast(tokens["accent"], ground) >= 4.5
        assert accent.contrast(tokens["accent-deep"], ground) >= 4.5
        assert accent.contrast(tokens["on-accent"], tokens["accent"]) >= 4.5
        assert accent.contrast(tokens["on-accent"], tokens["accent-deep"]) >= 4.5


def test_a_readable_colour_stays_as_it_is() -> None:
    assert "--accent:#1f4e79" in accent.style_sheet("#1f4e79")


def test_style_sheet_is_kept_for_ever(client: Client) -> None:
    response = client.get("/kleur/1F4E79.css")

    assert response.status_code == 200
    assert response["Content-Type"] == "text/css"
    assert response["Cache-Control"] == "public, max-age=31536000, immutable"


@pytest.mark.parametrize("address", ["/kleur/rood.css", "/kleur/1f4e7.css", "/kleur/1f4e79%7D.css"])
@pytest.mark.django_db
def test_only_a_colour_is_an_address(client: Client, address: str) -> None:
    assert client.get(address).status_code == 404


@pytest.mark.django_db
def test_pages_ask_for_the_circle_s_own_colour_only(client: Client) -> None:
    plain = client.get("/demo/stijl/").content.decode()
    Circle(accent="#00695c").save()
    own = client.get("/demo/stijl/").content.decode()

    assert "/kleur/" not in plain
    assert '<link rel="stylesheet" href="/kleur/00695c.css">' in own
