"""Asking for the newsletter, showing that the address is one's own, and leaving; each with its proof."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import translation
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from kring.foundation.ratelimit import exceeded
from kring.mail import links, outbox, retention, suppression
from kring.mail.models import Kind, Suppression
from kring.newsletters import consent, tokens
from kring.newsletters.models import Consent, Issue, Source, Step, Subscriber, SubscriberState
from kring.newsletters.models.subscribers import CONFIRM_WITHIN

CONFIRM = "newsletter.confirm"
# Who types another's address could have us carry a link there, as a name to greet. A mail program makes one of a bare
# domain too; a letter and a point, such as in J.W. or A.de, are initials.
LINKED = re.compile(r"://|www\.|/|\w{2,}\.\w{2,}", re.IGNORECASE)
# Whoever types somebody's address again and again, mails them no more than this.
MAILS_PER_ADDRESS, PER_SECONDS = 3, 3600
S = SubscriberState


def code_of(subscriber: Subscriber) -> str:
    """What is typed on another computer than the one that asked; another one each time it is asked for."""
    asked = f"{subscriber.uuid.hex}:{subscriber.asked_at.isoformat()}"
    number = int(salted_hmac("kring.newsletters.code", asked, algorithm="sha256").hexdigest()[:12], 16)
    return f"{number % 1_000_000:06d}"


def is_name(name: str) -> bool:
    return LINKED.search(name) is None


@transaction.atomic
def ask(
    *, email: str, name: str = "", language: str = "nl", source: str, at: dt.datetime, proven: bool = False
) -> Subscriber:
    """Mails who is to confirm, or was subscribed already; the page that asked says the same in both cases.

    With `proven` it is known that the address is theirs and that they want it: nothing more is asked.
    """
    name = name if is_name(name) else ""
    subscriber, is_new = _taken(email, name, language, at)
    if subscriber.state == S.ACTIVE:
        if proven:  # at an address that came with a no of its own
            suppression.lift(subscriber.email, at, kind=Kind.NEWSLETTER)
        elif not is_new:
            _tell_again(subscriber, at)
        return subscriber
    if not proven and not _may_mail(subscriber):
        return subscriber  # as it was: the code in the last mail is made of the moment of that mail
    subscriber.state, subscriber.asked_at, subscriber.language = S.PENDING, at, language
    if proven or not subscriber.name:  # whoever types an address gives it no other name
        subscriber.name = name[:120] or subscriber.name
    subscriber.save(update_fields=["state", "asked_at", "language", "name"])
    _note(subscriber, Step.ASKED, source, at)
    if proven:
        confirm(subscriber, source=source, at=at)
    else:
        _ask_to_confirm(subscriber, at)
    return subscriber


def _taken(email: str, name: str, language: str, at: dt.datetime) -> tuple[Subscriber, bool]:
    """The row of an address, locked; of two who ask at once the second waits."""
    address = email.strip().lower()
    fresh = Subscriber(email=address, name=name[:120], language=language, state=S.PENDING, asked_at=at)
    Subscriber.objects.bulk_create([fresh], ignore_conflicts=True)
    stored = Subscriber.objects.select_for_update().get(email=address)
    return stored, stored.uuid == fresh.uuid


@transaction.atomic
def confirm(subscriber: Subscriber, *, source: str, at: dt.datetime) -> None:
    """From now on it gets the newsletter, also where it had said once that it did not want it."""
    stored = Subscriber.objects.select_for_update().get(pk=subscriber.pk)
    if stored.state == S.ACTIVE:
        return
    if stored.left_at is not None:
        _count_back(stored)
    stored.state, stored.confirmed_at, stored.left_at = S.ACTIVE, at, None
    stored.save(update_fields=["state", "confirmed_at", "left_at"])
    suppression.lift(stored.email, at, kind=Kind.NEWSLETTER)
    _note(stored, Step.CONFIRMED, source, at)


@transaction.atomic
def leave(*, email: str, source: str, at: dt.datetime, language: str = "nl", issue: Issue | None = None) -> bool:
    """No newsletter for this address any more, whether it had asked for it or got it as a member.

    Counted with the issue that they left by. False for who had left already.
    """
    stored, _is_new = _taken(email, "", language, at)
    if stored.state == S.LEFT:
        return False
    stored.state, stored.left_at = S.LEFT, at
    stored.save(update_fields=["state", "left_at"])
    _note(stored, Step.LEFT, source, at, issue)
    if issue is not None:
        Issue.objects.filter(pk=issue.pk).update(unsubscribed=F("unsubscribed") + 1)
    suppression.suppress(stored.email, Suppression.Reason.REQUEST, at, kind=Kind.NEWSLETTER)
    return True


def _count_back(subscriber: Subscriber) -> None:
    """Who comes back has not left by that issue, whatever brought them back."""
    left = subscriber.consents.filter(step=Step.LEFT).order_by("-at", "-pk").first()
    if left is not None and left.issue_id is not None:
        Issue.objects.filter(pk=left.issue_id, unsubscribed__gt=0).update(unsubscribed=F("unsubscribed") - 1)


@transaction.atomic
def move(former: str, email: str, at: dt.datetime) -> None:
    """Somebody's address changed: the yes or no of the old one goes along, where the new one has none of its own."""
    known = Subscriber.objects.filter(email__in=[former.lower(), email.lower()]).select_for_update()
    rows = {row.email: row for row in known}
    old, new = rows.get(former.lower()), rows.get(email.lower())
    if old is None or old == new:
        return
    if new is not None and (new.state != S.PENDING or new.left_at is not None):
        old.delete()
        if new.state == S.ACTIVE:
            suppression.lift(new.email, at, kind=Kind.NEWSLETTER)
        return
    if new is not None:
        new.delete()
    old.email = email.lower()
    old.save(update_fields=["email"])


