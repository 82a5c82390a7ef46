"""From a list to the register and back: nothing before a yes, all of it in the history, undone as if it never was."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from kring.accounts.models import User
from kring.board.importing import preparing, starting, undoing, working, writing
from kring.board.models import (
    KEPT_FOR,
    Choice,
    Import,
    ImportFile,
    ImportKind,
    ImportRow,
    ImportState,
    NotNow,
    SeenBefore,
)
from kring.foundation.actors import Actor
from kring.mail.models import Message, MessageState
from members import profiling
from members.models import (
    Change,
    Deed,
    Membership,
    MembershipStatus,
    MembershipTransition,
    Organisation,
    Role,
    RoleKind,
    Thing,
)
from tests.board.importing import carried_on, csv, outcomes, read, results, undone, written
from tests.conftest import Cast
from tests.factories import BusinessFactory, OfferingFactory, OrganisationFactory, RoleFactory, UserFactory

pytestmark = pytest.mark.django_db

HEADER = "Bedrijfsnaam;Postcode;Telefoon;E-mail;KvK;Website"
BAKER = "Bakkerij Vink;3131 AB;010 123 45 67;info@vink.example;99200474;www.vink.example"
GARAGE = "Garage Koppenaal;3136 BV;;info@koppenaal.example;99203458;"


def rows_of(found: Import) -> dict[str, ImportRow]:
    return {row.name: row for row in ImportRow.objects.of(found)}


# --- The preview -----------------------------------------------------------------------------------------------------


def test_nothing_is_written_before_a_yes(cast: Cast) -> None:
    before = (Organisation.objects.count(), Change.objects.count(), User.objects.count())

    found = read(cast.board, csv(HEADER, BAKER))

    assert found.state == ImportState.READY
    assert outcomes(found) == [("Bakkerij Vink", "new")]
    assert (Organisation.objects.count(), Change.objects.count(), User.objects.count()) == before


def test_rows_are_held_against_what_is_here(cast: Cast) -> None:
    same = BusinessFactory(
        name="Bakkerij Vink",
        kvk_number="99200474",
        postcode="3131 AB",
        phone="010-123 45 67",
        email="Info@vink.example",
        website="https://vink.example/",
        partner_member=True,
    )
    changing = BusinessFactory(
        name="Garage Koppenaal B.V.", postcode="3136 BV", phone="0101111111", partner_member=True
    )

    found = read(cast.board, csv(HEADER, BAKER, GARAGE, "Nieuw;3131 XX;;;99200001;", GARAGE, "Fout;3131;;;;"))

    rows = list(ImportRow.objects.of(found).order_by("number"))
    assert [(row.outcome, row.organisation_id) for row in rows] == [
        ("same", same.pk),
        ("changed", changing.pk),
        ("new", None),
        ("duplicate", None),
        ("error", None),
    ]
    assert rows[1].differences == [
        {"field": "email", "before": "", "after": "info@koppenaal.example"},
        {"field": "kvk_number", "before": "", "after": "99203458"},
    ]
    assert rows[3].twins == {"duplicate_of": {"record": 2, "lidnr": ""}}
    assert found.counts == {
        "rows": 5,
        "new": 1,
        "changed": 1,
        "same": 1,
        "duplicate": 1,
        "error": 1,
        "remarks": 3,
    }


@pytest.mark.parametrize(
    ("here", "likeness"),
    [
        ({"name": "Iets heel anders", "kvk_number": "99200474", "postcode": "3138 ZZ"}, "kvk_ander_adres"),
        ({"name": "Bakkerij Vink", "postcode": "3138 ZZ"}, "naam_ander_adres"),
        ({"name": "Bakerij Vink", "postcode": "3131 AB"}, "naam_bijna"),
    ],
)
def test_what_is_like_something_here_waits_for_a_choice(cast: Cast, here: dict[str, str], likeness: str) -> None:
    other = BusinessFactory(**here)

    found = read(cast.board, csv(HEADER, BAKER))

    row = rows_of(found)["Bakkerij Vink"]
    assert (row.outcome, row.likeness, row.organisation) == ("duplicate", likeness, other)
    assert not ImportRow.objects.of(found).to_write().exists()


@pytest.mark.parametrize(
    "here",
    [
        {"name": "Bakkerij Vink", "postcode": "3131 AB", "kvk_number": "99209999"},
        {"name": "Slagerij Vink", "postcode": "3131 AB"},
        {"name": "Bakkerij Vonk", "postcode": "3138 ZZ"},
    ],
)
def test_what_is_only_somewhat_alike_is_new(cast: Cast, here: dict[str, str]) -> None:
    BusinessFactory(**here)

    assert outcomes(read(cast.board, csv(HEADER, BAKER))) == [("Bakkerij Vink", "new")]


def test_organisation_of_another_kind_is_not_taken_for_the_same(cast: Cast) -> None:
    OrganisationFactory(name="Bakkerij Vink", postcode="3131 AB")

    row = rows_of(read(cast.board, csv(HEADER, BAKER)))["Bakkerij Vink"]

    assert (row.outcome, row.likeness) == ("duplicate", "andere_soort")


def test_branch_beside_its_head_office_is_new(cast: Cast) -> None:
    """The same KvK number at another postcode, while another row is about the one that is here."""
    BusinessFactory(name="Bakkerij Vink", kvk_number="99200474", postcode="3131 AB")

    found = read(cast.board, csv(HEADER, "Vink Holy;3137 AB;;;99200474;", BAKER))

    assert outcomes(found) == [("Vink Holy", "new"), ("Bakkerij Vink", "changed")]


def test_two_rows_about_the_same_organisation_are_not_both_taken(cast: Cast) -> None:
    BusinessFactory(name="Bakkerij Vink", kvk_number="99200474")

    found = read(cast.board, csv(HEADER, BAKER, "Vink Holy;3137 AB;;;99200474;"))

    assert [(row.outcome, row.likeness) for row in ImportRow.objects.of(found).order_by("number")] == [
        ("changed", ""),
        ("duplicate", "andere_rij"),
    ]


def test_list_only_fills_what_is_empty_when_the_board_wants_that(cast: Cast) -> None:
    BusinessFactory(name="Bakkerij Vink", kvk_number="99200474", phone="010 999 99 99", partner_member=True)

    row = rows_of(read(cast.board, csv(HEADER, BAKER), overwrite=False))["Bakkerij Vink"]

    assert {each["field"] for each in row.differences} == {"postcode", "email", "website"}


def test_number_that_may_be_a_person_s_is_left_out(cast: Cast) -> None:
    BusinessFactory(name="Bakkerij Vink", postcode="3131 AB", legal_form="sole_trader", partner_member=True)

    row = rows_of(read(cast.board, csv("Naam;Postcode;RSIN", "Bakkerij Vink;3131 AB;123456782")))["Bakkerij Vink"]

    assert (row.outcome, row.differences) == ("same", [])
    assert [note["code"] for note in row.notes] == ["rsin_eenmanszaak"]


def test_what_cannot_be_stored_is_said_before_it_is_written(cast: Cast) -> None:
    header = "Organisatie;Sector;Beheerder;E-mail;Contributie"
    rows = csv(header, f"Koor;Welzijn;{'x' * 130};koor@a.example;1000000", "\u200b;Welzijn;Anna;b@a.example;")

    found = written(cast.board, rows, ImportKind.ORGANISATIONS)

    codes = [[note["code"] for note in row.notes] for row in ImportRow.objects.of(found).order_by("number")]
    assert {"te_lang", "contributie_ongeldig"} <= set(codes[0])
    assert codes[1][0] == "naam_ontbreekt"
    assert results(found)[0] == ("Koor", "made", "")


def test_columns_are_asked_for_when_a_list_has_other_words(cast: Cast) -> None:
    found = read(cast.board, csv("Wie;Waar", "Bakkerij Vink;3131 AB"))
    assert (found.state, found.header) == (ImportState.COLUMNS, ["Wie", "Waar"])
    assert found.samples == [["Bakkerij Vink"], ["3131 AB"]]

    found.choose({"naam": 0, "postcode": 1}, found.wishes)
    found = carried_on(found)

    assert outcomes(found) == [("Bakkerij Vink", "new")]


def test_file_that_cannot_be_read_is_refused_with_what_to_do(cast: Cast) -> None:
    found = read(cast.board, csv("Naam", *("x" for _row in range(20_001))))

    assert (found.state, ImportRow.objects.count(), ImportFile.objects.count()) == (ImportState.REFUSED, 0, 0)
    assert found.refusal == "Deze lijst heeft meer dan 20000 rijen. Knip hem in stukken en doe die een voor een."


def test_list_on_which_the_task_dies_each_time_is_given_up(cast: Cast) -> None:
    found = read(cast.board, csv(HEADER, BAKER))
    Import.objects.filter(pk=found.pk).update(state=ImportState.READING, attempts=3)

    assert carried_on(found).state == ImportState.REFUSED


def test_button_pressed_twice_uploads_once(cast: Cast) -> None:
    once, content = uuid.uuid4(), csv(HEADER, BAKER)
    file = SimpleUploadedFile("a.csv", content)
    for _press in range(2):
        starting.begin("businesses", file, content, cast.board, timezone.now(), once=once)

    assert Import.objects.count() == 1


# --- Writing ---------------------------------------------------------------------------------------------------------


def test_yes_writes_what_was_shown_and_the_history_tells_who(cast: Cast) -> None:
    changing = BusinessFactory(name="Garage Koppenaal", postcode="3136 BV", listed_on=None)

    found = written(cast.board, csv(HEADER, BAKER, GARAGE, "Fout;3131;;;;"))

    baker = Organisation.objects.get(name="Bakkerij Vink")
    changing.refresh_from_db()
    assert (found.state, found.finished_at is not None) == (ImportState.DONE, True)
    assert (baker.kind, baker.slug, baker.phone, baker.website) == (
        "business",
        "bakkerij-vink",
        "0101234567",
        "https://www.vink.example",
    )
    assert (baker.partner_member, baker.listed_on, baker.profile_confirmed_on) == (True, timezone.localdate(), None)
    assert (changing.kvk_number, changing.listed_on, changing.version) == ("99203458", timezone.localdate(), 1)
    made, changed = (Change.objects.filter(organisation=each).latest("pk") for each in (baker, changing))
    assert (made.deed, made.actor, made.note) == (Deed.MADE, cast.board, "Uit de lijst ‘lijst.csv’")
    assert (changed.deed, changed.actor, changed.after["kvk_number"]) == (Deed.CHANGED, cast.board, "99203458")
    assert not Organisation.objects.filter(name="Fout").exists()
    assert Message.objects.count() == 0


def test_same_list_again_changes_nothing(cast: Cast) -> None:
    """The list of the IKV comes in every year."""
    written(cast.board, csv(HEADER, BAKER, GARAGE))

    again = read(cast.board, csv(HEADER, BAKER, GARAGE))

    assert outcomes(again) == [("Bakkerij Vink", "same"), ("Garage Koppenaal", "same")]


def test_choice_decides_about_what_is_alike(cast: Cast) -> None:
    alike = BusinessFactory(name="Bakkerij Vink", postcode="3138 ZZ", partner_member=True)
    BusinessFactory(name="Garage Koppenaal", postcode="3138 ZZ")
    BusinessFactory(name="Derde", postcode="3138 ZZ")
    found = read(cast.board, csv(HEADER, BAKER, GARAGE, "Derde;3131 XX;;;;"))
    rows = rows_of(found)
    rows["Bakkerij Vink"].decide(Choice.UPDATE)
    rows["Garage Koppenaal"].decide(Choice.NEW)

    found.confirm(cast.board, timezone.now(), seen=found.seen)
    carried_on(found)

    alike.refresh_from_db()
    assert alike.postcode == "3131 AB"
    assert Organisation.objects.filter(name="Garage Koppenaal").count() == 2
    assert Organisation.objects.filter(name="Derde").count() == 1


def test_what_changed_since_the_preview_is_passed_over(cast: Cast) -> None:
    changing = BusinessFactory(name="Garage Koppenaal", postcode="3136 BV")
    found = read(cast.board, csv(HEADER, BAKER, GARAGE))
    Organisation.objects.filter(pk=changing.pk).update(email="anders@koppenaal.example")
    BusinessFactory(name="Bakkerij Vink", kvk_number="99200474", postcode="3131 AB")

    found.confirm(cast.board, timezone.now(), seen=found.seen)
    found = carried_on(found)

    assert results(found) == [
        ("Bakkerij Vink", "passed", "intussen_hier"),
        ("Garage Koppenaal", "passed", "intussen_veranderd"),
    ]
    changing.refresh_from_db()
    assert changing.email == "anders@koppenaal.example"


def test_yes_is_to_what_was_shown(cast: Cast) -> None:
    found = read(cast.board, csv(HEADER, BAKER))
    seen = found.seen
    found.choose(found.mapping or {}, found.wishes | {"overwrite": False})
    found = carried_on(found)

    with pytest.raises(SeenBefore):
        found.confirm(cast.board, timezone.now(), seen=seen)
    found.confirm(cast.board, timezone.now(), seen=found.seen)
    with pytest.raises(NotNow):
        found.confirm(cast.board, timezone.now(), seen=found.seen)


def test_row_that_the_database_refuses_does_not_stop_the_others(cast: Cast) -> None:
    found = read(cast.board, csv(HEADER, BAKER, GARAGE))
    row = rows_of(found)["Bakkerij Vink"]
    ImportRow.objects.filter(pk=row.pk).update(values=row.values | {"postcode": "geen"})

    found.confirm(cast.board, timezone.now(), seen=found.seen)
    found = carried_on(found)

    assert [(name, result) for name, result, _why in results(found)] == [
        ("Bakkerij Vink", "passed"),
        ("Garage Koppenaal", "made"),
    ]


def test_writing_goes_on_where_it_was_broken_off(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "AT_ONCE", 2)
    found = read(cast.board, csv(HEADER, *(f"Bedrijf nr {number};3131 AB;;;;" for number in range(5))))
    found.confirm(cast.board, timezone.now(), seen=found.seen)

    assert writing._write_some(found.pk, timezone.now())
    assert Import.objects.get(pk=found.pk).progress == 2
    for _again in range(2):
        working.carry_on_all()

    found.refresh_from_db()
    assert (found.state, found.counts["was_made"]) == (ImportState.DONE, 5)
    assert Organisation.objects.filter(name__startswith="Bedrijf nr").count() == 5
    assert len(found.transactions) == 3


# --- Members, and people ---------------------------------------------------------------------------------------------

MEMBERS = "Organisatie;Sector;Contactpersoon;E-mail;Lid sinds;Contributie"
CHOIR = "Koor De Schelp;Welzijn;Anna Bos;anna@schelp.example;1-9-2018;€ 75,00"


def test_member_comes_in_with_its_owner_and_its_membership(cast: Cast) -> None:
    written(cast.board, csv(MEMBERS, CHOIR), ImportKind.ORGANISATIONS)

    choir = Organisation.objects.get(name="Koor De Schelp")
    membership, role = choir.memberships.get(), choir.roles.get()
    assert (choir.kind, choir.main_sector and choir.main_sector.slug) == ("member", "welzijn")
    assert (membership.status, membership.period and membership.period.lower, membership.contribution) == (
        MembershipStatus.ACTIVE,
        dt.date(2018, 9, 1),
        Decimal(75),
    )
    assert (role.role, role.user.email, role.user.name) == (RoleKind.OWNER, "anna@schelp.example", "Anna Bos")
    assert Message.objects.count() == 0
    step = membership.transitions.get()
    assert (step.before, step.after, step.actor) == ("", MembershipStatus.ACTIVE, cast.board)
    assert step.note == "Uit de lijst ‘lijst.csv’"


def test_member_without_anybody_who_answers_for_it_is_refused(cast: Cast) -> None:
    row = rows_of(read(cast.board, csv(MEMBERS, "Koor;Welzijn;;;;"), ImportKind.ORGANISATIONS))["Koor"]

    assert (row.outcome, row.notes[0]["code"]) == ("error", "beheerder_nodig")


def test_people_get_an_account_and_a_role(cast: Cast) -> None:
    shut = UserFactory(email="dicht@voorbeeld.example", is_active=False)
    nameless = UserFactory(email="naamloos@voorbeeld.example", name="")
    content = csv(
        "Naam;E-mail;Organisatie;Rol",
        "Nieuw Mens;Nieuw@voorbeeld.example;Taalhuis De Schrijfplank;beheerder",
        "Ander;outsider@voorbeeld.example;taalhuis de schrijfplank;",
        "Editor;editor@voorbeeld.example;Taalhuis De Schrijfplank;beheerder",
        "Wie;owner@voorbeeld.example;Taalhuis De Schrijfplank;redacteur",
        "Naam Loos;naamloos@voorbeeld.example;Taalhuis De Schrijfplank;redacteur",
        f"Dicht;{shut.email};Taalhuis De Schrijfplank;",
        "Zoek;zoek@voorbeeld.example;Bestaat Niet;",
        "Nieuw Mens;nieuw@voorbeeld.example;Taalhuis De Schrijfplank;redacteur",
    )

    found = written(cast.board, content, ImportKind.PEOPLE)

    assert [(row.name, row.outcome, row.result) for row in ImportRow.objects.of(found).order_by("number")] == [
        ("Nieuw Mens", "new", "made"),
        ("Ander", "changed", "updated"),
        ("Editor", "changed", "updated"),
        ("Wie", "same", ""),
        ("Naam Loos", "changed", "updated"),
        ("Dicht", "error", ""),
        ("Zoek", "error", ""),
        ("Nieuw Mens", "duplicate", ""),
    ]
    held = Role.objects.of(cast.member).open().values_list("user__email", "role")
    assert dict(held) == {
        "nieuw@voorbeeld.example": "owner",
        "outsider@voorbeeld.example": "editor",
        "editor@voorbeeld.example": "owner",
        "owner@voorbeeld.example": "owner",
        "naamloos@voorbeeld.example": "editor",
    }
    nameless.refresh_from_db()
    assert (nameless.name, User.objects.get(email="outsider@voorbeeld.example").name) == ("Naam Loos", "Outsider")
    assert Message.objects.count() == 0


def test_those_who_came_in_are_mailed_when_the_board_chose_to(cast: Cast) -> None:
    found = written(cast.board, csv(MEMBERS, CHOIR), ImportKind.ORGANISATIONS, invite=True)

    mail = Message.objects.get()
    assert (mail.email, mail.subject) == ("anna@schelp.example", "Je kunt nu inloggen voor Koor De Schelp")
    undone(found, cast.board)
    mail.refresh_from_db()
    assert mail.state == MessageState.CANCELLED


# --- Undoing ---------------------------------------------------------------------------------------------------------


def snapshot() -> dict[str, object]:
    """All that an import touches, as it stands."""
    without = ("version", "updated_at")
    organisations = [
        {name: value for name, value in each.items() if name not in without}
        for each in Organisation.objects.order_by("pk").values()
    ]
    return {
        "organisations": organisations,
        "roles": list(Role.objects.order_by("pk").values()),
        "memberships": list(Membership.objects.order_by("pk").values()),
        "steps": list(MembershipTransition.objects.order_by("pk").values()),
        "users": list(User.objects.order_by("pk").values()),
    }


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        (ImportKind.BUSINESSES, csv(HEADER, BAKER, GARAGE)),
        (ImportKind.ORGANISATIONS, csv(MEMBERS, CHOIR, "Taalhuis De Schrijfplank;Welzijn;;nieuw@taal.example;;")),
        (
            ImportKind.PEOPLE,
            csv(
                "Naam;E-mail;Organisatie;Rol;Telefoon",
                "Nieuw;nieuw@voorbeeld.example;Taalhuis De Schrijfplank;beheerder;",
                "Editor;editor@voorbeeld.example;Taalhuis De Schrijfplank;beheerder;010 123 45 67",
            ),
        ),
    ],
)
def test_undone_import_leaves_everything_as_it_was(cast: Cast, kind: str, content: bytes) -> None:
    BusinessFactory(name="Garage Koppenaal", postcode="3136 BV", listed_on=None, website="https://oud.example")
    before, told = snapshot(), Change.objects.count()
    found = written(cast.board, content, kind)
    assert snapshot() != before
    changes = Change.objects.count()
    assert changes > told

    found = undone(found, cast.board)

    assert snapshot() == before
    assert (found.state, found.counts.get("was_kept", 0), found.counts["was_undone"]) == (ImportState.UNDONE, 0, 2)
    assert Change.objects.count() > changes
    assert Change.objects.latest("pk").note == "Import van ‘lijst.csv’ teruggedraaid"


@pytest.mark.django_db(transaction=True)  # what others change is told from our own by its transaction
def test_what_lived_on_stays_and_is_named(cast: Cast) -> None:
    found = written(cast.board, csv(HEADER, BAKER, GARAGE, "Derde;3131 XX;;;;", "Vierde;3131 XY;;;;"))
    baker, garage, third = (Organisation.objects.get(name__startswith=name) for name in ("Bakk", "Gar", "Derde"))
    profiling.confirm(baker, Actor.of(cast.owner), timezone.now())
    OfferingFactory(organisation=garage)
    RoleFactory(organisation=third, user=cast.outsider)

    stays, number = undoing.since(found)
    assert number == 3
    assert [(each.row.name, each.change and each.change.actor) for each in stays] == [
        ("Bakkerij Vink", cast.owner),
        ("Garage Koppenaal", None),
        ("Derde", None),
    ]
    assert stays[2].change is not None
    assert (stays[1].change, stays[2].change.thing) == (None, Thing.ROLE)

    found = undone(found, cast.board)

    assert results(found) == [
        ("Bakkerij Vink", "kept", "intussen_veranderd"),
        ("Garage Koppenaal", "kept", "intussen_veranderd"),
        ("Derde", "kept", "intussen_veranderd"),
        ("Vierde", "undone", ""),
    ]
    assert set(Organisation.objects.businesses().values_list("name", flat=True)) >= {baker.name, garage.name, "Derde"}
    assert not Organisation.objects.filter(name="Vierde").exists()


def test_last_owner_of_a_member_stays_when_an_import_is_undone(cast: Cast) -> None:
    """Who owned it before left in the meantime: that is another role, so the import's own is as it was."""
    content = csv("Naam;E-mail;Organisatie;Rol", "Nieuw;nieuw@voorbeeld.example;Taalhuis De Schrijfplank;beheerder")
    found = written(cast.board, content, ImportKind.PEOPLE)
    Role.objects.get(user=cast.owner).end(Actor.of(cast.board), timezone.now())

    found = undone(found, cast.board)

    assert results(found) == [("Nieuw", "kept", "laatste_beheerder")]
    assert Role.objects.of(cast.member).owners().open().get().user.email == "nieuw@voorbeeld.example"


