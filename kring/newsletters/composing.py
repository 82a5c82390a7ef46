"""Changing a draft: its blocks, their order, and what a new one begins with."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import TYPE_CHECKING

from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Case, IntegerField, Max, Value, When
from django.urls import reverse
from django.utils.translation import gettext as _

from kring.foundation import news
from kring.foundation.actors import Actor
from kring.newsletters.models import MOST_BLOCKS, TEXT, Archive, Audience, Block, Issue, IssueState, StepNotAllowed

if TYPE_CHECKING:
    from kring.newsletters.forms.composing import BlockForm, IssueForm

WORK = [IssueState.SENDING, IssueState.PAUSED, IssueState.SCHEDULED, IssueState.DRAFT]
_place = Case(
    *(When(state=state, then=Value(place)) for place, state in enumerate(WORK)),
    default=Value(len(WORK)),
    output_field=IntegerField(),
)
WORK_FIRST = (_place.asc(), "-started_at", "-pk")


def page_of(issue: Issue) -> str:
    """Where the board works on it, in the state that it is in."""
    if issue.state == IssueState.DRAFT:
        return reverse("newsletters:compose", args=[issue.uuid])
    if issue.state == IssueState.SCHEDULED:
        return reverse("newsletters:send", args=[issue.uuid])
    if issue.state == IssueState.DISCARDED:
        return reverse("newsletters:issues")
    return reverse("newsletters:progress", args=[issue.uuid])


def archive_for(audience: Audience | None) -> Archive:
    """Where an issue is read afterwards as long as nobody chose; everywhere while it is for nobody yet."""
    return audience.archive if audience else Archive.PUBLIC


@transaction.atomic
def new_issue(*, once: uuid.UUID, at: dt.datetime) -> Issue:
    """A draft with a greeting and every block that fills itself, for the same audience as the last. Once for a key."""
    last = Issue.objects.out().select_related("audience").order_by("-started_at").first()
    audience = last.audience if last else None
    fresh = Issue(once=once, audience=audience, archive=archive_for(audience), created_at=at)
    Issue.objects.bulk_create([fresh], ignore_conflicts=True)
    issue = Issue.objects.select_for_update().get(once=once)
    if not issue.blocks.exists():
        hello = Block(issue=issue, order=0, kind=TEXT, body=_("Dag {voornaam},") + "\n\n")
        fillers = [
            Block(issue=issue, order=place, kind=each.slug) for place, each in enumerate(news.blocks(), start=1)
        ]
        Block.objects.bulk_create([hello, *fillers[: MOST_BLOCKS - 1]])
    return issue


@transaction.atomic
def keep(issue: Issue, form: IssueForm, blocks: list[BlockForm]) -> None:
    """Writes all that was typed; what was tried out before is another mail then. The issue is locked."""
    form.save(commit=False)
    if form.has_changed() or any(each.has_changed() for each in blocks):
        issue.tested_at = None
    issue.keep()
    for each in blocks:
        each.save_block()
    renumber(issue)


def renumber(issue: Issue) -> None:
    """Makes the order one of 0, 1, 2, whatever was dragged to the same place."""
    blocks = list(issue.blocks.order_by("order", "pk"))
    for place, block in enumerate(blocks):
        block.order = place
    Block.objects.bulk_update(blocks, ["order"])


def do(issue: Issue, what: str, which: str) -> str:
    """What a button beside a block says. Returns the name of the place on the page to go to."""
    Issue.objects.filter(pk=issue.pk).update(tested_at=None)
    if what == "erbij":
        return add(issue, which)
    blocks = list(issue.blocks.order_by("order", "pk"))
    place = next((place for place, block in enumerate(blocks) if str(block.pk) == which), None)
    if place is None:
        return "blokken"
    block = blocks[place]
    if what == "weg":
        drop(block)
        return "blokken"
    other = place + (-1 if what == "omhoog" else 1)
    if 0 <= other < len(blocks):
        blocks[place].order, blocks[other].order = other, place
        Block.objects.bulk_update([blocks[place], blocks[other]], ["order"])
    return f"blok-{block.pk}"


def add(issue: Issue, kind: str) -> str:
    """At the end. Nothing happens for a kind that is not there, or when the issue is full."""
    if issue.blocks.count() >= MOST_BLOCKS or (kind != TEXT and news.block(kind) is None):
        return "blokken"
    last = issue.blocks.aggregate(last=Max("order"))["last"]
    block = Block.objects.create(issue=issue, kind=kind, order=0 if last is None else last + 1)
    return f"blok-{block.pk}"


def drop(block: Block) -> None:
    _forget_picture(block)
    block.delete()


def _forget_picture(block: Block) -> None:
    """The file goes once it is sure that the block does."""
    name = block.picture.name
    if name:
        transaction.on_commit(lambda: default_storage.delete(name))


@transaction.atomic
def throw_away(issue: Issue, by: Actor, now: dt.datetime) -> None:
    """All that stands in it. Raises StepNotAllowed for what is no draft any more."""
    stored = issue.locked()
    if not stored.is_open:
        raise StepNotAllowed(f"{stored.state} is not thrown away")
    for block in stored.blocks.all():
        drop(block)
    if stored.steps.exists():
        stored.discard(by, now)
    else:
        stored.delete()
