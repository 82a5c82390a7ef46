"""'Wat vraagt aandacht': each row one sentence, since when, and its action."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from commitments.models import Commitment, Enquiry
from kring.mail.models import Message
from members.models import Membership
from offerings.models import FRESH_MONTHS, Offering, months_before

SHOWN = 10
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
    """What there is, the most pressing first; groups without rows are left out."""
    made = [applications(), disputes(), late(now), waiting(now), enquiries(now), stale(now), mail()]
    return [group for group in made if group.rows]


def applications() -> Group:
    found = Membership.objects.to_decide().select_related("organisation").order_by("applied_on")
    rows = [
        Row(
            _("%(who)s wil lid worden") % {"who": each.organisation},
            each.applied_on,
            each.organisation.get_absolute_url(),
            _("Bekijk"),
        )
        for each in found[:SHOWN]
    ]
    return Group(_("Nieuwe leden"), rows, found.count())


def disputes() -> Group:
    found = Commitment.objects.open().filter(needs_board=True).order_by("moved_at")
    rows = [
        Row(
            _("‘%(title)s’: de twee kanten zijn het niet eens") % {"title": each},
            each.moved_at,
            page(each),
            _("Bemiddel"),
            "alert",
        )
        for each in found[:SHOWN]
    ]
    return Group(_("Hier is bemiddeling nodig"), rows, found.count())


def late(now: dt.datetime) -> Group:
    found = Commitment.objects.late(timezone.localdate(now)).select_related("promisor").order_by("due_on")
    rows = [
        Row(
            _("%(who)s: de datum van ‘%(title)s’ is voorbij") % {"who": each.promisor, "title": each},
            each.due_on,
            page(each),
            _("Bekijk"),
            "alert",
        )
        for each in found[:SHOWN]
    ]
    return Group(_("Datum voorbij"), rows, found.count())


def waiting(now: dt.datetime) -> Group:
    found = Commitment.objects.waiting_long(now).order_by("moved_at")
    rows = [
        Row(_("‘%(title)s’ wacht op antwoord") % {"title": each}, each.moved_at, page(each), _("Bekijk"))
        for each in found[:SHOWN]
    ]
    return Group(_("Wacht al lang op antwoord"), rows, found.count())


def enquiries(now: dt.datetime) -> Group:
    found = (
        Enquiry.objects.waiting()
        .filter(moved_at__lte=now - ENQUIRY_WAITS)
        .select_related("receiver", "offering", "need")
    )
    rows = [
        Row(
            _("%(who)s gaf nog geen antwoord aan %(asker)s") % {"who": each.receiver, "asker": each.organisation_name},
            each.moved_at,
            each.get_absolute_url(),
            _("Bekijk"),
        )
        for each in found.order_by("moved_at")[:SHOWN]
    ]
    return Group(_("Aanvragen zonder antwoord"), rows, found.count())


def stale(now: dt.datetime) -> Group:
    today = timezone.localdate(now)
    found = Offering.objects.published(today).filter(confirmed_on__lte=months_before(today, FRESH_MONTHS))
    rows = [
        Row(
            _("‘%(title)s’ van %(who)s is lang niet bevestigd") % {"title": each, "who": each.organisation},
            each.confirmed_on,
            each.get_absolute_url(),
            _("Bekijk"),
        )
        for each in found.select_related("organisation").order_by("confirmed_on")[:SHOWN]
    ]
    return Group(_("Niet recent bevestigd aanbod"), rows, found.count())


def mail() -> Group:
    found = Message.objects.to_look_at().order_by("-pk")
    rows = [
        Row(
            _("Mail aan %(email)s kwam niet aan: %(subject)s") % {"email": each.email, "subject": each.subject},
            each.created_at,
            reverse("board:mail"),
            _("Bekijk"),
        )
        for each in found[:SHOWN]
    ]
    return Group(_("Mail die niet aankwam"), rows, found.count())


def page(commitment: Commitment) -> str:
    return f"{commitment.get_absolute_url()}#doen"
