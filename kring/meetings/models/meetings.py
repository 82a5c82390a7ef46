from __future__ import annotations

import datetime as dt
import uuid
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction
from django.db.models import Exists, F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kring.accounts.access import is_board
from kring.foundation.actors import Actor
from kring.foundation.trail import Trace
from kring.meetings.models.choices import TRANSITIONS, MeetingKind, MeetingState, Openness, StepNotAllowed
from members.models import Organisation, Role

if TYPE_CHECKING:
    from django_stubs_ext.db.models.manager import RelatedManager

    from kring.accounts.models import User
    from kring.meetings.models.agenda import AgendaItem
    from kring.meetings.models.minutes import Minutes
    from kring.meetings.models.outcomes import Outcome
    from kring.meetings.models.sign_ups import SignUp

MOST_PLACES = 10_000
S = MeetingState


class MeetingQuerySet(models.QuerySet["Meeting"]):
    def shown(self) -> MeetingQuerySet:
        """Those that were ever published; one that was called off stays, and says so."""
        return self.filter(published_at__isnull=False)

    def public(self) -> MeetingQuerySet:
        return self.shown().filter(visibility=Openness.PUBLIC)

    def coming(self, now: dt.datetime) -> MeetingQuerySet:
        """Not over yet, the first one first."""
        return self.exclude(state=S.HELD).filter(ends_at__gt=now).order_by("starts_at", "pk")

    def past(self, now: dt.datetime) -> MeetingQuerySet:
        return self.filter(Q(state=S.HELD) | Q(ends_at__lte=now)).order_by("-starts_at", "-pk")

    def visible_to(self, user: User | AnonymousUser, today: dt.date | None = None) -> MeetingQuerySet:
        """The board sees drafts too; who belongs to the circle what is only for the circle."""
        if is_board(user):
            return self.all()
        if not user.is_authenticated:
            return self.public()
        mine = Role.objects.held(today or timezone.localdate()).filter(user=user)
        return self.shown().filter(Q(visibility=Openness.PUBLIC) | Q(visibility=Openness.MEMBERS) & Exists(mine))

    def to_remind_of(self, now: dt.datetime) -> MeetingQuerySet:
        """Those that begin today or tomorrow, as the circle's clock has it."""
        tomorrow = timezone.localdate(now) + dt.timedelta(days=1)
        return self.filter(state=S.PUBLISHED, starts_at__gt=now, starts_at__date__lte=tomorrow)


