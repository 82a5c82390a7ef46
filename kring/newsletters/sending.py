"""An issue on its way: written down once, put in the outbox in chunks, and looked after until none of it waits.

    scheduled ──its time──▶ sending ◀──resume── paused        sending ──all in the outbox, none waits──▶ sent
                               └──pause / stop──▶ paused / stopped

Each step is one transaction that selects what is still to be done. A worker that dies leaves its chunk to the next; of
two at once one does the work; and the outbox has room for one message of an issue to an address.
"""

from __future__ import annotations

import datetime as dt
import logging
import time
import uuid
from collections.abc import Iterable, Mapping

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from kring.accounts.models import User
from kring.foundation.actors import Actor
from kring.foundation.models import Circle
from kring.mail import outbox, stencils, suppression
from kring.mail.models import UNDER_WAY, Kind, Message, MessageState, Stencil
from kring.mail.recipients import Recipient
from kring.mail.stencils import Copy, Marks
from kring.newsletters import checking, giving_back, reaching, rendering, tokens
from kring.newsletters.content import content_of
from kring.newsletters.models import Addressee, Edition, Issue, IssueLink, IssueState, StepNotAllowed, Subscriber
from kring.newsletters.placeholders import Called, called

logger = logging.getLogger(__name__)

CHUNK = 500
RUN_SECONDS = 45
LANGUAGES = [code for code, _name in settings.LANGUAGES]
# The words of each reader, besides those that every message knows.
FIRST_NAME, NAME, PREFERENCES = "called", "called_in_full", "preferences_url"
TEMPLATE = "newsletters/mail/issue"


class NotReady(Exception):
    """Something in the issue has to be mended before it can go out."""


# --- Beginning -------------------------------------------------------------------------------------------------------


@transaction.atomic
def begin(issue: Issue, by: Actor, now: dt.datetime) -> Issue:
    """Writes down who gets what, so that nothing that changes from now on changes the issue.

    Raises NotReady, or StepNotAllowed when somebody else was first.
    """
    stored = issue.locked()
    if stored.state not in {IssueState.DRAFT, IssueState.SCHEDULED}:
        raise StepNotAllowed(f"{stored.state} does not begin")
    return _begin(stored, by, now)


@transaction.atomic
def begin_due(issue: Issue, now: dt.datetime) -> Issue:
    """By the clock. Raises NotReady, or StepNotAllowed when it was moved or taken back since the clock saw it."""
    stored = issue.locked()
    if not stored.is_due(now):
        raise StepNotAllowed(f"{stored.state}, for {stored.scheduled_at}")
    return _begin(stored, Actor.system(), now)


def _begin(stored: Issue, by: Actor, now: dt.datetime) -> Issue:
    if stored.audience is None or any(finding.stops for finding in checking.findings(stored, now)):
        raise NotReady
    stored.begin(by, now, readers=reaching.write_down(stored, stored.audience, timezone.localdate(now)))
    _write_editions(stored, now)
    return stored


def _write_editions(issue: Issue, now: dt.datetime) -> None:
    """Of each language that somebody reads; and of Dutch, for the archive."""
    read = set(Addressee.objects.filter(issue=issue).values_list("language", flat=True).distinct())
    blocks = list(issue.blocks.all())
    contents = {each: content_of(issue, blocks, each, now) for each in LANGUAGES if each in read | {"nl"}}
    urls = dict.fromkeys(url for content in contents.values() for url in rendering.addresses(content["sections"]))
    links = IssueLink.objects.bulk_create(IssueLink(issue=issue, url=url) for url in urls if len(url) <= 1000)
    counted = {link.url: tokens.redirect(link) for link in links}
    for language, content in contents.items():
        Edition.objects.create(issue=issue, language=language, content=content)
        if language in read:
            cut(issue, language, content, counted, key=stencil_key(issue, language))


def stencil_key(issue: Issue, language: str) -> str:
    return f"{issue.about}:{language}"


def cut(issue: Issue, language: str, content: object, counted: dict[str, str], *, key: str) -> Stencil:
    """The mail of one language, with marks where each reader's own words come."""
    marks = Marks([FIRST_NAME, NAME, PREFERENCES])
    own = marks.own
    with translation.override(language):
        rendered = rendering.mail(
            content,  # type: ignore[arg-type]
            marks.reader(language),
            Called(own[FIRST_NAME], own[NAME]),
            kind=Kind.NEWSLETTER,
            why=why(),
            foot=foot(issue, preferences_url=own[PREFERENCES]),
            leave_url=marks.of("leave_url"),
            leads=lambda url: counted.get(url, url),
        )
    return stencils.keep(rendered, marks, language=language, key=key, template=TEMPLATE)


