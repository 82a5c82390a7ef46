"""A membership after it began: leaving, staying, coming back, the board's steps, the clock, and the mail of each."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from kring.foundation.models import Circle
from members import belonging, timeline
from members.models import Membership, MembershipStatus, Role
from tests.conftest import Cast
from tests.factories import CommitmentFactory, OfferingFactory, OrganisationFactory
from tests.members.mails import mail, sent

pytestmark = pytest.mark.django_db

S = MembershipStatus


def status(cast: Cast) -> str:
    return str(cast.member.memberships.get().status)


def page(cast: Cast, rest: str = "") -> str:
    return f"/mijn/{cast.member.slug}/lidmaatschap/{rest}"


def step(cast: Cast, name: str, **typed: str) -> int:
    path = f"/bestuur/organisaties/{cast.member.slug}/lidmaatschap/{name}/"
    return cast.client("board").post(path, typed).status_code


def test_resigning_says_what_happens_to_what_runs(cast: Cast) -> None:
    OfferingFactory(organisation=cast.member)
    CommitmentFactory(promisor=cast.member, beneficiary=cast.firm, title="Twee taallessen")

    shown = cast.client("owner").get(page(cast, "opzeggen/")).content.decode()

    assert "Twee taallessen" in shown
    assert "menukaart" in shown


@pytest.mark.parametrize("name", ["opzeggen", "beeindigen"])
def test_board_sees_what_still_runs_before_it_ends_a_membership(name: str, cast: Cast) -> None:
    OfferingFactory(organisation=cast.member)
    CommitmentFactory(promisor=cast.member, beneficiary=cast.firm, title="Twee taallessen")

    path = f"/bestuur/organisaties/{cast.member.slug}/lidmaatschap/{name}/"
    shown = cast.client("board").get(path).content.decode()

    assert f"{cast.member} beloofde ‘Twee taallessen’ aan {cast.firm}" in shown
    assert f"1 aanbod van {cast.member} gaat na de laatste dag van de menukaart." in shown
    assert "Jullie" not in shown


def test_who_has_much_going_is_told_how_much_more(cast: Cast) -> None:
    CommitmentFactory.create_batch(22, promisor=cast.member, beneficiary=cast.firm)

    shown = cast.client("owner").get(page(cast, "opzeggen/")).content.decode()

    assert shown.count("Maak het af of geef het terug.") == 20
    assert "En nog 2 toezeggingen." in shown


def test_resigned_member_stays_to_its_last_day_and_may_stay_for_good(cast: Cast) -> None:
    owner, today = cast.client("owner"), timezone.localdate()
    owner.post(page(cast, "opzeggen/"), {"last_day": str(today + dt.timedelta(days=60)), "reason": "Geen tijd."})
    resigned = status(cast)
    listed = cast.client("visitor").get(cast.member.get_absolute_url()).status_code
    owner.post(page(cast, "blijven/"))

    assert (resigned, listed, status(cast)) == (S.RESIGNED, 200, S.ACTIVE)
    assert sent("membership_resigned") == sorted([cast.owner.email, cast.board.email])
    assert cast.member.memberships.get().period.upper is None


def test_trial_that_stays_is_a_trial_still(cast: Cast) -> None:
    owner, today = cast.client("owner"), timezone.localdate()
    Membership.objects.of(cast.member).update(status=S.TRIAL)

    owner.post(page(cast, "opzeggen/"), {"last_day": str(today + dt.timedelta(days=60)), "reason": "Geen tijd."})
    owner.post(page(cast, "blijven/"))

    assert status(cast) == S.TRIAL
    assert sent("membership_trial") == sorted([cast.owner.email, cast.board.email])


def test_member_cannot_take_back_what_the_board_ended(cast: Cast) -> None:
    last_day = str(timezone.localdate() + dt.timedelta(days=60))
    step(cast, "opzeggen", last_day=last_day, reason="Betaalt niet.")

    shown = cast.client("owner").get(page(cast)).content.decode()
    cast.client("owner").post(page(cast, "blijven/"))

    assert "Toch blijven" not in shown
    assert "Het bestuur heeft het lidmaatschap opgezegd." in shown
    assert status(cast) == S.RESIGNED

    step(cast, "herstellen", reason="")
    cast.client("owner").post(page(cast, "opzeggen/"), {"last_day": last_day, "reason": ""})
    cast.client("owner").post(page(cast, "blijven/"))
    assert status(cast) == S.ACTIVE


def test_board_does_not_resign_for_a_member(cast: Cast) -> None:
    board = cast.client("board")

    shown = board.get(page(cast)).content.decode()
    refused = board.post(page(cast, "opzeggen/"), {"last_day": str(timezone.localdate()), "reason": ""})

    assert "Zeg het lidmaatschap op" not in shown
    assert refused.status_code == 403
    assert status(cast) == S.ACTIVE


@pytest.mark.parametrize("days", [-1, 800])
def test_last_day_that_cannot_be_is_refused_beside_the_field(days: int, cast: Cast) -> None:
    day = str(timezone.localdate() + dt.timedelta(days=days))

    answer = cast.client("owner").post(page(cast, "opzeggen/"), {"last_day": day, "reason": "Geen tijd meer."})

    assert answer.status_code == 422
    assert "Geen tijd meer." in answer.content.decode()
    assert status(cast) == S.ACTIVE


def test_clock_ends_what_ran_out_once(cast: Cast) -> None:
    now = timezone.now()
    last_day = timezone.localdate(now) + dt.timedelta(days=3)
    belonging.resign(cast.member.memberships.get(), cast.owner, now, last_day=last_day, reason="")

    ended = [belonging.close_run_out(now + dt.timedelta(days=days)) for days in (3, 9, 9)]

    assert ended == [0, 1, 0]
    assert status(cast) == S.FORMER
    assert sent("membership_former") == [cast.owner.email]
    assert cast.client("visitor").get(cast.member.get_absolute_url()).status_code == 404


def test_who_came_back_in_time_is_not_ended(cast: Cast) -> None:
    now = timezone.now()
    membership = cast.member.memberships.get()
    belonging.resign(membership, cast.owner, now, last_day=timezone.localdate(now), reason="")
    belonging.stay(membership, cast.owner, now)

    assert belonging.close_run_out(now + dt.timedelta(days=2)) == 0


def test_expulsion_waits_for_the_appeal(cast: Cast) -> None:
    now = timezone.now()
    step(cast, "schorsen", reason="Betaalt niet.")
    suspended = status(cast)
    step(cast, "ontzetten", reason="Betaalt nog steeds niet.")

    ended = [belonging.close_run_out(now + dt.timedelta(days=days)) for days in (20, 32)]

    assert (suspended, ended, status(cast)) == (S.SUSPENDED, [0, 1], S.FORMER)
    text = mail(cast.owner.email, "membership_expelled").text
    assert "Betaalt nog steeds niet." in text
    assert "beroep" in text


def test_appeal_that_was_granted_is_as_if_it_never_ended(cast: Cast) -> None:
    before = cast.member.memberships.get().period
    step(cast, "schorsen", reason="Betaalt niet.")
    step(cast, "ontzetten", reason="Betaalt nog steeds niet.")
    step(cast, "herstellen", reason="")

    assert status(cast) == S.ACTIVE
    assert cast.member.memberships.get().period == before


def test_step_that_does_not_fit_changes_nothing(cast: Cast) -> None:
    path = f"/bestuur/organisaties/{cast.member.slug}/lidmaatschap/ontzetten/"
    refused = cast.client("board").post(path, {"reason": "Zomaar."}, follow=True).content.decode()
    assert "Dit schreef je: ‘Zomaar.’" in refused
    assert step(cast, "ontzetten", reason="Zomaar.") == 302
    assert step(cast, "schorsen", reason="") == 422
    assert status(cast) == S.ACTIVE
    assert sent("membership_suspended") == []


def test_trial_becomes_full(cast: Cast) -> None:
    trial = OrganisationFactory(membership=S.TRIAL)
    Role.objects.create(user=cast.outsider, organisation=trial, role="owner", since=dt.date(2020, 1, 1))
    cast.client("board").post(f"/bestuur/organisaties/{trial.slug}/lidmaatschap/lid/", {"reason": ""})

    assert trial.memberships.get().status == S.ACTIVE


def test_usual_last_day_is_the_end_of_a_year_with_the_notice(db: None) -> None:
    Circle.objects.update_or_create(defaults={"notice_weeks": 4})

    assert belonging.usual_last_day(dt.date(2026, 12, 3)) == dt.date(2026, 12, 31)
    assert belonging.usual_last_day(dt.date(2026, 12, 4)) == dt.date(2027, 12, 31)


def test_history_is_on_one_line_and_since_when_is_of_the_unbroken_run(cast: Cast) -> None:
    organisation = OrganisationFactory(membership=False)
    spans = [(dt.date(2010, 1, 1), dt.date(2012, 1, 1)), (dt.date(2015, 1, 1), dt.date(2018, 1, 1))]
    for first, end in spans:
        Membership.objects.create(organisation=organisation, status=S.FORMER, period=(first, end))
    Membership.objects.create(organisation=organisation, status=S.ACTIVE, period=(dt.date(2018, 1, 1), None))
    today = dt.date(2020, 6, 1)

    line = timeline.line(timeline.memberships(organisation), today)

    assert Membership.objects.of(organisation).member_since(today) == dt.date(2015, 1, 1)
    assert line is not None
    shown = cast.client("board").get(f"/bestuur/organisaties/{organisation.slug}/").content.decode()
    assert "2010" in shown
    assert "2018" in shown
