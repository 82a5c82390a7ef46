from __future__ import annotations

import datetime as dt
import uuid
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kring.accounts.models import User
from kring.mail.recipients import Recipient

if TYPE_CHECKING:
    from django_stubs_ext.db.models.manager import RelatedManager

# An address that nobody confirmed is forgotten after so long; the proof of one that left is kept for a while.
CONFIRM_WITHIN = dt.timedelta(hours=48)
KEEP_LEFT = dt.timedelta(days=365)


class SubscriberState(models.TextChoices):
    PENDING = "pending", _("wacht op bevestiging")
    ACTIVE = "active", _("ingeschreven")
    LEFT = "left", _("afgemeld")


class Source(models.TextChoices):
    """Where somebody said that they want the newsletter."""

    SITE = "site", _("de pagina van de nieuwsbrief")
    FOOTER = "footer", _("onderaan een pagina")
    SIGN_UP = "sign_up", _("bij een aanmelding als lid of bedrijf")
    MEETING = "meeting", _("bij een aanmelding voor een bijeenkomst")
    ACCOUNT = "account", _("ingelogd")
    PREFERENCES = "preferences", _("de pagina met voorkeuren")
    MAIL = "mail", _("de afmeldknop in een mail")
    REQUEST = "request", _("op verzoek, door het bestuur")
    IMPORT = "import", _("overgenomen van een eerdere lijst")


class Step(models.TextChoices):
    ASKED = "asked", _("vroeg de nieuwsbrief aan")
    CONFIRMED = "confirmed", _("bevestigde het")
    LEFT = "left", _("meldde zich af")


NO = Q(state=SubscriberState.LEFT) | Q(state=SubscriberState.PENDING, left_at__isnull=False)


class SubscriberQuerySet(models.QuerySet["Subscriber"]):
    def active(self) -> SubscriberQuerySet:
        return self.filter(state=SubscriberState.ACTIVE)

    def said_no(self) -> SubscriberQuerySet:
        """Also where somebody, who may be another, asked for it anew and nobody confirmed that."""
        return self.filter(NO)

    def to_forget(self, now: dt.datetime) -> SubscriberQuerySet:
        """Who never confirmed, and who left so long ago that nobody will ask why they got it.

        Not while the address has an account: it would count anew among who gets the newsletter as a member.
        """
        account = User.objects.get_queryset().annotate(address=Lower("email")).filter(address=OuterRef("email"))
        left = self.filter(state=SubscriberState.LEFT, left_at__lt=now - KEEP_LEFT).filter(~Exists(account))
        return self.unconfirmed(now).filter(left_at=None) | left

    def unconfirmed(self, now: dt.datetime) -> SubscriberQuerySet:
        """Who was asked to confirm, and did not in time."""
        return self.filter(state=SubscriberState.PENDING, asked_at__lt=now - CONFIRM_WITHIN)


class Subscriber(models.Model):
    """An address that gets the newsletter, asked for it, or does not want it any more. Needs no account."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    email = models.EmailField(_("e-mailadres"), unique=True)  # in small letters
    name = models.CharField(_("naam"), max_length=120, blank=True)
    language = models.CharField(
        _("taal"), max_length=2, choices=[("nl", "Nederlands"), ("en", "English")], default="nl"
    )
    state = models.CharField(_("stand"), max_length=10, choices=SubscriberState.choices)
    asked_at = models.DateTimeField(_("gevraagd op"), default=timezone.now)
    confirmed_at = models.DateTimeField(_("bevestigd op"), null=True, blank=True)
    left_at = models.DateTimeField(_("afgemeld op"), null=True, blank=True)

    objects = SubscriberQuerySet.as_manager()

    if TYPE_CHECKING:
        consents: RelatedManager[Consent]

    class Meta:
        verbose_name = _("abonnee")
        verbose_name_plural = _("abonnees")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=SubscriberState.values), name="subscriber_state_known"),
            models.CheckConstraint(
                condition=Q(email=models.functions.Lower("email")), name="subscriber_small_letters"
            ),
            models.CheckConstraint(
                condition=~Q(state="active") | Q(confirmed_at__isnull=False), name="subscriber_active_has_proof"
            ),
            models.CheckConstraint(condition=~Q(state="left") | Q(left_at__isnull=False), name="subscriber_left_when"),
        ]
        indexes = [
            models.Index(fields=["state", "-id"], name="subscriber_by_state"),
            models.Index(fields=["asked_at"], condition=Q(state="pending"), name="subscriber_pending"),
        ]

    def __str__(self) -> str:
        return self.email

    @property
    def recipient(self) -> Recipient:
        return Recipient(email=self.email, name=self.name, language=self.language)


class Consent(models.Model):
    """The proof: who said what, when, where, and under which words. Only ever added; no address of a computer."""

    subscriber = models.ForeignKey(Subscriber, models.CASCADE, related_name="consents", verbose_name=_("abonnee"))
    step = models.CharField(_("stap"), max_length=10, choices=Step.choices)
    source = models.CharField(_("waar"), max_length=12, choices=Source.choices)
    text_version = models.CharField(_("versie van de tekst"), max_length=20, blank=True)
    words = models.TextField(_("de tekst die erbij stond"), blank=True)
    at = models.DateTimeField(_("wanneer"))
    # Of who left: the one whose mail they left by, for its figures.
    issue = models.ForeignKey(
        "newsletters.Issue", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("editie")
    )

    class Meta:
        verbose_name = _("toestemming")
        verbose_name_plural = _("toestemmingen")
        ordering = ["at", "pk"]
        constraints = [models.CheckConstraint(condition=Q(step__in=Step.values), name="consent_step_known")]

    def __str__(self) -> str:
        return f"{self.get_step_display()}, {self.at:%Y-%m-%d}"
