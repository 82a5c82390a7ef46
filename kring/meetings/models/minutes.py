from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Exists, F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kring.accounts.access import is_board
from kring.meetings.models.choices import MinutesAudience, Openness, SamePerson, StepNotAllowed
from kring.meetings.models.meetings import Meeting
from kring.meetings.models.sign_ups import SignUp
from members.models import Role

if TYPE_CHECKING:
    from kring.accounts.models import User

A = MinutesAudience
# What writing changes.
WRITTEN = ("text", "audience", "written_by", "written_at", "asked_at", "approved_by", "approved_at", "version")


class MinutesQuerySet(models.QuerySet["Minutes"]):
    def visible_to(self, user: User | AnonymousUser, today: dt.date | None = None) -> MinutesQuerySet:
        """The board sees what is being written; others what was published to them."""
        if is_board(user):
            return self.all()
        told = self.filter(published_at__isnull=False)
        if not user.is_authenticated:
            return told.filter(audience=A.PUBLIC)
        mine = Role.objects.held(today or timezone.localdate()).filter(user=user)
        was_there = SignUp.objects.came().filter(user=user, meeting=models.OuterRef("meeting"))
        return told.filter(Q(audience=A.PUBLIC) | Q(audience=A.MEMBERS) & Exists(mine) | Exists(was_there))

    def told_to_readers_of(self, meeting: Meeting) -> MinutesQuerySet:
        """Published to all who may see that meeting: what its page may repeat."""
        told = self.filter(published_at__isnull=False)
        if meeting.is_public:
            return told.filter(audience=A.PUBLIC, meeting__visibility=Openness.PUBLIC)
        return told.filter(audience__in=[A.PUBLIC, A.MEMBERS])


class Minutes(models.Model):
    """The account of an evening: written by one, approved by another, published to those it concerns."""

    meeting = models.OneToOneField(Meeting, models.PROTECT, related_name="minutes", verbose_name=_("bijeenkomst"))
    text = models.TextField(_("verslag"))
    audience = models.CharField(_("voor wie"), max_length=10, choices=MinutesAudience.choices, default=A.MEMBERS)
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("geschreven door")
    )
    written_at = models.DateTimeField(_("geschreven op"))
    asked_at = models.DateTimeField(_("om goedkeuring gevraagd op"), null=True, blank=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("goedgekeurd door"),
    )
    approved_at = models.DateTimeField(_("goedgekeurd op"), null=True, blank=True)
    published_at = models.DateTimeField(_("gepubliceerd op"), null=True, blank=True)
    version = models.PositiveIntegerField(default=0, editable=False)

    objects = MinutesQuerySet.as_manager()

    class Meta:
        verbose_name = _("verslag")
        verbose_name_plural = _("verslagen")
        constraints = [
            models.CheckConstraint(
                condition=Q(approved_by=None) | ~Q(approved_by=F("written_by")), name="minutes_second_person"
            ),
            models.CheckConstraint(
                condition=Q(published_at=None) | Q(approved_at__isnull=False), name="minutes_published_is_approved"
            ),
        ]

    def __str__(self) -> str:
        return str(self.meeting)

    def get_absolute_url(self) -> str:
        return reverse("meetings:minutes", args=[self.meeting.slug])

    def write(self, by: User, at: dt.datetime, *, text: str, audience: str) -> None:
        """Another text is to be asked about and approved anew. Raises StepNotAllowed once it was published."""
        if self.published_at is not None:
            raise StepNotAllowed("published")
        self.text, self.audience = text, audience
        self.written_by, self.written_at = by, at
        self.asked_at = self.approved_by = self.approved_at = None
        self.version += 1
        self.save(update_fields=None if self._state.adding else WRITTEN)

    def ask(self, at: dt.datetime) -> None:
        """It is no draft any more: from now on another may approve it."""
        self.asked_at = at
        self.save(update_fields=["asked_at"])

    def approve(self, by: User, at: dt.datetime) -> None:
        """Raises SamePerson for who wrote it, and StepNotAllowed for what is still a draft."""
        if self.asked_at is None or self.approved_at is not None:
            raise StepNotAllowed("approve")
        if by.pk == self.written_by_id:
            raise SamePerson
        self.approved_by, self.approved_at = by, at
        self.save(update_fields=["approved_by", "approved_at"])

    def publish(self, at: dt.datetime) -> None:
        if self.approved_at is None or self.published_at is not None:
            raise StepNotAllowed("publish")
        self.published_at = at
        self.save(update_fields=["published_at"])
