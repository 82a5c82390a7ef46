"""A PDF that somebody uploads comes back as what it shows; what acts by itself is gone."""

from __future__ import annotations

import io
import resource
import zlib
from collections.abc import Callable

import pikepdf
import pytest
import typst
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from pikepdf import Array, Dictionary, Name, Pdf, String

from kring.foundation import documents
from kring.foundation.clean_pdf import UNPACKED

SOURCE = b"""#set document(title: "Begroting", author: "Jan")
#set text(lang: "nl")
= Uitgaven
Zie #link("https://voorbeeld.example/")[de site]."""


def link(**action: object) -> Dictionary:
    return Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=Array([0, 0, 9, 9]), A=Dictionary(**action))


def armed() -> Pdf:
    """A tagged document of one page with about everything that a PDF can do of itself."""
    pdf = Pdf.open(io.BytesIO(bytes(typst.compile(SOURCE, format="pdf", pdf_standards="ua-1"))))  # type: ignore[arg-type]
    script = Dictionary(S=Name.JavaScript, JS=String("app.alert('hinder')"))
    pdf.Root.OpenAction = script
    pdf.Root.AcroForm = Dictionary(Fields=Array(), XFA=String("hinder"))
    pdf.Root.Names = Dictionary(JavaScript=Dictionary(Names=Array([String("bij openen"), script])))
    pdf.attachments["hinder.exe"] = b"MZhinder"
    page = pdf.pages[0].obj
    page.AA = Dictionary(O=Dictionary(S=Name.Launch, F=String("hinder")))
    over = page.Annots
    over.append(pdf.make_indirect(link(S=Name.URI, URI=String("javascript:hinder"))))
    over.append(pdf.make_indirect(link(S=Name.Launch, F=String("hinder"))))
    last = link(S=Name.URI, URI=String("HTTPS://ander.example/"), Next=Dictionary(S=Name.Launch, F=String("hinder")))
    over.append(last)
    over.append(Dictionary(Type=Name.Annot, Subtype=Name.FileAttachment, FS=Dictionary(F=String("hinder"))))
    return pdf


def saved(pdf: Pdf, **how: object) -> bytes:
    made = io.BytesIO()
    pdf.save(made, **how)  # type: ignore[arg-type]
    return made.getvalue()


def remade(content: bytes, name: str = "begroting.pdf") -> bytes:
    return documents.remade(SimpleUploadedFile(name, content)).read()


def test_nothing_in_it_acts_and_what_it_shows_stays() -> None:
    content = saved(armed())
    theirs = Pdf.open(io.BytesIO(content))
    assert b"hinder" in saved(theirs, qdf=True)

    pdf = Pdf.open(io.BytesIO(remade(content)))

    plain = saved(pdf, qdf=True, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    for word in (b"hinder", b"JavaScript", b"Launch", b"Filespec", b"AcroForm", b"Jan"):
        assert word not in plain
    addresses = [str(each.A.URI) for each in pdf.pages[0].obj.Annots if "/A" in each]
    assert addresses == ["https://voorbeeld.example/", "HTTPS://ander.example/"]
    assert len(pdf.pages) == 1
    assert str(pdf.docinfo["/Title"]) == "Begroting"
    assert pdf.Root.MarkInfo.Marked
    assert str(pdf.Root.Lang) == "nl"
    assert pdf.pages[0].Contents.read_bytes() == theirs.pages[0].Contents.read_bytes()


def _compressed(text: bytes, padding: int) -> bytes:
    """With so many spaces after it, which are never in memory together."""
    press, megabyte = zlib.compressobj(9), b" " * 2**20
    made = press.compress(text) + b"".join(press.compress(megabyte) for _number in range(padding // len(megabyte)))
    return made + press.compress(b" " * (padding % len(megabyte))) + press.flush()


def packed(padding: int) -> bytes:
    """A document of one empty page, packed with so much nothing: a megabyte that unpacks to a gigabyte."""
    root, pages = b"<</Type/Catalog/Pages 3 0 R>>", b"<</Type/Pages/Kids[5 0 R]/Count 1>>"
    page = b"<</Type/Page/Parent 3 0 R/MediaBox[0 0 9 9]>>"
    index = b"2 0 3 %d 5 %d " % (len(root), len(root + pages))
    stream = _compressed(index + root + pages + page, padding)
    made = b"%PDF-1.5\n1 0 obj<</Type/ObjStm/N 3/Filter/FlateDecode"
    made += b"/First %d/Length %d>>stream\n" % (len(index), len(stream))
    made += stream + b"\nendstream endobj\n"
    entries = b"\0\0\0\0\0\xff" + b"\1\0\0\0\x09\0" + b"\2\0\0\0\1\0" + b"\2\0\0\0\1\1"
    entries += b"\0\0\0\0\0\xff" + b"\2\0\0\0\1\2"
    table = b"4 0 obj<</Type/XRef/Size 6/W[1 4 1]/Root 2 0 R/Length %d>>stream\n" % len(entries)
    return made + table + entries + b"\nendstream endobj\nstartxref\n%d\n%%%%EOF" % len(made)


def test_what_unpacks_to_little_is_taken() -> None:
    assert remade(packed(10)).startswith(b"%PDF")


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: b"", documents.UNREADABLE),
        (lambda: b"%PDF-1.7\nmaar verder niets", documents.UNREADABLE),
        (lambda: b"PK\3\4 een document van een tekstverwerker", documents.UNREADABLE),
        (lambda: saved(armed())[:900], documents.UNREADABLE),
        (lambda: b"%PDF-1.7" + b" " * documents.MAX_BYTES, documents.TOO_LARGE),
        (lambda: saved(armed(), encryption=pikepdf.Encryption(owner="a", user="b")), documents.NEEDS_PASSWORD),
    ],
    ids=["empty", "cut short", "something else", "half", "large", "password"],
)
def test_another_file_is_refused_with_what_to_do(make: Callable[[], bytes], message: str) -> None:
    with pytest.raises(ValidationError) as refused:
        remade(make())
    assert refused.value.messages == [str(message)]


def test_what_unpacks_to_a_gigabyte_is_refused_before_it_does() -> None:
    """At the bound of a stream, and not for want of memory or time."""
    began = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    with pytest.raises(ValidationError) as refused:
        remade(packed(16 * UNPACKED))

    assert refused.value.messages == [str(documents.UNREADABLE)]
    # In kilobytes, the largest of all that ever ran below this process.
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss <= max(began, 6 * UNPACKED // 1024)
