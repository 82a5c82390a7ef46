from __future__ import annotations

import datetime as dt
import uuid
from typing import TYPE_CHECKING

from django.apps import apps
from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kring.foundation import trail
from kring.foundation.actors import Actor

if TYPE_CHECKING:
    from members.models.organisations import Organisation


class RoleKind(models.TextChoices):
    OWNER = "owner", _("beheerder")
    EDITOR = "editor", _("redacteur")


class LastOwner(Exception):
    """An organisation always has an owner: the last one hands over before leaving."""


class RoleOver(Exception):
    """What was asked of a role that has ended since."""


class RoleQuerySet(models.QuerySet["Role"]):
    def held(self, today: dt.date) -> RoleQuerySet:
        return self.filter(Q(until=None) | Q(until__gt=today), since__lte=today)

    def owners(self) -> RoleQuerySet:
        return self.filter(role=RoleKind.OWNER)

    def of(self, organisation: Organisation) -> RoleQuerySet:
        return self.filter(organisation=organisation)

    def able(self) -> RoleQuerySet:
        """Of who can still sign in: a closed account answers for nothing."""
        return self.filter(user__is_active=True)

    def open(self) -> RoleQuerySet:
        """Without an end. What is promised for ever rests on these alone."""
        return self.filter(until=None)


def lock_owners(organisation: int, today: dt.date) -> list[Role]:
    """Who owns the organisation from now on, with its row locked until the transaction ends.

    All that changes who belongs or who serves takes this lock first: of two owners who leave at the same time the
    second is told that it is the last one.
    """
    apps.get_model("members", "Organisation").objects.select_for_update(of=("self",)).get(pk=organisation)
    return list(Role.objects.filter(organisation=organisation).owners().open().held(today).able().order_by("pk"))


class Role(models.Model):
    """A user's place in an organisation, from a day up to and not including another. Ended ones stay."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="roles", verbose_name=_("wie"))
    organisation = models.ForeignKey(
        "members.Organisation", models.PROTECT, related_name="roles", verbose_name=_("organisatie")
    )
    role = models.CharField(_("rol"), max_length=6, choices=RoleKind.choices)
    since = models.DateField(_("vanaf"))
    until = models.DateField(_("tot"), null=True, blank=True)

    objects = RoleQuerySet.as_manager()

    class Meta:
        verbose_name = _("rol")
        verbose_name_plural = _("rollen")
        ordering = ["-role", "since", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(role__in=RoleKind.values), name="role_known"),
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gte=models.F("since")), name="role_ends_after_start"
            ),
            models.UniqueConstraint(
                fields=["user", "organisation"], condition=Q(until=None), name="role_one_at_a_time"
            ),
        ]
        indexes = [models.Index(fields=["organisation", "until"], name="role_by_organisation")]

    def __str__(self) -> str:
        return f"{self.user}: {self.get_role_display()}"

    @transaction.atomic
    def end(self, by: Actor, at: dt.datetime, *, note: str = "") -> None:
        """Ends the role as of today.

        Raises LastOwner when nobody else would own the organisation, RoleOver for one that has ended.
        """
        self._end(by, at, note)
        self.leave_contact()

    def _end(self, by: Actor, at: dt.datetime, note: str) -> None:
        trail.sign(by, at, note)
        today = timezone.localdate(at)
        owners = lock_owners(self.organisation_id, today)
        self._must_go_on()
        if self.role == RoleKind.OWNER and not [owner for owner in owners if owner.pk != self.pk]:
            raise LastOwner
        self.until = max(today, self.since)
        self.save(update_fields=["until"])

    @transaction.atomic
    def change(self, role: str, by: Actor, at: dt.datetime, *, note: str = "") -> Role:
        """Another role for the same person from today: the old one ends and stays, a new one begins.

        Raises LastOwner and RoleOver as `end` does. The role that is held already comes back as it is.
        """
        if role == self.role:
            return self
        self._end(by, at, note)
        today = max(timezone.localdate(at), self.since)
        return Role.objects.create(user=self.user, organisation=self.organisation, role=role, since=today)

    def leave_contact(self) -> None:
        """Who serves it no more is not its contact either."""
        organisations = apps.get_model("members", "Organisation").objects
        left = organisations.filter(pk=self.organisation_id, contact=self.user_id).first()
        if left is not None:
            left.contact = None
            left.version += 1
            left.save(update_fields=["contact", "version", "updated_at"])

    def _must_go_on(self) -> None:
        stored = Role.objects.get(pk=self.pk)
        self.role, self.until = stored.role, stored.until
        if stored.until is not None:
            raise RoleOver


class InvitationOver(Exception):
    """An invitation that was accepted, withdrawn, or is past its time."""


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def open(self) -> InvitationQuerySet:
        """Neither accepted nor withdrawn; maybe past their time, so that one can send them again."""
        return self.filter(accepted_at=None, withdrawn_at=None)


class Invitation(models.Model):
    """Offers somebody a role by e-mail: bound to the address, used once, for seven days."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    organisation = models.ForeignKey("members.Organisation", models.CASCADE, related_name="invitations")
    email = models.EmailField(_("e-mailadres"))
    name = models.CharField(_("naam"), max_length=120, blank=True)
    role = models.CharField(_("rol"), max_length=6, choices=RoleKind.choices, default=RoleKind.EDITOR)
    # Their own role becomes that of an editor once the invitation is accepted.
    hands_over = models.BooleanField(_("draagt het beheer over"), default=False)
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("door"))
    created_at = models.DateTimeField(_("gemaakt"), default=timezone.now)
    expires_at = models.DateTimeField(_("geldig tot"))
    accepted_at = models.DateTimeField(_("aangenomen"), null=True, blank=True)
    withdrawn_at = models.DateTimeField(_("ingetrokken"), null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("uitnodiging")
        verbose_name_plural = _("uitnodigingen")
        constraints = [
            models.UniqueConstraint(
                "organisation",
                Lower("email"),
                condition=Q(accepted_at=None, withdrawn_at=None),
                name="invitation_one_open",
            )
        ]

    def __str__(self) -> str:
        return f"{self.email}: {self.get_role_display()}"

    def is_open(self, now: dt.datetime) -> bool:
        return self.accepted_at is None and self.withdrawn_at is None and now < self.expires_at
