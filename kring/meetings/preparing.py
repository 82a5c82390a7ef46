"""Before the evening: made from a template or a copy, changed, published, called off; and closed when it is over."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Sequence
from typing import Any

from django.db import connection, transaction
from django.utils.functional import Promise
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kring.foundation.actors import Actor
from kring.meetings import filling, notices, signing_up
from kring.meetings.models import AgendaItem, Fill, ItemKind, Meeting, MeetingState, SignUp, SignUpState, Template

# What a calendar shows of a meeting, with its name in a mail that tells of a change.
TOLD: dict[str, str | Promise] = {
    "title": gettext_lazy("de titel"),
    "starts_at": gettext_lazy("het begin"),
    "ends_at": gettext_lazy("het einde"),
    "venue": gettext_lazy("de plek"),
    "address": gettext_lazy("het adres"),
}
# Two presses of the button make one meeting, and no two meetings take the same address.
ONE_BY_ONE = "SELECT pg_advisory_xact_lock(hashtextextended('meetings.make', 0))"
# What an agenda item of a template or a copy begins with.
COPIED = ("title", "minutes", "kind", "speaker", "text", "fills", "link", "link_label")
# What the form of a new meeting begins with.
OF_TEMPLATE = ("kind", "intro", "capacity")
OF_MEETING = (*OF_TEMPLATE, "visibility", "venue", "address", "practical", "host")
# Addresses below /bijeenkomsten/ that are no meeting.
RESERVED = {"nieuw", "organisaties"}
FILLED_BY_ITSELF = {
    Fill.ACTIONS: (gettext_lazy("Wat kwam er van de actiepunten?"), ItemKind.EXPLANATION),
    Fill.COMMITMENTS: (gettext_lazy("Toezeggingen die een zetje nodig hebben"), ItemKind.PLEDGES),
}


@transaction.atomic
def make(meeting: Meeting, by: Actor, at: dt.datetime, *, source: Template | Meeting | None = None) -> Meeting:
    """A draft with the agenda of a template or an earlier meeting. The same `once` again gives the first one."""
    with connection.cursor() as cursor:
        cursor.execute(ONE_BY_ONE)
    earlier = Meeting.objects.filter(once=meeting.once).first() if meeting.once else None
    if earlier is not None:
        return earlier
    meeting.created_at = at
    meeting.slug = free_slug(meeting)
    meeting.save()
    meeting.transitions.create(after=MeetingState.DRAFT, at=at, actor_kind=by.kind, actor=by.user, actor_name=by.name)
    rows = _rows(source)
    AgendaItem.objects.bulk_create(
        AgendaItem(meeting=meeting, order=number, **row)
        for number, row in enumerate(_with_fillings(meeting, rows), start=1)
    )
    return meeting


def source_named(key: str) -> Template | Meeting | None:
    """As the form names it: 'template:beursvloer' or 'copy:najaar-2026'."""
    kind, _colon, slug = key.partition(":")
    if kind == "template":
        return Template.objects.filter(slug=slug).first()
    return Meeting.objects.filter(slug=slug).first() if kind == "copy" else None


def begins_like(source: Template | Meeting | None) -> dict[str, Any]:
    if source is None:
        return {}
    names = OF_TEMPLATE if isinstance(source, Template) else OF_MEETING
    return {name: getattr(source, name) for name in names}


def _rows(source: Template | Meeting | None) -> list[dict[str, Any]]:
    if source is None:
        return []
    if isinstance(source, Template):
        return [{name: row[name] for name in COPIED if name in row} for row in source.agenda]
    return [{name: getattr(item, name) for name in COPIED} for item in source.agenda.order_by("order")]


def _with_fillings(meeting: Meeting, rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """With an item for what is due that the agenda has none for yet: after the welcome."""
    there = {row.get("fills") for row in rows}
    added = [
        {"title": str(title), "minutes": 10, "kind": kind, "fills": fill}
        for fill, (title, kind) in FILLED_BY_ITSELF.items()
        if fill not in there and filling.is_anything_due(meeting, fill)
    ]
    return [*rows[:1], *added, *rows[1:]]


def free_slug(meeting: Meeting) -> str:
    """An address from the title and the year; with some letters behind it when it is taken."""
    base = f"{slugify(meeting.title)[:80] or 'bijeenkomst'}-{meeting.date.year}"
    taken = base in RESERVED or Meeting.objects.filter(slug=base).exists()
    return f"{base}-{secrets.token_hex(3)}" if taken else base


@transaction.atomic
def change(meeting: Meeting, before: dict[str, Any], at: dt.datetime) -> list[str | Promise]:
    """Saves what was changed of a locked meeting; `before` holds what stood there.

    When and where are told to all who are on the list, and calendars take them anew; more places go to who waits.
    Nobody is mailed about an evening that is over.
    """
    changed = [label for name, label in TOLD.items() if before[name] != getattr(meeting, name)]
    meeting.version += 1
    if changed:
        meeting.sequence += 1
    meeting.save()
    if meeting.state == MeetingState.PUBLISHED and meeting.is_to_come(at):
        if changed:
            for sign_up in SignUp.objects.of(meeting).active().select_related("user"):
                sign_up.meeting = meeting
                notices.tell_of_change(sign_up, changed)
            notices.renew_invitations(meeting)
        signing_up.offer_free_places(meeting, at)
    return changed


def publish(meeting: Meeting, by: Actor, at: dt.datetime) -> None:
    meeting.publish(by, at)


@transaction.atomic
def cancel(meeting: Meeting, by: Actor, at: dt.datetime, *, reason: str) -> None:
    """Everybody on the list hears it, also who waited; reminders and offers that are under way stay behind."""
    meeting.cancel(by, at, reason=reason)
    on_the_list = list(SignUp.objects.of(meeting).active().select_related("user"))
    notices.withdraw_mails(*on_the_list)
    for sign_up in on_the_list:
        sign_up.meeting = meeting
        notices.tell_of_cancelling(sign_up)
    _withdraw_questions(meeting)


def _withdraw_questions(meeting: Meeting) -> None:
    """Nobody is asked any more whether they come."""
    notices.withdraw_invitations(meeting)
    notices.withdraw_mails(*meeting.sign_ups.filter(state=SignUpState.UNCONFIRMED))


@transaction.atomic
def hold(meeting: Meeting, by: Actor, at: dt.datetime) -> None:
    """The evening is over: what its agenda was filled with is kept as it was, and who still waited waits no more."""
    filling.freeze(meeting)
    meeting.hold(by, at)
    waited = list(meeting.sign_ups.filter(state__in=[SignUpState.WAITING, SignUpState.OFFERED]))
    for sign_up in waited:
        sign_up.move(SignUpState.LAPSED, cancelled_at=at, offer_until=None)
    notices.withdraw_mails(*waited)
    _withdraw_questions(meeting)


@transaction.atomic
def keep_as_template(meeting: Meeting, name: str) -> Template:
    """Under its name; saved again it takes the place of what was there."""
    rows = [{field: getattr(item, field) for field in COPIED} for item in meeting.agenda.order_by("order")]
    template, _made = Template.objects.update_or_create(
        slug=slugify(name)[:100] or "sjabloon",
        defaults={
            "name": name,
            "kind": meeting.kind,
            "intro": meeting.intro,
            "capacity": meeting.capacity,
            "agenda": rows,
        },
    )
    return template


def why_not_yet(meeting: Meeting, at: dt.datetime) -> str:
    """What keeps a draft from being published; nothing when it may."""
    if meeting.starts_at <= at:
        return _("De datum is al voorbij. Verander eerst wanneer het is.")
    return "" if meeting.agenda.exists() else _("Er staat nog niets op de agenda. Zet er minstens één punt op.")
