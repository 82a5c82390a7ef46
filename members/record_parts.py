"""The whole record of an organisation. Upper rooms register their sections; this room knows none of them."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from kring.foundation.records import Column, Section
from members.models import (
    Application,
    District,
    Invitation,
    Membership,
    MembershipTransition,
    Organisation,
    Role,
    Sector,
    SocialLink,
    TargetGroup,
)

_sections: list[Section] = []


def register(*sections: Section) -> None:
    known = {each.key for each in _sections}
    _sections.extend(each for each in sections if each.key not in known)


def sections() -> list[Section]:
    return list(_sections)


def profile(organisation: Organisation) -> QuerySet[Organisation]:
    return Organisation.objects.filter(pk=organisation.pk)


def sectors(organisation: Organisation) -> QuerySet[Sector]:
    return organisation.sectors.all()


def districts(organisation: Organisation) -> QuerySet[District]:
    return organisation.districts.all()


def target_groups(organisation: Organisation) -> QuerySet[TargetGroup]:
    return organisation.target_groups.all()


def links(organisation: Organisation) -> QuerySet[SocialLink]:
    return SocialLink.objects.filter(organisation=organisation).order_by("pk")


def memberships(organisation: Organisation) -> QuerySet[Membership]:
    return Membership.objects.filter(organisation=organisation).order_by("-pk")


def steps(organisation: Organisation) -> QuerySet[MembershipTransition]:
    found = MembershipTransition.objects.filter(membership__organisation=organisation)
    return found.order_by("-at", "-pk")


def roles(organisation: Organisation) -> QuerySet[Role]:
    return Role.objects.of(organisation).order_by("-since", "-pk")


def invitations(organisation: Organisation) -> QuerySet[Invitation]:
    return Invitation.objects.filter(organisation=organisation).order_by("-pk")


def applications(organisation: Organisation) -> QuerySet[Application]:
    return Application.objects.sent().filter(organisation=organisation).order_by("-pk")


# What the profile holds, under the names of its fields; the keys of other rows by their names.
PROFILE: dict[str, str | Column] = {
    "id": Column("uuid", _("nummer")),
    **{
        name: name
        for name in (
            *("kind", "slug", "name", "tagline", "story", "logo", "street", "house_number", "postcode", "city"),
            *("website", "email", "phone", "legal_form", "founding_year", "kvk_number", "rsin", "anbi", "anbi_url"),
            *("volunteers", "employees", "branch", "sbi_section", "company_size", "partner_member", "listed_on"),
            *("profile_confirmed_on", "created_at", "updated_at"),
        )
    },
    "main_sector": "main_sector__name",
    "business_area": "business_area__name",
    "contact": "contact__name",
}
NAME: dict[str, str | Column] = {"name": "name"}
MEMBERSHIP = Column("membership__uuid", _("lidmaatschap"))
MEMBERSHIPS: dict[str, str | Column] = {
    "id": Column("uuid", _("nummer")),
    **{name: name for name in ("status", "period", "applied_on", "contribution", "paid_until", "reason")},
}
STEPS: dict[str, str | Column] = {
    "membership": MEMBERSHIP,
    **{name: name for name in ("before", "after", "at", "note")},
    "by": Column("actor__name", _("wie")),
    "by_link": Column("actor_name", _("onder de naam")),
}
ROLES: dict[str, str | Column] = {
    "name": Column("user__name", _("wie")),
    "email": "user__email",
    **{name: name for name in ("role", "since", "until")},
}
INVITATIONS: dict[str, str | Column] = {
    **{name: name for name in ("name", "email", "role")},
    "invited_by": "invited_by__name",
    "made_at": "created_at",
    **{name: name for name in ("expires_at", "accepted_at", "withdrawn_at")},
}
APPLICATIONS: dict[str, str | Column] = {
    "id": Column("uuid", _("nummer")),
    **{name: name for name in ("kind", "name", "email", "phone", "answers", "motivation")},
    **{name: name for name in ("question", "answer", "outcome")},
    "made_at": "created_at",
    **{name: name for name in ("confirmed_at", "closed_at")},
}

register(
    Section("profile", _("Profiel"), profile, PROFILE),
    Section("sectors", _("Ook actief in"), sectors, NAME),
    Section("districts", _("Wijken"), districts, NAME),
    Section("target_groups", _("Doelgroepen"), target_groups, NAME),
    Section("links", _("Pagina's elders"), links, {"url": "url"}),
    Section("memberships", _("Lidmaatschappen"), memberships, MEMBERSHIPS),
    Section("membership_steps", _("Stappen in het lidmaatschap"), steps, STEPS),
    Section("roles", _("Rollen"), roles, ROLES),
    Section("invitations", _("Uitnodigingen"), invitations, INVITATIONS),
    Section("applications", _("Aanmeldingen"), applications, APPLICATIONS),
)