def test_account_in_use_outlives_the_import_that_made_it(cast: Cast) -> None:
    content = csv("Naam;E-mail;Organisatie;Rol", "Nieuw;nieuw@voorbeeld.example;Taalhuis De Schrijfplank;")
    found = written(cast.board, content, ImportKind.PEOPLE)
    User.objects.filter(email="nieuw@voorbeeld.example").update(last_login=timezone.now())

    undone(found, cast.board)

    kept = User.objects.get(email="nieuw@voorbeeld.example")
    assert (kept.name, kept.roles.count()) == ("Nieuw", 0)


def test_undoing_ends_after_fourteen_days(cast: Cast) -> None:
    found = written(cast.board, csv(HEADER, BAKER))
    assert found.finished_at is not None
    with pytest.raises(NotNow):
        found.undo(cast.board, found.finished_at + KEPT_FOR)
    found.undo(cast.board, found.finished_at + KEPT_FOR - dt.timedelta(seconds=1))


# --- What is forgotten -----------------------------------------------------------------------------------------------


def test_lists_are_forgotten_in_time_and_their_figures_are_not(cast: Cast) -> None:
    waiting, done = read(cast.board, csv(HEADER, GARAGE)), written(cast.board, csv(HEADER, BAKER))
    assert ImportFile.objects.get().source == waiting

    working.forget(timezone.now() + KEPT_FOR - dt.timedelta(hours=1))
    assert (Import.objects.count(), ImportRow.objects.count()) == (2, 2)
    for _twice in range(2):
        working.forget(timezone.now() + KEPT_FOR + dt.timedelta(hours=1))

    done.refresh_from_db()
    assert (Import.objects.get(), ImportRow.objects.count(), ImportFile.objects.count()) == (done, 0, 0)
    assert (done.counts["was_made"], done.samples) == (1, [])


def test_what_is_thrown_away_leaves_nothing(cast: Cast) -> None:
    found = read(cast.board, csv(HEADER, BAKER))

    found.throw_away()

    assert (Import.objects.count(), ImportRow.objects.count(), ImportFile.objects.count()) == (0, 0, 0)
    with pytest.raises(NotNow):
        written(cast.board, csv(HEADER, BAKER)).throw_away()


def test_preparing_what_waits_for_nothing_does_nothing(cast: Cast) -> None:
    found = read(cast.board, csv(HEADER, BAKER))
    row = ImportRow.objects.get()

    preparing.prepare(found.pk, timezone.now())
    working.carry_on(0)

    assert ImportRow.objects.get().pk == row.pk
