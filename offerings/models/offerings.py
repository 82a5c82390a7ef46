from __future__ import annotations

import datetime as dt
import uuid
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction
from django.db.models import Case, F, Q, Value, When
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kring.accounts.access import is_board
from members.models import Organisation, Role
from offerings.models.categories import Category

if TYPE_CHECKING:
    from kring.accounts.models import User

# An offering is fresh for so many months after its owner confirmed it, and leaves the card after so many. Meanwhile
# the owner is asked: just before it stops being fresh, and once more before it leaves.
FRESH_MONTHS = 6
PAUSE_MONTHS = 8
ASK_MONTHS = (5, 7)
LISTED_FOREVER = dt.date(9999, 12, 31)
# By course, as on a menu, and what was confirmed last first.
CARD_ORDER = ("course", "-confirmed_on", "pk")


def months_before(today: dt.date, months: int) -> dt.date:
    """The same day `months` months earlier, or the last day of that month."""
    index = today.year * 12 + today.month - 1 - months
    year, month = divmod(index, 12)
    first_of_next = dt.date(year + (month + 1) // 12, (month + 1) % 12 + 1, 1)
    return min(dt.date(year, month + 1, 1) + dt.timedelta(days=today.day - 1), first_of_next - dt.timedelta(days=1))


class OfferingState(models.TextChoices):
    DRAFT = "draft", _("concept")
    PUBLISHED = "published", _("op de kaart")
    PAUSED = "paused", _("even weg")
    ARCHIVED = "archived", _("gearchiveerd")


class Audience(models.TextChoices):
    CITY = "city", _("voor de stad")
    BUSINESS = "business", _("voor bedrijven")
    BOTH = "both", _("voor stad en bedrijven")


class Means(models.TextChoices):
    """The five M's, money always last."""

    PEOPLE = "people", _("mensen")
    GOODS = "goods", _("middelen")
    NETWORK = "network", _("massa")
    MEDIA = "media", _("media")
    MONEY = "money", _("munten")


class PriceKind(models.TextChoices):
    FREE = "free", _("gratis")
    FROM = "from", _("vanaf")
    FIXED = "fixed", _("vaste prijs")
    ON_REQUEST = "on_request", _("in overleg")
    COUNTER_FAVOUR = "counter_favour", _("voor een tegenprestatie")


class Place(models.TextChoices):
    AT_US = "at_us", _("bij ons")
    AT_YOURS = "at_yours", _("bij jullie")
    EITHER = "either", _("bij ons of bij jullie")
    ELSEWHERE = "elsewhere", _("ergens anders")


class OfferingStateNotAllowed(Exception):
    """An offering was asked to take a step that its state does not have."""


TRANSITIONS: dict[str, frozenset[str]] = {
    OfferingState.DRAFT: frozenset({OfferingState.PUBLISHED, OfferingState.ARCHIVED}),
    OfferingState.PUBLISHED: frozenset({OfferingState.PAUSED, OfferingState.ARCHIVED}),
    OfferingState.PAUSED: frozenset({OfferingState.PUBLISHED, OfferingState.ARCHIVED}),
    OfferingState.ARCHIVED: frozenset({OfferingState.DRAFT}),
}


SHOWN_FIRST = (OfferingState.PUBLISHED, OfferingState.PAUSED, OfferingState.DRAFT, OfferingState.ARCHIVED)


class OfferingQuerySet(models.QuerySet["Offering"]):
    def published(self, today: dt.date | None = None) -> OfferingQuerySet:
        """What stands on the menu card: published, by an organisation that is listed itself."""
        return self.filter(state=OfferingState.PUBLISHED, listed_until__gt=today or timezone.localdate())

    def visible_to(self, user: User | AnonymousUser, today: dt.date | None = None) -> OfferingQuerySet:
        if is_board(user):
            return self.all()
        if not user.is_authenticated:
            return self.published(today)
        on_the_card = Q(state=OfferingState.PUBLISHED, listed_until__gt=today or timezone.localdate())
        return self.filter(on_the_card | self._own(user, today))

    def editable_by(self, user: User | AnonymousUser, today: dt.date | None = None) -> OfferingQuerySet:
        if is_board(user):
            return self.all()
        return self.filter(self._own(user, today)) if user.is_authenticated else self.none()

    @staticmethod
    def _own(user: User, today: dt.date | None) -> Q:
        roles = Role.objects.held(today or timezone.localdate()).filter(user=user)
        return Q(organisation__in=roles.values("organisation"))

    def fresh(self, today: dt.date) -> OfferingQuerySet:
        return self.filter(confirmed_on__gt=months_before(today, FRESH_MONTHS))

    def stale(self, today: dt.date) -> OfferingQuerySet:
        return self.filter(confirmed_on__lte=months_before(today, FRESH_MONTHS))

    def freshness(self, today: dt.date) -> dict[str, int]:
        """How many there are, and how many of them are fresh."""
        fresh = Q(confirmed_on__gt=months_before(today, FRESH_MONTHS))
        return self.aggregate(offerings=models.Count("pk"), fresh=models.Count("pk", filter=fresh))

    def by_state(self) -> OfferingQuerySet:
        """What is on the card first, and the archive last; each as their organisation wants them."""
        place = Case(*(When(state=state, then=Value(place)) for place, state in enumerate(SHOWN_FIRST)))
        return self.order_by(place, "order", "title", "pk")

    def in_own_order(self) -> OfferingQuerySet:
        """As their organisation wants them."""
        return self.order_by("order", "title", "pk")

    def of_members(self) -> OfferingQuerySet:
        """What members offer; businesses give in one of the five M's."""
        return self.filter(means="")

    def to_ask_about(self, today: dt.date) -> OfferingQuerySet:
        """On the card, and due for a 'klopt dit nog?' that was not asked yet."""
        due = Q()
        for times, months in enumerate(ASK_MONTHS):
            due |= Q(confirmed_on__lte=months_before(today, months), times_asked__lte=times)
        return self.published(today).filter(due)

    def too_old(self, today: dt.date) -> OfferingQuerySet:
        """On the card, and confirmed so long ago that they leave it."""
        return self.published(today).filter(confirmed_on__lte=months_before(today, PAUSE_MONTHS))

    def due_back(self, today: dt.date) -> OfferingQuerySet:
        """Paused until a day that has come."""
        return self.filter(state=OfferingState.PAUSED, paused_until__lte=today)

    def to_confirm(self, today: dt.date) -> OfferingQuerySet:
        """Those of which the owner is asked whether they are true: on the card, or off it for want of an answer."""
        asked = Q(state=OfferingState.PUBLISHED, confirmed_on__lte=months_before(today, ASK_MONTHS[0]))
        off = Q(state=OfferingState.PAUSED, paused_until=None, confirmed_on__lte=months_before(today, PAUSE_MONTHS))
        return self.filter(asked | off)


class Offering(models.Model):
    """An item on the menu card: what an organisation offers the city, businesses, or both."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    slug = models.SlugField(_("adres op de site"), max_length=100, unique=True)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="offerings", verbose_name=_("organisatie")
    )
    state = models.CharField(_("staat"), max_length=10, choices=OfferingState.choices, default=OfferingState.DRAFT)
    # Kept by the database (migration 0002): up to when the organisation is listed; LISTED_FOREVER with no end in
    # sight, none when it is not. The card needs no look-up for it, and nothing has to run when a membership ends.
    listed_until = models.DateField(null=True, editable=False)
    title = models.CharField(_("titel"), max_length=100)
    summary = models.CharField(_("in één regel"), max_length=160)
    description = models.TextField(_("omschrijving"), blank=True)
    photo = models.ImageField(_("foto"), upload_to="offerings/", blank=True)
    photo_alt = models.CharField(_("wat is er op de foto te zien"), max_length=160, blank=True)
    category = models.ForeignKey(Category, models.PROTECT, related_name="offerings", verbose_name=_("rubriek"))
    audience = models.CharField(_("voor wie"), max_length=10, choices=Audience.choices)
    means = models.CharField(_("welke M"), max_length=10, choices=Means.choices, blank=True)
    group_min = models.PositiveIntegerField(_("groep vanaf"), null=True, blank=True, validators=[MinValueValidator(1)])
    group_max = models.PositiveIntegerField(
        _("groep tot en met"), null=True, blank=True, validators=[MaxValueValidator(100_000)]
    )
    duration = models.CharField(_("hoe lang"), max_length=60, blank=True)
    price_kind = models.CharField(_("prijs"), max_length=15, choices=PriceKind.choices, default=PriceKind.ON_REQUEST)
    price = models.DecimalField(_("bedrag in euro"), max_digits=8, decimal_places=2, null=True, blank=True)
    price_unit = models.CharField(_("per"), max_length=20, blank=True)
    counter_favour = models.CharField(_("tegenprestatie"), max_length=200, blank=True)
    place = models.CharField(_("waar"), max_length=10, choices=Place.choices, default=Place.AT_US)
    place_text = models.CharField(_("plek"), max_length=120, blank=True)
    district = models.ForeignKey(
        "members.District", models.PROTECT, null=True, blank=True, related_name="offerings", verbose_name=_("wijk")
    )
    months = ArrayField(models.PositiveSmallIntegerField(), verbose_name=_("maanden"), default=list, blank=True)
    weekdays = ArrayField(models.PositiveSmallIntegerField(), verbose_name=_("dagen"), default=list, blank=True)
    quantity = models.DecimalField(_("hoeveel"), max_digits=10, decimal_places=2, null=True, blank=True)
    unit = models.CharField(_("eenheid"), max_length=20, blank=True)
    weeks_ahead = models.PositiveSmallIntegerField(_("weken vooruit vragen"), null=True, blank=True)
    wheelchair_accessible = models.BooleanField(_("rolstoeltoegankelijk"), null=True, blank=True)
    contact = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("contact")
    )
    contact_role = models.CharField(_("contact via"), max_length=60, blank=True)
    confirmed_on = models.DateField(_("bevestigd op"))
    published_on = models.DateField(_("op de kaart sinds"), null=True, blank=True)
    paused_until = models.DateField(_("komt terug op"), null=True, blank=True)
    archived_on = models.DateField(_("gearchiveerd op"), null=True, blank=True)
    order = models.PositiveSmallIntegerField(_("volgorde"), default=0)
    # How often its owner was asked whether it is true, since it was last confirmed.
    times_asked = models.PositiveSmallIntegerField(default=0, editable=False)
    # Kept by the database: where its category stands on the card, so that the card is read off an index.
    course = models.PositiveIntegerField(default=0, editable=False)
    # Kept by the database: the words of the offering, its category and its organisation, for search.
    search = SearchVectorField(null=True, editable=False)
    once = models.UUIDField(unique=True, null=True, blank=True, editable=False)
    version = models.PositiveIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(_("gemaakt"), default=timezone.now, editable=False)
    updated_at = models.DateTimeField(_("veranderd"), auto_now=True)

    objects = OfferingQuerySet.as_manager()

    class Meta:
        verbose_name = _("aanbod")
        verbose_name_plural = _("aanbod")
        ordering = ["order", "title", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=OfferingState.values), name="offering_state_known"),
            models.CheckConstraint(condition=Q(audience__in=Audience.values), name="offering_audience_known"),
            models.CheckConstraint(condition=Q(means="") | Q(means__in=Means.values), name="offering_means_known"),
            models.CheckConstraint(
                condition=Q(group_min=None) | Q(group_max=None) | Q(group_max__gte=F("group_min")),
                name="offering_group_from_to",
            ),
            models.CheckConstraint(
                condition=~Q(price_kind__in=[PriceKind.FROM, PriceKind.FIXED]) | Q(price__isnull=False),
                name="offering_price_has_amount",
            ),
            models.CheckConstraint(condition=Q(price=None) | Q(price__gte=0), name="offering_price_not_negative"),
            models.CheckConstraint(
                condition=~Q(price_kind=PriceKind.COUNTER_FAVOUR) | ~Q(counter_favour=""),
                name="offering_counter_favour_said",
            ),
            models.CheckConstraint(
                condition=~Q(state=OfferingState.PUBLISHED) | Q(published_on__isnull=False),
                name="offering_published_has_date",
            ),
            models.CheckConstraint(
                condition=Q(months__contained_by=list(range(1, 13))), name="offering_months_of_the_year"
            ),
            models.CheckConstraint(
                condition=Q(weekdays__contained_by=list(range(1, 8))), name="offering_days_of_the_week"
            ),
        ]
        indexes = [
            GinIndex(fields=["search"], name="offering_search"),
            models.Index(fields=["paused_until"], condition=Q(state="paused"), name="offering_due_back"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("offerings:detail", args=[self.slug])

    def is_fresh(self, today: dt.date) -> bool:
        """Whether its owner confirmed it less than FRESH_MONTHS ago."""
        return self.confirmed_on > months_before(today, FRESH_MONTHS)

    def is_on_card(self, today: dt.date) -> bool:
        """As OfferingQuerySet.published()."""
        listed = self.listed_until is not None and self.listed_until > today
        return self.state == OfferingState.PUBLISHED and listed

    def locked(self) -> Offering:
        """The offering as it is now, its row locked until the transaction ends."""
        return Offering.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=self.pk)

    def publish(self, today: dt.date) -> None:
        self._move(
            OfferingState.PUBLISHED,
            published_on=self.published_on or today,
            paused_until=None,
            confirmed_on=today,
            times_asked=0,
        )

    def come_back(self) -> None:
        """On the card again after a pause, by itself: nobody has confirmed it."""
        self._move(OfferingState.PUBLISHED, paused_until=None)

    def reopen(self) -> None:
        """Out of the archive, to be written on."""
        self._move(OfferingState.DRAFT, archived_on=None)

    def pause(self, until: dt.date | None = None) -> None:
        self._move(OfferingState.PAUSED, paused_until=until)

    def wait_until(self, day: dt.date) -> None:
        """Off the card already, and to come back on a day."""
        self.paused_until = day
        self.version += 1
        self.save(update_fields=["paused_until", "version", "updated_at"])

    def archive(self, today: dt.date) -> None:
        self._move(OfferingState.ARCHIVED, archived_on=today)

    def confirm(self, today: dt.date) -> None:
        """Its owner says that it is still true."""
        self.confirmed_on, self.times_asked = today, 0
        self.version += 1
        self.save(update_fields=["confirmed_on", "times_asked", "version", "updated_at"])

    def keep(self, today: dt.date) -> None:
        """Writes what was changed; any edit confirms."""
        self.confirmed_on, self.times_asked = today, 0
        self.version += 1
        self.save()

    @transaction.atomic
    def change_place(self, steps: int) -> None:
        """Higher (-1) or lower (1) among what its organisation has in the same state."""
        beside = Offering.objects.filter(organisation=self.organisation_id, state=self.state)
        row = list(beside.select_for_update().in_own_order().only("order", "title", "organisation"))
        here = next(place for place, each in enumerate(row) if each.pk == self.pk)
        row.insert(max(here + steps, 0), row.pop(here))
        for place, each in enumerate(row, start=1):
            each.order = place
        Offering.objects.bulk_update(row, ["order"], batch_size=500)

    @transaction.atomic
    def _move(self, to: str, **changes: object) -> None:
        now = Offering.objects.select_for_update().only("state").get(pk=self.pk)
        if to not in TRANSITIONS[now.state]:
            raise OfferingStateNotAllowed(f"{now.state} → {to}")
        for field, value in changes.items():
            setattr(self, field, value)
        self.state = to
        self.version += 1
        self.save(update_fields=["state", "version", "updated_at", *changes])
