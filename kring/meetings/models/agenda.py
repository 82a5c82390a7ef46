from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kring.meetings.models.choices import Fill, ItemKind
from kring.meetings.models.meetings import Meeting

if TYPE_CHECKING:
    from django_stubs_ext.db.models.manager import RelatedManager

    from kring.meetings.models.outcomes import Outcome

MOST_MINUTES = 12 * 60


class AgendaItem(models.Model):
    """A part of the evening. Its time of the day is not typed: it follows from those before it."""

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="agenda")
    order = models.PositiveSmallIntegerField(_("volgorde"))
    title = models.CharField(_("onderwerp"), max_length=250)
    minutes = models.PositiveSmallIntegerField(
        _("hoeveel minuten"), default=10, validators=[MinValueValidator(0), MaxValueValidator(MOST_MINUTES)]
    )
    kind = models.CharField(_("soort"), max_length=15, choices=ItemKind.choices, default=ItemKind.EXPLANATION)
    speaker = models.CharField(_("wie"), max_length=120, blank=True)
    text = models.TextField(_("toelichting"), blank=True)
    picture = models.ImageField(_("bijlage: een foto of plaat"), upload_to="agenda/", blank=True)
    picture_alt = models.CharField(_("wat is er op te zien"), max_length=160, blank=True)
    document = models.FileField(_("bijlage: een stuk"), upload_to="agenda/stukken/", blank=True)
    document_label = models.CharField(_("hoe dat stuk heet"), max_length=120, blank=True)
    link = models.URLField(_("bijlage: adres van een stuk"), blank=True)
    link_label = models.CharField(_("hoe het stuk op dat adres heet"), max_length=120, blank=True)
    fills = models.CharField(_("vult zich met"), max_length=12, choices=Fill.choices, blank=True)
    # What it was filled with, in words, once the meeting was held.
    filled = models.TextField(_("zo stond het er die avond voor"), blank=True, editable=False)
    once = models.UUIDField(unique=True, null=True, blank=True, editable=False)
    version = models.PositiveIntegerField(default=0, editable=False)

    if TYPE_CHECKING:
        outcomes: RelatedManager[Outcome]

    class Meta:
        verbose_name = _("agendapunt")
        verbose_name_plural = _("agendapunten")
        ordering = ["meeting", "order", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "order"], name="agenda_item_in_order", deferrable=models.Deferrable.DEFERRED
            ),
            models.CheckConstraint(condition=Q(minutes__lte=MOST_MINUTES), name="agenda_item_ends_that_day"),
        ]

    def __str__(self) -> str:
        return self.title
