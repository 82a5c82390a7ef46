from __future__ import annotations

import datetime as dt
import uuid
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from commitments.models.choices import StepNotAllowed
from kring.accounts.access import is_board
from kring.foundation.actors import Actor
from kring.foundation.trail import Trace
from members.models import Organisation, Role
from offerings.models import Need, NeedState, Offering

if TYPE_CHECKING:
    from django_stubs_ext.db.models.manager import RelatedManager

    from kring.accounts.models import User


class EnquiryState(models.TextChoices):
    UNCONFIRMED = "unconfirmed", _("Wacht op bevestiging")
    NEW = "new", _("Nieuw")
    TALKING = "talking", _("In gesprek")
    AGREED = "agreed", _("Afgesproken")
    DECLINED = "declined", _("Past niet")
    WITHDRAWN = "withdrawn", _("Ingetrokken")
    EXPIRED = "expired", _("Verlopen")


E = EnquiryState

STUCK_AFTER = dt.timedelta(days=14)

TRANSITIONS: dict[str, frozenset[str]] = {
    E.UNCONFIRMED: frozenset({E.NEW}),
    E.NEW: frozenset({E.TALKING, E.AGREED, E.DECLINED, E.WITHDRAWN, E.EXPIRED}),
    E.TALKING: frozenset({E.TALKING, E.AGREED, E.DECLINED, E.WITHDRAWN, E.EXPIRED}),
    E.AGREED: frozenset(),
    E.DECLINED: frozenset(),
    E.WITHDRAWN: frozenset(),
    E.EXPIRED: frozenset(),
}


class Answer(models.TextChoices):
    YES = "yes", _("Ja, dat doen we")
    TALK = "talk", _("Laten we overleggen")
    NO = "no", _("Nee, dit past niet")


class DeclineReason(models.TextChoices):
    NO_TIME = "no_time", _("We hebben geen tijd")
    DATE = "date", _("De datum past niet")
    GROUP = "group", _("De groep past niet")
    NO_LONGER = "no_longer", _("We bieden dit niet meer aan")
    MET = "met", _("We hebben het al gevonden")
    OTHER = "other", _("Iets anders")


class EnquiryQuerySet(models.QuerySet["Enquiry"]):
    def waiting(self) -> EnquiryQuerySet:
        """Real ones that nobody has answered yet."""
        return self.filter(state=EnquiryState.NEW)

    def in_progress(self) -> EnquiryQuerySet:
        return self.filter(state__in=[EnquiryState.NEW, EnquiryState.TALKING])

    def not_closed(self) -> EnquiryQuerySet:
        """In progress, or waiting until the address is confirmed."""
        return self.filter(state__in=[EnquiryState.UNCONFIRMED, EnquiryState.NEW, EnquiryState.TALKING])

    def of_asker(self, asker: Organisation | None, email: str) -> EnquiryQuerySet:
        """What a party asked; one without an account is known by its address."""
        return self.filter(asker=asker) if asker else self.filter(asker=None, email__iexact=email)

    def closed(self) -> EnquiryQuerySet:
        over = [EnquiryState.AGREED, EnquiryState.DECLINED, EnquiryState.WITHDRAWN, EnquiryState.EXPIRED]
        return self.filter(state__in=over)

    def stuck(self, now: dt.datetime) -> EnquiryQuerySet:
        """Under way, and nothing was heard for two weeks."""
        return self.in_progress().filter(moved_at__lte=now - STUCK_AFTER)

    def to_nudge(self, now: dt.datetime) -> EnquiryQuerySet:
        """Stuck, and not said so since the last that was heard."""
        return self.stuck(now).filter(Q(nudged_at=None) | Q(nudged_at__lt=F("moved_at")))

    def visible_to(self, user: User | AnonymousUser, today: dt.date | None = None) -> EnquiryQuerySet:
        """Who has a role on either side, and the board; one that was never confirmed is seen by nobody."""
        real = self.exclude(state=EnquiryState.UNCONFIRMED)
        if is_board(user):
            return real
        if not user.is_authenticated:
            return self.none()
        mine = Role.objects.held(today or timezone.localdate()).filter(user=user).values("organisation")
        return real.filter(Q(receiver__in=mine) | Q(asker__in=mine))


