from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from members.models import Organisation

if TYPE_CHECKING:
    from kring.accounts.models import User


class CalendarFeedQuerySet(models.QuerySet["CalendarFeed"]):
    def open(self) -> CalendarFeedQuerySet:
        return self.filter(revoked_at=None)

    def of(self, organisation: Organisation) -> CalendarFeedQuerySet:
        return self.filter(organisation=organisation)

    def held_by(self, user: User) -> CalendarFeedQuerySet:
        return self.filter(user=user)

    def revoke(self, now: dt.datetime) -> int:
        """Ends them; returns how many that were still open."""
        return self.open().update(revoked_at=now)


class CalendarFeed(models.Model):
    """A secret address at which a calendar finds the dates of an organisation. Of the secret we keep the hash.

    It is somebody's own: it gives nothing any more once that person does nothing for the organisation.
    """

    organisation = models.ForeignKey(
        Organisation, models.CASCADE, related_name="calendar_feeds", verbose_name=_("organisatie")
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="calendar_feeds", verbose_name=_("van wie")
    )
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(_("gemaakt"), default=timezone.now)
    revoked_at = models.DateTimeField(_("ingetrokken"), null=True, blank=True)

    objects = CalendarFeedQuerySet.as_manager()

    class Meta:
        verbose_name = _("agenda-adres")
        verbose_name_plural = _("agenda-adressen")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "user"], condition=Q(revoked_at=None), name="calendar_feed_one_each"
            )
        ]

    def __str__(self) -> str:
        return f"{self.organisation}: {self.user}"
