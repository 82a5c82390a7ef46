from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Case, F, Q, When
from django.utils.translation import gettext_lazy as _

from commitments.models import Commitment
from commitments.models.choices import OPEN_STATES
from kring.meetings.models.agenda import AgendaItem
from kring.meetings.models.choices import ActionState, OutcomeKind
from kring.meetings.models.meetings import Meeting
from kring.meetings.models.sign_ups import SignUp
from members.models import Organisation
from offerings.models import Need, Offering

K = OutcomeKind
PROMISES = (K.PLEDGE, K.ACTION)


class OutcomeQuerySet(models.QuerySet["Outcome"]):
    def of(self, meeting: Meeting) -> OutcomeQuerySet:
        return self.filter(meeting=meeting)

    def promises(self) -> OutcomeQuerySet:
        """What somebody said to do: pledges and action points."""
        return self.filter(kind__in=PROMISES)

    def to_propose(self) -> OutcomeQuerySet:
        """Promises of an organisation, or of a guest who left an address, that are no commitment yet."""
        somebody = Q(organisation__isnull=False) | Q(sign_up__isnull=False) & ~Q(sign_up__email="")
        return self.promises().filter(somebody, commitment=None, action_state=ActionState.OPEN)

    def open_or_ended_since(self, moment: Any) -> OutcomeQuerySet:
        """What is still to be done, and then what ended from then on; what became a commitment goes as that goes."""
        own = Q(commitment=None)
        is_open = own & Q(action_state=ActionState.OPEN) | Q(commitment__state__in=OPEN_STATES)
        ended = own & Q(done_on__gte=moment) | Q(commitment__moved_at__gte=moment)
        return self.filter(is_open | ended).order_by(Case(When(is_open, then=0), default=1), "due_on", "pk")

    def open_actions(self) -> OutcomeQuerySet:
        return self.filter(kind=K.ACTION, action_state=ActionState.OPEN)


class Outcome(models.Model):
    """One line of what came of an evening: a pledge, an action point, an idea or a decision."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="outcomes")
    item = models.ForeignKey(
        AgendaItem, models.SET_NULL, null=True, blank=True, related_name="outcomes", verbose_name=_("agendapunt")
    )
    kind = models.CharField(_("wat is het"), max_length=10, choices=OutcomeKind.choices)
    text = models.CharField(_("in één regel"), max_length=200)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="meeting_outcomes", verbose_name=_("wie")
    )
    # As it was said in the room, also where no organisation of that name is known.
    who = models.CharField(_("wie, zoals het klonk"), max_length=120, blank=True)
    sign_up = models.ForeignKey(SignUp, models.SET_NULL, null=True, blank=True, related_name="+")
    beneficiary = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("voor wie")
    )
    due_on = models.DateField(_("voor wanneer"), null=True, blank=True)
    quantity = models.DecimalField(_("hoeveel"), max_digits=10, decimal_places=2, default=Decimal(1))
    unit = models.CharField(_("waarvan"), max_length=20, default="keer")
    # Both empty: nobody said anything about it.
    counter_favour = models.CharField(_("wat ervoor terugkomt"), max_length=120, blank=True)
    no_counter_favour = models.BooleanField(_("er hoeft niets tegenover te staan"), default=False)
    votes = models.PositiveSmallIntegerField(_("stemmen"), null=True, blank=True)
    action_state = models.CharField(
        _("stand van het actiepunt"), max_length=8, choices=ActionState.choices, default=ActionState.OPEN
    )
    done_on = models.DateField(_("gedaan op"), null=True, blank=True)
    commitment = models.OneToOneField(
        Commitment, models.PROTECT, null=True, blank=True, related_name="meeting_outcome"
    )
    need = models.ForeignKey(Need, models.SET_NULL, null=True, blank=True, related_name="+")
    offering = models.ForeignKey(Offering, models.SET_NULL, null=True, blank=True, related_name="+")
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("door")
    )
    at = models.DateTimeField(_("wanneer"))
    once = models.UUIDField(unique=True, null=True, blank=True, editable=False)
    version = models.PositiveIntegerField(default=0, editable=False)

    objects = OutcomeQuerySet.as_manager()

    class Meta:
        verbose_name = _("uitkomst")
        verbose_name_plural = _("uitkomsten")
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=K.values), name="outcome_kind_known"),
            models.CheckConstraint(
                condition=Q(no_counter_favour=False) | Q(counter_favour=""), name="outcome_one_counter_favour"
            ),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="outcome_quantity_positive"),
            models.CheckConstraint(
                condition=Q(beneficiary=None) | ~Q(beneficiary=F("organisation")), name="outcome_two_parties"
            ),
            models.CheckConstraint(
                condition=~Q(action_state=ActionState.DONE) | Q(done_on__isnull=False), name="outcome_done_has_day"
            ),
        ]
        indexes = [
            models.Index(fields=["meeting", "kind"], name="outcome_by_kind"),
            models.Index(fields=["due_on"], condition=Q(kind="action", action_state="open"), name="outcome_open"),
        ]

    def __str__(self) -> str:
        return self.text

    @property
    def became_something(self) -> bool:
        """A commitment, a need or an offering: then whose it is stands there."""
        return bool(self.commitment_id or self.need_id or self.offering_id)

    @property
    def whose(self) -> str:
        return str(self.organisation or self.who)

    def is_late(self, today: dt.date) -> bool:
        return (
            self.kind == K.ACTION
            and self.action_state == ActionState.OPEN
            and self.due_on is not None
            and self.due_on < today
        )

    def settle(self, state: str, on: dt.date | None) -> None:
        """An action point was done, was dropped, or is open again."""
        self.action_state, self.done_on = state, on if state != ActionState.OPEN else None
        self.save(update_fields=["action_state", "done_on"])
