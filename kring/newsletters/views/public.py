"""What everybody sees of the newsletters: asking for them, reading them, choosing, leaving."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kring.accounts import access
from kring.accounts.models import User
from kring.foundation.models import Circle
from kring.foundation.origin import from_this_site
from kring.foundation.ratelimit import caller, exceeded
from kring.mail import life, suppression
from kring.mail.views import discreet
from kring.newsletters import consent, figures, links, preferences, rendering, subscribing, tokens
from kring.newsletters.forms.public import PreferencesForm, SubscribeForm
from kring.newsletters.models import Edition, Issue, Source, Subscriber
from kring.newsletters.placeholders import Called, called, filled

PER_PAGE, MAX_PAGES = 20, 50
IN_FEED = 20
ASKS_PER_HOUR = 20


@access.anyone
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    form = SubscribeForm(initial={"source": Source.SITE})
    return render(request, "newsletters/home.html", _home(request, form))


def _home(request: HttpRequest, form: SubscribeForm) -> dict[str, Any]:
    issues = Issue.objects.visible_to(request.user).out().order_by("-started_at")
    page = Paginator(issues[: PER_PAGE * MAX_PAGES], PER_PAGE).get_page(request.GET.get("page"))
    reader = called("")
    rows = [(each, filled(each.subject, reader), filled(each.preheader, reader)) for each in page.object_list]
    return {"form": form, "page": page, "rows": rows, "consent": consent.words(), "own": _own(request.user)}


def _own(user: object) -> dict[str, Any] | None:
    """For who is signed in: whether they get it, and where they choose."""
    if not isinstance(user, User):
        return None
    active = Subscriber.objects.active().filter(email=user.email.lower()).exists()
    return {"email": user.email, "subscribed": active, "url": tokens.preferences_of_user(user)}


@access.anyone
@require_POST
@from_this_site
def subscribe(request: HttpRequest) -> HttpResponse:
    """From the page of the newsletter, the foot of any page, or beside another form. Asking twice is asking once."""
    form = SubscribeForm(request.POST)
    if form.is_valid() and exceeded("newsletter", caller(request), limit=ASKS_PER_HOUR, seconds=3600):
        form.add_error(None, _("Dit is nu erg vaak gevraagd. Probeer het over een uur nog eens."))
    if not form.is_valid():
        return render(request, "newsletters/home.html", _home(request, form), status=422)
    email, now = form.cleaned_data["email"], timezone.now()
    asked = {"email": email, "name": form.cleaned_data["name"], "language": get_language() or "nl", "at": now}
    if isinstance(request.user, User) and request.user.email.lower() == email.lower():
        subscribing.ask(**asked | {"name": request.user.name}, source=Source.ACCOUNT, proven=True)
        messages.success(request, _("Je krijgt de nieuwsbrief op %(email)s.") % {"email": email})
        return redirect("newsletters:home")
    links.remember(request, subscribing.ask(**asked, source=form.cleaned_data["source"]))
    return render(request, "newsletters/asked.html", {"email": email})


# --- Reading ---------------------------------------------------------------------------------------------------------


@access.anyone
@require_safe
def issue(request: HttpRequest, number: int) -> HttpResponse:
    found = get_object_or_404(Issue.objects.visible_to(request.user).exclude(number=None), number=number)
    return _read(request, found)


@access.link_holder
@require_safe
def read(request: HttpRequest, token: str) -> HttpResponse:
    """For who got it in the mail, also when it is in no archive."""
    found = tokens.issue_of(token)
    if found is None:
        raise Http404
    if Issue.objects.archived().filter(pk=found.pk).exists():
        return redirect(found)
    return discreet(_read(request, found))


def _read(request: HttpRequest, issue: Issue) -> HttpResponse:
    edition = edition_of(issue, get_language() or "nl")
    reader = called("")
    sections = [rendering.shown(section, reader, rendering.straight) for section in edition.content["sections"]]
    around = Issue.objects.archived().exclude(pk=issue.pk)
    shown = {
        "issue": issue,
        "subject": filled(edition.content["subject"], reader),
        "preheader": filled(edition.content["preheader"], reader),
        "language": edition.language,
        "sections": sections,
        "newer": _beside(around.filter(number__gt=issue.number).order_by("number").first(), reader),
        "older": _beside(around.filter(number__lt=issue.number).order_by("-number").first(), reader),
    }
    return render(request, "newsletters/issue.html", shown)


def _beside(issue: Issue | None, reader: Called) -> dict[str, str] | None:
    return {"url": issue.get_absolute_url(), "subject": filled(issue.subject, reader)} if issue else None


def edition_of(issue: Issue, language: str) -> Edition:
    """In that language where it was made in it, else in Dutch."""
    editions = {edition.language: edition for edition in issue.editions.all()}
    found = editions.get(language) or editions.get(settings.LANGUAGE_CODE)
    if found is None:
        raise Http404
    return found


@access.anyone
@require_safe
def follow(request: HttpRequest, token: str) -> HttpResponse:
    """To where a link of an issue leads, counted as one more. It leads only to what was in that issue."""
    link = tokens.link_of(token)
    if link is None:
        raise Http404
    if request.method == "GET" and "prefetch" not in request.headers.get("Sec-Purpose", ""):
        figures.count_click(link)
    return discreet(HttpResponseRedirect(link.url))


@access.anyone
@require_safe
def feed(request: HttpRequest) -> HttpResponse:
    """Atom (RFC 4287). Its addresses are those of the site as it is configured, never of the request."""
    circle, site = Circle.current(), settings.SITE_URL
    archive = site + reverse("newsletters:home")
    with translation.override(settings.LANGUAGE_CODE):
        made = Atom1Feed(
            title=_("Nieuwsbrief van %(circle)s") % {"circle": circle.full_name},
            link=archive,
            description="",
            language=settings.LANGUAGE_CODE,
            feed_url=site + reverse("newsletters:feed"),
            author_name=circle.full_name,
        )
        for each in Issue.objects.archived().order_by("-started_at")[:IN_FEED]:
            made.add_item(**_entry(each))
    return HttpResponse(made.writeString("utf-8"), content_type="application/atom+xml; charset=utf-8")


def _entry(issue: Issue) -> dict[str, Any]:
    reader = called("")
    return {
        "title": filled(issue.subject, reader),
        "link": settings.SITE_URL + issue.get_absolute_url(),
        "description": filled(issue.preheader, reader),
        "unique_id": f"urn:uuid:{issue.uuid}",
        "pubdate": issue.started_at,
        "updateddate": issue.started_at,
    }


# --- Choosing --------------------------------------------------------------------------------------------------------


@access.link_holder
@require_http_methods(["GET", "HEAD", "POST"])
def choose(request: HttpRequest, token: str) -> HttpResponse:
    """Which mail somebody gets. The address stands in each newsletter and digest; no account is needed."""
    try:
        reader = tokens.reader_of(token)
    except tokens.FormerAddress:
        return discreet(render(request, "newsletters/former_address.html", status=410))
    if reader is None:
        return discreet(render(request, "mail/link_unknown.html", status=404))
    if request.method == "POST" and suppression.WORKS in request.POST:
        suppression.try_again(reader.email, timezone.now(), by_owner=True)
        messages.success(request, _("We sturen weer mail naar %(email)s.") % {"email": reader.email})
        return discreet(HttpResponseRedirect(request.path))
    form = PreferencesForm(request.POST or None, reader=reader, today=timezone.localdate())
    if request.method == "POST" and form.is_valid():
        preferences.keep(reader, form.cleaned_data, timezone.now())
        messages.success(request, _("Je keuze is bewaard."))
        return discreet(HttpResponseRedirect(request.path))
    status = 422 if request.method == "POST" else 200
    shown = {"form": form, "reader": reader, "trouble": life.trouble_of(reader.email)}
    return discreet(render(request, "newsletters/preferences.html", shown, status=status))
