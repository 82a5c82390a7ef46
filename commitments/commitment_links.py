"""The pages behind the buttons in mails about commitments: one thing each, without signing in, on a phone.

A link serves once. Who comes back to it later reads how it stands now and, when there is still something to say, can
have a new link mailed to the same address.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any, ClassVar

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from commitments import deeds, notices, parties
from commitments.deed_forms import AnswerDateForm, AnswerForm, CommitmentForm, ConfirmForm, ReceiveForm, ReportForm
from commitments.links import actor
from commitments.models import (
    RUNNING_STATES,
    Commitment,
    CommitmentState,
    DateProposal,
    Enquiry,
    Evidence,
    Side,
    StepNotAllowed,
)
from kring.accounts.models import User
from kring.foundation import media
from kring.foundation.actors import Actor
from kring.mail import links
from kring.mail.models import ActionLink
from kring.mail.recipients import Recipient

S = CommitmentState
RELATED = Commitment.objects.select_related("promisor", "beneficiary", "proposed_by_organisation")

SAID = {
    S.DRAFT: gettext_lazy("‘%(title)s’ is nog een concept."),
    S.PROPOSED: gettext_lazy("‘%(title)s’ wacht op antwoord van de ander."),
    S.AGREED: gettext_lazy("‘%(title)s’ is afgesproken. Succes ermee."),
    S.STARTED: gettext_lazy("‘%(title)s’ is bezig. Dank je voor het bijhouden."),
    S.REPORTED: gettext_lazy("‘%(title)s’ is klaar gemeld. De ontvanger kijkt of het klopt."),
    S.KEPT: gettext_lazy("‘%(title)s’ is nagekomen en bevestigd. Bedankt."),
    S.DECLINED: gettext_lazy("‘%(title)s’ is niet aangenomen."),
    S.WITHDRAWN: gettext_lazy("‘%(title)s’ is ingetrokken."),
    S.LAPSED: gettext_lazy("Het voorstel ‘%(title)s’ is verlopen. Opnieuw beginnen kan altijd."),
    S.GIVEN_BACK: gettext_lazy("‘%(title)s’ is teruggegeven. Goed dat het gezegd is."),
}
BY_SILENCE = gettext_lazy("‘%(title)s’ is afgesloten, omdat er dertig dagen geen reactie kwam.")
BY_BOARD = gettext_lazy("‘%(title)s’ is nagekomen. Dat heeft het bestuur vastgesteld.")
BOARD_HELPS = gettext_lazy("‘%(title)s’: het bestuur helpt jullie verder, en neemt contact op.")
DATE_WAITS = gettext_lazy("‘%(title)s’ loopt. Er is om een nieuwe datum gevraagd; daar is nog geen antwoord op.")


# What asks the page behind a link for one of the pictures on it.
PHOTO = "foto"
MOST_PHOTOS = 12


def photos_of(commitment: Commitment) -> QuerySet[Evidence]:
    """The newest first."""
    return Evidence.objects.filter(update__commitment=commitment).order_by("-pk")[:MOST_PHOTOS]


class CommitmentPage(links.LinkPage):
    """A page with one form about one commitment, open while that is in one of some states."""

    template = "commitments/link_commitment.html"
    form: ClassVar[type[CommitmentForm]]
    states: ClassVar[tuple[str, ...]]

    def commitment(self, link: ActionLink) -> Commitment | None:
        return RELATED.filter(uuid=link.subject).first()

    def side(self, commitment: Commitment, link: ActionLink) -> str:
        """For which side the link speaks."""
        raise LookupError(self.purpose)

    def is_open(self, commitment: Commitment, link: ActionLink) -> bool:
        """Whether there is still something to say to it."""
        return commitment.state in self.states

    def find(self, link: ActionLink) -> Commitment | None:
        """The commitment, while there is something to do and the holder has not left the party since."""
        commitment = self.commitment(link)
        if commitment is None or not self.is_open(commitment, link):
            return None
        party = parties.side_of(commitment, self.side(commitment, link))
        return commitment if parties.still_serves(link.user, party) else None

    def show(self, request: HttpRequest, link: ActionLink) -> HttpResponse:
        commitment = self.find(link)
        if commitment is None or self._is_anothers(request, link, commitment):
            return self._anothers(request, link)
        if PHOTO in request.GET:
            return self._photo(commitment, request.GET[PHOTO])
        wanted = {"choice": request.GET.get("keuze", "")}
        return self._page(request, self._form(commitment, link, initial=wanted))

    @staticmethod
    def _photo(commitment: Commitment, wanted: str) -> HttpResponse:
        """Who has the link sees the pictures too: with it they say whether it came."""
        found = photos_of(commitment)
        shown = next((each for each in found if str(each.uuid) == wanted), None)
        if shown is None:
            raise Http404
        return media.private(str(shown.image))

    def act(self, request: HttpRequest, link: ActionLink) -> HttpResponse:
        commitment = self.find(link)
        if commitment is None or self._is_anothers(request, link, commitment):
            return self._anothers(request, link)
        form = self._form(commitment, link, request.POST, request.FILES)
        if not form.is_valid():
            return self._page(request, form, status=422)
        try:
            form.act(self._actor(request, link, commitment), timezone.now())
        except StepNotAllowed as error:
            raise links.MovedOn(error.told) from error
        return self.after(request, link, form)

    def typed(self, request: HttpRequest, link: ActionLink) -> list[dict[str, Any]]:
        commitment = self.commitment(link)
        return deeds.lost_words(self._form(commitment, link, request.POST)) if commitment else []

    def after(self, request: HttpRequest, link: ActionLink, form: CommitmentForm) -> HttpResponse:
        return HttpResponseRedirect(request.path)

    def _form(self, commitment: Commitment, link: ActionLink, *args: Any, **kwargs: Any) -> CommitmentForm:
        return self.form(*args, subject=commitment, sides=(self.side(commitment, link),), **kwargs)

    def _page(self, request: HttpRequest, form: CommitmentForm, status: int = 200) -> HttpResponse:
        commitment = form.subject
        shown = {
            "form": form,
            "subject": commitment,
            "counter": Commitment.objects.filter(counter_favour_of=commitment).first(),
            "proposal": commitment.date_proposals.open().first(),
            "photos": [(f"?{PHOTO}={each.uuid}", each.alt) for each in photos_of(commitment)],
        }
        return render(request, self.template, shown, status=status)

    # A link is for one person. A colleague who is signed in acts under the own name; anybody else is sent on.

    def _is_anothers(self, request: HttpRequest, link: ActionLink, commitment: Commitment) -> bool:
        user = request.user
        if not isinstance(user, User) or user.email.lower() == link.email.lower():
            return False
        return not parties.serves(user, parties.side_of(commitment, self.side(commitment, link)))

    def _actor(self, request: HttpRequest, link: ActionLink, commitment: Commitment) -> Actor:
        user = request.user
        own = isinstance(user, User) and parties.serves(user, parties.side_of(commitment, self.side(commitment, link)))
        return Actor.of(user) if own and isinstance(user, User) else actor(link)

    def _anothers(self, request: HttpRequest, link: ActionLink) -> HttpResponse:
        return render(request, "commitments/link_of_another.html", {"over": self.over(link)}, status=403)

    # What is the case, for who comes too late.

    def over(self, link: ActionLink) -> links.Over:
        commitment = self.commitment(link)
        if commitment is None:
            return links.Over(_("Deze toezegging is er niet meer."))
        public = Commitment.objects.visible_to(AnonymousUser()).filter(pk=commitment.pk).exists()
        where = (commitment.get_absolute_url(), _("Bekijk de afspraak")) if public else ("/", "")
        return links.Over(str(how_it_stands(commitment)) % {"title": commitment.title}, *where)

    def can_renew(self, link: ActionLink) -> bool:
        return link.revoked_at is None and self.find(link) is not None

    def renew(self, link: ActionLink) -> None:
        """A new link to the same address, at most one a day for each that ran out or was used."""
        commitment = self.find(link)
        if commitment is not None:
            notices.send_link_again(commitment, link)


def how_it_stands(commitment: Commitment) -> Any:
    if commitment.needs_board:
        return BOARD_HELPS
    if commitment.state == S.KEPT and commitment.kept_by_silence:
        return BY_SILENCE
    if commitment.state == S.KEPT and commitment.kept_by_board:
        return BY_BOARD
    if commitment.state in RUNNING_STATES and commitment.date_proposals.open().exists():
        return DATE_WAITS
    return SAID[CommitmentState(commitment.state)]


@links.register
class AnswerCommitment(CommitmentPage):
    """For the one side that did not write the proposal."""

    purpose = notices.ANSWER
    label = gettext_lazy("ja of nee zeggen op een voorstel")
    states = (S.PROPOSED,)
    form = AnswerForm

    def side(self, commitment: Commitment, link: ActionLink) -> str:
        return Side.opposite(commitment.proposing_side) or Side.PROMISOR

    def is_open(self, commitment: Commitment, link: ActionLink) -> bool:
        return self.side(commitment, link) in commitment.waits_for


@links.register
class AnswerAsPromisor(AnswerCommitment):
    """Of a proposal that the board wrote for two."""

    purpose = notices.ANSWER_AS_PROMISOR

    def side(self, commitment: Commitment, link: ActionLink) -> str:
        return Side.PROMISOR


@links.register
class AnswerAsBeneficiary(AnswerCommitment):
    purpose = notices.ANSWER_AS_BENEFICIARY

    def side(self, commitment: Commitment, link: ActionLink) -> str:
        return Side.BENEFICIARY


@links.register
class ReportCommitment(CommitmentPage):
    purpose = notices.REPORT
    label = gettext_lazy("melden hoe het gaat")
    states = RUNNING_STATES
    form = ReportForm

    def side(self, commitment: Commitment, link: ActionLink) -> str:
        return Side.PROMISOR

    def after(self, request: HttpRequest, link: ActionLink, form: CommitmentForm) -> HttpResponse:
        """After a part was done there is more to tell later: by a new link, of which this page is the first look."""
        commitment = self.find(link)
        if form.cleaned_data["choice"] != "progress" or commitment is None or not link.single_use:
            return super().after(request, link, form)
        holder = Recipient(email=link.email, name=link.name, user=link.user)
        lasts = notices.until_after(commitment)
        return HttpResponseRedirect(links.issue(self.purpose, link.subject, holder, expires_in=lasts) + "?dank=1")


@links.register
class ReceiveCommitment(CommitmentPage):
    purpose = notices.RECEIVE
    label = gettext_lazy("zeggen dat er iets verandert")
    states = RUNNING_STATES
    form = ReceiveForm

    def side(self, commitment: Commitment, link: ActionLink) -> str:
        return Side.BENEFICIARY


@links.register
class ConfirmCommitment(CommitmentPage):
    purpose = notices.CONFIRM
    label = gettext_lazy("zeggen of het resultaat klopt")
    states = (S.REPORTED,)
    form = ConfirmForm

    def side(self, commitment: Commitment, link: ActionLink) -> str:
        return Side.BENEFICIARY


@links.register
class AnswerDate(CommitmentPage):
    """The subject is the proposal of a date: an older one, that another took the place of, is over."""

    purpose = notices.ANSWER_DATE
    label = gettext_lazy("ja of nee zeggen op een nieuwe datum")
    states = RUNNING_STATES
    form = AnswerDateForm

    def commitment(self, link: ActionLink) -> Commitment | None:
        return RELATED.filter(date_proposals__uuid=link.subject).first()

    def side(self, commitment: Commitment, link: ActionLink) -> str:
        return DateProposal.objects.get(uuid=link.subject).answering_side

    def _form(self, commitment: Commitment, link: ActionLink, *args: Any, **kwargs: Any) -> CommitmentForm:
        """About the date that the link names, whichever is asked for now."""
        form = AnswerDateForm(*args, subject=commitment, sides=(self.side(commitment, link),), **kwargs)
        form.named = link.subject
        return form

    def is_open(self, commitment: Commitment, link: ActionLink) -> bool:
        asked = commitment.date_proposals.open().filter(uuid=link.subject).exists()
        return asked and super().is_open(commitment, link)


# --- what they are about, for the board's list ---


def commitments_behind(subjects: Iterable[uuid.UUID]) -> dict[uuid.UUID, links.About]:
    wanted = list(subjects)
    found = dict(Commitment.objects.filter(uuid__in=wanted).values_list("uuid", "title"))
    told = {key: (title, key) for key, title in found.items()}
    dates = DateProposal.objects.filter(uuid__in=[key for key in wanted if key not in told])
    told |= {
        key: (title, own) for key, title, own in dates.values_list("uuid", "commitment__title", "commitment__uuid")
    }
    return {key: links.About(title, reverse("commitments:detail", args=[own])) for key, (title, own) in told.items()}


def enquiries_behind(subjects: Iterable[uuid.UUID]) -> dict[uuid.UUID, links.About]:
    related = Enquiry.objects.select_related("offering", "need").filter(uuid__in=list(subjects))
    return {each.uuid: links.About(str(each), each.get_absolute_url()) for each in related}


links.register_subjects("commitment", commitments_behind)
links.register_subjects("enquiry", enquiries_behind)
