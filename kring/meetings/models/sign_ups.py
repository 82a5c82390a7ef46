from __future__ import annotations

import datetime as dt
import uuid

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q, Sum
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from kring.mail.recipients import Recipient
from kring.meetings.models.choices import ACTIVE, SEATED, SignUpState
from kring.meetings.models.meetings import Meeting
from members.models import Organisation

MOST_PEOPLE = 10
S = SignUpState


def person_of(email: str) -> str:
    """By which somebody is known again after the address is erased: a keyed hash, as on the list of no mail."""
    return salted_hmac("kring.meetings.person", email.strip().lower(), algorithm="sha256").hexdigest()


class SignUpQuerySet(models.QuerySet["SignUp"]):
    def of(self, meeting: Meeting) -> SignUpQuerySet:
        return self.filter(meeting=meeting)

    def real(self) -> SignUpQuerySet:
        """Those whose address was shown to be theirs."""
        return self.exclude(state=S.UNCONFIRMED)

    def going(self) -> SignUpQuerySet:
        return self.filter(state=S.GOING)

    def seated(self) -> SignUpQuerySet:
        """Who takes a place of the capacity; who walked in that evening found one."""
        return self.filter(state__in=SEATED, walked_in=False)

    def active(self) -> SignUpQuerySet:
        return self.filter(state__in=ACTIVE)

    def in_line(self) -> SignUpQuerySet:
        """The waiting list, who came first first."""
        return self.filter(state=S.WAITING).order_by("confirmed_at", "pk")

    def came(self) -> SignUpQuerySet:
        return self.filter(came__gt=0)

    def shown(self) -> SignUpQuerySet:
        """Who comes and may be named, the newest first."""
        return self.going().filter(show_name=True).exclude(name="").order_by("-confirmed_at", "-pk")

    def people(self) -> int:
        """How many people they are together."""
        total: int = self.aggregate(total=Sum("people"))["total"] or 0
        return total


class SignUp(models.Model):
    """Somebody who wants to come, alone or with others."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="sign_ups")
    state = models.CharField(_("staat"), max_length=12, choices=SignUpState.choices, default=S.UNCONFIRMED)
    name = models.CharField(_("naam"), max_length=120, blank=True)
    organisation_name = models.CharField(_("organisatie of bedrijf"), max_length=120, blank=True)
    organisation = models.ForeignKey(
        Organisation, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("organisatie")
    )
    email = models.EmailField(_("e-mailadres"), blank=True)
    person = models.CharField(_("code van de persoon"), max_length=64, blank=True, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("account")
    )
    language = models.CharField(_("taal"), max_length=2, default="nl")
    people = models.PositiveSmallIntegerField(
        _("met hoeveel mensen"), default=1, validators=[MinValueValidator(1), MaxValueValidator(MOST_PEOPLE)]
    )
    needs = models.CharField(_("dieet of wat je nodig hebt"), max_length=300, blank=True)
    show_name = models.BooleanField(_("mijn naam mag op de lijst"), default=False)
    wants_newsletter = models.BooleanField(_("wil de nieuwsbrief"), default=False)
    walked_in = models.BooleanField(_("kwam zonder aanmelding"), default=False)
    once = models.UUIDField(unique=True, null=True, blank=True, editable=False)
    created_at = models.DateTimeField(_("aangemeld"), default=timezone.now)
    confirmed_at = models.DateTimeField(_("bevestigd"), null=True, blank=True)
    offered_at = models.DateTimeField(_("plek aangeboden"), null=True, blank=True)
    offer_until = models.DateTimeField(_("aanbod geldt tot"), null=True, blank=True)
    cancelled_at = models.DateTimeField(_("afgemeld op"), null=True, blank=True)
    # The day of the meeting that a reminder was sent for: when that moves there is another.
    reminded_for = models.DateField(_("herinnerd voor"), null=True, blank=True)
    checked_in_at = models.DateTimeField(_("binnen"), null=True, blank=True)
    came = models.PositiveSmallIntegerField(_("hoeveel er kwamen"), null=True, blank=True)
    needs_erased_at = models.DateTimeField(null=True, blank=True, editable=False)
    erased_at = models.DateTimeField(_("naam gewist"), null=True, blank=True)

    objects = SignUpQuerySet.as_manager()

    class Meta:
        verbose_name = _("aanmelding")
        verbose_name_plural = _("aanmeldingen")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=S.values), name="sign_up_state_known"),
            models.CheckConstraint(condition=Q(people__gte=1, people__lte=MOST_PEOPLE), name="sign_up_people"),
            models.CheckConstraint(
                condition=~Q(state=S.OFFERED) | Q(offer_until__isnull=False), name="sign_up_offer_ends"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=ACTIVE) | Q(confirmed_at__isnull=False), name="sign_up_active_is_confirmed"
            ),
            models.UniqueConstraint(
                "meeting",
                Lower("email"),
                condition=Q(state__in=ACTIVE) & ~Q(email=""),
                name="sign_up_once_in_a_meeting",
            ),
        ]
        indexes = [
            models.Index(fields=["meeting", "state", "confirmed_at"], name="sign_up_in_line"),
            models.Index(fields=["person"], name="sign_up_person"),
            models.Index(fields=["offer_until"], condition=Q(state="offered"), name="sign_up_offers"),
        ]

    def __str__(self) -> str:
        return self.name or str(_("een gast"))

    @property
    def recipient(self) -> Recipient:
        return Recipient(email=self.email, name=self.name, language=self.language, user=self.user)

    @property
    def is_seated(self) -> bool:
        return self.state in SEATED

    def move(self, to: str, **changes: object) -> None:
        """Under the lock of the meeting; see signing_up.py."""
        for field, value in (changes | {"state": to}).items():
            setattr(self, field, value)
        self.save(update_fields=["state", *changes])

    def check_in(self, at: dt.datetime, *, people: int) -> None:
        """Somebody is here, with so many; none takes it back."""
        self.came, self.checked_in_at = (people, at) if people else (None, None)
        self.save(update_fields=["came", "checked_in_at"])
