"""Every change of an organisation, role or membership: who, when, before and after; kept by the database itself."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kring.accounts.models import User
from kring.foundation import trail
from kring.foundation.actors import Actor
from members import history, people
from members.models import (
    Change,
    Deed,
    Invitation,
    LegalForm,
    Membership,
    Organisation,
    Role,
    RoleKind,
    SocialLink,
    Thing,
)
from members.models.history import NOTED
from tests.conftest import Cast
from tests.factories import DistrictFactory, OrganisationFactory, RoleFactory, SectorFactory

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2026, 11, 23, 12, 0, tzinfo=dt.UTC)
UNTOLD = {"id", "uuid", "version", "created_at", "updated_at", "organisation_id"}


# --- The rows --------------------------------------------------------------------------------------------------------


def replayed(organisation: int) -> dict[tuple[str, int], dict[str, Any]]:
    """What stands in the tables, told by nothing but the history."""
    rows: dict[tuple[str, int], dict[str, Any]] = {}
    for change in Change.objects.filter(organisation_id=organisation).order_by("pk"):
        key = (change.thing, change.row)
        assert (key in rows) == (change.deed != Deed.MADE)
        known = rows.setdefault(key, {})
        assert {column: known.get(column) for column in change.before} == change.before
        for column in change.before:
            del known[column]
        known |= change.after
        if change.deed == Deed.REMOVED:
            assert rows.pop(key) == {}
    return rows


def present(organisation: int) -> dict[tuple[str, int], dict[str, Any]]:
    """What stands in the tables, as JSON has it, without what is empty."""
    rows: dict[tuple[str, int], dict[str, Any]] = {}
    with connection.cursor() as cursor:
        for table, (thing, column) in NOTED.items():
            cursor.execute(f"SELECT to_jsonb(t) FROM {table} t WHERE {column} = %s", [organisation])
            for (row,) in cursor.fetchall():
                columns = json.loads(row)
                told = {
                    name: value for name, value in columns.items() if name not in UNTOLD and value not in (None, "")
                }
                rows[thing, columns["id"]] = told
    return rows


WORDS = st.text(alphabet="aé'\"\\ <&\n€", max_size=6)
WRITES = st.lists(
    st.one_of(
        st.tuples(st.just("save"), st.sampled_from(["tagline", "story", "city"]), WORDS),
        st.tuples(st.just("update"), st.sampled_from(["tagline", "legal_form"]), st.sampled_from(LegalForm.values)),
        st.tuples(st.just("bulk_update"), st.just("volunteers"), st.none() | st.integers(0, 10**6)),
        st.tuples(st.just("anbi"), st.just("anbi"), st.booleans()),
        st.tuples(st.just("sectors"), st.just(""), st.sets(st.integers(0, 3))),
        st.tuples(st.just("districts"), st.just(""), st.sets(st.integers(0, 3))),
        st.tuples(st.just("links"), st.just(""), st.sets(st.integers(0, 3))),
        st.tuples(st.just("role"), st.just(""), st.none() | st.dates(dt.date(2020, 1, 1), dt.date(2030, 1, 1))),
        st.tuples(st.just("drop role"), st.just(""), st.integers(0, 3)),
        st.tuples(st.just("period"), st.just(""), st.dates(dt.date(2020, 1, 1), dt.date(2030, 1, 1))),
    ),
    max_size=12,
)


def write(organisation: Organisation, how: str, field: str, value: Any) -> None:
    match how:
        case "save" | "anbi":
            setattr(organisation, field, value)
            organisation.save()
        case "update":
            Organisation.objects.filter(pk=organisation.pk).update(**{field: value})
            organisation.refresh_from_db()
        case "bulk_update":
            setattr(organisation, field, value)
            Organisation.objects.bulk_update([organisation], [field])
        case "sectors":
            organisation.sectors.set([SectorFactory(slug=f"sector-{number}", hue="sport") for number in value])
        case "districts":
            organisation.districts.set([DistrictFactory(slug=f"wijk-{number}") for number in value])
        case "links":
            organisation.social_links.all().delete()
            urls = [SocialLink(organisation=organisation, url=f"https://voorbeeld.example/{n}") for n in value]
            SocialLink.objects.bulk_create(urls)
        case "role":
            RoleFactory(organisation=organisation, since=dt.date(2014, 1, 1), until=value)
        case "drop role":
            Role.objects.filter(organisation=organisation, pk__in=organisation.roles.all()[:value]).delete()
        case "period":
            period = DateRange(dt.date(2014, 1, 1), value)
            Membership.objects.filter(organisation=organisation).update(period=period, status="resigned")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(writes=WRITES)
def test_history_tells_all_that_stands_there(db: None, writes: list[tuple[str, str, Any]]) -> None:
    organisation, other = OrganisationFactory(), OrganisationFactory()
    for how, field, value in writes:
        write(organisation, how, field, value)

    assert replayed(organisation.pk) == present(organisation.pk)
    assert replayed(other.pk) == present(other.pk)


def test_an_organisation_that_is_gone_keeps_its_history() -> None:
    organisation = OrganisationFactory(membership=False)
    key = organisation.pk

    organisation.delete()

    assert replayed(key) == {}
    assert Change.objects.filter(organisation_id=key, thing=Thing.PROFILE, deed=Deed.REMOVED).count() == 1


@pytest.mark.parametrize("statement", ["UPDATE members_change SET note = 'x'", "DELETE FROM members_change"])
def test_history_cannot_be_edited(cast: Cast, statement: str) -> None:
    before = list(Change.objects.values())

    with pytest.raises(DatabaseError, match="only ever added"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)

    assert before
    assert list(Change.objects.values()) == before


def test_what_changes_nothing_leaves_no_row(cast: Cast) -> None:
    cast.member.refresh_from_db()
    count = Change.objects.count()

    cast.member.save()
    Organisation.objects.update(version=7)

    assert Change.objects.count() == count


# --- Words -----------------------------------------------------------------------------------------------------------


def told(organisation: Organisation) -> list[tuple[str, list[tuple[str, str, str]]]]:
    """All events of the latest entry with their lines."""
    events = history.page(organisation, None).entries[0].events
    return [(event.title, [(line.label, line.before, line.after) for line in event.lines]) for event in events]


def sign(cast: Cast, note: str = "") -> None:
    trail.sign(Actor.of(cast.owner), NOW, note)


def test_columns_are_told_in_words(cast: Cast) -> None:
    SectorFactory(slug="sport", name="Sport")
    sign(cast)
    Organisation.objects.filter(pk=cast.member.pk).update(
        main_sector=SectorFactory(slug="sport"),
        anbi=True,
        legal_form=LegalForm.FOUNDATION,
        contact=cast.editor,
        volunteers=1250,
        founding_year=1987,
        profile_confirmed_on=None,
        tagline="",
        logo="logos/x.webp",
        listed_on=dt.date(2026, 12, 31),
    )

    ((title, lines),) = told(cast.member)
    assert title == "Profiel veranderd"
    assert ("In één zin", "Doet iets goeds voor de stad.", "") in lines
    assert ("Sector", "Welzijn", "Sport") in lines
    assert ("ANBI", "nee", "ja") in lines
    assert ("Rechtsvorm", "", "stichting") in lines
    assert ("Contactpersoon", "", "Editor") in lines
    assert ("Aantal vrijwilligers", "", "1.250") in lines
    assert ("Opgericht in", "", "1987") in lines
    assert ("Logo", "", "een bestand") in lines
    assert ("Op de lijst sinds", "", "31 december 2026") in lines


def test_lists_are_told_as_what_came_and_went(cast: Cast) -> None:
    cast.member.districts.set([DistrictFactory(slug="centrum"), DistrictFactory(slug="west")])
    sign(cast)
    cast.member.districts.set([DistrictFactory(slug="west"), DistrictFactory(slug="holy")])
    SocialLink.objects.create(organisation=cast.member, url="https://voorbeeld.example/wij")

    assert told(cast.member) == [
        (
            "Profiel veranderd",
            [("Wijken", "Centrum", "Holy"), ("Pagina's elders", "", "https://voorbeeld.example/wij")],
        )
    ]


@pytest.mark.parametrize(
    ("end", "words"),
    [(dt.date(2027, 1, 1), "van 1 december 2014 t/m 31 december 2026"), (None, "vanaf 1 december 2014")],
)
def test_period_is_told_with_its_last_day(cast: Cast, end: dt.date | None, words: str) -> None:
    Membership.objects.filter(organisation=cast.member).update(
        period=DateRange(dt.date(2014, 12, 1), dt.date(2020, 1, 1))
    )
    sign(cast)
    Membership.objects.filter(organisation=cast.member).update(period=DateRange(dt.date(2014, 12, 1), end))

    assert told(cast.member) == [
        ("Lidmaatschap veranderd", [("Periode", "van 1 december 2014 t/m 31 december 2019", words)])
    ]


def test_a_role_is_told_with_whose_it_is(cast: Cast) -> None:
    role = Role.objects.get(user=cast.editor)
    role.end(Actor.of(cast.owner), NOW)

    ((title, lines),) = told(cast.member)
    assert title == "Rol van Editor beëindigd"
    assert lines == [("Tot", "", "23 november 2026")]


def test_an_invitation_tells_who_was_invited_by_whom_and_no_more(cast: Cast) -> None:
    invitation = people.invite(
        cast.member, people.Guest("nieuw@voorbeeld.example", "Noor"), RoleKind.EDITOR, cast.owner, NOW
    )
    assert told(cast.member) == [("Noor (door Owner) uitgenodigd", [])]

    people.withdraw(invitation, cast.board, NOW)
    assert told(cast.member) == [("Uitnodiging van Noor ingetrokken", [])]

    Invitation.objects.filter(pk=invitation.pk).delete()
    assert told(cast.member)[-1] == ("Uitnodiging van Noor verwijderd", [])
    assert all(
        not row["before"] and not row["after"]
        for row in history.all_changes(cast.member)
        if row["thing"] == Thing.INVITATION
    )


def test_a_long_text_is_told_by_what_differs(cast: Cast) -> None:
    same = "Wij leren mensen Nederlands. " * 20
    Organisation.objects.filter(pk=cast.member.pk).update(story=f"{same}Op maandag. {same}")
    sign(cast)
    Organisation.objects.filter(pk=cast.member.pk).update(story=f"{same}Op dinsdag. {same}")

    (line,) = history.page(cast.member, None).entries[0].events[0].lines
    assert [(piece.kind, piece.text) for piece in line.pieces if piece.kind != "same"] == [
        ("gone", "maandag."),
        ("new", "dinsdag."),
    ]
    assert sum(len(piece.text) for piece in line.pieces) < 200


# --- Entries ---------------------------------------------------------------------------------------------------------


def test_actors_go_by_the_name_of_today(cast: Cast) -> None:
    for number, actor in enumerate((Actor.of(cast.owner), Actor.link("Fatima"), Actor.system())):
        trail.sign(actor, NOW, f"reden {number}")
        Organisation.objects.filter(pk=cast.member.pk).update(tagline=str(number))
    User.objects.filter(pk=cast.owner.pk).update(name="Olga Nu")

    by = {entry.by: entry.notes for entry in history.page(cast.member, None).entries}
    assert by["Olga Nu"] == ("reden 0",)
    assert by["via een link: Fatima"] == ("reden 1",)
    assert "reden 2" in by["het systeem"]


@pytest.mark.django_db(transaction=True)
def test_what_one_changed_in_one_go_is_one_entry(cast: Cast) -> None:
    with transaction.atomic():
        sign(cast, "verhuisd")
        Organisation.objects.filter(pk=cast.member.pk).update(city="Schiedam")
        cast.member.districts.set([DistrictFactory(slug="west")])
        RoleFactory(organisation=cast.member, user=cast.outsider)
    Organisation.objects.filter(pk=cast.member.pk).update(city="Vlaardingen")

    latest, before, *_earlier = history.page(cast.member, None).entries
    assert (latest.by, latest.notes) == ("het systeem", ())
    assert (before.by, before.notes) == ("Owner", ("verhuisd",))
    assert [event.title for event in before.events] == ["Profiel veranderd", "Outsider kreeg een rol"]


@pytest.mark.django_db(transaction=True)
def test_pages_hold_every_entry_once(cast: Cast) -> None:
    for number in range(history.PER_PAGE + 3):
        Organisation.objects.filter(pk=cast.elsewhere.pk).update(tagline=f"Versie {number}")

    pages = [history.page(cast.elsewhere, str(number)).entries for number in (1, 2)]
    taglines = [line.after for page in pages for entry in page for event in entry.events for line in event.lines]
    versions = [text for text in taglines if text.startswith("Versie")]
    assert versions == [f"Versie {number}" for number in reversed(range(history.PER_PAGE + 3))]
    assert len(pages[0]) == history.PER_PAGE


@pytest.mark.django_db(transaction=True)
def test_page_reads_as_much_for_many_entries_as_for_one(cast: Cast) -> None:
    path = reverse("members:history", args=[cast.member.slug])
    client = cast.client("owner")
    client.get(path)
    reads = []
    for number in range(20):
        with transaction.atomic():
            trail.sign(Actor.of(cast.owner), NOW)
            cast.member.districts.add(DistrictFactory(slug=f"wijk-{number}"))
            RoleFactory(organisation=cast.member)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(path).status_code == 200
        reads.append(len(queries))

    assert set(reads) == {reads[0]}
    assert reads[0] <= 12


def test_page_shows_what_changed_and_by_whom(cast: Cast) -> None:
    sign(cast, "We zijn verhuisd")
    Organisation.objects.filter(pk=cast.member.pk).update(city="Schiedam")

    html = cast.client("owner").get(reverse("members:history", args=[cast.member.slug])).content.decode()

    assert "We zijn verhuisd" in html
    assert "<ins>Schiedam</ins>" in html
