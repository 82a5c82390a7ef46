"""'Wat vraagt aandacht': each row one sentence, since when, and its action."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Case, CharField, Count, F, Q, QuerySet, UUIDField, Value, When, Window
from django.db.models.functions import RowNumber
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from commitments.models import Commitment, CommitmentState, Enquiry, EnquiryState, Origin, Review
from commitments.models.choices import RUNNING_STATES
from commitments.models.finding import WAITING_LONG
from kring.board import folds, nudging
from kring.board.folds import Fold
from kring.board.models import Import
from kring.board.reviewing import SILENT_AFTER
from kring.foundation.counting import how_many
from kring.mail import mailbox, servers, suppression
from kring.mail.models import Kind, MailServer, Message, ReturnBox, Suppression
from kring.newsletters.models import Issue
from members import duplicates
from members.models import Application, OrganisationKind
from offerings.models import Offering

SHOWN = 10
WAITING_STATES = (CommitmentState.PROPOSED, CommitmentState.REPORTED)
REVIEW_EVERY = dt.timedelta(days=30)
SHOWN_OF_COMMITMENT = (
    *("uuid", "title", "state", "due_on", "moved_at", "promisor__name", "beneficiary__name"),
    *("quantity", "unit", "delivered", "result", "promisor_contact__name", "promisor_contact__email"),
)


@dataclass(frozen=True)
class Row:
    sentence: str
    since: Any
    url: str
    action: str
    tone: str = ""
    note: str = ""
    # What can be done from the row itself, by the values of its buttons; `leads_away` when that goes to another page.
    deed_url: str = ""
    deeds: tuple[tuple[str, str], ...] = ()
    leads_away: bool = False
    fold: Fold | None = None


@dataclass(frozen=True)
class Group:
    """Rows of one kind; `total` counts those that are not shown too."""

    title: str
    rows: list[Row]
    total: int


def groups(now: dt.datetime, without_owner: int) -> list[Group]:
    """What there is, the most pressing first; groups without rows are left out. One query for each kind of thing."""
    promises = commitments(now)
    nothing_goes, kept_back, unread, returned, dead_addresses = mail(now)
    made = [
        nothing_goes,
        kept_back,
        unread,
        applications(now),
        imports(),
        review(now, is_due=any(group.rows for why, group in promises.items() if why != "own")),
        *promises.values(),
        enquiries(now),
        unanswered(without_owner),
        stale(now),
        returned,
        dead_addresses,
    ]
    return [group for group in made if group.rows]


def review(now: dt.datetime, *, is_due: bool) -> Group:
    """The one that goes on; else, where there is something to discuss, that it has been a while."""
    title = _("Beoordeling")
    newest = Review.objects.order_by(F("closed_at").desc(nulls_first=True))
    judged = Count("verdicts", filter=~Q(verdicts__kind=""))
    last: Any = newest.annotate(listed=Count("verdicts"), judged=judged).first()
    if last is not None and last.closed_at is None:
        sentence = _("Er loopt een beoordeling: %(judged)d van %(listed)d besproken")
        words = {"judged": last.judged, "listed": last.listed}
        return Group(title, [Row(sentence % words, last.held_on, last.get_absolute_url(), _("Ga verder"))], 1)
    if not is_due or (last is not None and last.closed_at and last.closed_at > now - REVIEW_EVERY):
        return Group(title, [], 0)
    row = Row(
        _("Tijd voor een beoordeling van de toezeggingen"),
        last.held_on if last else None,
        "",
        "",
        deed_url=reverse("board:reviews"),
        deeds=(("begin", _("Begin")),),
        leads_away=True,
    )
    return Group(title, [row], 1)


def top(found: QuerySet[Any], order: str) -> tuple[list[Any], int]:
    """The first few, and how many there are in all, in one query."""
    rows = list(found.annotate(total=how_many(found.select_related(None))).order_by(order)[:SHOWN])
    return rows, rows[0].total if rows else 0


def applications(now: dt.datetime) -> Group:
    """Whose turn is the board's, each with another organisation that it may be; and who was asked, and is silent."""
    wanted = Application.objects.to_look_at(now).select_related("organisation")
    found, total = top(wanted, "confirmed_at")
    return Group(_("Aanmeldingen"), [application_row(each) for each in found], total)


def application_row(application: Any) -> Row:
    page = reverse("board:application", args=[application.uuid])
    sentence, since = application_sentence(application), application.confirmed_at
    if application.waits_for_answer:
        sentence = _("%(who)s gaf nog geen antwoord op jullie vraag") % {"who": application.organisation}
        since = application.asked_at
    return Row(sentence, since, page, _("Bekijk"), fold=folds.of_application(application))


def application_sentence(application: Any) -> str:
    is_business = application.kind == OrganisationKind.BUSINESS
    asks = _("%(who)s wil op de lijst met bedrijven") if is_business else _("%(who)s wil lid worden")
    sentence: str = asks % {"who": application.organisation}
    if not application.likeness:
        return sentence
    return sentence + " " + _("(lijkt op %(other)s)") % {"other": duplicates.in_words(application.likeness)}


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


