from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from commitments.models.choices import CommitmentState, EventKind, Side
from kring.foundation.trail import Trace


class Transition(Trace):
    """One step of a commitment. Added, never changed: the database refuses it."""

    commitment = models.ForeignKey("commitments.Commitment", models.PROTECT, related_name="transitions")
    before = models.CharField(_("van"), max_length=10, choices=CommitmentState.choices, blank=True)
    after = models.CharField(_("naar"), max_length=10, choices=CommitmentState.choices)

    class Meta(Trace.Meta):
        verbose_name = _("stap in een toezegging")
        verbose_name_plural = _("stappen in toezeggingen")

    def __str__(self) -> str:
        return f"{self.get_before_display()} → {self.get_after_display()}"


class Event(Trace):
    """What happened to a commitment between its steps, such as a new date. Added, never changed."""

    commitment = models.ForeignKey("commitments.Commitment", models.PROTECT, related_name="events")
    kind = models.CharField(_("wat"), max_length=15, choices=EventKind.choices)
    side = models.CharField(_("van welke kant"), max_length=12, choices=Side.choices, blank=True)
    date_proposal = models.ForeignKey(
        "commitments.DateProposal", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("datum")
    )

    class Meta(Trace.Meta):
        verbose_name = _("gebeurtenis bij een toezegging")
        verbose_name_plural = _("gebeurtenissen bij toezeggingen")
        constraints = [models.CheckConstraint(condition=Q(kind__in=EventKind.values), name="event_kind_known")]

    def __str__(self) -> str:
        return self.get_kind_display()
