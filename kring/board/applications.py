"""An application before the board: what was written, who it may be already, and the decision."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from kring.accounts import access
from kring.accounts.models import User
from kring.board.folds import ACCEPT, ASK, REJECT
from kring.foundation.forms import Form
from kring.foundation.views import back
from members import applying, duplicates, people
from members.forms.applying import reopened
from members.forms.membership import AcceptForm, QuestionForm, RejectForm
from members.models import Application, OrganisationKind, TransitionNotAllowed
from members.views.own import give_back


@access.board
@require_http_methods(["GET", "HEAD", "POST"])
def application(request: HttpRequest, uuid: str) -> HttpResponse:
    related = Application.objects.sent().select_related("organisation__main_sector", "membership")
    found = get_object_or_404(related, uuid=uuid)
    likely = duplicates.likely(found.organisation, writer=found.email) if found.organisation else []
    forms = _forms(request, found, likely)
    deed = request.POST.get("doe", "")
    if request.method == "POST" and deed in forms and forms[deed].is_valid() and _is_seen(request, deed, forms[deed]):
        return _decide(request, found, deed, forms[deed])
    shown = {
        "application": found,
        "organisation": found.organisation,
        "summary": reopened(found) if found.answers else None,
        "duplicates": likely,
        "accept": forms[ACCEPT],
        "ask": forms[ASK],
        "reject": forms[REJECT],
        "deed": deed,
        "owners": _other_owners(found),
    }
    return render(request, "board/application.html", shown, status=422 if request.method == "POST" else 200)


def _is_seen(request: HttpRequest, deed: str, form: Form) -> bool:
    """Whether who accepts saw which organisations it may be: a row that was made before knew of none."""
    if deed != ACCEPT or "into" not in form.fields or form.add_prefix("into") in request.POST:
        return True
    form.add_error("into", _("Deze aanmelding lijkt op een organisatie die er al is. Kies of het dezelfde is."))
    return False


def _other_owners(application: Application) -> list[User]:
    """Who answers for the organisation already, beside who wrote."""
    if application.organisation is None:
        return []
    owners = people.owners_of([application.organisation], timezone.localdate()).get(application.organisation.pk, [])
    return [owner for owner in owners if owner.email.lower() != application.email.lower()]


def _forms(request: HttpRequest, application: Application, likely: list[duplicates.Likeness]) -> dict[str, Form]:
    """All three; the one whose button was pressed has what was typed."""
    deed = request.POST.get("doe", "")

    def typed(name: str) -> object:
        return request.POST if deed == name else None

    candidates = [each.organisation for each in likely if each.organisation.kind == application.kind]
    is_member = application.kind == OrganisationKind.MEMBER
    return {
        ACCEPT: AcceptForm(typed(ACCEPT), candidates=candidates, is_member=is_member, prefix=ACCEPT),
        ASK: QuestionForm(typed(ASK), prefix=ASK),  # type: ignore[arg-type]
        REJECT: RejectForm(typed(REJECT), prefix=REJECT),  # type: ignore[arg-type]
    }


def _decide(request: HttpRequest, application: Application, deed: str, form: Form) -> HttpResponse:
    user, now, said = access.user_of(request), timezone.now(), form.cleaned_data
    try:
        if deed == ACCEPT:
            return _accepted(request, application, user, trial=said.get("trial", False), into=said.get("into"))
        if deed == ASK:
            applying.ask(application, user, now, question=said["question"])
            messages.success(request, _("Je vraag is onderweg. Het antwoord komt hier te staan."))
        else:
            applying.reject(application, user, now, reason=said["reason"])
            messages.success(request, _("De aanmelding is afgewezen. De reden gaat per mail."))
    except (applying.ApplicationOver, TransitionNotAllowed):
        messages.info(request, _("Over deze aanmelding is intussen al beslist."))
        give_back(request, said.get("reason") or said.get("question") or "")
    except applying.BelongsAlready:
        messages.error(request, _("Die organisatie is al lid, of vraagt het al. Wijs de aanmelding af met uitleg."))
    except applying.InUse:
        text = _("Bij deze aanmelding hoort intussen al iets, zoals een beheerder. Neem de organisatie aan als nieuw.")
        messages.error(request, text)
    except people.AccountClosed:
        told = _(
            "Het account met %(email)s is gesloten. Vraag de sitebeheerder het te openen, "
            "of wijs de aanmelding af met uitleg."
        )
        messages.error(request, told % {"email": application.email})
    return redirect(back(request, reverse("board:application", args=[application.uuid])))


def _accepted(
    request: HttpRequest, application: Application, user: User, *, trial: bool, into: object
) -> HttpResponse:
    organisation = applying.accept(application, user, timezone.now(), trial=trial, into=into)  # type: ignore[arg-type]
    messages.success(request, _("%(name)s hoort erbij. De welkomstmail is onderweg.") % {"name": organisation})
    return redirect(back(request, reverse("board:organisation", args=[organisation.slug])))
