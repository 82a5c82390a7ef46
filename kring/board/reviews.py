"""The pages of the board's review: the list, one commitment at a time, closing, and the minutes."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from commitments import deciding, story
from commitments.models import Commitment, Review, StepNotAllowed, Verdict
from kring.accounts import access
from kring.board import minutes, reviewing
from kring.board.forms import MinutesForm, VerdictForm
from kring.board.reviewing import ReviewClosed
from kring.foundation import typesetting
from kring.foundation.actors import Actor
from kring.foundation.views import unavailable

PER_PAGE = 25
EARLIER = 5
NEXT, PREVIOUS = "volgende", "vorige"


@access.board
@require_http_methods(["GET", "HEAD", "POST"])
def reviews(request: HttpRequest) -> HttpResponse:
    """What was held, and the one that is going on; POST starts one."""
    if request.method == "POST":
        return redirect(reviewing.start(access.user_of(request), timezone.now()))
    counted = Review.objects.closed().annotate(
        judged=Count("verdicts", filter=~Q(verdicts__kind="")),
        actions=Count("verdicts", filter=Q(verdicts__kind="act")),
    )
    page = Paginator(counted.order_by("-closed_at", "-pk"), PER_PAGE).get_page(request.GET.get("page"))
    going_on = Review.objects.open().first()
    waiting = 0 if going_on else reviewing.candidates(timezone.now()).count()
    return render(request, "board/reviews.html", {"open": going_on, "page": page, "waiting": waiting})


def _review(uuid: UUID) -> Review:
    return get_object_or_404(Review.objects.select_related("chair"), uuid=uuid)


@access.board
@require_safe
def review(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The list while it goes on, then the minutes."""
    found = _review(uuid)
    if found.closed_at is not None:
        return render(request, "board/minutes.html", {"minutes": minutes.of(found)})
    related = ("commitment__promisor", "commitment__beneficiary", "action_owner")
    verdicts = list(found.verdicts.select_related(*related))
    first = next((each for each in verdicts if not each.kind), None)
    shown = {
        "review": found,
        "verdicts": verdicts,
        "judged": sum(1 for each in verdicts if each.kind),
        "first": first,
        "actions": reviewing.actions_before(found),
    }
    return render(request, "board/review.html", shown)


