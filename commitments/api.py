"""Commitments by the API: read by visibility, written with the forms and the verbs of the page."""

from __future__ import annotations

import uuid as uuids
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.functions import JSONObject
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import OpenApiResponse, extend_schema, extend_schema_view
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.exceptions import Throttled, ValidationError
from rest_framework.permissions import IsAuthenticatedOrReadOnly
from rest_framework.request import Request
from rest_framework.response import Response

from commitments import deeds, making, parties, promising, story, totals
from commitments.deed_forms import AnswerDateForm
from commitments.deeds import Deed
from commitments.filters import CommitmentFilter
from commitments.making_forms import EditForm, MakeForm
from commitments.models import (
    EDITABLE_STATES,
    Basis,
    Commitment,
    CommitmentState,
    DateProposal,
    GivenBackReason,
    Origin,
    Side,
    StepNotAllowed,
    Visibility,
)
from kring.accounts import access
from kring.accounts.models import User
from kring.foundation.actors import Actor
from kring.foundation.api import BAD_FILTER, NOT_FOUND, Problem, ReadOnlyViewSet, Row
from kring.foundation.api_writing import (
    IF_MATCH,
    VERSIONED,
    WRITING,
    Conflict,
    StrictSerializer,
    check,
    given,
    posted,
    version_of,
)
from offerings.api import PartySerializer, party
from offerings.models import Means


class AskedDateSerializer(serializers.Serializer[Any]):
    """Another date that one side asks for, and the other has not answered."""

    id = serializers.UUIDField()
    new_date = serializers.DateField()
    side = serializers.ChoiceField(Side.choices, help_text="Who asks for it")
    reason = serializers.CharField(allow_blank=True)


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
    counter_commitment = serializers.UUIDField(allow_null=True, help_text="What comes back for it")
    counter_favour_of = serializers.UUIDField(allow_null=True, help_text="What it comes back for")
    next_step = serializers.CharField(allow_blank=True)
    estimated_value = serializers.DecimalField(10, 2, allow_null=True)
    value_basis = serializers.ChoiceField(Basis.choices, allow_blank=True)
    sector = serializers.SlugField(allow_null=True)
    district = serializers.SlugField(allow_null=True)
    origin = serializers.ChoiceField(Origin.choices)
    start_on = serializers.DateField(allow_null=True)
    due_on = serializers.DateField()
    first_due_on = serializers.DateField()
    state = serializers.ChoiceField(CommitmentState.choices)
    visibility = serializers.ChoiceField(Visibility.choices)
    given_back_reason = serializers.ChoiceField(GivenBackReason.choices, allow_blank=True)
    kept_by_silence = serializers.BooleanField()
    kept_by_board = serializers.BooleanField(help_text="Found by the board after a dispute; counts in no total")
    needs_board = serializers.BooleanField(help_text="The board goes between the two sides")
    waits_for = serializers.ListField(
        child=serializers.ChoiceField(Side.choices), help_text="Who has to say yes or no to the proposal still"
    )
    asked_date = AskedDateSerializer(allow_null=True)
    proposed_at = serializers.DateTimeField(allow_null=True)
    agreed_at = serializers.DateTimeField(allow_null=True)
    reported_at = serializers.DateTimeField(allow_null=True)
    closed_at = serializers.DateTimeField(allow_null=True)


class HappenedSerializer(serializers.Serializer[Any]):
    """A step, progress, or a new date, in the words of the page."""

    at = serializers.DateTimeField()
    title = serializers.CharField()
    by = serializers.CharField(allow_blank=True, help_text="By first name")
    text = serializers.CharField(allow_blank=True)
    image = serializers.URLField(allow_blank=True)


class WholeCommitmentSerializer(CommitmentSerializer):
    """Also what happened, as the page tells it to this reader."""

    history = HappenedSerializer(many=True)


