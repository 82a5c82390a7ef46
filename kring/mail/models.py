from __future__ import annotations

import datetime as dt
import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kring.mail.recipients import Recipient


class Kind(models.TextChoices):
    CODE = "code", _("inlogcode")
    TRANSACTIONAL = "transactional", _("bericht")
    REMINDER = "reminder", _("herinnering")
    DIGEST = "digest", _("overzicht")
    NEWSLETTER = "newsletter", _("nieuwsbrief")


# The lower, the sooner: a code overtakes a newsletter.
PRIORITY = {Kind.CODE: 0, Kind.TRANSACTIONAL: 10, Kind.REMINDER: 20, Kind.DIGEST: 30, Kind.NEWSLETTER: 40}
# Who does not want these can say so with one click (RFC 8058); the others somebody asked for, or has to know.
CAN_BE_LEFT = frozenset({Kind.REMINDER, Kind.DIGEST, Kind.NEWSLETTER})


class MessageState(models.TextChoices):
    QUEUED = "queued", _("wacht")
    SENDING = "sending", _("wordt verstuurd")
    SENT = "sent", _("verstuurd")
    BOUNCED = "bounced", _("teruggekomen")
    FAILED = "failed", _("niet gelukt")
    HELD = "held", _("iemand moet kijken")
    SUPPRESSED = "suppressed", _("niet verstuurd: wil geen mail")
    EXPIRED = "expired", _("te laat om nog te sturen")
    CANCELLED = "cancelled", _("niet meer nodig")


class BounceKind(models.TextChoices):
    HARD = "hard", _("adres bestaat niet")
    SOFT = "soft", _("kon even niet")
    COMPLAINT = "complaint", _("als ongewenst gemeld")


S = MessageState


class MessageQuerySet(models.QuerySet["Message"]):
    def due(self, now: dt.datetime) -> MessageQuerySet:
        """Queued, and their time has come."""
        return self.filter(state=S.QUEUED, next_attempt_at__lte=now)

    def overdue(self, now: dt.datetime) -> MessageQuerySet:
        """Queued, and worth nothing any more."""
        return self.filter(state=S.QUEUED, expires_at__lte=now)

    def to_look_at(self) -> MessageQuerySet:
        """Those that a person has to do something about."""
        return self.filter(state__in=[S.FAILED, S.HELD, S.BOUNCED])


class Message(models.Model):
    """One e-mail in the outbox, from the moment that it was decided on until long after it was sent."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    key = models.CharField(_("sleutel"), max_length=200, unique=True)
    kind = models.CharField(_("soort"), max_length=15, choices=Kind.choices)
    priority = models.SmallIntegerField(_("voorrang"), default=10)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="messages",
        verbose_name=_("wie"),
    )
    recipient = models.CharField(_("ontvanger"), max_length=80, blank=True)  # such as 'subscriber:<uuid>'
    email = models.EmailField(_("adres, zoals het was"))
    name = models.CharField(_("naam"), max_length=120, blank=True)
    language = models.CharField(_("taal"), max_length=2, default="nl")
    about = models.CharField(_("gaat over"), max_length=80, blank=True)  # such as 'commitment:<uuid>'
    template = models.CharField(_("mail"), max_length=80, blank=True)
    subject = models.CharField(_("onderwerp"), max_length=250)
    text = models.TextField(_("tekst"), blank=True)
    html = models.TextField(_("opmaak"), blank=True)
    headers = models.JSONField(_("koppen"), default=dict, blank=True)
    message_id = models.CharField("Message-ID", max_length=200, unique=True)
    state = models.CharField(_("staat"), max_length=12, choices=MessageState.choices, default=S.QUEUED)
    attempts = models.PositiveSmallIntegerField(_("pogingen"), default=0)
    next_attempt_at = models.DateTimeField(_("volgende poging"), default=timezone.now)
    expires_at = models.DateTimeField(_("zinloos na"), null=True, blank=True)
    lease_by = models.CharField(_("bij wie"), max_length=100, blank=True)
    lease_until = models.DateTimeField(_("tot"), null=True, blank=True)
    error = models.CharField(_("fout"), max_length=500, blank=True)
    smtp_reply = models.CharField(_("antwoord van de server"), max_length=500, blank=True)
    sent_at = models.DateTimeField(_("verstuurd op"), null=True, blank=True)
    bounced_at = models.DateTimeField(_("teruggekomen op"), null=True, blank=True)
    bounce = models.CharField(_("waarom terug"), max_length=10, choices=BounceKind.choices, blank=True)
    body_erased_at = models.DateTimeField(_("tekst gewist op"), null=True, blank=True)
    created_at = models.DateTimeField(_("gemaakt"), default=timezone.now)

    objects = MessageQuerySet.as_manager()

    class Meta:
        verbose_name = _("bericht")
        verbose_name_plural = _("berichten")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=S.values), name="message_state_known"),
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="message_kind_known"),
            models.CheckConstraint(
                condition=(Q(state=S.SENDING) & ~Q(lease_by="") & Q(lease_until__isnull=False))
                | (~Q(state=S.SENDING) & Q(lease_by="", lease_until=None)),
                name="message_leased_while_sending",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[S.SENT, S.BOUNCED]) | Q(sent_at__isnull=False), name="message_sent_has_time"
            ),
        ]
        indexes = [
            models.Index(fields=["priority", "id"], condition=Q(state="queued"), name="message_claim"),
            models.Index(fields=["lease_until"], condition=Q(state="sending"), name="message_leases"),
            models.Index(fields=["about"], name="message_about"),
            models.Index(fields=["created_at"], condition=Q(body_erased_at=None), name="message_with_body"),
        ]

    def __str__(self) -> str:
        return self.subject


class Suppression(models.Model):
    """No mail to an address, or none of one kind. Kept as a keyed hash, which outlives the erasure of a person."""

    class Reason(models.TextChoices):
        BOUNCE = "bounce", _("adres bestaat niet")
        COMPLAINT = "complaint", _("als ongewenst gemeld")
        REQUEST = "request", _("op verzoek")

    address_hash = models.CharField(max_length=64)
    kind = models.CharField(_("soort"), max_length=15, choices=Kind.choices, blank=True)  # none: no mail at all
    reason = models.CharField(_("reden"), max_length=10, choices=Reason.choices)
    note = models.CharField(_("wat de server zei"), max_length=500, blank=True)
    since = models.DateTimeField(_("sinds"), default=timezone.now)
    lifted_at = models.DateTimeField(_("opgeheven"), null=True, blank=True)

    class Meta:
        verbose_name = _("adres zonder mail")
        verbose_name_plural = _("adressen zonder mail")
        constraints = [models.UniqueConstraint(fields=["address_hash", "kind"], name="suppression_once")]

    def __str__(self) -> str:
        return f"{self.get_reason_display()} ({self.address_hash[:8]})"


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
        return Recipient(email=self.email, name=self.name, user=self.user)
