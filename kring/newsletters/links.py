"""The page behind the button in the mail that asks whether somebody really wants the newsletter."""

from __future__ import annotations

import hmac
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kring.foundation.forms import Form
from kring.foundation.ratelimit import exceeded
from kring.mail import links
from kring.mail.models import ActionLink
from kring.newsletters import subscribing
from kring.newsletters.models import Subscriber, SubscriberState

# In the session of the browser that asked: it need not type the code.
ASKED_HERE = "newsletters_asked"
TRIES, TRY_SECONDS = 6, 3600


def asked_here(request: HttpRequest, subscriber: Subscriber) -> bool:
    return str(subscriber.uuid) in request.session.get(ASKED_HERE, [])


def remember(request: HttpRequest, subscriber: Subscriber) -> None:
    """That it was this browser that asked."""
    known = [each for each in request.session.get(ASKED_HERE, []) if each != str(subscriber.uuid)]
    request.session[ASKED_HERE] = [*known[-4:], str(subscriber.uuid)]


class CodeForm(Form):
    code = forms.CharField(
        label=gettext_lazy("De code uit de mail"),
        max_length=12,
        help_text=gettext_lazy("Zes cijfers. Zo weten we dat jij het bent, en niet een programma dat mail naloopt."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
    )

    def __init__(self, *args: Any, wanted: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._wanted = wanted

    def clean_code(self) -> str:
        typed = "".join(filter(str.isdigit, self.cleaned_data["code"]))
        if not hmac.compare_digest(typed.encode(), self._wanted.encode()):
            raise forms.ValidationError(_("Deze code klopt niet. Kijk in de laatste mail die je van ons kreeg."))
        return typed


@links.register
class ConfirmSubscription(links.LinkPage):
    """By the button in the browser that asked, or by typing the code: programs that check mail do neither."""

    purpose = subscribing.CONFIRM

    def _subscriber(self, link: ActionLink) -> Subscriber | None:
        return Subscriber.objects.filter(uuid=link.subject).first()

    def find(self, link: ActionLink) -> Subscriber | None:
        subscriber = self._subscriber(link)
        return subscriber if subscriber and subscriber.state == SubscriberState.PENDING else None

    def show(self, request: HttpRequest, link: ActionLink) -> HttpResponse:
        subscriber = self.find(link)
        assert subscriber is not None  # noqa: S101 - the view looked
        form = None if asked_here(request, subscriber) else CodeForm(wanted=subscribing.code_of(subscriber))
        return self._page(request, subscriber, form)

    def act(self, request: HttpRequest, link: ActionLink) -> HttpResponse:
        subscriber = self.find(link)
        assert subscriber is not None  # noqa: S101 - the view looked
        if not asked_here(request, subscriber):
            form = CodeForm(request.POST, wanted=subscribing.code_of(subscriber))
            if exceeded("newsletter-code", subscriber.email, limit=TRIES, seconds=TRY_SECONDS):
                form.add_error("code", _("Te vaak geprobeerd. Vraag over een uur een nieuwe mail aan."))
            if not form.is_valid():
                return self._page(request, subscriber, form, status=422)
        source = subscriber.consents.order_by("-pk").values_list("source", flat=True).first()
        subscribing.confirm(subscriber, source=source or "site", at=timezone.now())
        return HttpResponseRedirect(request.path)

    def _page(
        self, request: HttpRequest, subscriber: Subscriber, form: CodeForm | None, status: int = 200
    ) -> HttpResponse:
        shown = {"subscriber": subscriber, "form": form}
        return render(request, "newsletters/link_confirm.html", shown, status=status)

    def over(self, link: ActionLink) -> links.Over:
        subscriber = self._subscriber(link)
        archive = (reverse("newsletters:home"), _("Lees wat er verscheen"))
        if subscriber is None:
            return links.Over(_("Deze inschrijving is er niet meer. Schrijf je gerust opnieuw in."), *archive)
        said = {
            SubscriberState.ACTIVE: _("Je krijgt de nieuwsbrief op %(email)s. Welkom!"),
            SubscriberState.PENDING: _("Er is een nieuwere mail met een link. Gebruik die, of vraag hem opnieuw aan."),
            SubscriberState.LEFT: _("%(email)s staat niet meer op de lijst. Schrijf je gerust opnieuw in."),
        }[SubscriberState(subscriber.state)]
        return links.Over(said % {"email": subscriber.email}, *archive)