class Enquiry(models.Model):
    """Someone asks for an offering or answers a need: a conversation with an outcome."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    offering = models.ForeignKey(
        Offering, models.PROTECT, null=True, blank=True, related_name="enquiries", verbose_name=_("aanbod")
    )
    need = models.ForeignKey(
        Need, models.PROTECT, null=True, blank=True, related_name="enquiries", verbose_name=_("vraag")
    )
    receiver = models.ForeignKey(
        Organisation, models.PROTECT, related_name="enquiries_received", verbose_name=_("gericht aan")
    )
    asker = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="enquiries_sent", verbose_name=_("namens")
    )
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("gevraagd door"),
    )
    name = models.CharField(_("naam"), max_length=120)
    organisation_name = models.CharField(_("organisatie of bedrijf"), max_length=120)
    email = models.EmailField(_("e-mailadres"))
    phone = models.CharField(_("telefoon"), max_length=30, blank=True)
    people = models.PositiveIntegerField(
        _("met hoeveel mensen"), null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(100_000)]
    )
    wanted_by = models.DateField(_("voor welke datum"), null=True, blank=True)
    wanted_when = models.CharField(_("wanneer"), max_length=120, blank=True)
    message = models.TextField(_("je vraag"))
    counter_favour = models.CharField(_("wat doen jullie terug"), max_length=200, blank=True)
    no_counter_favour = models.BooleanField(_("er is niets nodig"), default=False)
    state = models.CharField(_("staat"), max_length=12, choices=EnquiryState.choices, default=EnquiryState.NEW)
    decline_reason = models.CharField(_("reden"), max_length=12, choices=DeclineReason.choices, blank=True)
    alternative = models.ForeignKey(
        Offering, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("wat wel kan")
    )
    # The same for what somebody asked of several at once, without an account: one mail confirms all of it.
    batch = models.UUIDField(null=True, editable=False)
    once = models.UUIDField(unique=True, null=True, blank=True, editable=False)
    created_at = models.DateTimeField(_("gemaakt"), default=timezone.now)
    confirmed_at = models.DateTimeField(_("bevestigd"), null=True, blank=True)
    answered_at = models.DateTimeField(_("beantwoord"), null=True, blank=True)
    moved_at = models.DateTimeField(_("laatste beweging"), default=timezone.now)
    reminded_at = models.DateTimeField(_("herinnerd"), null=True, blank=True)
    nudged_at = models.DateTimeField(_("aangespoord"), null=True, blank=True)

    objects = EnquiryQuerySet.as_manager()

    if TYPE_CHECKING:
        messages: RelatedManager[EnquiryMessage]
        transitions: RelatedManager[EnquiryTransition]

    class Meta:
        verbose_name = _("aanvraag")
        verbose_name_plural = _("aanvragen")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=EnquiryState.values), name="enquiry_state_known"),
            models.CheckConstraint(
                condition=Q(offering__isnull=False, need=None) | Q(offering=None, need__isnull=False),
                name="enquiry_about_one_thing",
            ),
            models.CheckConstraint(
                condition=~Q(state=EnquiryState.DECLINED) | ~Q(decline_reason=""), name="enquiry_declined_with_reason"
            ),
            models.CheckConstraint(condition=Q(people=None) | Q(people__gt=0), name="enquiry_people_positive"),
        ]
        indexes = [
            models.Index(fields=["receiver", "state"], name="enquiry_by_receiver"),
            models.Index(fields=["asker", "state"], name="enquiry_by_asker"),
            models.Index(fields=["batch"], condition=Q(batch__isnull=False), name="enquiry_by_batch"),
            models.Index(
                fields=["moved_at"],
                condition=Q(state__in=["unconfirmed", "new", "talking"]),
                name="enquiry_in_progress",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation_name}: {self.about}"

    def get_absolute_url(self) -> str:
        return reverse("commitments:enquiry", args=[self.uuid])

    def confirm(self, by: Actor, at: dt.datetime) -> None:
        """Who asked has shown that the address is theirs."""
        self.move(EnquiryState.NEW, by, at, confirmed_at=at)

    @transaction.atomic
    def move(self, to: str, by: Actor, at: dt.datetime, note: str = "", **changes: object) -> None:
        """Takes a step, with its trace. Raises StepNotAllowed when the enquiry is past it."""
        locked = Enquiry.objects.select_for_update().get(pk=self.pk)
        if to not in TRANSITIONS[locked.state]:
            raise StepNotAllowed(f"{locked.state} → {to}")
        for field, value in (changes | {"state": to, "moved_at": at}).items():
            setattr(self, field, value)
        self.save(update_fields=["state", "moved_at", *changes])
        EnquiryTransition.objects.create(
            enquiry=self, before=locked.state, after=to, at=at, note=note, **Trace.signature(by)
        )

    @property
    def answers_need(self) -> bool:
        """Whether somebody offers what was looked for, and does not ask for what is offered."""
        return self.need_id is not None

    @property
    def may_be_met(self) -> bool:
        """Whether what was looked for is promised, and nobody has said yet that it is arranged."""
        is_open = self.need is not None and self.need.state == NeedState.OPEN
        return self.state == EnquiryState.AGREED and is_open

    @property
    def yes_label(self) -> str | Promise:
        """What the button for a yes says: who asked for help does not do it."""
        return _("Ja, graag") if self.answers_need else Answer.YES.label

    @property
    def about(self) -> Offering | Need | None:
        return self.offering if self.offering_id else self.need


class EnquiryMessage(models.Model):
    """One thing that was said in the conversation."""

    enquiry = models.ForeignKey(Enquiry, models.PROTECT, related_name="messages")
    by_receiver = models.BooleanField(_("door wie het aanbiedt"))
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    author_name = models.CharField(_("naam"), max_length=120)
    text = models.TextField(_("bericht"))
    at = models.DateTimeField(_("wanneer"))
    once = models.UUIDField(unique=True, null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("bericht in een gesprek")
        verbose_name_plural = _("berichten in gesprekken")
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return self.text[:60]


class EnquiryTransition(Trace):
    enquiry = models.ForeignKey(Enquiry, models.PROTECT, related_name="transitions")
    before = models.CharField(_("van"), max_length=12, choices=EnquiryState.choices, blank=True)
    after = models.CharField(_("naar"), max_length=12, choices=EnquiryState.choices)

    class Meta(Trace.Meta):
        verbose_name = _("stap in een aanvraag")
        verbose_name_plural = _("stappen in aanvragen")

    def __str__(self) -> str:
        return f"{self.get_before_display()} → {self.get_after_display()}"
