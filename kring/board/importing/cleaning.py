"""What a cell means: its value, and what there is to say about it. One function for each field."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator, validate_email
from stdnum.exceptions import ValidationError as NumberError
from stdnum.nl import bsn

from kring.board.importing import dates
from kring.board.importing.notes import Note
from kring.board.importing.reading import tidy
from kring.foundation.forms import clean_text, is_seen
from members.search import bare
from members.validators import validate_postcode

EMPTY = frozenset({"", "-", "?", "nvt", "n.v.t.", "geen", "onbekend"})
YES, NO = frozenset({"ja", "j", "x", "waar", "1"}), frozenset({"nee", "n", "onwaar", "0", ""})
MOST_PEOPLE = 1_000_000
FIRST_FOUNDED = 1200
# As long as the columns of the database.
LONGEST = {
    "naam": 120,
    "persoon": 120,
    "contact": 120,
    "beheerder_naam": 120,
    "adres": 100,
    "plaats": 80,
    "branche": 60,
    "kort": 200,
}
MAX_REMARK = 2000
MOST_CENTS = 100_000_000

PHONE = re.compile(r"[0-9+ ()\-]+")
SCIENTIFIC = re.compile(r"\d+([.,]\d+)?E[+-]?\d+", re.IGNORECASE)
WHOLE = re.compile(r"\d{1,3}(\.\d{3})+|\d+")
AMOUNT = re.compile(r"(\d{1,3}(?:\.\d{3})+|\d+)(?:,(\d{1,2}|-{1,2}))?")
POSTCODE = re.compile(r"([1-9]\d{3})([A-Z]{2})")
SEPARATES = re.compile(r"[,;/|\s]+(?:of|en)?[,;/|\s]*", re.IGNORECASE)
MANGLED = re.compile(r"[^\W\d_]\?[^\W\d_]|\ufffd")
HOUSE_NUMBER = re.compile(r"(.*\D)\s+(\d{1,5}(?:\s?[-/]?\s?\w{1,4})?)")
SMALL_WORDS = frozenset({"aan", "den", "de", "der", "het", "op", "in", "bij", "ter", "ten", "van", "onder", "over"})
is_web_address = URLValidator(schemes=["http", "https"])


@dataclass
class Context:
    """What the cells are held against."""

    today: dt.date
    postcodes: tuple[int, int] | None = None
    sectors: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Cell:
    """One cell: as it was typed, and without blanks around it."""

    name: str
    raw: str
    context: Context

    @cached_property
    def text(self) -> str:
        text = tidy(self.raw)
        # Nearly all of them; looking at every character takes a quarter of the time of a preview.
        is_clean = text.isprintable() and unicodedata.is_normalized("NFC", text)
        return text if is_clean else clean_text(text)

    @property
    def is_empty(self) -> bool:
        return self.text.casefold() in EMPTY

    def note(self, code: str, suggestion: str | None = None) -> Note:
        return Note(self.name, code, self.raw, suggestion)


Cleaned = tuple[Any, list[Note]]


def clean(name: str, raw: str, context: Context) -> Cleaned:
    """The value of one cell, as plain JSON, and the notes on it. What is wrong has no value."""
    cell = Cell(name, raw, context)
    if cell.text.startswith("="):
        return None, [cell.note("formule")]
    return CLEANERS.get(name, plain_text)(cell)


def plain_text(cell: Cell) -> Cleaned:
    text = "" if cell.is_empty else cell.text
    notes = _garbled(cell)
    longest = LONGEST.get(cell.name, MAX_REMARK)
    if len(text) > longest:
        notes.append(cell.note("te_lang"))
    return text[:longest], notes


def _garbled(cell: Cell) -> list[Note]:
    """Text that was read in another encoding than it was written in, or that lost letters in one."""
    text = cell.text
    try:
        meant = text.encode("windows-1252").decode("utf-8")
    except (UnicodeEncodeError, UnicodeDecodeError):
        meant = text
    if meant != text:
        return [cell.note("codering_verdacht", meant)]
    return [cell.note("codering_verdacht")] if MANGLED.search(text) else []


def name(cell: Cell) -> Cleaned:
    if cell.is_empty or not is_seen(cell.text):
        return None, [cell.note("naam_ontbreekt")]
    return plain_text(cell)


def remark(cell: Cell) -> Cleaned:
    lines = [clean_text(tidy(line)) for line in cell.raw.replace("\r\n", "\n").replace("\r", "\n").split("\n")]
    text = "\n".join(lines).strip("\n")
    return ("" if cell.is_empty else text[:MAX_REMARK]), []


def town(cell: Cell) -> Cleaned:
    """As one writes a place, when it was typed in capitals or without."""
    text, notes = plain_text(cell)
    if text and (text.isupper() or text.islower()):
        words = text.lower().split(" ")
        text = " ".join(word if word in SMALL_WORDS and place else _capital(word) for place, word in enumerate(words))
    return text, notes


def _capital(word: str) -> str:
    if word.startswith("ij"):
        return "IJ" + word[2:]
    parts = word.split("-")
    return "-".join(part if part == "'s" else part[:1].upper() + part[1:] for part in parts)


def postcode(cell: Cell) -> Cleaned:
    if cell.is_empty:
        return None, [cell.note("postcode_ontbreekt")]
    typed = "".join(cell.text.split()).upper()
    match = POSTCODE.fullmatch(typed)
    try:
        validate_postcode(typed)
    except ValidationError:
        match = None
    if match is None:
        return None, [cell.note("postcode_ongeldig")]
    span = cell.context.postcodes
    is_outside = span is not None and not span[0] <= int(match[1]) <= span[1]
    return f"{match[1]} {match[2]}", [cell.note("postcode_buiten_stad")] if is_outside else []


def phone(cell: Cell) -> Cleaned:
    if cell.is_empty:
        return None, []
    digits = re.sub(
        r"[ ()\-]", "", re.sub(r"\(0\)", "", cell.text) if cell.text.startswith(("+", "00")) else cell.text
    )
    national = re.sub(r"^(\+31|0031)", "0", digits)
    if not PHONE.fullmatch(cell.text) or not re.fullmatch(r"0\d{9}", national):
        return None, [cell.note("telefoon_ongeldig")]
    return national, []


def email(cell: Cell) -> Cleaned:
    if cell.is_empty:
        return None, [cell.note("email_ontbreekt")]
    typed = re.sub(r"^mailto:\s*", "", cell.text.lower())
    parts = [part for part in SEPARATES.split(typed) if part]
    several = len(parts) > 1 and all("@" in part.strip("@") for part in parts)
    address = parts[0] if several else typed
    if not is_address(address):
        return None, [cell.note("email_ongeldig")]
    return address, [cell.note("email_meerdere", address)] if several else []


def is_address(text: str) -> bool:
    """One @, no blank or comma, a domain with a dot, and no empty parts."""
    local, at, domain = text.partition("@")
    if not at or "@" in domain or "." not in domain or not all(local.split(".")) or not all(domain.split(".")):
        return False
    try:
        validate_email(text)
    except ValidationError:
        return False
    return len(text) <= 254


def website(cell: Cell) -> Cleaned:
    if cell.is_empty:
        return None, []
    typed = cell.text if re.match(r"https?://", cell.text, re.IGNORECASE) else f"https://{cell.text}"
    try:
        parts = urlsplit(typed)
        address = parts._replace(scheme=parts.scheme.lower(), netloc=parts.netloc.lower()).geturl()
        is_web_address(address)
    except (ValidationError, ValueError):
        return None, [cell.note("website_ongeldig")]
    host = parts.hostname or ""
    if "." not in host or "@" in parts.netloc or "//" in parts.path or len(address) > 200:
        return None, [cell.note("website_ongeldig")]
    return address, []


def kvk(cell: Cell) -> Cleaned:
    if cell.is_empty:
        return None, [cell.note("kvk_ontbreekt")]
    typed = re.sub(r"kvk|[\s.]", "", cell.text, flags=re.IGNORECASE)
    if re.fullmatch(r"[0-9]{8}", typed):
        return typed, []
    if re.fullmatch(r"[0-9]{7}", typed):
        return None, [cell.note("kvk_voorloopnul", f"0{typed}")]
    return None, [cell.note("kvk_ongeldig", _what_it_may_be(cell.text, typed))]


def _what_it_may_be(text: str, typed: str) -> str | None:
    if SCIENTIFIC.fullmatch(text):
        return "Excel heeft dit getal ingekort. Zet de kolom op Tekst."
    if re.fullmatch(r"[0-9]{9}", typed):
        return "Dit lijkt een RSIN (9 cijfers)."
    if re.fullmatch(r"[0-9]{12}", typed):
        return "Dit lijkt een vestigingsnummer (12 cijfers)."
    return None


def rsin(cell: Cell) -> Cleaned:
    if cell.is_empty:
        return None, []
    typed = re.sub(r"[\s.\-]", "", cell.text)
    try:
        return (bsn.validate(typed), []) if re.fullmatch(r"[0-9]{9}", typed) else (None, [cell.note("rsin_ongeldig")])
    except NumberError:
        return None, [cell.note("rsin_ongeldig")]


def number(cell: Cell) -> Cleaned:
    if cell.is_empty:
        return None, []
    found = int(cell.text.replace(".", "")) if WHOLE.fullmatch(cell.text) and len(cell.text) < 12 else MOST_PEOPLE + 1
    return (found, []) if found <= MOST_PEOPLE else (None, [cell.note(f"{cell.name}_ongeldig")])


def year(cell: Cell) -> Cleaned:
    if cell.is_empty:
        return None, []
    found = dates.parsed(cell.text)
    founded = int(cell.text) if re.fullmatch(r"[12][0-9]{3}", cell.text) else found.day.year if found else 0
    is_one = FIRST_FOUNDED <= founded <= cell.context.today.year
    return (founded, []) if is_one else (None, [cell.note("opgericht_ongeldig")])


def since(cell: Cell) -> Cleaned:
    if cell.is_empty:
        return None, [cell.note("datum_ontbreekt")]
    found = dates.parsed(cell.text)
    if found is None:
        return None, [cell.note("datum_ongeldig")]
    if found.day > cell.context.today:
        return None, [cell.note("datum_toekomst")]
    notes = [] if found.precision == "dag" else [cell.note("datum_onnauwkeurig")]
    return [found.day.isoformat(), found.precision], notes


def amount(cell: Cell) -> Cleaned:
    """In cents."""
    if cell.is_empty:
        return None, []
    match = AMOUNT.fullmatch(re.sub(r"[€\s]|EUR", "", cell.text, flags=re.IGNORECASE))
    if match is None or len(match[1]) > 9:
        return None, [cell.note("contributie_ongeldig")]
    cents = (match[2] or "").strip("-")
    found = int(match[1].replace(".", "")) * 100 + int((cents + "00")[:2])
    return (found, []) if found < MOST_CENTS else (None, [cell.note("contributie_ongeldig")])


def yes_or_no(cell: Cell) -> Cleaned:
    typed = "" if cell.is_empty else cell.text.casefold()
    return typed in YES, [] if typed in YES | NO else [cell.note("nieuwsbrief_onduidelijk")]


def sector(cell: Cell) -> Cleaned:
    if cell.is_empty:
        return None, [cell.note("sector_ontbreekt")]
    found = cell.context.sectors.get(bare(cell.text))
    return (found, []) if found is not None else (None, [cell.note("sector_onbekend")])


def role(cell: Cell) -> Cleaned:
    if cell.is_empty:
        return "editor", []
    typed = {"beheerder": "owner", "owner": "owner", "redacteur": "editor", "editor": "editor"}.get(bare(cell.text))
    return (typed, []) if typed else (None, [cell.note("rol_onbekend")])


CLEANERS: dict[str, Callable[[Cell], Cleaned]] = {
    "naam": name,
    "persoon": name,
    "postcode": postcode,
    "plaats": town,
    "telefoon": phone,
    "email": email,
    "beheerder_email": email,
    "website": website,
    "kvk": kvk,
    "rsin": rsin,
    "sector": sector,
    "medewerkers": number,
    "vrijwilligers": number,
    "opgericht": year,
    "lid_sinds": since,
    "contributie": amount,
    "nieuwsbrief": yes_or_no,
    "opmerking": remark,
    "rol": role,
}


def street_and_number(address: str) -> tuple[str, str]:
    """'Lisdoddelaan 50 a' as its two parts; an address without a number has no second."""
    match = HOUSE_NUMBER.fullmatch(address)
    return (match[1].strip(), match[2][:12]) if match else (address, "")
