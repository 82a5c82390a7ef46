"""'Wat vraagt aandacht': each row one sentence, since when, and its action."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, CharField, Count, F, Q, QuerySet, Value, When, Window
from django.db.models.functions import RowNumber
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from commitments.models import Commitment, CommitmentState, Enquiry
from commitments.models.choices import RUNNING_STATES
from commitments.models.commitments import WAITING_LONG
from kring.foundation.counting import how_many
from kring.mail.models import Message
from members.models import Membership
from offerings.models import Offering

SHOWN = 10
WAITING_STATES = (CommitmentState.PROPOSED, CommitmentState.REPORTED)
ENQUIRY_WAITS = dt.timedelta(days=7)


@dataclass(frozen=True)
class Row:
    sentence: str
    since: Any
    url: str
    action: str
    tone: str = ""


@dataclass(frozen=True)
class Group:
    """Rows of one kind; `total` counts those that are not shown too."""

    title: str
    rows: list[Row]
    total: int


def groups(now: dt.datetime) -> list[Group]:
    """What there is, the most pressing first; groups without rows are left out. One query for each kind of thing."""
    made = [applications(), *commitments(now), enquiries(now), stale(now), mail()]
    return [group for group in made if group.rows]


def top(found: QuerySet[Any], order: str) -> tuple[list[Any], int]:
    """The first few, and how many there are in all, in one query."""
    rows = list(found.annotate(total=how_many(found.select_related(None))).order_by(order)[:SHOWN])
    return rows, rows[0].total if rows else 0


def applications() -> Group:
    found, total = top(Membership.objects.to_decide().select_related("organisation"), "applied_on")
    rows = [
        Row(
            _("%(who)s wil lid worden") % {"who": each.organisation},
            each.applied_on,
            each.organisation.get_absolute_url(),
            _("Bekijk"),
        )
        for each in found
    ]
    return Group(_("Nieuwe leden"), rows, total)


def commitments(now: dt.datetime) -> list[Group]:
    """What needs a go-between, what is late, and what has waited long: each commitment once, where it presses most."""
    today = timezone.localdate(now)
    late = Q(state__in=RUNNING_STATES, due_on__lt=today)
    waiting = Q(state__in=WAITING_STATES, moved_at__lte=now - WAITING_LONG)
    why = Case(
        When(needs_board=True, then=Value("dispute")),
        When(late, then=Value("late")),
        default=Value("waiting"),
        output_field=CharField(),
    )
    found = (
        Commitment.objects.open()
        .filter(Q(needs_board=True) | late | waiting)
        .annotate(why=why)
        .annotate(
            total=Window(Count("pk"), partition_by=F("why")),
            place=Window(RowNumber(), partition_by=F("why"), order_by=["due_on", "pk"]),
        )
        .filter(place__lte=SHOWN)
        .select_related("promisor")
        .only("uuid", "title", "state", "due_on", "moved_at", "promisor__name")
        .order_by("due_on", "pk")
    )
    pressing: dict[str, list[Any]] = {"dispute": [], "late": [], "waiting": []}
    for each in found:
        pressing[each.why].append(each)  # type: ignore[attr-defined]
    titles = {
        "dispute": _("Hier is bemiddeling nodig"),
        "late": _("Datum voorbij"),
        "waiting": _("Wacht al lang op antwoord"),
    }
    return [
        Group(titles[why], [commitment_row(each, why) for each in rows], rows[0].total if rows else 0)
        for why, rows in pressing.items()
    ]


def commitment_row(commitment: Commitment, why: str) -> Row:
    words = {"title": commitment.title, "who": commitment.promisor}
    url = f"{commitment.get_absolute_url()}#doen"
    match why:
        case "dispute":
            sentence = _("‘%(title)s’: de twee kanten zijn het niet eens") % words
            return Row(sentence, commitment.moved_at, url, _("Bemiddel"), "alert")
        case "late":
            sentence = _("%(who)s: de datum van ‘%(title)s’ is voorbij") % words
            return Row(sentence, commitment.due_on, url, _("Bekijk"), "alert")
    return Row(_("‘%(title)s’ wacht op antwoord") % words, commitment.moved_at, url, _("Bekijk"))


def enquiries(now: dt.datetime) -> Group:
    silent = Enquiry.objects.waiting().filter(moved_at__lte=now - ENQUIRY_WAITS)
    shown = silent.select_related("receiver").only("uuid", "moved_at", "organisation_name", "receiver__name")
    found, total = top(shown, "moved_at")
    rows = [
        Row(
            _("%(who)s gaf nog geen antwoord aan %(asker)s") % {"who": each.receiver, "asker": each.organisation_name},
            each.moved_at,
            each.get_absolute_url(),
            _("Bekijk"),
        )
        for each in found
    ]
    return Group(_("Aanvragen zonder antwoord"), rows, total)


def stale(now: dt.datetime) -> Group:
    today = timezone.localdate(now)
    old = Offering.objects.published(today).stale(today).select_related("organisation")
    found, total = top(old.only("slug", "title", "confirmed_on", "organisation__name"), "confirmed_on")
    rows = [
        Row(
            _("‘%(title)s’ van %(who)s is lang niet bevestigd") % {"title": each, "who": each.organisation},
            each.confirmed_on,
            each.get_absolute_url(),
            _("Bekijk"),
        )
        for each in found
    ]
    return Group(_("Niet recent bevestigd aanbod"), rows, total)


def mail() -> Group:
    found, total = top(Message.objects.to_look_at().defer("text", "html"), "-pk")
    rows = [
        Row(
            _("Mail aan %(email)s kwam niet aan: %(subject)s") % {"email": each.email, "subject": each.subject},
            each.created_at,
            reverse("board:mail"),
            _("Bekijk"),
        )
        for each in found
    ]
    return Group(_("Mail die niet aankwam"), rows, total)
