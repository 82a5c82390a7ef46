"""Asking for something through the API: the page's form, its rules and its verbs, for who is signed in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from kring.foundation.api_writing import Conflict, StrictSerializer, check, given, posted, slug_of, version_of
from members.models import District
from offerings import policies
from offerings.models import Category, Means, Need, NeedStateNotAllowed
from offerings.need_form import NeedForm


class NeedWriteSerializer(StrictSerializer):
    """What is asked for; what is left out stays. Checked by the form of the page."""

    title = serializers.CharField(max_length=100)
    description = serializers.CharField(required=False, allow_blank=True, help_text="Markdown")
    means = serializers.ChoiceField(Means.choices)
    quantity = serializers.DecimalField(10, 2, required=False, allow_null=True)
    unit = serializers.CharField(required=False, allow_blank=True, max_length=20)
    counter_favour = serializers.CharField(required=False, allow_blank=True, max_length=200)
    category = slug_of(Category.objects.all(), required=False)
    district = slug_of(District.objects.all(), required=False)
    wanted_by = serializers.DateField(required=False, allow_null=True)
    expires_on = serializers.DateField(required=False)


class NewNeedSerializer(NeedWriteSerializer):
    organisation = serializers.SlugField(help_text="The organisation that asks for it.")
    once = serializers.UUIDField(required=False, help_text="The same again makes no second one.")


class NeedWrites:
    """For the viewset of needs."""

    get_queryset: Callable[[], QuerySet[Need]]
    shown: Callable[..., Response]

    def create(self, request: Request) -> Response:
        """Asks for something."""
        wanted = given(request, NewNeedSerializer)
        owner = policies.editable_organisation(request.user, wanted.pop("organisation"))
        need = write(Need(organisation=owner), wanted)
        return self.shown(need.uuid, status.HTTP_201_CREATED)

    @transaction.atomic
    def partial_update(self, request: Request, uuid: UUID) -> Response:
        """Changes the fields that are sent; any change confirms the need."""
        version, wanted = version_of(request), given(request, NeedWriteSerializer, partial=True)
        write(self._own(request, uuid).locked(), wanted | {"version": version})
        return self.shown(uuid)

    @action(detail=True, methods=["post"])
    def extend(self, request: Request, uuid: UUID) -> Response:
        """It still stands, or stands again."""
        return self._moved(request, Need.extend, uuid)

    @action(detail=True, methods=["post"])
    def meet(self, request: Request, uuid: UUID) -> Response:
        """Somebody helped."""
        return self._moved(request, Need.meet, uuid)

    @action(detail=True, methods=["post"])
    def close(self, request: Request, uuid: UUID) -> Response:
        """It is not needed any more."""
        return self._moved(request, Need.close, uuid)

    def _moved(self, request: Request, step: Callable[[Need, Any], None], uuid: UUID) -> Response:
        try:
            step(self._own(request, uuid), timezone.localdate())
        except NeedStateNotAllowed as error:
            raise Conflict from error
        return self.shown(uuid)

    def _own(self, request: Request, uuid: UUID) -> Need:
        """Http404 for one that is hidden from the user, PermissionDenied for another's."""
        need = get_object_or_404(self.get_queryset().select_related("organisation"), uuid=uuid)
        if not policies.can_edit(request.user, need.organisation):
            raise PermissionDenied
        return need


def write(need: Need, wanted: dict[str, Any]) -> Need:
    """By the form of the page, as it stands now with what is wanted over it."""
    owner = need.organisation
    form = NeedForm(posted(NeedForm(instance=need, organisation=owner), wanted), instance=need, organisation=owner)
    check(form)
    return form.save_for(timezone.localdate())
