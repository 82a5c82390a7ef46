"""What everybody reads: the archive, an issue's page, the feed."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.utils import timezone

from kring.foundation.actors import Actor
from kring.newsletters import sending, tokens
from kring.newsletters.models import Archive, Issue
from tests.conftest import Cast
from tests.factories import BlockFactory, IssueFactory, SubscriberFactory

pytestmark = pytest.mark.django_db

ATOM = {"a": "http://www.w3.org/2005/Atom"}


def sent(**about: Any) -> Issue:
    SubscriberFactory()
    return sending.begin(IssueFactory(**about), Actor.system(), timezone.now())


def test_archive_shows_what_is_public_and_no_drafts(client: Client) -> None:
    first, second = sent(subject="De eerste"), sent(subject="De tweede")
    sent(subject="Alleen voor leden", archive=Archive.MEMBERS)
    IssueFactory(subject="Een concept")

    html = client.get("/nieuwsbrief/").content.decode()

    assert html.index("De tweede") < html.index("De eerste")
    assert "Alleen voor leden" not in html
    assert "Een concept" not in html
    page = client.get(second.get_absolute_url()).content.decode()
    assert f'rel="prev" href="{first.get_absolute_url()}"' in page


def test_no_page_shows_the_braces_of_a_subject(client: Client) -> None:
    issues = [sent(subject=f"{{voornaam}}, lees dit: {number}", preheader="Voor {naam}") for number in range(3)]

    pages = [client.get(path).content.decode() for path in ("/nieuwsbrief/", issues[1].get_absolute_url())]

    for page in pages:
        assert "{voornaam}" not in page
        assert [f"lezer, lees dit: {number}" in page for number in range(3)] == [True] * 3


@pytest.mark.parametrize(
    ("archive", "read_by"),
    [
        (Archive.PUBLIC, ["visitor", "business", "editor", "board"]),
        (Archive.MEMBERS, ["editor", "board"]),
        (Archive.NOWHERE, ["board"]),
    ],
)
def test_issue_is_read_where_it_stands_and_by_who_has_its_mail(
    cast: Cast, client: Client, archive: str, read_by: list[str]
) -> None:
    issue = sent(subject="Wat we bespraken", archive=archive)

    read, listed = [], []
    for who in ("visitor", "business", "editor", "board"):
        read += [who] if cast.client(who).get(issue.get_absolute_url()).status_code == 200 else []
        listed += [who] if "Wat we bespraken" in cast.client(who).get("/nieuwsbrief/").content.decode() else []

    assert (read, listed) == (read_by, read_by)
    assert client.get(urlsplit(tokens.web_version(issue)).path, follow=True).status_code == 200


def test_page_of_an_issue_greets_nobody_by_name_and_counts_nothing(client: Client) -> None:
    issue = sent()
    BlockFactory(issue=issue)

    page = client.get(issue.get_absolute_url()).content.decode()

    assert "Dag lezer, er staan <strong>84</strong> gerechten op." in page
    assert 'href="https://voorbeeld.example/kaart"' in page
    assert "/nieuwsbrief/naar/" not in page


def test_feed_is_atom_with_addresses_of_the_site(client: Client) -> None:
    issue = sent(subject="Voor {voornaam} & iedereen")
    sent(archive=Archive.MEMBERS)

    answer = client.get("/feeds/nieuwsbrief.atom", headers={"host": "localhost"})

    root = ET.fromstring(answer.content)
    assert answer["Content-Type"] == "application/atom+xml; charset=utf-8"
    assert [entry.findtext("a:title", "", ATOM) for entry in root.findall("a:entry", ATOM)] == [
        "Voor lezer & iedereen"
    ]
    assert [link.get("href") for link in root.findall("a:entry/a:link", ATOM)] == [
        f"http://localhost:8000{issue.get_absolute_url()}"
    ]
    assert root.findtext("a:entry/a:id", "", ATOM) == f"urn:uuid:{issue.uuid}"
