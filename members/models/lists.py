"""The short lists that a city fills in for itself: sectors, districts, business areas, target groups."""

from __future__ import annotations

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _


class Named(models.Model):
    """A thing on a short list: its address, its name in both languages, its place in the order."""

    slug = models.SlugField(_("adres"), max_length=60, unique=True)
    name = models.CharField(_("naam"), max_length=80)
    name_en = models.CharField(_("naam in het Engels"), max_length=80, blank=True)
    order = models.PositiveSmallIntegerField(_("volgorde"), default=0)

    class Meta:
        abstract = True
        ordering = ["order", "name"]

    def __str__(self) -> str:
        return self.name_en if self.name_en and get_language() == "en" else self.name


class Sector(Named):
    """One of the fields the circle brings together. `hue` names its colours in the style sheet."""

    hue = models.CharField(
        _("kleur"),
        max_length=10,
        choices=[(name, name) for name in ("sport", "cultuur", "onderwijs", "jeugd", "zorg", "welzijn")],
    )

    class Meta(Named.Meta):
        verbose_name = _("sector")
        verbose_name_plural = _("sectoren")


class District(Named):
    """A part of the city, as its statistics office draws it, or a neighbourhood within one."""

    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="neighbourhoods", verbose_name=_("ligt in")
    )

    class Meta(Named.Meta):
        verbose_name = _("wijk")
        verbose_name_plural = _("wijken")


class BusinessArea(Named):
    class Meta(Named.Meta):
        verbose_name = _("bedrijventerrein")
        verbose_name_plural = _("bedrijventerreinen")


class TargetGroup(Named):
    class Meta(Named.Meta):
        verbose_name = _("doelgroep")
        verbose_name_plural = _("doelgroepen")
