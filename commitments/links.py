"""The pages behind the buttons in our mails: one thing each, without signing in."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from commitments import enquiring, enquiry_forms, enquiry_notices, forms, parties
from commitments.models import Enquiry, EnquiryState, StepNotAllowed
from kring.foundation.actors import Actor
from kring.mail import links
from kring.mail.models import ActionLink
from members.models import Organisation

UNDER_WAY = (EnquiryState.NEW, EnquiryState.TALKING)


def actor(link: ActionLink) -> Actor:
    return Actor.link(link.name or link.email, link.user)


class DeedPage(links.LinkPage):
    """A page with one form about one thing, open while the thing is in one of some states."""

    template: ClassVar[str]
    form: ClassVar[type[forms.DeedForm]]
    states: ClassVar[tuple[str, ...]]

    def subject(self, link: ActionLink) -> Any | None:
        raise LookupError(self.purpose)

    def side(self, subject: Any) -> Organisation | None:
        """The party that the link speaks for; none is the whole circle."""
        raise LookupError(self.purpose)

    def find(self, link: ActionLink) -> Any | None:
        """The subject, while there is something to do and the holder has not left the party since."""
        subject = self.subject(link)
        if subject is None or subject.state not in self.states:
            return None
        return subject if parties.still_serves(link.user, self.side(subject)) else None

    def show(self, request: HttpRequest, link: ActionLink) -> HttpResponse:
        wanted = {"choice": request.GET.get("keuze", "")}
        return self._page(request, link, self.form(subject=self.find(link), initial=wanted))

    def act(self, request: HttpRequest, link: ActionLink) -> HttpResponse:
        return self._done(request, link, self.form(request.POST, subject=self.find(link)))

    def _done(self, request: HttpRequest, link: ActionLink, form: forms.DeedForm) -> HttpResponse:
        if not form.is_valid():
            return self._page(request, link, form, status=422)
        try:
            form.act(actor(link), timezone.now())
        except StepNotAllowed as error:
            raise links.MovedOn(error.told) from error
        return HttpResponseRedirect(request.path)

    def typed(self, request: HttpRequest, link: ActionLink) -> list[dict[str, Any]]:
        """A message that came too late; not one that was sent already, by a second press of the button."""
        subject = self.subject(link)
        if subject is None or "text" not in self.form.base_fields:
            return []
        form = self.form(request.POST, subject=subject)
        said = form.in_words("text")
        is_kept = subject.messages.filter(text=said).exists() or subject.transitions.filter(note=said).exists()
        return form.typed if said and not is_kept else []

    def _page(self, request: HttpRequest, link: ActionLink, form: forms.DeedForm, status: int = 200) -> HttpResponse:
        return render(request, self.template, {"form": form, "subject": form.subject, "by_link": True}, status=status)


class EnquiryPage(DeedPage):
    def subject(self, link: ActionLink) -> Enquiry | None:
        related = Enquiry.objects.select_related("offering", "need", "receiver", "asker")
        return related.filter(uuid=link.subject).first()

    def over(self, link: ActionLink) -> links.Over:
        enquiry = self.subject(link)
        menu = (reverse("offerings:list"), _("Bekijk de menukaart"))
        if enquiry is None:
            return links.Over(_("Deze aanvraag is er niet meer."), *menu)
        said = {
            EnquiryState.UNCONFIRMED: _("Deze aanvraag wacht nog op bevestiging."),
            EnquiryState.NEW: _("De aanvraag ligt bij %(receiver)s. Je krijgt mail zodra er antwoord is."),
            EnquiryState.TALKING: _("Jullie zijn in gesprek. De ander heeft je bericht per mail gekregen."),
            EnquiryState.AGREED: _("Er is ja gezegd. Wat is afgesproken, staat in de mail die je kreeg."),
            EnquiryState.DECLINED: _("Er is nee gezegd op deze aanvraag."),
            EnquiryState.WITHDRAWN: _("Deze aanvraag is ingetrokken."),
            EnquiryState.EXPIRED: _("Deze aanvraag is verlopen."),
        }[EnquiryState(enquiry.state)]
        return links.Over(said % {"receiver": enquiry.receiver}, *menu)


@links.register
class AnswerEnquiry(EnquiryPage):
    purpose = enquiry_notices.ANSWER
    states = UNDER_WAY
    template = "commitments/link_answer.html"
    form = enquiry_forms.EnquiryAnswerForm

    def side(self, subject: Enquiry) -> Organisation | None:
        return subject.receiver


@links.register
class Talk(EnquiryPage):
    """For who asked: what was said, to say something back, or to take the question back."""

    purpose = enquiry_notices.TALK
    states = UNDER_WAY
    template = "commitments/link_talk.html"
    form = enquiry_forms.MessageForm

    def side(self, subject: Enquiry) -> Organisation | None:
        return subject.asker

    def act(self, request: HttpRequest, link: ActionLink) -> HttpResponse:
        return self.act_on(request, link, self.find(link))

    def act_on(self, request: HttpRequest, link: ActionLink, subject: Enquiry | None) -> HttpResponse:
        if "intrekken" not in request.POST:
            return self._done(request, link, self.form(request.POST, subject=subject))
        return self._done(request, link, enquiry_forms.WithdrawForm(request.POST, subject=subject))

    def _page(self, request: HttpRequest, link: ActionLink, form: forms.DeedForm, status: int = 200) -> HttpResponse:
        shown = {"subject": form.subject, "form": form, "withdraw": enquiry_forms.WithdrawForm(subject=form.subject)}
        if isinstance(form, enquiry_forms.WithdrawForm):
            shown |= {"form": self.form(subject=form.subject), "withdraw": form}
        return render(request, self.template, shown, status=status)


@links.register
class ConfirmEnquiry(Talk):
    """Sends on its way what was asked, of one or of several; from then on the page to follow it."""

    purpose = enquiry_notices.CONFIRM

    def asked(self, link: ActionLink) -> list[Enquiry]:
        related = Enquiry.objects.select_related("offering", "need", "receiver", "asker")
        return list(related.filter(Q(uuid=link.subject) | Q(batch=link.subject)).order_by("pk"))

    def subject(self, link: ActionLink) -> Enquiry | None:
        return next(iter(self.asked(link)), None)

    def find(self, link: ActionLink) -> Any | None:
        """All that was asked; of one thing only while there is something to do about it."""
        asked = self.asked(link)
        open_ = {EnquiryState.UNCONFIRMED, *UNDER_WAY}
        return asked if len(asked) > 1 or any(each.state in open_ for each in asked) else None

    def show(self, request: HttpRequest, link: ActionLink) -> HttpResponse:
        asked = self.asked(link)
        if any(each.state == EnquiryState.UNCONFIRMED for each in asked):
            return render(request, "commitments/link_confirm.html", {"asked": asked, "subject": asked[0]})
        one = self._wanted(asked, request.GET.get("welk", ""))
        if one is None:
            return render(request, "commitments/link_asked.html", {"asked": asked})
        return self._page(request, link, self.form(subject=one))

    def act(self, request: HttpRequest, link: ActionLink) -> HttpResponse:
        asked = self.asked(link)
        waiting = [each for each in asked if each.state == EnquiryState.UNCONFIRMED]
        for enquiry in waiting:
            enquiring.confirm(enquiry, actor(link), timezone.now())
        one = self._wanted(asked, request.GET.get("welk", ""))
        if waiting or one is None or not {"text", "intrekken"} & set(request.POST):
            return HttpResponseRedirect(request.path)
        return self.act_on(request, link, one)

    @staticmethod
    def _wanted(asked: list[Enquiry], uuid: str) -> Enquiry | None:
        """The one that is named, or the only one; while it is under way."""
        found = asked if len(asked) == 1 else [each for each in asked if str(each.uuid) == uuid]
        return next((each for each in found if each.state in UNDER_WAY), None)
