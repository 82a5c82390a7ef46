from __future__ import annotations

import datetime as dt
import uuid
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kring.accounts.access import is_board
from members.models.lists import BusinessArea, District, Sector, TargetGroup
from members.models.memberships import Membership
from members.models.roles import Role
from members.validators import validate_dutch_phone, validate_postcode, validate_rsin

if TYPE_CHECKING:
    from django_stubs_ext.db.models.manager import RelatedManager

    from kring.accounts.models import User


class OrganisationKind(models.TextChoices):
    MEMBER = "member", _("maatschappelijke organisatie")
    BUSINESS = "business", _("bedrijf")
    PARTNER = "partner", _("partner")
    BOARD = "board", _("bestuur van de kring")  # a party to what it decides; never listed


class LegalForm(models.TextChoices):
    ASSOCIATION = "association", _("vereniging")
    FOUNDATION = "foundation", _("stichting")
    COMPANY = "company", _("bv")
    SOLE_TRADER = "sole_trader", _("eenmanszaak")
    COOPERATIVE = "cooperative", _("coöperatie")
    GOVERNMENT = "government", _("overheid")
    INFORMAL = "informal", _("informele groep")
    OTHER = "other", _("anders")


class CompanySize(models.TextChoices):
    SOLO = "solo", _("zzp")
    SMALL = "small", _("2 tot 9 medewerkers")
    MEDIUM = "medium", _("10 tot 49 medewerkers")
    LARGE = "large", _("50 tot 249 medewerkers")
    VERY_LARGE = "very_large", _("250 of meer medewerkers")


class OrganisationQuerySet(models.QuerySet["Organisation"]):
    def members(self) -> OrganisationQuerySet:
        return self.filter(kind=OrganisationKind.MEMBER)

    def businesses(self) -> OrganisationQuerySet:
        return self.filter(kind=OrganisationKind.BUSINESS)

    def listed(self, today: dt.date | None = None) -> OrganisationQuerySet:
        """What everybody sees: members while they belong to the circle, businesses once checked, partners."""
        current = Membership.objects.current(today or timezone.localdate()).filter(organisation=OuterRef("pk"))
        return self.filter(
            Q(kind=OrganisationKind.MEMBER) & Exists(current)
            | Q(kind=OrganisationKind.BUSINESS, listed_on__isnull=False)
            | Q(kind=OrganisationKind.PARTNER)
        )

    def served_by(self, user: User | AnonymousUser, today: dt.date | None = None) -> OrganisationQuerySet:
        """Those in which the user has a role today."""
        if not user.is_authenticated:
            return self.none()
        roles = Role.objects.held(today or timezone.localdate()).filter(user=user, organisation=OuterRef("pk"))
        return self.filter(Exists(roles))

    def visible_to(self, user: User | AnonymousUser, today: dt.date | None = None) -> OrganisationQuerySet:
        """The board sees all, others what is listed and their own."""
        if is_board(user):
            return self.all()
        if not user.is_authenticated:
            return self.listed(today)
        return self.listed(today) | self.served_by(user, today)

    def editable_by(self, user: User | AnonymousUser, today: dt.date | None = None) -> OrganisationQuerySet:
        return self.all() if is_board(user) else self.served_by(user, today)

    def in_sector(self, sector: Sector) -> OrganisationQuerySet:
        """With the sector as the main one or as one of the others."""
        return self.filter(Q(main_sector=sector) | Q(sectors=sector)).distinct()


