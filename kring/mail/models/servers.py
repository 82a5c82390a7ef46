from __future__ import annotations

import datetime as dt

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class MailServer(models.Model):
    """The server that takes our mail, as all workers know it: at what pace, and whether it takes any."""

    host = models.CharField(_("mailserver"), max_length=200, unique=True)
    next_free_at = models.DateTimeField(_("ruimte voor het volgende bericht"), default=timezone.now)
    away_since = models.DateTimeField(_("neemt niets aan sinds"), null=True, blank=True)
    next_try_at = models.DateTimeField(_("volgende poging"), null=True, blank=True)
    tries = models.PositiveSmallIntegerField(_("pogingen"), default=0)
    reason = models.CharField(_("wat de server zei"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("mailserver")
        verbose_name_plural = _("mailservers")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(away_since=None, next_try_at=None, tries=0)
                | models.Q(away_since__isnull=False, next_try_at__isnull=False),
                name="mail_server_away_is_tried_again",
            )
        ]

    def __str__(self) -> str:
        return self.host


class ReturnBoxQuerySet(models.QuerySet["ReturnBox"]):
    def failing(self, now: dt.datetime) -> ReturnBoxQuerySet:
        """Those that could not be read for so long that somebody has to look."""
        return self.filter(failing_since__lte=now - ReturnBox.PATIENCE)


class ReturnBox(models.Model):
    """The box that mail comes back to: when it was last read, and why it cannot be."""

    PATIENCE = dt.timedelta(minutes=20)

    name = models.CharField(_("postbus"), max_length=200, unique=True)
    read_at = models.DateTimeField(_("voor het laatst gelezen"), null=True, blank=True)
    failing_since = models.DateTimeField(_("niet te lezen sinds"), null=True, blank=True)
    reason = models.CharField(_("wat de server zei"), max_length=500, blank=True)

    objects = ReturnBoxQuerySet.as_manager()

    class Meta:
        verbose_name = _("postbus voor teruggekomen mail")
        verbose_name_plural = _("postbussen voor teruggekomen mail")

    def __str__(self) -> str:
        return self.name


class MailLine(models.Model):
    """One of the connections that we may have with a server, held by a run of delivery."""

    server = models.ForeignKey(MailServer, models.CASCADE, related_name="lines", verbose_name=_("mailserver"))
    number = models.PositiveSmallIntegerField(_("nummer"))
    held_by = models.CharField(_("bij wie"), max_length=100, blank=True)
    held_until = models.DateTimeField(_("tot"), null=True, blank=True)

    class Meta:
        verbose_name = _("lijn")
        verbose_name_plural = _("lijnen")
        constraints = [models.UniqueConstraint(fields=["server", "number"], name="mail_line_once")]

    def __str__(self) -> str:
        return f"{self.server_id}/{self.number}"
