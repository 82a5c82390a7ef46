from __future__ import annotations

import datetime as dt
import uuid
from typing import TYPE_CHECKING, Any

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import connection, models, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Exists, OuterRef, Q, Subquery
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kring.foundation import trail
from kring.foundation.actors import Actor
from kring.foundation.trail import Trace
from members.models.roles import lock_owners

if TYPE_CHECKING:
    from django_stubs_ext.db.models.manager import RelatedManager

    from members.models.organisations import Organisation


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
    S.RESIGNED: frozenset({S.TRIAL, S.ACTIVE, S.FORMER}),
    S.EXPELLED: frozenset({S.ACTIVE, S.FORMER}),
    S.FORMER: frozenset(),
    S.REJECTED: frozenset(),
    S.WITHDRAWN: frozenset(),
}
# Those who are shown as belonging to the circle.
BELONGING = (S.TRIAL, S.ACTIVE, S.RESIGNED)
APPLYING = (S.APPLIED, S.INFO_REQUESTED)
OVER = (S.FORMER, S.REJECTED, S.WITHDRAWN)
ENDING = (S.RESIGNED, S.EXPELLED, S.FORMER)
# Within this time after an expulsion one may appeal to the general meeting (BW 2:35 lid 4).
APPEAL = dt.timedelta(days=31)
# Who began longer ago than this when it was noted is nobody new.
NOTED_WITHIN = dt.timedelta(days=62)
NEEDS_OWNER = (S.TRIAL, S.ACTIVE)
# What a membership says of its end while it goes on.
UNENDED: dict[str, Any] = {"reason": "", "ended_by_board": False}
WITHOUT_PERIOD = (S.APPLIED, S.INFO_REQUESTED, S.REJECTED, S.WITHDRAWN)


class TransitionNotAllowed(Exception):
    """A membership was asked to take a step that its status does not have."""


class NoOwner(Exception):
    """An organisation that belongs to the circle has somebody who answers for it."""


