from __future__ import annotations

import datetime as dt
import uuid
from typing import TYPE_CHECKING, ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kring.foundation.actors import Actor
from kring.foundation.trail import Trace

if TYPE_CHECKING:
    from django_stubs_ext.db.models.manager import RelatedManager


class MembershipStatus(models.TextChoices):
    APPLIED = "applied", _("Aanvraag ingediend")
    INFO_REQUESTED = "info_requested", _("We hebben nog een vraag")
    WITHDRAWN = "withdrawn", _("Aanvraag ingetrokken")
    TRIAL = "trial", _("Aspirant-lid")
    ACTIVE = "active", _("Lid")
    SUSPENDED = "suspended", _("Tijdelijk niet actief")
    RESIGNED = "resigned", _("Opgezegd")
    EXPELLED = "expelled", _("Ontzet uit het lidmaatschap")
    FORMER = "former", _("Oud-lid")
    REJECTED = "rejected", _("Niet aangenomen")


S = MembershipStatus

# What may follow on what (practice.md). A former, rejected or withdrawn party applies anew: a new membership.
TRANSITIONS: dict[str, frozenset[str]] = {
    S.APPLIED: frozenset({S.INFO_REQUESTED, S.TRIAL, S.ACTIVE, S.REJECTED, S.WITHDRAWN}),
    S.INFO_REQUESTED: frozenset({S.APPLIED, S.REJECTED, S.WITHDRAWN}),
    S.TRIAL: frozenset({S.ACTIVE, S.RESIGNED, S.FORMER}),
    S.ACTIVE: frozenset({S.RESIGNED, S.SUSPENDED, S.FORMER}),
    S.SUSPENDED: frozenset({S.ACTIVE, S.EXPELLED, S.FORMER}),
    S.RESIGNED: frozenset({S.ACTIVE, S.FORMER}),
    S.EXPELLED: frozenset({S.ACTIVE, S.FORMER}),
    S.FORMER: frozenset(),
    S.REJECTED: frozenset(),
    S.WITHDRAWN: frozenset(),
}
# Those who are shown as belonging to the circle.
BELONGING = (S.TRIAL, S.ACTIVE, S.RESIGNED)
WITHOUT_PERIOD = (S.APPLIED, S.INFO_REQUESTED, S.REJECTED, S.WITHDRAWN)


class TransitionNotAllowed(Exception):
    """A membership was asked to take a step that its status does not have."""


class MembershipQuerySet(models.QuerySet["Membership"]):
    def current(self, today: dt.date) -> MembershipQuerySet:
        """Of those who belong to the circle today: trial, active, or resigned and not yet at the last day."""
        return self.filter(status__in=BELONGING, period__contains=today)

    def to_decide(self) -> MembershipQuerySet:
        return self.filter(status=S.APPLIED)

    def member_since(self, today: dt.date) -> dt.date | None:
        """Of one organisation: the start of the unbroken run of periods that goes on today."""
        since = None
        edge = today + dt.timedelta(days=1)
        periods = self.filter(period__startswith__lte=today).order_by("-period").values_list("period", flat=True)
        for period in filter(None, periods):
            if period.upper is not None and period.upper < edge:
                break
            since = edge = period.lower
        return since


