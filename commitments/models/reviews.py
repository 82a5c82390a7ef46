from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from commitments.models.commitments import Commitment


class VerdictKind(models.TextChoices):
    ON_TRACK = "on_track", _("op schema")
    WORRY = "worry", _("zetje nodig")
    ACT = "act", _("actie nodig")
    CLOSE = "close", _("afsluiten")


class Review(models.Model):
    """The board's look at commitments on a day; closed once it has become minutes."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    held_on = models.DateField(_("datum"))
    chair = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    minutes = models.TextField(_("verslag"), blank=True)
    closed_at = models.DateTimeField(_("afgesloten"), null=True, blank=True)

    class Meta:
        verbose_name = _("beoordeling")
        verbose_name_plural = _("beoordelingen")
        ordering = ["-held_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["closed_at"], condition=Q(closed_at=None), name="review_one_open", nulls_distinct=False
            )
        ]

    def __str__(self) -> str:
        return str(self.held_on)


class Verdict(models.Model):
    """What the board thinks of one commitment on that day, and who does what by when."""

    review = models.ForeignKey(Review, models.CASCADE, related_name="verdicts")
    commitment = models.ForeignKey(Commitment, models.PROTECT, related_name="verdicts")
    kind = models.CharField(_("oordeel"), max_length=10, choices=VerdictKind.choices)
    note = models.TextField(_("toelichting"), blank=True)
    action_owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("wie pakt het op"),
    )
    action_due_on = models.DateField(_("voor wanneer"), null=True, blank=True)

    class Meta:
        verbose_name = _("oordeel")
        verbose_name_plural = _("oordelen")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["review", "commitment"], name="verdict_once"),
            models.CheckConstraint(
                condition=~Q(kind="act") | Q(action_owner__isnull=False, action_due_on__isnull=False),
                name="verdict_act_has_owner_and_date",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.commitment}: {self.get_kind_display()}"
