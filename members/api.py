from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.response import Response

from kring.foundation.api import BAD_FILTER, NOT_FOUND, ReadOnlyViewSet, Row
from kring.foundation.storage import media_url
from members import directory
from members.filters import OrganisationFilter
from members.models import District, Organisation, OrganisationKind, Sector


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
    anbi = serializers.BooleanField()


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
)


@extend_schema_view(
    list=extend_schema(responses={200: OrganisationSerializer(many=True), 400: BAD_FILTER, 404: NOT_FOUND}),
    retrieve=extend_schema(responses={200: OrganisationSerializer, 404: NOT_FOUND}),
)
class OrganisationViewSet(ReadOnlyViewSet):
    """Members of the circle, businesses and partners."""

    serializer_class = OrganisationSerializer
    filterset_class = OrganisationFilter
    stamp = staticmethod(directory.stamp)
    queryset = Organisation.objects.none()
    columns = (*SAME, "uuid", "logo", "main_sector__slug", "founding_year", "kvk_number", "anbi", "district_slugs")

    def get_queryset(self) -> QuerySet[Organisation]:
        districts = District.objects.filter(organisations=OuterRef("pk")).order_by("order").values("slug")
        visible = Organisation.objects.visible_to(self.request.user)
        return visible.annotate(district_slugs=ArraySubquery(districts)).order_by("name", "pk")

    def shape(self, row: Row) -> Row:
        return {
            "id": row["uuid"],
            "url": f"{settings.SITE_URL}/organisaties/{row['slug']}/",
            **{name: row[name] for name in SAME},
            "logo": media_url(row["logo"]),
            "sector": row["main_sector__slug"],
            "districts": row["district_slugs"],
            "founding_year": row["founding_year"],
            "kvk_number": row["kvk_number"],
            "anbi": row["anbi"],
        }


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
