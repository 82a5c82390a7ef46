"""Whatever is typed into whichever field: no fault, and what was typed is still there, with what to do beside it."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from collections.abc import Iterator
from html import escape
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.utils import timezone

from commitments import enquiry_notices, notices
from commitments.models import CommitmentState, EnquiryState
from kring.mail import links
from kring.mail.recipients import Recipient
from kring.meetings import notices as meeting_notices
from kring.meetings.models import OutcomeKind
from kring.newsletters import tokens
from tests.conftest import Cast
from tests.factories import (
    CommitmentFactory,
    EnquiryFactory,
    MeetingFactory,
    NeedFactory,
    OfferingFactory,
    OutcomeFactory,
    SignUpFactory,
    SubscriberFactory,
)

pytestmark = pytest.mark.django_db

ODD = [
    *("", " ", "\x00", "é\u0301\u202e\u200b", "👩‍🚀" * 40, "x" * 50_000, "\r\nBcc: a@b.example"),
    *("<script>alert(1)</script>", "{{ 7 * 7 }}%s%(x)s", "javascript:alert(1)", "//evil.example", "a@b"),
    *("-1", "0", "1e999", "9" * 400, "٣", "1.000,5", "NaN", "Infinity", "0x10", "twaalf"),
    *("2026-02-31", "99999-01-01", "0001-01-01", "31-12-2015"),
]
HOLDER = Recipient(email="iemand@voorbeeld.example", name="Iemand", language="nl")


def link(purpose: str, subject: Any) -> str:
    url = links.issue(purpose, subject.uuid, HOLDER, expires_in=dt.timedelta(days=1), single_use=False)
    return "/" + url.split("/", 3)[3]


def forms(cast: Cast) -> Iterator[tuple[str, str]]:
    """Who fills in which form."""
    offering = OfferingFactory(organisation=cast.member)
    enquiry = EnquiryFactory(offering=offering, state=EnquiryState.NEW)
    talking = EnquiryFactory(offering=offering, state=EnquiryState.TALKING, asker=cast.firm)
    between = {"promisor": cast.member, "beneficiary": cast.firm, "proposed_by_organisation": cast.firm}
    proposed = CommitmentFactory(**between, state=CommitmentState.PROPOSED, proposed_at=timezone.now())
    started = CommitmentFactory(**between, state=CommitmentState.STARTED)
    reported = CommitmentFactory(**between, state=CommitmentState.REPORTED, reported_at=timezone.now())
    yield "visitor", f"{offering.get_absolute_url()}aanvragen/"
    yield "business", f"{offering.get_absolute_url()}aanvragen/"
    yield "owner", "/mijn/taalhuis/profiel/"
    yield "owner", "/mijn/taalhuis/aanbod/nieuw/"
    yield "owner", f"/mijn/taalhuis/aanbod/{offering.slug}/"
    yield "owner", f"/mijn/taalhuis/aanbod/{offering.slug}/even-weg/"
    yield "visitor", f"{NeedFactory(organisation=cast.member).get_absolute_url()}reageren/"
    yield "owner", "/mijn/taalhuis/vragen/nieuw/"
    yield "owner", enquiry.get_absolute_url()
    yield "business", talking.get_absolute_url()
    yield "owner", "/account/gegevens/"
    yield "visitor", link(enquiry_notices.ANSWER, enquiry)
    yield "visitor", link(enquiry_notices.TALK, talking)
    yield "visitor", link(notices.ANSWER, proposed)
    yield "visitor", link(notices.REPORT, started)
    yield "visitor", link(notices.CONFIRM, reported)
    yield "visitor", link(notices.RECEIVE, started)
    yield "owner", "/toezeggingen/nieuw/"
    yield "business", CommitmentFactory(**between, state=CommitmentState.DRAFT).get_absolute_url() + "wijzigen/"
    yield "board", "/bestuur/herinneringen/nieuw/"
    meeting = MeetingFactory()
    idea = OutcomeFactory(meeting=meeting, kind=OutcomeKind.IDEA)
    evening = f"/bestuur/bijeenkomsten/{meeting.slug}"
    yield "visitor", f"{meeting.get_absolute_url()}aanmelden/"
    yield "visitor", link(meeting_notices.SIGN_UP, SignUpFactory(meeting=meeting))
    yield "visitor", link(meeting_notices.INVITATION, meeting)
    yield "board", "/bestuur/bijeenkomsten/nieuw/"
    for page in ("gegevens", "agenda/nieuw", "avond/wie", "verslag", "stap/afzeggen", f"uitkomsten/{idea.uuid}"):
        yield "board", f"{evening}/{page}/"
    SubscriberFactory(email=cast.owner.email)
    yield "visitor", urlsplit(tokens.preferences_of_user(cast.owner)).path
    yield "board", "/bestuur/nieuwsbrief/doelgroepen/nieuw/"
    yield "visitor", "/inloggen/"
    yield "visitor", "/inloggen/wachtwoord/"
    yield "visitor", "/inloggen/vergeten/"


def fields_of(html: str) -> set[str]:
    """The names of what is filled in in the page's own form."""
    main = html.partition("<main")[2]
    names = re.findall(r"<(?:input|textarea|select)[^>]*\bname=\"([^\"]+)\"", main)
    return set(names) - {"csrfmiddlewaretoken", "once", "version", "photo", "logo"}


def shown_again(html: str, typed: str) -> bool:
    """NUL is not kept: no text has it, and no database."""
    text = typed.replace("\x00", "").strip()
    return escape(text, quote=False) in html or escape(text) in html


def test_odd_things_in_every_field(cast: Cast) -> None:
    forgotten = []
    for who, path in forms(cast):
        client = cast.client(who)
        names = fields_of(client.get(path).content.decode())
        assert names, path
        for odd in ODD:
            typed = dict.fromkeys(names, odd) | {"once": str(uuid.uuid4()), "version": "1"}
            answer = client.post(path, typed)
            assert answer.status_code < 500, (path, odd[:40])
            html = answer.content.decode()
            if answer.status_code == 422 and len(odd) < 100 and not shown_again(html, odd):
                forgotten.append((path, odd[:40]))
            if answer.status_code == 422:
                assert "aria-invalid" in html, (path, odd[:40])
                assert "<script>alert(1)</script>" not in html

    assert forgotten == []


LISTS = [
    "/menukaart/",
    "/organisaties/",
    "/toezeggingen/",
    "/vragen/",
    "/demo/post/",
    "/bewaarlijst/",
    "/bestuur/post/",
    "/bestuur/links/",
    "/bijeenkomsten/",
    "/bestuur/bijeenkomsten/",
    "/nieuwsbrief/",
    "/bestuur/nieuwsbrief/",
    "/bestuur/nieuwsbrief/abonnees/",
]
PARAMETERS = [
    *("q", "sector", "wijk", "voor", "van", "rubriek", "prijs", "groep", "m", "sort", "page"),
    *("stand", "wie", "maand", "eenheid", "aan", "soort", "anbi"),
]


@pytest.mark.parametrize("path", LISTS)
def test_odd_things_in_every_parameter(path: str, cast: Cast) -> None:
    client: Client = cast.client("board")
    for odd in ODD:
        answer = client.get(path, {name: [odd, odd] for name in PARAMETERS})
        assert answer.status_code in {200, 400, 414, 429}, odd[:40]
        assert "<script>alert(1)</script>" not in answer.content.decode()