class Meeting(models.Model):
    """An evening of the circle: its agenda, who comes, and what came of it."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    slug = models.SlugField(_("adres op de site"), max_length=100, unique=True)
    title = models.CharField(_("titel"), max_length=120)
    kind = models.CharField(_("soort"), max_length=15, choices=MeetingKind.choices, default=MeetingKind.MEMBERS)
    state = models.CharField(_("staat"), max_length=10, choices=MeetingState.choices, default=S.DRAFT)
    visibility = models.CharField(_("voor wie"), max_length=10, choices=Openness.choices, default=Openness.PUBLIC)
    starts_at = models.DateTimeField(_("begint"))
    ends_at = models.DateTimeField(_("eindigt"))
    venue = models.CharField(_("waar"), max_length=120)
    address = models.CharField(_("adres van de zaal"), max_length=200, blank=True)
    practical = models.TextField(_("praktisch"), blank=True)
    host = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="hosted_meetings", verbose_name=_("gastheer")
    )
    intro = models.TextField(_("waar gaat het over"), blank=True)
    capacity = models.PositiveIntegerField(
        _("aantal plaatsen"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(MOST_PLACES)],
    )
    # Kept by the database (migration 0001): the places of those who come, and those that are offered to somebody.
    taken = models.PositiveIntegerField(_("bezette plaatsen"), default=0, editable=False)
    signup_opens_on = models.DateField(_("aanmelden vanaf"), null=True, blank=True)
    signup_closes_on = models.DateField(_("aanmelden tot en met"), null=True, blank=True)
    # RFC 5545, 3.8.7.4: calendars take an event anew when this is higher than what they have.
    sequence = models.PositiveIntegerField(default=0, editable=False)
    current_item = models.ForeignKey(
        "meetings.AgendaItem", models.SET_NULL, null=True, blank=True, related_name="+", editable=False
    )
    current_since = models.DateTimeField(null=True, blank=True, editable=False)
    cancel_reason = models.CharField(_("waarom het niet doorgaat"), max_length=300, blank=True)
    published_at = models.DateTimeField(_("gepubliceerd"), null=True, blank=True)
    held_at = models.DateTimeField(_("afgesloten"), null=True, blank=True)
    cancelled_at = models.DateTimeField(_("afgezegd"), null=True, blank=True)
    once = models.UUIDField(unique=True, null=True, blank=True, editable=False)
    version = models.PositiveIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(_("gemaakt"), default=timezone.now, editable=False)
    updated_at = models.DateTimeField(_("veranderd"), auto_now=True)

    objects = MeetingQuerySet.as_manager()

    if TYPE_CHECKING:
        agenda: RelatedManager[AgendaItem]
        sign_ups: RelatedManager[SignUp]
        outcomes: RelatedManager[Outcome]
        transitions: RelatedManager[MeetingTransition]
        minutes: Minutes

    class Meta:
        verbose_name = _("bijeenkomst")
        verbose_name_plural = _("bijeenkomsten")
        ordering = ["-starts_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=S.values), name="meeting_state_known"),
            models.CheckConstraint(condition=Q(visibility__in=Openness.values), name="meeting_visibility_known"),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="meeting_ends_after_start"),
            models.CheckConstraint(condition=Q(capacity=None) | Q(capacity__gt=0), name="meeting_capacity_positive"),
            models.CheckConstraint(
                condition=Q(capacity=None) | Q(taken__lte=F("capacity")), name="meeting_never_over_capacity"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[S.PUBLISHED, S.HELD]) | Q(published_at__isnull=False),
                name="meeting_published_has_time",
            ),
            models.CheckConstraint(
                condition=~Q(state=S.CANCELLED) | Q(cancelled_at__isnull=False), name="meeting_cancelled_has_time"
            ),
        ]
        indexes = [models.Index(fields=["state", "starts_at"], name="meeting_by_start")]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("meetings:detail", args=[self.slug])

    @property
    def date(self) -> dt.date:
        """The day on the circle's calendar."""
        return timezone.localtime(self.starts_at).date()

    @property
    def is_public(self) -> bool:
        return self.visibility == Openness.PUBLIC

    @property
    def free(self) -> int | None:
        """How many places are left; None where there is no limit."""
        return None if self.capacity is None else max(self.capacity - self.taken, 0)

    @property
    def takes_place(self) -> bool:
        """It was published, and not called off."""
        return self.state in {S.PUBLISHED, S.HELD}

    def fits(self, people: int) -> bool:
        return self.free is None or people <= self.free

    def takes_sign_ups(self, now: dt.datetime) -> bool:
        today = timezone.localdate(now)
        opens, closes = self.signup_opens_on or today, self.signup_closes_on or today
        return self.state == S.PUBLISHED and now < self.starts_at and opens <= today <= closes

    def takes_invitations(self, now: dt.datetime) -> bool:
        """Also before the day from which people can sign up: the link waits for it."""
        return self.state == S.PUBLISHED and now < self.starts_at

    def is_to_come(self, now: dt.datetime) -> bool:
        """Going on or still to begin, and not called off."""
        return self.state in {S.DRAFT, S.PUBLISHED} and now < self.ends_at

    def opens_later(self, today: dt.date) -> bool:
        return self.state == S.PUBLISHED and self.signup_opens_on is not None and self.signup_opens_on > today

    # Each verb locks the row, so that of two at once the second sees what the first did and raises StepNotAllowed.

    def publish(self, by: Actor, at: dt.datetime) -> None:
        self._move(S.PUBLISHED, by, at, published_at=at)

    def hold(self, by: Actor, at: dt.datetime) -> None:
        """It is over: nobody signs up any more, and what came of it is written up."""
        self._move(S.HELD, by, at, held_at=at, current_item=None, current_since=None)

    def cancel(self, by: Actor, at: dt.datetime, *, reason: str) -> None:
        self._move(S.CANCELLED, by, at, reason, cancelled_at=at, cancel_reason=reason, sequence=F("sequence") + 1)

    def locked(self) -> Meeting:
        """The row as it is now, kept from others until the transaction ends: places are divided under this lock."""
        return Meeting.objects.select_for_update(of=("self",)).get(pk=self.pk)

    @transaction.atomic
    def _move(self, to: str, by: Actor, at: dt.datetime, note: str = "", **changes: object) -> None:
        before = self.locked().state
        if to not in TRANSITIONS[before]:
            raise StepNotAllowed(f"{before} → {to}")
        for field, value in (changes | {"state": to, "version": F("version") + 1}).items():
            setattr(self, field, value)
        self.save(update_fields=["state", "version", "updated_at", *changes])
        self.refresh_from_db()
        MeetingTransition.objects.create(
            meeting=self, before=before, after=to, at=at, note=note, **Trace.signature(by)
        )


