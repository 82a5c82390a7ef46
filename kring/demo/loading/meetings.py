"""The evenings of the circle so far: agenda, who came, what came of them, and the two that are still to come."""

from __future__ import annotations

import datetime as dt
from typing import Any

from commitments.models import Commitment
from kring.accounts.models import User
from kring.demo.loading.members import by_id
from kring.demo.loading.source import ZONE, Source
from kring.foundation.actors import ActorKind
from kring.meetings import retention
from kring.meetings.models import (
    AgendaItem,
    ItemKind,
    Meeting,
    MeetingState,
    MeetingTransition,
    Minutes,
    MinutesAudience,
    Outcome,
    OutcomeKind,
    SignUp,
    SignUpState,
    person_of,
)
from members.models import Organisation

S = MeetingState
PLAIN = ("title", "kind", "capacity", "state", "venue", "practical", "intro")


def load(source: Source) -> None:
    people = by_id(source)
    organisations = {each.slug: each for each in Organisation.objects.all()}
    for row in source.rows("meetings"):
        meeting = load_meeting(source, row, organisations)
        items = load_agenda(meeting, row["agenda"])
        load_steps(meeting, people[source.rows("circle")["cast"]["board"]])
        load_sign_ups(source, meeting, row["sign_ups"], people, organisations)
        load_outcomes(source, meeting, row, items, organisations)
        if row["minutes"] is not None:
            load_minutes(source, meeting, row, items, people)
    # As on a real site: of evenings of long ago the names are erased, and the figures stay.
    retention.forget(dt.datetime.combine(source.today, dt.time(8), tzinfo=ZONE))


def at(source: Source, day: str, time: str) -> dt.datetime:
    return dt.datetime.combine(source.date(day), dt.time.fromisoformat(time), tzinfo=ZONE)


def load_meeting(source: Source, row: dict[str, Any], organisations: dict[str, Organisation]) -> Meeting:
    opens = source.moment(row["opens_on"])
    ends = at(source, row["date"], row["end"])
    return Meeting.objects.create(
        uuid=source.uuid("meeting", row["id"]),
        slug=row["id"],
        host=organisations[row["host"]] if row["host"] else None,
        starts_at=at(source, row["date"], row["start"]),
        ends_at=ends,
        signup_opens_on=source.date(row["opens_on"]),
        signup_closes_on=source.date(row["closes_on"]),
        created_at=opens - dt.timedelta(days=14),
        published_at=None if row["state"] == S.DRAFT else opens,
        held_at=ends if row["state"] == S.HELD else None,
        **{name: row[name] for name in PLAIN},
    )


def load_agenda(meeting: Meeting, rows: list[dict[str, Any]]) -> list[AgendaItem]:
    return AgendaItem.objects.bulk_create(
        AgendaItem(meeting=meeting, order=number, **row) for number, row in enumerate(rows, start=1)
    )


def load_steps(meeting: Meeting, by: User) -> None:
    taken = [("", S.DRAFT, meeting.created_at), (S.DRAFT, S.PUBLISHED, meeting.published_at)]
    taken.append((S.PUBLISHED, S.HELD, meeting.held_at))
    who = {"actor": by, "actor_kind": ActorKind.USER, "actor_name": by.name}
    MeetingTransition.objects.bulk_create(
        MeetingTransition(meeting=meeting, before=before, after=after, at=when, **who)
        for before, after, when in taken
        if when is not None
    )


def load_sign_ups(
    source: Source,
    meeting: Meeting,
    rows: list[dict[str, Any]],
    people: dict[str, User],
    organisations: dict[str, Organisation],
) -> None:
    SignUp.objects.bulk_create(
        sign_up(source, meeting, row, people[row["person"]], organisations.get(row["organisation"] or ""))
        for row in rows
    )


def sign_up(source: Source, meeting: Meeting, row: dict[str, Any], who: User, of: Organisation | None) -> SignUp:
    day, time = row["at"].split("T")
    asked = at(source, day, time)
    came = row["people"] if row["came"] else None
    return SignUp(
        uuid=source.uuid("sign-up", f"{meeting.slug}/{row['person']}"),
        meeting=meeting,
        state=SignUpState.GOING if row["going"] else SignUpState.CANCELLED,
        name=who.name,
        email=who.email,
        person=person_of(who.email),
        user=who,
        organisation=of,
        organisation_name=row["label"] or "",
        people=row["people"],
        needs=row["needs"],
        show_name=row["shown"],
        created_at=asked,
        confirmed_at=asked,
        cancelled_at=None if row["going"] else asked + dt.timedelta(days=1),
        came=came,
        checked_in_at=meeting.starts_at if came else None,
    )


def load_outcomes(
    source: Source,
    meeting: Meeting,
    row: dict[str, Any],
    items: list[AgendaItem],
    organisations: dict[str, Organisation],
) -> None:
    """In the order of the evening: ideas first, then who promised what, then what was decided and is to be done."""
    where = {item.kind: item for item in items}
    promised, decided = where.get(ItemKind.PLEDGES), where.get(ItemKind.DECISION)
    made = [
        *(
            Outcome(kind=OutcomeKind.IDEA, text=idea["text"], votes=idea["votes"], item=items[idea["item"] - 1])
            for idea in row["ideas"]
        ),
        *(pledge(source, name, promised) for name in row["pledges"]),
        *(Outcome(kind=OutcomeKind.DECISION, text=text, item=decided) for text in row["decisions"]),
        *(action(source, each, decided, organisations) for each in row["actions"]),
    ]
    for number, outcome in enumerate(made):
        outcome.meeting = meeting
        outcome.at = meeting.starts_at + dt.timedelta(minutes=number)
    Outcome.objects.bulk_create(made)


def pledge(source: Source, name: str, item: AgendaItem | None) -> Outcome:
    commitment = Commitment.objects.select_related("promisor").get(uuid=source.uuid("commitment", name))
    return Outcome(
        kind=OutcomeKind.PLEDGE,
        text=commitment.title,
        organisation=commitment.promisor,
        beneficiary=commitment.beneficiary,
        due_on=commitment.due_on,
        quantity=commitment.quantity,
        unit=commitment.unit,
        commitment=commitment,
        item=item,
    )


def action(
    source: Source, row: dict[str, Any], item: AgendaItem | None, organisations: dict[str, Organisation]
) -> Outcome:
    owner = organisations.get(row["organisation"] or "")
    return Outcome(
        kind=OutcomeKind.ACTION,
        text=row["text"],
        organisation=owner,
        who="" if owner else "Het bestuur",
        due_on=source.day(row["due_on"]),
        action_state=row["state"],
        done_on=source.day(row["done_on"]),
        item=item,
    )


def load_minutes(
    source: Source, meeting: Meeting, row: dict[str, Any], items: list[AgendaItem], people: dict[str, User]
) -> None:
    """Written by the secretary, and those of all but the last evening approved by the chair."""
    seats = {seat["function"]: people[seat["person"]] for seat in source.rows("circle")["board"]}
    about = row["minutes"]
    written = meeting.ends_at + dt.timedelta(days=6)
    approved = written + dt.timedelta(days=2) if about["approved"] else None
    said = zip(items, about["items"], strict=True)
    Minutes.objects.create(
        meeting=meeting,
        text="\n\n".join(f"### {item.order}. {item.title}\n\n{text}" for item, text in said),
        audience=MinutesAudience.PUBLIC,
        written_by=seats["secretary"],
        written_at=written,
        asked_at=written,
        approved_by=seats["chair"] if approved else None,
        approved_at=approved,
        published_at=approved,
        version=1,
    )
