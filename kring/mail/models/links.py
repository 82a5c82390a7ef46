from __future__ import annotations

import datetime as dt
import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kring.mail.recipients import Recipient


class ActionLink(models.Model):
    """The right to do one thing with one subject, held by whoever got the mail. Not a way to sign in."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    purpose = models.CharField(_("waarvoor"), max_length=40)
    subject = models.UUIDField(_("waarover"))
    email = models.EmailField(_("adres"))
    name = models.CharField(_("naam"), max_length=120, blank=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("wie")
    )
    single_use = models.BooleanField(_("één keer"), default=True)
    created_at = models.DateTimeField(_("gemaakt"), default=timezone.now)
    expires_at = models.DateTimeField(_("geldig tot"))
    used_at = models.DateTimeField(_("gebruikt"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("ingetrokken"), null=True, blank=True)

    class Meta:
        verbose_name = _("link in een mail")
        verbose_name_plural = _("links in mails")
        indexes = [models.Index(fields=["purpose", "subject"], name="action_link_subject")]

    def __str__(self) -> str:
        return f"{self.purpose}: {self.email}"

    def is_open(self, now: dt.datetime) -> bool:
        """Neither used, revoked nor past its time."""
        return self.revoked_at is None and self.used_at is None and now < self.expires_at

    def revoke(self, now: dt.datetime) -> bool:
        """From now on it does nothing; false when it was used or revoked already."""
        still = ActionLink.objects.filter(pk=self.pk, used_at=None, revoked_at=None)
        return bool(still.update(revoked_at=now))

    @property
    def holder(self) -> Recipient:
        if self.user is None:
            return Recipient(email=self.email, name=self.name)
        return Recipient(email=self.email, name=self.name, language=self.user.language, user=self.user)
