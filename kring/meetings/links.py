"""The pages behind the buttons in our mails: one's own sign-up, an invitation, and minutes, without signing in."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from kring.mail import links
from kring.mail.models import ActionLink
from kring.meetings import calendars, door, notices, signing_up
from kring.meetings.forms.signing_up import InvitedForm, ManageForm
from kring.meetings.models import Meeting, MeetingState, Minutes, SignUp, SignUpState, StepNotAllowed

S = SignUpState


def meetings_page() -> tuple[str, str]:
    return reverse("meetings:list"), _("Bekijk de bijeenkomsten")


def page_of(meeting: Meeting) -> tuple[str, str]:
    """Where who holds a link can go on reading."""
    return (meeting.get_absolute_url(), _("Bekijk de bijeenkomst")) if meeting.is_public else ("/", "")


@links.register
class SignUpPage(links.LinkPage):
    """One's own sign-up: confirm it, take a place that was offered, change it, leave; and the file for a calendar."""

    purpose = notices.SIGN_UP
    open_states = (S.UNCONFIRMED, S.GOING, S.WAITING, S.OFFERED)

    def find(self, link: ActionLink) -> SignUp | None:
        """Also of a meeting that was called off, so that it can be taken out of a calendar."""
        related = SignUp.objects.select_related("meeting", "organisation", "user")
        sign_up = related.filter(uuid=link.subject, state__in=self.open_states).first()
        if sign_up is None:
            return None
        is_over = sign_up.meeting.state == MeetingState.HELD or sign_up.meeting.ends_at <= timezone.now()
        return None if is_over else sign_up

    def show(self, request: HttpRequest, link: ActionLink) -> HttpResponse:
        sign_up = self.find(link)
        if sign_up is None:
            return HttpResponseRedirect(request.path)
        if "agenda" in request.GET:
            return calendar_file(sign_up.meeting)
        return self._page(request, sign_up, ManageForm(sign_up=sign_up))

    def act(self, request: HttpRequest, link: ActionLink) -> HttpResponse:
        sign_up = self.find(link)
        if sign_up is None:
            return HttpResponseRedirect(request.path)
        form = ManageForm(request.POST, sign_up=sign_up)
        try:
            return self._do(request, sign_up, form)
        except StepNotAllowed:
            messages.info(request, _("Dat kon niet meer. Hieronder zie je hoe het nu staat."))
            return HttpResponseRedirect(request.path)

    def _do(self, request: HttpRequest, sign_up: SignUp, form: ManageForm) -> HttpResponse:
        now = timezone.now()
        match request.POST.get("doe", "bewaar"):
            case "bevestig" if sign_up.state == S.UNCONFIRMED:
                signing_up.confirm(sign_up, now)
            case "neem" if sign_up.state == S.OFFERED:
                signing_up.accept(sign_up, now)
            case "afmelden" if sign_up.state != S.UNCONFIRMED:
                signing_up.cancel(sign_up, now)
            case "bewaar" if sign_up.state != S.UNCONFIRMED:
                if not form.is_valid() or not form.save_change(now):
                    sign_up.refresh_from_db()
                    return self._page(request, sign_up, form, status=422)
                messages.success(request, _("Je aanmelding is veranderd."))
            case _other:
                return HttpResponseBadRequest()
        return HttpResponseRedirect(request.path)

    def _page(self, request: HttpRequest, sign_up: SignUp, form: ManageForm, status: int = 200) -> HttpResponse:
        waits = sign_up.state == S.WAITING
        shown = {
            "sign_up": sign_up,
            "meeting": sign_up.meeting,
            "form": form,
            "place": signing_up.place_in_line(sign_up) if waits else 0,
            "leaving": "afmelden" in request.GET and sign_up.state != S.UNCONFIRMED,
            "code": door.code(sign_up) if sign_up.state == S.GOING else "",
        }
        return render(request, "meetings/link_sign_up.html", shown, status=status)

    def over(self, link: ActionLink) -> links.Over:
        sign_up = SignUp.objects.select_related("meeting").filter(uuid=link.subject).first()
        if sign_up is None:
            return links.Over(_("Deze aanmelding is er niet meer. Je kunt je opnieuw aanmelden."), *meetings_page())
        meeting, to = sign_up.meeting, page_of(sign_up.meeting)
        words = {"title": meeting.title}
        if meeting.state == MeetingState.HELD:
            return links.Over(_("‘%(title)s’ is geweest.") % words, *to)
        if meeting.state == MeetingState.CANCELLED:
            return links.Over(_("‘%(title)s’ gaat niet door.") % words, *to)
        if sign_up.state in {S.CANCELLED, S.LAPSED} and signing_up.on_the_list(sign_up):
            said = _("Je staat al op de lijst van ‘%(title)s’. In je mail staat hoe je dat verandert.")
            return links.Over(said % words, *to)
        if sign_up.state == S.LAPSED:
            return links.Over(_("De plek bij ‘%(title)s’ is naar de volgende op de wachtlijst gegaan.") % words, *to)
        if sign_up.state == S.CANCELLED:
            return links.Over(_("Je bent afgemeld voor ‘%(title)s’. Toch komen? Meld je opnieuw aan.") % words, *to)
        if sign_up.state == S.UNCONFIRMED and meeting.state == MeetingState.PUBLISHED:
            return links.Over(_("Bevestigen kan niet meer. Meld je opnieuw aan voor ‘%(title)s’.") % words, *to)
        return links.Over(_("‘%(title)s’ is geweest.") % words, *to)


