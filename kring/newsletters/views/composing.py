"""The board writes an issue. Every button of the page keeps all that was typed on it first."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

from csp.constants import SELF
from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kring.accounts import access
from kring.foundation import news
from kring.foundation.actors import Actor
from kring.foundation.forms import clean_data
from kring.newsletters import checking, composing, figures, previewing, reaching
from kring.newsletters.content import span_of
from kring.newsletters.forms.composing import BlockForm, IssueForm, OnceForm, block_forms
from kring.newsletters.models import MOST_BLOCKS, TEXT, Audience, Block, Issue, StepNotAllowed

PER_PAGE, MAX_PAGES = 20, 50
DEED = re.compile(r"(erbij|omhoog|omlaag|weg):([a-z0-9_-]{1,30})")
WORDS_OF = re.compile(r"b(\d{1,9})-(title|body|picture_alt|button_label|button_url)", re.ASCII)
NOT_COMPARED = {"audience", "archive"}


@access.board
@require_safe
def issues(request: HttpRequest) -> HttpResponse:
    """All of them, what is being worked on first."""
    found = Issue.objects.not_discarded().with_why_not().select_related("audience").order_by(*composing.WORK_FIRST)
    page = Paginator(found[: PER_PAGE * MAX_PAGES], PER_PAGE).get_page(request.GET.get("page"))
    counted = figures.of_all(page.object_list)
    rows = [{"issue": each, "figures": counted[each.pk], "url": composing.page_of(each)} for each in page.object_list]
    return render(request, "newsletters/board/issues.html", {"page": page, "rows": rows, "form": OnceForm()})


@access.board
@require_POST
def create(request: HttpRequest) -> HttpResponse:
    form = OnceForm(request.POST)
    if not form.is_valid():
        return HttpResponseBadRequest()
    made = composing.new_issue(once=form.cleaned_data["once"], at=timezone.now())
    return redirect("newsletters:compose", made.uuid)


@access.board
@require_http_methods(["GET", "HEAD", "POST"])
@transaction.atomic
def compose(request: HttpRequest, uuid: UUID) -> HttpResponse:
    found = Issue.objects.with_why_not().select_related("audience").prefetch_related("blocks")
    issue = found.filter(uuid=uuid).first()
    if issue is None:
        return _gone(request)
    if request.method == "POST":
        issue = issue.locked()  # so that of two who save at once the second is told
    if not issue.is_open and request.method != "POST":
        return redirect(composing.page_of(issue))
    form = IssueForm(request.POST or None, instance=issue)
    blocks = block_forms(issue, request.POST or None, request.FILES or None)
    if not issue.is_open:
        return _too_late(request, issue, form, blocks)
    deed = request.POST.get("doe", "")
    if request.method == "POST":
        if deed and deed != "klaar" and not DEED.fullmatch(deed):
            return HttpResponseBadRequest()
        posted = [each for each in blocks if each.is_bound]
        # All of them are looked at, so that each says what is wrong with it.
        if all([form.is_valid(), *(each.is_valid() for each in posted)]):
            return _kept(request, issue, form, posted, deed)
    return _written(request, issue, form, blocks)


def _kept(request: HttpRequest, issue: Issue, form: IssueForm, blocks: list[BlockForm], deed: str) -> HttpResponse:
    """Writes it all, does what the button says, and goes back to the place of the button."""
    composing.keep(issue, form, blocks)
    if deed == "klaar":
        return redirect("newsletters:send", issue.uuid)
    if not deed:
        messages.success(request, _("Bewaard."))
        return redirect("newsletters:compose", issue.uuid)
    what, _colon, which = deed.partition(":")
    place = composing.do(issue, what, which)
    return redirect(f"{redirect('newsletters:compose', issue.uuid).url}#{place}")


def _too_late(request: HttpRequest, issue: Issue, form: IssueForm, blocks: list[BlockForm]) -> HttpResponse:
    """A colleague sent or scheduled it meanwhile: what was typed is not kept, but shown, to be copied."""
    stored = Issue.objects.get(pk=issue.pk)
    typed = differences(form, blocks, stored, request.POST)
    if not typed:
        return redirect(composing.page_of(stored))
    shown = {"issue": stored, "url": composing.page_of(stored), "typed": typed}
    return render(request, "newsletters/board/too_late.html", shown, status=409)


def _gone(request: HttpRequest) -> HttpResponse:
    """A colleague threw it away meanwhile: what was typed is shown, to be copied."""
    typed = all_typed(request.POST)
    if not typed:
        raise Http404
    shown = {"issue": None, "url": reverse("newsletters:issues"), "typed": typed}
    return render(request, "newsletters/board/too_late.html", shown, status=404)


def _written(request: HttpRequest, issue: Issue, form: IssueForm, blocks: list[BlockForm]) -> HttpResponse:
    now = timezone.now()
    # A form that was posted has changed the issue in hand, though not the stored one.
    stored = Issue.objects.with_why_not().select_related("audience").get(pk=issue.pk) if form.is_bound else issue
    shown: dict[str, Any] = {
        "issue": stored,
        "form": form,
        "blocks": blocks,
        "findings": checking.findings(stored, now),
        "since": timezone.localdate(span_of(stored, now).since),
        "fillers": news.blocks(),
        "is_full": len(blocks) >= MOST_BLOCKS,
        "text": TEXT,
        "readers": some_readers(stored),
    }
    if form.is_bound and form.is_stale:
        shown["conflict"] = differences(form, blocks, stored, request.POST)
        form.take_version_of(stored)
    status = 422 if request.method == "POST" else 200
    response = render(request, "newsletters/board/compose.html", shown, status=status)
    # As django-csp takes it: the preview is a frame.
    response._csp_replace = {"frame-src": [SELF]}  # type: ignore[attr-defined]  # noqa: SLF001
    return response


def some_readers(issue: Issue) -> list[reaching.Reached]:
    """Whom the preview can be shown as; any other of the audience may be typed."""
    audience: Audience | None = issue.audience
    return reaching.some(audience, timezone.localdate(), previewing.SUGGESTED) if audience else []


def differences(
    form: IssueForm, blocks: list[BlockForm], stored: Issue, posted: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """What stands on the site now beside what was typed, where those differ."""
    fields = [
        (each, getattr(stored, each.name, "")) for each in form.visible_fields() if each.name not in NOT_COMPARED
    ]
    now = {block.pk: block for block in stored.blocks.all()}
    for each in blocks:
        block = now.get(each.instance.pk)
        fields += [(field, getattr(block, field.name, "")) for field in each.shown_fields if field.name != "picture"]
    pairs = [(field.label, str(theirs or ""), str(field.value() or "")) for field, theirs in fields]
    pairs += [(label, _("Dit blok is intussen weggehaald."), words) for label, words in orphans(posted, set(now))]
    return [
        {"label": label, "theirs": theirs, "yours": yours}
        for label, theirs, yours in pairs
        if theirs.replace("\r\n", "\n").strip() != yours.replace("\r\n", "\n").strip()
    ]


def all_typed(posted: Mapping[str, Any]) -> list[dict[str, Any]]:
    """All words that were posted for an issue that is not there."""
    envelope = IssueForm(posted, instance=Issue())
    pairs = [(envelope[name].label, str(envelope[name].value() or "")) for name in ("subject", "preheader")]
    pairs += orphans(posted, set())
    return [{"label": label, "yours": words} for label, words in pairs if words.strip()]


def orphans(posted: Mapping[str, Any], known: set[int]) -> Iterator[tuple[str, str]]:
    """What was typed in blocks that a colleague took away meanwhile."""
    labels = BlockForm(instance=Block()).fields
    for name, words in clean_data(posted).items():
        found = WORDS_OF.fullmatch(name)
        if found and int(found[1]) not in known and str(words).strip():
            yield str(labels[found[2]].label), str(words)


# --- Looking at it ---------------------------------------------------------------------------------------------------


@access.board
@xframe_options_sameorigin
@require_http_methods(["GET", "HEAD", "POST"])
def preview(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """As a reader gets it. With POST as it is typed now; nothing is kept of that."""
    issue = get_object_or_404(Issue.objects.select_related("audience"), uuid=uuid)
    asked = previewing.Asked.of(request.POST if request.method == "POST" else request.GET)
    typed = request.POST if request.method == "POST" and issue.is_open else None
    made = previewing.made(issue, asked, timezone.now(), typed=typed)
    response = HttpResponse(made.body, content_type=made.content_type)
    response["X-Robots-Tag"] = "noindex"
    response["Content-Security-Policy"] = previewing.POLICY
    return response


@access.board
@require_http_methods(["GET", "HEAD", "POST"])
def remove(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Throws a draft away, also one that was scheduled once."""
    issue = get_object_or_404(Issue.objects.not_discarded(), uuid=uuid)
    if not issue.is_open:
        return redirect(composing.page_of(issue))
    if request.method != "POST":
        return render(request, "newsletters/board/remove.html", {"issue": issue})
    try:
        composing.throw_away(issue, Actor.of(access.user_of(request)), timezone.now())
        messages.success(request, _("Het concept is weg."))
    except StepNotAllowed:
        messages.info(request, _("Een collega was je voor: de editie is geen concept meer."))
    return redirect("newsletters:issues")
