"""The translations: Dutch stands in the code, this keeps the English beside it.

    python -m tools.catalogue update    gathers the texts into the catalogue, for a translator to fill in
    python -m tools.catalogue check     fails on a text without a translation, or with other placeholders
    python -m tools.catalogue compile   makes what the site reads

Uses Babel and Django's own template reader, so that no GNU gettext has to be installed.
"""

from __future__ import annotations

import io
import re
import string
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
CATALOGUE = ROOT / "kring" / "site" / "locale" / "en" / "LC_MESSAGES" / "django.po"
ROOMS = ("config", "kring", "members", "offerings", "commitments")
PLURAL = "nplurals=2; plural=(n != 1);"
KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}


def sources() -> Iterator[tuple[str, str]]:
    """Path and Python text of everything that may hold a text; a template is read as Django reads it."""
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*")):
            if "migrations" in path.parts or "static" in path.parts:
                continue
            if path.suffix == ".py":
                yield str(path.relative_to(ROOT)), path.read_text()
            elif "templates" in path.parts and path.suffix in {".html", ".txt", ".xml", ".js"}:
                yield str(path.relative_to(ROOT)), templatize(path.read_text(), origin=str(path))


def gathered() -> Catalog:
    """Every text in the code."""
    catalogue = new_catalogue()
    for path, text in sources():
        lines = io.BytesIO(text.encode())
        options = {"encoding": "utf-8"}
        for line, message, comments, context in extract("python", lines, KEYWORDS, (), options):
            flags = ("python-format",) if "%(" in str(message) else ()
            catalogue.add(message, locations=[(path, line)], user_comments=comments, context=context, flags=flags)
    return catalogue


def new_catalogue() -> Catalog:
    return Catalog(locale="en", project="Sociale Kring", charset="utf-8", fuzzy=False)


def stored() -> Catalog:
    if not CATALOGUE.exists():
        return new_catalogue()
    with CATALOGUE.open("rb") as file:
        return read_po(file, locale="en")


def update() -> int:
    catalogue = stored()
    catalogue.update(gathered(), no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    CATALOGUE.parent.mkdir(parents=True, exist_ok=True)
    with CATALOGUE.open("wb") as file:
        write_po(file, catalogue, width=119, sort_output=True, no_location=True, omit_header=False)
    print(
        f"{len(catalogue)} texts, {sum(not translated(message) for message in catalogue if message.id)} to translate"
    )
    return 0


def translated(message: Message) -> bool:
    return all(message.string) if isinstance(message.string, (list, tuple)) else bool(message.string)


def placeholders(text: str) -> set[str]:
    named = set(re.findall(r"%\((\w+)\)", text))
    braces = (
        {name for _text, name, _spec, _conversion in string.Formatter().parse(text) if name} if "{" in text else set()
    )
    return named | braces


def faults() -> Iterator[str]:
    catalogue = stored()
    for message in gathered():
        if not message.id:
            continue
        known = catalogue.get(message.id, message.context)
        first = message.id[0] if isinstance(message.id, (list, tuple)) else message.id
        if known is None or not translated(known):
            yield f"not translated: {first!r}"
        elif known.fuzzy:
            yield f"not certain: {first!r}"
        else:
            originals = message.id if isinstance(message.id, (list, tuple)) else (message.id,)
            renderings = known.string if isinstance(known.string, (list, tuple)) else (known.string,)
            wanted = set().union(*map(placeholders, originals))
            if any(not placeholders(rendering) <= wanted for rendering in renderings):
                yield f"other placeholders: {first!r}"
            elif len(originals) == 1 and placeholders(renderings[0]) != wanted:
                yield f"placeholders are missing: {first!r}"


def check() -> int:
    found = list(faults())
    for fault in found[:40]:
        print(fault)
    if found:
        print(f"{len(found)} texts to mend: `make catalogue`, then edit {CATALOGUE.relative_to(ROOT)}")
    return bool(found)


def compile_catalogue() -> int:
    with CATALOGUE.with_suffix(".mo").open("wb") as file:
        write_mo(file, stored())
    return 0


COMMANDS = {"update": update, "check": check, "compile": compile_catalogue}


def main(arguments: list[str]) -> int:
    if len(arguments) != 1 or arguments[0] not in COMMANDS:
        print(__doc__)
        return 2
    settings.configure(USE_I18N=True)
    return COMMANDS[arguments[0]]()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
