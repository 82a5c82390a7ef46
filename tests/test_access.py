"""Walks every address of the site with every one of the cast, against tests/access_table.py."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.contrib import admin
from django.core.files.base import ContentFile
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone
from pytest_django.plugin import DjangoDbBlocker

from commitments import deciding, notices
from commitments.models import (
    Commitment,
    CommitmentState,
    EnquiryState,
    Evidence,
    Review,
    ReviewReason,
    Verdict,
    Visibility,
)
from kring.accounts import urls as accounts
from kring.foundation.actors import Actor
from kring.mail import links, outbox
from kring.mail.models import ActionLink, Kind, Message
from kring.mail.recipients import Recipient
from kring.meetings.models import MeetingState, Minutes, Openness, OutcomeKind
from kring.newsletters import tokens
from kring.newsletters.models import Archive, Edition, IssueState
from members.models import MembershipStatus, Role, RoleKind
from offerings.models import OfferingState
from tests.access_table import CAST, OK, TABLE, Row
from tests.conftest import Cast, make_cast, make_reminder_rules
from tests.factories import (
    AgendaItemFactory,
    ApplicationFactory,
    CommitmentFactory,
    DistrictFactory,
    EnquiryFactory,
    ImportFactory,
    InvitationFactory,
    IssueFactory,
    MeetingFactory,
    NeedFactory,
    NewsletterAudienceFactory,
    OfferingFactory,
    OrganisationFactory,
    OutcomeFactory,
    SignUpFactory,
    SubscriberFactory,
    evening,
)

# Walked by tests of their own: the administration, and signing in (tests/accounts).
ELSEWHERE = {pattern.name for pattern in accounts.urlpatterns}
WRITES = re.compile(r"\s*(INSERT|UPDATE|DELETE)\b", re.IGNORECASE)
DOORS = {"anyone", "signed_in", "board", "administrator", "link_holder"}


def routes(resolver: Any = None, namespace: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Every named address, but those of the administration."""
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLResolver):
            if entry.namespace != "admin":
                yield from routes(entry, f"{namespace}{entry.namespace}:" if entry.namespace else namespace)
        else:
            yield f"{namespace}{entry.name}", entry


def door(pattern: URLPattern) -> str | None:
    view = pattern.callback
    declared: str | None = getattr(view, "access", None) or getattr(getattr(view, "cls", None), "access", None)
    return declared


def test_every_view_says_who_may_come_in() -> None:
    silent = [name for name, pattern in routes() if door(pattern) not in DOORS]

    assert silent == []


def test_every_address_stands_in_the_table() -> None:
    declared = {row.name for row in TABLE}
    missing = {name for name, _pattern in routes()} - declared - ELSEWHERE

    assert {name for name in missing if not name.startswith("demo:post")} == set()


@dataclass(frozen=True)
class Walk:
    """The scene, made once for all rows; what a row does to it is taken back after it."""

    cast: Cast
    scene: dict[str, Any]
    cookies: dict[str, str]

    def client(self, who: str) -> Client:
        client = Client()
        client.cookies.load(self.cookies[who])
        return client


@pytest.fixture(scope="module")
def made(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Walk]:
    with django_db_blocker.unblock(), transaction.atomic():
        cast = make_cast()
        make_reminder_rules()
        cookies = {who: cast.client(who).cookies.output(header="", sep=";") for who in CAST}
        yield Walk(cast, make_scene(cast), cookies)
        transaction.set_rollback(True)


@pytest.fixture
def walk(made: Walk, db: None) -> Walk:
    return made


@pytest.fixture
def scene(cast: Cast, reminder_rules: None) -> dict[str, Any]:
    """For the tests of other modules that walk the addresses."""
    return make_scene(cast)


