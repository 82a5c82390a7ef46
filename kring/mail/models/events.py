from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kring.mail.models.messages import Message


class MessageEvent(models.Model):
    """Something out of the common in the life of a message; what all have in common stands in the message itself."""

    class What(models.TextChoices):
        DEFERRED = "deferred", _("De mailserver nam hem nog niet aan")
        REFUSED = "refused", _("De mailserver weigerde hem")
        DROPPED = "dropped", _("De verbinding viel weg")
        UNWRITABLE = "unwritable", _("Er viel geen mail van te maken")
        TAKEN_OVER = "taken_over", _("Overgenomen van een proces dat stopte")
        DELIVERED = "delivered", _("Bezorgd bij de ontvanger")
        DELAYED = "delayed", _("Onderweg opgehouden")
        BOUNCED = "bounced", _("Teruggekomen")
        COMPLAINED = "complained", _("Als ongewenst gemeld")
        RETRIED = "retried", _("Opnieuw in de rij gezet")
        CANCELLED = "cancelled", _("Uit de rij gehaald")
        DEALT_WITH = "dealt_with", _("Afgehandeld")
        LEFT = "left", _("Afgemeld op verzoek")

    message = models.ForeignKey(Message, models.CASCADE, related_name="events", verbose_name=_("bericht"))
    what = models.CharField(_("wat"), max_length=12, choices=What.choices)
    at = models.DateTimeField(_("wanneer"), default=timezone.now)
    detail = models.CharField(_("wat er gezegd werd"), max_length=500, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("door wie")
    )

    class Meta:
        verbose_name = _("gebeurtenis")
        verbose_name_plural = _("gebeurtenissen")
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(
                    what__in=[
                        "deferred",
                        "refused",
                        "dropped",
                        "unwritable",
                        "taken_over",
                        "delivered",
                        "delayed",
                        "bounced",
                        "complained",
                        "retried",
                        "cancelled",
                        "dealt_with",
                        "left",
                    ]
                ),
                name="message_event_known",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_what_display()}: {self.message_id}"
