from __future__ import annotations

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from members.models import RoleKind


class Group(models.TextChoices):
    SUBSCRIBERS = "subscribers", _("alle abonnees")
    MEMBERS = "members", _("mensen van leden")
    BUSINESSES = "businesses", _("mensen van bedrijven")
    BOARD = "board", _("het bestuur")


class Reach(models.TextChoices):
    SUBSCRIBED = "subscribed", _("alleen wie zich voor de nieuwsbrief inschreef")
    BELONGING = "belonging", _("ook wie zich niet inschreef: het is bericht van hun eigen vereniging")


class Archive(models.TextChoices):
    """Where an issue is read after it went out, besides in the mail."""

    PUBLIC = "public", _("In het openbare archief")
    MEMBERS = "members", _("Alleen voor leden")
    NOWHERE = "nowhere", _("In geen archief")


class Audience(models.Model):
    """A saved filter: whom an issue goes to. Who is in it follows from the day on which it is sent."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(_("naam"), max_length=80, unique=True)
    groups = ArrayField(models.CharField(max_length=12, choices=Group.choices), verbose_name=_("wie"))
    reach = models.CharField(
        _("ook zonder inschrijving?"), max_length=12, choices=Reach.choices, default=Reach.SUBSCRIBED
    )
    # By slug: a sector or district that is not there any more finds nobody, and says so by the count.
    sectors = ArrayField(models.SlugField(max_length=60), verbose_name=_("sectoren"), default=list, blank=True)
    districts = ArrayField(models.SlugField(max_length=60), verbose_name=_("wijken"), default=list, blank=True)
    roles = ArrayField(
        models.CharField(max_length=6, choices=RoleKind.choices), verbose_name=_("rollen"), default=list, blank=True
    )
    version = models.PositiveIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(_("gemaakt"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("doelgroep")
        verbose_name_plural = _("doelgroepen")
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(condition=~Q(groups=[]), name="audience_has_groups"),
            models.CheckConstraint(condition=Q(groups__contained_by=Group.values), name="audience_groups_known"),
            # Nobody is written to who did not ask, but by the association that they belong to.
            models.CheckConstraint(
                condition=Q(reach="subscribed") | Q(reach="belonging", groups__contained_by=["members", "board"]),
                name="audience_reach_of_members_alone",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("newsletters:audience", args=[self.uuid])

    @property
    def is_narrowed(self) -> bool:
        """Whether it is about those who serve some organisations, and not about everybody."""
        return bool(self.sectors or self.districts or self.roles)

    @property
    def archive(self) -> Archive:
        """Where what went to it is read, unless its writers say otherwise: by no others than it is for."""
        if Group.SUBSCRIBERS in self.groups and not self.is_narrowed:
            return Archive.PUBLIC
        return Archive.MEMBERS if Group.MEMBERS in self.groups and not self.is_narrowed else Archive.NOWHERE