class TermsSerializer(StrictSerializer):
    """What is promised; what is left out stays. Checked by the form of the page."""

    title = serializers.CharField()
    description = serializers.CharField(allow_blank=True, required=False)
    means = serializers.ChoiceField(Means.choices, required=False)
    quantity = serializers.DecimalField(10, 2)
    unit = serializers.CharField()
    start_on = serializers.DateField(allow_null=True, required=False)
    due_on = serializers.DateField()
    next_step = serializers.CharField(allow_blank=True, required=False)
    counter_favour = serializers.CharField(allow_blank=True, required=False)
    no_counter_favour = serializers.BooleanField(required=False)
    counter_quantity = serializers.DecimalField(10, 2, required=False)
    counter_unit = serializers.CharField(required=False)
    counter_due_on = serializers.DateField(required=False)
    estimated_value = serializers.DecimalField(10, 2, allow_null=True, required=False)
    value_basis = serializers.ChoiceField(Basis.choices, required=False)
    visibility = serializers.ChoiceField(Visibility.choices, required=False)
    sector = serializers.SlugField(required=False)
    district = serializers.SlugField(required=False)


class NewCommitmentSerializer(TermsSerializer):
    """A new one, proposed to the other side unless it is kept as a draft."""

    promisor = serializers.SlugField(help_text="The slug of the organisation")
    beneficiary = serializers.SlugField(allow_null=True, required=False, help_text="None is the whole circle")
    draft = serializers.BooleanField(required=False)
    once = serializers.UUIDField(required=False, help_text="The same one twice makes one commitment")


# Each verb with the forms of the page that do it, by their name and choice: which of them depends on the side.
VERBS: dict[str, tuple[tuple[str, str], ...]] = {
    "accept": (("answer", "yes"),),
    "decline": (("answer", "no"),),
    "add_update": (("report", "progress"),),
    "report": (("report", "done"),),
    "confirm": (("confirm", "yes"),),
    "not_yet": (("confirm", "not_yet"),),
    "give_back": (("report", "give_back"), ("receive", "no_need")),
    "propose_date": (("report", "date"), ("receive", "date")),
    "accept_date": (("date", "yes"),),
    "decline_date": (("date", "no"),),
    "ask_board": (("report", "board"), ("receive", "board")),
    "settle": (("mediate", "settle"),),
    "settle_with_date": (("mediate", "date"),),
    "settle_as_kept": (("mediate", "kept"),),
    "settle_as_given_back": (("mediate", "give_back"),),
}
NAME_THE_DATE = gettext_lazy("Zeg over welke datum het gaat: het nummer van het voorstel, of de nieuwe datum zelf.")
# Of who wrote it, without a form.
PROPOSE, WITHDRAW = "propose", "withdraw"


class CommitmentStepSerializer(StrictSerializer):
    """A step, with what the page asks for it."""

    step = serializers.ChoiceField([*VERBS, PROPOSE, WITHDRAW])
    quantity = serializers.DecimalField(10, 2, required=False)
    note = serializers.CharField(allow_blank=True, required=False)
    new_date = serializers.DateField(required=False)
    proposal = serializers.UUIDField(required=False, help_text="The date that is answered; or name it by `new_date`")
    reason = serializers.ChoiceField(GivenBackReason.choices, required=False)
    once = serializers.UUIDField(required=False, help_text="The same one twice is one step")


SAME = (
    *("title", "description", "means", "quantity", "unit", "delivered", "confirmed", "result", "counter_favour"),
    *(
        "due_on",
        "first_due_on",
        "state",
        "visibility",
        "given_back_reason",
        "kept_by_silence",
        "kept_by_board",
        *("next_step", "estimated_value", "value_basis", "origin", "start_on", "needs_board"),
        *("proposed_at", "reported_at"),
        "agreed_at",
        "closed_at",
    ),
)
PARTIES = tuple(f"{side}__{name}" for side in ("promisor", "beneficiary") for name in ("uuid", "slug", "name"))
WRITER = ("state", "promisor_yes_at", "beneficiary_yes_at", "promisor", "beneficiary", "proposed_by_organisation")
TOO_MANY = {429: OpenApiResponse(Problem, description="Too many proposals in an hour.")}


def waits_for(row: Row) -> list[str]:
    """As Commitment.waits_for has it."""
    given = {f"{name}_id": row[name] for name in ("promisor", "beneficiary", "proposed_by_organisation")}
    yes = {name: row[name] for name in ("state", "promisor_yes_at", "beneficiary_yes_at")}
    return list(Commitment(**given, **yes).waits_for)


