"""What somebody has to do: of each kind of thing a sentence, and none once it was done."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.utils import timezone

from commitments.models import CommitmentState, EnquiryState
from members.models import Organisation
from tests.conftest import Cast
from tests.factories import CommitmentFactory, DistrictFactory, EnquiryFactory, OfferingFactory

pytestmark = pytest.mark.django_db


def told(cast: Cast, who: str) -> list[str]:
    page = cast.client(who).get("/mijn/").content.decode()
    todos = page.split("Lopende toezeggingen")[0].split('<div class="tiles">')[0]
    sentences = re.findall(r'class="todo-sentence">(.*?)</p>', todos, re.DOTALL)
    return [" ".join(re.sub(r"<[^>]+>", "", sentence).split()) for sentence in sentences]


def complete(organisation: Organisation) -> None:
    organisation.tagline, organisation.story = "Taal voor iedereen", "Wie we zijn. " * 10
    organisation.logo, organisation.email = "logos/taal.webp", "info@taalhuis.example"
    organisation.website = "https://taalhuis.example"
    organisation.profile_confirmed_on = timezone.localdate()
    organisation.save()
    organisation.districts.add(DistrictFactory())
    organisation.target_groups.create(slug="iedereen", name="Iedereen")


def test_who_is_up_to_date_reads_so(cast: Cast) -> None:
    complete(cast.member)

    assert told(cast, "owner") == []
    assert "Je bent helemaal bij." in cast.client("owner").get("/mijn/").content.decode()


def test_each_thing_to_do_is_a_sentence(cast: Cast) -> None:
    complete(cast.member)
    today, now = timezone.localdate(), timezone.now()
    offering = OfferingFactory(
        organisation=cast.member, title="Taalwandeling", confirmed_on=today - dt.timedelta(days=200)
    )
    EnquiryFactory(offering=offering, receiver=cast.member, organisation_name="Werf Noord", state=EnquiryState.NEW)
    ours = {"promisor": cast.member, "beneficiary": cast.firm}
    CommitmentFactory(**ours, title="Te laat", due_on=today - dt.timedelta(days=1))
    theirs = {"promisor": cast.firm, "beneficiary": cast.member, "proposed_by_organisation": cast.firm}
    CommitmentFactory(**theirs, title="Voorstel", state=CommitmentState.PROPOSED, proposed_at=now)
    CommitmentFactory(**theirs, title="Klaar", state=CommitmentState.REPORTED, reported_at=now)

    sentences = told(cast, "owner")

    assert sorted(sentences) == sorted(
        [
            "Werf Noord vraagt naar ‘Taalwandeling’",
            "De datum van ‘Te laat’ is voorbij",
            "Wat vind je van ‘Voorstel’?",
            "Klopt het resultaat van ‘Klaar’?",
            "Klopt ‘Taalwandeling’ nog?",
        ]
    )
    assert "Werf Noord vraagt naar ‘Taalwandeling’" not in told(cast, "outsider")


def test_profile_that_is_old_or_tells_little_asks_for_a_look(cast: Cast) -> None:
    complete(cast.member)
    Organisation.objects.filter(pk=cast.member.pk).update(logo="", website="", story="")
    little = told(cast, "editor")
    Organisation.objects.filter(pk=cast.member.pk).update(
        profile_confirmed_on=timezone.localdate() - dt.timedelta(days=365)
    )

    assert little == [f"{cast.member.name}: nog geen logo en nog geen verhaal"]
    assert told(cast, "editor") == [f"Klopt het profiel van {cast.member.name} nog?"]


def test_ways_follow_the_role(cast: Cast) -> None:
    owner, editor = (cast.client(who).get("/mijn/").content.decode() for who in ("owner", "editor"))

    assert f"/mijn/{cast.member.slug}/mensen/" in editor
    assert f"/mijn/{cast.member.slug}/geschiedenis/" in owner
    assert f"/mijn/{cast.member.slug}/geschiedenis/" not in editor