def make_scene(cast: Cast) -> dict[str, Any]:
    """What stands in the addresses: things of the member's, of others, and hidden ones."""
    offerings = {
        "published": OfferingFactory(organisation=cast.member),
        "draft": OfferingFactory(organisation=cast.member, state=OfferingState.DRAFT, published_on=None),
        "archived": OfferingFactory(organisation=cast.member, state=OfferingState.ARCHIVED),
    }
    applicant = OrganisationFactory(slug="aanvrager", membership=MembershipStatus.APPLIED)
    offerings["of an applicant"] = OfferingFactory(organisation=applicant)
    need = NeedFactory(organisation=cast.member)
    between = {"promisor": cast.firm, "beneficiary": cast.member, "proposed_by_organisation": cast.firm}
    commitments = {
        "public": CommitmentFactory(**between),
        "members": CommitmentFactory(**between, visibility=Visibility.MEMBERS),
        "parties": CommitmentFactory(**between, visibility=Visibility.PARTIES),
        "proposed": CommitmentFactory(**between, state=CommitmentState.PROPOSED, proposed_at=timezone.now()),
        "drafted": CommitmentFactory(**between, state=CommitmentState.DRAFT),
    }
    review = Review.objects.create(held_on=timezone.localdate(), chair=cast.board)
    Verdict.objects.create(review=review, commitment=commitments["public"], reason=ReviewReason.LATE, place=1)
    held = Review.objects.create(held_on=timezone.localdate(), closed_at=timezone.now())
    by, now = Actor.of(cast.board), timezone.now()
    enquiry = EnquiryFactory(
        offering=offerings["published"], asker=cast.firm, asked_by=cast.business, state=EnquiryState.NEW
    )
    holder = Recipient.of(cast.business)
    links.issue(notices.REPORT, commitments["public"].uuid, holder, expires_in=notices.AFTER_DUE)
    meetings = {
        "meeting": MeetingFactory(),
        "circle meeting": MeetingFactory(visibility=Openness.MEMBERS),
        "draft meeting": MeetingFactory(state=MeetingState.DRAFT),
        "held meeting": MeetingFactory(state=MeetingState.HELD, starts_at=evening(days=-3)),
    }
    Minutes.objects.create(
        meeting=meetings["held meeting"],
        text="Het was een goede avond.",
        written_by=cast.board,
        written_at=now,
        approved_at=now,
        published_at=now,
    )
    met = meetings["meeting"]
    return {
        **{name: meeting.slug for name, meeting in meetings.items()},
        **{f"{name} id": str(meeting.uuid) for name, meeting in meetings.items()},
        **{
            f"{name} document": AgendaItemFactory(meeting=meeting, document=ContentFile(b"%PDF", name="stuk.pdf")).pk
            for name, meeting in meetings.items()
        },
        "agenda item": AgendaItemFactory(meeting=met).pk,
        "sign-up": str(SignUpFactory(meeting=met, needs="Geen vlees").uuid),
        "outcome": str(OutcomeFactory(meeting=met, kind=OutcomeKind.IDEA, who="Iemand").uuid),
        "call off": "afzeggen",
        **newsletters(),
        "member": cast.member.slug,
        "member_id": str(cast.member.uuid),
        "elsewhere": cast.elsewhere.slug,
        "firm": cast.firm.slug,
        "owner role": Role.objects.get(user=cast.owner).pk,
        "invitation": InvitationFactory(organisation=cast.member, invited_by=cast.owner).uuid,
        "application": ApplicationFactory(organisation=applicant, membership=applicant.memberships.get()).uuid,
        "membership": str(cast.member.memberships.get().uuid),
        "step": "schorsen",
        "import": (waiting := ImportFactory()).uuid,
        "done import": ImportFactory(done=True).uuid,
        "row": waiting.rows.get().number,
        "way": "aanbod",
        "which": "wel",
        "applicant": applicant.slug,
        "applicant_id": str(applicant.uuid),
        "sector": "welzijn",
        "district": DistrictFactory().slug,
        "category": offerings["published"].category.slug,
        "need": need.slug,
        "need_id": str(need.uuid),
        "enquiry": str(enquiry.uuid),
        "token": "onbekend",
        "rule": "due-3",
        "link": str(ActionLink.objects.get(purpose=notices.REPORT).uuid),
        "provider": "postmark",
        "mail": outbox.add(
            Message(key="scene", kind=Kind.TRANSACTIONAL, email="a@b.example", subject="Dag", text="Dag")
        ).uuid,
        "mail_step": "stoppen",
        "mail_template": "members-mail-invitation",
        "colour": "c8401f",
        "picture": f"{uuid.uuid4().hex}.webp",
        "who": "visitor",
        "review": str(review.uuid),
        "minutes": str(held.uuid),
        "action": str(deciding.decide("Bellen", cast.board, timezone.localdate(), by, now).uuid),
        **{name: offering.slug for name, offering in offerings.items()},
        **{f"{name} id": str(offering.uuid) for name, offering in offerings.items()},
        **{name: str(commitment.uuid) for name, commitment in commitments.items()},
        "photo": photo_of(commitments["members"]),
    }


