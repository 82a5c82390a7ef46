"""Writing offerings through the API: the same forms, rights and steps as the pages."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.http import Http404
from django.utils import timezone
from django.utils.datastructures import MultiValueDict
from django.utils.formats import number_format
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.exceptions import APIException, NotAuthenticated, PermissionDenied, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from kring.accounts.models import User
from kring.foundation.api import NOT_FOUND, Problem
from members.models import District, Organisation
from offerings import policies
from offerings.forms import OfferingForm, TakeAwayForm
from offerings.models import Audience, Category, Means, Offering, OfferingStateNotAllowed, Place, PriceKind

STEPS = ("publish", "pause", "archive", "reopen", "confirm")
WRONG = OpenApiResponse(description="Per field what is wrong with it.")
REFUSED = OpenApiResponse(Problem, description="Who asks may not do this, or is not signed in.")
CONFLICT = OpenApiResponse(Problem, description="It is in no state for this; ask for it again.")
OUTDATED = OpenApiResponse(Problem, description="Somebody else wrote it since: the version asked for is not this one.")
NO_JSON = OpenApiResponse(Problem, description="The body is not JSON.")
UNCONDITIONAL = OpenApiResponse(Problem, description="If-Match is missing.")
REFUSALS = {400: WRONG, 403: REFUSED, 404: NOT_FOUND, 415: NO_JSON}
IF_MATCH = OpenApiParameter("If-Match", str, OpenApiParameter.HEADER, description="The ETag that a GET gave.")


class Conflict(APIException):
    status_code = 409
    default_detail = "It is in no state for this."


class Outdated(APIException):
    status_code = 412
    default_detail = "Somebody else wrote it since. Ask for it again."


class Unconditional(APIException):
    status_code = 428
    default_detail = "Say in If-Match which version you change: the ETag that a GET gave."


class OfferingWrite(serializers.Serializer[Any]):
    """What can be written of an offering. The photo is sent in by the page."""

    title = serializers.CharField(required=False, max_length=100)
    summary = serializers.CharField(required=False, max_length=160)
    description = serializers.CharField(required=False, allow_blank=True, max_length=20_000, help_text="Markdown")
    category = serializers.SlugField(required=False)
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
    district = serializers.SlugField(required=False, allow_null=True)
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


class OfferingStep(serializers.Serializer[Any]):
    step = serializers.ChoiceField(STEPS)
    until = serializers.DateField(required=False, allow_null=True, help_text="With 'pause': the day it comes back.")


def read(serializer: type[serializers.Serializer[Any]], request: Request) -> dict[str, Any]:
    """The body, checked. Raises ValidationError and NotAuthenticated."""
    if not request.user.is_authenticated:
        raise NotAuthenticated
    checked = serializer(data=request.data)
    checked.is_valid(raise_exception=True)
    return dict(checked.validated_data)


def raise_for(form: Any) -> None:
    """What the form found, per field."""
    if not form.is_valid():
        raise ValidationError({name: list(errors) for name, errors in form.errors.items()})


def typed(values: Mapping[str, Any]) -> MultiValueDict[str, Any]:
    """Values as a browser would send them."""
    lists = {name: value if isinstance(value, list) else [value] for name, value in values.items()}
    return MultiValueDict({name: [_typed(each) for each in each_list] for name, each_list in lists.items()})


def _typed(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case Decimal():
            return number_format(value, use_l10n=True, force_grouping=False)
    return str(value)


def form_values(given: Mapping[str, Any]) -> dict[str, Any]:
    """The lists go by the address of an entry here, and by its key in the form; an unknown one is none of its keys."""
    values = dict(given)
    if "category" in values:
        values["category"] = Category.objects.filter(slug=values["category"]).values_list("pk", flat=True).first() or 0
    if values.get("district"):
        found = District.objects.filter(slug=values["district"]).values_list("pk", flat=True)
        values["district"] = found.first() or 0
    return values


def values_of(offering: Offering) -> dict[str, Any]:
    """An offering as it would be written again just as it is."""
    plain = set(OfferingWrite().fields) - {"category", "district"}
    lists = {"category": offering.category.slug, "district": offering.district and offering.district.slug}
    return {name: getattr(offering, name) for name in plain} | lists


class OfferingWriting:
    """Beside reading: a new one, a change on top of a known version, and a step."""

    def tagged(self, request: Request, offering: Offering, status: int = 200) -> Response:
        """The offering as a GET shows it, with its version as ETag."""
        response: Response = self.retrieve(request, uuid=offering.uuid)  # type: ignore[attr-defined]
        response.status_code = status
        return response

    @extend_schema(request=OfferingNew)
    def create(self, request: Request) -> Response:
        given = read(OfferingNew, request)
        owner = Organisation.objects.visible_to(request.user).filter(slug=given.pop("organisation")).first()
        if owner is None:
            raise Http404
        if not policies.can_edit(request.user, owner):
            raise PermissionDenied
        once = given.pop("once", None) or uuid.uuid4()
        defaults = {"place": Place.AT_US, "price_kind": PriceKind.ON_REQUEST, "version": 0, "once": once}
        offering = Offering(organisation=owner)
        form = OfferingForm(typed(defaults | form_values(given)), instance=offering, organisation=owner)
        raise_for(form)
        return self.tagged(request, form.save_for(timezone.localdate()), 201)

    @extend_schema(request=OfferingWrite, parameters=[IF_MATCH])
    @transaction.atomic
    def partial_update(self, request: Request, **kwargs: Any) -> Response:
        """Only what is given changes; any change confirms the offering."""
        given = read(OfferingWrite, request)
        offering = editable(request, kwargs["uuid"]).locked()
        wanted = request.headers.get("If-Match", "")
        if not wanted:
            raise Unconditional
        if wanted.removeprefix("W/") != etag(offering.version):
            raise Outdated
        written = form_values(values_of(offering) | given)
        data = typed(written | {"version": offering.version, "once": uuid.uuid4()})
        form = OfferingForm(data, instance=offering, organisation=offering.organisation)
        raise_for(form)
        return self.tagged(request, form.save_for(timezone.localdate()))

    @extend_schema(request=OfferingStep)
    @action(detail=True, methods=["post"], url_path="step", url_name="step")
    @transaction.atomic
    def step(self, request: Request, **kwargs: Any) -> Response:
        """Puts it on the card, off it for a while, in the archive or out of it, or says that it is still true."""
        given = read(OfferingStep, request)
        offering, today = editable(request, kwargs["uuid"]).locked(), timezone.localdate()
        pause = TakeAwayForm(typed({"until": given.get("until")}))
        raise_for(pause)
        try:
            match given["step"]:
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
        return self.tagged(request, offering)


def editable(request: Request, name: uuid.UUID) -> Offering:
    """Hidden is not there; seen and another's is refused."""
    user = request.user
    seen = Offering.objects.visible_to(user).select_related("organisation", "category", "district")
    offering = seen.filter(uuid=name).first()
    if offering is None:
        raise Http404
    if not isinstance(user, User) or not policies.can_edit(user, offering.organisation):
        raise PermissionDenied
    return offering


def etag(version: int) -> str:
    return f'"v{version}"'