class MembershipQuerySet(models.QuerySet["Membership"]):
    def current(self, today: dt.date) -> MembershipQuerySet:
        """Of those who belong to the circle today: trial, active, or resigned and not yet at the last day."""
        return self.filter(status__in=BELONGING, period__contains=today)

    def of(self, organisation: Organisation) -> MembershipQuerySet:
        return self.filter(organisation=organisation)

    def to_decide(self) -> MembershipQuerySet:
        return self.filter(status=S.APPLIED)

    def applying(self) -> MembershipQuerySet:
        return self.filter(status__in=APPLYING)

    def going_on(self) -> MembershipQuerySet:
        """Not over yet, whether asked for, held or ending: an organisation has at most one of these."""
        return self.exclude(status__in=OVER)

    def run_out(self, now: dt.datetime) -> MembershipQuerySet:
        """Resigned and past the last day, or expelled and past the time for an appeal."""
        today = timezone.localdate(now)
        appealable = Exists(
            MembershipTransition.objects.filter(membership=OuterRef("pk"), after=S.EXPELLED, at__gt=now - APPEAL)
        )
        return self.filter(Q(status=S.RESIGNED, period__endswith__lte=today) | Q(Q(status=S.EXPELLED) & ~appealable))

    def taken_in(self, *, since: dt.datetime, until: dt.datetime) -> MembershipQuerySet:
        """Accepted or noted after the one moment and up to the other, also with an earlier first day.

        Not what was noted long after it began, such as all that stood in an older list.
        """
        steps = MembershipTransition.objects.filter(membership=OuterRef("pk"), after__in=BELONGING).order_by("at")
        first_day = timezone.localdate(since) - NOTED_WITHIN
        return self.annotate(taken_in_at=Subquery(steps.values("at")[:1])).filter(
            taken_in_at__gt=since, taken_in_at__lte=until, period__startswith__gte=first_day
        )

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
    # What the board ends, the member cannot undo.
    ended_by_board = models.BooleanField(_("opgezegd door het bestuur"), default=False, editable=False)

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
            models.CheckConstraint(
                condition=~Q(status__in=ENDING) | Q(period__upper_inf=False), name="membership_that_ends_has_an_end"
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

    @property
    def is_over(self) -> bool:
        return self.status in OVER

    @property
    def last_day(self) -> dt.date | None:
        """The last day of the period, itself included; none while it goes on."""
        ends = self.period and self.period.upper
        return ends - dt.timedelta(days=1) if ends else None

    @property
    def may_stay(self) -> bool:
        """Whether the member itself can take its resignation back."""
        return self.status == S.RESIGNED and not self.ended_by_board

    def may_become(self, status: str) -> bool:
        return status in TRANSITIONS[self.status]

    # --- Asking to belong ---

    @transaction.atomic
    def ask(self, by: Actor, at: dt.datetime, *, question: str) -> None:
        """The board wants to know more before it decides."""
        self._move(S.INFO_REQUESTED, by, at, question)

    @transaction.atomic
    def answer(self, by: Actor, at: dt.datetime, *, answer: str) -> None:
        self._move(S.APPLIED, by, at, answer)

    @transaction.atomic
    def withdraw(self, by: Actor, at: dt.datetime, *, reason: str = "") -> None:
        self._move(S.WITHDRAWN, by, at, reason, reason=reason)

    @transaction.atomic
    def accept(self, by: Actor, at: dt.datetime, *, trial: bool = False, note: str = "") -> None:
        """The board takes the organisation in, from that day on, or from the day after an earlier period.

        Raises TransitionNotAllowed when the application is no longer open, NoOwner when nobody answers for it.
        """
        if self.status not in APPLYING:
            raise TransitionNotAllowed(f"{self.status} → {S.ACTIVE}")
        earlier = Membership.objects.filter(organisation=self.organisation_id, period__isnull=False)
        ends = [period.upper for period in earlier.values_list("period", flat=True) if period]
        start = max([timezone.localdate(at), *filter(None, ends)])
        self._move(S.TRIAL if trial else S.ACTIVE, by, at, note, period=DateRange(start, None))

    @transaction.atomic
    def reject(self, by: Actor, at: dt.datetime, *, reason: str) -> None:
        self._move(S.REJECTED, by, at, reason, reason=reason)

    # --- Belonging ---

    @transaction.atomic
    def become_full(self, by: Actor, at: dt.datetime, *, note: str = "") -> None:
        """The trial was a success."""
        if self.status != S.TRIAL:
            raise TransitionNotAllowed(f"{self.status} → {S.ACTIVE}")
        self._move(S.ACTIVE, by, at, note)

    @transaction.atomic
    def suspend(self, by: Actor, at: dt.datetime, *, reason: str) -> None:
        """For a while not shown and not taking part; the period goes on."""
        self._move(S.SUSPENDED, by, at, reason)

    @transaction.atomic
    def reinstate(self, by: Actor, at: dt.datetime, *, note: str = "") -> None:
        """A suspension, resignation or expulsion is taken back, as if the period had never been to end.

        It is what it was before: only the board makes a trial a membership. Raises TransitionNotAllowed for a
        resignation whose last day has passed: that takes a new application.
        """
        gone = self.status == S.RESIGNED and self.last_day and self.last_day < timezone.localdate(at)
        if gone or self.status not in {S.SUSPENDED, S.RESIGNED, S.EXPELLED}:
            raise TransitionNotAllowed(f"{self.status} → {S.ACTIVE}")
        self._move(self._before(), by, at, note, period=DateRange(self._first_day(at), None), **UNENDED)

    @transaction.atomic
    def resign(self, by: Actor, at: dt.datetime, *, last_day: dt.date, reason: str = "") -> None:
        """The member ends it after `last_day`; until then nothing changes."""
        self._move(S.RESIGNED, by, at, reason, period=self._until(last_day, at), reason=reason)

    @transaction.atomic
    def terminate(self, by: Actor, at: dt.datetime, *, last_day: dt.date, reason: str) -> None:
        """The board ends it after `last_day`, as `resign` does; the member cannot take that back."""
        ends = self._until(last_day, at)
        self._move(S.RESIGNED, by, at, reason, period=ends, reason=reason, ended_by_board=True)

    @transaction.atomic
    def stay(self, by: Actor, at: dt.datetime) -> None:
        """The member takes its own resignation back. Raises TransitionNotAllowed, also for the board's."""
        lock_owners(self.organisation_id, timezone.localdate(at))
        self.refresh_from_db(fields=["status", "ended_by_board", "period"])
        if not self.may_stay:
            raise TransitionNotAllowed(f"{self.status} → {self._before()}")
        self.reinstate(by, at)

    @transaction.atomic
    def expel(self, by: Actor, at: dt.datetime, *, reason: str) -> None:
        """Ends the membership with this day. One may appeal; after that it is a former membership."""
        today = timezone.localdate(at)
        self._move(S.EXPELLED, by, at, reason, period=self._until(today, at), reason=reason)

    @transaction.atomic
    def end(self, by: Actor, at: dt.datetime, *, reason: str = "") -> None:
        """Ends the membership with this day, such as when the organisation is no more."""
        last_day = min(filter(None, [self.last_day, timezone.localdate(at)]))
        self._move(S.FORMER, by, at, reason, period=self._until(last_day, at), reason=reason or self.reason)

    def _before(self) -> str:
        """As what it last belonged, before the steps that are taken back; one that began elsewhere is a member."""
        steps = self.transitions.filter(before__in=NEEDS_OWNER).order_by("-pk")
        return steps.values_list("before", flat=True).first() or S.ACTIVE

    def _first_day(self, at: dt.datetime) -> dt.date:
        return self.period.lower if self.period else timezone.localdate(at)

    def _until(self, last_day: dt.date, at: dt.datetime) -> DateRange:
        """From the first day up to and including `last_day`; a membership lasts a day at least."""
        first = self._first_day(at)
        return DateRange(first, max(first, last_day) + dt.timedelta(days=1))

    def _move(self, to: str, by: Actor, at: dt.datetime, note: str, **changes: object) -> None:
        """One step, with the organisation locked: it is what all that changes who belongs and who serves waits for."""
        trail.sign(by, at, note)
        owners = lock_owners(self.organisation_id, timezone.localdate(at))
        stored = Membership.objects.get(pk=self.pk)
        if stored.status != self.status or to not in TRANSITIONS[stored.status]:
            raise TransitionNotAllowed(f"{stored.status} → {to}")
        if to in NEEDS_OWNER and not owners:
            raise NoOwner
        for field, value in changes.items():
            setattr(self, field, value)
        self.status = to
        self.save(update_fields=["status", *changes])
        MembershipTransition.objects.create(
            membership=self, before=stored.status, after=to, at=at, note=note, **Trace.signature(by)
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

    @classmethod
    def note_first(cls, membership: Membership, by: Actor, at: dt.datetime, note: str) -> None:
        """How a membership stood that began elsewhere."""
        after = membership.status
        cls.objects.create(membership=membership, after=after, at=at, note=note, **Trace.signature(by))

    @classmethod
    def take_back_first(cls, membership: Membership) -> None:
        """For a membership that was noted by mistake: its table lets go of that step, and of no other."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('kring.takes_back', %s, true)", [str(membership.pk)])
            cls.objects.filter(membership=membership, before="").delete()
            cursor.execute("SELECT set_config('kring.takes_back', '', true)")


KEEP_STEPS = """
CREATE FUNCTION keep_steps() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- See MembershipTransition.take_back_first.
    IF TG_OP = 'DELETE' AND OLD.before = ''
        AND current_setting('kring.takes_back', true) = OLD.membership_id::text
    THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'rows of % are only ever added', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
DROP TRIGGER members_membershiptransition_append_only ON members_membershiptransition;
CREATE TRIGGER members_membershiptransition_append_only BEFORE UPDATE OR DELETE ON members_membershiptransition
FOR EACH ROW EXECUTE FUNCTION keep_steps();
"""
KEEP_ALL_STEPS = """
DROP TRIGGER members_membershiptransition_append_only ON members_membershiptransition;
CREATE TRIGGER members_membershiptransition_append_only BEFORE UPDATE OR DELETE ON members_membershiptransition
FOR EACH ROW EXECUTE FUNCTION refuse_change();
DROP FUNCTION keep_steps();
"""
