from __future__ import annotations

import datetime as dt
import uuid
from typing import TYPE_CHECKING

from django.contrib.auth.models import AnonymousUser
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kring.accounts.access import is_board
from members.models import Organisation, Role
from offerings.models.categories import Category
from offerings.models.offerings import Means

if TYPE_CHECKING:
    from kring.accounts.models import User


# A need stands open for so long, and as long again each time that its owner says so; nobody asks for longer.
OPEN_FOR = dt.timedelta(days=90)
OPEN_AT_MOST = dt.timedelta(days=366)
# So long before it ends, its owner is asked whether it still stands.
ASKED_BEFORE = dt.timedelta(days=7)


class NeedState(models.TextChoices):
    DRAFT = "draft", _("concept")
    OPEN = "open", _("open")
    MET = "met", _("geregeld")
    CLOSED = "closed", _("gesloten")


class NeedStateNotAllowed(Exception):
    """A need was asked to take a step that its state does not have."""


STEPS: dict[str, frozenset[str]] = {
    NeedState.DRAFT: frozenset({NeedState.OPEN, NeedState.CLOSED}),
    NeedState.OPEN: frozenset({NeedState.OPEN, NeedState.MET, NeedState.CLOSED}),
    NeedState.MET: frozenset({NeedState.OPEN}),
    NeedState.CLOSED: frozenset({NeedState.OPEN}),
}


def end_of_a_new_need() -> dt.date:
    return timezone.localdate() + OPEN_FOR


class NeedQuerySet(models.QuerySet["Need"]):
    def open(self, today: dt.date) -> NeedQuerySet:
        return self.filter(Q(expires_on=None) | Q(expires_on__gte=today), state=NeedState.OPEN, listed_until__gt=today)

    def not_draft(self) -> NeedQuerySet:
        """Open now or before; what it is called is no secret."""
        return self.exclude(state=NeedState.DRAFT)

    def ending(self, today: dt.date) -> NeedQuerySet:
        """Open, and to end within the days in which its owner is asked."""
        return self.open(today).filter(expires_on__lte=today + ASKED_BEFORE)

    def editable_by(self, user: User | AnonymousUser, today: dt.date | None = None) -> NeedQuerySet:
        if is_board(user):
            return self.all()
        if not user.is_authenticated:
            return self.none()
        roles = Role.objects.held(today or timezone.localdate()).filter(user=user)
        return self.filter(organisation__in=roles.values("organisation"))

    def visible_to(self, user: User | AnonymousUser, today: dt.date | None = None) -> NeedQuerySet:
        """Everybody sees what is or was asked in the open; drafts are of the organisation and the board."""
        if is_board(user):
            return self.all()
        today = today or timezone.localdate()
        public = ~Q(state=NeedState.DRAFT) & Q(listed_until__gt=today)
        if not user.is_authenticated:
            return self.filter(public)
        roles = Role.objects.held(today).filter(user=user)
        return self.filter(public | Q(organisation__in=roles.values("organisation")))


class Need(models.Model):
    """What an organisation looks for."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    slug = models.SlugField(_("adres op de site"), max_length=100, unique=True)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="needs", verbose_name=_("organisatie"))
    state = models.CharField(_("staat"), max_length=10, choices=NeedState.choices, default=NeedState.OPEN)
    # Kept by the database, as with offerings.
    listed_until = models.DateField(null=True, editable=False)
    title = models.CharField(_("wat zoeken jullie"), max_length=100)
    description = models.TextField(_("omschrijving"), blank=True)
    means = models.CharField(_("welke M"), max_length=10, choices=Means.choices)
    category = models.ForeignKey(
        Category, models.PROTECT, null=True, blank=True, related_name="needs", verbose_name=_("rubriek")
    )
    quantity = models.DecimalField(_("hoeveel"), max_digits=10, decimal_places=2, null=True, blank=True)
    unit = models.CharField(_("eenheid"), max_length=20, blank=True)
    counter_favour = models.CharField(_("wat staat ertegenover"), max_length=200, blank=True)
    district = models.ForeignKey(
        "members.District", models.PROTECT, null=True, blank=True, related_name="needs", verbose_name=_("wijk")
    )
    wanted_by = models.DateField(_("nodig voor"), null=True, blank=True)
    expires_on = models.DateField(_("staat open tot en met"), null=True, blank=True, default=end_of_a_new_need)
    confirmed_on = models.DateField(_("bevestigd op"))
    # Of one that was a draft first: when it came in the open. That it opens again is no news.
    opened_on = models.DateField(_("open sinds"), null=True, blank=True, editable=False)
    search = SearchVectorField(null=True, editable=False)
    once = models.UUIDField(unique=True, null=True, blank=True, editable=False)
    version = models.PositiveIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(_("gemaakt"), default=timezone.now, editable=False)
    updated_at = models.DateTimeField(_("veranderd"), auto_now=True)

    objects = NeedQuerySet.as_manager()

    class Meta:
        verbose_name = _("vraag")
        verbose_name_plural = _("vragen")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=NeedState.values), name="need_state_known"),
            models.CheckConstraint(condition=Q(means__in=Means.values), name="need_means_known"),
            models.CheckConstraint(
                condition=~Q(state=NeedState.OPEN) | Q(expires_on__isnull=False), name="need_open_has_an_end"
            ),
            models.CheckConstraint(condition=Q(quantity=None) | Q(quantity__gt=0), name="need_quantity_positive"),
        ]
        indexes = [GinIndex(fields=["search"], name="need_search")]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("offerings:need_detail", args=[self.slug])

    def is_open(self, today: dt.date) -> bool:
        """As NeedQuerySet.open()."""
        listed = self.listed_until is not None and self.listed_until > today
        return self.state == NeedState.OPEN and listed and not self.has_ended(today)

    @property
    def asked_on(self) -> dt.date:
        """When it first came in the open."""
        return self.opened_on or timezone.localdate(self.created_at)

    def has_ended(self, today: dt.date) -> bool:
        """Whether nobody said in time that it still stands."""
        return self.state == NeedState.OPEN and self.expires_on is not None and self.expires_on < today

    def locked(self) -> Need:
        """The need as it is now, its row locked until the transaction ends."""
        return Need.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=self.pk)

    def keep(self, today: dt.date) -> None:
        """Writes what was changed; any edit confirms."""
        self.confirmed_on = today
        self.version += 1
        self.save()

    def extend(self, today: dt.date) -> None:
        """It still stands, or stands again: from today for OPEN_FOR, and no shorter than it was."""
        end = today + OPEN_FOR
        self._move(NeedState.OPEN, today, expires_on=max(end, self.expires_on or end))

    def meet(self, today: dt.date) -> None:
        """Somebody helped."""
        self._move(NeedState.MET, today)

    def close(self, today: dt.date) -> None:
        """It is not needed any more."""
        self._move(NeedState.CLOSED, today)

    @transaction.atomic
    def _move(self, to: str, today: dt.date, **changes: object) -> None:
        now = Need.objects.select_for_update().only("state").get(pk=self.pk)
        if to not in STEPS[now.state]:
            raise NeedStateNotAllowed(f"{now.state} → {to}")
        if now.state == NeedState.DRAFT and to == NeedState.OPEN:
            changes["opened_on"] = today
        for field, value in changes.items():
            setattr(self, field, value)
        self.state, self.confirmed_on = to, today
        self.version += 1
        self.save(update_fields=["state", "confirmed_on", "version", "updated_at", *changes])
