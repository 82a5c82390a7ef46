"""Who gets the newsletter, the issues that went out, and the one that is being written."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from kring.accounts.models import User
from kring.demo.loading.members import by_id
from kring.demo.loading.source import ZONE, Source
from kring.foundation.actors import Actor
from kring.mail import suppression
from kring.mail.models import Kind, Suppression
from kring.newsletters import consent, rendering
from kring.newsletters.content import content_of
from kring.newsletters.digests import DIGEST
from kring.newsletters.models import (
    TEXT,
    Audience,
    Block,
    Consent,
    Edition,
    Group,
    Issue,
    IssueLink,
    IssueState,
    IssueStep,
    Overview,
    Reach,
    Step,
    Subscriber,
    SubscriberState,
)
from kring.newsletters.weekly import TIPS

AUDIENCES: dict[str, tuple[list[str], str]] = {
    "Alle abonnees": ([Group.SUBSCRIBERS], Reach.SUBSCRIBED),
    "Leden": ([Group.MEMBERS], Reach.BELONGING),
}
PAGES = {
    "menukaart": "offerings:list",
    "toezeggingen": "commitments:list",
    "leden": "members:list",
    "mijn-aanbod": "site:my",
    "contact": "site:about",
}
DETAILS = {
    "offering": "offerings:detail",
    "organisation": "members:detail",
    "business": "members:detail",
    "meeting": "meetings:detail",
}
# Of a hundred readers so many went where the first, the second… link leads.
CLICKS = (38, 27, 19, 12)


def load(source: Source) -> None:
    data = source.rows("newsletters")
    load_subscribers(source, data["subscribers"])
    for row in data["issues"]:
        load_issue(source, row, data["subscribers"])
    note_digests(source)


def load_subscribers(source: Source, rows: list[dict[str, Any]]) -> None:
    people = by_id(source)
    for row in rows:
        user = people[row["person"]]
        # Who has still to confirm asked this morning: after two days it is forgotten.
        pending = row["state"] == SubscriberState.PENDING
        asked = this_morning(source) if pending else source.moment(row["asked_on"], 8)
        subscriber = Subscriber.objects.create(
            uuid=source.uuid("subscriber", row["person"]),
            email=user.email,
            name=user.name,
            state=row["state"],
            asked_at=asked,
            confirmed_at=row["confirmed_on"] and source.moment(row["confirmed_on"], 20),
            left_at=row["left_on"] and source.moment(row["left_on"], 9),
        )
        Consent.objects.bulk_create(proof(subscriber, row["source"]))
        if subscriber.left_at is not None:
            suppression.suppress(user.email, Suppression.Reason.REQUEST, subscriber.left_at, kind=Kind.NEWSLETTER)


def this_morning(source: Source) -> dt.datetime:
    return min(dt.datetime.combine(source.today, dt.time(8), tzinfo=ZONE), timezone.now())


def proof(subscriber: Subscriber, source: str) -> list[Consent]:
    told = {"text_version": consent.TEXT_VERSION, "words": consent.words()}
    made = [Consent(subscriber=subscriber, step=Step.ASKED, source=source, at=subscriber.asked_at, **told)]
    if subscriber.confirmed_at is not None:
        made.append(Consent(subscriber=subscriber, step=Step.CONFIRMED, source=source, at=subscriber.confirmed_at))
    if subscriber.left_at is not None:
        made.append(Consent(subscriber=subscriber, step=Step.LEFT, source="mail", at=subscriber.left_at))
    return made


def load_issue(source: Source, row: dict[str, Any], subscribers: list[dict[str, Any]]) -> None:
    groups, reach = AUDIENCES[row["audience"]]
    audience, _made = Audience.objects.get_or_create(name=row["audience"], defaults={"groups": groups, "reach": reach})
    issue = Issue.objects.create(
        uuid=source.uuid("issue", row["id"]),
        subject=row["subject"],
        preheader=row["preheader"],
        audience=audience,
        archive=audience.archive,
        created_at=source.moment(row["sent_on"]) if row["sent_on"] else timezone.now(),
    )
    Block.objects.bulk_create(blocks_of(source, issue, row))
    if row["sent_on"]:
        send(source, issue, row, subscribers)


def blocks_of(source: Source, issue: Issue, row: dict[str, Any]) -> list[Block]:
    written: list[dict[str, str]] = [{"body": row["intro"]}]
    for item in row["items"]:
        to = address_of(source, **item["link"])
        button = {"button_label": item["button"], "button_url": to} if to else {}
        written.append({"title": item["title"], "body": item["text"], **button})
    filled = [{"kind": kind} for kind in row["fills"]]
    parts = [*({"kind": TEXT, **each} for each in written), *filled, {"kind": TEXT, "body": row["closing"]}]
    return [Block(issue=issue, order=place, **part) for place, part in enumerate(parts)]


def address_of(source: Source, type: str, id: str) -> str:  # noqa: A002 - as the data calls them
    """Nothing for a page that this site does not have."""
    try:
        if type == "page":
            return reverse(PAGES[id])
        if type == "commitment":
            return reverse("commitments:detail", args=[source.uuid("commitment", id)])
        return reverse(DETAILS[type], args=[id]) if type in DETAILS else ""
    except NoReverseMatch:
        return ""


def send(source: Source, issue: Issue, row: dict[str, Any], subscribers: list[dict[str, Any]]) -> None:
    """As it was once its figures were settled."""
    at = source.moment(row["sent_on"], 9)
    content = content_of(issue, issue.blocks.all(), "nl", at)
    Edition.objects.create(issue=issue, language="nl", content=content)
    IssueLink.objects.bulk_create(
        IssueLink(issue=issue, url=url, clicks=row["readers"] * CLICKS[place % len(CLICKS)] // 100)
        for place, url in enumerate(rendering.addresses(content["sections"]))
    )
    issue.number, issue.state, issue.readers = row["number"], IssueState.SENT, row["readers"]
    issue.started_at, issue.tested_at = at, at - dt.timedelta(hours=1)
    issue.finished_at = at + dt.timedelta(minutes=2)
    issue.figures = {"queued": row["readers"], "sent": row["readers"], "bounced": {"hard": row["bounced"]}}
    issue.unsubscribed = left_after(source, at, subscribers)
    issue.save()
    board = Actor.of(by_id(source)[source.rows("circle")["cast"]["board"]])
    note_step(issue, IssueState.DRAFT, IssueState.SENDING, board, issue.started_at)
    note_step(issue, IssueState.SENDING, IssueState.SENT, Actor.system(), issue.finished_at)


def note_step(issue: Issue, before: str, after: str, by: Actor, at: dt.datetime) -> None:
    IssueStep.objects.create(issue=issue, before=before, after=after, at=at, **IssueStep.signature(by))


def left_after(source: Source, at: dt.datetime, subscribers: list[dict[str, Any]]) -> int:
    """How many left within two weeks."""
    days = [source.moment(row["left_on"]) for row in subscribers if row["left_on"]]
    return sum(at <= day < at + dt.timedelta(days=14) for day in days)


def note_digests(source: Source) -> None:
    """As if this month's had gone out to all but the cast: theirs come while one looks."""
    people, cast = by_id(source), source.rows("circle")["cast"]
    theirs = {people[name].pk for name in cast.values() if isinstance(name, str)}
    now = timezone.now()
    others = User.objects.get_queryset().filter(is_active=True).exclude(pk__in=theirs)
    Overview.objects.bulk_create(
        Overview(kind=each.kind, user=user, period=each.period_of(now), had_news=each is DIGEST, made_at=now)
        for each in (DIGEST, TIPS)
        for user in others
    )
