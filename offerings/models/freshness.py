from __future__ import annotations

import datetime as dt

from django.db import models
from django.db.models import F, Max, Q
from django.db.models.functions import TruncMonth
from django.utils.translation import gettext_lazy as _


class FreshnessCountQuerySet(models.QuerySet["FreshnessCount"]):
    def last_of_each_month(self, since: dt.date) -> FreshnessCountQuerySet:
        """The last count of every month from `since` on that has any."""
        months = self.filter(day__gte=since).annotate(month=TruncMonth("day")).order_by().values("month")
        return self.filter(day__in=months.annotate(last=Max("day")).values("last")).order_by("day")


class FreshnessCount(models.Model):
    """How much stood on the card on a day, and how much of it was fresh: what can not be reckoned back."""

    day = models.DateField(_("dag"), primary_key=True)
    offerings = models.PositiveIntegerField(_("op de kaart"))
    fresh = models.PositiveIntegerField(_("recent bevestigd"))

    objects = FreshnessCountQuerySet.as_manager()

    class Meta:
        verbose_name = _("versheid van de kaart")
        verbose_name_plural = _("versheid van de kaart")
        ordering = ["-day"]
        constraints = [
            models.CheckConstraint(condition=Q(fresh__lte=F("offerings")), name="freshness_count_part_of_whole")
        ]

    def __str__(self) -> str:
        return f"{self.day}: {self.fresh}/{self.offerings}"

    @property
    def share(self) -> int:
        """In per cents; an empty card is as fresh as can be."""
        return round(100 * self.fresh / self.offerings) if self.offerings else 100
