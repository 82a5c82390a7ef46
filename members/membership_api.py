"""Memberships by the API, for the board: with their history, and the steps of its page."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet
from django.db.models.functions import Coalesce, JSONObject
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response

from kring.accounts import access
from kring.foundation.api import BAD_FILTER, NOT_FOUND, ReadOnlyViewSet, Row
from kring.foundation.api_writing import FORBIDDEN, UNKNOWN, WRITING, Conflict, StrictSerializer, check, posted
from kring.foundation.api_writing import given as given_by
from members import belonging
from members.filters import MembershipFilter
from members.forms.membership import form_for
from members.models import Membership, MembershipStatus, MembershipTransition, NoOwner, TransitionNotAllowed


class TransitionSerializer(serializers.Serializer[Any]):
    """A step in the life of a membership: who took it, when and why."""

    before = serializers.CharField(allow_blank=True, help_text="Empty for a membership that began elsewhere")
    after = serializers.CharField()
    at = serializers.DateTimeField()
    by = serializers.CharField(allow_blank=True, help_text="Empty for the system")
    note = serializers.CharField(allow_blank=True)


class MembershipSerializer(serializers.Serializer[Any]):
    """One unbroken period of an organisation in the circle, from its application on."""

    id = serializers.UUIDField()
    organisation = serializers.UUIDField()
    name = serializers.CharField()
    status = serializers.ChoiceField(MembershipStatus.choices)
    first_day = serializers.DateField(allow_null=True)
    day_after_last = serializers.DateField(allow_null=True, help_text="Empty while it goes on")
    applied_on = serializers.DateField(allow_null=True)
    reason = serializers.CharField(allow_blank=True)
    transitions = TransitionSerializer(many=True)


class MembershipStepSerializer(StrictSerializer):
    """A step as on the board's page of the organisation."""

    step = serializers.ChoiceField([step.name for step in belonging.STEPS])
    reason = serializers.CharField(allow_blank=True, required=False)
    last_day = serializers.DateField(required=False)


class Board(BasePermission):
    def has_permission(self, request: Request, view: Any) -> bool:
        return access.is_board(request.user)


def _steps_taken() -> ArraySubquery:
    """The first one first, by the names that people have now."""
    taken = MembershipTransition.objects.filter(membership=OuterRef("pk")).order_by("at", "pk")
    by = Coalesce("actor__name", "actor_name")
    return ArraySubquery(taken.values(told=JSONObject(before="before", after="after", at="at", by=by, note="note")))


BOARD_ONLY = {401: UNKNOWN, 403: FORBIDDEN}


@extend_schema_view(
    list=extend_schema(
        responses={200: MembershipSerializer(many=True), 400: BAD_FILTER, 404: NOT_FOUND, **BOARD_ONLY}
    ),
    retrieve=extend_schema(responses={200: MembershipSerializer, 404: NOT_FOUND, **BOARD_ONLY}),
)
class MembershipViewSet(ReadOnlyViewSet):
    """Who belongs to the circle, for the board."""

    access = "board"
    permission_classes = [Board]
    serializer_class = MembershipSerializer
    filterset_class = MembershipFilter
    queryset = Membership.objects.none()
    columns = (
        *("uuid", "organisation__uuid", "organisation__name"),
        *("status", "period", "applied_on", "reason", "steps_taken"),
    )

    def get_queryset(self) -> QuerySet[Membership]:
        return Membership.objects.annotate(steps_taken=_steps_taken()).order_by("organisation__name", "-pk")

    def shape(self, row: Row) -> Row:
        period = row["period"]
        return {
            "id": row["uuid"],
            "organisation": row["organisation__uuid"],
            "name": row["organisation__name"],
            "first_day": period.lower if period else None,
            "day_after_last": period.upper if period else None,
            "transitions": row["steps_taken"],
            **{name: row[name] for name in ("status", "applied_on", "reason")},
        }

    @extend_schema(request=MembershipStepSerializer, responses={200: MembershipSerializer, **WRITING})
    @action(detail=True, methods=["post"])
    def steps(self, request: Request, uuid: UUID) -> Response:
        """Takes a step: the mail that tells of it goes out as from the page."""
        given = given_by(request, MembershipStepSerializer)
        membership = get_object_or_404(Membership.objects.select_related("organisation"), uuid=uuid)
        step = next(each for each in belonging.STEPS if each.name == given["step"])
        form = form_for(step)(posted(form_for(step)(), given))
        check(form)
        if step not in belonging.steps_of(membership):
            raise Conflict
        try:
            belonging.take(membership, step, access.user_of(request), timezone.now(), **form.cleaned_data)
        except TransitionNotAllowed as error:
            raise Conflict from error
        except NoOwner as error:
            raise Conflict(_("Wijs eerst een beheerder aan: een lid heeft altijd iemand die het beheert.")) from error
        return self.shown(uuid)
