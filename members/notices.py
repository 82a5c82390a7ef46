"""Which mail goes with which step in the life of an organisation, and to whom."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kring.accounts.models import User
from kring.mail.models import Kind
from kring.mail.posting import post, site
from kring.mail.recipients import Recipient
from members.duplicates import Likeness
from members.models import Application, Invitation, Membership, MembershipStatus, Organisation, Role

INVITATION = "invitation"
APPLICATION = "application"
PROFILE = "profile.confirm"

CONFIRM_WITHIN = dt.timedelta(hours=48)
FOLLOW_FOR = dt.timedelta(days=180)
CHECK_WITHIN = dt.timedelta(days=60)


def send(name: str, to: Iterable[Recipient], context: dict[str, Any], **told: Any) -> None:
    post(f"members/mail/{name}", to, context, **told)


def owners(organisation: Organisation) -> list[Recipient]:
    """Those who answer for it and can still sign in."""
    held = Role.objects.of(organisation).owners().held(timezone.localdate()).filter(user__is_active=True)
    return [Recipient.of(role.user) for role in held.select_related("user").order_by("pk")]


def board() -> list[Recipient]:
    return [Recipient.of(user) for user in User.objects.on_board(timezone.localdate()).order_by("pk")]


def about(organisation: Organisation) -> str:
    return f"organisation:{organisation.uuid}"


def about_invitation(invitation: Invitation) -> str:
    return f"invitation:{invitation.uuid}"


# --- applications ---


def applicant(application: Application) -> list[Recipient]:
    return [Recipient(email=application.email, name=application.name, language=application.language)]


def to_applicant(application: Application, name: str, label: Any, *, key: str = "", **more: Any) -> None:
    """A mail whose button leads to the applicant's own page, where the application can be followed."""
    send(
        name,
        applicant(application),
        {"application": application, **more},
        key=f"{name}:{application.uuid}:{key}",
        about=f"application:{application.uuid}",
        button=("", label),
        purpose=APPLICATION,
        subject=application.uuid,
        lasts=FOLLOW_FOR,
        single_use=False,
    )


def give_draft(application: Application) -> None:
    to_applicant(
        application,
        "application_draft",
        _("Ga verder met je aanmelding"),
        key=f"{application.saved_at:%Y%m%d%H%M%S%f}",
    )


def ask_to_confirm(application: Application) -> None:
    label = _("Ja, verstuur onze aanmelding")
    to_applicant(application, "application_confirm", label, key=f"{application.saved_at:%Y%m%d%H%M%S%f}")


def tell_of_application(application: Application, likely: list[Likeness]) -> None:
    to_applicant(application, "application_received", _("Volg je aanmelding"))
    to_board(application, "application_new", likely=likely)


def to_board(application: Application, name: str, key: str = "", **more: Any) -> None:
    send(
        name,
        board(),
        {"application": application, **more},
        key=f"{name}:{application.uuid}:{key}",
        about=f"application:{application.uuid}",
        button=(site(reverse("board:application", args=[application.uuid])), _("Bekijk de aanmelding")),
    )


def welcome(application: Application, invitation: Invitation) -> None:
    """The first owner is taken in: the button is the invitation."""
    send(
        "welcome",
        [Recipient(email=invitation.email, name=invitation.name, language=application.language)],
        {"application": application, "organisation": invitation.organisation},
        key=f"welcome:{application.uuid}",
        about=about_invitation(invitation),
        button=("", _("Log in en maak jullie profiel af")),
        purpose=INVITATION,
        subject=invitation.uuid,
        lasts=invitation.expires_at - invitation.created_at,
    )


# --- people ---


def invite(invitation: Invitation, at: dt.datetime) -> None:
    send(
        "invitation",
        [Recipient(email=invitation.email, name=invitation.name)],
        {"invitation": invitation},
        key=f"invitation:{invitation.uuid}:{at:%Y%m%d%H%M%S}",
        about=about_invitation(invitation),
        button=("", _("Bekijk de uitnodiging")),
        purpose=INVITATION,
        subject=invitation.uuid,
        lasts=invitation.expires_at - at,
    )


def people(organisation: Organisation) -> tuple[str, Any]:
    return site(reverse("members:people", args=[organisation.slug])), _("Bekijk wie er meedoen")


def tell_of_joining(invitation: Invitation, role: Role) -> None:
    others = [each for each in owners(role.organisation) if each.user != role.user]
    send(
        "joined",
        others,
        {"role": role},
        key=f"joined:{invitation.uuid}",
        about=about(role.organisation),
        button=people(role.organisation),
    )


