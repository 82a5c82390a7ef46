"""The pages behind the buttons in our mails: one thing each, without signing in."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from commitments import enquiring, forms, notices, parties
from commitments.models import Commitment, CommitmentState, Enquiry, EnquiryState, StepNotAllowed
from commitments.models.choices import RUNNING_STATES
from kring.foundation.actors import Actor
from kring.mail import links
from kring.mail.models import ActionLink
from members.models import Organisation


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
        form = self.form(request.POST, subject=self.find(link))
        if not form.is_valid():
            return self._page(request, link, form, status=422)
        try:
            form.act(actor(link), timezone.now())
        except StepNotAllowed:
            pass  # the other side was first; the page says what is the case
        return HttpResponseRedirect(request.path)

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
class ConfirmEnquiry(EnquiryPage):
    purpose = notices.CONFIRM_ENQUIRY
    states = (EnquiryState.UNCONFIRMED,)

    def side(self, subject: Enquiry) -> Organisation | None:
        return subject.asker

    def show(self, request: HttpRequest, link: ActionLink) -> HttpResponse:
        return render(request, "commitments/link_confirm.html", {"subject": self.find(link)})

    def act(self, request: HttpRequest, link: ActionLink) -> HttpResponse:
        enquiry = self.find(link)
        if enquiry is not None:
            enquiring.confirm(enquiry, actor(link), timezone.now())
        return HttpResponseRedirect(request.path)


@links.register
class AnswerEnquiry(EnquiryPage):
    purpose = notices.ANSWER_ENQUIRY
    states = (EnquiryState.NEW, EnquiryState.TALKING)
    template = "commitments/link_answer.html"
    form = forms.EnquiryAnswerForm

    def side(self, subject: Enquiry) -> Organisation | None:
        return subject.receiver


@links.register
class Talk(EnquiryPage):
    purpose = notices.TALK
    states = (EnquiryState.NEW, EnquiryState.TALKING)
    template = "commitments/link_talk.html"
    form = forms.MessageForm

    def side(self, subject: Enquiry) -> Organisation | None:
        return subject.asker


class CommitmentPage(DeedPage):
    def subject(self, link: ActionLink) -> Commitment | None:
        related = Commitment.objects.select_related("promisor", "beneficiary", "proposed_by_organisation")
        return related.filter(uuid=link.subject).first()

    def over(self, link: ActionLink) -> links.Over:
        commitment = self.subject(link)
        if commitment is None:
            return links.Over(_("Deze toezegging is er niet meer."))
        said = {
            CommitmentState.DRAFT: _("‘%(title)s’ is nog een concept."),
            CommitmentState.PROPOSED: _("‘%(title)s’ wacht op antwoord van de ander."),
            CommitmentState.AGREED: _("‘%(title)s’ is afgesproken. Succes ermee."),
            CommitmentState.STARTED: _("‘%(title)s’ is bezig. Dank je voor het bijhouden."),
            CommitmentState.REPORTED: _("‘%(title)s’ is klaar gemeld. De ontvanger kijkt of het klopt."),
            CommitmentState.KEPT: _("‘%(title)s’ is nagekomen en bevestigd. Bedankt."),
            CommitmentState.DECLINED: _("‘%(title)s’ is niet aangenomen."),
            CommitmentState.WITHDRAWN: _("‘%(title)s’ is ingetrokken."),
            CommitmentState.LAPSED: _("Het voorstel ‘%(title)s’ is verlopen. Opnieuw beginnen kan altijd."),
            CommitmentState.GIVEN_BACK: _("‘%(title)s’ is teruggegeven. Goed dat het gezegd is."),
        }[CommitmentState(commitment.state)]
        public = Commitment.objects.visible_to(AnonymousUser()).filter(pk=commitment.pk).exists()
        where = (commitment.get_absolute_url(), _("Bekijk de afspraak")) if public else ("/", "")
        return links.Over(said % {"title": commitment.title}, *where)


@links.register
class AnswerCommitment(CommitmentPage):
    purpose = notices.ANSWER
    states = (CommitmentState.PROPOSED,)
    template = "commitments/link_commitment.html"
    form = forms.AnswerForm

    def side(self, subject: Commitment) -> Organisation | None:
        return parties.other_side(subject)


@links.register
class ReportCommitment(CommitmentPage):
    purpose = notices.REPORT
    states = RUNNING_STATES
    template = "commitments/link_commitment.html"
    form = forms.ReportForm

    def side(self, subject: Commitment) -> Organisation | None:
        return subject.promisor

    def act(self, request: HttpRequest, link: ActionLink) -> HttpResponse:
        """After a part was done the same link serves again; it says thank you first."""
        response = super().act(request, link)
        if response.status_code == 302 and self.find(link) is not None:
            return HttpResponseRedirect(f"{request.path}?dank=1")
        return response


@links.register
class ConfirmCommitment(CommitmentPage):
    purpose = notices.CONFIRM
    states = (CommitmentState.REPORTED,)
    template = "commitments/link_commitment.html"
    form = forms.ConfirmForm

    def side(self, subject: Commitment) -> Organisation | None:
        return subject.beneficiary
