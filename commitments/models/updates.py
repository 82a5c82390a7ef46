from __future__ import annotations

import datetime as dt
import uuid
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from commitments.models.choices import Side
from commitments.models.commitments import Commitment
from kring.foundation.trail import Trace

if TYPE_CHECKING:
    from django_stubs_ext.db.models.manager import RelatedManager


class Update(Trace):
    """What happened on a commitment. `quantity` is what was done on top of the earlier ones."""

    commitment = models.ForeignKey(Commitment, models.PROTECT, related_name="updates")
    quantity = models.DecimalField(_("hoeveel erbij"), max_digits=10, decimal_places=2, default=0)
    is_final = models.BooleanField(_("hiermee is het klaar"), default=False)
    once = models.UUIDField(null=True, blank=True, editable=False)

    if TYPE_CHECKING:
        evidence: RelatedManager[Evidence]

    class Meta(Trace.Meta):
        verbose_name = _("voortgang")
        verbose_name_plural = _("voortgang")
        constraints = [
            models.UniqueConstraint(fields=["commitment", "once"], name="update_once"),
            # The last word may be less than what was said before.
            models.CheckConstraint(
                condition=Q(quantity__gte=0) | Q(is_final=True), name="update_quantity_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return self.note[:60]


class Evidence(models.Model):
    """A picture that shows what was done."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    update = models.ForeignKey(Update, models.PROTECT, related_name="evidence")
    image = models.ImageField(_("foto"), upload_to="evidence/")
    alt = models.CharField(_("wat is er te zien"), max_length=160, blank=True)

    class Meta:
        ordering = ["pk"]
        verbose_name = _("foto bij voortgang")
        verbose_name_plural = _("foto's bij voortgang")

    def __str__(self) -> str:
        return self.alt or str(self.uuid)


class DateProposalQuerySet(models.QuerySet["DateProposal"]):
    def open(self) -> DateProposalQuerySet:
        return self.filter(outcome=DateProposal.Outcome.OPEN)

    def drop_open(self, at: dt.datetime) -> int:
        """Nobody has to answer any more: another date was asked for, or the commitment does not run."""
        return self.open().update(outcome=DateProposal.Outcome.OVER, answered_at=at)


class DateProposal(models.Model):
    """A new date for a commitment, which the other side accepts or not."""

    class Outcome(models.TextChoices):
        OPEN = "open", _("wacht op antwoord")
        ACCEPTED = "accepted", _("aangenomen")
        DECLINED = "declined", _("niet aangenomen")
        OVER = "over", _("niet meer aan de orde")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    commitment = models.ForeignKey(Commitment, models.PROTECT, related_name="date_proposals")
    by_promisor = models.BooleanField(_("door de maker"))
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    old_date = models.DateField(_("van"))
    new_date = models.DateField(_("naar"))
    reason = models.TextField(_("waarom"), blank=True)
    outcome = models.CharField(_("antwoord"), max_length=10, choices=Outcome.choices, default=Outcome.OPEN)
    at = models.DateTimeField(_("voorgesteld op"))
    answered_at = models.DateTimeField(_("beantwoord op"), null=True, blank=True)

    objects = DateProposalQuerySet.as_manager()

    class Meta:
        verbose_name = _("voorstel voor een nieuwe datum")
        verbose_name_plural = _("voorstellen voor een nieuwe datum")
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["commitment"], condition=Q(outcome="open"), name="date_proposal_one_open")
        ]

    def __str__(self) -> str:
        return f"{self.old_date} → {self.new_date}"

    def answer(self, at: dt.datetime, *, yes: bool) -> bool:
        """Writes the answer down; false when it was answered already. To be called with the commitment locked."""
        outcome = self.Outcome.ACCEPTED if yes else self.Outcome.DECLINED
        if not DateProposal.objects.open().filter(pk=self.pk).update(outcome=outcome, answered_at=at):
            return False
        self.outcome, self.answered_at = outcome, at
        return True

    @property
    def answering_side(self) -> str:
        return Side.BENEFICIARY if self.by_promisor else Side.PROMISOR
