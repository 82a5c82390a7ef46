"""What comes to somebody at regular times, once a period and only when there is something to say.

Whose turn it is, is selected: who serves one of the organisations that it is for, and was not looked after in this
period. A period of which the clock missed the beginning is looked after on the first day that it ticks; nobody gets
two. Whom it is for, and what it says, is each one's own: see digests.py and weekly.py.
"""

from __future__ import annotations

import datetime as dt
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from kring.accounts.models import User
from kring.foundation import news
from kring.mail import leaving, outbox, suppression
from kring.mail.models import PRIORITY, Kind, Message
from kring.mail.recipients import Recipient
from kring.mail.rendering import Rendered
from kring.newsletters import rendering, tokens
from kring.newsletters.content import Content, Section, section
from kring.newsletters.models import Overview, OverviewKind
from kring.newsletters.placeholders import called
from members.models import Organisation, Role

logger = logging.getLogger(__name__)

CHUNK = 50
RUN_SECONDS = 45
Told = TypeVar("Told")


@dataclass(frozen=True)
class Regular(Generic[Told]):
    """One that comes by the month or the week: `find` gives what there is to tell, `content` makes a letter of it.

    `begins` is the first day of the period that a day lies in, `named` its format in the key of a mail. Who had
    one with news gets no other within `not_within`, also when the next period begins: they may have been given a role
    on the last day of the one before.
    """

    kind: OverviewKind
    template: str
    begins: Callable[[dt.date], dt.date]
    named: str
    not_within: dt.timedelta
    first_span: dt.timedelta
    keep: dt.timedelta
    organisations: Callable[[dt.date], QuerySet[Organisation]]
    find: Callable[[User, news.Span], list[Told]]
    content: Callable[[list[Told]], Content]
    why: str | Promise

    def period_of(self, now: dt.datetime) -> dt.date:
        return self.begins(timezone.localdate(now))

    def due(self, now: dt.datetime) -> QuerySet[User]:
        """Who serves an organisation that it is for, and was not looked after in this period; nobody soon again."""
        today = timezone.localdate(now)
        organisations = self.organisations(today).order_by().values("pk")
        serving = Role.objects.held(today).filter(organisation__in=organisations, user=OuterRef("pk"))
        own = Overview.objects.filter(kind=self.kind, user=OuterRef("pk"))
        done = own.filter(Q(period=self.period_of(now)) | Q(had_news=True, made_at__gt=now - self.not_within))
        return User.objects.get_queryset().filter(Exists(serving), ~Exists(done), is_active=True).order_by("pk")

    def make_due(self, now: dt.datetime) -> int:
        """Looks after those whose turn it is, for at most RUN_SECONDS; returns how many got something."""
        deadline, written, failed = time.monotonic() + RUN_SECONDS, 0, set[int]()
        while time.monotonic() < deadline:
            users = list(self.due(now).exclude(pk__in=failed)[:CHUNK])
            if not users:
                break
            for user in users:
                try:
                    written += self.make(user, now)
                except Exception:  # what is wrong with one must not keep it from the others
                    logger.exception("no %s for somebody", self.kind.value, extra={"user": str(user.uuid)})
                    failed.add(user.pk)
        return written

    @transaction.atomic
    def make(self, user: User, now: dt.datetime) -> bool:
        """Writes to one, once; true when there was something to say."""
        own, period = Overview.objects.filter(kind=self.kind, user=user), self.period_of(now)
        note = Overview(kind=self.kind, user=user, period=period, had_news=False, made_at=now)
        Overview.objects.bulk_create([note], ignore_conflicts=True)
        # Locked: of two clocks at once the second waits here, and then sees that it is done.
        stored = own.select_for_update().get(period=period)
        if stored.made_at != now or suppression.is_suppressed(user.email, Kind.DIGEST):
            return False
        with translation.override(user.language):
            told = self.find(user, self.span_of(user, period, now))
            if not told:
                return False
            outbox.add(self._message(user, told, period))
        own.filter(pk=stored.pk).update(had_news=True)
        return True

    def span_of(self, user: User, period: dt.date, now: dt.datetime) -> news.Span:
        """From the last time that they were looked after, whether or not there was news."""
        earlier = Overview.objects.filter(kind=self.kind, user=user, period__lt=period).order_by("-period")
        last = earlier.values_list("made_at", flat=True).first()
        return news.Span(last or now - self.first_span, now)

    def mail(self, told: list[Told], to: Recipient, *, preferences_url: str, leave_url: str) -> Rendered:
        """In the language that is active, which is that of `to`."""
        return rendering.mail(
            self.content(told),
            to,
            called(to.name),
            kind=Kind.DIGEST,
            why=str(self.why),
            foot=[(preferences_url, _("Kies welke mail je krijgt"))],
            leave_url=leave_url,
        )

    def _message(self, user: User, told: list[Told], period: dt.date) -> Message:
        """Not in the outbox yet; with the ways to other mail, and out."""
        made = Message(
            key=f"{self.kind.value}:{user.uuid}:{period.strftime(self.named)}",
            kind=Kind.DIGEST,
            priority=PRIORITY[Kind.DIGEST],
            user=user,
            email=user.email,
            name=user.name,
            language=user.language,
            about=f"{self.kind.value}:{user.uuid}",
            template=self.template,
        )
        preferences_url, leave_url = tokens.preferences_of_user(user), leaving.address(made.uuid)
        rendered = self.mail(told, Recipient.of(user), preferences_url=preferences_url, leave_url=leave_url)
        made.subject, made.text, made.html = rendered.subject, rendered.text, rendered.html
        return made

    def forget(self, now: dt.datetime) -> int:
        """Notes of periods that nothing is counted from any more; returns how many."""
        return Overview.objects.filter(kind=self.kind, made_at__lt=now - self.keep).delete()[0]


def letter(opening: str, sections: list[Section], *, subject: str, preheader: str) -> Content:
    """With a greeting, and a button to everything of one's own."""
    hello: Section = {**section("hello", ""), "body": opening}
    bye: Section = {**section("hello", ""), "button_label": _("Naar mijn kring"), "button_url": reverse("site:my")}
    return {"subject": subject, "preheader": preheader, "sections": [hello, *sections, bye]}