def why() -> str:
    return _("Je krijgt deze nieuwsbrief omdat je je inschreef, of omdat je meedoet met %(name)s.") % {
        "name": Circle.current().name
    }


def foot(issue: Issue, *, preferences_url: str) -> list[rendering.Link]:
    return [
        (preferences_url, _("Kies welke mail je krijgt")),
        (tokens.web_version(issue), _("Lees dit in je browser")),
    ]


def stencils_needed() -> list[str]:
    """The keys of those that somebody may still be written a copy of; one that stands still may do so for months."""
    on_its_way = Issue.objects.filter(state__in=[IssueState.SENDING, IssueState.PAUSED])
    return [stencil_key(issue, language) for issue in on_its_way.only("uuid") for language in LANGUAGES]


# --- Into the outbox -------------------------------------------------------------------------------------------------


def begin_scheduled(now: dt.datetime) -> int:
    """Those whose time has come. One that is not ready any more goes back to its writers, and says why."""
    begun = 0
    for issue in Issue.objects.to_begin(now):
        try:
            begin_due(issue, now)
            begun += 1
        except NotReady:
            _give_back(issue, now)
        except StepNotAllowed:
            logger.info("somebody else was first with the issue", extra={"issue": str(issue.uuid)})
        except Exception:  # what is wrong with one issue must not hold up the others
            logger.exception("the issue does not begin", extra={"issue": str(issue.uuid)})
    return begun


def _give_back(issue: Issue, now: dt.datetime) -> None:
    try:
        giving_back.give_back(issue, now)
    except StepNotAllowed:
        logger.info("the issue moved on meanwhile", extra={"issue": str(issue.uuid)})


def carry_on(now: dt.datetime) -> int:
    """Puts in the outbox what is still to go, for at most RUN_SECONDS; returns how many."""
    deadline, queued = time.monotonic() + RUN_SECONDS, 0
    for key in Issue.objects.filter(state=IssueState.SENDING).order_by("started_at").values_list("pk", flat=True):
        try:
            while time.monotonic() < deadline and (number := queue_chunk(key, timezone.now())):
                queued += number
            finish_if_done(key, now)
        except Exception:  # what is wrong with one issue must not hold up the others
            logger.exception("the issue does not get on", extra={"issue": key})
    return queued


@transaction.atomic
def queue_chunk(key: int, now: dt.datetime) -> int:
    """The next few, in one transaction with the note that they are in the outbox; returns how many.

    The row of the issue is locked meanwhile: who pauses it waits for this chunk, and no chunk begins after. Where
    another worker has it there is nothing to do.
    """
    issue = _sending(key)
    if issue is None:
        return 0
    chunk = list(Addressee.objects.waiting().filter(issue=issue).select_related("user").order_by("pk")[:CHUNK])
    addresses = [present_address(each) for each in chunk]
    subscribers = dict(Subscriber.objects.filter(email__in=addresses).values_list("email", "uuid"))
    gone = [each for each in chunk if each.user is None and each.email not in subscribers]
    gone += moved_together(issue, chunk)
    note_gone(issue, gone, now)
    there = [each for each in chunk if each not in gone]
    for language in {each.language for each in there}:
        stencil = Stencil.objects.get(key=stencil_key(issue, language))
        copies = (copy_for(issue, each, subscribers) for each in there if each.language == language)
        outbox.queue_many(stencil, copies, kind=Kind.NEWSLETTER, about=issue.about)
    Addressee.objects.filter(pk__in=[each.pk for each in chunk]).update(queued_at=now)
    return len(chunk)


def present_address(addressee: Addressee) -> str:
    """Where somebody with an account reads by now."""
    return addressee.email if addressee.user is None else addressee.user.email.lower()


def moved_together(issue: Issue, chunk: Iterable[Addressee]) -> list[Addressee]:
    """Those who moved to an address that the issue goes to anyway."""
    moved = {present_address(each): each for each in chunk if present_address(each) != each.email}
    stayed = Addressee.objects.filter(Q(user=None) | Q(user__email__iexact=F("email")), issue=issue)
    there = stayed.filter(email__in=moved).values_list("email", flat=True) if moved else []
    return [moved[email] for email in there]


