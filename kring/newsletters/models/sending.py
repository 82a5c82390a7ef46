from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kring.newsletters.models.issues import Issue, IssueState

# So long after an issue was done its readers' addresses are needed for nothing any more.
KEEP_ADDRESSEES = dt.timedelta(days=30)


class AddresseeQuerySet(models.QuerySet["Addressee"]):
    def waiting(self) -> AddresseeQuerySet:
        """Whose mail is not in the outbox yet."""
        return self.filter(queued_at=None)

    def to_forget(self, now: dt.datetime) -> AddresseeQuerySet:
        done = [IssueState.SENT, IssueState.STOPPED]
        return self.filter(issue__state__in=done, issue__finished_at__lt=now - KEEP_ADDRESSEES)


class Addressee(models.Model):
    """Somebody whom an issue goes to, as the audience was when it went out: once in each issue, whatever happens."""

    issue = models.ForeignKey(Issue, models.CASCADE, related_name="addressees", verbose_name=_("editie"))
    email = models.EmailField(_("e-mailadres"))
    name = models.CharField(_("naam"), max_length=120, blank=True)
    language = models.CharField(_("taal"), max_length=2, default="nl")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("wie")
    )
    queued_at = models.DateTimeField(_("in de postbus"), null=True, blank=True)

    objects = AddresseeQuerySet.as_manager()

    class Meta:
        verbose_name = _("ontvanger")
        verbose_name_plural = _("ontvangers")
        constraints = [models.UniqueConstraint(fields=["issue", "email"], name="addressee_once_per_issue")]
        indexes = [models.Index(fields=["issue", "id"], condition=Q(queued_at=None), name="addressee_waiting")]

    def __str__(self) -> str:
        return self.email


class OverviewKind(models.TextChoices):
    DIGEST = "digest", _("maandoverzicht")
    TIPS = "suggestions", _("weektips")


class Overview(models.Model):
    """That somebody's digest of a month, or tips of a week, were looked after; with or without anything to say."""

    kind = models.CharField(_("soort"), max_length=12, choices=OverviewKind.choices)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("wie"))
    period = models.DateField(_("periode"))  # the first day of its month, the Monday of its week
    had_news = models.BooleanField(_("er was iets te vertellen"))
    made_at = models.DateTimeField(_("gemaakt"))

    class Meta:
        verbose_name = _("overzicht")
        verbose_name_plural = _("overzichten")
        constraints = [
            models.UniqueConstraint(fields=["user", "kind", "period"], name="overview_once_a_period"),
            # Says also which kinds there are.
            models.CheckConstraint(
                condition=Q(kind=OverviewKind.DIGEST, period__day=1)
                | Q(kind=OverviewKind.TIPS, period__iso_week_day=1),
                name="overview_period_by_its_first_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.period}: {self.user_id}"
