from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import OpenApiResponse, extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.exceptions import Throttled
from rest_framework.permissions import IsAuthenticatedOrReadOnly
from rest_framework.request import Request
from rest_framework.response import Response

from kring.foundation.api import BAD_FILTER, NOT_FOUND, Problem, ReadOnlyViewSet, Row
from kring.foundation.api_writing import IF_MATCH, VERSIONED, WRITING
from kring.foundation.storage import media_url
from members.api import NamedSerializer, NamedViewSet
from offerings import kept, need_writes, search_limits
from offerings.filters import NeedFilter, OfferingFilter
from offerings.models import (
    FRESH_MONTHS,
    Audience,
    Category,
    Means,
    Need,
    NeedState,
    Offering,
    OfferingState,
    Place,
    PriceKind,
    months_before,
)
from offerings.writing import OfferingWriting

TOO_FAST = OpenApiResponse(Problem, description="Too many searches in a minute.")


class CategorySerializer(NamedSerializer):
    """A course of the menu card, or a part of one."""

    parent = serializers.SlugField(allow_null=True)  # type: ignore[assignment]
    description = serializers.CharField(allow_blank=True)


@extend_schema_view(
    list=extend_schema(responses={200: CategorySerializer(many=True)}),
    retrieve=extend_schema(responses={200: CategorySerializer, 404: NOT_FOUND}),
)
class CategoryViewSet(NamedViewSet):
    """The courses of the menu card, in their order."""

    serializer_class = CategorySerializer
    queryset = Category.objects.order_by("order", "name")
    columns: ClassVar[tuple[str, ...]] = ("slug", "name", "name_en", "parent__slug", "description")

    def shape(self, row: Row) -> Row:
        return {
            **{name: row[name] for name in ("slug", "name", "name_en", "description")},
            "parent": row["parent__slug"],
        }


class PartySerializer(serializers.Serializer[Any]):
    """An organisation, named."""

    id = serializers.UUIDField()
    slug = serializers.SlugField()
    name = serializers.CharField()


class OfferingSerializer(serializers.Serializer[Any]):
    """An item on the menu card."""

    id = serializers.UUIDField()
    url = serializers.URLField()
    slug = serializers.SlugField()
    organisation = PartySerializer()
    state = serializers.ChoiceField(OfferingState.choices)
    title = serializers.CharField()
    summary = serializers.CharField()
    description = serializers.CharField(allow_blank=True, help_text="Markdown")
    photo = serializers.CharField(allow_blank=True)
    photo_alt = serializers.CharField(allow_blank=True)
    category = serializers.SlugField()
    sector = serializers.SlugField(allow_null=True)
    audience = serializers.ChoiceField(Audience.choices)
    means = serializers.ChoiceField(Means.choices, allow_blank=True)
    quantity = serializers.DecimalField(10, 2, allow_null=True)
    unit = serializers.CharField(allow_blank=True)
    group_min = serializers.IntegerField(allow_null=True)
    group_max = serializers.IntegerField(allow_null=True)
    duration = serializers.CharField(allow_blank=True)
    price_kind = serializers.ChoiceField(PriceKind.choices)
    price = serializers.DecimalField(8, 2, allow_null=True, help_text="In euro")
    price_unit = serializers.CharField(allow_blank=True)
    counter_favour = serializers.CharField(allow_blank=True)
    place = serializers.ChoiceField(Place.choices)
    place_text = serializers.CharField(allow_blank=True)
    district = serializers.SlugField(allow_null=True)
    months = serializers.ListField(child=serializers.IntegerField(min_value=1, max_value=12))
    weekdays = serializers.ListField(child=serializers.IntegerField(min_value=1, max_value=7))
    weeks_ahead = serializers.IntegerField(allow_null=True)
    wheelchair_accessible = serializers.BooleanField(allow_null=True)
    contact_role = serializers.CharField(allow_blank=True)
    confirmed_on = serializers.DateField()
    is_fresh = serializers.BooleanField(help_text="Confirmed less than half a year ago.")
    published_on = serializers.DateField(allow_null=True)
    paused_until = serializers.DateField(allow_null=True, help_text="The day on which it comes back by itself.")


SAME = (
    *("slug", "state", "title", "summary", "description", "photo_alt", "audience", "means", "quantity", "unit"),
    *("group_min", "group_max"),
    *("duration", "price_kind", "price", "price_unit", "counter_favour", "place", "place_text", "months", "weekdays"),
    *("weeks_ahead", "wheelchair_accessible", "contact_role", "confirmed_on", "published_on", "paused_until"),
)
PARTY = ("organisation__uuid", "organisation__slug", "organisation__name")


