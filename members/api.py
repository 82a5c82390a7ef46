"""The register by the API. Everybody reads what is public, owners and editors write their profile by its own form."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.db import transaction
from django.db.models import OuterRef, QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.permissions import IsAuthenticatedOrReadOnly
from rest_framework.request import Request
from rest_framework.response import Response

from kring.accounts import access
from kring.accounts.models import User
from kring.foundation import trail
from kring.foundation.actors import Actor
from kring.foundation.api import BAD_FILTER, NOT_FOUND, ReadOnlyViewSet, Row
from kring.foundation.api_writing import (
    IF_MATCH,
    VERSIONED,
    StrictSerializer,
    check,
    posted,
    slug_of,
    version_of,
)
from kring.foundation.api_writing import given as given_by
from kring.foundation.storage import media_url
from members import directory, policies
from members.exporting import member_since, periods
from members.filters import OrganisationFilter
from members.forms.profile import ProfileForm
from members.models import (
    BusinessArea,
    CompanySize,
    District,
    LegalForm,
    Organisation,
    OrganisationKind,
    Sector,
    SocialLink,
    TargetGroup,
)
from members.models.organisations import public_rsin


class NamedSerializer(serializers.Serializer[Any]):
    """An entry of a short list."""

    slug = serializers.SlugField()
    name = serializers.CharField()
    name_en = serializers.CharField(allow_blank=True)


class OrganisationSerializer(serializers.Serializer[Any]):
    """An organisation as everybody may know it."""

    id = serializers.UUIDField()
    url = serializers.URLField()
    kind = serializers.ChoiceField(OrganisationKind.choices)
    slug = serializers.SlugField()
    name = serializers.CharField()
    tagline = serializers.CharField(allow_blank=True)
    story = serializers.CharField(allow_blank=True, help_text="Markdown")
    logo = serializers.CharField(allow_blank=True)
    sector = serializers.SlugField(allow_null=True)
    districts = serializers.ListField(child=serializers.SlugField())
    website = serializers.CharField(allow_blank=True)
    email = serializers.CharField(allow_blank=True, help_text="Of the organisation, never of a person")
    phone = serializers.CharField(allow_blank=True)
    street = serializers.CharField(allow_blank=True)
    house_number = serializers.CharField(allow_blank=True)
    postcode = serializers.CharField(allow_blank=True)
    city = serializers.CharField(allow_blank=True)
    founding_year = serializers.IntegerField(allow_null=True)
    kvk_number = serializers.CharField(allow_blank=True)
    rsin = serializers.CharField(allow_blank=True, help_text="Not of a sole trader: it may be a person's number")
    anbi = serializers.BooleanField()
    anbi_url = serializers.CharField(allow_blank=True)
    legal_form = serializers.ChoiceField([("", ""), *LegalForm.choices])
    sectors = serializers.ListField(child=serializers.SlugField(), help_text="Beside the main one")
    target_groups = serializers.ListField(child=serializers.SlugField())
    links = serializers.ListField(child=serializers.CharField())
    volunteers = serializers.IntegerField(allow_null=True)
    employees = serializers.IntegerField(allow_null=True)
    branch = serializers.CharField(allow_blank=True)
    company_size = serializers.ChoiceField([("", ""), *CompanySize.choices])
    business_area = serializers.SlugField(allow_null=True)
    partner_member = serializers.BooleanField(help_text="Of the association of entrepreneurs")
    member_since = serializers.DateField(allow_null=True)
    profile_confirmed_on = serializers.DateField(allow_null=True)


class ProfileSerializer(StrictSerializer):
    """What an organisation says of itself; what is left out stays. Checked by the form of the page."""

    name = serializers.CharField()
    tagline = serializers.CharField(allow_blank=True)
    story = serializers.CharField(allow_blank=True, help_text="Markdown")
    sector = slug_of(Sector.objects.all())
    sectors = slug_of(Sector.objects.all(), many=True)
    target_groups = slug_of(TargetGroup.objects.all(), many=True)
    districts = slug_of(District.objects.all(), many=True)
    links = serializers.ListField(child=serializers.CharField(), max_length=50)
    website = serializers.CharField(allow_blank=True)
    email = serializers.CharField(allow_blank=True)
    phone = serializers.CharField(allow_blank=True)
    street = serializers.CharField(allow_blank=True)
    house_number = serializers.CharField(allow_blank=True)
    postcode = serializers.CharField(allow_blank=True)
    city = serializers.CharField(allow_blank=True)
    legal_form = serializers.CharField(allow_blank=True)
    founding_year = serializers.IntegerField(allow_null=True)
    volunteers = serializers.IntegerField(allow_null=True)
    employees = serializers.IntegerField(allow_null=True)
    branch = serializers.CharField(allow_blank=True)
    company_size = serializers.CharField(allow_blank=True)
    business_area = slug_of(BusinessArea.objects.all())
    contact = serializers.EmailField(allow_null=True, help_text="Of somebody who serves the organisation; never shown")
    kvk_number = serializers.CharField(allow_blank=True)
    rsin = serializers.CharField(allow_blank=True)
    anbi = serializers.BooleanField()
    anbi_url = serializers.CharField(allow_blank=True)


SAME = (
    "kind",
    "slug",
    "name",
    "tagline",
    "story",
    "website",
    "email",
    "phone",
    "street",
    "house_number",
    "postcode",
    "city",
    "founding_year",
    "kvk_number",
    "anbi",
    "anbi_url",
    "legal_form",
    "volunteers",
    "employees",
    "branch",
    "company_size",
    "partner_member",
    "profile_confirmed_on",
)
RELATED = {"district_slugs": "districts", "sector_slugs": "sectors", "group_slugs": "target_groups"}


@extend_schema_view(
    list=extend_schema(responses={200: OrganisationSerializer(many=True), 400: BAD_FILTER, 404: NOT_FOUND}),
    retrieve=extend_schema(responses={200: OrganisationSerializer, 404: NOT_FOUND}),
)
class OrganisationViewSet(ReadOnlyViewSet):
    """Members of the circle, businesses and partners."""

    serializer_class = OrganisationSerializer
    filterset_class = OrganisationFilter
    permission_classes = [IsAuthenticatedOrReadOnly]
    stamp = staticmethod(directory.stamp)
    queryset = Organisation.objects.none()
    columns = (
        *(*SAME, *RELATED, "uuid", "version", "logo", "rsin", "link_urls", "periods"),
        *("main_sector__slug", "business_area__slug"),
    )

    def get_queryset(self) -> QuerySet[Organisation]:
        this = OuterRef("pk")
        visible = Organisation.objects.visible_to(self.request.user)
        return visible.annotate(
            district_slugs=ArraySubquery(District.objects.filter(organisations=this).order_by("order").values("slug")),
            sector_slugs=ArraySubquery(
                Sector.objects.filter(also_organisations=this).order_by("order").values("slug")
            ),
            group_slugs=ArraySubquery(TargetGroup.objects.filter(organisations=this).order_by("order").values("slug")),
            periods=periods(),
            link_urls=ArraySubquery(SocialLink.objects.filter(organisation=this).order_by("pk").values("url")),
        ).order_by("name", "pk")

    def shape(self, row: Row) -> Row:
        return {
            "id": row["uuid"],
            "url": f"{settings.SITE_URL}/organisaties/{row['slug']}/",
            **{name: row[name] for name in SAME},
            **{name: row[column] for column, name in RELATED.items()},
            "logo": media_url(row["logo"]),
            "sector": row["main_sector__slug"],
            "rsin": public_rsin(row["rsin"], row["legal_form"]),
            "links": row["link_urls"],
            "business_area": row["business_area__slug"],
            "member_since": member_since(row["periods"], timezone.localdate()),
        }

    @extend_schema(
        request=ProfileSerializer(partial=True),
        parameters=[IF_MATCH],
        responses={200: OrganisationSerializer, **VERSIONED},
    )
    def partial_update(self, request: Request, uuid: UUID) -> Response:
        """Changes the profile, as its owners and editors may."""
        version, given = version_of(request), given_by(request, ProfileSerializer, partial=True)
        with transaction.atomic():
            self._save(access.user_of(request), uuid, given | {"version": version})
        return self.shown(uuid)

    def _save(self, user: User, uuid: UUID, given: Row) -> None:
        slug = get_object_or_404(Organisation.objects.visible_to(user), uuid=uuid).slug
        locked = Organisation.objects.select_for_update(of=("self",))
        organisation = policies.get_editable(user, slug, organisations=locked)
        now = timezone.now()
        form = ProfileForm(posted(ProfileForm(instance=organisation), as_in_form(given)), instance=organisation)
        lacking = as_in_form(given).keys() - form.fields.keys()
        if lacking:
            raise ValidationError({NAMES.get(name, name): [LACKING] for name in sorted(lacking)})
        check(form, NAMES)
        trail.sign(Actor.of(user), now)
        form.save_on(timezone.localdate(now))


# What the form calls otherwise.
NAMES = {"main_sector": "sector"}
# The key of no account: the form then says that there is no such choice.
NOBODY = 0
LACKING = _("Dit veld is er niet bij deze soort organisatie.")


def as_in_form(given: Row) -> Row:
    """With the form's name of the sector, its links on lines, and the contact as an account."""
    typed = dict(given)
    if "sector" in typed:
        typed["main_sector"] = typed.pop("sector")
    if "links" in typed:
        typed["links"] = "\n".join(typed["links"])
    if typed.get("contact"):
        typed["contact"] = User.objects.filter(email__iexact=typed["contact"]).first() or NOBODY
    return typed


class NamedViewSet(ReadOnlyViewSet):
    """A short list, whole: it has no pages."""

    serializer_class = NamedSerializer
    pagination_class = None
    filter_backends = []
    lookup_field = "slug"
    lookup_value_converter = "slug"
    columns: ClassVar[tuple[str, ...]] = ("slug", "name", "name_en")

    def paginate_queryset(self, queryset: Any) -> Any:
        return queryset

    def get_paginated_response(self, data: Any) -> Any:
        return Response(data)

    def shape(self, row: Row) -> Row:
        return row


@extend_schema_view(
    list=extend_schema(responses={200: NamedSerializer(many=True)}),
    retrieve=extend_schema(responses={200: NamedSerializer, 404: NOT_FOUND}),
)
class SectorViewSet(NamedViewSet):
    """The fields that the circle brings together."""

    queryset = Sector.objects.all()


@extend_schema_view(
    list=extend_schema(responses={200: NamedSerializer(many=True)}),
    retrieve=extend_schema(responses={200: NamedSerializer, 404: NOT_FOUND}),
)
class DistrictViewSet(NamedViewSet):
    """The parts of the city."""

    queryset = District.objects.all()