def photo_of(commitment: Commitment) -> str:
    """A picture of what was done."""
    update = commitment.updates.create(at=timezone.now(), actor_kind="system")
    return str(Evidence.objects.create(update=update, image=ContentFile(b"RIFF", name="muur.webp")).uuid)


def newsletters() -> dict[str, Any]:
    """A draft, one on its way, and two in the archive: for everybody and for members alone."""
    out = {"started_at": timezone.now(), "readers": 1}
    public = IssueFactory(number=1, state=IssueState.SENT, **out)
    members = IssueFactory(number=2, state=IssueState.SENT, archive=Archive.MEMBERS, **out)
    for each in (public, members):
        content = {"subject": "Nieuws", "preheader": "", "sections": []}
        Edition.objects.create(issue=each, language="nl", content=content)
    return {
        "public issue": public.number,
        "members' issue": members.number,
        "reader's token": tokens.READ.sign(members.uuid.hex),
        "preferences": tokens.preferences_of_subscriber(SubscriberFactory()).rstrip("/").rpartition("/")[2],
        "audience": str(NewsletterAudienceFactory().uuid),
        "draft issue": str(IssueFactory().uuid),
        "subscriber": str(SubscriberFactory().uuid),
        "sending issue": str(IssueFactory(number=3, state=IssueState.SENDING, **out).uuid),
    }


def address(row: Row, scene: dict[str, str]) -> str:
    return reverse(row.name, kwargs={name: scene[which] for name, which in row.about.items()})


@pytest.mark.parametrize("row", TABLE, ids=lambda row: " ".join((row.name, *row.about.values())))
def test_access(row: Row, walk: Walk) -> None:
    path = address(row, walk.scene)
    got = {
        method: {who: getattr(walk.client(who), method)(path).status_code for who in CAST}
        for method in ("get", "post")
    }

    assert got == {"get": dict(row.get), "post": dict(row.post)}


def test_looking_writes_nothing(walk: Walk) -> None:
    """GET of every address by the owner: only queries that read, and the session."""
    scene, client = walk.scene, walk.client("owner")
    for row in TABLE:
        if row.get["owner"] != OK:
            continue
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address(row, scene)).status_code == OK, row.name
        written = [
            query["sql"] for query in queries if WRITES.match(query["sql"]) and "django_session" not in query["sql"]
        ]
        assert written == [], row.name


@pytest.mark.parametrize("who", [who for who in CAST if who != "administrator"])
def test_administration_is_for_administrators(walk: Walk, who: str) -> None:
    assert walk.client(who).get("/beheer/").status_code in {302, 403}


def test_administrator_opens_every_list(walk: Walk) -> None:
    signed_in = walk.client("administrator")
    for model in admin.site._registry:
        path = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        assert signed_in.get(path).status_code == 200, path


def test_role_is_needed_today(walk: Walk) -> None:
    role = walk.cast.owner.roles.get()
    role.role, role.until = RoleKind.EDITOR, timezone.localdate()
    role.save()

    assert walk.client("owner").get(reverse("members:edit", args=[walk.cast.member.slug])).status_code == 403
