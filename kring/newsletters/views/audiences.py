"""Whom there is to write to: the saved filters, and the list of subscribers."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Count, ProtectedError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from kring.accounts import access
from kring.foundation.narrowing import Choices, Narrowed, quoted
from kring.foundation.views import back
from kring.mail import suppression
from kring.newsletters import reaching, subscribing
from kring.newsletters.forms.audiences import AudienceForm
from kring.newsletters.models import Audience, Group, Issue, Source, Subscriber, SubscriberState

MOST = 100
PER_PAGE, MAX_PAGES = 50, 200
STANDS = {"ingeschreven": SubscriberState.ACTIVE, "wacht": SubscriberState.PENDING, "afgemeld": SubscriberState.LEFT}
STAND = Choices("stand", gettext_lazy("Stand"), [(word, state.label) for word, state in STANDS.items()])


@access.board
@require_safe
def audiences(request: HttpRequest) -> HttpResponse:
    """With how many people each reaches today."""
    found = list(Audience.objects.order_by("name")[:MOST])
    reached = reaching.counts(found, timezone.localdate())
    rows = [{"audience": each, "count": reached[each.pk], "groups": in_words(each)} for each in found]
    return render(request, "newsletters/board/audiences.html", {"rows": rows})


def in_words(audience: Audience) -> str:
    return ", ".join(str(Group(group).label) for group in audience.groups)


@access.board
@require_http_methods(["GET", "HEAD", "POST"])
def create(request: HttpRequest) -> HttpResponse:
    return _written(request, Audience())


@access.board
@require_http_methods(["GET", "HEAD", "POST"])
@transaction.atomic
def audience(request: HttpRequest, uuid: UUID) -> HttpResponse:
    found = Audience.objects.select_for_update() if request.method == "POST" else Audience.objects.all()
    return _written(request, get_object_or_404(found, uuid=uuid))


def _written(request: HttpRequest, audience: Audience) -> HttpResponse:
    """The form, with how many people it reaches; kept, or only counted, as the button says."""
    form = AudienceForm(request.POST or None, instance=audience)
    today, count, status = timezone.localdate(), None, 200
    if request.method == "POST":
        if form.is_valid() and request.POST.get("doe") != "tel":
            kept = form.keep()
            messages.success(request, _("‘%(name)s’ is bewaard.") % {"name": kept})
            return redirect("newsletters:audiences")
        status = 200 if form.is_valid() else 422
        count = reaching.count(form.instance, today) if form.is_valid() else None
        if form.is_stale:
            form.take_version_of(Audience.objects.get(pk=audience.pk))
    elif audience.pk:
        count = reaching.count(audience, today)
    shown = {"form": form, "audience": audience, "count": count, "scheduled": Issue.objects.scheduled_for(audience)}
    return render(request, "newsletters/board/audience.html", shown, status=status)


@access.board
@require_http_methods(["GET", "HEAD", "POST"])
def remove(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Only one that no issue went to."""
    audience = get_object_or_404(Audience, uuid=uuid)
    if request.method == "POST":
        try:
            audience.delete()
            messages.success(request, _("De doelgroep is weg."))
        except ProtectedError:
            messages.error(request, _("Er is een editie voor deze doelgroep, dus hij blijft."))
        return redirect("newsletters:audiences")
    return render(request, "newsletters/board/remove_audience.html", {"audience": audience})


@access.board
@require_http_methods(["GET", "HEAD", "POST"])
def end_subscription(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """For who asked the board: nobody is put on the list by another, but anybody may be taken off on request."""
    subscriber = get_object_or_404(Subscriber, uuid=uuid)
    to = back(request, reverse("newsletters:subscribers"))
    if request.method != "POST":
        shown = {"subscriber": subscriber, "back": to}
        return render(request, "newsletters/board/end_subscription.html", shown)
    left = subscribing.leave(
        email=subscriber.email, source=Source.REQUEST, at=timezone.now(), language=subscriber.language
    )
    sentence = _("%(email)s krijgt de nieuwsbrief niet meer.") if left else _("%(email)s had zich al afgemeld.")
    messages.success(request, sentence % {"email": subscriber.email})
    return redirect(to)


@access.board
@require_safe
def subscribers(request: HttpRequest) -> HttpResponse:
    """Who asked for it and who left, each with its proof."""
    narrowed = Narrowed(request.GET, [STAND], words={"q": quoted})
    found = Subscriber.objects.order_by("-pk").prefetch_related("consents")
    if chosen := narrowed.chosen.get("stand"):
        found = found.filter(state__in=[STANDS[word] for word in chosen])
    if words := narrowed.words["q"]:
        found = found.filter(email__icontains=words) | found.filter(name__icontains=words)
    page = Paginator(found[: PER_PAGE * MAX_PAGES], PER_PAGE).get_page(narrowed.page)
    totals = dict(Subscriber.objects.order_by().values_list("state").annotate(number=Count("pk")))
    counts = {word: totals.get(state, 0) for word, state in STANDS.items()}
    without_mail = suppression.standing(each.email for each in page.object_list)
    shown = {
        "page": page,
        "without_mail": without_mail,
        "narrowed": narrowed,
        "stands": narrowed.ways("stand", counts),
    }
    return render(request, "newsletters/board/subscribers.html", shown)
