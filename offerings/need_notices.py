"""The mail that asks whether a need still stands, and what its link does: one click, without signing in."""

from __future__ import annotations

import contextlib
import datetime as dt

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kring.foundation import wording
from kring.mail import links
from kring.mail.models import ActionLink, Kind
from kring.mail.posting import post
from kring.mail.recipients import Recipient
from members.models import Organisation, Role
from offerings.models import Need, NeedState, NeedStateNotAllowed

NEED = "need.stands"
ASK_FOR = dt.timedelta(days=60)
# What the buttons of the page are called, and do.
DEEDS = {"langer": Need.extend, "geregeld": Need.meet, "sluit": Need.close}


def about(need: Need) -> str:
    return f"need:{need.uuid}"


def writers(organisation: Organisation, today: dt.date) -> list[Recipient]:
    """Those who write for it and can still sign in."""
    held = Role.objects.of(organisation).held(today).filter(user__is_active=True).select_related("user")
    return [Recipient.of(role.user) for role in held.order_by("pk")]


def ask_whether_they_stand(today: dt.date) -> int:
    """Asks about each need that ends within the week, once for each end that it has. Returns how many were due.

    The key names the day it ends, so that a missed day catches up and two clocks ask once.
    """
    due = Need.objects.ending(today).select_related("organisation").order_by("pk")
    for need in due:
        post(
            "offerings/mail/need_stands",
            writers(need.organisation, today),
            {"need": need},
            key=f"need-stands:{need.uuid}:{need.expires_on}",
            about=about(need),
            button=("", gettext_lazy("Ja, we zoeken nog")),
            choices=[
                ("?keuze=geregeld", gettext_lazy("Het is geregeld")),
                ("?keuze=sluit", gettext_lazy("Niet meer nodig")),
            ],
            purpose=NEED,
            subject=need.uuid,
            lasts=ASK_FOR,
            kind=Kind.REMINDER,
        )
    return len(due)


@links.register
class NeedPage(links.LinkPage):
    """'Zoeken jullie dit nog?' Three answers, one click each; the one that was chosen in the mail stands first."""

    purpose = NEED

    def find(self, link: ActionLink) -> Need | None:
        """None once somebody answered, or when who holds the link writes for the organisation no more."""
        need = Need.objects.filter(uuid=link.subject, state=NeedState.OPEN).select_related("organisation").first()
        if need is None or need.confirmed_on > timezone.localdate(link.created_at):
            return None
        if link.user is None:
            return None
        return need if Organisation.objects.served_by(link.user).filter(pk=need.organisation_id).exists() else None

    def show(self, request: HttpRequest, link: ActionLink) -> HttpResponse:
        chosen = request.GET.get("keuze", "")
        shown = {"need": self.find(link), "chosen": chosen if chosen in DEEDS else "langer"}
        return render(request, "offerings/link_need.html", shown)

    def act(self, request: HttpRequest, link: ActionLink) -> HttpResponse:
        need, deed = self.find(link), DEEDS.get(request.POST.get("doe", ""))
        if need is None or deed is None:
            return self.show(request, link)
        # Another may have been first; the page says what is the case.
        with contextlib.suppress(NeedStateNotAllowed):
            deed(need, timezone.localdate())
        return HttpResponseRedirect(request.path)

    def over(self, link: ActionLink) -> links.Over:
        need = Need.objects.filter(uuid=link.subject).first()
        if need is None:
            return links.Over(_("Deze vraag is er niet meer."), reverse("offerings:need_list"), _("Bekijk de vragen"))
        told = {
            NeedState.OPEN: _("Dank je wel. ‘%(title)s’ staat open tot en met %(day)s."),
            NeedState.MET: _("Mooi! ‘%(title)s’ is geregeld."),
            NeedState.CLOSED: _("‘%(title)s’ is gesloten. Opnieuw openzetten kan altijd."),
            NeedState.DRAFT: _("‘%(title)s’ is een concept."),
        }
        day = wording.day_date(need.expires_on) if need.expires_on else ""
        words = told[NeedState(need.state)] % {"title": need.title, "day": day}
        return links.Over(words, need.get_absolute_url(), _("Bekijk de vraag"))
