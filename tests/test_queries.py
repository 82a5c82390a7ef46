"""A page makes a dozen queries at most, and as many for thirty rows as for one."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal
from urllib.parse import urlsplit

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from commitments import calendars, deciding, enquiry_notices, notices
from commitments.models import (
    Commitment,
    CommitmentState,
    Enquiry,
    EnquiryMessage,
    EnquiryState,
    Evidence,
    Reminder,
    ReminderCopy,
    ReminderRule,
    Review,
    ReviewReason,
    Verdict,
)
from kring.board.models import Import
from kring.foundation.actors import Actor
from kring.foundation.models import Circle
from kring.mail import bounces, links, outbox
from kring.mail.models import Kind, Message, MessageEvent
from kring.mail.recipients import Recipient
from kring.meetings.models import Fill, InvitationRound, Meeting, MeetingState, OutcomeKind
from kring.newsletters import subscribing, tokens
from kring.newsletters.models import Edition, Issue, IssueLink, IssueState, IssueStep
from members import tally
from members.models import Membership, MembershipStatus, MembershipTransition
from offerings import asked, cards, kept, lexical, search
from offerings.models import Shortlist, ShortlistItem
from tests.conftest import Cast
from tests.factories import (
    AgendaItemFactory,
    ApplicationFactory,
    BlockFactory,
    BoardSeatFactory,
    BusinessFactory,
    CategoryFactory,
    CommitmentFactory,
    DistrictFactory,
    EnquiryFactory,
    ImportFactory,
    ImportRowFactory,
    InvitationFactory,
    IssueFactory,
    MeetingFactory,
    MinutesFactory,
    NeedFactory,
    NewsletterAudienceFactory,
    OfferingFactory,
    OrganisationFactory,
    OutcomeFactory,
    RoleFactory,
    SectorFactory,
    SignUpFactory,
)
from tests.factories import evening as evening_of

pytestmark = pytest.mark.django_db

S = CommitmentState
MOST = 12
FEW, MANY = 1, 30
MAIL = {"kind": Kind.TRANSACTIONAL, "email": "a@b.example", "subject": "Dag", "text": "Dag", "html": "Dag"}
EVENING = "/bestuur/bijeenkomsten/avond/"
PATHS = {
    "visitor": [
        *("/", "/resultaat/", "/resultaat/cijfers.csv", "/over/"),
        *(
            "/menukaart/",
            "/menukaart/?sort=nieuw",
            "/menukaart/?sector=sector-0&voor=bedrijven",
            "/menukaart/?q=aanbod",
        ),
        *("/menukaart/?van=bedrijven", "/menukaart/menukaart.pdf", "/feeds/menukaart.atom", "/vragen/vraag/reageren/"),
        *("/menukaart/?q=xqzzy", "/menukaart/gerecht/", "/bewaarlijst/", "/vragen/", "/vragen/vraag/"),
        *("/organisaties/", "/organisaties/?wijk=wijk-0", "/organisaties/?q=organisatie", "/organisaties/taalhuis/"),
        *("/organisaties/?q=orgnisatie&wijk=wijk-0", "/organisaties/?q=xqzzy", "/organisaties/?aanbod=ja&vraag=ja"),
        *("/organisaties/lijst.html", "/organisaties/lijst.csv", "/organisaties/lijst.xlsx"),
        "/organisaties/taalhuis.jsonld",
        *("/nieuwsbrief/", "/nieuwsbrief/1/", "/feeds/nieuwsbrief.atom", "{preferences}"),
        *("/toezeggingen/", "/toezeggingen/?wie=taalhuis&stand=nagekomen", "{commitment}"),
        *(f"/api/v1/{name}/" for name in ("organisations", "offerings", "commitments", "needs")),
        *(f"/api/v1/{name}/" for name in ("categories", "sectors", "districts", "meetings")),
        *("/bijeenkomsten/", "/bijeenkomsten/avond/", "/bijeenkomsten/avond/aanmelden/", "/feeds/bijeenkomsten.ics"),
        *("/feeds/bijeenkomsten.atom", "/bijeenkomsten/avond.ics", "/bijeenkomsten/organisaties/?who=org"),
    ],
    "owner": [
        *("/mijn/", "/mijn/taalhuis/profiel/", "/mijn/taalhuis/aanbod/", "/mijn/taalhuis/aanbod/nieuw/"),
        *("/mijn/taalhuis/aanbod/gerecht/", "/mijn/aanvragen/", "{enquiry}", "{commitment}"),
        *("/mijn/taalhuis/agenda/", "{feed}"),
        *(
            "/mijn/taalhuis/aanbod/gerecht/even-weg/",
            "/mijn/aanvragen/?stand=open&kant=gekregen",
            "/api/v1/enquiries/",
        ),
        *("/bewaarlijst/aanvragen/", "/bewaarlijst/menukaart.pdf", "{checked}"),
        *("/menukaart/", "/menukaart/gerecht/", "/organisaties/", "/organisaties/taalhuis/", "/toezeggingen/"),
        *("/mijn/taalhuis/vragen/", "/mijn/taalhuis/vragen/nieuw/", "/mijn/taalhuis/kansen/", "/mijn/gezocht/"),
        *("/bewaarlijst/", "/vragen/vraag/", "/vragen/plaats/", "/account/", "/lid-worden/", "/lid-worden/bedrijf/"),
        *(f"/mijn/taalhuis/{page}/" for page in ("mensen", "mensen/overdragen", "lidmaatschap")),
        *(f"/mijn/taalhuis/{page}/" for page in ("geschiedenis", "gegevens", "lidmaatschap/opzeggen")),
        "/mijn/mail/",
        *("/account/wie-ziet-wat/", "/account/mijn-gegevens/", "/account/mijn-gegevens/?page=4"),
    ],
    "board": [
        *(
            "/bestuur/",
            "/bestuur/toezeggingen/",
            "/bestuur/herinneringen/",
            "/bestuur/herinneringen/due-3/",
            "/bestuur/links/?stand=alle",
            "/toezeggingen/nieuw/",
            "/toezeggingen/snel/",
            "/bestuur/cijfers/",
            "/bestuur/cijfers/cijfers.csv",
            "/bestuur/cijfers/leden/afspraak/nog-niet/?wijk=wijk-0",
            "/bestuur/post/",
            "/bestuur/post/adressen/",
            "/bestuur/menukaart/",
            "/bestuur/post/?stand=aandacht&q=b.example",
            "/bestuur/post/sjablonen/",
            "/bestuur/post/sjablonen/members-mail-invitation/",
            "{mail}",
            "/mijn/aanvragen/",
            "/organisaties/",
            "{commitment}",
        ),
        *("/organisaties/taalhuis/", "/mijn/taalhuis/aanbod/", "/mijn/taalhuis/mensen/"),
        *("/bestuur/organisaties/", "/bestuur/organisaties/?stand=zonder-beheerder", "/bestuur/organisaties/?q=org"),
        *("/bestuur/organisaties/taalhuis/", "/bestuur/organisaties/taalhuis/beheerder/", "{application}"),
        "/bestuur/organisaties/taalhuis/lidmaatschap/opzeggen/",
        *("/bestuur/import/", "{import}", "{import}?rijen=lijkt", "{import}kolommen/", "{import}verslag.csv"),
        *("{import}verslag.xlsx", "{done}", "{done}terugdraaien/"),
        "/bestuur/gezocht/",
        *("/bestuur/beoordeling/", "{review}", "{review}afsluiten/", "{verdict}", "{minutes}", "{minutes}verslag.pdf"),
        *("/bestuur/nieuwsbrief/", "/bestuur/nieuwsbrief/doelgroepen/", "/bestuur/nieuwsbrief/abonnees/"),
        *("/bestuur/nieuwsbrief/abonnees/?stand=ingeschreven&q=lezer", "{sent}voortgang/", "{draft}versturen/"),
        *("{draft}", "{draft}voorbeeld/", "/bestuur/nieuwsbrief/doelgroepen/nieuw/"),
        *("/organisaties/lijst.html", "/organisaties/lijst.csv", "/organisaties/lijst.xlsx"),
        *("/bijeenkomsten/", "/bestuur/bijeenkomsten/", "/bestuur/bijeenkomsten/nieuw/", f"{EVENING}"),
        *(f"{EVENING}{page}/" for page in ("gegevens", "agenda", "aanmeldingen", "uitnodigen", "uitkomsten")),
        *(f"{EVENING}{page}/" for page in ("avond", "avond/nu", "avond/wie", "verslag", "stap/afzeggen")),
        *("{outcome}", f"{EVENING}aanmeldingen/lijst.csv"),
    ],
    "administrator": [
        *(f"/beheer/members/{model}/" for model in ("organisation", "membership", "role", "sector")),
        *(f"/beheer/offerings/{model}/" for model in ("offering", "need", "category")),
        *(f"/beheer/commitments/{model}/" for model in ("commitment", "enquiry")),
        *("/beheer/mail/message/", "/beheer/accounts/user/"),
        *(f"/beheer/meetings/{model}/" for model in ("meeting", "signup", "outcome", "minutes", "invitationround")),
        *(f"/beheer/newsletters/{model}/" for model in ("subscriber", "audience", "issue", "overview")),
    ],
}


def test_pages_read_as_much_for_many_rows_as_for_few(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, reminder_rules: None
) -> None:
    # On a busy machine making a tally seems slow, and it would be used for longer.
    monkeypatch.setattr(kept, "QUICK_SECONDS", 60.0)
    monkeypatch.setattr(tally, "QUICK_SECONDS", 60.0)
    named = named_things(cast)
    people = {who: cast.client(who) for who in PATHS}
    few = reads(people, named, rows=(0, FEW), cast=cast)
    many = reads(people, named, rows=(FEW, MANY), cast=cast)

    assert {path: (few[path], many[path]) for path in few if few[path] != many[path]} == {}
    assert {path: number for path, number in many.items() if number > MOST} == {}


def named_things(cast: Cast) -> dict[str, str]:
    """What stands in the addresses."""
    gerecht = OfferingFactory(organisation=cast.member, slug="gerecht")
    NeedFactory(organisation=cast.member, slug="vraag")
    enquiry = EnquiryFactory(offering=gerecht, asker=cast.firm, state=EnquiryState.TALKING)
    commitment = CommitmentFactory(promisor=cast.firm, beneficiary=cast.member, enquiry=enquiry)
    application = ApplicationFactory()
    old = OfferingFactory(organisation=cast.member, confirmed_on=dt.date(2020, 1, 1))
    check = links.issue("offering.confirm", old.uuid, Recipient.of(cast.owner), expires_in=dt.timedelta(days=1))
    own, _made = Shortlist.objects.get_or_create(user=cast.owner)
    ShortlistItem.objects.create(shortlist=own, offering=OfferingFactory())
    mail = outbox.add(Message(key="in the address", **MAIL))
    meeting = MeetingFactory(slug="avond", capacity=None)
    outcome = OutcomeFactory(meeting=meeting, kind=OutcomeKind.IDEA)
    AgendaItemFactory(meeting=meeting, fills=Fill.ACTIONS)
    AgendaItemFactory(meeting=meeting, fills=Fill.COMMITMENTS)
    issue = IssueFactory(number=1, state=IssueState.SENT, started_at=timezone.now(), readers=1)
    Edition.objects.create(issue=issue, language="nl", content={"subject": "", "preheader": "", "sections": []})
    return {
        "mail": f"/bestuur/post/{mail.uuid}/",
        "checked": "/" + check.split("/", 3)[3],
        "outcome": f"{EVENING}uitkomsten/{outcome.uuid}/",
        "sent": f"/bestuur/nieuwsbrief/{issue.uuid}/",
        "draft": f"/bestuur/nieuwsbrief/{IssueFactory().uuid}/",
        "preferences": urlsplit(tokens.preferences_of_user(cast.owner)).path,
        "enquiry": enquiry.get_absolute_url(),
        "commitment": commitment.get_absolute_url(),
        "application": f"/bestuur/aanmeldingen/{application.uuid}/",
        "import": ImportFactory(kind="organisations").get_absolute_url(),
        "done": ImportFactory(done=True).get_absolute_url(),
        "feed": urlsplit(calendars.issue(cast.member, cast.owner, timezone.now())).path,
        **held_reviews(cast, commitment),
    }


def held_reviews(cast: Cast, commitment: Commitment) -> dict[str, str]:
    """One that goes on, and the minutes of one that is over."""
    now = timezone.now()
    review = Review.objects.create(held_on=now.date(), chair=cast.board)
    held = Review.objects.create(held_on=now.date(), closed_at=now, minutes="Tweede")
    first = Review.objects.create(held_on=now.date(), closed_at=now - dt.timedelta(days=9), minutes="Eerste")
    for each in (review, held, first):
        Verdict.objects.create(review=each, commitment=commitment, reason=ReviewReason.LATE)
    page = f"/bestuur/beoordeling/{review.uuid}/"
    return {
        "review": page,
        "verdict": f"{page}{commitment.uuid}/",
        "minutes": f"/bestuur/beoordeling/{held.uuid}/",
    }


def reads(
    people: dict[str, Client], named: dict[str, str], *, rows: tuple[int, int], cast: Cast
) -> dict[tuple[str, str], int]:
    """How many queries each page makes on an empty cache, once there are that many of everything."""
    for number in range(*rows):
        fill(cast, number)
    return {(who, path): queries(people[who], path.format(**named)) for who, paths in PATHS.items() for path in paths}


def queries(client: Client, path: str) -> int:
    cache.clear()
    Circle.forget()
    Circle.current()  # what a process reads once in five seconds
    cards.forget()
    search.forget()
    lexical.forget()
    lexical.frequencies()  # and this once in ten minutes
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(path)
        b"".join(answer)  # also what is read while the answer is under way
    assert answer.status_code == 200, path
    return len(captured)


def fill(cast: Cast, number: int) -> None:
    """One more of everything that a page lists."""
    sector = SectorFactory(slug=f"sector-{number}", hue="sport")
    district = DistrictFactory(slug=f"wijk-{number}")
    other = OrganisationFactory(main_sector=sector)
    other.districts.add(district)
    cast.member.districts.add(district)
    cast.member.sectors.add(sector)
    applicant = OrganisationFactory(name=f"Taalhuis Schrijfplank {number}", membership=MembershipStatus.APPLIED)
    ApplicationFactory(organisation=applicant)
    RoleFactory(organisation=cast.member)
    RoleFactory(organisation=cast.member, until=dt.date(2020, 1, 1))
    RoleFactory(organisation=other, user=cast.owner)
    calendars.issue(cast.member, RoleFactory(organisation=cast.member).user, timezone.now())
    InvitationFactory(organisation=cast.member)
    earlier = (
        dt.date(2000, 1, 1) + dt.timedelta(days=100 * number),
        dt.date(2000, 2, 1) + dt.timedelta(days=100 * number),
    )
    former = Membership.objects.create(organisation=cast.member, status=MembershipStatus.FORMER, period=earlier)
    MembershipTransition.objects.create(
        membership=former, after=MembershipStatus.FORMER, at=timezone.now(), actor=cast.board, actor_kind="user"
    )
    course = CategoryFactory(slug=f"gang-{number}")
    category = CategoryFactory(slug=f"rubriek-{number}", parent=course)
    offering = OfferingFactory(organisation=cast.member, category=category, district=district)
    OfferingFactory(organisation=other, category=category, confirmed_on=dt.date(2020, 1, 1))
    NeedFactory(organisation=cast.member)
    fill_imports()
    NeedFactory(organisation=other, title="Aanbod van een middag")
    asked.count(f"woord {number}", found=bool(number % 2))
    fill_promises(cast, offering.pk, number)
    fill_meetings(cast, number)
    fill_newsletters(number)
    fill_people(cast, applicant.pk, number)


def fill_imports() -> None:
    """Two lists with a row more, and one list more."""
    ImportFactory()
    told = {
        "notes": [{"field": "kvk", "code": "kvk_ontbreekt", "value": ""}],
        "twins": {"duplicate_of": {"record": 1}},
    }
    alike = {"outcome": "duplicate", "likeness": "naam_bijna", "organisation": BusinessFactory(), **told}
    differs = [{"field": "phone", "before": "", "after": "0101234567"}]
    ImportRowFactory(source=Import.objects.get(kind="organisations"), differences=differs, **alike)
    done = Import.objects.get(state="done")
    ImportRowFactory(source=done, outcome="changed", result="updated", organisation=BusinessFactory(), last_change=0)


def fill_newsletters(number: int) -> None:
    out = {"state": IssueState.SENT, "started_at": timezone.now(), "readers": 1}
    IssueFactory(number=1000 + number, **out, audience=NewsletterAudienceFactory(sectors=["welzijn"]))
    first = Issue.objects.get(number=1)
    IssueLink.objects.create(issue=first, url=f"https://voorbeeld.example/{number}")
    IssueStep.objects.create(issue=first, at=timezone.now(), actor_kind="system", before="draft", after="sent")
    subscribing.ask(email=f"lezer-{number}@voorbeeld.example", source="site", at=timezone.now())
    bounces.note(
        outbox.add(Message(key=f"terug:{number}", **MAIL | {"email": f"weg-{number}@b.example"})),
        "hard",
        "",
        timezone.now(),
    )
    BlockFactory(issue=Issue.objects.filter(state=IssueState.DRAFT).earliest("pk"))


def fill_promises(cast: Cast, offering: int, number: int) -> None:
    at = timezone.now() - dt.timedelta(days=40)
    asked = {"asker": cast.firm, "offering_id": offering, "receiver": cast.member, "created_at": at, "moved_at": at}
    talking = EnquiryFactory(**asked, state=EnquiryState.TALKING)
    EnquiryFactory(**asked, state=EnquiryState.NEW)
    fixed = Enquiry.objects.get(name="Fatima de Vries", offering__slug="gerecht")
    EnquiryMessage.objects.create(enquiry=fixed, author_name="Fatima", by_receiver=False, text="Kan dat?", at=at)
    between = {"promisor": cast.member, "beneficiary": BusinessFactory(), "enquiry": talking, "moved_at": at}
    done = {"closed_at": at, "confirmed": Decimal(5), "result": "Gedaan.", "reported_at": at}
    fill_life(cast, Commitment.objects.get(promisor=cast.firm, enquiry__offering__slug="gerecht"), number)
    CommitmentFactory(**between, state=S.KEPT, **done)
    CommitmentFactory(**between, state=S.PROPOSED, proposed_at=at)
    CommitmentFactory(**between, state=S.REPORTED, reported_at=at)
    late = CommitmentFactory(**between, state=S.STARTED, due_on=dt.date(2020, 1, 1))
    judge(cast, late)


def judge(cast: Cast, late: Commitment) -> None:
    """On the list of each review, decided about in each that is over, and one more that is over."""
    now = timezone.now()
    Review.objects.create(held_on=now.date(), closed_at=now - dt.timedelta(days=20))
    for review in Review.objects.all():
        over = review.closed_at is not None
        asked = {"action": "Bellen", "action_owner": cast.board, "action_due_on": now.date()} if over else {}
        verdict = Verdict.objects.create(review=review, commitment=late, kind="act" if over else "", **asked)
        if review.minutes:
            by = Actor.of(cast.board)
            verdict.decision = deciding.decide("Bellen", cast.board, now.date(), by, review.closed_at or now)
            verdict.save()
    for held in Review.objects.exclude(minutes=""):
        Verdict.objects.create(review=held, commitment=CommitmentFactory(), kind="on_track", place=late.pk)


def fill_life(cast: Cast, fixed: Commitment, number: int) -> None:
    """What one commitment's page tells: a question about its date is open, others were answered."""
    now, holder = timezone.now(), Recipient.of(cast.owner)
    fixed.propose_date(Actor.of(cast.owner), now, side="beneficiary", new_date=fixed.due_on + dt.timedelta(number + 1))
    update = fixed.add_update(Actor.of(cast.business), now, quantity=Decimal(1), note="Deel", once=uuid.uuid4())
    Evidence.objects.create(update=update, image=f"evidence/{number}.webp")
    rule = ReminderRule.objects.get(slug="due-3")
    message = outbox.add(Message(key=f"reminder-{number}", **MAIL))
    told = Reminder.objects.create(commitment=fixed, rule=rule, date=dt.date(2020, 1, 1) + dt.timedelta(number))
    ReminderCopy.objects.create(reminder=told, email=cast.owner.email, told_on=told.date, message=message)
    for purpose, subject in ((notices.REPORT, fixed), (enquiry_notices.ANSWER, fixed.enquiry)):
        links.issue(purpose, subject.uuid, holder, expires_in=notices.AFTER_DUE)  # type: ignore[union-attr]