class Organisation(models.Model):
    """A party in the city: a member of the circle, a business, or a partner such as the municipality."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(_("soort"), max_length=10, choices=OrganisationKind.choices)
    slug = models.SlugField(_("adres op de site"), max_length=80, unique=True)
    name = models.CharField(_("naam"), max_length=120)
    tagline = models.CharField(_("in één zin"), max_length=200, blank=True)
    story = models.TextField(_("jullie verhaal"), blank=True)
    logo = models.ImageField(_("logo"), upload_to="logos/", blank=True)
    main_sector = models.ForeignKey(
        Sector, models.PROTECT, null=True, blank=True, related_name="organisations", verbose_name=_("sector")
    )
    sectors = models.ManyToManyField(
        Sector, blank=True, related_name="also_organisations", verbose_name=_("ook actief in")
    )
    districts = models.ManyToManyField(District, blank=True, related_name="organisations", verbose_name=_("wijken"))
    target_groups = models.ManyToManyField(
        TargetGroup, blank=True, related_name="organisations", verbose_name=_("doelgroepen")
    )
    street = models.CharField(_("straat"), max_length=100, blank=True)
    house_number = models.CharField(_("huisnummer"), max_length=12, blank=True)
    postcode = models.CharField(_("postcode"), max_length=7, blank=True, validators=[validate_postcode])
    city = models.CharField(_("plaats"), max_length=80, blank=True)
    website = models.URLField(_("website"), blank=True)
    email = models.EmailField(_("e-mailadres van de organisatie"), blank=True)
    phone = models.CharField(_("telefoon"), max_length=30, blank=True, validators=[validate_dutch_phone])
    legal_form = models.CharField(_("rechtsvorm"), max_length=12, choices=LegalForm.choices, blank=True)
    founding_year = models.PositiveSmallIntegerField(
        _("opgericht in"), null=True, blank=True, validators=[MinValueValidator(1200), MaxValueValidator(2100)]
    )
    kvk_number = models.CharField(
        _("KvK-nummer"),
        max_length=8,
        blank=True,
        validators=[RegexValidator(r"^\d{8}$", _("Een KvK-nummer heeft 8 cijfers, bijvoorbeeld 12345678."))],
    )
    rsin = models.CharField(_("RSIN"), max_length=9, blank=True, validators=[validate_rsin])
    anbi = models.BooleanField(_("ANBI"), default=False)
    anbi_url = models.URLField(_("pagina met ANBI-gegevens"), blank=True)
    volunteers = models.PositiveIntegerField(_("aantal vrijwilligers"), null=True, blank=True)
    employees = models.PositiveIntegerField(_("aantal medewerkers"), null=True, blank=True)
    branch = models.CharField(_("branche"), max_length=60, blank=True)
    sbi_section = models.CharField(_("SBI-letter"), max_length=1, blank=True)
    company_size = models.CharField(_("grootte"), max_length=10, choices=CompanySize.choices, blank=True)
    business_area = models.ForeignKey(
        BusinessArea,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="businesses",
        verbose_name=_("bedrijventerrein"),
    )
    partner_member = models.BooleanField(_("lid van de ondernemersvereniging"), default=False)
    listed_on = models.DateField(_("op de lijst sinds"), null=True, blank=True)
    contact = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("contactpersoon"),
    )
    profile_confirmed_on = models.DateField(_("profiel bevestigd op"), null=True, blank=True)
    version = models.PositiveIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(_("gemaakt"), default=timezone.now, editable=False)
    updated_at = models.DateTimeField(_("veranderd"), auto_now=True)

    objects = OrganisationQuerySet.as_manager()

    if TYPE_CHECKING:
        roles: RelatedManager[Role]
        memberships: RelatedManager[Membership]
        social_links: RelatedManager[SocialLink]

    class Meta:
        verbose_name = _("organisatie")
        verbose_name_plural = _("organisaties")
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=OrganisationKind.values), name="organisation_kind_known"),
            models.CheckConstraint(
                condition=Q(kvk_number="") | Q(kvk_number__regex=r"^\d{8}$"), name="organisation_kvk_8_digits"
            ),
            models.CheckConstraint(
                condition=Q(rsin="") | Q(rsin__regex=r"^\d{9}$"), name="organisation_rsin_9_digits"
            ),
            models.CheckConstraint(
                condition=Q(postcode="") | Q(postcode__regex=r"^[1-9]\d{3} [A-Z]{2}$"), name="organisation_postcode"
            ),
            models.UniqueConstraint(fields=["kind"], condition=Q(kind="board"), name="organisation_one_board"),
            models.CheckConstraint(
                condition=~Q(kind="member") | Q(main_sector__isnull=False), name="organisation_member_has_sector"
            ),
        ]
        indexes = [
            models.Index(Lower("name"), name="organisation_by_name"),
            models.Index(fields=["kind", "listed_on"], name="organisation_listed"),
            GinIndex(OpClass(Lower("name"), name="gin_trgm_ops"), name="organisation_name_trigram"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("members:detail", args=[self.slug])

    @property
    def initials(self) -> str:
        """Two letters that stand in for a logo."""
        words = [word for word in self.name.split() if word[:1].isalnum()]
        return "".join(word[0] for word in words[:2]).upper()

    @property
    def public_rsin(self) -> str:
        """As everybody may know it."""
        return public_rsin(self.rsin, self.legal_form)

    @property
    def is_business(self) -> bool:
        return self.kind == OrganisationKind.BUSINESS


def public_rsin(rsin: str, legal_form: str) -> str:
    """Nothing for a sole trader, whose number may be a person's (the BSN)."""
    return "" if legal_form == LegalForm.SOLE_TRADER else rsin


class SocialLink(models.Model):
    """A page of the organisation elsewhere."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="social_links")
    url = models.URLField(_("adres"))

    class Meta:
        verbose_name = _("pagina elders")
        verbose_name_plural = _("pagina's elders")
        constraints = [models.UniqueConstraint(fields=["organisation", "url"], name="social_link_once")]

    def __str__(self) -> str:
        return self.url
