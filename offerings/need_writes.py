"""Asking for something through the API: the page's form, its rules and its verbs, for who is signed in."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from typing import Any

from django.db import transaction
from django.forms import model_to_dict
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.exceptions import APIException, PermissionDenied, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from kring.foundation.api import Problem
from kring.foundation.forms import clean_text
from members.models import District
from offerings import policies
from offerings.models import Category, Means, Need, NeedStateNotAllowed
from offerings.need_form import NeedForm

REFUSED = OpenApiResponse(Problem, description="Not signed in, or not for this organisation.")
WRONG = OpenApiResponse(description="What is wrong, per field.")
CHANGED = OpenApiResponse(Problem, description="Somebody else saved since: `If-Match` names another version.")
OVER = OpenApiResponse(Problem, description="The need is in no state for that.")
IF_MATCH = OpenApiParameter("If-Match", str, OpenApiParameter.HEADER, description="The version that was read: `3`.")


class Conflict(APIException):
    status_code = status.HTTP_409_CONFLICT


class Stale(APIException):
    status_code = status.HTTP_412_PRECONDITION_FAILED


class NeedWriteSerializer(serializers.Serializer[Any]):
    """What is asked for. `once` makes a second POST the same deed as the first."""

    title = serializers.CharField(max_length=100)
    description = serializers.CharField(required=False, allow_blank=True, help_text="Markdown")
    means = serializers.ChoiceField(Means.choices)
    quantity = serializers.DecimalField(10, 2, required=False, allow_null=True)
    unit = serializers.CharField(required=False, allow_blank=True, max_length=20)
    counter_favour = serializers.CharField(required=False, allow_blank=True, max_length=200)
    category = serializers.SlugField(required=False, allow_null=True)
    district = serializers.SlugField(required=False, allow_null=True)
    wanted_by = serializers.DateField(required=False, allow_null=True)
    expires_on = serializers.DateField(required=False)


class NewNeedSerializer(NeedWriteSerializer):
    organisation = serializers.SlugField()
    once = serializers.UUIDField(required=False)


# The version is asked for in a header; an organisation is named once.
FIELDS = (*(name for name in NeedForm.base_fields if name != "version"), "organisation")


def typed(given: Any) -> dict[str, str]:
    """The fields of the form in what was sent, with the keys of what was named. ValidationError for no object."""
    if not isinstance(given, Mapping):
        raise ValidationError({"detail": _("Stuur een object met velden.")})
    sent = {name: given[name] for name in FIELDS if name in given}
    found = {name: "" if value is None else clean_text(str(value)) for name, value in sent.items()}
    for name, model in (("category", Category), ("district", District)):
        if found.get(name):
            key = model.objects.filter(slug=found[name]).values_list("pk", flat=True).first()
            found[name] = str(key or 0)  # none has the key 0, and the form says so
    return found


def checked(form: NeedForm) -> NeedForm:
    if not form.is_valid():
        raise ValidationError({name: [str(error) for error in errors] for name, errors in form.errors.items()})
    return form


class NeedWrites:
    """For the viewset of needs."""

    get_queryset: Callable[[], Any]
    retrieve: Callable[..., Response]

    def create(self, request: Request) -> Response:
        """Asks for something."""
        signed_in(request)
        given = typed(request.data)
        owner = policies.editable_organisation(request.user, given.pop("organisation", ""))
        blank = Need(organisation=owner)
        data = {"once": str(uuid.uuid4()), "version": "0", "expires_on": str(blank.expires_on)} | given
        need = checked(NeedForm(data, instance=blank, organisation=owner)).save_for(timezone.localdate())
        shown = self.retrieve(request, uuid=need.uuid)
        return Response(shown.data, status=status.HTTP_201_CREATED)

    @transaction.atomic
    def partial_update(self, request: Request, **kwargs: Any) -> Response:
        """Changes the fields that are sent; any change confirms the need."""
        need = self._own(request, **kwargs).locked()
        if request.headers.get("If-Match", "*").strip('" W/') not in {"*", str(need.version)}:
            raise Stale(_("Iemand anders heeft dit intussen veranderd. Kijk wat blijft en bewaar opnieuw."))
        stored = {name: "" if value is None else str(value) for name, value in model_to_dict(need, FIELDS).items()}
        data = stored | typed(request.data) | {"once": str(uuid.uuid4()), "version": str(need.version)}
        checked(NeedForm(data, instance=need, organisation=need.organisation)).save_for(timezone.localdate())
        return self.retrieve(request, **kwargs)

    @action(detail=True, methods=["post"])
    def extend(self, request: Request, **kwargs: Any) -> Response:
        """It still stands, or stands again."""
        return self._moved(request, Need.extend, **kwargs)

    @action(detail=True, methods=["post"])
    def meet(self, request: Request, **kwargs: Any) -> Response:
        """Somebody helped."""
        return self._moved(request, Need.meet, **kwargs)

    @action(detail=True, methods=["post"])
    def close(self, request: Request, **kwargs: Any) -> Response:
        """It is not needed any more."""
        return self._moved(request, Need.close, **kwargs)

    def _moved(self, request: Request, step: Callable[[Need, Any], None], **kwargs: Any) -> Response:
        try:
            step(self._own(request, **kwargs), timezone.localdate())
        except NeedStateNotAllowed as error:
            raise Conflict(_("Dat kan nu niet: kijk hoe de vraag ervoor staat.")) from error
        return self.retrieve(request, **kwargs)

    def _own(self, request: Request, **kwargs: Any) -> Need:
        """Http404 for one that is hidden from the user, PermissionDenied for another's."""
        signed_in(request)
        need: Need = get_object_or_404(self.get_queryset().select_related("organisation"), uuid=kwargs["uuid"])
        if not policies.can_edit(request.user, need.organisation):
            raise PermissionDenied
        return need


def signed_in(request: Request) -> None:
    if not request.user.is_authenticated:
        raise PermissionDenied(_("Log eerst in."))
