"""What everybody sees: the meetings, one of them, signing up, and the minutes."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from kring.accounts import access
from kring.foundation import visitors
from kring.mail.posting import site
from kring.meetings import agenda, evening, figures, filling, limits, linked_data, policies, standing
from kring.meetings.forms.signing_up import SignUpForm
from kring.meetings.models import Meeting, MeetingState, Minutes, SignUp, StepNotAllowed
from members.linked_data import script

PER_PAGE = 12
MAX_LISTED = 600
COMING = 30
NAMES = 60


def _state() -> str:
    return f"{timezone.localtime():%Y%m%d%H}{visitors.recently(standing.stamp)}"


@access.anyone
@require_safe
def meetings(request: HttpRequest) -> HttpResponse:
    return visitors.shared(request, _state, lambda: _meetings(request), parameters=("page",))


def _meetings(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    visible = Meeting.objects.visible_to(request.user).shown().select_related("host")
    page = Paginator(visible.past(now)[:MAX_LISTED], PER_PAGE).get_page(request.GET.get("page"))
    coming = list(visible.coming(now)[:COMING]) if page.number == 1 else []
    return render(request, "meetings/list.html", {"coming": coming, "page": page})


@access.anyone
@require_safe
def detail(request: HttpRequest, slug: str) -> HttpResponse:
    return visitors.shared(request, _state, lambda: _detail(request, policies.visible_meeting(request.user, slug)))


def _detail(request: HttpRequest, meeting: Meeting) -> HttpResponse:
    now = timezone.now()
    items = list(meeting.agenda.order_by("order"))
    readable = Minutes.objects.visible_to(request.user)
    counted = figures.of(meeting)
    shown = {
        "meeting": meeting,
        "slots": agenda.slots(meeting, items, filling.fillings(meeting, items)),
        "figures": counted,
        "has_minutes": readable.filter(meeting=meeting, published_at__lte=now).exists(),
        "linked_data": script(linked_data.of(meeting, now)) if meeting.is_public else "",
        "meeting_url": site(meeting.get_absolute_url()),
        "image": site(reverse("meetings:card", args=[meeting.slug])),
        **_standing(meeting, now),
        **_guests(request, meeting, were_counted=counted.came is not None and not meeting.is_to_come(now)),
    }
    return render(request, "meetings/detail.html", shown)


@access.anyone  # type: ignore[arg-type]  # a view may answer with a stream too
@require_safe
def document(request: HttpRequest, slug: str, key: int) -> FileResponse:
    """What goes with an item of the agenda, for who can see the meeting."""
    item = get_object_or_404(policies.visible_meeting(request.user, slug).agenda.exclude(document=""), pk=key)
    try:
        file = item.document.open()
    except FileNotFoundError as error:
        raise Http404 from error
    name = f"{item.document_label or slug}.pdf"
    response = FileResponse(file, content_type="application/pdf", filename=name)
    response["X-Content-Type-Options"] = "nosniff"
    response["X-Robots-Tag"] = "noindex"
    patch_cache_control(response, private=True, no_cache=True)
    return response


def _standing(meeting: Meeting, now: dt.datetime) -> dict[str, Any]:
    """Whether one can sign up, and else why not."""
    today = timezone.localdate(now)
    return {
        "is_open": meeting.takes_sign_ups(now),
        "opens_later": meeting.opens_later(today),
        "is_over": meeting.state == MeetingState.HELD or meeting.ends_at <= now,
        "is_to_come": meeting.is_to_come(now),
        "is_full": meeting.free == 0,
    }


def _guests(request: HttpRequest, meeting: Meeting, *, were_counted: bool) -> dict[str, Any]:
    """Who went before you, or who were there: names of who allows it, and whether there are others; and the reader's
    own sign-up."""
    named = SignUp.objects.of(meeting).shown()
    named = named.came() if were_counted else named
    shown = list(named.select_related("organisation")[: NAMES + 1])
    mine = None
    if request.user.is_authenticated:
        mine = SignUp.objects.of(meeting).active().filter(user=request.user).first()
    organisations = figures.organisations_there(meeting) if meeting.held_at else []
    return {
        "organisations": organisations,
        "guests": shown[:NAMES],
        "more_guests": len(shown) > NAMES,
        "mine": mine,
        "were_counted": were_counted,
    }


@access.anyone
@require_safe
def organisations(request: HttpRequest) -> HttpResponse:
    """Names to choose from, for whoever types one in a form: of what stands in the directory anyway."""
    words = request.GET.get("organisation_name") or request.GET.get("who") or request.GET.get("beneficiary") or ""
    names = [] if limits.too_many_names(request) else evening.organisations_like(" ".join(words.split())[:80])
    return render(request, "meetings/_names.html", {"names": names})


@access.anyone
@require_http_methods(["GET", "HEAD", "POST"])
def sign_up(request: HttpRequest, slug: str) -> HttpResponse:
    meeting = policies.visible_meeting(request.user, slug)
    now = timezone.now()
    if not meeting.takes_sign_ups(now):
        return render(request, "meetings/closed.html", {"meeting": meeting, **_standing(meeting, now)})
    form = SignUpForm(request.POST or None, meeting=meeting, user=request.user)
    if request.method == "POST" and form.is_valid():
        if limits.too_many_sign_ups(request, form.cleaned_data.get("email", "")):
            form.add_error(None, _("Er zijn nu erg veel aanmeldingen vanaf hier. Probeer het over een uur nog eens."))
        else:
            return _signed_up(request, form, now)
    shown = {"meeting": meeting, "form": form, "is_full": meeting.free == 0}
    # The page of the meeting asks for the form alone, where a script runs.
    template = "meetings/_sign_up_form.html" if request.htmx else "meetings/sign_up.html"  # type: ignore[attr-defined]
    return render(request, template, shown, status=422 if request.method == "POST" else 200)


def _signed_up(request: HttpRequest, form: SignUpForm, now: dt.datetime) -> HttpResponse:
    try:
        made = form.ask(now)
    except StepNotAllowed:  # it was closed a moment ago
        meeting = policies.visible_meeting(request.user, form.meeting.slug)
        return render(request, "meetings/closed.html", {"meeting": meeting, **_standing(meeting, now)}, status=409)
    shown = {
        "meeting": made.meeting,
        "sign_up": made if form.user else None,
        "was_there": made.created_at != now and made.once != form.cleaned_data["once"],
    }
    return render(request, "meetings/signed_up.html", shown)


@access.anyone
@require_safe
def minutes(request: HttpRequest, slug: str) -> HttpResponse:
    meeting = policies.visible_meeting(request.user, slug)
    found = policies.readable_minutes(request.user, meeting)
    return render(request, "meetings/minutes.html", {"minutes": found, "meeting": meeting})
