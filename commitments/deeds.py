"""Who can do what with a commitment now: the one list that the page, the links in mails and the API go by."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from commitments import parties
from commitments.deed_forms import (
    AnswerDateForm,
    AnswerForm,
    CommitmentForm,
    ConfirmForm,
    MediateForm,
    ReceiveForm,
    ReportForm,
)
from commitments.models import RUNNING_STATES, Commitment, CommitmentState, DateProposal, Side
from kring.accounts.access import is_board
from kring.accounts.models import User

S = CommitmentState

HEADINGS: dict[str, str | Promise] = {
    "answer": _("Nu jij"),
    "date": _("Er is om een nieuwe datum gevraagd"),
    "report": _("Nu jij"),
    "confirm": _("Nu jij"),
    "mediate": _("Jullie bemiddelen"),
    "receive": _("Verandert er iets?"),
}
# What is said after a deed, per form and choice.
DONE: dict[tuple[str, str], str | Promise] = {
    ("answer", "yes"): _("Fijn, je hebt ja gezegd. De ander krijgt er mail over."),
    ("answer", "no"): _("Je hebt nee gezegd. De ander krijgt er mail over."),
    ("report", "done"): _("Mooi! We vragen de ontvanger of het klopt."),
    ("report", "progress"): _("Dank je. De voortgang staat erbij."),
    ("report", "date"): _("We vragen de ander of die datum goed is."),
    ("report", "give_back"): _("Teruggegeven. Fijn dat je het zegt. De ander krijgt er mail over."),
    ("report", "board"): _("Het bestuur is gevraagd om te helpen, en neemt contact op."),
    ("confirm", "yes"): _("Bevestigd. Dank je wel! Het telt nu mee in het resultaat."),
    ("confirm", "not_yet"): _("We laten het de ander weten, met wat er nog mist."),
    ("receive", "date"): _("We vragen de ander of die datum goed is."),
    ("receive", "no_need"): _("We laten de ander weten dat het niet meer nodig is."),
    ("receive", "board"): _("Het bestuur is gevraagd om te helpen, en neemt contact op."),
    ("date", "yes"): _("De nieuwe datum is afgesproken. De ander krijgt er mail over."),
    ("date", "no"): _("De datum blijft zoals die was. De ander krijgt er mail over."),
    ("mediate", "settle"): _("Vastgelegd. Beide kanten krijgen er mail over."),
    ("mediate", "date"): _("De nieuwe datum staat. Beide kanten krijgen er mail over."),
    ("mediate", "kept"): _("Nagekomen. Beide kanten krijgen er mail over."),
    ("mediate", "give_back"): _("Teruggegeven. Beide kanten krijgen er mail over."),
}


YES_OF_ONE = _("Fijn, je hebt ja gezegd. Het is afgesproken zodra de andere kant ook ja zegt.")


def done(form: CommitmentForm) -> str:
    """What is said after the deed of a form that was acted on."""
    choice = form.cleaned_data["choice"]
    if (form.name, choice) == ("answer", "yes") and form.subject.state == S.PROPOSED:
        return str(YES_OF_ONE)
    return str(DONE[form.name, choice])


@dataclass(frozen=True)
class Deed:
    """A form that somebody can fill in, and the sides for which they do."""

    form: type[CommitmentForm]
    sides: tuple[str, ...] = ()
    proposal: DateProposal | None = None

    @property
    def name(self) -> str:
        return self.form.name

    @property
    def heading(self) -> str | Promise:
        return HEADINGS[self.name]

    def filled_in(self, commitment: Commitment, *args: Any, **kwargs: Any) -> CommitmentForm:
        return self.form(*args, subject=commitment, sides=self.sides, **kwargs)


FORMS = {form.name: form for form in (AnswerForm, AnswerDateForm, ReportForm, ReceiveForm, ConfirmForm, MediateForm)}


def typed_in_vain(commitment: Commitment, data: QueryDict) -> list[dict[str, Any]]:
    """What somebody wrote in a form that came too late; none for who only chose, or pressed the button twice."""
    form = FORMS.get(data.get("deed", ""))
    return lost_words(form(data, subject=commitment)) if form else []


def lost_words(form: CommitmentForm) -> list[dict[str, Any]]:
    note = form.in_words("note")
    return form.typed if note and not is_told(form.subject, note) else []


def is_told(commitment: Commitment, note: str) -> bool:
    """Whether these very words stand in its history."""
    told = (commitment.transitions, commitment.events, commitment.updates)
    return any(trace.filter(note=note).exists() for trace in told)


def for_side(commitment: Commitment, side: str, proposal: DateProposal | None) -> list[Deed]:
    """What who speaks for a side can do, the most pressing first."""
    found = []
    if side in commitment.waits_for:
        found.append(Deed(AnswerForm, (side,)))
    if proposal is not None and proposal.answering_side == side:
        found.append(Deed(AnswerDateForm, (side,), proposal))
    if commitment.state == S.REPORTED and side == Side.BENEFICIARY:
        found.append(Deed(ConfirmForm, (side,)))
    if commitment.state in RUNNING_STATES:
        found.append(Deed(ReportForm if side == Side.PROMISOR else ReceiveForm, (side,)))
    return found


def asked_date(commitment: Commitment) -> DateProposal | None:
    """The other date that somebody asks for and that is not answered."""
    running = commitment.state in RUNNING_STATES
    return commitment.date_proposals.open().first() if running else None


def open_to(user: User | AnonymousUser, commitment: Commitment) -> list[Deed]:
    """All that a user can do now."""
    sides = parties.sides_of(user, commitment)
    return open_to_sides(user, commitment, sides, asked_date(commitment) if sides else None)


def open_to_sides(
    user: User | AnonymousUser, commitment: Commitment, sides: tuple[str, ...], proposal: DateProposal | None
) -> list[Deed]:
    """One who speaks for both sides answers a proposal for both at once."""
    found = [Deed(MediateForm)] if commitment.needs_board and is_board(user) else []
    asked = tuple(side for side in sides if side in commitment.waits_for)
    if asked:
        return [Deed(AnswerForm, asked)]
    return found + [deed for side in sides for deed in for_side(commitment, side, proposal)]
