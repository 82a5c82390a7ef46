from __future__ import annotations

import datetime as dt
import uuid
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from members.models.memberships import Membership
from members.models.organisations import Organisation, OrganisationKind


class Outcome(models.TextChoices):
    ACCEPTED = "accepted", _("aangenomen")
    REJECTED = "rejected", _("niet aangenomen")
    WITHDRAWN = "withdrawn", _("ingetrokken")


class ApplicationQuerySet(models.QuerySet["Application"]):
    def sent(self) -> ApplicationQuerySet:
        """Confirmed from the mail, so that the board sees them."""
        return self.filter(confirmed_at__isnull=False)

    def open(self) -> ApplicationQuerySet:
        return self.sent().filter(outcome="")

    def to_look_at(self, now: dt.datetime) -> ApplicationQuerySet:
        """It is the board's turn: nothing was asked, or it was answered, or so long ago that no answer may come."""
        silent = Q(answered_at=None, asked_at__lte=now - Application.ANSWER_WITHIN) & ~Q(question="")
        return self.open().filter(Q(question="") | Q(answered_at__isnull=False) | silent)

    def to_forget(self, now: dt.datetime) -> ApplicationQuerySet:
        """Never confirmed: after two days, or after a month when the address was shown to be real."""
        waits = self.filter(confirmed_at=None)
        return waits.filter(
            Q(proven_at=None, saved_at__lt=now - Application.RETENTION)
            | Q(saved_at__lt=now - Application.RETENTION_OF_DRAFTS)
        )


class Application(models.Model):
    """What an organisation wrote when it asked to belong; real once its e-mail address was confirmed.

    Until then it is a draft that whoever has the link may go on with. `answers` holds the form as it was typed.
    """

    RETENTION: ClassVar[dt.timedelta] = dt.timedelta(hours=48)
    RETENTION_OF_DRAFTS: ClassVar[dt.timedelta] = dt.timedelta(days=30)
    ANSWER_WITHIN: ClassVar[dt.timedelta] = dt.timedelta(days=14)

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(
        _("soort"), max_length=10, choices=OrganisationKind.choices, default=OrganisationKind.MEMBER
    )
    organisation = models.ForeignKey(
        Organisation,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="applications",
        verbose_name=_("organisatie"),
    )
    membership = models.OneToOneField(
        Membership, models.PROTECT, null=True, blank=True, related_name="application", verbose_name=_("lidmaatschap")
    )
    name = models.CharField(_("jouw naam"), max_length=120, blank=True)
    email = models.EmailField(_("jouw e-mailadres"))
    phone = models.CharField(_("jouw telefoonnummer"), max_length=30, blank=True)
    language = models.CharField(_("taal"), max_length=2, default="nl")
    answers = models.JSONField(_("antwoorden"), default=dict)
    motivation = models.TextField(_("waarom willen jullie erbij"), blank=True)
    question = models.TextField(_("vraag van het bestuur"), blank=True)
    answer = models.TextField(_("antwoord"), blank=True)
    asked_at = models.DateTimeField(_("gevraagd"), null=True, blank=True)
    answered_at = models.DateTimeField(_("beantwoord"), null=True, blank=True)
    # Which organisation it was most like when it came before the board, and why (duplicates.py).
    likeness = models.JSONField(_("lijkt op"), null=True, blank=True, editable=False)
    outcome = models.CharField(_("uitkomst"), max_length=10, choices=Outcome.choices, blank=True)
    once = models.UUIDField(unique=True, null=True, blank=True, editable=False)
    created_at = models.DateTimeField(_("gemaakt"), default=timezone.now)
    saved_at = models.DateTimeField(_("bewaard"), default=timezone.now)
    proven_at = models.DateTimeField(_("adres gebleken"), null=True, blank=True)
    confirmed_at = models.DateTimeField(_("bevestigd"), null=True, blank=True)
    closed_at = models.DateTimeField(_("afgesloten"), null=True, blank=True)

    objects = ApplicationQuerySet.as_manager()

    class Meta:
        verbose_name = _("aanmelding")
        verbose_name_plural = _("aanmeldingen")
        ordering = [F("confirmed_at").desc(nulls_last=True)]
        constraints = [
            models.CheckConstraint(condition=Q(outcome="") | Q(outcome__in=Outcome.values), name="outcome_known"),
            models.CheckConstraint(
                condition=Q(confirmed_at=None) | Q(organisation__isnull=False),
                name="application_has_organisation",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} <{self.email}>"

    @property
    def is_draft(self) -> bool:
        return self.confirmed_at is None

    @property
    def waits_for_answer(self) -> bool:
        return bool(self.question) and self.answered_at is None and not self.outcome

    @property
    def organisation_name(self) -> str:
        return self.organisation.name if self.organisation else str(self.answers.get("name", ""))
