"""'Wat vraagt aandacht': each row one sentence, since when, and its action."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, CharField, Count, F, OuterRef, Q, QuerySet, Subquery, UUIDField, Value, When, Window
from django.db.models.functions import RowNumber
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from commitments.models import Commitment, CommitmentState, Enquiry, EnquiryState
from commitments.models.choices import RUNNING_STATES
from commitments.models.finding import WAITING_LONG
from kring.board.models import Import
from kring.foundation.counting import how_many
from kring.mail import servers
from kring.mail.models import MailServer, Message
from members.models import Application, Organisation, OrganisationKind
from offerings.models import Offering

SHOWN = 10
WAITING_STATES = (CommitmentState.PROPOSED, CommitmentState.REPORTED)


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


def groups(now: dt.datetime, without_owner: int) -> list[Group]:
    """What there is, the most pressing first; groups without rows are left out. One query for each kind of thing."""
    of_people = [applications(), imports(), *commitments(now), enquiries(now)]
    nothing_goes, returned = mail()
    made = [nothing_goes, *of_people, unanswered(without_owner), stale(now), returned]
    return [group for group in made if group.rows]


def top(found: QuerySet[Any], order: str) -> tuple[list[Any], int]:
    """The first few, and how many there are in all, in one query."""
    rows = list(found.annotate(total=how_many(found.select_related(None))).order_by(order)[:SHOWN])
    return rows, rows[0].total if rows else 0


def applications() -> Group:
    """Whose turn is the board's, each with the name of another organisation that it may be."""
    others = Organisation.objects.exclude(pk=OuterRef("organisation")).filter(
        Q(kvk_number=OuterRef("organisation__kvk_number")) & ~Q(kvk_number="")
        | Q(name__trigram_similar=OuterRef("organisation__name"))
    )
    to_decide = Application.objects.to_decide().select_related("organisation")
    found, total = top(to_decide.annotate(likeness=Subquery(others.values("name")[:1])), "confirmed_at")
    rows = [
        Row(
            application_sentence(each),
            each.confirmed_at,
            reverse("board:application", args=[each.uuid]),
            _("Beslis"),
        )
        for each in found
    ]
    return Group(_("Aanmeldingen"), rows, total)


def application_sentence(application: Any) -> str:
    who = {"who": application.organisation, "other": application.likeness}
    is_business = application.kind == OrganisationKind.BUSINESS
    asks = _("%(who)s wil op de lijst met bedrijven") if is_business else _("%(who)s wil lid worden")
    return (asks % who) + (" " + _("(lijkt op %(other)s)") % who if application.likeness else "")


def imports() -> Group:
    """Lists that were read, and wait for a yes."""
    found, total = top(Import.objects.waiting().only("uuid", "file_name", "read_at"), "read_at")
    sentence = _("De lijst ‘%(file)s’ is gelezen en wacht op jullie ja")
    rows = [Row(sentence % {"file": each}, each.read_at, each.get_absolute_url(), _("Bekijk")) for each in found]
    return Group(_("Lijsten om te importeren"), rows, total)


def unanswered(number: int) -> Group:
    """Members that nobody answers for."""
    sentence = ngettext(
        "%(number)d organisatie heeft geen beheerder die nog kan inloggen",
        "%(number)d organisaties hebben geen beheerder die nog kan inloggen",
        number,
    )
    url = reverse("board:organisations") + "?stand=zonder-beheerder"
    row = Row(sentence % {"number": number}, None, url, _("Wijs iemand aan"), "alert")
    return Group(_("Zonder beheerder"), [row] if number else [], number)


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
    """Both sides were nudged by then."""
    stuck = Enquiry.objects.stuck(now)
    shown = stuck.select_related("receiver").only("uuid", "state", "moved_at", "organisation_name", "receiver__name")
    found, total = top(shown, "moved_at")
    rows = [
        Row(
            enquiry_sentence(each),
            each.moved_at,
            each.get_absolute_url(),
            _("Bekijk"),
        )
        for each in found
    ]
    return Group(_("Aanvragen die stilliggen"), rows, total)


def enquiry_sentence(enquiry: Enquiry) -> str:
    words = {"who": enquiry.receiver, "asker": enquiry.organisation_name}
    if enquiry.state == EnquiryState.TALKING:
        return _("Het gesprek van %(asker)s met %(who)s ligt stil") % words
    return _("%(who)s gaf nog geen antwoord aan %(asker)s") % words


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


def mail() -> list[Group]:
    """That nothing goes out, and what did not arrive: in one query, since this page asks enough of the database."""
    look = Message.objects.to_look_at()
    letters = look.annotate(total=how_many(look), since=F("created_at"), what=F("subject")).order_by("-pk")[:SHOWN]
    away = MailServer.objects.filter(host=servers.host(), away_since__isnull=False).annotate(
        uuid=Value(None, UUIDField()), email=Value(""), what=F("reason"), since=F("away_since"), total=Value(0)
    )
    columns = ("uuid", "email", "what", "since", "total")
    found = list(away.values_list(*columns).union(letters.values_list(*columns), all=True))
    down = [mail_server_row(what, since) for uuid, _email, what, since, _total in found if uuid is None]
    rows = [mail_row(uuid, email, what, since) for uuid, email, what, since, _total in found if uuid is not None]
    total = found[-1][-1] if rows else 0
    return [Group(_("Er gaat geen mail weg"), down, len(down)), Group(_("Mail die niet aankwam"), rows, total)]


def mail_row(uuid: Any, email: str, subject: str, since: dt.datetime) -> Row:
    sentence = _("Mail aan %(email)s kwam niet aan: %(subject)s") % {"email": email, "subject": subject}
    return Row(sentence, since, reverse("board:mail_message", args=[uuid]), _("Bekijk"))


def mail_server_row(reason: str, since: dt.datetime) -> Row:
    sentence = _("De mailserver neemt niets aan: %(reason)s") % {"reason": reason}
    return Row(sentence, since, reverse("board:mail"), _("Bekijk"), "alert")
