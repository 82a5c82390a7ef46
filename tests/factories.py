"""Things to test with. Each factory makes the plainest valid one; a test says what matters to it."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal
from typing import Any

import factory
from django.utils import timezone

from commitments.models import Commitment, CommitmentState, Enquiry
from kring.accounts.models import BoardFunction, BoardSeat, User
from kring.board.models import Import, ImportKind, ImportRow, ImportState
from kring.board.models import Outcome as RowOutcome
from kring.meetings.models import (
    AgendaItem,
    Meeting,
    MeetingState,
    Minutes,
    MinutesAudience,
    Outcome,
    OutcomeKind,
    SignUp,
    SignUpState,
    person_of,
)
from kring.newsletters.models import Audience as NewsletterAudience
from kring.newsletters.models import Block, Group, Issue, Subscriber, SubscriberState
from members.models import (
    Application,
    District,
    Invitation,
    Membership,
    MembershipStatus,
    Organisation,
    OrganisationKind,
    Role,
    RoleKind,
    Sector,
)
from members.models.memberships import ENDING, WITHOUT_PERIOD
from offerings.models import Audience, Category, Means, Need, Offering, OfferingState, PriceKind

LONG_AGO = dt.date(2014, 12, 1)


class UserFactory(factory.django.DjangoModelFactory[User]):
    class Meta:
        model = User

    name = factory.Sequence(lambda n: f"Persoon {n}")
    email = factory.Sequence(lambda n: f"persoon-{n}@voorbeeld.example")


class BoardMemberFactory(UserFactory):
    class Meta:
        skip_postgeneration_save = True

    seat = factory.RelatedFactory("tests.factories.BoardSeatFactory", factory_related_name="user")


class BoardSeatFactory(factory.django.DjangoModelFactory[BoardSeat]):
    class Meta:
        model = BoardSeat

    user = factory.SubFactory(UserFactory)
    function = BoardFunction.SECRETARY
    since = LONG_AGO


class SectorFactory(factory.django.DjangoModelFactory[Sector]):
    class Meta:
        model = Sector
        django_get_or_create = ("slug",)

    slug = "welzijn"
    name = factory.LazyAttribute(lambda sector: sector.slug.title())
    hue = factory.LazyAttribute(lambda sector: sector.slug)


class DistrictFactory(factory.django.DjangoModelFactory[District]):
    class Meta:
        model = District
        django_get_or_create = ("slug",)

    slug = "centrum"
    name = factory.LazyAttribute(lambda district: district.slug.title())


class OrganisationFactory(factory.django.DjangoModelFactory[Organisation]):
    """A member of the circle since long ago."""

    class Meta:
        model = Organisation
        skip_postgeneration_save = True

    kind = OrganisationKind.MEMBER
    slug = factory.Sequence(lambda n: f"organisatie-{n}")
    name = factory.Sequence(lambda n: f"Organisatie {n}")
    tagline = "Doet iets goeds voor de stad."
    main_sector = factory.SubFactory(SectorFactory)
    profile_confirmed_on = factory.LazyFunction(timezone.localdate)

    @factory.post_generation
    def membership(self, create: bool, extracted: str | bool | None, **kwargs: Any) -> None:
        """Active by default; `membership=<status>` makes one with that status, `membership=False` none."""
        if not create or self.kind != OrganisationKind.MEMBER or extracted is False:
            return
        status = extracted or MembershipStatus.ACTIVE
        ends = timezone.localdate() + dt.timedelta(days=30 if status == MembershipStatus.RESIGNED else -30)
        period = None if status in WITHOUT_PERIOD else (LONG_AGO, ends if status in ENDING else None)
        Membership.objects.create(organisation=self, status=status, period=period)


class BusinessFactory(OrganisationFactory):
    kind = OrganisationKind.BUSINESS
    slug = factory.Sequence(lambda n: f"bedrijf-{n}")
    name = factory.Sequence(lambda n: f"Bedrijf {n} B.V.")
    tagline = "Een bedrijf uit de stad."
    main_sector = None
    listed_on = LONG_AGO


class RoleFactory(factory.django.DjangoModelFactory[Role]):
    class Meta:
        model = Role

    user = factory.SubFactory(UserFactory)
    organisation = factory.SubFactory(OrganisationFactory)
    role = RoleKind.EDITOR
    since = LONG_AGO


class InvitationFactory(factory.django.DjangoModelFactory[Invitation]):
    """Open for a week."""

    class Meta:
        model = Invitation

    organisation = factory.SubFactory(OrganisationFactory)
    email = factory.Sequence(lambda n: f"gast-{n}@voorbeeld.example")
    name = factory.Sequence(lambda n: f"Gast {n}")
    role = RoleKind.EDITOR
    invited_by = factory.SubFactory(UserFactory)
    expires_at = factory.LazyFunction(lambda: timezone.now() + dt.timedelta(days=7))


class ApplicationFactory(factory.django.DjangoModelFactory[Application]):
    """Before the board."""

    class Meta:
        model = Application

    organisation = factory.SubFactory(OrganisationFactory, membership=MembershipStatus.APPLIED)
    membership = factory.LazyAttribute(lambda application: application.organisation.memberships.first())
    name = factory.Sequence(lambda n: f"Aanvrager {n}")
    email = factory.Sequence(lambda n: f"aanvrager-{n}@voorbeeld.example")
    motivation = "We willen graag meedoen."
    confirmed_at = factory.LazyFunction(timezone.now)
    proven_at = factory.LazyFunction(timezone.now)


class CategoryFactory(factory.django.DjangoModelFactory[Category]):
    class Meta:
        model = Category
        django_get_or_create = ("slug",)

    slug = "teamuitje"
    name = factory.LazyAttribute(lambda category: category.slug.title())


class OfferingFactory(factory.django.DjangoModelFactory[Offering]):
    """Published, fresh, for all."""

    class Meta:
        model = Offering

    organisation = factory.SubFactory(OrganisationFactory)
    slug = factory.Sequence(lambda n: f"aanbod-{n}")
    title = factory.Sequence(lambda n: f"Aanbod {n}")
    summary = "Een middag samen iets doen."
    description = "Je komt, je doet mee, je gaat blij naar huis."
    category = factory.SubFactory(CategoryFactory)
    audience = Audience.BOTH
    price_kind = PriceKind.FREE
    state = OfferingState.PUBLISHED
    published_on = LONG_AGO
    confirmed_on = factory.LazyFunction(timezone.localdate)


class NeedFactory(factory.django.DjangoModelFactory[Need]):
    class Meta:
        model = Need

    organisation = factory.SubFactory(OrganisationFactory)
    slug = factory.Sequence(lambda n: f"vraag-{n}")
    title = factory.Sequence(lambda n: f"Gezocht {n}")
    means = Means.PEOPLE
    confirmed_on = factory.LazyFunction(timezone.localdate)


class ImportFactory(factory.django.DjangoModelFactory[Import]):
    """A list of businesses with one row, which was read and waits for a yes."""

    class Meta:
        model = Import
        skip_postgeneration_save = True

    once = factory.LazyFunction(uuid.uuid4)
    kind = ImportKind.BUSINESSES
    file_name = factory.Sequence(lambda n: f"ledenlijst-{n}.csv")
    state = ImportState.READY
    header = ["Naam", "Postcode"]
    samples = [["Bakkerij Vink"], ["3131 AB"]]
    mapping = {"naam": 0, "postcode": 1}
    wishes = {"overwrite": True, "list_them": True}
    uploaded_by = factory.SubFactory(UserFactory)
    read_at = factory.LazyFunction(timezone.now)

    class Params:
        done = factory.Trait(
            state=ImportState.DONE,
            confirmed_by=factory.SelfAttribute("uploaded_by"),
            confirmed_at=factory.LazyFunction(timezone.now),
            finished_at=factory.LazyFunction(timezone.now),
        )

    row = factory.RelatedFactory("tests.factories.ImportRowFactory", factory_related_name="source")


class ImportRowFactory(factory.django.DjangoModelFactory[ImportRow]):
    class Meta:
        model = ImportRow

    source = factory.SubFactory(ImportFactory, row=None)
    number = factory.Sequence(lambda n: n + 1)
    line = factory.LazyAttribute(lambda row: row.number + 1)
    cells = ["Bakkerij Vink", "3131 AB"]
    values = {"naam": "Bakkerij Vink", "postcode": "3131 AB"}
    verdict = "goed"
    outcome = RowOutcome.NEW


class EnquiryFactory(factory.django.DjangoModelFactory[Enquiry]):
    """A business without an account asks for an offering."""

    class Meta:
        model = Enquiry

    offering = factory.SubFactory(OfferingFactory)
    receiver = factory.LazyAttribute(lambda enquiry: enquiry.offering.organisation)
    name = "Fatima de Vries"
    organisation_name = "Werf Noord B.V."
    email = "fatima@werfnoord.example"
    message = "Kan dit in maart?"
    no_counter_favour = True


class CommitmentFactory(factory.django.DjangoModelFactory[Commitment]):
    """Agreed, between a business and a member, due in thirty days."""

    class Meta:
        model = Commitment

    promisor = factory.SubFactory(BusinessFactory)
    beneficiary = factory.SubFactory(OrganisationFactory)
    title = factory.Sequence(lambda n: f"Toezegging {n}")
    means = Means.PEOPLE
    quantity = Decimal(10)
    unit = "uren"
    due_on = factory.LazyFunction(lambda: timezone.localdate() + dt.timedelta(days=30))
    first_due_on = factory.SelfAttribute("due_on")
    state = CommitmentState.AGREED
    agreed_at = factory.LazyFunction(timezone.now)
    no_counter_favour = True


def evening(*, days: int = 14, hour: int = 19) -> dt.datetime:
    """So many days from now, at that hour by the circle's clock."""
    day = timezone.localdate() + dt.timedelta(days=days)
    return timezone.make_aware(dt.datetime.combine(day, dt.time(hour, 30)))


