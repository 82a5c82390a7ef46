"""Meetings that the reader may see, and signing up for one by the same rules as the form on its page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet
from django.db.models.functions import JSONObject
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import OpenApiResponse, extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.exceptions import Throttled
from rest_framework.request import Request
from rest_framework.response import Response

from kring.foundation.api import BAD_FILTER, NOT_FOUND, Problem, ReadOnlyViewSet, Row
from kring.foundation.api_writing import WRITING, Conflict, StrictSerializer, check, given, posted
from kring.meetings import figures, limits, standing
from kring.meetings.forms.signing_up import SignUpForm
from kring.meetings.models import (
    MOST_PEOPLE,
    AgendaItem,
    ItemKind,
    Meeting,
    MeetingKind,
    MeetingState,
    Openness,
    StepNotAllowed,
)

SAME = (
    *("title", "kind", "state", "intro", "starts_at", "ends_at", "venue", "address", "practical", "cancel_reason"),
    *("visibility", "signup_opens_on", "signup_closes_on", "coming"),
)
ITEM = ("title", "minutes", "kind", "speaker", "text")
TOO_OFTEN = OpenApiResponse(Problem, description="Too many sign-ups from here, or for this address, within an hour.")


CLOSED = gettext_lazy("Voor deze bijeenkomst kun je je nu niet aanmelden.")


class HostSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    name = serializers.CharField()
    url = serializers.URLField()


class AgendaSerializer(serializers.Serializer[Any]):
    """An item; `text` is Markdown."""

    title = serializers.CharField()
    starts_at = serializers.DateTimeField()
    minutes = serializers.IntegerField()
    kind = serializers.ChoiceField(ItemKind.choices)
    speaker = serializers.CharField(allow_blank=True)
    text = serializers.CharField(allow_blank=True)


class MeetingSerializer(serializers.Serializer[Any]):
    """A meeting. `coming` counts people, without who waits.

    `places` is empty where there is no limit; `sequence` goes up with every change of when or where.
    """

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
    visibility = serializers.ChoiceField(Openness.choices)
    signup_opens_on = serializers.DateField(allow_null=True)
    signup_closes_on = serializers.DateField(allow_null=True)
    agenda = AgendaSerializer(many=True)
    coming = serializers.IntegerField()
    places = serializers.IntegerField(allow_null=True)
    places_left = serializers.IntegerField(allow_null=True)
    sequence = serializers.IntegerField()


class SignUpSerializer(StrictSerializer):
    """Who wants to come. Who is signed in leaves out name and email, and has a place at once if there is one."""

    name = serializers.CharField(max_length=120, required=False)
    email = serializers.EmailField(required=False)
    organisation_name = serializers.CharField(max_length=120, required=False, allow_blank=True)
    people = serializers.IntegerField(min_value=1, max_value=MOST_PEOPLE)
    needs = serializers.CharField(max_length=300, required=False, allow_blank=True)
    show_name = serializers.BooleanField(required=False)
    wants_newsletter = serializers.BooleanField(
        required=False, help_text="Asked once more by mail, before anything is sent."
    )
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
    columns = (
        *SAME,
        "items",
        "uuid",
        "slug",
        "capacity",
        "taken",
        "sequence",
        "host__uuid",
        "host__name",
        "host__slug",
    )

    def get_queryset(self) -> QuerySet[Meeting]:
        items = AgendaItem.objects.filter(meeting=OuterRef("pk")).order_by("order")
        told = {"items": ArraySubquery(items.values(item=JSONObject(**{name: name for name in ITEM})))}
        visible = Meeting.objects.visible_to(self.request.user).annotate(coming=figures.people_coming(), **told)
        return visible.order_by("-starts_at", "-pk")

    def shape(self, row: Row) -> Row:
        capacity = row["capacity"]
        return {
            "id": row["uuid"],
            "url": f"{settings.SITE_URL}/bijeenkomsten/{row['slug']}/",
            **{name: row[name] for name in SAME},
            "agenda": list(_agenda(row)),
            "host": _host(row),
            "places": capacity,
            "places_left": None if capacity is None else max(capacity - row["taken"], 0),
            "sequence": row["sequence"],
        }

    @extend_schema(request=SignUpSerializer, responses={202: SignedUpSerializer, **WRITING, 429: TOO_OFTEN})
    @action(detail=True, methods=["post"], url_path="sign-ups", url_name="sign-ups", filter_backends=[])
    def sign_ups(self, request: Request, **kwargs: Any) -> Response:
        """Signs somebody up, a stranger too, who then confirms it by mail."""
        wanted = given(request, SignUpSerializer)
        meeting: Meeting = self.get_object()
        now = timezone.now()
        if not meeting.takes_sign_ups(now):
            raise Conflict(CLOSED)
        blank = SignUpForm(meeting=meeting, user=request.user)
        form = SignUpForm(posted(blank, wanted), meeting=meeting, user=request.user)
        check(form)
        if limits.too_many_sign_ups(request, form.cleaned_data.get("email", "")):
            raise Throttled(wait=3600)
        try:
            form.ask(now)
        except StepNotAllowed as error:
            raise Conflict(CLOSED) from error
        return Response({"detail": _("Aangemeld. Wie niet is ingelogd, bevestigt dat met de mail.")}, status=202)


def _agenda(row: Row) -> Iterator[Row]:
    """Each item begins where the one before it ends."""
    starts_at = row["starts_at"]
    for item in row["items"]:
        yield {**item, "starts_at": starts_at}
        starts_at += dt.timedelta(minutes=item["minutes"])


def _host(row: Row) -> Row | None:
    if row["host__uuid"] is None:
        return None
    url = f"{settings.SITE_URL}/organisaties/{row['host__slug']}/"
    return {"id": row["host__uuid"], "name": row["host__name"], "url": url}
