"""What a row of 'wat vraagt aandacht' opens to: the facts and the form of another page, to decide without leaving."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, OuterRef, Q, QuerySet, Subquery, TextField, Value, When
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from commitments.deed_forms import MediateForm
from commitments.models import CommitmentState, Event, EventKind, Side, Transition
from kring.foundation.forms import Form
from kring.foundation.models import Circle
from kring.foundation.wording import quantity
from members.forms.membership import AcceptForm, QuestionForm, RejectForm
from members.models import Application, OrganisationKind

S = CommitmentState
ACCEPT, ASK, REJECT = "aannemen", "vragen", "afwijzen"

Facts = list[dict[str, Any]]


@dataclass(frozen=True)
class Fold:
    """`about` is the thing, `facts` what is known of it."""

    template: str
    label: str | Promise
    about: Any
    facts: Facts
    forms: Mapping[str, Form]


def given(*pairs: tuple[str, Any]) -> Facts:
    return [{"label": label, "value": value} for label, value in pairs if value]


# --- an application ---


def of_application(application: Any) -> Fold:
    """Who may be somebody that we know is not taken in from here: that needs a look at both."""
    who, is_member = f"{application.uuid}-%s", application.kind == OrganisationKind.MEMBER
    forms: dict[str, Form] = {
        "ask": QuestionForm(prefix=ASK, auto_id=who),
        "reject": RejectForm(prefix=REJECT, auto_id=who),
    }
    if not application.likeness:
        forms["accept"] = AcceptForm(candidates=[], is_member=is_member, prefix=ACCEPT, auto_id=who)
    return Fold("board/_fold_application.html", _("Beslis hier"), application, facts_of(application), forms)


def facts_of(application: Application) -> Facts:
    return given(
        (_("Wie schreef het"), application.name),
        (_("E-mail"), application.email),
        (_("Telefoon"), application.phone),
        (_("Waarom ze erbij willen"), application.motivation),
        (_("Jullie vraag"), application.question),
        (_("Het antwoord"), application.answer),
    )


# --- a dispute ---


def with_what_was_said(disputes: QuerySet[Any]) -> QuerySet[Any]:
    """The last words of who asked the board in, and of a receiver who said 'not yet'; read of disputes alone."""
    asked = Event.objects.filter(commitment=OuterRef("pk"), kind=EventKind.BOARD_ASKED).order_by("-at", "-pk")
    not_yet = Transition.objects.filter(commitment=OuterRef("pk"), before=S.REPORTED, after=S.STARTED)
    told = {
        "asked_note": asked.values("note")[:1],
        "asked_side": asked.values("side")[:1],
        "not_yet_note": not_yet.order_by("-at", "-pk").values("note")[:1],
    }
    found: QuerySet[Any] = disputes.annotate(**{name: _of_dispute(words) for name, words in told.items()})
    return found


def _of_dispute(words: Any) -> Case:
    return Case(When(Q(needs_board=True), then=Subquery(words)), default=Value(""), output_field=TextField())


def of_dispute(commitment: Any) -> Fold:
    form = MediateForm(subject=commitment, auto_id=f"{commitment.uuid}-%s")
    return Fold("board/_fold_dispute.html", _("Leg hier vast"), commitment, sayings(commitment), {"mediate": form})


def sayings(commitment: Any) -> Facts:
    """What was agreed, and what each of the two said of it."""
    maker, receiver = str(commitment.promisor), str(commitment.beneficiary or Circle.current().name)
    asker = {Side.PROMISOR.value: maker, Side.BENEFICIARY.value: receiver}.get(commitment.asked_side, "")
    return given(
        (_("Wie doet het"), maker),
        (_("Voor wie"), receiver),
        (_("Afgesproken"), quantity(commitment.quantity, commitment.unit)),
        (_("%(who)s zei over het resultaat") % {"who": maker}, commitment.result),
        (_("%(who)s zei dat het nog niet klaar is") % {"who": receiver}, commitment.not_yet_note),
        (_("%(who)s vroeg het bestuur erbij") % {"who": asker}, commitment.asked_note),
    )
