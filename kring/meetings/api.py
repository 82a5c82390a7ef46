"""Meetings that the reader may see, and signing up for one by the same rules as the form on its page."""

from __future__ import annotations

from typing import Any, NoReturn

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import OpenApiResponse, extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.exceptions import Throttled, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from kring.foundation.api import BAD_FILTER, NOT_FOUND, Problem, ReadOnlyViewSet, Row
from kring.meetings import limits, standing
from kring.meetings.forms.signing_up import SignUpForm
from kring.meetings.models import MOST_PEOPLE, Meeting, MeetingKind, MeetingState

SAME = ("title", "kind", "state", "intro", "starts_at", "ends_at", "venue", "address", "practical", "cancel_reason")
FULL_ANSWER = OpenApiResponse(Problem, description="This meeting takes no sign-ups now.")
WRONG = OpenApiResponse(description="Per field what is wrong with it.")
TOO_OFTEN = OpenApiResponse(Problem, description="Too many sign-ups from here, or for this address, within an hour.")


class HostSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    name = serializers.CharField()
    url = serializers.URLField()


class MeetingSerializer(serializers.Serializer[Any]):
    """A meeting. `places` is empty where there is no limit; `sequence` goes up with every change of when or where."""

    id = serializers.UUIDField()
    url = serializers.URLField()
    title = serializers.CharField()
    kind = serializers.ChoiceField(MeetingKind.choices)
    state = serializers.ChoiceField(MeetingState.choices)
    intro = serializers.CharField(allow_blank=True)
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    venue = serializers.CharField()
    address = serializers.CharField(allow_blank=True)
    practical = serializers.CharField(allow_blank=True)
    cancel_reason = serializers.CharField(allow_blank=True)
    host = HostSerializer(allow_null=True)
    places = serializers.IntegerField(allow_null=True)
    places_left = serializers.IntegerField(allow_null=True)
    sequence = serializers.IntegerField()


class SignUpSerializer(serializers.Serializer[Any]):
    """Who wants to come. Who is signed in leaves out name and email, and has a place at once if there is one."""

    name = serializers.CharField(max_length=120, required=False)
    email = serializers.EmailField(required=False)
    organisation_name = serializers.CharField(max_length=120, required=False, allow_blank=True)
    people = serializers.IntegerField(min_value=1, max_value=MOST_PEOPLE)
    needs = serializers.CharField(max_length=300, required=False, allow_blank=True)
    show_name = serializers.BooleanField(required=False)
    once = serializers.UUIDField(help_text="Made by who asks: sent twice, it is one sign-up.")


class SignedUpSerializer(serializers.Serializer[Any]):
    """The same whether the address was known or not."""

    detail = serializers.CharField()


@extend_schema_view(
    list=extend_schema(responses={200: MeetingSerializer(many=True), 400: BAD_FILTER, 404: NOT_FOUND}),
    retrieve=extend_schema(responses={200: MeetingSerializer, 404: NOT_FOUND}),
)
class MeetingViewSet(ReadOnlyViewSet):
    """Meetings, the newest first."""

    serializer_class = MeetingSerializer
    stamp = staticmethod(standing.stamp)
    queryset = Meeting.objects.none()
    columns = (*SAME, "uuid", "slug", "capacity", "taken", "sequence", "host__uuid", "host__name", "host__slug")

    def get_queryset(self) -> QuerySet[Meeting]:
        return Meeting.objects.visible_to(self.request.user).order_by("-starts_at", "-pk")

    def shape(self, row: Row) -> Row:
        capacity = row["capacity"]
        return {
            "id": row["uuid"],
            "url": f"{settings.SITE_URL}/bijeenkomsten/{row['slug']}/",
            **{name: row[name] for name in SAME},
            "host": _host(row),
            "places": capacity,
            "places_left": None if capacity is None else max(capacity - row["taken"], 0),
            "sequence": row["sequence"],
        }

    @extend_schema(
        request=SignUpSerializer,
        responses={
            202: SignedUpSerializer,
            400: WRONG,
            403: OpenApiResponse(Problem, description="Signed in, without the token that the session needs."),
            404: NOT_FOUND,
            409: FULL_ANSWER,
            415: OpenApiResponse(Problem, description="Send JSON."),
            429: TOO_OFTEN,
        },
    )
    @action(detail=True, methods=["post"], url_path="sign-ups", url_name="sign-ups", filter_backends=[])
    def sign_ups(self, request: Request, **kwargs: Any) -> Response:
        meeting: Meeting = self.get_object()
        now = timezone.now()
        if not meeting.takes_sign_ups(now):
            return Response({"detail": "This meeting takes no sign-ups now."}, status=409)
        form = SignUpForm(_typed(request), meeting=meeting, user=request.user)
        if not form.is_valid():
            raise ValidationError(form.errors.get_json_data())
        if limits.too_many_sign_ups(request, form.cleaned_data.get("email", "")):
            _refuse()
        form.ask(now)
        return Response({"detail": "Signed up. A stranger gets a mail to confirm it."}, status=202)


def _host(row: Row) -> Row | None:
    if row["host__uuid"] is None:
        return None
    url = f"{settings.SITE_URL}/organisaties/{row['host__slug']}/"
    return {"id": row["host__uuid"], "name": row["host__name"], "url": url}


def _typed(request: Request) -> dict[str, str]:
    """The body as the form takes it: each value of its own kind as text."""
    given = request.data
    if not isinstance(given, dict):
        raise ValidationError({"detail": ["Send an object."]})
    if any(not isinstance(value, str | int | bool | None) for value in given.values()):
        raise ValidationError({"detail": ["Send plain values."]})
    said = {name: value for name, value in given.items() if value is not None and value is not False}
    return {str(name): "on" if value is True else str(value) for name, value in said.items()}


def _refuse() -> NoReturn:
    raise Throttled(wait=3600)
