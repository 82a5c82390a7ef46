"""A preview of twenty thousand rows, in seconds and in megabytes: `python -m tests.benchmarks.importing xlsx`.

A process of its own, as the worker is one, beside a circle that knows half of the rows already.
"""

from __future__ import annotations

import io
import json
import resource
import sys
import time
from typing import Any

import django

from tests.benchmarks.site import manage, state

ROWS = 20_000
MEGABYTE = 1024
HEADER = ["Lidnr", "Bedrijfsnaam", "Contactpersoon", "Adres", "Postcode", "Plaats", "Telefoon", "E-mail", "Website"]
HEADER += ["KvK nr.", "Branche", "Aantal mdw.", "Lid sinds", "Contributie", "Nieuwsbrief", "Opmerkingen"]


def row(number: int) -> list[str]:
    """As the IKV has them, every tenth with something wrong."""
    name, place = f"Bedrijf {number} Zoon & Dochters B.V.", f"313{number % 9} A{chr(65 + number % 16)}"
    return [
        *(str(number), name, f"Renée de Vries {number}", f"Lisdoddelaan {number % 300}", place, "Vlaardingen"),
        *(f"010-{number:07}", f"info@bedrijf{number}.example", f"www.bedrijf{number}.example"),
        *("geen nummer" if number % 10 == 0 else f"{number:08}", "Zakelijke dienstverlening", str(number % 90)),
        *(
            f"{1 + number % 28}-{1 + number % 12}-{1970 + number % 50}",
            "€ 175,00",
            "ja",
            "Belt liever, niet voor tienen",
        ),
    ]


def content(kind: str) -> bytes:
    rows = [HEADER, *(row(number) for number in range(1, ROWS + 1))]
    if kind == "csv":
        return "".join(";".join(cells) + "\r\n" for cells in rows).encode("windows-1252")
    from openpyxl import Workbook

    book, file = Workbook(write_only=True), io.BytesIO()
    sheet = book.create_sheet()
    for cells in rows:
        sheet.append(cells)
    book.save(file)
    return file.getvalue()


def fill() -> None:
    """Half of the rows are here, under their own numbers."""
    from members.models import Organisation

    here = [(number, row(number)) for number in range(2, ROWS, 2)]
    Organisation.objects.bulk_create(
        Organisation(kind="business", slug=f"b-{number}", name=cells[1], kvk_number=f"{number:08}", postcode=cells[4])
        for number, cells in here
    )


def preview(file: bytes) -> dict[str, Any]:
    """Seconds from the task's begin to the preview, and the most memory that its process ever had."""
    import uuid

    from django.core.files.uploadedfile import SimpleUploadedFile
    from django.utils import timezone

    from kring.accounts.models import User
    from kring.board.importing import starting, working
    from kring.board.models import Import

    by = User.objects.create_user("bestuur@voorbeeld.example", name="Bestuur")
    upload = SimpleUploadedFile("lijst.csv", b"")
    found = starting.begin("businesses", upload, file, by, timezone.now(), once=uuid.uuid4())
    began, worked = time.perf_counter(), time.process_time()
    working.carry_on(found.pk)
    seconds, processor = time.perf_counter() - began, time.process_time() - worked
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / MEGABYTE
    counts = Import.objects.get(pk=found.pk).counts
    return {"seconds": seconds, "processor": processor, "memory": memory, "counts": counts}


def main() -> None:
    kind = sys.argv[1]
    with state() as environment:
        manage(environment, "migrate", "--verbosity", "0")
        django.setup()
        fill()
        print(json.dumps(preview(content(kind))))


if __name__ == "__main__":
    main()
