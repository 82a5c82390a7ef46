"""What suits somebody's organisation, once a week and only when there is something new: who has what it looks for, and
who looks for what it has. For all that are listed, also businesses.

Whose turn it is, is selected, as for the digests: a week of which the clock missed the beginning is looked after on
the first day that it ticks, and nobody gets two.
"""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kring.accounts.models import User
from kring.foundation import news
from kring.mail import outbox, suppression
from kring.mail.models import Kind, Message
from kring.mail.recipients import Recipient
from kring.mail.rendering import Rendered
from kring.newsletters import digests, rendering
from kring.newsletters.content import Content, Section
from kring.newsletters.models import Suggested
from kring.newsletters.parts.offerings import matches
from kring.newsletters.placeholders import called
from members.models import Organisation, Role
from offerings.models import Need, Offering

A_WEEK = dt.timedelta(days=7)
KEEP = 13 * A_WEEK
TEMPLATE = "newsletters/mail/suggestions"


def week_of(now: dt.datetime) -> dt.date:
    """Its Monday."""
    today = timezone.localdate(now)
    return today - dt.timedelta(days=today.weekday())


def due(now: dt.datetime) -> QuerySet[User]:
    """Who serves a listed organisation that offers or looks for something, and was not looked after this week."""
    today = timezone.localdate(now)
    offering = Offering.objects.published(today).order_by().values("organisation")
    asking = Need.objects.open(today).order_by().values("organisation")
    takes_part = Organisation.objects.listed(today).filter(Q(pk__in=offering) | Q(pk__in=asking)).order_by()
    serving = Role.objects.held(today).filter(organisation__in=takes_part.values("pk"), user=OuterRef("pk"))
    done = Suggested.objects.filter(week=week_of(now), user=OuterRef("pk"))
    return User.objects.get_queryset().filter(Exists(serving), ~Exists(done), is_active=True).order_by("pk")


def make_due(now: dt.datetime) -> int:
    """Looks after those whose turn it is; returns how many got something."""
    return digests.look_after(due, make, now)


@transaction.atomic
def make(user: User, now: dt.datetime) -> bool:
    """Writes to one, once; true when there was something to say."""
    week = week_of(now)
    Suggested.objects.bulk_create(
        [Suggested(user=user, week=week, had_news=False, made_at=now)], ignore_conflicts=True
    )
    # Locked: of two clocks at once the second waits here, and then sees that it is done.
    stored = Suggested.objects.select_for_update().get(user=user, week=week)
    if stored.made_at != now or suppression.is_suppressed(user.email, Kind.DIGEST):
        return False
    with translation.override(user.language):
        items = matches(user, span_of(user, week, now))
        if not items:
            return False
        outbox.add(_message(user, items, week))
    Suggested.objects.filter(pk=stored.pk).update(had_news=True)
    return True


def span_of(user: User, week: dt.date, now: dt.datetime) -> news.Span:
    earlier = Suggested.objects.filter(user=user, week__lt=week).order_by("-week")
    last = earlier.values_list("made_at", flat=True).first()
    return news.Span(last or now - A_WEEK, now)


def content_for(items: list[news.Item]) -> Content:
    hello: Section = {
        **digests.section("hello", ""),
        "body": _("Dag {voornaam}, dit is nieuw en past bij wat jullie zoeken of aanbieden."),
    }
    found = digests.section("matches", _("Past bij jullie"), items)
    bye: Section = {**hello, "body": "", "button_label": _("Naar mijn kring"), "button_url": reverse("site:my")}
    subject = ngettext("Past bij jullie: %(title)s", "Past bij jullie: %(title)s, en meer", len(items))
    return {
        "subject": subject % {"title": items[0].title},
        "preheader": items[0].text,
        "sections": [hello, found, bye],
    }


def mail(items: list[news.Item], to: Recipient, *, preferences_url: str, leave_url: str) -> Rendered:
    """In the language that is active, which is that of `to`."""
    return rendering.mail(
        content_for(items),
        to,
        called(to.name),
        kind=Kind.DIGEST,
        why=_(
            "Je krijgt dit omdat jullie iets aanbieden of zoeken: hoogstens eens per week, en alleen als iets past."
        ),
        foot=[(preferences_url, _("Kies welke mail je krijgt"))],
        leave_url=leave_url,
    )


def _message(user: User, items: list[news.Item], week: dt.date) -> Message:
    return digests.message(
        user,
        key=f"suggestions:{user.uuid}:{week:%G-W%V}",
        about=f"suggestions:{user.uuid}",
        template=TEMPLATE,
        written=lambda **links: mail(items, Recipient.of(user), **links),
    )


def forget(now: dt.datetime) -> int:
    """Notes of weeks that nothing is counted from any more; returns how many."""
    return Suggested.objects.filter(made_at__lt=now - KEEP).delete()[0]
