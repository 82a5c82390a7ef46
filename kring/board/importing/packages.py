"""What an XLSX unpacks to, looked at before anything reads it: a zip with XML in it, and either may be a bomb.

openpyxl keeps every element that it meets until the row is over, and all texts for as long as the file is open. So
elements are counted, without parsing, while the parts are unpacked a piece at a time.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib

from django.utils.translation import gettext as _

# Unpacked, twenty thousand rows are some 30 MB, with a few of texts.
MAX_UNPACKED = 120 * 1024 * 1024
MAX_PARTS = 500
# An element takes some hundred bytes once it is read.
MAX_TEXT_ELEMENTS = 1_600_000
MAX_LOOSE_ELEMENTS = 200_000
CHUNK = 1 << 16

TEXTS = "xl/sharedStrings.xml"
ROW_ENDS = re.compile(rb"</(?:\w+:)?row\s*>")
CELLS = re.compile(rb"<(?:\w+:)?(?:row|c)[\s/>]")
DECLARED = re.compile(rb"encoding\s*=\s*[\"']([^\"']*)")
# In any of these a tag begins with the byte that we count.
ENCODINGS = frozenset({b"utf-8", b"utf-16", b"us-ascii", b"iso-8859-1"})


class NotReadable(Exception):
    """The file is not a list that we can read. The message says what to do, in the reader's language."""


class _TooMuch(Exception):
    """It would take more memory than we have room for."""


def check(content: bytes) -> None:
    """Raises NotReadable for a zip that is no workbook, or one that grows too large."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            if not _is_workbook(package):
                raise NotReadable(_("Dit zip-bestand is geen Excel-lijst. Sla de lijst op als XLSX of CSV."))
            _unpack(package)
    except _TooMuch as error:
        message = _("Uitgepakt is dit bestand veel te groot. Zet alleen de lijst in een nieuw bestand.")
        raise NotReadable(message) from error
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError, ValueError) as error:
        message = _("Dit XLSX-bestand is beschadigd, of er zit een wachtwoord op. Sla het opnieuw op, zonder.")
        raise NotReadable(message) from error


def _is_workbook(package: zipfile.ZipFile) -> bool:
    parts = package.infolist()
    return len(parts) <= MAX_PARTS and any(part.filename.startswith("xl/") for part in parts)


def _unpack(package: zipfile.ZipFile) -> None:
    """All of it, once: the table of contents may lie about sizes."""
    left = MAX_UNPACKED
    for part in package.infolist():
        with package.open(part) as stream:
            count = _Elements(part.filename)
            while chunk := stream.read(CHUNK):
                left -= len(chunk)
                if left < 0:
                    raise _TooMuch
                count.take(chunk)


class _Elements:
    """How many elements of one part are held at a time: those since the last row ended, of the texts all of them.

    Which part is a sheet is for the file to say, so any may be one.
    """

    def __init__(self, name: str) -> None:
        self._holds_texts = name == TEXTS
        self._most = MAX_TEXT_ELEMENTS if self._holds_texts else MAX_LOOSE_ELEMENTS
        self._held, self._tail, self._is_first = 0, b"", True

    def take(self, chunk: bytes) -> None:
        if self._is_first:
            self._is_first = False
            _check_encoding(chunk)
        seen = self._tail + chunk
        if self._holds_texts and CELLS.search(seen):
            raise _TooMuch
        ended = max((match.end() for match in ROW_ENDS.finditer(seen)), default=None)
        if ended is None:
            self._held += chunk.count(b"<")
        else:
            self._held = seen.count(b"<", ended)
        self._tail = chunk[-16:]
        if self._held > self._most:
            raise _TooMuch


def _check_encoding(start: bytes) -> None:
    declared = DECLARED.search(start[:200])
    if declared and declared[1].lower() not in ENCODINGS:
        raise ValueError("an encoding that no spreadsheet is written in")
