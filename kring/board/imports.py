"""The board's pages of an import: bring a list in, look at what it would do, say yes, and take it back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kring.accounts import access
from kring.board.import_forms import ColumnsForm, UploadForm
from kring.board.importing import columns, report, starting, undoing, words
from kring.board.models import (
    Choice,
    Import,
    ImportKind,
    ImportRow,
    ImportState,
    NotNow,
    Outcome,
    Result,
    SeenBefore,
)
from kring.foundation import spreadsheets
from kring.foundation.narrowing import Choices, Labels, Narrowed
from kring.foundation.views import back

PER_PAGE = 50
LISTED = 20
LIKE = "lijkt"
PARTS: Labels = [
    ("nieuw", gettext_lazy("Nieuw")),
    ("verandert", gettext_lazy("Verandert")),
    (LIKE, gettext_lazy("Kies zelf")),
    ("fout", gettext_lazy("Fout")),
    ("dubbel", gettext_lazy("Dubbel")),
    ("gelijk", gettext_lazy("Blijft gelijk")),
    ("let-op", gettext_lazy("Met een opmerking")),
    ("toegevoegd", gettext_lazy("Toegevoegd")),
    ("bijgewerkt", gettext_lazy("Bijgewerkt")),
    ("overgeslagen", gettext_lazy("Overgeslagen")),
    ("teruggedraaid", gettext_lazy("Teruggedraaid")),
    ("blijft", gettext_lazy("Blijft staan")),
]
OUTCOMES = {
    "nieuw": Outcome.NEW,
    "verandert": Outcome.CHANGED,
    "gelijk": Outcome.SAME,
    "dubbel": Outcome.DUPLICATE,
    "fout": Outcome.ERROR,
}
RESULTS = {
    "toegevoegd": Result.MADE,
    "bijgewerkt": Result.UPDATED,
    "overgeslagen": Result.PASSED,
    "teruggedraaid": Result.UNDONE,
    "blijft": Result.KEPT,
}


@access.board
@require_http_methods(["GET", "HEAD", "POST"])
def imports(request: HttpRequest) -> HttpResponse:
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        begun = _begun(request, form)
        if begun is not None:
            return redirect(begun)
    lists = Import.objects.select_related("uploaded_by").defer("header", "samples", "skipped", "mapping")
    page = Paginator(lists, LISTED).get_page(request.GET.get("page"))
    shown = {"form": form, "page": page}
    return render(request, "board/imports.html", shown, status=422 if request.method == "POST" else 200)


def _begun(request: HttpRequest, form: UploadForm) -> Import | None:
    """The import of what was uploaded; None, with an error in the form, when there are too many."""
    said, (file, content) = form.cleaned_data, form.cleaned_data["file"]
    user = access.user_of(request)
    try:
        return starting.begin(said["kind"], file, content, user, timezone.now(), once=said["once"])
    except starting.TooMany:
        form.add_error(None, _("Er liggen al veel lijsten klaar. Importeer er eerst een, of gooi er een weg."))
    return None


def _import(uuid: str) -> Import:
    related = Import.objects.select_related("uploaded_by", "confirmed_by", "undone_by")
    return get_object_or_404(related, uuid=uuid)


@access.board
@require_safe
def one(request: HttpRequest, uuid: str) -> HttpResponse:
    """Wherever the import is; while a task is at work the page looks again by itself."""
    found = _import(uuid)
    shown: dict[str, Any] = {"import": found, "may_undo": found.may_undo(timezone.now())}
    if found.is_at_work:
        shown["progress"] = words.progress(found)
    if found.state in {ImportState.READY, ImportState.DONE, ImportState.UNDONE}:
        shown |= _preview(request, found)
    return render(request, "board/import.html", shown)


def _preview(request: HttpRequest, found: Import) -> dict[str, Any]:
    tally = ImportRow.objects.of(found).tally()
    has_rows = bool(tally)
    tally = tally or found.counts  # what stood in the rows is erased in time
    narrowed = Narrowed(request.GET, [Choices("rijen", _("Rijen"), PARTS)], words={})
    page = _page(found, narrowed)
    counts = _counts(tally)
    mapping, kind = found.mapping or {}, ImportKind(found.kind)
    return {
        "page": page,
        "told": words.Teller(found).tell(page.object_list),
        "chips": [way for way in narrowed.ways("rijen", counts) if way.get("count") != 0],
        "tiles": _tiles(found, counts),
        "to_write": tally.get("new", 0) + tally.get("changed", 0) + tally.get("chosen", 0),
        "has_rows": has_rows,
        "skipped": words.skipped(found),
        "only_looked_at": [each.label for each in columns.only_looked_at(mapping, kind)],
        "unused": [name for place, name in enumerate(found.header) if name and place not in mapping.values()],
    }


def _counts(tally: dict[str, int]) -> dict[str, int]:
    counts = {name: tally.get(outcome.value, 0) for name, outcome in OUTCOMES.items()}
    counts |= {name: tally.get(f"was_{result.value}", 0) for name, result in RESULTS.items()}
    return counts | {"let-op": tally.get("remarks", 0), LIKE: tally.get("alike", 0)}


def _tiles(found: Import, counts: dict[str, int]) -> list[tuple[str | Promise, int]]:
    """The figures on top: what is to happen, or what did."""
    names = tuple(OUTCOMES) if found.state == ImportState.READY else tuple(RESULTS)
    labels = dict(PARTS)
    return [(labels[name], counts[name]) for name in names if counts[name]]


def _page(found: Import, narrowed: Narrowed) -> Page[Any]:
    rows = ImportRow.objects.of(found).select_related("organisation").order_by("number")
    part = next(iter(narrowed.chosen.get("rijen", [])), "")
    if part in OUTCOMES:
        rows = rows.filter(outcome=OUTCOMES[part])
    elif part in RESULTS:
        rows = rows.filter(result=RESULTS[part])
    elif part == LIKE:
        rows = rows.to_choose()
    elif part:
        rows = rows.with_remarks()
    return Paginator(rows, PER_PAGE).get_page(narrowed.page)


@access.board
@require_http_methods(["GET", "HEAD", "POST"])
def choose_columns(request: HttpRequest, uuid: str) -> HttpResponse:
    found = _import(uuid)
    if found.state not in {ImportState.COLUMNS, ImportState.READY}:
        return _not_now(request, found)
    form = ColumnsForm(request.POST if request.method == "POST" else None, found=found)
    if request.method != "POST" or not form.is_valid():
        shown = {"import": found, "form": form}
        return render(request, "board/import_columns.html", shown, status=422 if request.method == "POST" else 200)
    try:
        found.choose(form.mapping, form.wishes)
    except NotNow:
        return _not_now(request, found)
    starting.wake_on_commit(found)
    return redirect(found)


@access.board
@require_POST
def choose(request: HttpRequest, uuid: str, number: int) -> HttpResponse:
    """What is to be done with a row that is like something here."""
    found = _import(uuid)
    row = get_object_or_404(ImportRow.objects.of(found), number=number)
    choice = request.POST.get("keuze", "")
    try:
        row.decide(choice if choice in Choice.values else "")
    except NotNow:
        return _not_now(request, found)
    return redirect(back(request, found.get_absolute_url()))


@access.board
@require_POST
def confirm(request: HttpRequest, uuid: str) -> HttpResponse:
    found = _import(uuid)
    try:
        found.confirm(access.user_of(request), timezone.now(), seen=request.POST.get("gezien", ""))
    except SeenBefore:
        messages.info(request, _("De lijst is intussen opnieuw gelezen. Kijk nog eens, en zeg dan ja."))
        return redirect(found)
    except NotNow:
        return _not_now(request, found)
    starting.wake_on_commit(found)
    return redirect(found)


@access.board
@require_http_methods(["GET", "HEAD", "POST"])
def undo(request: HttpRequest, uuid: str) -> HttpResponse:
    """First what would stay as it is, then it goes."""
    found = _import(uuid)
    if request.method != "POST":
        if not found.may_undo(timezone.now()):
            return _not_now(request, found)
        stays, number = undoing.since(found)
        written = ImportRow.objects.of(found).written().count()
        shown = {"import": found, "stays": stays, "number": number, "goes": written - number}
        return render(request, "board/import_undo.html", shown)
    try:
        found.undo(access.user_of(request), timezone.now())
    except NotNow:
        return _not_now(request, found)
    starting.wake_on_commit(found)
    return redirect(found)


@access.board
@require_http_methods(["GET", "HEAD", "POST"])
def throw_away(request: HttpRequest, uuid: str) -> HttpResponse:
    found = _import(uuid)
    if not found.is_unwritten:
        return _not_now(request, found)
    if request.method != "POST":
        return render(request, "board/import_throw_away.html", {"import": found})
    try:
        found.throw_away()
    except NotNow:
        return _not_now(request, found)
    messages.success(request, _("‘%(file)s’ is weggegooid. Er is niets geïmporteerd.") % {"file": found})
    return redirect("board:imports")


def _not_now(request: HttpRequest, found: Import) -> HttpResponse:
    messages.info(request, _("Dat kan nu niet. Hieronder zie je hoe het met deze lijst staat."))
    return redirect(found)


@access.board
@require_safe
def report_csv(request: HttpRequest, uuid: str) -> HttpResponse:
    return _report(uuid, spreadsheets.as_csv)  # type: ignore[arg-type]


@access.board
@require_safe
def report_xlsx(request: HttpRequest, uuid: str) -> HttpResponse:
    return _report(uuid, spreadsheets.as_xlsx)


def _report(uuid: str, write: Callable[[str, Any, Any], HttpResponse]) -> HttpResponse:
    found = _import(uuid)
    response = write(_("verslag-van-import"), report.header(found), report.rows(found))
    response["Cache-Control"] = "private, no-store"
    return response