def pressing(now: dt.datetime) -> QuerySet[Any]:
    """The open ones that ask for something, each with `why`: what presses most, where there is more than one thing."""
    reasons = {
        "own": Q(origin=Origin.REVIEW),
        "dispute": Q(needs_board=True),
        "late": Q(state__in=RUNNING_STATES, due_on__lt=timezone.localdate(now)),
        "waiting": Q(state__in=WAITING_STATES, moved_at__lte=now - WAITING_LONG),
        "silent": Q(state__in=RUNNING_STATES, moved_at__lte=now - SILENT_AFTER),
    }
    whens = [When(holds, then=Value(why)) for why, holds in reasons.items()]
    why = Case(*whens, default=Value(""), output_field=CharField())
    found: QuerySet[Any] = Commitment.objects.open().filter(reduce(or_, reasons.values())).annotate(why=why)
    return found


def commitments(now: dt.datetime) -> dict[str, Group]:
    """What needs a go-between, is late, or has waited long: each once, where it presses most; and the board's own."""
    found = (
        folds.with_what_was_said(pressing(now))
        .annotate(asked_today=nudging.asked_today(now, "commitment"))
        .annotate(
            total=Window(Count("pk"), partition_by=F("why")),
            place=Window(RowNumber(), partition_by=F("why"), order_by=["due_on", "pk"]),
        )
        .filter(place__lte=SHOWN)
        .select_related("promisor", "promisor_contact", "beneficiary")
        .only(*SHOWN_OF_COMMITMENT)
        .order_by("due_on", "pk")
    )
    titles = {
        "dispute": _("Hier is bemiddeling nodig"),
        "own": _("Acties van het bestuur"),
        "late": _("Datum voorbij"),
        "waiting": _("Wacht al lang op antwoord"),
        "silent": _("Al lang niets gehoord"),
    }
    rows: dict[str, list[Any]] = {why: [] for why in titles}
    for each in found:
        rows[each.why].append(each)
    today = timezone.localdate(now)
    return {
        why: Group(titles[why], [commitment_row(each, why, today) for each in those], those[0].total if those else 0)
        for why, those in rows.items()
    }


def commitment_row(commitment: Any, why: str, today: dt.date) -> Row:
    words = {"title": commitment.title, "who": commitment.promisor}
    url = f"{commitment.get_absolute_url()}#doen"
    if why == "dispute":
        sentence = _("‘%(title)s’: de twee kanten zijn het niet eens") % words
        return Row(sentence, commitment.moved_at, url, _("Bekijk"), "alert", fold=folds.of_dispute(commitment))
    if why == "own":
        return own_row(commitment, today)
    deed = reminding(commitment, reverse("board:remind", args=[commitment.uuid]), _("Herinner"))
    if why == "late":
        sentence = _("%(who)s: de datum van ‘%(title)s’ is voorbij") % words
        return Row(sentence, commitment.due_on, url, _("Bekijk"), "alert", **deed)
    told = (
        _("%(who)s liet al lang niets horen over ‘%(title)s’")
        if why == "silent"
        else _("‘%(title)s’ wacht op antwoord")
    )
    return Row(told % words, commitment.moved_at, url, _("Bekijk"), **deed)


def own_row(decision: Any, today: dt.date) -> Row:
    """What a board member took on, to be struck off from here."""
    words = {"who": decision.promisor_contact or decision.promisor, "title": decision.title}
    return Row(
        _("%(who)s: %(title)s") % words,
        decision.due_on,
        decision.get_absolute_url(),
        _("Bekijk"),
        "alert" if decision.is_late(today) else "",
        deed_url=reverse("board:settle", args=[decision.uuid]),
        deeds=(("gedaan", _("Gedaan")), ("vervallen", _("Hoeft niet meer"))),
    )


def reminding(thing: Any, deed_url: str, label: str) -> dict[str, Any]:
    """A button that asks, once a day."""
    if thing.asked_today:
        return {"note": _("vandaag al herinnerd")}
    return {"deed_url": deed_url, "deeds": (("herinner", label),)}