class MeetingFactory(factory.django.DjangoModelFactory[Meeting]):
    """Published, for everybody, two weeks from now, with ten places."""

    class Meta:
        model = Meeting

    slug = factory.Sequence(lambda n: f"avond-{n}")
    title = factory.Sequence(lambda n: f"Avond {n}")
    starts_at = factory.LazyFunction(evening)
    ends_at = factory.LazyAttribute(lambda meeting: meeting.starts_at + dt.timedelta(hours=2))
    venue = "Wijkhuis De Steiger"
    intro = "We kiezen samen wat we doen."
    capacity = 10
    state = MeetingState.PUBLISHED
    published_at = factory.LazyAttribute(
        lambda meeting: None if meeting.state == MeetingState.DRAFT else timezone.now()
    )
    held_at = factory.LazyAttribute(lambda meeting: meeting.ends_at if meeting.state == MeetingState.HELD else None)
    cancelled_at = factory.LazyAttribute(
        lambda meeting: timezone.now() if meeting.state == MeetingState.CANCELLED else None
    )


class AgendaItemFactory(factory.django.DjangoModelFactory[AgendaItem]):
    class Meta:
        model = AgendaItem

    meeting = factory.SubFactory(MeetingFactory)
    order = factory.LazyAttribute(lambda item: item.meeting.agenda.count() + 1)
    title = factory.Sequence(lambda n: f"Punt {n}")
    minutes = 10