def tell_of_change(role: Role, by: User) -> None:
    if role.user == by:
        return
    send(
        "role_changed",
        [Recipient.of(role.user)],
        {"role": role, "by": by},
        key=f"role-changed:{role.pk}",
        about=about(role.organisation),
        button=people(role.organisation),
    )


def tell_of_end(role: Role, by: User) -> None:
    send(
        "role_ended",
        [Recipient.of(role.user)],
        {"role": role, "by": by},
        key=f"role-ended:{role.pk}",
        about=about(role.organisation),
        button=(site(role.organisation.get_absolute_url()), _("Bekijk de organisatie")),
    )


def tell_owners_of_leaving(role: Role, by: User) -> None:
    send(
        "left",
        [each for each in owners(role.organisation) if each.user != by],
        {"role": role, "by": by if by != role.user else None},
        key=f"left:{role.pk}",
        about=about(role.organisation),
        button=people(role.organisation),
    )


def tell_of_handover(owner: Role, by: User) -> None:
    for to in (owner.user, by):
        send(
            "handed_over",
            [Recipient.of(to)],
            {"role": owner, "by": by, "is_owner": to == owner.user},
            key=f"handed-over:{owner.pk}:{by.pk}:{owner.since}",
            about=about(owner.organisation),
            button=(site(reverse("site:my")), _("Open Mijn kring")),
        )


def tell_of_appointment(role: Role, former: list[Role], by: User, reason: str) -> None:
    told = {"role": role, "by": by, "reason": reason}
    shared: dict[str, Any] = {"key": f"appointed:{role.pk}", "about": about(role.organisation)}
    button = (site(reverse("site:my")), _("Inloggen"))
    send("appointed", [Recipient.of(role.user)], told, button=button, **shared)
    others = [each.user for each in former if each.user != role.user]
    send("appointed_other", map(Recipient.of, others), told, button=people(role.organisation), **shared)


def tell_owners_of_another(role: Role, former: list[Role]) -> None:
    """By an application that went on in the name of their organisation."""
    send(
        "owner_by_application",
        [Recipient.of(each.user) for each in former],
        {"role": role},
        key=f"owner-by-application:{role.pk}",
        about=about(role.organisation),
        button=people(role.organisation),
    )


# --- the membership ---

STEPS = {
    MembershipStatus.TRIAL: "membership_trial",
    MembershipStatus.ACTIVE: "membership_active",
    MembershipStatus.SUSPENDED: "membership_suspended",
    MembershipStatus.RESIGNED: "membership_resigned",
    MembershipStatus.EXPELLED: "membership_expelled",
    MembershipStatus.FORMER: "membership_former",
}


def tell_of_step(membership: Membership, at: dt.datetime, note: str, *, by_member: bool = False) -> None:
    """The owners hear of every step; the board of what the member does."""
    organisation = membership.organisation
    name = STEPS[MembershipStatus(membership.status)]
    page = site(reverse("members:membership", args=[organisation.slug]))
    told = {"membership": membership, "organisation": organisation, "note": note, "by_member": by_member}
    shared: dict[str, Any] = {
        "key": f"{name}:{membership.uuid}:{at:%Y%m%d%H%M%S}",
        "about": about(organisation),
        "button": (page, _("Bekijk jullie lidmaatschap")),
    }
    send(name, owners(organisation) or _own_address(organisation), told | {"for_board": False}, **shared)
    if by_member:
        board_page = (site(reverse("board:organisation", args=[organisation.slug])), _("Bekijk de organisatie"))
        send(name, board(), told | {"for_board": True}, **(shared | {"button": board_page}))


def _own_address(organisation: Organisation) -> list[Recipient]:
    return [Recipient(email=organisation.email, name=organisation.name)] if organisation.email else []


# --- the profile ---


def ask_whether_true(organisation: Organisation, key: str) -> None:
    """'Klopt dit nog?', once a year, with one click."""
    send(
        "profile_check",
        owners(organisation),
        {"organisation": organisation},
        key=key,
        about=about(organisation),
        button=("", _("Ja, dit klopt nog")),
        choices=[("?keuze=veranderen", _("Verander het profiel"))],
        purpose=PROFILE,
        subject=organisation.uuid,
        lasts=CHECK_WITHIN,
        kind=Kind.REMINDER,
    )
