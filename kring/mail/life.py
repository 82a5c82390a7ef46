"""The life of one message: what became of it, and what a board member can do about it."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import Q
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from kring.accounts.models import User
from kring.mail import leaving, outbox, suppression
from kring.mail.models import CAN_BE_LEFT, Kind, Message, MessageEvent, MessageQuerySet, MessageState, Suppression

S, What = MessageState, MessageEvent.What
# What did not arrive, and may be sent once more.
STRANDED = {S.FAILED, S.HELD, S.BOUNCED, S.SUPPRESSED}
# What nobody did, and has no event.
HALTED = {S.EXPIRED, S.CANCELLED, S.PAUSED}
WAITING = {S.QUEUED, S.PAUSED}
TROUBLE = {S.FAILED, S.HELD, S.BOUNCED}
# With or without its hyphens: the names of our messages, and what stands before the @ of their Message-ID.
UUID = re.compile(r"[0-9a-f]{8}(-?)[0-9a-f]{4}(\1[0-9a-f]{4}){2}\1[0-9a-f]{12}", re.IGNORECASE)
TONES = {What.DELIVERED: "good", What.BOUNCED: "alert", What.COMPLAINED: "alert", What.REFUSED: "alert"}


class StepNotAllowed(Exception):
    """This can not be done with the message as it is now."""


class Moment(NamedTuple):
    """One moment, as components/timeline.html shows it."""

    title: str
    at: dt.datetime
    by: str = ""
    text: str = ""
    tone: str = ""


def story(message: Message) -> list[Moment]:
    """Oldest first. What all messages have in common stands in the row, the rest in its events."""
    moments = [Moment(_("In de rij gezet"), message.created_at)]
    for event in message.events.select_related("by"):
        by = event.by.name if event.by else ""
        moments.append(Moment(event.get_what_display(), event.at, by, event.detail, TONES.get(What(event.what), "")))
    if message.sent_at:
        moments.append(Moment(_("De mailserver nam hem aan"), message.sent_at, "", message.smtp_reply, "good"))
    if message.body_erased_at:
        moments.append(Moment(_("De tekst is gewist"), message.body_erased_at))
    if message.halted_at and message.state in HALTED:
        moments.append(Moment(capfirst(message.get_state_display()), message.halted_at))
    if message.state == S.SUPPRESSED:
        moments.append(_why_not_sent(message))
    return sorted(moments, key=lambda moment: moment.at)


def _why_not_sent(message: Message) -> Moment:
    """By what stands against its address, if that is still known; it was there before the mail, or came after."""
    listed = suppression.against(message.email, message.kind) if message.email else None
    if listed is None:
        return Moment(_("Niet verstuurd"), message.created_at)
    at = max(listed.since, message.created_at)
    return Moment(_("Niet verstuurd"), at, "", f"{listed.get_reason_display()}: {listed.note}".removesuffix(": "))


def looked_for(words: str) -> MessageQuerySet:
    """By address, name, subject or Message-ID; newest first. What is not shown in a list is not read."""
    found = Message.objects.defer("text", "html", "calendar", "headers", "fields").order_by("-pk")
    if not words:
        return found
    exact = Q(email__iexact=words) if "@" in words else Q(email__icontains=words)
    if mark := UUID.fullmatch(words.partition("@")[0].lstrip("<")):
        exact |= Q(uuid=mark[0])
    return found.filter(exact | Q(subject__icontains=words) | Q(name__icontains=words))


def may_read(user: User, message: Message) -> bool:
    """A newsletter is for all to read; the rest is between us and its reader. A code is for nobody to look up."""
    if message.kind == Kind.CODE or message.body_erased_at:
        return False
    return message.kind == Kind.NEWSLETTER or message.user_id == user.pk


def may_go_again(message: Message) -> bool:
    return message.state in STRANDED and message.kind != Kind.CODE and not message.body_erased_at


def steps_of(message: Message) -> set[str]:
    """What can be done now, by the names of the functions below."""
    steps = set()
    if may_go_again(message) and not suppression.is_closed(message.email, message.kind):
        steps.add("retry")
    if message.state in WAITING:
        steps.add("stop")
    if message.state in TROUBLE and message.dealt_with_at is None:
        steps.add("deal_with")
    if message.kind in CAN_BE_LEFT and message.email:
        steps.add("leave")
    return steps


def _locked(message: Message, step: str) -> Message:
    message = Message.objects.select_for_update().get(pk=message.pk)
    if step not in steps_of(message):
        raise StepNotAllowed(step)
    return message


@transaction.atomic
def retry(message: Message, by: User, now: dt.datetime) -> None:
    """Sends it once more, and gives an address that bounced another chance. Not after a complaint: StepNotAllowed."""
    message = _locked(message, "retry")
    suppression.try_again(message.email, now, by_owner=False)
    message.state, message.attempts, message.next_attempt_at = S.QUEUED, 0, now
    message.error, message.bounce, message.bounced_at, message.dealt_with_at = "", "", None, None
    message.expires_at, message.retried_at = None, now
    message.save()
    _note(message, What.RETRIED, by, now)
    outbox.wake_on_commit()


@transaction.atomic
def stop(message: Message, by: User, now: dt.datetime) -> None:
    message = _locked(message, "stop")
    message.state, message.halted_at = S.CANCELLED, None
    message.save(update_fields=["state", "halted_at"])
    _note(message, What.CANCELLED, by, now)


@transaction.atomic
def deal_with(message: Message, by: User, now: dt.datetime) -> None:
    """Somebody looked at it: it needs no attention any more."""
    message = _locked(message, "deal_with")
    message.dealt_with_at = now
    message.save(update_fields=["dealt_with_at"])
    _note(message, What.DEALT_WITH, by, now)


@transaction.atomic
def leave(message: Message, by: User, now: dt.datetime) -> None:
    """Its reader asked somebody of the board not to get such mail any more."""
    message = _locked(message, "leave")
    leaving.suppress(message, now)
    _note(message, What.LEFT, by, now)


STEPS: dict[str, Any] = {"retry": retry, "stop": stop, "deal_with": deal_with, "leave": leave}


def _note(message: Message, what: str, by: User, now: dt.datetime) -> None:
    MessageEvent.objects.create(message=message, what=what, by=by, at=now)


def trouble_of(email: str) -> Suppression | None:
    """Why an address gets no mail, if that is so."""
    return suppression.standing([email]).get(email)