def enquiries(now: dt.datetime) -> Group:
    """Both sides were nudged by then."""
    stuck = Enquiry.objects.stuck(now)
    shown = stuck.select_related("receiver").only("uuid", "state", "moved_at", "organisation_name", "receiver__name")
    found, total = top(shown.annotate(asked_today=nudging.asked_today(now, "enquiry")), "moved_at")
    rows = [
        Row(
            enquiry_sentence(each),
            each.moved_at,
            each.get_absolute_url(),
            _("Bekijk"),
            **reminding(each, reverse("board:remind_enquiry", args=[each.uuid]), _("Herinner")),
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
    shown = old.only("slug", "title", "confirmed_on", "organisation__name")
    found, total = top(shown.annotate(asked_today=nudging.asked_today(now, "offering")), "confirmed_on")
    rows = [
        Row(
            _("‘%(title)s’ van %(who)s is lang niet bevestigd") % {"title": each, "who": each.organisation},
            each.confirmed_on,
            each.get_absolute_url(),
            _("Bekijk"),
            **reminding(each, reverse("board:ask_if_true", args=[each.slug]), _("Vraag het na")),
        )
        for each in found
    ]
    return Group(_("Niet recent bevestigd aanbod"), rows, total)


def mail(now: dt.datetime) -> list[Group]:
    """That nothing goes out, or is read of what came back; what did not go or arrive; and who gets no mail now."""
    found = _about_mail(now)
    down = [mail_server_row(what, since) for *_none, what, since, _total in found["away"]]
    kept_back = [issue_row(uuid, subject, since) for uuid, *_none, subject, since, _total in found["issues"]]
    boxed = [return_box_row(what, since) for *_none, what, since, _total in found["unread"]]
    rows = [mail_row(uuid, email, never, what, since) for uuid, email, never, what, since, _total in found["letters"]]
    without = [addresses_row(total, since) for *_none, since, total in found["addresses"]]
    return [
        Group(_("Er gaat geen mail weg"), down, len(down)),
        Group(_("Nieuwsbrief die niet wegging"), kept_back, len(kept_back)),
        Group(_("Teruggekomen mail wordt niet gelezen"), boxed, len(boxed)),
        Group(_("Mail die niet aankwam"), rows, found["letters"][0][-1] if rows else 0),
        Group(_("Adressen die geen mail krijgen"), without, len(without)),
    ]


def _about_mail(now: dt.datetime) -> dict[str, list[tuple[Any, ...]]]:
    """In one query, since this page asks enough of the database."""
    look, dead = Message.objects.pressing(), Suppression.objects.to_look_at()
    nobody: dict[str, Any] = {"email": Value(""), "never": Value("")}
    nothing = {"uuid": Value(None, UUIDField()), **nobody}
    told = {"since": F("created_at"), "what": F("subject"), "never": never_again()}
    parts: dict[str, QuerySet[Any]] = {
        "away": MailServer.objects.filter(host=servers.host(), away_since__isnull=False).annotate(
            **nothing, what=F("reason"), since=F("away_since"), total=Value(0)
        ),
        "letters": look.annotate(total=how_many(look), **told).order_by("-pk")[:SHOWN],
        "addresses": dead.annotate(**nothing, what=Value(""), total=how_many(dead)).order_by("-since")[:1],
        "issues": Issue.objects.overdue(now)
        .annotate(**nobody, what=F("subject"), since=F("scheduled_at"), total=Value(0))
        .order_by(),
        "unread": ReturnBox.objects.filter(name=mailbox.name())
        .failing(now)
        .annotate(**nothing, what=F("reason"), since=F("failing_since"), total=Value(0))
        .order_by(),
    }
    columns = ("part", "uuid", "email", "never", "what", "since", "total")
    one, *others = (rows.annotate(part=Value(part)).values_list(*columns) for part, rows in parts.items())
    found: dict[str, list[tuple[Any, ...]]] = {part: [] for part in parts}
    for part, *row in one.union(*others, all=True):
        found[part].append(tuple(row))
    return found


def never_again() -> Case:
    """Why a mail that did not arrive cannot go once more, if that is so."""
    return Case(
        When(kind=Kind.CODE, then=Value("code")),
        When(suppression.closed_by(), then=Value("reader")),
        default=Value(""),
        output_field=CharField(),
    )


def mail_row(uuid: Any, email: str, never: str, subject: str, since: dt.datetime) -> Row:
    why = {"code": _("een nieuwe code vraagt de lezer zelf aan"), "reader": _("de lezer wil deze mail niet meer")}
    again = () if never else (("opnieuw", _("Probeer opnieuw")),)
    sentence = _("Mail aan %(email)s kwam niet aan: %(subject)s") % {"email": email, "subject": subject}
    return Row(
        sentence,
        since,
        reverse("board:mail_message", args=[uuid]),
        _("Bekijk"),
        deed_url=reverse("board:mend_mail", args=[uuid]),
        deeds=(*again, ("afgehandeld", _("Afgehandeld"))),
        note=why.get(never, ""),
    )


def mail_server_row(reason: str, since: dt.datetime) -> Row:
    sentence = _("De mailserver neemt niets aan: %(reason)s") % {"reason": reason}
    return Row(sentence, since, reverse("board:mail"), _("Bekijk"), "alert")


def issue_row(uuid: Any, subject: str, since: dt.datetime) -> Row:
    sentence = _("De nieuwsbrief ‘%(subject)s’ had weg moeten gaan, en dat lukte niet") % {"subject": subject}
    return Row(sentence, since, reverse("newsletters:send", args=[uuid]), _("Bekijk"), "alert")


def return_box_row(reason: str, since: dt.datetime) -> Row:
    sentence = _("De postbus voor teruggekomen mail is niet te lezen: %(reason)s") % {"reason": reason}
    return Row(sentence, since, reverse("board:mail"), _("Bekijk"), "alert")


def addresses_row(number: int, since: dt.datetime) -> Row:
    sentence = ngettext(
        "%(number)d adres krijgt geen mail meer", "%(number)d adressen krijgen geen mail meer", number
    ) % {"number": number}
    return Row(sentence, since, reverse("board:mail_addresses"), _("Bekijk"))
