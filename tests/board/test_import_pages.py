"""The board's pages of an import: what they say, what they keep, and what a second press does."""

from __future__ import annotations

import io
import uuid
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import load_workbook

from kring.board.models import Import, ImportRow, ImportState
from members.models import Organisation
from tests.board.importing import carried_on, csv, read
from tests.conftest import Cast
from tests.factories import BusinessFactory

pytestmark = pytest.mark.django_db

ROWS = csv("Naam;Postcode;Opmerking", "+Punt Reclame;3135 ZV;@home", "Fout;3131;", "Werf Noord B.V.;3131 AB;")


def upload(cast: Cast, content: bytes, **typed: Any) -> Any:
    file = SimpleUploadedFile("lijst.csv", content)
    posted = {"kind": "businesses", "once": str(uuid.uuid4()), "file": file} | typed
    return cast.client("board").post("/bestuur/import/", posted)


@pytest.mark.parametrize(
    ("content", "typed", "word"),
    [
        (b"%PDF-1.7", {}, "PDF"),
        (b"", {}, "leeg"),
        (ROWS, {"kind": "iets"}, "geldige keuze"),
        (ROWS, {"file": ""}, "vereist"),
    ],
)
def test_wrong_upload_is_told_beside_the_field(cast: Cast, content: bytes, typed: dict[str, str], word: str) -> None:
    answer = upload(cast, content, **typed)

    assert answer.status_code == 422
    assert word in " ".join(str(error) for errors in answer.context["form"].errors.values() for error in errors)
    assert "aria-invalid" in answer.content.decode()
    assert Import.objects.count() == 0


def test_upload_leads_to_the_preview_and_a_yes_to_the_report(cast: Cast) -> None:
    client = cast.client("board")
    path = upload(cast, ROWS).url
    assert "We lezen de lijst" in client.get(path).content.decode()
    found = carried_on(Import.objects.get())

    page = client.get(path)
    assert page.context["to_write"] == 2
    assert "‘3131’ is geen postcode" in page.content.decode()
    assert client.post(f"{path}ja/", {"gezien": "eerder"}).url == path
    assert Import.objects.get().state == ImportState.READY
    for _twice in range(2):
        assert client.post(f"{path}ja/", {"gezien": found.seen}).url == path
    carried_on(found)

    report = b"".join(client.get(f"{path}verslag.csv").streaming_content).decode("utf-8-sig").splitlines()  # type: ignore[attr-defined]
    assert report[1].startswith("1;2;'+Punt Reclame;toegevoegd;")
    assert report[1].endswith(";'+Punt Reclame;3135 ZV;'@home")
    sheet = load_workbook(io.BytesIO(client.get(f"{path}verslag.xlsx").content)).active
    assert sheet is not None
    assert [row[3].value for row in sheet.iter_rows()] == ["Uitkomst", "toegevoegd", "fout", "bijgewerkt"]


def test_columns_that_were_chosen_twice_or_not_at_all_are_told(cast: Cast) -> None:
    found = read(cast.board, csv("Wie;Waar", "A;3131 AB"))
    path, client = f"{found.get_absolute_url()}kolommen/", cast.client("board")

    twice = client.post(path, {"kolom-0": "naam", "kolom-1": "naam", "postcodes_from": "313"})
    none = client.post(path, {"kolom-0": "niet", "kolom-1": "niet"})
    right = client.post(
        path, {"kolom-0": "naam", "kolom-1": "postcode", "postcodes_from": "3138", "postcodes_to": "3130"}
    )

    assert (twice.status_code, none.status_code, right.status_code) == (422, 422, 302)
    assert set(twice.context["form"].errors) == {"kolom-1", "postcodes_from"}
    assert "Naam" in none.context["form"].non_field_errors()[0]
    found.refresh_from_db()
    assert (found.mapping, found.wishes["postcodes"]) == ({"naam": 0, "postcode": 1}, [3130, 3138])


def test_what_is_alike_is_chosen_on_the_page(cast: Cast) -> None:
    BusinessFactory(name="Bakkerij Vink", postcode="3138 ZZ")
    found = read(cast.board, csv("Naam;Postcode", "Bakkerij Vink;3131 AB", "Nieuw;3131 AC"))
    client, path = cast.client("board"), found.get_absolute_url()

    assert (
        client.post(f"{path}rij/1/", {"keuze": "update", "next": f"{path}?rijen=lijkt"}).url == f"{path}?rijen=lijkt"
    )
    client.post(f"{path}rij/2/", {"keuze": "update"})
    client.post(f"{path}rij/1/", {"keuze": "update", "next": "https://elders.example/"})

    assert list(ImportRow.objects.order_by("number").values_list("choice", flat=True)) == ["update", ""]
    assert client.post(f"{path}rij/99999999999999999999/").status_code == 404


def test_thrown_away_is_gone_and_nothing_was_written(cast: Cast) -> None:
    found = read(cast.board, ROWS)
    before = Organisation.objects.count()

    answer = cast.client("board").post(f"{found.get_absolute_url()}weg/")

    assert (answer.url, Import.objects.count(), Organisation.objects.count()) == ("/bestuur/import/", 0, before)


def test_board_is_told_what_waits_for_its_yes(cast: Cast) -> None:
    read(cast.board, ROWS)

    assert (
        "De lijst ‘lijst.csv’ is gelezen en wacht op jullie ja"
        in cast.client("board").get("/bestuur/").content.decode()
    )
