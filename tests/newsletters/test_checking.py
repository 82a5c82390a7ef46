"""What has to be mended before an issue goes out, and what may be meant: each with its place, and no false alarm."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from kring.newsletters import checking
from kring.newsletters.models import Block, Issue
from tests.conftest import Cast
from tests.factories import BlockFactory, IssueFactory, OfferingFactory, SubscriberFactory

pytestmark = pytest.mark.django_db


def stopping(issue: Issue) -> list[tuple[str, str]]:
    found = checking.findings(Issue.objects.get(pk=issue.pk), timezone.now())
    return [(each.sentence, each.place.partition("#")[2]) for each in found if each.stops]


def doubts(issue: Issue) -> list[str]:
    found = checking.findings(Issue.objects.get(pk=issue.pk), timezone.now())
    return [each.sentence for each in found if not each.stops]


@pytest.fixture
def ready() -> Block:
    """The one block of an issue in which there is nothing to mend."""
    SubscriberFactory()
    block: Block = IssueFactory(tested_at=timezone.now()).blocks.get()
    assert (stopping(block.issue), doubts(block.issue)) == ([], [])
    return block


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("Hier staat [een link](", "Dit wordt geen link of foto"),
        ("![foto](https://voorbeeld.example/x.png)", "Dit wordt geen link of foto: ![foto](https"),
        ("Dit is **vet en houdt niet op", "Ergens begint vet"),
        ("```\ncode", "Ergens begint een blok code"),
        ("Dit is <b>vet</b>", "HTML werkt hier niet: <b>"),
        ("Dag {achternaam}", "We weten niet wat {achternaam} moet worden"),
        ("[klik](javascript:alert)", "Dit wordt geen link of foto: [klik](javascript"),
        ("[mail](mailto:a@voorbeeld.example)", "is geen webadres"),
        ("[klik]()", "is geen webadres"),
        ("[klik](//kwaad.example/x)", "is geen webadres"),
        ("[klik](https://localhost/x)", "is geen compleet webadres"),
        ("[klik](/menukaart/bestaat-niet/)", "kan een bezoeker niet zien"),
        ("[klik](/bestaat-niet/)", "bestaat niet op deze site"),
        ("[klik](/bijeenkomsten/geheim/)", "kan een bezoeker niet zien"),
        ("[klik](/nieuwsbrief/999/)", "kan een bezoeker niet zien"),
        ("[klik](/bestuur/nieuwsbrief/)", "kan een bezoeker niet zien"),
        ("[klik](/beheer/)", "kan een bezoeker niet zien"),
        ("[klik] (https://voorbeeld.example)", "Dit wordt geen link of foto: [klik] (https"),
        ("[klik] (/menukaart/)", "Dit wordt geen link of foto: [klik] (/menukaart/)"),
        ("[klik]https://voorbeeld.example)", "Dit wordt geen link of foto: [klik]https"),
        ("[klik][hier]", "Dit wordt geen link of foto: [klik][hier]"),
        ("(klik)[https://voorbeeld.example]", "Dit wordt geen link of foto: (klik)["),
        ("Dag {{voornaam}}", "{{voornaam}} heeft accolades te veel"),
        ("[x](https://voorbeeld.example/?n={naam})", "{naam} kan niet in het adres van een link"),
        ("Kijk op https://voorbeeld.example/?n={naam}", "{naam} kan niet in het adres van een link"),
        ("Kijk op /x: https://localhost/", "is geen compleet webadres"),
    ],
)
def test_broken_text_stops_with_its_place(ready: Block, body: str, said: str) -> None:
    Block.objects.update(body=body)

    ((sentence, place),) = stopping(ready.issue)[:1]
    assert said in sentence
    assert place == f"id_b{ready.pk}-body"


@pytest.mark.parametrize(
    ("field", "changes", "said"),
    [
        ("body", {"title": "", "body": " "}, "Dit blok is leeg"),
        ("title", {"title": "{onbekend}"}, "We weten niet wat {onbekend}"),
        ("picture_alt", {"picture": "newsletters/x.webp"}, "Schrijf wat er op de foto staat"),
        ("button_url", {"button_label": "Klik"}, "gaat nergens heen"),
        ("button_label", {"button_url": "https://voorbeeld.example/"}, "er staat niets op de knop"),
        ("button_url", {"button_label": "Klik", "button_url": "ftp://x.example"}, "is geen webadres"),
        (
            "button_label",
            {"button_label": "Hoi {voornaam}", "button_url": "https://x.example/"},
            "{voornaam} werkt hier",
        ),
        ("button_url", {"button_label": "Klik", "button_url": "https://x.example/{naam}"}, "{naam} werkt hier niet"),
        ("picture_alt", {"picture": "newsletters/x.webp", "picture_alt": "{naam}"}, "{naam} werkt hier niet"),
    ],
)
def test_faulty_block_stops_with_its_place(ready: Block, field: str, changes: dict[str, str], said: str) -> None:
    Block.objects.update(**changes)

    ((sentence, place),) = stopping(ready.issue)
    assert said in sentence
    assert place == f"id_b{ready.pk}-{field}"


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"subject": ""}, "id_subject"),
        ({"subject": "Dag {wie}"}, "id_subject"),
        ({"preheader": "Dag {wie}"}, "id_preheader"),
        ({"audience": None}, "id_audience"),
    ],
)
def test_envelope_that_is_not_ready_stops(ready: Block, changes: dict[str, Any], place: str) -> None:
    Issue.objects.update(**changes)

    assert [each[1] for each in stopping(ready.issue)] == [place]


def test_empty_issue_stops(ready: Block) -> None:
    Block.objects.update(kind="new_members", title="", body="")
    assert [sentence for sentence, _place in stopping(ready.issue)] == [
        "Alle blokken zijn leeg: er is niets te lezen."
    ]

    Block.objects.all().delete()
    assert [sentence for sentence, _place in stopping(ready.issue)] == ["Er staat nog niets in deze editie."]


@pytest.mark.parametrize(
    ("of_issue", "of_block", "said"),
    [
        ({"subject": "KOM ALLEMAAL KIJKEN"}, {}, "hoofdletters"),
        ({"subject": "Kom kijken!!"}, {}, "uitroepteken"),
        ({"subject": "x" * 90}, {}, "lang"),
        ({"preheader": ""}, {}, "leeg"),
        ({"tested_at": None}, {}, "proefmail"),
        ({}, {"body": "[kijk](https://bit.ly/abc)"}, "verbergt waar de link heen gaat"),
        ({}, {"body": "[www.rabobank.nl](https://kwaad.example/)"}, "maar de link gaat naar kwaad.example"),
        ({}, {"body": "[kijk](https://10.0.0.1/)"}, "oplichters"),
        ({}, {"body": "[kijk](/mijn/)"}, "moet een lezer inloggen"),
        ({}, {"body": "woord " * 20_000}, "Gmail knipt hem af"),
        ({}, {"body": "Kijk op https://bit.ly/abc"}, "verbergt waar de link heen gaat"),
        ({}, {"body": "Welkom [voornaam], kom kijken"}, "[voornaam] blijft zo staan. Bedoel je {voornaam}?"),
        ({}, {"title": "Voor [Naam]"}, "[Naam] blijft zo staan. Bedoel je {naam}?"),
        ({"subject": "Dag {}"}, {}, "Bij ‘{}’ staat een accolade"),
        ({}, {"body": "Welkom {voornaam, kom kijken"}, "Bij ‘{voornaam, kom kijken’ staat een accolade"),
        ({}, {"body": "Dit is __vet en houdt niet op"}, "‘__vet en houdt niet op’ wordt niet vet"),
        ({}, {"body": "#Kop\n\nEn tekst"}, "‘#Kop’ wordt geen kop"),
    ],
)
def test_what_looks_odd_is_said_and_stops_nothing(
    ready: Block, of_issue: dict[str, Any], of_block: dict[str, str], said: str
) -> None:
    Issue.objects.update(**of_issue)
    Block.objects.update(**of_block)

    assert stopping(ready.issue) == []
    assert [sentence for sentence in doubts(ready.issue) if said in sentence] != []


@pytest.mark.parametrize(
    "body",
    [
        "Kom op 3 mei (zie [1]) of later [2], [3][4]. [5] (www.voorbeeld.example)",
        "Kijk op <https://voorbeeld.example>, https://voorbeeld.example/a__b of www.voorbeeld.example.",
        "Met __vet__, _schuin_, **nog vet**, `{code` en een lijn om in te vullen: ______",
        "# Kop\n\nWij zijn nr. #1 en [wij] (samen) doen mee \\[echt\\]. #kring #stad",
    ],
)
def test_ordinary_text_raises_no_alarm(ready: Block, body: str) -> None:
    Block.objects.update(body=body)

    assert (stopping(ready.issue), doubts(ready.issue)) == ([], [])


@pytest.mark.parametrize("body", ["Dag {voornaam},", "**Beste lezers,**\n\n", "Hallo allemaal!", "{naam}"])
def test_greeting_alone_is_nothing_to_read(ready: Block, body: str) -> None:
    Block.objects.update(title="", body=body)
    BlockFactory(issue=ready.issue, kind="new_members", title="", body="", order=1)

    ((sentence, place),) = stopping(ready.issue)
    assert sentence.startswith("Er is nog niets te lezen, alleen een groet.")
    assert place == f"id_b{ready.pk}-body"
    Block.objects.filter(pk=ready.pk).update(body=f"{body}\n\nKom je ook?")
    assert stopping(ready.issue) == []


def test_links_that_visitors_can_follow_are_fine(ready: Block, cast: Cast) -> None:
    offering = OfferingFactory(organisation=cast.member)
    Block.objects.update(
        body=f"[kijk]({offering.get_absolute_url()}) en [www.voorbeeld.nl](https://www.voorbeeld.nl/x) met `<b>`"
    )

    assert (stopping(ready.issue), doubts(ready.issue)) == ([], [])
