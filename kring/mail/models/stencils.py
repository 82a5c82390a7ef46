from __future__ import annotations

import html
import re
from collections.abc import Callable, Mapping
from typing import NamedTuple

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Body(NamedTuple):
    """What the reader of a mail reads: as text, and as HTML with the same words."""

    text: str
    html: str


class Stencil(models.Model):
    """A mail to many, rendered once: in it stand marks, in whose place come each reader's own words."""

    key = models.CharField(_("sleutel"), max_length=200, unique=True)
    template = models.CharField(_("mail"), max_length=80, blank=True)
    language = models.CharField(_("taal"), max_length=2, default="nl")
    mark = models.CharField(_("begin van een merkteken"), max_length=40)
    places = models.JSONField(_("wat waar komt"), default=list)  # the number in a mark is the place of its word here
    subject = models.CharField(_("onderwerp"), max_length=250)
    text = models.TextField(_("tekst"), blank=True)
    html = models.TextField(_("opmaak"), blank=True)
    body_erased_at = models.DateTimeField(_("tekst gewist op"), null=True, blank=True)
    created_at = models.DateTimeField(_("gemaakt"), default=timezone.now)

    class Meta:
        verbose_name = _("sjabloon")
        verbose_name_plural = _("sjablonen")

    def __str__(self) -> str:
        return self.subject

    def subject_for(self, values: Mapping[str, str]) -> str:
        return fill_in(self.subject, self.mark, self.places, values)

    def body_for(self, values: Mapping[str, str]) -> Body:
        return Body(
            fill_in(self.text, self.mark, self.places, values),
            fill_in(self.html, self.mark, self.places, values, html.escape),
        )


def as_it_is(value: str) -> str:
    return value


def fill_in(
    text: str, mark: str, places: list[str], values: Mapping[str, str], written: Callable[[str], str] = as_it_is
) -> str:
    """The text with a word in the place of each mark, written as its surroundings want it."""
    return re.sub(rf"{mark}(\d\d)", lambda found: written(values.get(places[int(found[1])], "")), text)