@access.board
@require_POST
def refresh(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Puts on the list what came up since it was made."""
    found = _review(uuid)
    try:
        added = reviewing.prepare(found, timezone.now())
    except ReviewClosed:
        messages.info(request, _("Deze beoordeling is al afgesloten."))
    else:
        told = ngettext("%(n)d toezegging kwam erbij.", "%(n)d toezeggingen kwamen erbij.", added)
        messages.success(request, told % {"n": added} if added else _("De lijst was al compleet."))
    return redirect(found)


@access.board
@require_http_methods(["GET", "HEAD", "POST"])
def verdict(request: HttpRequest, uuid: UUID, commitment: UUID) -> HttpResponse:
    """One commitment of the list; every way out of the page that goes on saves what was filled in."""
    related = ("review", "commitment__promisor_contact", "commitment__beneficiary_contact")
    parties = ("commitment__promisor", "commitment__beneficiary", "commitment__sector", "commitment__district")
    found = get_object_or_404(
        Verdict.objects.select_related(*related, *parties, "judged_by"),
        review__uuid=uuid,
        commitment__uuid=commitment,
    )
    if request.method == "POST":
        return _judged(request, found)
    if found.review.closed_at is not None:
        return redirect(found.review)
    return _verdict_page(request, found, VerdictForm(instance=found))


@transaction.atomic
def _judged(request: HttpRequest, found: Verdict) -> HttpResponse:
    try:
        locked = reviewing.locked_verdict(found)
    except ReviewClosed:
        return _closed_meanwhile(request, found.review, VerdictForm(request.POST, instance=found))
    form = VerdictForm(request.POST, instance=locked)
    if form.is_valid():
        reviewing.judge(form.save(commit=False), access.user_of(request), timezone.now())
        return redirect(_way_on(found, request.POST.get("naar", "")))
    conflict = form.conflict_with(VerdictForm(instance=Verdict.objects.get(pk=found.pk)))
    return _verdict_page(request, found, form, conflict, status=422)


def _closed_meanwhile(request: HttpRequest, review: Review, form: MinutesForm | VerdictForm) -> HttpResponse:
    """Too late: what was typed is shown, so that it can go elsewhere."""
    typed = [
        {"label": field.label, "value": form.in_words(field.name)}
        for field in form.visible_fields()
        if form.in_words(field.name)
    ]
    return render(request, "board/review_closed.html", {"review": review, "typed": typed}, status=409)


def _way_on(found: Verdict, way: str) -> str:
    """The address of the next or the one before on the list; past either end the list itself."""
    listed = list(found.review.verdicts.values_list("commitment__uuid", flat=True))
    step = {NEXT: 1, PREVIOUS: -1}.get(way)
    place = listed.index(found.commitment.uuid) + step if step else -1
    if not 0 <= place < len(listed):
        return found.review.get_absolute_url()
    return reverse("board:verdict", args=[found.review.uuid, listed[place]])


def _verdict_page(
    request: HttpRequest,
    found: Verdict,
    form: VerdictForm,
    conflict: list[dict[str, Any]] | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    commitment, today = found.commitment, timezone.localdate()
    listed = list(found.review.verdicts.values_list("pk", "kind"))
    earlier = Verdict.objects.given().filter(commitment=commitment, review__closed_at__isnull=False)
    transitions = list(commitment.transitions.select_related("actor"))
    shown = {
        "verdict": found,
        "review": found.review,
        "commitment": commitment,
        "form": form,
        "conflict": conflict,
        "place": [pk for pk, _kind in listed].index(found.pk) + 1,
        "total": len(listed),
        "judged": sum(1 for _pk, kind in listed if kind),
        "earlier": earlier.select_related("review", "action_owner").order_by("-review__closed_at")[:EARLIER],
        "history": story.history(commitment, transitions, involved=True),
        "is_late": commitment.is_late(today),
    }
    return render(request, "board/verdict.html", shown, status=status)


@access.board
@require_POST
def action(request: HttpRequest, uuid: UUID, commitment: UUID) -> HttpResponse:
    """What came of an action: done, or not needed any more."""
    found = get_object_or_404(deciding.decisions(), uuid=commitment)
    settle(request, found)
    return redirect(_review(uuid))


def settle(request: HttpRequest, decision: Commitment) -> None:
    by, now = Actor.of(access.user_of(request)), timezone.now()
    try:
        if request.POST.get("doe") == "vervallen":
            deciding.drop(decision, by, now)
            messages.success(request, _("‘%(title)s’ hoeft niet meer.") % {"title": decision.title})
        else:
            deciding.done(decision, by, now)
            messages.success(request, _("Mooi, ‘%(title)s’ is gedaan.") % {"title": decision.title})
    except StepNotAllowed:
        messages.info(request, _("Dat was al afgehandeld."))


@access.board
@require_http_methods(["GET", "HEAD", "POST"])
def close(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Who were there and what else was said; then what closing will do, and the closing itself."""
    found = _review(uuid)
    if request.method == "POST":
        return _closed(request, found)
    if found.closed_at is not None:
        return redirect(found)
    return _closing_page(request, found, MinutesForm(instance=found, initial={"present": _likely_present(found)}))


def _likely_present(found: Review) -> list[int]:
    """Who was ticked before; else who took the chair and who gave a verdict."""
    ticked = list(found.present.values_list("pk", flat=True))
    judges = found.verdicts.exclude(judged_by=None).values_list("judged_by", flat=True).distinct()
    return ticked or [key for key in {found.chair_id, *judges} if key]


@transaction.atomic
def _closed(request: HttpRequest, found: Review) -> HttpResponse:
    try:
        locked = reviewing.locked_review(found)
    except ReviewClosed:
        return _closed_meanwhile(request, found, MinutesForm(request.POST, instance=found))
    form = MinutesForm(request.POST, instance=locked)
    if not form.is_valid():
        conflict = form.conflict_with(MinutesForm(instance=Review.objects.get(pk=found.pk)))
        return _closing_page(request, found, form, conflict, status=422)
    user = access.user_of(request)
    reviewing.keep_notes(form.save(commit=False), list(form.cleaned_data["present"]), user)
    if request.POST.get("doe") == "bewaar":
        messages.success(request, _("Bewaard. De beoordeling gaat door."))
    else:
        reviewing.close(found, user, timezone.now())
        messages.success(request, _("Afgesloten. Het verslag is onderweg naar het bestuur."))
    return redirect(found)


def _closing_page(
    request: HttpRequest,
    found: Review,
    form: MinutesForm,
    conflict: list[dict[str, Any]] | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    counted = found.verdicts.aggregate(
        to_give=Count("pk", filter=Q(kind="")),
        actions=Count("pk", filter=Q(kind="act")),
        ends=Count("pk", filter=Q(kind="close")),
    )
    shown = {"review": found, "form": form, "conflict": conflict, **counted}
    return render(request, "board/review_close.html", shown, status=status)


@access.board
@require_safe
def pdf(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The minutes on paper."""
    found = get_object_or_404(Review.objects.closed().select_related("chair"), uuid=uuid)
    try:
        made = minutes.as_pdf(minutes.of(found))
    except typesetting.Busy:
        return unavailable()
    response = HttpResponse(made, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="beoordeling-{found.held_on:%Y-%m-%d}.pdf"'
    return response
