"""Enquiries through the API: the same forms, rights, limits and steps as the pages."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any, ClassVar

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiResponse, extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.exceptions import PermissionDenied, Throttled, ValidationError
from rest_framework.permissions import IsAuthenticatedOrReadOnly
from rest_framework.request import Request
from rest_framework.response import Response

from commitments import conversations, enquiry_limits, parties
from commitments.enquiry_forms import AskForm, AskingForm, EnquiryAnswerForm, HelpForm, MessageForm, WithdrawForm
from commitments.forms import DeedForm
from commitments.models import Answer, DeclineReason, Enquiry, EnquiryState, StepNotAllowed
from commitments.models.enquiries import EnquiryQuerySet
from kring.accounts import access
from kring.foundation.actors import Actor
from kring.foundation.api import NOT_FOUND, Problem, ReadOnlyViewSet, Row
from kring.foundation.api_writing import WRITING, Conflict, StrictSerializer, check, posted
from kring.foundation.api_writing import given as given_by
from members.models import Organisation
from offerings.api import PARTY, PartySerializer, party
from offerings.models import Need, Offering

TOO_MANY = OpenApiResponse(Problem, description="Too many in a short time.")


class Said(serializers.Serializer[Any]):
    by_receiver = serializers.BooleanField()
    author_name = serializers.CharField()
    text = serializers.CharField()
    at = serializers.DateTimeField()


class EnquirySerializer(serializers.Serializer[Any]):
    """Somebody asks for an offering, or offers help for a need; only its two sides and the board see it."""

    id = serializers.UUIDField()
    state = serializers.ChoiceField(EnquiryState.choices)
    offering = serializers.UUIDField(allow_null=True)
    need = serializers.UUIDField(allow_null=True)
    receiver = PartySerializer()
    asker = PartySerializer(allow_null=True)
    name = serializers.CharField()
    organisation_name = serializers.CharField()
    people = serializers.IntegerField(allow_null=True)
    wanted_by = serializers.DateField(allow_null=True)
    message = serializers.CharField()
    counter_favour = serializers.CharField(allow_blank=True)
    no_counter_favour = serializers.BooleanField()
    decline_reason = serializers.ChoiceField(DeclineReason.choices, allow_blank=True)
    alternative = serializers.UUIDField(allow_null=True, help_text="Another offering of the receiver's.")
    created_at = serializers.DateTimeField()
    answered_at = serializers.DateTimeField(allow_null=True)


class StepNote(serializers.Serializer[Any]):
    state = serializers.ChoiceField(EnquiryState.choices, help_text="What it became with these words.")
    author_name = serializers.CharField()
    text = serializers.CharField()
    at = serializers.DateTimeField()


class EnquiryDetail(EnquirySerializer):
    messages = Said(many=True)
    notes = StepNote(many=True)
    commitments = serializers.ListField(
        child=serializers.UUIDField(), help_text="What was agreed: the promise, and what comes back for it."
    )


class EnquiryMade(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    state = serializers.ChoiceField(
        EnquiryState.choices, help_text="'unconfirmed' until the link in the mail was used."
    )


class EnquiryNew(StrictSerializer):
    """About one thing: `offering` or `need`. Who has a role says for which organisation; others say who they are."""

    offering = serializers.UUIDField(required=False)
    need = serializers.UUIDField(required=False)
    asker = serializers.SlugField(required=False)
    name = serializers.CharField(required=False, max_length=120)
    organisation_name = serializers.CharField(required=False, max_length=120)
    email = serializers.EmailField(required=False)
    people = serializers.IntegerField(required=False, allow_null=True, min_value=1, max_value=100_000)
    wanted_by = serializers.DateField()
    message = serializers.CharField(max_length=2000)
    counter_favour = serializers.CharField(required=False, allow_blank=True, max_length=120)
    no_counter_favour = serializers.BooleanField(required=False)
    once = serializers.UUIDField(required=False, help_text="The same again makes no second one.")


class EnquiryAnswer(StrictSerializer):
    choice = serializers.ChoiceField(Answer.choices)
    title = serializers.CharField(required=False, max_length=120)
    quantity = serializers.DecimalField(10, 2, required=False)
    unit = serializers.CharField(required=False, max_length=20)
    due_on = serializers.DateField(required=False)
    counter_favour = serializers.CharField(required=False, allow_blank=True, max_length=120)
    text = serializers.CharField(required=False, allow_blank=True, max_length=2000)
    reason = serializers.ChoiceField(DeclineReason.choices, required=False)
    alternative = serializers.SlugField(required=False)


class EnquiryMessageNew(StrictSerializer):
    text = serializers.CharField(max_length=2000)


class EnquiryWithdrawal(StrictSerializer):
    reason = serializers.CharField(required=False, allow_blank=True, max_length=500)


STEP = {200: EnquiryDetail, **WRITING}
SAME = (
    *("state", "name", "organisation_name", "people", "wanted_by", "message", "counter_favour"),
    *("no_counter_favour", "decline_reason", "created_at", "answered_at"),
)
SIDES = tuple(column.replace("organisation", side, 1) for side in ("receiver", "asker") for column in PARTY)


@extend_schema_view(
    list=extend_schema(responses={200: EnquirySerializer(many=True), 404: NOT_FOUND}),
    retrieve=extend_schema(responses={200: EnquiryDetail, 404: NOT_FOUND}),
)
class EnquiryViewSet(ReadOnlyViewSet):
    """What was asked of whom. A stranger asks too, and confirms that by mail."""

    serializer_class = EnquirySerializer
    filter_backends = []
    queryset = Enquiry.objects.none()
    columns: ClassVar[tuple[str, ...]] = (
        *SAME,
        *SIDES,
        *("uuid", "offering__uuid", "need__uuid", "alternative__uuid"),
    )

    def get_queryset(self) -> EnquiryQuerySet:
        visible: EnquiryQuerySet = Enquiry.objects.visible_to(self.request.user)
        return visible.order_by("-moved_at", "-pk")

    def shape(self, row: Row) -> Row:
        return {
            "id": row["uuid"],
            "offering": row["offering__uuid"],
            "need": row["need__uuid"],
            "alternative": row["alternative__uuid"],
            "receiver": party(row, "receiver"),
            "asker": party(row, "asker"),
            **{name: row[name] for name in SAME},
        }

    def retrieve(self, request: Request, **kwargs: Any) -> Response:
        row = self.get_queryset().filter(uuid=kwargs["uuid"]).values(*self.columns).first()
        if row is None:
            raise Http404
        enquiry = Enquiry.objects.get(uuid=kwargs["uuid"])
        said = enquiry.messages.order_by("at", "pk")
        notes = [
            {"state": step.after, "author_name": step.actor_name, "text": step.note, "at": step.at}
            for step in conversations.noted(enquiry)
        ]
        more = {
            "messages": list(said.values("by_receiver", "author_name", "text", "at")),
            "notes": notes,
            "commitments": [each.uuid for each in conversations.agreed(enquiry, request.user)],
        }
        return Response(self.shape(row) | more)

    @extend_schema(request=EnquiryNew, responses={201: EnquiryMade, **WRITING, 429: TOO_MANY})
    def create(self, request: Request) -> Response:
        form = asking(request, given_by(request, EnquiryNew))
        check(form)
        if enquiry_limits.too_often(request, form):
            raise Throttled
        made = form.ask(timezone.now())[0]
        return Response({"id": made.uuid, "state": made.state}, status=201)

    @extend_schema(request=EnquiryAnswer, responses=STEP)
    @action(detail=True, methods=["post"], permission_classes=[IsAuthenticatedOrReadOnly])
    def answer(self, request: Request, **kwargs: Any) -> Response:
        """Who was asked says yes with terms, no with a reason, or something first."""
        return self._act(request, kwargs["uuid"], EnquiryAnswer, EnquiryAnswerForm, lambda each: each.receiver)

    @extend_schema(request=EnquiryMessageNew, responses=STEP)
    @action(detail=True, methods=["post"], permission_classes=[IsAuthenticatedOrReadOnly])
    def message(self, request: Request, **kwargs: Any) -> Response:
        """Who asked says something back."""
        return self._act(request, kwargs["uuid"], EnquiryMessageNew, MessageForm, lambda each: each.asker)

    @extend_schema(request=EnquiryWithdrawal, responses=STEP)
    @action(detail=True, methods=["post"], permission_classes=[IsAuthenticatedOrReadOnly])
    def withdraw(self, request: Request, **kwargs: Any) -> Response:
        """Who asked takes it back."""
        return self._act(request, kwargs["uuid"], EnquiryWithdrawal, WithdrawForm, lambda each: each.asker)

    def _act(
        self,
        request: Request,
        name: uuid.UUID,
        serializer: type[StrictSerializer],
        form_class: type[DeedForm],
        side: Callable[[Enquiry], Organisation | None],
    ) -> Response:
        wanted = given_by(request, serializer)
        related = ("offering__contact", "need", "receiver", "asker", "asked_by")
        enquiry = get_object_or_404(self.get_queryset().select_related(*related), uuid=name)
        speaks_for = side(enquiry)
        if speaks_for is None or not parties.serves(request.user, speaks_for):
            raise PermissionDenied
        form = form_class(posted(form_class(subject=enquiry), wanted), subject=enquiry)
        check(form)
        try:
            form.act(Actor.of(access.user_of(request)), timezone.now())
        except StepNotAllowed as error:
            raise Conflict from error
        return self.retrieve(request, uuid=name)


def asking(request: Request, wanted: dict[str, Any]) -> AskingForm:
    """The form about what is named. Raises ValidationError unless that is one thing, Http404 when it is not there."""
    offering, need = wanted.pop("offering", None), wanted.pop("need", None)
    if (offering is None) == (need is None):
        raise ValidationError({"offering": [_("Noem één aanbod of één vraag.")]})
    if asker := wanted.get("asker"):
        # None has the key 0, and the form says so.
        wanted["asker"] = Organisation.objects.filter(slug=asker).values_list("pk", flat=True).first() or 0
    if offering is not None:
        found = Offering.objects.published().select_related("organisation")
        offering = get_object_or_404(found, uuid=offering)
        blank = AskForm(offering=offering, user=request.user)
        return AskForm(posted(blank, wanted), offering=offering, user=request.user)
    needs = Need.objects.open(timezone.localdate()).select_related("organisation")
    need = get_object_or_404(needs, uuid=need)
    return HelpForm(posted(HelpForm(need=need, user=request.user), wanted), need=need, user=request.user)