class SignUpFactory(factory.django.DjangoModelFactory[SignUp]):
    """Somebody who comes alone and may be named."""

    class Meta:
        model = SignUp

    meeting = factory.SubFactory(MeetingFactory)
    state = SignUpState.GOING
    name = factory.Sequence(lambda n: f"Gast {n}")
    email = factory.Sequence(lambda n: f"komt-{n}@voorbeeld.example")
    person = factory.LazyAttribute(lambda sign_up: person_of(sign_up.email))
    organisation_name = "Werf Noord B.V."
    show_name = True
    once = factory.LazyFunction(uuid.uuid4)
    confirmed_at = factory.LazyAttribute(
        lambda sign_up: None if sign_up.state == SignUpState.UNCONFIRMED else timezone.now()
    )


class OutcomeFactory(factory.django.DjangoModelFactory[Outcome]):
    """A pledge, of nobody yet."""

    class Meta:
        model = Outcome

    meeting = factory.SubFactory(MeetingFactory)
    kind = OutcomeKind.PLEDGE
    text = factory.Sequence(lambda n: f"Zes gastlessen {n}")
    at = factory.LazyFunction(timezone.now)


class MinutesFactory(factory.django.DjangoModelFactory[Minutes]):
    """Approved, and published to everybody."""

    class Meta:
        model = Minutes

    meeting = factory.SubFactory(MeetingFactory, state=MeetingState.HELD)
    text = "We gingen aan de slag."
    audience = MinutesAudience.PUBLIC
    written_at = factory.LazyFunction(timezone.now)
    asked_at = factory.LazyFunction(timezone.now)
    approved_at = factory.LazyFunction(timezone.now)
    published_at = factory.LazyFunction(timezone.now)
    version = 1


class SubscriberFactory(factory.django.DjangoModelFactory[Subscriber]):
    """Confirmed."""

    class Meta:
        model = Subscriber

    email = factory.Sequence(lambda n: f"lezer-{n}@voorbeeld.example")
    name = factory.Sequence(lambda n: f"Lezer {n}")
    state = SubscriberState.ACTIVE
    confirmed_at = factory.LazyFunction(timezone.now)


class NewsletterAudienceFactory(factory.django.DjangoModelFactory[NewsletterAudience]):
    """Everybody who subscribed."""

    class Meta:
        model = NewsletterAudience

    name = factory.Sequence(lambda n: f"Doelgroep {n}")
    groups = [Group.SUBSCRIBERS]


class IssueFactory(factory.django.DjangoModelFactory[Issue]):
    """A draft with one block of text, ready to go."""

    class Meta:
        model = Issue
        skip_postgeneration_save = True

    subject = "Nieuws uit de kring"
    preheader = "Wat er deze maand gebeurde."
    audience = factory.SubFactory(NewsletterAudienceFactory)
    block = factory.RelatedFactory("tests.factories.BlockFactory", factory_related_name="issue")


class BlockFactory(factory.django.DjangoModelFactory[Block]):
    class Meta:
        model = Block

    issue = factory.SubFactory(IssueFactory)
    title = "De kaart groeit"
    body = "Dag {voornaam}, er staan **84** gerechten op. [Kijk maar](https://voorbeeld.example/kaart)."
