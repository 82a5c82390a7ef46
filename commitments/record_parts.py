"""What the record of an organisation holds of this room."""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from commitments.models import (
    Commitment,
    Enquiry,
    EnquiryMessage,
    EnquiryState,
    Event,
    Transition,
    Update,
)
from commitments.models.finding import unsent
from kring.foundation.records import Column, Section
from members import record_parts
from members.models import Organisation


def of_enquiry(organisation: Organisation, to: str = "") -> Q:
    """Either side, once it was confirmed, as on its page."""
    sides = Q(**{f"{to}receiver": organisation}) | Q(**{f"{to}asker": organisation})
    return sides & ~Q(**{f"{to}state": EnquiryState.UNCONFIRMED})


def of_commitment(organisation: Organisation, to: str = "") -> Q:
    """Either side; what another still drafts is not told."""
    sides = Q(**{f"{to}promisor": organisation}) | Q(**{f"{to}beneficiary": organisation})
    return sides & ~unsent(to) | Q(**{f"{to}proposed_by_organisation": organisation})


def enquiries(organisation: Organisation) -> QuerySet[Enquiry]:
    return Enquiry.objects.filter(of_enquiry(organisation)).order_by("-pk")


def messages(organisation: Organisation) -> QuerySet[EnquiryMessage]:
    return EnquiryMessage.objects.filter(of_enquiry(organisation, "enquiry__")).order_by("-at", "-pk")


def commitments(organisation: Organisation) -> QuerySet[Commitment]:
    return Commitment.objects.filter(of_commitment(organisation)).order_by("-pk")


def steps(organisation: Organisation) -> QuerySet[Transition]:
    return Transition.objects.filter(of_commitment(organisation, "commitment__")).order_by("-at", "-pk")


def events(organisation: Organisation) -> QuerySet[Event]:
    return Event.objects.filter(of_commitment(organisation, "commitment__")).order_by("-at", "-pk")


def updates(organisation: Organisation) -> QuerySet[Update]:
    return Update.objects.filter(of_commitment(organisation, "commitment__")).order_by("-at", "-pk")


def named(*names: str) -> dict[str, str]:
    """Columns under the names of their fields."""
    return {name: name for name in names}


NUMBER = Column("uuid", _("nummer"))
ENQUIRY = Column("enquiry__uuid", _("aanvraag"))
COMMITMENT = {
    "commitment": Column("commitment__uuid", _("nummer")),
    "title": Column("commitment__title", _("toezegging")),
}
# By first name, as on the page of a commitment.
BY = {
    "by": Column("actor__name", _("wie"), lambda name: (name or "").split(" ")[0]),
    "by_link": Column("actor_name", _("onder de naam"), lambda name: name.split(" ")[0]),
}

record_parts.register(
    Section(
        "enquiries",
        _("Aanvragen"),
        enquiries,
        {
            "id": NUMBER,
            "to": "receiver__name",
            "from": Column("organisation_name", _("van")),
            "offering": "offering__title",
            "need": "need__title",
            **named("name", "people", "wanted_by", "wanted_when", "message", "counter_favour", "state"),
            **named("decline_reason", "created_at", "confirmed_at", "answered_at"),
        },
    ),
    Section(
        "enquiry_messages",
        _("Gesprekken"),
        messages,
        {"enquiry": ENQUIRY, "name": "author_name", "text": "text", "at": "at"},
    ),
    Section(
        "commitments",
        _("Toezeggingen"),
        commitments,
        {
            "id": NUMBER,
            "promisor": "promisor__name",
            "beneficiary": "beneficiary__name",
            **named("title", "description", "means", "quantity", "unit", "delivered", "confirmed", "result"),
            **named("estimated_value", "value_basis", "start_on", "due_on", "first_due_on", "next_step"),
            **named("visibility", "origin", "counter_favour", "state", "given_back_reason", "kept_by_silence"),
            **named("kept_by_board"),
            **named("created_at", "proposed_at", "agreed_at", "reported_at", "closed_at"),
            "promisor_contact": "promisor_contact__name",
            "beneficiary_contact": "beneficiary_contact__name",
        },
    ),
    Section(
        "commitment_steps",
        _("Stappen in toezeggingen"),
        steps,
        {**COMMITMENT, "before": "before", "after": "after", "at": "at", **BY, "note": "note"},
    ),
    Section(
        "commitment_events",
        _("Wat er verder bij toezeggingen gebeurde"),
        events,
        {
            **COMMITMENT,
            **named("kind", "side", "at"),
            "old_date": "date_proposal__old_date",
            "new_date": "date_proposal__new_date",
            **BY,
            "note": "note",
        },
    ),
    Section(
        "updates",
        _("Voortgang"),
        updates,
        {
            **COMMITMENT,
            "quantity": "quantity",
            "unit": "commitment__unit",
            "is_final": "is_final",
            "at": "at",
            **BY,
            "note": "note",
        },
    ),
)
