from __future__ import annotations

import datetime as dt
import uuid
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from members.models.organisations import Organisation


class RoleKind(models.TextChoices):
    OWNER = "owner", _("beheerder")
    EDITOR = "editor", _("redacteur")


class LastOwner(Exception):
    """An organisation always has an owner: the last one hands over before leaving."""


class RoleQuerySet(models.QuerySet["Role"]):
    def held(self, today: dt.date) -> RoleQuerySet:
        return self.filter(Q(until=None) | Q(until__gt=today), since__lte=today)

    def owners(self) -> RoleQuerySet:
        return self.filter(role=RoleKind.OWNER)

    def of(self, organisation: Organisation) -> RoleQuerySet:
        return self.filter(organisation=organisation)


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
    def end(self, today: dt.date) -> None:
        """Ends the role as of today. Raises LastOwner when nobody else would own the organisation."""
        others = Role.objects.select_for_update().of(self.organisation).owners().held(today).exclude(pk=self.pk)
        if self.role == RoleKind.OWNER and not others:
            raise LastOwner
        self.until = today
        self.save(update_fields=["until"])


class Invitation(models.Model):
    """Offers somebody a role by e-mail: bound to the address, used once, for seven days."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    organisation = models.ForeignKey("members.Organisation", models.CASCADE, related_name="invitations")
    email = models.EmailField(_("e-mailadres"))
    name = models.CharField(_("naam"), max_length=120, blank=True)
    role = models.CharField(_("rol"), max_length=6, choices=RoleKind.choices, default=RoleKind.EDITOR)
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("door"))
    created_at = models.DateTimeField(_("gemaakt"), default=timezone.now)
    expires_at = models.DateTimeField(_("geldig tot"))
    accepted_at = models.DateTimeField(_("aangenomen"), null=True, blank=True)
    withdrawn_at = models.DateTimeField(_("ingetrokken"), null=True, blank=True)

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