def has_left(email: str) -> bool:
    return Subscriber.objects.said_no().filter(email=email.lower()).exists()


def _note(subscriber: Subscriber, step: str, source: str, at: dt.datetime, issue: Issue | None = None) -> None:
    """The proof. The words are those of the moment of asking, in the language they were read in."""
    told: dict[str, Any] = {"issue": issue}
    if step == Step.ASKED:
        with translation.override(subscriber.language):
            told |= {"text_version": consent.TEXT_VERSION, "words": consent.words_at(source)}
    Consent.objects.create(subscriber=subscriber, step=step, source=source, at=at, **told)


def _may_mail(subscriber: Subscriber) -> bool:
    return not exceeded("newsletter-mail", subscriber.email, limit=MAILS_PER_ADDRESS, seconds=PER_SECONDS)


def _ask_to_confirm(subscriber: Subscriber, at: dt.datetime) -> None:
    links.revoke(CONFIRM, subscriber.uuid, at)
    with translation.override(subscriber.language):
        context = {
            "action_url": links.issue(CONFIRM, subscriber.uuid, subscriber.recipient, expires_in=CONFIRM_WITHIN),
            "action_label": str(_("Ja, ik wil de nieuwsbrief")),
            "code": code_of(subscriber),
        }
    _post("confirm", subscriber, context, at)


def _tell_again(subscriber: Subscriber, at: dt.datetime) -> None:
    """Somebody asks who has it already: the mail says so, the page does not."""
    if not _may_mail(subscriber):
        return
    with translation.override(subscriber.language):
        context = {
            "action_url": tokens.preferences_of_subscriber(subscriber),
            "action_label": str(_("Bekijk mijn voorkeuren")),
        }
    _post("already", subscriber, context, at)


def _post(template: str, subscriber: Subscriber, context: dict[str, str], at: dt.datetime) -> None:
    outbox.queue(
        f"newsletters/mail/{template}",
        subscriber.recipient,
        {**context, "subscriber": subscriber, "site": settings.SITE_HOST},
        key=f"newsletter-{template}:{subscriber.uuid}:{at.isoformat()}",
        kind=Kind.TRANSACTIONAL,
        about=f"subscriber:{subscriber.uuid}",
        expires_at=at + CONFIRM_WITHIN,
    )


@transaction.atomic
def forget(now: dt.datetime) -> int:
    """Erases who never confirmed within 48 hours, and who left long ago; returns how many.

    Who had left before stays so, with the proof: anybody can type somebody's address.
    """
    Subscriber.objects.unconfirmed(now).filter(left_at__isnull=False).update(state=S.LEFT)
    forgotten = list(Subscriber.objects.to_forget(now).select_for_update(skip_locked=True))
    abouts = [f"subscriber:{subscriber.uuid}" for subscriber in forgotten]
    outbox.cancel(*abouts)
    retention.forget_whom(abouts, now)
    links.forget_whom(CONFIRM, [subscriber.uuid for subscriber in forgotten], now)
    Subscriber.objects.filter(pk__in=[each.pk for each in forgotten]).delete()
    return len(forgotten)


def take(*, email: str, name: str, language: str, source: str, at: dt.datetime, proven: bool) -> None:
    """For the rooms below (kring.foundation.news.subscribe)."""
    known = source if source in Source.values else Source.SITE
    ask(email=email, name=name, language=language, source=known, at=at, proven=proven)
