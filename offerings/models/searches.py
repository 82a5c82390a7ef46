from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class SearchCount(models.Model):
    """How often something was searched for on a day, and whether anything was found; never by whom."""

    day = models.DateField(_("dag"))
    words = models.CharField(_("woorden"), max_length=100)
    found = models.BooleanField(_("iets gevonden"))
    times = models.PositiveIntegerField(_("keer"), default=1)

    class Meta:
        verbose_name = _("zoekopdracht")
        verbose_name_plural = _("zoekopdrachten")
        constraints = [models.UniqueConstraint(fields=["day", "words", "found"], name="search_count_once_a_day")]

    def __str__(self) -> str:
        return self.words
