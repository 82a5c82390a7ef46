from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from commitments.models.choices import GivenBackReason
from commitments.models.commitments import Commitment

if TYPE_CHECKING:
    from django_stubs_ext.db.models.manager import RelatedManager


class VerdictKind(models.TextChoices):
    ON_TRACK = "on_track", _("op schema")
    WORRY = "worry", _("zetje nodig")
    ACT = "act", _("actie nodig")
    CLOSE = "close", _("afsluiten")


class ReviewReason(models.TextChoices):
    """Why a commitment is on the list of a review, the most pressing first."""

    DISPUTE = "dispute", _("hier is bemiddeling nodig")
    AGAIN = "again", _("vorige keer afgesproken om terug te komen")
    LATE = "late", _("datum voorbij")
    WAITING = "waiting", _("wacht al lang op antwoord")
    SILENT = "silent", _("al lang niets gehoord")
    DUE = "due", _("weer aan de beurt")


class ReviewQuerySet(models.QuerySet["Review"]):
    def open(self) -> ReviewQuerySet:
        return self.filter(closed_at=None)

    def closed(self) -> ReviewQuerySet:
        return self.filter(closed_at__isnull=False)

    def before(self, review: Review) -> ReviewQuerySet:
        """The closed ones that went before it, the last first."""
        earlier = self.closed().exclude(pk=review.pk).order_by("-closed_at", "-pk")
        return earlier.filter(closed_at__lt=review.closed_at) if review.closed_at else earlier


class Review(models.Model):
    """The board's look at commitments on a day; closed once it has become minutes."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    held_on = models.DateField(_("datum"))
    chair = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    present = models.ManyToManyField(
        settings.AUTH_USER_MODEL, blank=True, related_name="+", verbose_name=_("wie erbij waren")
    )
    minutes = models.TextField(_("verslag"), blank=True)
    closed_at = models.DateTimeField(_("afgesloten"), null=True, blank=True)
    version = models.PositiveIntegerField(default=0, editable=False)

    objects = ReviewQuerySet.as_manager()

    if TYPE_CHECKING:
        verdicts: RelatedManager[Verdict]

    class Meta:
        verbose_name = _("beoordeling")
        verbose_name_plural = _("beoordelingen")
        ordering = ["-held_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["closed_at"], condition=Q(closed_at=None), name="review_one_open", nulls_distinct=False
            )
        ]

    def __str__(self) -> str:
        return str(self.held_on)

    def get_absolute_url(self) -> str:
        return reverse("board:review", args=[self.uuid])


class VerdictQuerySet(models.QuerySet["Verdict"]):
    def given(self) -> VerdictQuerySet:
        """Those about which the board said something; the rest only stood on the list."""
        return self.exclude(kind="")

    def to_give(self) -> VerdictQuerySet:
        return self.filter(kind="")


class Verdict(models.Model):
    """A commitment on the list of a review; then what the board thinks of it, and who does what by when."""

    review = models.ForeignKey(Review, models.CASCADE, related_name="verdicts")
    commitment = models.ForeignKey(Commitment, models.PROTECT, related_name="verdicts")
    reason = models.CharField(_("waarom op de lijst"), max_length=10, choices=ReviewReason.choices, blank=True)
    place = models.PositiveSmallIntegerField(_("plaats op de lijst"), default=0)
    kind = models.CharField(_("oordeel"), max_length=10, choices=VerdictKind.choices, blank=True)
    note = models.TextField(_("toelichting"), blank=True)
    action = models.CharField(_("wat gaan we doen"), max_length=120, blank=True)
    action_owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("wie pakt het op"),
    )
    action_due_on = models.DateField(_("voor wanneer"), null=True, blank=True)
    # The note is between the board; this goes along in the mail about an end.
    told = models.TextField(_("wat beide kanten lezen"), blank=True)
    close_reason = models.CharField(_("waarom afsluiten"), max_length=15, choices=GivenBackReason.choices, blank=True)
    # How the commitment stood when the review was closed: minutes do not change with what they tell of.
    facts = models.JSONField(_("hoe het er toen voor stond"), default=dict, blank=True)
    # What a verdict to act became once the review was closed: a promise of the board to the circle.
    decision = models.OneToOneField(
        Commitment, models.PROTECT, null=True, blank=True, related_name="decided_in", verbose_name=_("actie")
    )
    judged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("wie")
    )
    judged_at = models.DateTimeField(_("wanneer"), null=True, blank=True)
    version = models.PositiveIntegerField(default=0, editable=False)

    objects = VerdictQuerySet.as_manager()

    class Meta:
        verbose_name = _("oordeel")
        verbose_name_plural = _("oordelen")
        ordering = ["place", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["review", "commitment"], name="verdict_once"),
            models.CheckConstraint(condition=Q(kind__in=["", *VerdictKind.values]), name="verdict_kind_known"),
            models.CheckConstraint(
                condition=~Q(kind="act") | Q(action_owner__isnull=False, action_due_on__isnull=False),
                name="verdict_act_has_owner_and_date",
            ),
            models.CheckConstraint(condition=~Q(kind="close") | ~Q(close_reason=""), name="verdict_close_has_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.commitment}: {self.get_kind_display()}"
