from __future__ import annotations

import time
from typing import Any, ClassVar

from django.core.cache import cache
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from kring.foundation.addresses import must_be_deliverable

CIRCLE_CACHE_KEY = "circle"
CIRCLE_CACHE_SECONDS = 60
KEPT_SECONDS = 5.0
ACCENT = "#c8401f"  # as in tokens.css

hex_colour = RegexValidator(r"^#[0-9a-fA-F]{6}$", _("Geef een kleur als #c8401f."))


class Circle(models.Model):
    """The association that this installation serves: one row, edited by the board."""

    name = models.CharField(_("naam"), max_length=100, default="Sociale Kring")
    city = models.CharField(_("stad"), max_length=100, default="Vlaardingen")
    tagline = models.CharField(_("één zin"), max_length=200, blank=True)
    intro = models.TextField(_("tekst op de voorpagina"), blank=True)
    about = models.TextField(_("over de kring"), blank=True)
    logo = models.ImageField(_("logo"), upload_to="circle/", blank=True)
    accent = models.CharField(_("kleur"), max_length=7, default=ACCENT, validators=[hex_colour])
    partner = models.CharField(_("ondernemersvereniging"), max_length=100, blank=True)
    partner_short = models.CharField(_("ondernemersvereniging, kort"), max_length=30, blank=True)
    email = models.EmailField(_("e-mailadres"), blank=True, validators=[must_be_deliverable])
    phone = models.CharField(_("telefoon"), max_length=30, blank=True)
    website = models.URLField(_("website"), blank=True)
    address = models.TextField(_("postadres"), blank=True)
    kvk_number = models.CharField(_("KvK-nummer"), max_length=8, blank=True)
    sender_name = models.CharField(_("afzender van mail"), max_length=100, blank=True)
    reply_to = models.EmailField(_("antwoorden gaan naar"), blank=True, validators=[must_be_deliverable])
    founded_on = models.DateField(_("opgericht op"), null=True, blank=True)
    contribution = models.DecimalField(
        _("contributie per jaar"), max_digits=8, decimal_places=2, null=True, blank=True
    )
    notice_weeks = models.PositiveSmallIntegerField(_("opzegtermijn in weken"), default=4)

    _kept: ClassVar[tuple[Circle | None, float]] = (None, 0.0)

    class Meta:
        verbose_name = _("kring")
        verbose_name_plural = _("kring")
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="circle_is_one")]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.pk = 1
        super().save(*args, **kwargs)
        cache.delete(CIRCLE_CACHE_KEY)
        self.forget()

    @classmethod
    def current(cls) -> Circle:
        """The circle; a default one, not saved, as long as nobody has filled it in.

        Every page asks, so a process keeps it for a few seconds: reading it from the cache took 0.4 ms of each.
        """
        kept, until = cls._kept
        if kept is None or time.monotonic() >= until:
            kept = cls._read()
            cls._kept = (kept, time.monotonic() + KEPT_SECONDS)
        return kept

    @classmethod
    def _read(cls) -> Circle:
        circle: Circle | None = cache.get(CIRCLE_CACHE_KEY)
        if circle is None:
            circle = cls.objects.filter(pk=1).first() or cls(pk=1)
            cache.set(CIRCLE_CACHE_KEY, circle, CIRCLE_CACHE_SECONDS)
        return circle

    @classmethod
    def forget(cls) -> None:
        """What this process keeps."""
        cls._kept = (None, 0.0)

    @property
    def has_own_accent(self) -> bool:
        return self.accent != ACCENT

    @property
    def full_name(self) -> str:
        return self.name if self.city in self.name else f"{self.name} {self.city}"
