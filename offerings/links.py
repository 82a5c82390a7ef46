"""The page behind 'klopt dit nog?': yes, change or take off, without signing in."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from kring.mail import links
from kring.mail.models import ActionLink
from members.models import Organisation
from offerings import freshness, notices
from offerings.cards import item, row
from offerings.forms import OfferingForm, TakeAwayForm
from offerings.models import Offering, OfferingState, OfferingStateNotAllowed

SHOWN = 50


@links.register
class FreshnessPage(links.LinkPage):
    """All that the organisation is asked about now, the offering that the mail was about first."""

    purpose = notices.CONFIRM_OFFERING

    def find(self, link: ActionLink) -> list[Offering] | None:
        offering = Offering.objects.filter(uuid=link.subject).only("organisation").first()
        if offering is None or not self._still_serves(link, offering):
            return None
        asked = Offering.objects.to_confirm(timezone.localdate()).filter(organisation=offering.organisation_id)
        related = ("organisation__main_sector", "category", "district")
        found = list(asked.select_related(*related).order_by("confirmed_on", "pk")[:SHOWN])
        return sorted(found, key=lambda each: each.uuid != link.subject) or None

    @staticmethod
    def _still_serves(link: ActionLink, offering: Offering) -> bool:
        """An address without an account is the organisation's own."""
        if link.user is None:
            return True
        served = Organisation.objects.served_by(link.user).filter(pk=offering.organisation_id)
        return link.user.is_active and served.exists()

    def show(self, request: HttpRequest, link: ActionLink) -> HttpResponse:
        asked = self.find(link) or []
        named = request.GET.get("welk")
        # The mail's own buttons name none: they are about what the mail was about, and about nothing else.
        mailed = next((each for each in asked if each.uuid == link.subject), None)
        offering = mailed if named is None else self._wanted(asked, named)
        choice = request.GET.get("keuze")
        if offering is not None and choice == "veranderen":
            form = OfferingForm(instance=offering, organisation=offering.organisation)
            return self._page(request, "link_change", offering=offering, form=form)
        if offering is not None and choice == "eraf":
            return self._page(request, "link_take_away", offering=offering, form=TakeAwayForm())
        today = timezone.localdate()
        shown = [{"offering": each, "item": item(row(each), stale=not each.is_fresh(today))} for each in asked]
        return self._page(request, "link_fresh", asked=shown, organisation=asked[0].organisation)

    def act(self, request: HttpRequest, link: ActionLink) -> HttpResponse:
        asked = self.find(link) or []
        if request.POST.get("doe") == "klopt":
            wanted = set(request.POST.getlist("welk"))
            for each in asked:
                if each.slug in wanted:
                    freshness.confirm(each, timezone.localdate())
            return HttpResponseRedirect(request.path)
        offering = self._wanted(asked, request.POST.get("welk", ""))
        if offering is None:
            return HttpResponseRedirect(request.path)
        if request.POST.get("doe") == "eraf":
            return self._take_away(request, offering)
        return self._change(request, offering.locked())

    def _take_away(self, request: HttpRequest, offering: Offering) -> HttpResponse:
        form = TakeAwayForm(request.POST)
        if not form.is_valid():
            return self._page(request, "link_take_away", 422, offering=offering, form=form)
        try:
            freshness.take_away(offering, timezone.localdate(), form.cleaned_data["until"])
        except OfferingStateNotAllowed:
            pass  # a colleague was first; the page says what is the case
        return HttpResponseRedirect(request.path)

    def _change(self, request: HttpRequest, offering: Offering) -> HttpResponse:
        form = OfferingForm(request.POST, request.FILES, instance=offering, organisation=offering.organisation)
        if not form.is_valid():
            conflict = form.conflict()
            return self._page(request, "link_change", 422, offering=offering, form=form, conflict=conflict)
        had_left = offering.left_unconfirmed
        changed = form.save_for(timezone.localdate())
        if changed.state == OfferingState.PAUSED and had_left:
            changed.publish(timezone.localdate())
        return HttpResponseRedirect(request.path)

    @staticmethod
    def _wanted(asked: list[Offering], slug: str) -> Offering | None:
        return next((each for each in asked if each.slug == slug), None)

    @staticmethod
    def _page(request: HttpRequest, name: str, status: int = 200, **shown: Any) -> HttpResponse:
        return render(request, f"offerings/{name}.html", shown, status=status)

    def over(self, link: ActionLink) -> links.Over:
        offering = Offering.objects.filter(uuid=link.subject).first()
        card = (reverse("offerings:list"), _("Bekijk de menukaart"))
        if offering is None:
            return links.Over(_("Dit aanbod is er niet meer."), *card)
        words = {"title": offering.title}
        if offering.is_on_card(timezone.localdate()):
            told = _("Dank je wel. ‘%(title)s’ staat op de menukaart en is bevestigd.") % words
            return links.Over(told, offering.get_absolute_url(), _("Bekijk het op de kaart"))
        return links.Over(_("‘%(title)s’ staat nu niet op de menukaart.") % words, *card)
