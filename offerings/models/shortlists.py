from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from offerings.models.offerings import Offering


class Shortlist(models.Model):
    """What a user has set aside. A visitor's list is kept in the session until signing in."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="shortlist", verbose_name=_("wie")
    )
    note = models.CharField(_("notitie"), max_length=200, blank=True)
    offerings = models.ManyToManyField(Offering, through="ShortlistItem", related_name="+", verbose_name=_("aanbod"))

    class Meta:
        verbose_name = _("bewaarlijst")
        verbose_name_plural = _("bewaarlijsten")

    def __str__(self) -> str:
        return str(self.user)


class ShortlistItem(models.Model):
    shortlist = models.ForeignKey(Shortlist, models.CASCADE, related_name="items")
    offering = models.ForeignKey(Offering, models.CASCADE, related_name="+", verbose_name=_("aanbod"))
    added_at = models.DateTimeField(_("bewaard"), default=timezone.now)

    class Meta:
        verbose_name = _("bewaard aanbod")
        verbose_name_plural = _("bewaard aanbod")
        ordering = ["added_at", "pk"]
        constraints = [models.UniqueConstraint(fields=["shortlist", "offering"], name="shortlist_item_once")]

    def __str__(self) -> str:
        return str(self.offering)
