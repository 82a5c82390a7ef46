"""Each of this room's mails with data that nobody has."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext_lazy as _

from kring.accounts.models import User
from kring.mail.models import Kind
from kring.mail.samples import Sample, register
from members.duplicates import Likeness
from members.models import (
    Application,
    Invitation,
    Membership,
    MembershipStatus,
    Organisation,
    OrganisationKind,
    Role,
    RoleKind,
)

DAY = dt.date(2026, 12, 31)
LOOK, PEOPLE, MEMBERSHIP = _("Bekijk de organisatie"), _("Bekijk wie er meedoen"), _("Bekijk jullie lidmaatschap")
FOLLOW, SUBMIT = _("Volg je aanmelding"), _("Ja, verstuur onze aanmelding")
ANSWER, CONSIDER = _("Beantwoord de vraag"), _("Bekijk de aanmelding")


def organisation() -> Organisation:
    return Organisation(
        kind=OrganisationKind.MEMBER,
        name="Taalhuis De Schrijfplank",
        slug="taalhuis-de-schrijfplank",
        tagline="Samen beter lezen, schrijven en rekenen.",
        profile_confirmed_on=dt.date(2025, 11, 26),
    )


def application() -> Application:
    answers = {"name": "Taalhuis De Schrijfplank"}
    return Application(
        organisation=organisation(),
        name="Nadia Hoogerduijn",
        email="nadia@voorbeeld.example",
        motivation="We kennen veel mensen die iets willen doen voor de stad.\nDie brengen we graag mee.",
        question="Hoeveel vrijwilligers hebben jullie?",
        answer="Ongeveer veertig, de meesten één avond in de week.",
        answers=answers,
    )


def of_application() -> dict[str, Any]:
    return {
        "application": application(),
        "organisation": organisation(),
        "likely": [Likeness(Organisation(name="Taalhuis Schrijfplank"), ["name"])],
        "reason": "De kring is voor organisaties zonder winstoogmerk.",
    }


def of_role() -> dict[str, Any]:
    role = Role(user=User(name="Sanne de Wit"), organisation=organisation(), role=RoleKind.EDITOR)
    return {
        "role": role,
        "by": User(name="Omar Haddad"),
        "is_owner": True,
        "reason": "De vorige beheerder is gestopt.",
    }


def of_invitation() -> dict[str, Any]:
    inviter = User(name="Omar Haddad")
    return {"invitation": Invitation(organisation=organisation(), invited_by=inviter, role=RoleKind.EDITOR)}


def of_membership() -> dict[str, Any]:
    membership = Membership(
        organisation=organisation(), status=MembershipStatus.RESIGNED, period=DateRange(dt.date(2014, 12, 1), DAY)
    )
    return {
        "membership": membership,
        "organisation": organisation(),
        "note": "We gaan samen verder met een andere organisatie.",
        "by_member": False,
        "for_board": False,
    }


def of(name: str, when: Any, told: Any, button: Any, **more: Any) -> Sample:
    return Sample(f"members/mail/{name}", when, told, button, **more)


register(
    of("application_draft", _("Een aanmelding is bewaard"), of_application, _("Ga verder met je aanmelding")),
    of("application_confirm", _("Iemand meldt een organisatie aan"), of_application, SUBMIT),
    of("application_received", _("Een aanmelding is bevestigd"), of_application, FOLLOW),
    of("application_new", _("Aan het bestuur: een aanmelding"), of_application, CONSIDER),
    of("application_question", _("Het bestuur vraagt iets aan de aanvrager"), of_application, ANSWER),
    of("application_answered", _("Aan het bestuur: de aanvrager antwoordt"), of_application, CONSIDER),
    of("application_rejected", _("Een aanmelding is afgewezen"), of_application, _("Bekijk je aanmelding")),
    of("application_withdrawn", _("Aan het bestuur: ingetrokken"), of_application, CONSIDER),
    of("welcome", _("Een organisatie is aangenomen"), of_application, _("Log in en maak jullie profiel af")),
    of("invitation", _("Iemand wordt uitgenodigd"), of_invitation, _("Bekijk de uitnodiging")),
    of("joined", _("Een uitnodiging is aangenomen"), of_role, PEOPLE),
    of("left", _("Iemand doet niet meer mee"), of_role, PEOPLE),
    of("role_changed", _("Iemands rol is veranderd"), of_role, PEOPLE),
    of("role_ended", _("Iemands rol is beëindigd"), of_role, LOOK),
    of("handed_over", _("Het beheer is overgedragen"), of_role, _("Open Mijn kring")),
    of("appointed", _("Het bestuur wijst een beheerder aan"), of_role, _("Inloggen")),
    of("appointed_other", _("Aan de andere beheerders: er is iemand aangewezen"), of_role, PEOPLE),
    of("owner_by_application", _("Aan de andere beheerders: een aanmelding is aangenomen"), of_role, PEOPLE),
    of("membership_trial", _("Een organisatie blijft aspirant-lid"), of_membership, MEMBERSHIP),
    of("membership_active", _("Een organisatie is lid"), of_membership, MEMBERSHIP),
    of("membership_suspended", _("Een lidmaatschap is geschorst"), of_membership, MEMBERSHIP),
    of("membership_resigned", _("Een lidmaatschap is opgezegd"), of_membership, MEMBERSHIP),
    of("membership_expelled", _("Een organisatie is ontzet"), of_membership, MEMBERSHIP),
    of("membership_former", _("Een lidmaatschap is voorbij"), of_membership, MEMBERSHIP),
    of(
        "profile_check",
        _("Eén keer per jaar: klopt het profiel nog?"),
        lambda: {"organisation": organisation()},
        _("Ja, dit klopt nog"),
        choices=[_("Verander het profiel")],
        kind=Kind.REMINDER,
    ),
)
