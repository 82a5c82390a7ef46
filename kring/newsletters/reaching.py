"""Who is in an audience on a day: each address once, whatever brought it there.

One statement finds them, so that ten thousand are looked up or written down without passing through here.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import CharField, Exists, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Lower

from kring.accounts.models import User
from kring.mail import suppression
from kring.mail.models import Kind
from kring.newsletters.models import Audience, Group, Issue, Reach, Subscriber
from members.models import Organisation, OrganisationKind, Role

KINDS = {
    Group.MEMBERS: [OrganisationKind.MEMBER],
    Group.BUSINESSES: [OrganisationKind.BUSINESS],
    Group.SUBSCRIBERS: list(OrganisationKind),
}
# One of an address that is there twice: the words somebody chose for themselves as a subscriber go first.
ONE_EACH = """
SELECT DISTINCT ON (address) address AS email, name, language, user_id FROM ({found}) found ORDER BY address, place
"""


class Reached(NamedTuple):
    email: str
    name: str
    language: str
    user_id: int | None


def _organisations(audience: Audience, group: str, today: dt.date) -> QuerySet[Organisation]:
    found = Organisation.objects.listed(today).filter(kind__in=KINDS[Group(group)])
    if audience.sectors:
        found = found.filter(Q(main_sector__slug__in=audience.sectors) | Q(sectors__slug__in=audience.sectors))
    if audience.districts:
        found = found.filter(districts__slug__in=audience.districts)
    return found


def _roles(audience: Audience, group: str, today: dt.date) -> QuerySet[Role]:
    held = Role.objects.held(today).filter(
        user__is_active=True, organisation__in=_organisations(audience, group, today).order_by().values("pk")
    )
    return held.filter(role__in=audience.roles) if audience.roles else held


def _users(audience: Audience, group: str, today: dt.date) -> QuerySet[User]:
    if group == Group.BOARD:
        seated = User.objects.on_board(today).order_by().values("pk")
        return User.objects.get_queryset().filter(pk__in=seated)
    roles = _roles(audience, group, today).order_by().values("user")
    return User.objects.get_queryset().filter(is_active=True, pk__in=roles)


def _subscribed(audience: Audience, group: str, today: dt.date) -> QuerySet[Any]:
    found = Subscriber.objects.active()
    if group != Group.SUBSCRIBERS or audience.is_narrowed:
        # Not a question per subscriber: whatever the planner believes of the tables, the addresses are read once.
        addresses = _users(audience, group, today).annotate(address=Lower("email")).order_by().values("address")
        found = found.filter(email__in=addresses)
    account = User.objects.get_queryset().annotate(address=Lower("email")).filter(address=OuterRef("email"))
    account_of = Subquery(account.values("pk")[:1])
    return found.order_by().annotate(address=F("email"), user_id=account_of, place=Value(0))


def _belonging(audience: Audience, group: str, today: dt.date) -> QuerySet[Any]:
    """Who never said yes, and never said no either."""
    left = Subscriber.objects.said_no().filter(email=OuterRef("address"))
    return (
        _users(audience, group, today)
        .annotate(address=Lower("email", output_field=CharField()), place=Value(1))
        .filter(~Exists(left))
        .order_by()
        .annotate(user_id=F("pk"))
    )


def _parts(audience: Audience, today: dt.date, columns: Sequence[str]) -> tuple[str, list[Any]]:
    """Everybody whom something of the audience brings, more than once whom more does."""
    parts = [_subscribed(audience, group, today) for group in audience.groups]
    if audience.reach == Reach.BELONGING:
        parts += [_belonging(audience, group, today) for group in audience.groups]
    texts: list[str] = []
    parameters: list[Any] = []
    for part in parts:
        sql, values = part.values_list(*columns).query.sql_with_params()
        texts.append(f"SELECT * FROM ({sql}) part ({', '.join(columns)})")  # noqa: S608 - Django's SQL
        parameters += values
    return " UNION ALL ".join(texts), parameters


def _statement(audience: Audience, today: dt.date) -> tuple[str, list[Any]]:
    found, parameters = _parts(audience, today, ("address", "name", "language", "user_id", "place"))
    return ONE_EACH.format(found=found), parameters


def _number(audience: Audience, today: dt.date) -> tuple[str, list[Any]]:
    """Looks for nobody's account: it is asked for each subscriber."""
    found, parameters = _parts(audience, today, ("address",))
    return f"SELECT count(DISTINCT address) FROM ({found}) found", parameters  # noqa: S608 - Django's SQL


def counts(audiences: Iterable[Audience], today: dt.date) -> dict[int, int]:
    """How many each audience reaches, all of them in one query."""
    texts: list[str] = []
    parameters: list[Any] = []
    for audience in audiences:
        sql, values = _number(audience, today)
        texts.append(f"SELECT {int(audience.pk)}, ({sql})")
        parameters += values
    if not texts:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(texts), parameters)
        return dict(cursor.fetchall())


def count(audience: Audience, today: dt.date) -> int:
    """Also of one that is not saved."""
    with connection.cursor() as cursor:
        cursor.execute(*_number(audience, today))
        return int(cursor.fetchone()[0])


class Numbers(NamedTuple):
    """How many an audience has in it, and how many of them get no newsletter: what the list of addresses says."""

    readers: int
    without_mail: int

    @property
    def reached(self) -> int:
        return self.readers - self.without_mail


def numbers(audience: Audience, today: dt.date) -> Numbers:
    """In two queries. That list knows addresses by a keyed hash alone, so they pass through here."""
    found, parameters = _parts(audience, today, ("address",))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT DISTINCT address FROM ({found}) found", parameters)  # noqa: S608 - Django's SQL
        emails = [email for (email,) in cursor.fetchall()]
    return Numbers(len(emails), len(suppression.unreached(emails, Kind.NEWSLETTER)))


def some(audience: Audience, today: dt.date, most: int, *, email: str = "") -> list[Reached]:
    """The first few by address; with an address, that one if it is in the audience."""
    sql, parameters = _statement(audience, today)
    where = "WHERE email = %s" if email else ""
    statement = f"SELECT * FROM ({sql}) reached {where} ORDER BY email LIMIT %s"  # noqa: S608 - Django's SQL
    with connection.cursor() as cursor:
        cursor.execute(statement, [*parameters, *([email.strip().lower()] if email else []), most])
        return [Reached(*row) for row in cursor.fetchall()]


def reaches_unasked(email: str, today: dt.date) -> bool:
    """Whether some audience has this address in it by belonging alone: its owner gets mail without having asked."""
    texts: list[str] = []
    parameters: list[Any] = []
    for audience in Audience.objects.filter(reach=Reach.BELONGING):
        sql, values = _parts(audience, today, ("address",))
        texts.append(sql)
        parameters += values
    if not texts:
        return False
    statement = f"SELECT EXISTS (SELECT 1 FROM ({' UNION ALL '.join(texts)}) found WHERE address = %s)"  # noqa: S608 - the same
    with connection.cursor() as cursor:
        cursor.execute(statement, [*parameters, email.lower()])
        return bool(cursor.fetchone()[0])


def write_down(issue: Issue, audience: Audience, today: dt.date) -> int:
    """Everybody whom the issue goes to, as its addressees; returns how many there are."""
    sql, parameters = _statement(audience, today)
    statement = (
        "INSERT INTO newsletters_addressee (issue_id, email, name, language, user_id) "  # noqa: S608 - Django's SQL
        f"SELECT %s, email, name, language, user_id FROM ({sql}) reached ON CONFLICT DO NOTHING"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [issue.pk, *parameters])
        return int(cursor.rowcount)
