"""The translations: Dutch stands in the code, this keeps the English beside it.

    python -m tools.catalogue update    gathers the texts into the catalogue, for a translator to fill in
    python -m tools.catalogue check     fails on a text without a translation, or with other placeholders
    python -m tools.catalogue compile   makes what the site reads

Uses Babel and Django's own template reader, so that no GNU gettext has to be installed.
"""

from __future__ import annotations

import io
import re
import sys
from collections import Counter
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
TEMPLATES = {".html", ".txt", ".xml", ".svg"}
SHOWN = 40
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
# What a reader of the catalogue needs; Babel's own says when it was written, another moment each time.
HEADER = rb"""# English translations of Sociale Kring.
msgid ""
msgstr ""
"Language: en\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\n"
"MIME-Version: 1.0\n"
"Content-Type: text/plain; charset=utf-8\n"
"Content-Transfer-Encoding: 8bit\n"

"""
# %(name)s and %s as in Python, {name} as in str.format; %% is a percent sign.
PLACEHOLDER = re.compile(r"%%|%(?:\(\w+\))?[-+ #0]*\d*(?:\.\d+)?[a-zA-Z]|\{\w*\}")


# --- What stands in the code -----------------------------------------------------------------------------------------


def sources(root: Path) -> Iterator[tuple[str, str]]:
    """Path and Python text of everything that may hold a text; a template is read as Django reads it."""
    for room in ROOMS:
        for path in sorted((root / room).rglob("*")):
            name = path.relative_to(root).as_posix()
            if path.suffix == ".py" and "migrations" not in path.parts:
                yield name, path.read_text()
            elif "templates" in path.parts and path.suffix in TEMPLATES:
                yield name, python_of(path.read_text(), name)


def python_of(template: str, name: str) -> str:
    """Its texts as calls of gettext. Django leaves the indentation of the page, which would be none of Python's."""
    return "\n".join(line.lstrip() for line in templatize(template, origin=name).splitlines())


def gathered(root: Path = ROOT) -> Catalog:
    """Every text in the code."""
    catalogue = empty()
    for name, text in sources(root):
        found = extract("python", io.BytesIO(text.encode()), KEYWORDS, ("Translators:",), {"encoding": "utf-8"})
        for line, message, comments, context in found:
            catalogue.add(message, locations=[(name, line)], auto_comments=comments, context=context)
    return catalogue


# --- What stands in the catalogue ------------------------------------------------------------------------------------


def empty() -> Catalog:
    return Catalog(locale="en", project="Sociale Kring", charset="utf-8", fuzzy=False)


def stored(path: Path = CATALOGUE) -> Catalog:
    if not path.exists():
        return empty()
    with path.open("rb") as file:
        return read_po(file, locale="en")


def store(catalogue: Catalog, path: Path = CATALOGUE) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        file.write(HEADER)
        write_po(
            file, catalogue, width=119, sort_output=True, no_location=True, ignore_obsolete=True, omit_header=True
        )


# --- Holding the one against the other -------------------------------------------------------------------------------


def forms(text: str | list[str] | tuple[str, ...] | None) -> tuple[str, ...]:
    """The singular and plural of a text, or the one form that it has."""
    return (text or "",) if isinstance(text, str) or text is None else tuple(text)


def placeholders(text: str) -> Counter[str]:
    return Counter(found for found in PLACEHOLDER.findall(text) if found != "%%")


def same_placeholders(message: Message) -> bool:
    """A form of a plural may leave the number out, as in "een dag"; nothing may use what is not there."""
    originals = [placeholders(form) for form in forms(message.id)]
    if len(originals) == 1:
        return placeholders(forms(message.string)[0]) == originals[0]
    known = originals[0] | originals[1]
    return all(placeholders(form) <= known for form in forms(message.string))


def faults(code: Catalog, catalogue: Catalog) -> Iterator[str]:
    for message in code:
        if not message.id:
            continue
        known = catalogue.get(message.id, message.context)
        first = forms(message.id)[0]
        if known is None or not all(forms(known.string)):
            yield f"not translated: {first!r}"
        elif known.fuzzy:
            yield f"marked as uncertain: {first!r}"
        elif not same_placeholders(known):
            yield f"other placeholders than the original: {first!r}"
    for message in catalogue:
        if message.id and code.get(message.id, message.context) is None:
            yield f"no longer in the code: {forms(message.id)[0]!r}"


# --- Commands --------------------------------------------------------------------------------------------------------


def update() -> int:
    catalogue = stored()
    catalogue.update(gathered(), no_fuzzy_matching=True, update_creation_date=False)
    store(catalogue)
    missing = sum(not all(forms(message.string)) for message in catalogue if message.id)
    print(f"{len(catalogue)} texts, {missing} to translate")
    return 0


def check() -> int:
    found = list(faults(gathered(), stored()))
    for fault in found[:SHOWN]:
        print(fault)
    if found:
        print(f"{len(found)} to mend: `make catalogue`, then edit {CATALOGUE.relative_to(ROOT)}")
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