def party(row: Row, name: str = "organisation") -> Row | None:
    """The organisation in a row, by the columns that start with its name."""
    if row[f"{name}__uuid"] is None:
        return None
    return {"id": row[f"{name}__uuid"], "slug": row[f"{name}__slug"], "name": row[f"{name}__name"]}


@extend_schema_view(
    list=extend_schema(responses={200: OfferingSerializer(many=True), 400: BAD_FILTER, 404: NOT_FOUND, 429: TOO_FAST}),
    retrieve=extend_schema(responses={200: OfferingSerializer, 404: NOT_FOUND}),
    create=extend_schema(responses={201: OfferingSerializer, **WRITING}),
    partial_update=extend_schema(responses={200: OfferingSerializer, **VERSIONED}),
    step=extend_schema(responses={200: OfferingSerializer, **WRITING}),
)
class OfferingViewSet(OfferingWriting, ReadOnlyViewSet):
    """The menu card. The filters are those of the page; members write what is theirs."""

    serializer_class = OfferingSerializer
    filterset_class = OfferingFilter
    permission_classes = [IsAuthenticatedOrReadOnly]
    stamp = staticmethod(kept.stamp)
    queryset = Offering.objects.none()
    columns = (
        *SAME,
        *PARTY,
        *("uuid", "photo", "version", "category__slug", "organisation__main_sector__slug", "district__slug"),
    )

    def list(self, request: Request) -> Response:
        if search_limits.too_fast(request):
            raise Throttled
        return super().list(request)

    def get_queryset(self) -> QuerySet[Offering]:
        return Offering.objects.visible_to(self.request.user).order_by("-published_on", "-pk")

    def shape(self, row: Row) -> Row:
        return {
            "id": row["uuid"],
            "url": f"{settings.SITE_URL}/menukaart/{row['slug']}/",
            "organisation": party(row),
            **{name: row[name] for name in SAME},
            "is_fresh": row["confirmed_on"] > months_before(timezone.localdate(), FRESH_MONTHS),
            "photo": media_url(row["photo"]),
            "category": row["category__slug"],
            "sector": row["organisation__main_sector__slug"],
            "district": row["district__slug"],
        }


class NeedSerializer(serializers.Serializer[Any]):
    """What an organisation looks for."""

    id = serializers.UUIDField()
    url = serializers.URLField()
    slug = serializers.SlugField()
    organisation = PartySerializer()
    state = serializers.ChoiceField(NeedState.choices)
    title = serializers.CharField()
    description = serializers.CharField(allow_blank=True)
    means = serializers.ChoiceField(Means.choices)
    category = serializers.SlugField(allow_null=True)
    district = serializers.SlugField(allow_null=True)
    quantity = serializers.DecimalField(10, 2, allow_null=True)
    unit = serializers.CharField(allow_blank=True)
    counter_favour = serializers.CharField(allow_blank=True)
    wanted_by = serializers.DateField(allow_null=True)
    expires_on = serializers.DateField(allow_null=True)
    confirmed_on = serializers.DateField()
    version = serializers.IntegerField(help_text="For If-Match, when it is changed")


NEED = (
    "slug",
    "state",
    "title",
    "description",
    "means",
    "quantity",
    "unit",
    "counter_favour",
    "wanted_by",
    "expires_on",
    "confirmed_on",
    "version",
)


@extend_schema_view(
    list=extend_schema(responses={200: NeedSerializer(many=True), 400: BAD_FILTER, 404: NOT_FOUND}),
    retrieve=extend_schema(responses={200: NeedSerializer, 404: NOT_FOUND}),
    create=extend_schema(
        request=need_writes.NewNeedSerializer,
        responses={201: NeedSerializer, **WRITING},
    ),
    partial_update=extend_schema(
        request=need_writes.NeedWriteSerializer(partial=True),
        parameters=[IF_MATCH],
        responses={200: NeedSerializer, **VERSIONED},
    ),
    **dict.fromkeys(
        ("extend", "meet", "close"),
        extend_schema(request=None, responses={200: NeedSerializer, **WRITING}),
    ),
)
class NeedViewSet(need_writes.NeedWrites, ReadOnlyViewSet):
    """What organisations and businesses look for; who serves one asks and changes for it."""

    serializer_class = NeedSerializer
    filterset_class = NeedFilter
    permission_classes = [IsAuthenticatedOrReadOnly]
    queryset = Need.objects.none()
    columns = (*NEED, *PARTY, "uuid", "category__slug", "district__slug")

    def get_queryset(self) -> QuerySet[Need]:
        return Need.objects.visible_to(self.request.user).order_by("-created_at", "-pk")

    def shape(self, row: Row) -> Row:
        return {
            "id": row["uuid"],
            "url": f"{settings.SITE_URL}/vragen/{row['slug']}/",
            "organisation": party(row),
            **{name: row[name] for name in NEED},
            "category": row["category__slug"],
            "district": row["district__slug"],
        }
