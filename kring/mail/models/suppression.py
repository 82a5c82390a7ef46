from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kring.mail.models.messages import Kind


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

    class Meta:
        verbose_name = _("adres zonder mail")
        verbose_name_plural = _("adressen zonder mail")
        constraints = [models.UniqueConstraint(fields=["address_hash", "kind"], name="suppression_once")]

    def __str__(self) -> str:
        return f"{self.get_reason_display()} ({self.address_hash[:8]})"
