"""Writing offerings through the API: the same forms, rights and steps as the pages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from kring.foundation.api_writing import (
    IF_MATCH,
    Conflict,
    StrictSerializer,
    check,
    given,
    posted,
    slug_of,
    version_of,
)
from members.models import District
from offerings import policies
from offerings.forms import OfferingForm, TakeAwayForm
from offerings.models import Audience, Category, Means, Offering, OfferingStateNotAllowed, Place, PriceKind

STEPS = ("publish", "pause", "archive", "reopen", "confirm")


class OfferingWrite(StrictSerializer):
    """What can be written of an offering. The photo is sent in by the page."""

    title = serializers.CharField(max_length=100)
    summary = serializers.CharField(max_length=160)
    description = serializers.CharField(required=False, allow_blank=True, max_length=20_000, help_text="Markdown")
    category = slug_of(Category.objects.all(), allow_null=False)
    audience = serializers.ChoiceField(
        Audience.choices, required=False, help_text="Of a business it is always 'both'."
    )
    means = serializers.ChoiceField(Means.choices, required=False, help_text="Of what a business gives.")
    quantity = serializers.DecimalField(10, 2, required=False, allow_null=True)
    unit = serializers.CharField(required=False, allow_blank=True, max_length=20)
    price_kind = serializers.ChoiceField(PriceKind.choices, required=False)
    price = serializers.DecimalField(8, 2, required=False, allow_null=True)
    price_unit = serializers.CharField(required=False, allow_blank=True, max_length=20)
    counter_favour = serializers.CharField(required=False, allow_blank=True, max_length=200)
    group_min = serializers.IntegerField(required=False, allow_null=True, min_value=1, max_value=100_000)
    group_max = serializers.IntegerField(required=False, allow_null=True, min_value=1, max_value=100_000)
    duration = serializers.CharField(required=False, allow_blank=True, max_length=60)
    place = serializers.ChoiceField(Place.choices, required=False)
    place_text = serializers.CharField(required=False, allow_blank=True, max_length=120)
    district = slug_of(District.objects.all(), required=False)
    months = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=12), required=False, max_length=12
    )
    weekdays = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=7), required=False, max_length=7
    )
    weeks_ahead = serializers.IntegerField(required=False, allow_null=True, min_value=0, max_value=520)
    wheelchair_accessible = serializers.BooleanField(required=False, allow_null=True)
    contact_role = serializers.CharField(required=False, allow_blank=True, max_length=60)


class OfferingNew(OfferingWrite):
    organisation = serializers.SlugField(help_text="The organisation that offers it.")
    once = serializers.UUIDField(required=False, help_text="The same again makes no second one.")


class OfferingStep(StrictSerializer):
    step = serializers.ChoiceField(STEPS)
    until = serializers.DateField(required=False, allow_null=True, help_text="With 'pause': the day it comes back.")


class OfferingWriting:
    """Beside reading: a new one, a change on top of a known version, and a step."""

    get_queryset: Callable[[], QuerySet[Offering]]
    shown: Callable[..., Response]

    @extend_schema(request=OfferingNew)
    def create(self, request: Request) -> Response:
        wanted = given(request, OfferingNew)
        owner = policies.editable_organisation(request.user, wanted.pop("organisation"))
        offering = write(Offering(organisation=owner), wanted)
        return self.shown(offering.uuid, 201)

    @extend_schema(request=OfferingWrite(partial=True), parameters=[IF_MATCH])
    @transaction.atomic
    def partial_update(self, request: Request, uuid: UUID) -> Response:
        """Only what is given changes; any change confirms the offering."""
        version, wanted = version_of(request), given(request, OfferingWrite, partial=True)
        write(self._own(request, uuid), wanted | {"version": version})
        return self.shown(uuid)

    @extend_schema(request=OfferingStep)
    @action(detail=True, methods=["post"])
    @transaction.atomic
    def step(self, request: Request, uuid: UUID) -> Response:
        """Puts it on the card, off it for a while, in the archive or out of it, or says that it is still true."""
        wanted = given(request, OfferingStep)
        offering, today = self._own(request, uuid), timezone.localdate()
        pause = TakeAwayForm(posted(TakeAwayForm(), wanted))
        check(pause)
        try:
            match wanted["step"]:
                case "pause":
                    offering.pause(pause.cleaned_data["until"])
                case "reopen":
                    offering.reopen()
                case "confirm":
                    offering.confirm(today)
                case "publish":
                    offering.publish(today)
                case _archive:
                    offering.archive(today)
        except OfferingStateNotAllowed as error:
            raise Conflict from error
        return self.shown(uuid)

    def _own(self, request: Request, uuid: UUID) -> Offering:
        """With its row locked. Http404 for one that is hidden from the user, PermissionDenied for another's."""
        offering = get_object_or_404(self.get_queryset().select_related("organisation"), uuid=uuid)
        if not policies.can_edit(request.user, offering.organisation):
            raise PermissionDenied
        return offering.locked()


def write(offering: Offering, wanted: dict[str, Any]) -> Offering:
    """By the form of the page, as it stands now with what is wanted over it."""
    owner = offering.organisation
    form = OfferingForm(
        posted(OfferingForm(instance=offering, organisation=owner), wanted), instance=offering, organisation=owner
    )
    check(form)
    return form.save_for(timezone.localdate())
