"""How an issue fares: counted from the outbox while its rows are there, kept as totals afterwards. Nobody's name."""

from __future__ import annotations

import datetime as dt
import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from django.db import transaction
from django.db.models import Count, F, Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kring.foundation.wording import number
from kring.mail.models import UNDER_WAY, BounceKind, Message, MessageState
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
    queued: int = 0  # in the outbox, whatever became of them since; and who never came there, of what was stopped
    sent: int = 0
    waiting: int = 0
    retrying: int = 0  # of those that wait: the server did not take them yet
    failed: int = 0
    unwanted: int = 0  # left since, or the address does not work
    cancelled: int = 0
    bounced: dict[str, int] = field(default_factory=dict)  # by kind: refused at once, or back after it was sent
    unsubscribed: int = 0
    per_minute: int = 0

    @property
    def done(self) -> int:
        """Those of whom is known what became of them."""
        return self.readers - self.to_go

    @property
    def to_queue(self) -> int:
        return max(self.readers - self.queued, 0)

    @property
    def to_go(self) -> int:
        return self.to_queue + self.waiting

    @property
    def has_first_tries(self) -> bool:
        """Whether anything is to go that was not tried before."""
        return self.to_go > self.retrying

    @property
    def bounces(self) -> int:
        return sum(self.bounced.values())

    @property
    def tiles(self) -> list[tuple[str, int]]:
        """In words: each reader is counted in one of them."""
        passing = [(_("Nog klaar te zetten"), self.to_queue), (_("Klaargezet"), self.waiting)]
        lasting = [
            (_("Verstuurd"), self.sent),
            (_("Niet gelukt"), self.failed),
            (_("Overgeslagen: afgemeld, of het adres werkt niet"), self.unwanted),
        ]
        held_back = [(_("Tegengehouden"), self.cancelled)]
        return [*(each for each in passing if each[1]), *lasting, *(each for each in held_back if each[1])]

    @property
    def time_left(self) -> str:
        """In words; nothing as long as the rate says nothing. What is tried again takes its own time."""
        if not self.has_first_tries or not self.per_minute:
            return ""
        minutes = math.ceil((self.to_go - self.retrying) / self.per_minute)
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
        .annotate(number=Count("pk"), tried=Count("pk", filter=Q(attempts__gt=0)))
    )
    counted: dict[str, list[Mapping[str, Any]]] = {about: [] for about in live}
    for row in rows:
        counted[row["about"]].append(row)
    found = {issue.pk: _figures(issue, counted[about]) for about, issue in live.items()}
    return found | {issue.pk: kept(issue) for issue in issues if issue.pk not in found}


def kept(issue: Issue) -> Figures:
    """As they were when the rows were erased; nothing for what is not out."""
    totals = dict(issue.figures or {})
    return _whole(issue, Figures(readers=issue.readers or 0, unsubscribed=issue.unsubscribed, **totals))


def _figures(issue: Issue, rows: list[Mapping[str, Any]]) -> Figures:
    def total(*states: str, of: str = "number") -> int:
        return sum(row[of] for row in rows if row["state"] in states)

    counted = Figures(
        readers=issue.readers or 0,
        queued=sum(row["number"] for row in rows),
        sent=total(S.SENT, S.BOUNCED),
        waiting=total(*UNDER_WAY),
        retrying=total(*UNDER_WAY, of="tried"),
        failed=total(*LOST),
        unwanted=total(S.SUPPRESSED),
        cancelled=total(S.CANCELLED),
        bounced=bounced_by_kind(rows),
        unsubscribed=issue.unsubscribed,
    )
    return _whole(issue, counted)


def bounced_by_kind(rows: list[Mapping[str, Any]]) -> dict[str, int]:
    found: Counter[str] = Counter()
    for row in rows:
        if row["bounce"] and row["state"] in {S.BOUNCED, S.FAILED}:
            found[row["bounce"]] += row["number"]
    return dict(found)


def _whole(issue: Issue, counted: Figures) -> Figures:
    """Who was not in the outbox yet when it was stopped is spared as well as who was."""
    if issue.state != IssueState.STOPPED:
        return counted
    others = counted.sent + counted.waiting + counted.failed + counted.unwanted
    return replace(counted, queued=counted.readers, cancelled=counted.readers - others)


def of(issue: Issue, now: dt.datetime) -> Figures:
    """Of one, with how fast it goes."""
    figures = of_all([issue])[issue.pk]
    if issue.state != IssueState.SENDING:
        return figures
    lately = Message.objects.filter(about=issue.about, sent_at__gt=now - dt.timedelta(seconds=RATE_SECONDS)).count()
    since = (now - issue.started_at).total_seconds() if issue.started_at else RATE_SECONDS
    rate = round(lately * 60 / max(min(since, RATE_SECONDS), 1))
    return replace(figures, per_minute=rate)


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