class Membership(models.Model):
    """One unbroken period in which an organisation belongs to the circle, from its application on."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    organisation = models.ForeignKey(
        "members.Organisation", models.PROTECT, related_name="memberships", verbose_name=_("organisatie")
    )
    status = models.CharField(_("status"), max_length=15, choices=MembershipStatus.choices, default=S.APPLIED)
    period = DateRangeField(_("periode"), null=True, blank=True)
    applied_on = models.DateField(_("aangevraagd op"), null=True, blank=True)
    contribution = models.DecimalField(_("contributie"), max_digits=8, decimal_places=2, null=True, blank=True)
    paid_until = models.DateField(_("betaald tot en met"), null=True, blank=True)
    reason = models.TextField(_("reden"), blank=True)

    objects = MembershipQuerySet.as_manager()

    if TYPE_CHECKING:
        transitions: RelatedManager[MembershipTransition]

    class Meta:
        verbose_name = _("lidmaatschap")
        verbose_name_plural = _("lidmaatschappen")
        constraints = [
            ExclusionConstraint(
                name="membership_periods_apart",
                expressions=[("organisation", RangeOperators.EQUAL), ("period", RangeOperators.OVERLAPS)],
            ),
            models.CheckConstraint(condition=Q(status__in=S.values), name="membership_status_known"),
            models.CheckConstraint(
                condition=Q(status__in=WITHOUT_PERIOD, period__isnull=True)
                | (~Q(status__in=WITHOUT_PERIOD) & Q(period__isnull=False)),
                name="membership_period_from_acceptance",
            ),
            models.CheckConstraint(
                condition=Q(period__isnull=True) | Q(period__isempty=False), name="membership_period_not_empty"
            ),
            models.UniqueConstraint(
                fields=["organisation"],
                condition=Q(status__in=[S.APPLIED, S.INFO_REQUESTED]),
                name="membership_one_application",
            ),
        ]
        indexes = [models.Index(fields=["status"], name="membership_by_status")]

    def __str__(self) -> str:
        return f"{self.organisation}: {self.get_status_display()}"

    @transaction.atomic
    def accept(self, by: Actor, at: dt.datetime, *, trial: bool = False, note: str = "") -> None:
        """The board takes the organisation in, from that day on.

        Raises TransitionNotAllowed when the application is no longer open.
        """
        self._move(S.TRIAL if trial else S.ACTIVE, by, at, note, period=DateRange(timezone.localdate(at), None))

    @transaction.atomic
    def reject(self, by: Actor, at: dt.datetime, *, reason: str) -> None:
        self._move(S.REJECTED, by, at, reason, reason=reason)

    @transaction.atomic
    def resign(self, by: Actor, at: dt.datetime, *, last_day: dt.date, reason: str = "") -> None:
        """Ends the membership after `last_day`; until then nothing changes."""
        start = self.period.lower if self.period else last_day
        self._move(S.RESIGNED, by, at, reason, period=DateRange(start, last_day + dt.timedelta(days=1)), reason=reason)

    def _move(self, to: str, by: Actor, at: dt.datetime, note: str, **changes: object) -> None:
        locked = Membership.objects.select_for_update().get(pk=self.pk)
        if to not in TRANSITIONS[locked.status]:
            raise TransitionNotAllowed(f"{locked.status} → {to}")
        for field, value in changes.items():
            setattr(self, field, value)
        self.status = to
        self.save(update_fields=["status", *changes])
        MembershipTransition.objects.create(
            membership=self, before=locked.status, after=to, at=at, note=note, **Trace.signature(by)
        )


class MembershipTransition(Trace):
    membership = models.ForeignKey(Membership, models.PROTECT, related_name="transitions")
    before = models.CharField(_("van"), max_length=15, choices=MembershipStatus.choices, blank=True)
    after = models.CharField(_("naar"), max_length=15, choices=MembershipStatus.choices)

    class Meta(Trace.Meta):
        verbose_name = _("stap in een lidmaatschap")
        verbose_name_plural = _("stappen in lidmaatschappen")

    def __str__(self) -> str:
        return f"{self.get_before_display()} → {self.get_after_display()}"


class Application(models.Model):
    """What an organisation wrote when it asked to belong; real once its e-mail address was confirmed."""

    RETENTION: ClassVar[dt.timedelta] = dt.timedelta(hours=48)

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    membership = models.OneToOneField(
        Membership, models.PROTECT, null=True, blank=True, related_name="application", verbose_name=_("lidmaatschap")
    )
    name = models.CharField(_("jouw naam"), max_length=120)
    email = models.EmailField(_("jouw e-mailadres"))
    phone = models.CharField(_("jouw telefoonnummer"), max_length=30, blank=True)
    answers = models.JSONField(_("antwoorden"), default=dict)
    motivation = models.TextField(_("waarom willen jullie erbij"), blank=True)
    once = models.UUIDField(unique=True, null=True, blank=True, editable=False)
    created_at = models.DateTimeField(_("gemaakt"), default=timezone.now)
    confirmed_at = models.DateTimeField(_("bevestigd"), null=True, blank=True)

    class Meta:
        verbose_name = _("aanmelding")
        verbose_name_plural = _("aanmeldingen")
        ordering = [F("confirmed_at").desc(nulls_last=True)]

    def __str__(self) -> str:
        return f"{self.name} <{self.email}>"
