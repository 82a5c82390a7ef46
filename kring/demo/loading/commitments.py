"""Enquiries, commitments with their steps, and the board's verdicts."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from commitments.models import (
    Commitment,
    CommitmentState,
    DeclineReason,
    Enquiry,
    EnquiryMessage,
    EnquiryState,
    EnquiryTransition,
    ReminderHours,
    Review,
    Transition,
    Update,
    Verdict,
    Visibility,
)
from kring.accounts.models import User
from kring.demo.loading.members import by_id
from kring.demo.loading.source import Source
from kring.foundation.actors import ActorKind
from members.models import Organisation
from offerings.models import Offering

S = CommitmentState


def load(source: Source) -> None:
    # Whoever tries it at night sees the reminders too.
    ReminderHours.objects.update_or_create(pk=1, defaults={"opens": dt.time(0, 0), "closes": dt.time(23, 59)})
    load_enquiries(source)
    load_commitments(source)
    load_verdicts(source)


def load_enquiries(source: Source) -> None:
    offerings = {each.slug: each for each in Offering.objects.select_related("organisation", "contact")}
    businesses = {each.slug: each for each in Organisation.objects.select_related("contact")}
    for row in source.rows("enquiries"):
        offering, business = offerings[row["offering"]], businesses[row["business"]]
        asker = business.contact
        sent = source.moment(row["sent_on"])
        answered = source.moment(row["answered_on"], 16) if row["answered_on"] else None
        enquiry = Enquiry.objects.create(
            uuid=source.uuid("enquiry", row["id"]),
            offering=offering,
            receiver=offering.organisation,
            asker=business,
            asked_by=asker,
            name=asker.name if asker else business.name,
            organisation_name=business.name,
            email=asker.email if asker else business.email,
            people=row["people"],
            wanted_when=row["wanted_when"],
            message=row["message"],
            no_counter_favour=True,
            state=row["state"],
            decline_reason=DeclineReason.DATE if row["state"] == EnquiryState.DECLINED else "",
            created_at=sent,
            confirmed_at=sent,
            answered_at=answered,
            moved_at=answered or sent,
        )
        load_answer(enquiry, asker, offering.contact)


def load_answer(enquiry: Enquiry, asker: User | None, contact: User | None) -> None:
    """The steps of the conversation, and what the member said."""
    EnquiryTransition.objects.create(
        enquiry=enquiry, after=EnquiryState.NEW, at=enquiry.created_at, actor=asker, actor_kind=ActorKind.USER
    )
    if enquiry.answered_at is None:
        return
    EnquiryTransition.objects.create(
        enquiry=enquiry,
        before=EnquiryState.NEW,
        after=enquiry.state,
        at=enquiry.answered_at,
        actor=contact,
        actor_kind=ActorKind.USER,
    )
    said = {
        EnquiryState.TALKING: "Leuk dat je dit vraagt. We bellen je deze week om het te bespreken.",
        EnquiryState.DECLINED: "Op die dag lukt het ons niet. Een andere keer graag.",
        EnquiryState.AGREED: "Dat doen we. We hebben er zin in.",
    }[EnquiryState(enquiry.state)]
    EnquiryMessage.objects.create(
        enquiry=enquiry,
        by_receiver=True,
        author=contact,
        author_name=contact.name if contact else enquiry.receiver.name,
        text=said,
        at=enquiry.answered_at,
    )


def load_commitments(source: Source) -> None:
    organisations = {each.slug: each for each in Organisation.objects.select_related("contact", "main_sector")}
    people = by_id(source)
    for row in source.rows("commitments"):
        promisor = organisations[row["promisor"]]
        beneficiary = organisations[row["beneficiary"]] if row["beneficiary"] else None
        commitment = Commitment.objects.create(
            uuid=source.uuid("commitment", row["id"]),
            promisor=promisor,
            beneficiary=beneficiary,
            proposed_by_organisation=promisor,
            promisor_contact=promisor.contact,
            beneficiary_contact=beneficiary.contact if beneficiary else None,
            sector=(promisor.main_sector or (beneficiary.main_sector if beneficiary else None)),
            no_counter_favour=not row["counter_favour"],
            visibility=Visibility.PUBLIC if row["public"] else Visibility.PARTIES,
            **{name: row[name] for name in PLAIN},
            **dates(source, row),
            **outcome(row),
        )
        load_steps(source, commitment, row, people)


PLAIN = ("title", "description", "means", "unit", "counter_favour", "next_step", "state", "origin")


def dates(source: Source, row: dict[str, Any]) -> dict[str, Any]:
    """When it took which step; a step that was taken twice counts the last time."""
    at = {step["to"]: source.moment(step["on"]) for step in row["steps"]}
    last = source.moment(row["steps"][-1]["on"])
    closed = row["state"] not in {S.DRAFT, S.PROPOSED, S.AGREED, S.STARTED, S.REPORTED}
    due = source.date(row["due_on"])
    return {
        "due_on": due,
        "first_due_on": due,
        "created_at": source.moment(row["made_on"]),
        "proposed_at": at.get(S.PROPOSED),
        "agreed_at": at.get(S.AGREED),
        "reported_at": at.get(S.REPORTED),
        "closed_at": last if closed else None,
        "moved_at": last,
    }


def outcome(row: dict[str, Any]) -> dict[str, Any]:
    """What was promised, what came of it, and why not where it did not."""
    result = row["result"]
    delivered = Decimal(str(result["amount"] or 0))
    return {
        "quantity": Decimal(str(row["quantity"])),
        "delivered": delivered,
        "confirmed": delivered if row["state"] == S.KEPT else None,
        "result": result["text"] or "",
        "given_back_reason": row.get("reason", ""),
    }


def load_steps(source: Source, commitment: Commitment, row: dict[str, Any], people: dict[str, User]) -> None:
    before = ""
    for number, step in enumerate(row["steps"], start=1):
        actor = people.get(step["by"])
        last = number == len(row["steps"])
        Transition.objects.create(
            commitment=commitment,
            before=before,
            after=step["to"],
            at=source.moment(step["on"]),
            note=step["note"] or (row["closed_reason"] if last else ""),
            actor=actor,
            actor_kind=ActorKind.USER if actor else ActorKind.SYSTEM,
            actor_name=actor.name if actor else "",
        )
        before = step["to"]
    if commitment.delivered:
        done = next((step for step in row["steps"] if step["to"] == S.REPORTED), row["steps"][-1])
        actor = people.get(done["by"])
        Update.objects.create(
            commitment=commitment,
            quantity=commitment.delivered,
            is_final=commitment.state in {S.REPORTED, S.KEPT},
            at=source.moment(done["on"]),
            note=commitment.result,
            actor=actor,
            actor_kind=ActorKind.USER if actor else ActorKind.SYSTEM,
            actor_name=actor.name if actor else "",
        )


def load_verdicts(source: Source) -> None:
    commitments = {each.uuid: each for each in Commitment.objects.all()}
    reviews: dict[str, Review] = {}
    for row in source.rows("commitments"):
        for verdict in row["verdicts"]:
            on = verdict["on"]
            if on not in reviews:
                reviews[on] = Review.objects.create(held_on=source.date(on), closed_at=source.moment(on, 22))
            Verdict.objects.create(
                review=reviews[on],
                commitment=commitments[source.uuid("commitment", row["id"])],
                kind=verdict["kind"],
                note=verdict["note"],
            )
