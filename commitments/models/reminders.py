from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from commitments.models.commitments import Commitment
from kring.mail.recipients import Recipient

if TYPE_CHECKING:
    from django_stubs_ext.db.models.manager import RelatedManager


class Anchor(models.TextChoices):
    """The date that a rule counts from."""

    DUE = "due", _("de datum waarop het klaar moet zijn")
    PROPOSED = "proposed", _("de dag van het voorstel")
    REPORTED = "reported", _("de dag van de klaarmelding")
    DATE_ASKED = "date_asked", _("de dag waarop een nieuwe datum is gevraagd")


class Audience(models.TextChoices):
    PROMISOR = "promisor", _("wie het doet")
    BENEFICIARY = "beneficiary", _("voor wie het is")
    OTHER_PARTY = "other_party", _("wie nog moet antwoorden")
    BOARD = "board", _("het bestuur")


class ReminderHours(models.Model):
    """Between which hours reminders go out; one row, changed by the board. By default from eight to eight."""

    opens = models.TimeField(_("niet vóór"), default=dt.time(8, 0))
    closes = models.TimeField(_("niet ná"), default=dt.time(20, 0))

    class Meta:
        verbose_name = _("uren voor herinneringen")
        verbose_name_plural = _("uren voor herinneringen")
        constraints = [
            models.CheckConstraint(condition=Q(pk=1), name="reminder_hours_are_one"),
            models.CheckConstraint(condition=Q(opens__lt=F("closes")), name="reminder_hours_open_before_they_close"),
        ]

    def __str__(self) -> str:
        return f"{self.opens:%H:%M} - {self.closes:%H:%M}"

    @classmethod
    def current(cls) -> ReminderHours:
        return cls.objects.filter(pk=1).first() or cls(pk=1)

    def are_open(self, now: dt.datetime) -> bool:
        """By the clock on the wall, also on the two days a year that it is moved."""
        return self.opens <= timezone.localtime(now).time().replace(second=0, microsecond=0) <= self.closes

    def next_opening(self, now: dt.datetime) -> dt.datetime:
        """Now, or the first moment after it that something may be said."""
        if self.are_open(now):
            return now
        local = timezone.localtime(now)
        day = local.date() if local.time() < self.opens else local.date() + dt.timedelta(days=1)
        return timezone.make_aware(dt.datetime.combine(day, self.opens))


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
    # Empty: the words of the template. Else the board's own, with the placeholders of reminder_words.py.
    subject = models.CharField(_("onderwerp"), max_length=150, blank=True)
    text = models.TextField(_("tekst"), blank=True)
    is_active = models.BooleanField(_("aan"), default=True)
    order = models.PositiveSmallIntegerField(_("volgorde"), default=0)
    version = models.PositiveIntegerField(default=0, editable=False)

    if TYPE_CHECKING:
        reminders: RelatedManager[Reminder]

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

    def place(self) -> tuple[int, int]:
        """Among the others: by the date that it counts from, the earliest first."""
        return list(Anchor.values).index(self.anchor), self.offset_days

    @property
    def days_in_words(self) -> str:
        days = abs(self.offset_days)
        if self.offset_days < 0:
            first = ngettext("%(days)d dag ervoor", "%(days)d dagen ervoor", days) % {"days": days}
        elif self.offset_days:
            first = ngettext("%(days)d dag erna", "%(days)d dagen erna", days) % {"days": days}
        else:
            first = gettext("op de dag zelf")
        if not self.repeat_days:
            return first
        again = ngettext("daarna elke dag", "daarna elke %(days)d dagen", self.repeat_days)
        return f"{first}, {again % {'days': self.repeat_days}}"


class Outcome(models.TextChoices):
    """What became of a reminder."""

    WAITING = "waiting", _("wacht tot het gezegd mag worden")
    SAID = "said", _("verstuurd")
    SPOKEN_FOR = "spoken_for", _("niet verstuurd: een latere herinnering zegt het al")
    OVERTAKEN = "overtaken", _("niet verstuurd: het was al niet meer aan de orde")
    DATE_ASKED = "date_asked", _("niet verstuurd: er is om een nieuwe datum gevraagd")
    NOBODY = "nobody", _("niet verstuurd: er is niemand om het aan te sturen")


class Reminder(models.Model):
    """That a rule fired for a commitment and a date. The row is the proof: it can stand there once."""

    commitment = models.ForeignKey(Commitment, models.CASCADE, related_name="reminders")
    rule = models.ForeignKey(ReminderRule, models.PROTECT, related_name="reminders")
    date = models.DateField(_("voor de datum"))
    fired_at = models.DateTimeField(_("gekozen op"), default=timezone.now)
    outcome = models.CharField(_("wat ervan kwam"), max_length=12, choices=Outcome.choices, default=Outcome.SAID)

    if TYPE_CHECKING:
        copies: RelatedManager[ReminderCopy]

    class Meta:
        verbose_name = _("herinnering")
        verbose_name_plural = _("herinneringen")
        ordering = ["-fired_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["commitment", "rule", "date"], name="reminder_once"),
            models.CheckConstraint(condition=Q(outcome__in=Outcome.values), name="reminder_outcome_known"),
        ]
        indexes = [models.Index(fields=["rule", "date"], name="reminder_by_date")]

    def __str__(self) -> str:
        return f"{self.rule}: {self.commitment}"


class ReminderCopy(models.Model):
    """A reminder for one person: waits from the day that it is due until it was said, alone or with others."""

    reminder = models.ForeignKey(Reminder, models.CASCADE, related_name="copies")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("wie")
    )
    email = models.EmailField(_("adres"))
    name = models.CharField(_("naam"), max_length=120, blank=True)
    told_on = models.DateField(_("gezegd op"), null=True, blank=True)
    message = models.ForeignKey(
        "mail.Message", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("bericht")
    )

    class Meta:
        verbose_name = _("herinnering aan iemand")
        verbose_name_plural = _("herinneringen aan iemand")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["reminder", "email"], name="reminder_copy_once")]
        indexes = [
            models.Index(fields=["email"], condition=Q(told_on=None), name="reminder_copy_waiting"),
            models.Index(fields=["email", "told_on"], name="reminder_copy_told"),
        ]

    def __str__(self) -> str:
        return f"{self.reminder}: {self.email}"

    @property
    def recipient(self) -> Recipient:
        return Recipient.of(self.user) if self.user else Recipient(email=self.email, name=self.name)
