"""How an issue fares: counted from the outbox while its rows are there, kept as totals afterwards. Nobody's name."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import Count, F
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kring.foundation.wording import number
from kring.mail.models import BounceKind, Message, MessageState
from kring.newsletters.models import Addressee, Issue, IssueLink, IssueState

S = MessageState
# The rate is that of the last minute.
RATE_SECONDS = 60
LOST = (S.FAILED, S.HELD, S.EXPIRED)
KEPT = ("queued", "sent", "waiting", "failed", "unwanted", "cancelled", "bounced")


@dataclass(frozen=True)
class Figures:
    """What became of the messages of one issue."""

    readers: int = 0
    queued: int = 0  # in the outbox, whatever became of them since
    sent: int = 0
    waiting: int = 0
    failed: int = 0
    unwanted: int = 0  # did not want it any more when it was their turn
    cancelled: int = 0
    bounced: dict[str, int] = field(default_factory=dict)
    unsubscribed: int = 0
    per_minute: int = 0

    @property
    def done(self) -> int:
        """Those of whom is known what became of them."""
        return self.readers - self.to_go

    @property
    def to_go(self) -> int:
        return max(self.readers - self.queued, 0) + self.waiting

    @property
    def bounces(self) -> int:
        return sum(self.bounced.values())

    @property
    def time_left(self) -> str:
        """In words; nothing as long as the rate says nothing."""
        if not self.to_go or not self.per_minute:
            return ""
        minutes = math.ceil(self.to_go / self.per_minute)
        if minutes >= 120:
            return _("nog ongeveer %(hours)s uur") % {"hours": number(round(minutes / 60))}
        words = ngettext("nog ongeveer %(minutes)d minuut", "nog ongeveer %(minutes)d minuten", minutes)
        return words % {"minutes": minutes}

    @property
    def per_bounce(self) -> list[tuple[str, int]]:
        """In words, those that there are."""
        return [(str(kind.label), self.bounced[kind]) for kind in BounceKind if self.bounced.get(kind)]


def of_all(issues: Iterable[Issue]) -> dict[int, Figures]:
    """The figures of each, in one query."""
    issues = list(issues)
    live = {issue.about: issue for issue in issues if issue.is_out and issue.figures is None}
    rows = (
        Message.objects.filter(about__in=live)
        .order_by()
        .values("about", "state", "bounce")
        .annotate(number=Count("pk"))
    )
    counted: dict[str, list[tuple[str, str, int]]] = {about: [] for about in live}
    for row in rows:
        counted[row["about"]].append((row["state"], row["bounce"], row["number"]))
    found = {issue.pk: _figures(issue, counted[about]) for about, issue in live.items()}
    return found | {issue.pk: kept(issue) for issue in issues if issue.pk not in found}


def kept(issue: Issue) -> Figures:
    """As they were when the rows were erased; nothing for what is not out."""
    totals = dict(issue.figures or {})
    return Figures(readers=issue.readers or 0, unsubscribed=issue.unsubscribed, **totals)


def _figures(issue: Issue, rows: list[tuple[str, str, int]]) -> Figures:
    def total(*states: str) -> int:
        return sum(number for state, _bounce, number in rows if state in states)

    bounced = {bounce: number for state, bounce, number in rows if state == S.BOUNCED}
    return Figures(
        readers=issue.readers or 0,
        queued=sum(number for _state, _bounce, number in rows),
        sent=total(S.SENT, S.BOUNCED),
        waiting=total(S.QUEUED, S.SENDING, S.PAUSED),
        failed=total(*LOST),
        unwanted=total(S.SUPPRESSED),
        cancelled=total(S.CANCELLED),
        bounced=bounced,
        unsubscribed=issue.unsubscribed,
    )


def of(issue: Issue, now: dt.datetime) -> Figures:
    """Of one, with how fast it goes."""
    figures = of_all([issue])[issue.pk]
    if issue.state != IssueState.SENDING:
        return figures
    lately = Message.objects.filter(about=issue.about, sent_at__gt=now - dt.timedelta(seconds=RATE_SECONDS)).count()
    since = (now - issue.started_at).total_seconds() if issue.started_at else RATE_SECONDS
    rate = round(lately * 60 / max(min(since, RATE_SECONDS), 1))
    return Figures(**{**figures.__dict__, "per_minute": rate})


def count_click(link: IssueLink) -> None:
    """One more, and nothing of whose."""
    IssueLink.objects.filter(pk=link.pk).update(clicks=F("clicks") + 1)


@transaction.atomic
def settle(now: dt.datetime) -> int:
    """Keeps the totals of what is over, and erases whom it went to; returns how many issues."""
    to_forget = Addressee.objects.to_forget(now)
    keys = set(to_forget.order_by().values_list("issue", flat=True).distinct())
    due = list(Issue.objects.filter(pk__in=keys, figures__isnull=True).select_for_update())
    counted = of_all(due)
    for issue in due:
        issue.figures = {name: getattr(counted[issue.pk], name) for name in KEPT}
        issue.save(update_fields=["figures"])
    Addressee.objects.filter(issue__in=keys).delete()
    return len(keys)