def note_gone(issue: Issue, gone: Iterable[Addressee], now: dt.datetime) -> None:
    """Who is not there any more since the issue began: counted with who did not want it, unnamed."""
    rows = [
        Message(
            key=key_for(issue, each.email),
            kind=Kind.NEWSLETTER,
            about=issue.about,
            language=each.language,
            template=TEMPLATE,
            subject=issue.subject,
            state=MessageState.SUPPRESSED,
            body_erased_at=now,
        )
        for each in gone
    ]
    for row in rows:
        row.message_id = outbox.message_id(row.uuid)
    Message.objects.bulk_create(rows, ignore_conflicts=True)


def _sending(key: int) -> Issue | None:
    """The issue with its row locked, while it is being sent and no other worker is at it."""
    on_its_way = Issue.objects.filter(pk=key, state=IssueState.SENDING)
    return on_its_way.select_for_update(skip_locked=True).first()


def copy_for(issue: Issue, addressee: Addressee, subscribers: Mapping[str, uuid.UUID]) -> Copy:
    with translation.override(addressee.language):
        reader = called(addressee.name)
    email = present_address(addressee)
    name = subscribers.get(email)
    of: tuple[str, uuid.UUID] = (tokens.SUBSCRIBER, name)  # type: ignore[assignment]
    if addressee.user is not None:
        of = (tokens.USER, addressee.user.uuid)
    preferences = tokens.preferences(*of, email, issue=issue.number)
    return Copy(
        Recipient(email=email, name=addressee.name, language=addressee.language, user=addressee.user),
        key=key_for(issue, addressee.email),
        fields={FIRST_NAME: reader.first_name, NAME: reader.name, PREFERENCES: preferences},
        recipient=f"subscriber:{name}" if name else "",
    )


def key_for(issue: Issue, email: str) -> str:
    """One message of an issue to an address, for ever."""
    return f"{issue.about}:{suppression.hash_of(email)}"


def finish_if_done(key: int, now: dt.datetime) -> bool:
    """Sent is when nobody is to be tried any more, which may take a day: until then it can still be stopped."""
    with transaction.atomic():
        issue = _sending(key)
        if issue is None or Addressee.objects.waiting().filter(issue=issue).exists():
            return False
        if Message.objects.filter(about=issue.about, state__in=UNDER_WAY).exists():
            return False
        issue.finish(now)
    return True


# --- Holding it back -------------------------------------------------------------------------------------------------


@transaction.atomic
def pause(issue: Issue, by: Actor, now: dt.datetime) -> None:
    """The rest waits; of what a worker has in its hands also what comes back. Raises StepNotAllowed."""
    stored = issue.locked()
    stored.pause(by, now)
    outbox.pause(stored.about)


@transaction.atomic
def resume(issue: Issue, by: Actor, now: dt.datetime) -> None:
    """Raises StepNotAllowed."""
    stored = issue.locked()
    stored.resume(by, now)
    outbox.resume(stored.about)


@transaction.atomic
def stop(issue: Issue, by: Actor, now: dt.datetime) -> int:
    """Who has it has it; nobody else gets it any more. Returns how many were spared. Raises StepNotAllowed."""
    stored = issue.locked()
    stored.stop(by, now)
    spared = Addressee.objects.waiting().filter(issue=stored).count()
    return outbox.cancel(stored.about) + spared


# --- Trying it out ---------------------------------------------------------------------------------------------------


@transaction.atomic
def send_test(issue: Issue, user: User, now: dt.datetime, *, once: str) -> bool:
    """The issue as it is now, to who asks for it; its links are not counted. False for who takes no newsletters."""
    if suppression.is_suppressed(user.email, Kind.NEWSLETTER):
        return False
    content = content_of(issue, issue.blocks.all(), user.language, now)
    content["subject"] = f"[{_('proef')}] {content['subject']}"
    about = f"newsletter-test:{issue.uuid}"
    stencil = cut(issue, user.language, content, {}, key=f"{about}:{once}")
    addressee = Addressee(issue=issue, email=user.email.lower(), name=user.name, language=user.language, user=user)
    copy = copy_for(issue, addressee, {})
    outbox.queue_many(
        stencil,
        [Copy(copy.to, key=f"{about}:{once}", fields=copy.fields)],
        kind=Kind.NEWSLETTER,
        about=about,
    )
    Issue.objects.filter(pk=issue.pk).update(tested_at=now)
    return True
