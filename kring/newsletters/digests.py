"""Each member's own digest, once a month and only when there is something to say.

Whose turn it is, is selected: who serves a member and has no digest of this month. A month that the clock missed is
looked after on the first day that it ticks; nobody gets two.
"""

from __future__ import annotations

import datetime as dt
import logging
import time
from collections.abc import Callable, Iterable

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from kring.accounts.models import User
from kring.foundation import news
from kring.mail import leaving, outbox, suppression
from kring.mail.models import PRIORITY, Kind, Message
from kring.mail.recipients import Recipient
from kring.mail.rendering import Rendered
from kring.newsletters import rendering, tokens
from kring.newsletters.content import Content, Section
from kring.newsletters.models import Digest
from kring.newsletters.placeholders import called
from members.models import Organisation, Role

logger = logging.getLogger(__name__)

CHUNK = 50
RUN_SECONDS = 45
# Who was given a role on the last of a month has one then, and not another the day after.
NOT_WITHIN = dt.timedelta(days=20)
FIRST_SPAN = dt.timedelta(days=31)
KEEP_MONTHS = 13
TEMPLATE = "newsletters/mail/digest"


def month_of(now: dt.datetime) -> dt.date:
    return timezone.localdate(now).replace(day=1)


def due(now: dt.datetime) -> QuerySet[User]:
    """Who serves a member of the circle, and whose digest of this month was not looked after; nobody soon again."""
    today = timezone.localdate(now)
    members = Organisation.objects.listed(today).members().order_by().values("pk")
    serving = Role.objects.held(today).filter(organisation__in=members, user=OuterRef("pk"))
    own = Digest.objects.filter(user=OuterRef("pk"))
    done = own.filter(Q(month=month_of(now)) | Q(had_news=True, made_at__gt=now - NOT_WITHIN))
    return User.objects.get_queryset().filter(Exists(serving), ~Exists(done), is_active=True).order_by("pk")


def make_due(now: dt.datetime) -> int:
    """Looks after those whose turn it is; returns how many got something."""
    return look_after(due, make, now)


def look_after(
    due: Callable[[dt.datetime], QuerySet[User]], make: Callable[[User, dt.datetime], bool], now: dt.datetime
) -> int:
    """For at most RUN_SECONDS; returns how many got something."""
    deadline, written, failed = time.monotonic() + RUN_SECONDS, 0, set[int]()
    while time.monotonic() < deadline:
        users = list(due(now).exclude(pk__in=failed)[:CHUNK])
        if not users:
            break
        for user in users:
            try:
                written += make(user, now)
            except Exception:  # what is wrong with one must not keep it from the others
                logger.exception("no digest for somebody", extra={"user": str(user.uuid)})
                failed.add(user.pk)
    return written


@transaction.atomic
def make(user: User, now: dt.datetime) -> bool:
    """Writes the digest of one member, once; true when there was something to say."""
    month = month_of(now)
    note = Digest(user=user, month=month, had_news=False, made_at=now)
    Digest.objects.bulk_create([note], ignore_conflicts=True)
    # Locked: of two clocks at once the second waits here, and then sees that it is done.
    stored = Digest.objects.select_for_update().get(user=user, month=month)
    if stored.made_at != now or suppression.is_suppressed(user.email, Kind.DIGEST):
        return False
    with translation.override(user.language):
        sections = sections_for(user, span_of(user, month, now))
        if not sections:
            return False
        outbox.add(_message(user, sections, month))
    Digest.objects.filter(pk=stored.pk).update(had_news=True)
    return True


def span_of(user: User, month: dt.date, now: dt.datetime) -> news.Span:
    earlier = Digest.objects.filter(user=user, month__lt=month).order_by("-month")
    last = earlier.values_list("made_at", flat=True).first()
    return news.Span(last or now - FIRST_SPAN, now)


def sections_for(user: User, span: news.Span) -> list[Section]:
    """The parts that have something to say, in the language that is active."""
    found = ((part, part.find(user, span)) for part in news.parts())
    return [section(part.slug, str(part.title), items) for part, items in found if items]


def section(kind: str, title: str, items: Iterable[news.Item] = ()) -> Section:
    return {
        "pk": 0,
        "kind": kind,
        "title": title,
        "body": "",
        "picture": "",
        "picture_alt": "",
        "button_label": "",
        "button_url": "",
        "items": [{"title": item.title, "url": item.url, "text": item.text} for item in items],
        "more_url": "",
        "more_label": "",
    }


def content_for(sections: list[Section]) -> Content:
    """With a greeting, and a button to everything of one's own."""
    number = sum(len(each["items"]) for each in sections)
    hello: Section = {
        **section("hello", ""),
        "body": _("Dag {voornaam}, dit vraagt jullie aandacht en dit is er nieuw sinds je vorige overzicht."),
    }
    bye: Section = {**hello, "body": "", "button_label": _("Naar mijn kring"), "button_url": reverse("site:my")}
    return {
        "subject": _("Jouw maand in de kring: %(titles)s") % {"titles": sections[0]["title"].lower()},
        "preheader": _("%(number)d dingen op een rij.") % {"number": number}
        if number > 1
        else sections[0]["items"][0]["title"],
        "sections": [hello, *sections, bye],
    }


def mail(sections: list[Section], to: Recipient, *, preferences_url: str, leave_url: str) -> Rendered:
    """In the language that is active, which is that of `to`."""
    return rendering.mail(
        content_for(sections),
        to,
        called(to.name),
        kind=Kind.DIGEST,
        why=_("Je krijgt dit omdat je meedoet namens een lid van de kring, en alleen als er iets te vertellen is."),
        foot=[(preferences_url, _("Kies welke mail je krijgt"))],
        leave_url=leave_url,
    )


def _message(user: User, sections: list[Section], month: dt.date) -> Message:
    return message(
        user,
        key=f"digest:{user.uuid}:{month:%Y-%m}",
        about=f"digest:{user.uuid}",
        template=TEMPLATE,
        written=lambda **links: mail(sections, Recipient.of(user), **links),
    )


def message(user: User, *, key: str, about: str, template: str, written: Callable[..., Rendered]) -> Message:
    """A mail of this kind, not in the outbox yet; what is written has the ways to other mail, and out."""
    made = Message(
        key=key,
        kind=Kind.DIGEST,
        priority=PRIORITY[Kind.DIGEST],
        user=user,
        email=user.email,
        name=user.name,
        language=user.language,
        about=about,
        template=template,
    )
    rendered = written(preferences_url=tokens.preferences_of_user(user.uuid), leave_url=leaving.address(made.uuid))
    made.subject, made.text, made.html = rendered.subject, rendered.text, rendered.html
    return made


def forget(now: dt.datetime) -> int:
    """Notes of digests that nothing is counted from any more; returns how many."""
    return Digest.objects.filter(made_at__lt=now - dt.timedelta(days=31 * KEEP_MONTHS)).delete()[0]