def calendar_file(meeting: Meeting) -> HttpResponse:
    response = HttpResponse(calendars.calendar([meeting]), content_type=calendars.MEDIA_TYPE)
    response["Content-Disposition"] = f'attachment; filename="{meeting.slug}.ics"'
    return response


@links.register
class InvitationPage(links.LinkPage):
    """Signing up from an invitation: in one step, since the link came to the very address."""

    purpose = notices.INVITATION

    def find(self, link: ActionLink) -> Meeting | None:
        meeting = Meeting.objects.filter(uuid=link.subject).first()
        if meeting is None or not meeting.takes_sign_ups(timezone.now()):
            return None
        there = SignUp.objects.of(meeting).active().filter(email__iexact=link.email)
        return None if there.exists() else meeting

    def show(self, request: HttpRequest, link: ActionLink) -> HttpResponse:
        return self._page(request, link, InvitedForm(initial={"name": link.name}))

    def act(self, request: HttpRequest, link: ActionLink) -> HttpResponse:
        meeting, form = self.find(link), InvitedForm(request.POST)
        if meeting is None or not form.is_valid():
            return self._page(request, link, form, status=422)
        data = form.cleaned_data
        sign_up = SignUp(
            meeting=meeting,
            name=data["name"],
            email=link.email,
            user=link.user,
            language=get_language() or "nl",
            people=data["people"],
            wants_newsletter=data.get("wants_newsletter", False),
            **form.about(),
        )
        try:
            signing_up.bring(sign_up, timezone.now())
        except StepNotAllowed:
            pass  # it was closed a moment ago; the page says what is the case
        return HttpResponseRedirect(request.path)

    def _page(self, request: HttpRequest, link: ActionLink, form: InvitedForm, status: int = 200) -> HttpResponse:
        shown = {"meeting": self.find(link), "form": form, "email": link.email}
        return render(request, "meetings/link_invitation.html", shown, status=status)

    def over(self, link: ActionLink) -> links.Over:
        meeting = Meeting.objects.filter(uuid=link.subject).first()
        if meeting is None:
            return links.Over(_("Deze bijeenkomst is er niet meer."), *meetings_page())
        to, words = page_of(meeting), {"title": meeting.title}
        there = SignUp.objects.of(meeting).active().filter(email__iexact=link.email).first()
        if there is not None:
            said = {
                S.GOING: _("Je komt naar ‘%(title)s’. In de mail die je kreeg staat hoe je dat verandert."),
                S.WAITING: _("Je staat op de wachtlijst van ‘%(title)s’. Komt er een plek vrij, dan mailen we je."),
                S.OFFERED: _("Er is een plek voor je bij ‘%(title)s’. Neem hem met de knop in de laatste mail."),
            }
            return links.Over(said[S(there.state)] % words, *to)
        if meeting.opens_later(timezone.localdate()):
            return links.Over(_("Aanmelden voor ‘%(title)s’ kan nog niet. Probeer deze link later weer.") % words, *to)
        if meeting.state == MeetingState.CANCELLED:
            return links.Over(_("‘%(title)s’ gaat niet door.") % words, *to)
        return links.Over(_("Aanmelden voor ‘%(title)s’ kan niet meer.") % words, *to)


@links.register
class MinutesPage(links.LinkPage):
    """The minutes, for who was there and has no account."""

    purpose = notices.MINUTES

    def find(self, link: ActionLink) -> Minutes | None:
        told = Minutes.objects.select_related("meeting", "written_by", "approved_by")
        return told.filter(meeting__uuid=link.subject, published_at__isnull=False).first()

    def show(self, request: HttpRequest, link: ActionLink) -> HttpResponse:
        minutes: Any = self.find(link)
        return render(request, "meetings/minutes.html", {"minutes": minutes, "meeting": minutes.meeting})

    def act(self, request: HttpRequest, link: ActionLink) -> HttpResponse:
        return HttpResponseRedirect(request.path)

    def over(self, link: ActionLink) -> links.Over:
        return links.Over(_("Dit verslag is er niet meer."), *meetings_page())
