"""What a commitment can be, and which step may follow on which."""

from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class CommitmentState(models.TextChoices):
    DRAFT = "draft", _("Concept")
    PROPOSED = "proposed", _("Wacht op antwoord")
    AGREED = "agreed", _("Afgesproken")
    STARTED = "started", _("Bezig")
    REPORTED = "reported", _("Klaar gemeld")
    KEPT = "kept", _("Nagekomen")
    DECLINED = "declined", _("Niet aangenomen")
    WITHDRAWN = "withdrawn", _("Ingetrokken")
    LAPSED = "lapsed", _("Verlopen")
    GIVEN_BACK = "given_back", _("Teruggegeven")


S = CommitmentState

OPEN_STATES = (S.PROPOSED, S.AGREED, S.STARTED, S.REPORTED)
RUNNING_STATES = (S.AGREED, S.STARTED)

TRANSITIONS: dict[str, frozenset[str]] = {
    S.DRAFT: frozenset({S.PROPOSED, S.WITHDRAWN}),
    S.PROPOSED: frozenset({S.AGREED, S.DECLINED, S.WITHDRAWN, S.LAPSED}),
    S.AGREED: frozenset({S.STARTED, S.REPORTED, S.GIVEN_BACK}),
    S.STARTED: frozenset({S.REPORTED, S.GIVEN_BACK}),
    S.REPORTED: frozenset({S.KEPT, S.STARTED, S.GIVEN_BACK}),
    S.KEPT: frozenset(),
    S.DECLINED: frozenset(),
    S.WITHDRAWN: frozenset(),
    S.LAPSED: frozenset({S.PROPOSED}),
    S.GIVEN_BACK: frozenset(),
}


# What has ended like this stays as it ended; a proposal that lapsed can be made again.
ENDED_STATES = (S.KEPT, S.DECLINED, S.WITHDRAWN, S.GIVEN_BACK)
# What can be worked on, and may need somebody in between.
ALIVE_STATES = (S.AGREED, S.STARTED, S.REPORTED)
# Whoever wrote it may still change it.
EDITABLE_STATES = (S.DRAFT, S.LAPSED)


class StepNotAllowed(Exception):
    """A commitment or enquiry was asked to take a step that its state, or the one who asks, does not have.

    `told` is what to say to who asked, where that is more than how it stands now.
    """

    def __init__(self, *args: object, told: str | Promise = "") -> None:
        super().__init__(*args)
        self.told = told


class Side(models.TextChoices):
    PROMISOR = "promisor", _("wie het doet")
    BENEFICIARY = "beneficiary", _("voor wie het is")

    @classmethod
    def opposite(cls, side: str) -> str:
        """The other one; of none, none."""
        return {cls.PROMISOR.value: cls.BENEFICIARY.value, cls.BENEFICIARY.value: cls.PROMISOR.value}.get(side, "")


class EventKind(models.TextChoices):
    """What happens to a commitment without moving it to another state."""

    SAID_YES = "said_yes", _("Eén kant zei ja")
    EDITED = "edited", _("Aangepast")
    DATE_ASKED = "date_asked", _("Nieuwe datum voorgesteld")
    DATE_AGREED = "date_agreed", _("Nieuwe datum afgesproken")
    DATE_REFUSED = "date_refused", _("De datum blijft zoals die was")
    BOARD_ASKED = "board_asked", _("Het bestuur gevraagd om te helpen")
    MEDIATED = "mediated", _("Het bestuur heeft bemiddeld")
    CONTACT = "contact", _("Andere contactpersoon")


class Visibility(models.TextChoices):
    PUBLIC = "public", _("iedereen")
    MEMBERS = "members", _("leden en bedrijven van de kring")
    PARTIES = "parties", _("de twee partijen en het bestuur")


class Origin(models.TextChoices):
    ENQUIRY = "enquiry", _("aanvraag")
    MEETING = "meeting", _("bijeenkomst")
    REVIEW = "review", _("beoordeling door het bestuur")
    NONE = "none", _("los gemaakt")


class Basis(models.TextChoices):
    """What an estimated value in euro rests on."""

    INVOICE = "invoice", _("factuur of bon")
    MARKET = "market", _("gewone prijs")
    HOURLY = "hourly", _("uren maal een uurtarief")
    ESTIMATE = "estimate", _("schatting")


class GivenBackReason(models.TextChoices):
    NOT_FEASIBLE = "not_feasible", _("Het kan niet meer")
    NO_TIME = "no_time", _("Geen tijd")
    NO_MONEY = "no_money", _("Geen geld")
    NO_NEED = "no_need", _("Het is niet meer nodig")
    NO_CONTACT = "no_contact", _("We kregen geen contact")
    OTHER = "other", _("Iets anders")


# More than this no column holds.
LARGEST = Decimal("99999999")
