from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers

from commitments import totals
from commitments.filters import CommitmentFilter
from commitments.models import Commitment, CommitmentState, GivenBackReason, Visibility
from kring.foundation.api import BAD_FILTER, NOT_FOUND, ReadOnlyViewSet, Row
from offerings.api import PartySerializer, party
from offerings.models import Means


class CommitmentSerializer(serializers.Serializer[Any]):
    """A promise by one party to another, or to the whole circle (no beneficiary)."""

    id = serializers.UUIDField()
    url = serializers.URLField()
    promisor = PartySerializer()
    beneficiary = PartySerializer(allow_null=True)
    title = serializers.CharField()
    description = serializers.CharField(allow_blank=True)
    means = serializers.ChoiceField(Means.choices)
    quantity = serializers.DecimalField(10, 2)
    unit = serializers.CharField()
    delivered = serializers.DecimalField(10, 2)
    confirmed = serializers.DecimalField(10, 2, allow_null=True)
    result = serializers.CharField(allow_blank=True)
    counter_favour = serializers.CharField(allow_blank=True)
    due_on = serializers.DateField()
    first_due_on = serializers.DateField()
    state = serializers.ChoiceField(CommitmentState.choices)
    visibility = serializers.ChoiceField(Visibility.choices)
    given_back_reason = serializers.ChoiceField(GivenBackReason.choices, allow_blank=True)
    kept_by_silence = serializers.BooleanField()
    agreed_at = serializers.DateTimeField(allow_null=True)
    closed_at = serializers.DateTimeField(allow_null=True)


SAME = (
    *("title", "description", "means", "quantity", "unit", "delivered", "confirmed", "result", "counter_favour"),
    *(
        "due_on",
        "first_due_on",
        "state",
        "visibility",
        "given_back_reason",
        "kept_by_silence",
        "agreed_at",
        "closed_at",
    ),
)
PARTIES = tuple(f"{side}__{name}" for side in ("promisor", "beneficiary") for name in ("uuid", "slug", "name"))


@extend_schema_view(
    list=extend_schema(responses={200: CommitmentSerializer(many=True), 400: BAD_FILTER, 404: NOT_FOUND}),
    retrieve=extend_schema(responses={200: CommitmentSerializer, 404: NOT_FOUND}),
)
class CommitmentViewSet(ReadOnlyViewSet):
    """Promises, by visibility. The filters are those of the page."""

    serializer_class = CommitmentSerializer
    filterset_class = CommitmentFilter
    stamp = staticmethod(totals.stamp)
    queryset = Commitment.objects.none()
    columns = (*SAME, *PARTIES, "uuid")

    def get_queryset(self) -> QuerySet[Commitment]:
        return Commitment.objects.visible_to(self.request.user).order_by("-moved_at", "-pk")

    def shape(self, row: Row) -> Row:
        return {
            "id": row["uuid"],
            "url": f"{settings.SITE_URL}/toezeggingen/{row['uuid']}/",
            "promisor": party(row, "promisor"),
            "beneficiary": party(row, "beneficiary"),
            **{name: row[name] for name in SAME},
        }
