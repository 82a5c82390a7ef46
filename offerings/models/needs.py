from __future__ import annotations

import datetime as dt
import uuid
from typing import TYPE_CHECKING

from django.contrib.auth.models import AnonymousUser
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
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


class NeedState(models.TextChoices):
    DRAFT = "draft", _("concept")
    OPEN = "open", _("open")
    MET = "met", _("geregeld")
    CLOSED = "closed", _("gesloten")


class NeedQuerySet(models.QuerySet["Need"]):
    def open(self, today: dt.date) -> NeedQuerySet:
        return self.filter(Q(expires_on=None) | Q(expires_on__gte=today), state=NeedState.OPEN, listed_until__gt=today)

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
    expires_on = models.DateField(_("staat open tot en met"), null=True, blank=True)
    confirmed_on = models.DateField(_("bevestigd op"))
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
            models.CheckConstraint(condition=Q(quantity=None) | Q(quantity__gt=0), name="need_quantity_positive"),
        ]
        indexes = [GinIndex(fields=["search"], name="need_search")]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("offerings:need_detail", args=[self.slug])
