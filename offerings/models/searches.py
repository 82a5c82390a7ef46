from __future__ import annotations

import uuid

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
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


class Word(models.Model):
    """A word that stands on the menu card, without capitals and accents: what a typing error is held against.

    Added by the database when an offering is written (migration 0002). A word that no offering uses any more may stay:
    what is suggested is searched for first.
    """

    text = models.CharField(max_length=40, primary_key=True)
    # Kept by the database: what a compound is made of; nothing for any other word (migration 0003).
    parts = ArrayField(models.TextField(), default=list, db_default=[], editable=False)

    class Meta:
        indexes = [GinIndex(fields=["text"], opclasses=["gin_trgm_ops"], name="word_trigram")]

    def __str__(self) -> str:
        return self.text


class CardChange(models.Model):
    """That something on the menu card changed: written by the database, read to know whether what is kept still holds.

    Rows and no counter, so that two who write at once do not wait for one another.
    """

    value = models.UUIDField(default=uuid.uuid4)

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return str(self.value)
