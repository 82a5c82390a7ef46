from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from commitments.models.commitments import Commitment


class Anchor(models.TextChoices):
    """The date that a rule counts from."""

    DUE = "due", _("de datum waarop het klaar moet zijn")
    PROPOSED = "proposed", _("de dag van het voorstel")
    REPORTED = "reported", _("de dag van de klaarmelding")


class Audience(models.TextChoices):
    PROMISOR = "promisor", _("wie het doet")
    BENEFICIARY = "beneficiary", _("voor wie het is")
    OTHER_PARTY = "other_party", _("wie nog moet antwoorden")
    BOARD = "board", _("het bestuur")


class ReminderRule(models.Model):
    """When somebody is reminded of a commitment: so many days from a date, once or every so many days."""

    slug = models.SlugField(_("naam in de code"), max_length=40, unique=True)
    name = models.CharField(_("naam"), max_length=80)
    anchor = models.CharField(_("telt vanaf"), max_length=10, choices=Anchor.choices)
    offset_days = models.SmallIntegerField(_("dagen erna (ervoor: met een min)"))
    repeat_days = models.PositiveSmallIntegerField(_("herhaal na zoveel dagen"), null=True, blank=True)
    until_days = models.SmallIntegerField(_("stop na zoveel dagen"), null=True, blank=True)
    audience = models.CharField(_("aan wie"), max_length=12, choices=Audience.choices)
    template = models.CharField(_("mail"), max_length=60)
    subject = models.CharField(_("onderwerp"), max_length=150, blank=True)
    text = models.TextField(_("tekst"), blank=True)
    is_active = models.BooleanField(_("aan"), default=True)
    order = models.PositiveSmallIntegerField(_("volgorde"), default=0)

    class Meta:
        verbose_name = _("herinneringsregel")
        verbose_name_plural = _("herinneringsregels")
        ordering = ["order", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(repeat_days=None) | Q(repeat_days__gt=0), name="reminder_rule_repeat_positive"
            )
        ]

    def __str__(self) -> str:
        return self.name


class Reminder(models.Model):
    """That a rule fired for a commitment and a date. The row is the proof: it can stand there once."""

    commitment = models.ForeignKey(Commitment, models.CASCADE, related_name="reminders")
    rule = models.ForeignKey(ReminderRule, models.PROTECT, related_name="reminders")
    date = models.DateField(_("voor de datum"))
    fired_at = models.DateTimeField(_("verstuurd op"), default=timezone.now)

    class Meta:
        verbose_name = _("herinnering")
        verbose_name_plural = _("herinneringen")
        ordering = ["-fired_at"]
        constraints = [models.UniqueConstraint(fields=["commitment", "rule", "date"], name="reminder_once")]

    def __str__(self) -> str:
        return f"{self.rule}: {self.commitment}"