class MeetingTransition(Trace):
    """One step of a meeting. Added, never changed: the database refuses it."""

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="transitions")
    before = models.CharField(_("van"), max_length=10, choices=MeetingState.choices, blank=True)
    after = models.CharField(_("naar"), max_length=10, choices=MeetingState.choices)

    class Meta(Trace.Meta):
        verbose_name = _("stap van een bijeenkomst")
        verbose_name_plural = _("stappen van bijeenkomsten")

    def __str__(self) -> str:
        return f"{self.get_before_display()} → {self.get_after_display()}"


class InvitationRound(models.Model):
    """An audience that was invited: the mails are written bit by bit, and go on where they were after a crash."""

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="invitation_rounds")
    audience = models.CharField(_("doelgroep"), max_length=80)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("uitgenodigd door")
    )
    asked_at = models.DateTimeField(_("wanneer"))
    written = models.PositiveIntegerField(_("uitnodigingen"), default=0)
    # The last address of those in alphabetical order that were done.
    reached = models.CharField(max_length=254, blank=True, editable=False)
    finished_at = models.DateTimeField(_("klaar"), null=True, blank=True)
    once = models.UUIDField(unique=True, null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("uitnodigingsronde")
        verbose_name_plural = _("uitnodigingsrondes")
        ordering = ["-asked_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.meeting}: {self.audience}"


class Template(models.Model):
    """How a kind of evening usually goes: what a new meeting begins with."""

    slug = models.SlugField(_("kort"), max_length=100, unique=True)
    name = models.CharField(_("naam"), max_length=120)
    kind = models.CharField(_("soort"), max_length=15, choices=MeetingKind.choices)
    intro = models.TextField(_("waar gaat het over"), blank=True)
    capacity = models.PositiveIntegerField(_("aantal plaatsen"), null=True, blank=True)
    # A list of items with the fields of AgendaItem that say what happens: title, minutes, kind, text, fills.
    agenda = models.JSONField(_("agenda"), default=list)

    class Meta:
        verbose_name = _("sjabloon")
        verbose_name_plural = _("sjablonen")
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name


class Change(models.Model):
    """Written by the database at every change of what meetings show (migration 0001); see standing.py."""

    value = models.UUIDField(default=uuid.uuid4)

    class Meta:
        verbose_name = _("verandering")
        verbose_name_plural = _("veranderingen")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return str(self.value)
