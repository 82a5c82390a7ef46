"""A PDF written anew without what acts by itself: `python -m kring.foundation.clean_pdf < theirs.pdf > ours.pdf`.

Gone are scripts, actions but for links to the web and within the document, forms, files within it, media, and who
made it with what (PDF 2.0, ISO 32000-2: 7.11.4, 12.5, 12.6, 14.3); text, pictures, tags and bookmarks stay. A process
of its own, with bounds: a file of a few kilobytes can unpack to gigabytes. It exits with 3 for a file that needs a
password, and with 4 for one that is no PDF, or that is broken or too large within.
"""

from __future__ import annotations

import io
import resource
import sys
from collections.abc import Iterator
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, Object, Pdf

NEEDS_PASSWORD, UNREADABLE = 3, 4
SECONDS, MEMORY = 15, 1024**3
# What a stream may hold once it is unpacked, in bytes. The pages themselves are copied as they are.
UNPACKED = 64 * 1024**2
MOST_PAGES, MOST_OBJECTS, MOST_DEPTH = 500, 200_000, 100
ACTS = ("/AA", "/JS", "/OpenAction", "/EF", "/RF", "/XFA", "/AcroForm", "/Collection", "/AF")
TELLS_OF_MAKER = ("/PieceInfo", "/Metadata")
NAMED_HERE = {"/JavaScript", "/EmbeddedFiles", "/Renditions", "/AlternatePresentations"}
ADDRESSES = (b"http://", b"https://", b"mailto:")


def clean(content: bytes) -> bytes:
    """Raises pikepdf.PasswordError, pikepdf.PdfError, or ValueError for what is too large."""
    with Pdf.open(io.BytesIO(content)) as pdf:
        if len(pdf.pages) > MOST_PAGES or len(pdf.objects) > MOST_OBJECTS:
            raise ValueError("too many pages or objects")
        for found in pdf.objects:
            for each in _within(found):
                _quieten(each)
        names = pdf.Root.get(Name.Names, Dictionary())
        for name in NAMED_HERE & set(names.keys()):
            del names[name]
        for page in pdf.pages:
            _keep_links(page.obj)
        title = pdf.docinfo.get(Name.Title)
        del pdf.docinfo
        if title is not None:
            pdf.docinfo[Name.Title] = title
        made = io.BytesIO()
        pdf.save(made, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return made.getvalue()


def _within(found: Object, depth: int = 0) -> Iterator[Object]:
    """It, if it holds anything by name, and all such that are written within it."""
    if depth > MOST_DEPTH:
        raise ValueError("too deep")
    if isinstance(found, Dictionary | pikepdf.Stream):
        yield found
        within: list[Any] = [found[key] for key in found.keys()]  # noqa: SIM118 - a PDF's object is no dict
    elif isinstance(found, Array):
        within = list(found)
    else:
        return
    for each in within:
        if isinstance(each, Object) and not each.is_indirect:
            yield from _within(each, depth + 1)


def _quieten(found: Object) -> None:
    for name in ACTS + TELLS_OF_MAKER:
        if name in found:
            del found[name]
    for name in ("/A", "/Next", "/PA"):
        action = found.get(name)
        if isinstance(action, Array) or (isinstance(action, Dictionary) and not _is_link(action)):
            del found[name]


def _is_link(action: Object) -> bool:
    """A link; what is no action at all, such as what a tag says of itself, is none of our business."""
    kind = action.get("/S")
    if kind == "/URI":
        return bytes(action.get("/URI", pikepdf.String(""))).lower().startswith(ADDRESSES)
    return kind is None or kind == "/GoTo"


def _keep_links(page: Object) -> None:
    """Of what lies over a page only links stay: no forms, media, or files."""
    over = page.get("/Annots")
    if isinstance(over, Array):
        links = [each for each in over if isinstance(each, Dictionary) and each.get("/Subtype") == "/Link"]
        page["/Annots"] = Array(links)
    elif over is not None:
        del page["/Annots"]


def main() -> int:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    pikepdf.settings.set_qpdf_limits(flate_max_memory=UNPACKED, run_length_max_memory=UNPACKED, doc_max_warnings=100)
    try:
        made = clean(sys.stdin.buffer.read())
    except pikepdf.PasswordError:
        return NEEDS_PASSWORD
    except (pikepdf.PdfError, ValueError, TypeError, KeyError, AttributeError, RuntimeError, MemoryError) as error:
        sys.stderr.write(f"{type(error).__name__}: {error}\n")
        return UNREADABLE
    sys.stdout.buffer.write(made)
    return 0


if __name__ == "__main__":
    sys.exit(main())
