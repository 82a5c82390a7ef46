from __future__ import annotations

import datetime as dt
import uuid

from django.conf import settings
from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import Q
from django.db.models.functions import Upper
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kring.mail.models.stencils import Stencil


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
    PAUSED = "paused", _("even stilgezet")
    SUPPRESSED = "suppressed", _("niet verstuurd: wil geen mail")
    EXPIRED = "expired", _("te laat om nog te sturen")
    CANCELLED = "cancelled", _("niet meer nodig")


class Halt(models.TextChoices):
    """What was asked of a message while a worker had it in hand: it counts where that worker gives it back."""

    PAUSED = "paused", _("even stilgezet")
    CANCELLED = "cancelled", _("niet meer nodig")


class BounceKind(models.TextChoices):
    HARD = "hard", _("adres bestaat niet")
    SOFT = "soft", _("kon even niet")
    COMPLAINT = "complaint", _("als ongewenst gemeld")


S = MessageState
# Something may still become of these.
UNDER_WAY = (S.QUEUED, S.SENDING, S.PAUSED)


class MessageQuerySet(models.QuerySet["Message"]):
    def due(self, now: dt.datetime) -> MessageQuerySet:
        """Queued, and their time has come."""
        return self.filter(state=S.QUEUED, next_attempt_at__lte=now)

    def overdue(self, now: dt.datetime) -> MessageQuerySet:
        """Queued, and worth nothing any more."""
        return self.filter(state=S.QUEUED, expires_at__lte=now)

    def to_look_at(self) -> MessageQuerySet:
        """Those that a person has to do something about. A newsletter that comes back is no news: its figures tell."""
        undone = self.filter(state__in=[S.FAILED, S.HELD, S.BOUNCED], dealt_with_at=None)
        return undone.exclude(state=S.BOUNCED, kind=Kind.NEWSLETTER)

    def pressing(self) -> MessageQuerySet:
        """Those to show one by one: of a newsletter that many did not get, its figures and the addresses tell."""
        return self.to_look_at().exclude(state=S.FAILED, kind=Kind.NEWSLETTER)


class Message(models.Model):
    """One e-mail in the outbox, from the moment that it was decided on until long after it was sent."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    key = models.CharField(_("sleutel"), max_length=200)
    kind = models.CharField(_("soort"), max_length=15, choices=Kind.choices)
    priority = models.SmallIntegerField(_("voorrang"), default=10)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="messages",
        verbose_name=_("wie"),
        db_index=False,  # below: of those that have one
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
    calendar = models.TextField(_("bijlage voor de agenda"), blank=True)  # an iCalendar object (RFC 5545)
    headers = models.JSONField(_("koppen"), default=dict, blank=True)
    stencil = models.ForeignKey(
        Stencil,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="messages",
        verbose_name=_("sjabloon"),
        db_index=False,
    )
    fields = models.JSONField(_("wat in het sjabloon komt"), default=dict, blank=True)
    message_id = models.CharField("Message-ID", max_length=200)  # holds the uuid, by which it is found
    state = models.CharField(_("staat"), max_length=12, choices=MessageState.choices, default=S.QUEUED)
    halted = models.CharField(_("tegengehouden"), max_length=10, choices=Halt.choices, blank=True)
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
    dealt_with_at = models.DateTimeField(_("afgehandeld"), null=True, blank=True)
    # When it was held back, cancelled, or too late: what its state tells of. What a person did is an event.
    halted_at = models.DateTimeField(_("tegengehouden op"), null=True, blank=True)
    retried_at = models.DateTimeField(_("door iemand opnieuw verstuurd op"), null=True, blank=True)
    body_erased_at = models.DateTimeField(_("tekst gewist op"), null=True, blank=True)
    created_at = models.DateTimeField(_("gemaakt"), default=timezone.now)

    objects = MessageQuerySet.as_manager()

    class Meta:
        verbose_name = _("bericht")
        verbose_name_plural = _("berichten")
        ordering = ["-pk"]
        constraints = [
            # unique=True brings a second index, for LIKE, and each message that is sent changes every index twice.
            models.UniqueConstraint(fields=["key"], name="message_key"),
            models.CheckConstraint(condition=Q(state__in=S.values), name="message_state_known"),
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="message_kind_known"),
            models.CheckConstraint(condition=Q(halted__in=["", *Halt.values]), name="message_halt_known"),
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
            models.Index(
                fields=["id"],
                condition=Q(state__in=["failed", "held", "bounced"], dealt_with_at=None),
                name="message_to_look_at",
            ),
            # By ranges of rows: enough for what is erased at night, and sending a message leaves it as it is.
            BrinIndex(fields=["created_at"], name="message_age"),
            models.Index(Upper("email"), name="message_email"),
            models.Index(fields=["user"], condition=Q(user__isnull=False), name="message_user"),
        ]

    def __str__(self) -> str:
        return self.subject

    @property
    def dated_at(self) -> dt.datetime:
        """Its date, for its reader: that of months ago would put it out of sight."""
        return self.retried_at or self.created_at
