"""Writing by the API through the forms of the pages: the same rules, and the same words when something is wrong.

A program sends what changes; `posted` makes of it what a browser would have sent.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS
from django.db.models import Model
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse
from rest_framework import status
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.request import Request
from rest_framework.serializers import Serializer, SlugRelatedField

from kring.foundation.api import Problem
from kring.foundation.forms import clean_text

ETAG = re.compile(r'(?:W/)?"(\d{1,9})"')


class VersionNeeded(APIException):
    status_code = status.HTTP_428_PRECONDITION_REQUIRED
    default_detail = _("Zeg met If-Match welke versie je verandert: de ETag die bij het lezen kwam.")
    default_code = "version_needed"


class Stale(APIException):
    status_code = status.HTTP_412_PRECONDITION_FAILED
    default_detail = _("Iemand anders heeft dit intussen veranderd. Lees het opnieuw en kijk wat blijft.")
    default_code = "stale"


class Conflict(APIException):
    status_code = status.HTTP_409_CONFLICT
    default_detail = _("Dat kan nu niet: de staat laat het niet toe. Lees het opnieuw.")
    default_code = "conflict"


REFUSED = OpenApiResponse(description="Something is not right; per field what to do.")
UNKNOWN = OpenApiResponse(Problem, description="Sign in, or send a token.")
FORBIDDEN = OpenApiResponse(Problem, description="This is not yours to change, or the token only reads.")
WRITING = {400: REFUSED, 401: UNKNOWN, 403: FORBIDDEN, 404: OpenApiResponse(Problem), 409: OpenApiResponse(Problem)}
VERSIONED = {**WRITING, 412: OpenApiResponse(Problem), 428: OpenApiResponse(Problem)}
IF_MATCH = OpenApiParameter(
    "If-Match", str, OpenApiParameter.HEADER, description="The ETag of what is changed, as it was read."
)


class StrictSerializer(Serializer[Any]):
    """What may be written: a name that is not here is refused, not passed over."""

    def to_internal_value(self, data: Any) -> Any:
        unknown = set(data) - set(self.fields) if isinstance(data, Mapping) else set()
        if unknown:
            raise ValidationError({name: [_("Dit veld is er niet.")] for name in sorted(map(str, unknown))})
        return super().to_internal_value(data)


class Named(SlugRelatedField[Any]):
    """An entry of a list by its slug. What no slug can be is not looked up: the database knows no NUL."""

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, str) or clean_text(data) != data:
            self.fail("invalid")
        return super().to_internal_value(data)


def slug_of(queryset: Any, *, many: bool = False, allow_null: bool = True, required: bool = True) -> Any:
    return Named("slug", queryset=queryset, many=many, allow_null=allow_null and not many, required=required)


def given(request: Request, serializer: type[StrictSerializer], *, partial: bool = False) -> dict[str, Any]:
    """The body as values of Python. Raises ValidationError with what is wrong, per field."""
    read = serializer(data=request.data, partial=partial)
    read.is_valid(raise_exception=True)
    return dict(read.validated_data)


def version_of(request: Request) -> int:
    """The version that If-Match names. Raises VersionNeeded without one, Stale for what is no version of ours."""
    asked = request.headers.get("If-Match")
    if not asked:
        raise VersionNeeded
    match = ETAG.fullmatch(asked.strip())
    if match is None:
        raise Stale
    return int(match[1])


def posted(form: forms.BaseForm, given: Mapping[str, Any]) -> MultiValueDict[str, Any]:
    """What a browser would post: the unbound `form` as it stands, with what was given over it."""
    data: MultiValueDict[str, Any] = MultiValueDict()
    for name, field in form.fields.items():
        if not isinstance(field, forms.FileField):
            value = given[name] if name in given else form[name].value()
            data.setlist(form.add_prefix(name), _typed(field, value))
    return data


def _typed(field: forms.Field, value: Any) -> list[str]:
    if value is None:
        return []
    if isinstance(field, forms.NullBooleanField):
        return [str(bool(value)).lower()]
    if value is False:
        return []
    if isinstance(field, forms.BooleanField):
        return ["on"]
    if isinstance(field, (forms.MultipleChoiceField, forms.ModelMultipleChoiceField)):
        return [_key(each) for each in value]
    if isinstance(field, forms.ChoiceField):
        return [_key(value)]
    return [str(field.widget.format_value(field.prepare_value(value)) or "")]


def _key(value: Any) -> str:
    return str(value.pk if isinstance(value, Model) else value)


def check(form: forms.BaseForm, names: Mapping[str, str] | None = None) -> None:
    """Raises Stale or ValidationError when the form is not valid; `names` has the API's name of a field."""
    if form.is_valid():
        return
    if getattr(form, "is_stale", False):
        raise Stale
    known = {NON_FIELD_ERRORS: "non_field_errors", **(names or {})}
    raise ValidationError(
        {known.get(name, name): [str(error) for error in errors] for name, errors in form.errors.items()}
    )
