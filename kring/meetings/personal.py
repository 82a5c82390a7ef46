"""What this room keeps of people."""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from kring.accounts.models import User
from kring.accounts.personal import FOR_EVER
from kring.foundation.personal import Basis, Kept, declare_impersonal, register
from kring.foundation.records import Column, Section
from kring.meetings.models import InvitationRound, MeetingTransition, Minutes, Outcome, SignUp
from members.models import Organisation


def sign_ups(user: User) -> QuerySet[SignUp]:
    return SignUp.objects.filter(Q(user=user) | Q(email__iexact=user.email)).order_by("-created_at", "-pk")


def outcomes(user: User) -> QuerySet[Outcome]:
    return Outcome.objects.filter(Q(written_by=user) | Q(sign_up__user=user)).order_by("-at", "-pk")


def makers(user: User) -> QuerySet[Organisation]:
    """What stands in the own name, of somebody who promised something and belongs to no organisation."""
    guests = Organisation.objects.businesses().filter(listed_on=None, roles=None)
    return guests.filter(meeting_outcomes__sign_up__isnull=False, email__iexact=user.email).distinct().order_by("pk")


def minutes(user: User) -> QuerySet[Minutes]:
    return Minutes.objects.filter(Q(written_by=user) | Q(approved_by=user)).order_by("-written_at")


def rounds(user: User) -> QuerySet[InvitationRound]:
    return InvitationRound.objects.filter(asked_by=user).order_by("-asked_at", "-pk")


def steps(user: User) -> QuerySet[MeetingTransition]:
    return MeetingTransition.objects.filter(actor=user).order_by("-at", "-pk")


MEETING = Column("meeting__title", _("bijeenkomst"))

register(
    Kept(
        Section(
            "meeting_sign_ups",
            _("Bijeenkomsten waarvoor je je aanmeldde"),
            sign_ups,
            {
                "id": Column("uuid", _("nummer")),
                "meeting": MEETING,
                "state": "state",
                "name": "name",
                "organisation": "organisation_name",
                "email": "email",
                "people": "people",
                "needs": "needs",
                "show_name": "show_name",
                "signed_up_at": "created_at",
                "confirmed_at": "confirmed_at",
                "cancelled_at": "cancelled_at",
                "checked_in_at": "checked_in_at",
                "came": "came",
            },
        ),
        purpose=_("Om te weten wie er komt, wie er was en wat iemand nodig heeft."),
        basis=Basis.AGREEMENT,
        retention=_(
            "zonder bevestiging twee dagen; wat je eet of nodig hebt tot een maand na de bijeenkomst, je naam en "
            "adres tot drie maanden erna. Daarna alleen de organisatie, het aantal en een code waaraan we zien of "
            "iemand er eerder was"
        ),
        covers=frozenset(
            f"meetings.SignUp.{name}" for name in ("name", "organisation_name", "email", "user", "needs", "person")
        ),
    ),
    Kept(
        Section(
            "meeting_outcomes",
            _("Wat jij opschreef of toezegde op een bijeenkomst"),
            outcomes,
            {"meeting": MEETING, "kind": "kind", "text": "text", "who": "who", "due_on": "due_on", "at": "at"},
        ),
        purpose=_("Om vast te leggen wat er op een bijeenkomst is afgesproken."),
        basis=Basis.INTEREST,
        retention=_(
            "de naam van een mens die erbij staat tot drie maanden na de bijeenkomst; de rest zolang de kring bestaat"
        ),
        covers=frozenset({"meetings.Outcome.written_by", "meetings.Outcome.who"}),
    ),
    Kept(
        Section(
            "meeting_makers",
            _("Jouw naam en adres, als je op een bijeenkomst iets toezegde en niet bij een organisatie hoort"),
            makers,
            {"name": "name", "email": "email", "since": "created_at"},
        ),
        purpose=_("Om je te kunnen mailen over wat je toezegde."),
        basis=Basis.AGREEMENT,
        retention=_("tot alles wat je toezegde voorbij is, en nog drie maanden na de bijeenkomst"),
        covers=frozenset(),
    ),
    Kept(
        Section(
            "minutes",
            _("Verslagen die jij schreef of goedkeurde"),
            minutes,
            {
                "meeting": MEETING,
                "text": "text",
                "written_at": "written_at",
                "approved_at": "approved_at",
                "published_at": "published_at",
            },
        ),
        purpose=_("Om te laten zien wie voor een verslag instaat."),
        basis=Basis.INTEREST,
        retention=FOR_EVER,
        covers=frozenset({f"meetings.Minutes.{name}" for name in ("written_by", "approved_by", "text")}),
    ),
    Kept(
        Section(
            "invitation_rounds",
            _("Uitnodigingen die jij liet versturen"),
            rounds,
            {"meeting": MEETING, "audience": "audience", "asked_at": "asked_at", "written": "written"},
        ),
        purpose=_("Om na te kunnen gaan wie wie uitnodigde."),
        basis=Basis.INTEREST,
        retention=FOR_EVER,
        covers=frozenset({"meetings.InvitationRound.asked_by"}),
    ),
    Kept(
        Section(
            "meeting_steps",
            _("Stappen van bijeenkomsten die jij zette"),
            steps,
            {"meeting": MEETING, "before": "before", "after": "after", "at": "at", "note": "note"},
        ),
        purpose=_("Om te kunnen uitleggen wie een bijeenkomst publiceerde, afsloot of afzegde."),
        basis=Basis.INTEREST,
        retention=FOR_EVER,
        covers=frozenset(f"meetings.MeetingTransition.{name}" for name in ("actor", "actor_name", "note")),
    ),
)
declare_impersonal(
    "What the board tells of an evening.", *(f"meetings.Meeting.{name}" for name in ("address", "practical", "intro"))
)
declare_impersonal(
    "How a kind of evening goes.", *(f"meetings.Template.{name}" for name in ("name", "intro", "agenda"))
)