def asked_date(told: Row | None) -> Row | None:
    if told is None:
        return None
    side = Side.PROMISOR if told["by_promisor"] else Side.BENEFICIARY
    return {"id": told["id"], "new_date": told["new_date"], "side": side, "reason": told["reason"]}


def happened(event: Row) -> Row:
    image = event.get("image")
    return {
        **{name: event[name] for name in ("at", "by", "text")},
        "title": str(event["title"]),
        "image": f"{settings.SITE_URL}{image}" if image else "",
    }


@extend_schema_view(
    list=extend_schema(responses={200: CommitmentSerializer(many=True), 400: BAD_FILTER, 404: NOT_FOUND}),
    retrieve=extend_schema(responses={200: WholeCommitmentSerializer, 404: NOT_FOUND}),
)
class CommitmentViewSet(ReadOnlyViewSet):
    """Promises, by visibility. The filters are those of the page."""

    serializer_class = CommitmentSerializer
    filterset_class = CommitmentFilter
    permission_classes = [IsAuthenticatedOrReadOnly]
    stamp = staticmethod(totals.stamp)
    queryset = Commitment.objects.none()
    columns = (
        *SAME,
        *PARTIES,
        *WRITER,
        *("uuid", "version", "sector__slug", "district__slug", "back", "main", "asked_date"),
    )

    def get_queryset(self) -> QuerySet[Commitment]:
        """Each with what comes back for it, where the reader may see that, and the date that is asked for."""
        visible = Commitment.objects.visible_to(self.request.user)
        linked = {
            "back": visible.filter(counter_favour_of=OuterRef("pk")),
            "main": visible.filter(pk=OuterRef("counter_favour_of")),
        }
        asked = DateProposal.objects.open().filter(commitment=OuterRef("pk"))
        told = JSONObject(id="uuid", new_date="new_date", by_promisor="by_promisor", reason="reason")
        return visible.annotate(
            **{name: Subquery(other.order_by().values("uuid")[:1]) for name, other in linked.items()},
            asked_date=Subquery(asked.order_by().values(told=told)[:1]),
        ).order_by("-moved_at", "-pk")

    def shape(self, row: Row) -> Row:
        return {
            "id": row["uuid"],
            "url": f"{settings.SITE_URL}/toezeggingen/{row['uuid']}/",
            "promisor": party(row, "promisor"),
            "beneficiary": party(row, "beneficiary"),
            "counter_commitment": row["back"],
            "counter_favour_of": row["main"],
            "sector": row["sector__slug"],
            "district": row["district__slug"],
            "waits_for": waits_for(row),
            "asked_date": asked_date(row["asked_date"]),
            **{name: row[name] for name in SAME},
        }

    def shown(self, key: Any, status: int = status.HTTP_200_OK) -> Response:
        answer = super().shown(key, status)
        commitment = get_object_or_404(Commitment.objects.visible_to(self.request.user), uuid=key)
        transitions = list(commitment.transitions.select_related("actor"))
        involved = parties.is_involved(self.request.user, commitment)
        told = story.history(commitment, transitions, involved=involved)
        answer.data["history"] = [happened(each) for each in told]
        return answer

    @extend_schema(request=NewCommitmentSerializer, responses={201: WholeCommitmentSerializer, **WRITING, **TOO_MANY})
    def create(self, request: Request) -> Response:
        """Makes one: for one's own organisation, or as the board for two others, who then both have to say yes."""
        user = access.user_of(request)
        if not making.may_make(user):
            raise PermissionDenied
        wanted = given(request, NewCommitmentSerializer)
        wanted.setdefault("once", uuids.uuid4())
        form = MakeForm(posted(MakeForm(user=user), wanted), user=user)
        check(form)
        if making.too_often(user):
            raise Throttled
        made = form.write(timezone.now(), propose=not wanted.get("draft", False))
        return self.shown(made.uuid, status.HTTP_201_CREATED)

    @extend_schema(
        request=TermsSerializer(partial=True),
        parameters=[IF_MATCH],
        responses={200: WholeCommitmentSerializer, **VERSIONED},
    )
    def partial_update(self, request: Request, uuid: UUID) -> Response:
        """Other terms for a draft, or for what lapsed; `propose` asks the other side."""
        user, version = access.user_of(request), version_of(request)
        wanted = given(request, TermsSerializer, partial=True) | {"version": version}
        with transaction.atomic():
            commitment = self._own(user, uuid, Commitment.objects.select_for_update(of=("self",)))
            if commitment.state not in EDITABLE_STATES:
                raise Conflict
            form = EditForm(posted(EditForm(instance=commitment), wanted), instance=commitment)
            check(form)
            form.write(user, timezone.now(), propose=False)
        return self.shown(uuid)

    @extend_schema(request=CommitmentStepSerializer, responses={200: WholeCommitmentSerializer, **WRITING})
    @action(detail=True, methods=["post"])
    def steps(self, request: Request, uuid: UUID) -> Response:
        """Takes a step for the side that one speaks for: the mail that tells of it goes out as from the page."""
        user = access.user_of(request)
        wanted = given(request, CommitmentStepSerializer)
        try:
            if wanted["step"] in {PROPOSE, WITHDRAW}:
                self._of_writer(user, uuid, wanted)
            else:
                self._by_form(user, get_object_or_404(self.get_queryset(), uuid=uuid), wanted)
        except StepNotAllowed as error:
            raise Conflict(str(error.told) or None) from error
        return self.shown(uuid)

    def _of_writer(self, user: User, uuid: UUID, wanted: Row) -> None:
        commitment = self._own(user, uuid, Commitment.objects.all())
        if wanted["step"] == WITHDRAW:
            promising.withdraw(commitment, Actor.of(user), timezone.now(), wanted.get("note", ""))
        else:
            making.propose(commitment, user, timezone.now())

    def _by_form(self, user: User, commitment: Commitment, wanted: Row) -> None:
        if self._is_done(user, commitment, wanted):
            return
        deed, choice = self._deed(user, commitment, wanted["step"])
        if deed.form is AnswerDateForm:
            wanted = self._naming_date(commitment, wanted)
        wanted = wanted | {"choice": choice, "once": wanted.get("once") or uuids.uuid4()}
        form = deed.filled_in(commitment, posted(deed.filled_in(commitment), wanted))
        check(form)
        form.act(Actor.of(user), timezone.now())

    @staticmethod
    def _is_done(user: User, commitment: Commitment, wanted: Row) -> bool:
        """A retry of what was written down already, also when that moved it on."""
        once = wanted.get("once") if wanted["step"] in {"add_update", "report"} else None
        sides = parties.sides_of(user, commitment) if once else ()
        return Side.PROMISOR in sides and commitment.updates.filter(once=once).exists()

    @staticmethod
    def _naming_date(commitment: Commitment, wanted: Row) -> Row:
        """Which date is answered has to be said: another may be asked for since it was read."""
        if "proposal" in wanted:
            return wanted
        if "new_date" not in wanted:
            raise ValidationError({"proposal": [str(NAME_THE_DATE)]})
        asked = commitment.date_proposals.open().filter(new_date=wanted["new_date"]).first()
        return wanted | {"proposal": asked.uuid if asked else None}

    @staticmethod
    def _deed(user: User, commitment: Commitment, step: str) -> tuple[Deed, str]:
        """What the user can do of what the step asks. Who has no part in it may not; who has, cannot do it now."""
        possible = {deed.name: deed for deed in deeds.open_to(user, commitment)}
        for name, choice in VERBS[step]:
            if name in possible:
                return possible[name], choice
        if not possible and not parties.is_involved(user, commitment):
            raise PermissionDenied
        raise Conflict

    @staticmethod
    def _own(user: User, uuid: UUID, found: QuerySet[Commitment]) -> Commitment:
        """What one wrote. The counter-favour goes along with what it comes back for."""
        visible = Commitment.objects.visible_to(user).filter(counter_favour_of=None)
        commitment = get_object_or_404(found.filter(pk__in=visible.values("pk")), uuid=uuid)
        if not parties.may_withdraw(user, commitment):
            raise PermissionDenied
        return commitment