def fill_meetings(cast: Cast, number: int) -> None:
    evening = Meeting.objects.get(slug="avond")
    guest = SignUpFactory(meeting=evening, organisation=cast.member, needs="Geen vlees")
    item = AgendaItemFactory(meeting=evening, link="https://www.voorbeeld.example/")
    MeetingFactory(host=cast.firm)
    earlier = MeetingFactory(host=cast.firm, state=MeetingState.HELD, starts_at=evening_of(days=-9))
    OutcomeFactory(meeting=earlier, kind=OutcomeKind.ACTION, organisation=cast.firm)
    MinutesFactory(meeting=earlier, written_by=cast.board)
    done = CommitmentFactory(promisor=cast.firm, state=S.KEPT, confirmed=Decimal(1), due_on=dt.date(2020, 1, 1))
    OutcomeFactory(meeting=evening, item=item, organisation=cast.firm, commitment=done, sign_up=guest)
    OutcomeFactory(meeting=evening, kind=OutcomeKind.IDEA, beneficiary=cast.member, need=NeedFactory())
    rounds = {"meeting": evening, "audience": "members", "asked_by": cast.board, "asked_at": timezone.now()}
    InvitationRound.objects.create(**rounds, finished_at=timezone.now())


def fill_people(cast: Cast, applicant: int, number: int) -> None:
    role = RoleFactory(organisation=cast.member)
    RoleFactory(organisation_id=applicant, user=role.user)
    BoardSeatFactory(user=role.user)
    own, _made = Shortlist.objects.get_or_create(user=cast.owner)
    ShortlistItem.objects.create(shortlist=own, offering=OfferingFactory())
    outbox.add(Message(key=f"mail-{number}", **MAIL, state="failed"))
    known = Message.objects.get(key="in the address")
    MessageEvent.objects.create(message=known, what="deferred", by=cast.board)
