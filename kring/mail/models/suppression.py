from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kring.mail.models.messages import Kind, Message


class SuppressionQuerySet(models.QuerySet["Suppression"]):
    def standing(self) -> SuppressionQuerySet:
        """The addresses that get no mail at all."""
        return self.filter(kind="", lifted_at=None)

    def to_look_at(self) -> SuppressionQuerySet:
        """Those of which the board does not know yet."""
        return self.standing().filter(dealt_with_at=None)


class Suppression(models.Model):
    """No mail to an address, or none of one kind. Kept as a keyed hash, which outlives the erasure of a person."""

    class Reason(models.TextChoices):
        BOUNCE = "bounce", _("adres bestaat niet")
        COMPLAINT = "complaint", _("als ongewenst gemeld")
        REQUEST = "request", _("op verzoek")

    address_hash = models.CharField(max_length=64)
    kind = models.CharField(_("soort"), max_length=15, choices=Kind.choices, blank=True)  # none: no mail at all
    reason = models.CharField(_("reden"), max_length=10, choices=Reason.choices)
    note = models.CharField(_("wat de server zei"), max_length=500, blank=True)
    since = models.DateTimeField(_("sinds"), default=timezone.now)
    lifted_at = models.DateTimeField(_("opgeheven"), null=True, blank=True)
    # What it follows from: as long as that row has the address, the board can see whose it is.
    message = models.ForeignKey(
        Message, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("na welke mail")
    )
    dealt_with_at = models.DateTimeField(_("afgehandeld"), null=True, blank=True)

    objects = SuppressionQuerySet.as_manager()

    class Meta:
        verbose_name = _("adres zonder mail")
        verbose_name_plural = _("adressen zonder mail")
        constraints = [models.UniqueConstraint(fields=["address_hash", "kind"], name="suppression_once")]
        indexes = [models.Index(fields=["-since"], condition=Q(kind="", lifted_at=None), name="suppression_standing")]

    def __str__(self) -> str:
        return f"{self.get_reason_display()} ({self.address_hash[:8]})"

    @property
    def can_be_lifted_by_board(self) -> bool:
        """A complaint is only taken back by who made it."""
        return self.reason == self.Reason.BOUNCE
