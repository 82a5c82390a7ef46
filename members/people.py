"""Who serves an organisation: inviting, joining, changing, handing over, leaving.

Every step locks the organisation first, so that two at once see each other.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from kring.accounts.models import User
from kring.foundation import trail
from kring.foundation.actors import Actor
from kring.mail import links, outbox
from members import notices
from members.models import Invitation, InvitationOver, Membership, Organisation, Role, RoleKind, RoleOver
from members.models.roles import lock_owners

INVITED_FOR = dt.timedelta(days=7)
MOST_OPEN = 30
SAME_PRESS = dt.timedelta(minutes=1)


class ServesAlready(Exception):
    """Who was invited has this role already, or a larger one."""


class AccountClosed(Exception):
    """Who is to serve cannot sign in any more."""


class TooManyInvited(Exception):
    """More invitations are open than any organisation has people to invite."""


@dataclass(frozen=True)
class Guest:
    """Somebody to be given a role, as they were written down; `user` when the address is known here."""

    email: str
    name: str = ""

    @property
    def user(self) -> User | None:
        return User.objects.filter(email__iexact=self.email).first()


def sole_of(user: User, today: dt.date) -> list[Organisation]:
    """The organisations that belong to the circle and that nobody else answers for."""
    others = Role.objects.owners().open().held(today).able().exclude(user=user).filter(organisation=OuterRef("pk"))
    belonging = Membership.objects.current(today).filter(organisation=OuterRef("pk"))
    own = Role.objects.owners().open().held(today).filter(user=user).values("organisation")
    return list(Organisation.objects.filter(~Exists(others), Exists(belonging), pk__in=own).order_by("name"))


def owners_of(organisations: Iterable[Organisation], today: dt.date) -> dict[int, list[User]]:
    """Who answers for each of these today and can sign in."""
    held = Role.objects.filter(organisation__in=list(organisations)).owners().held(today).able()
    found: dict[int, list[User]] = defaultdict(list)
    for role in held.select_related("user"):
        found[role.organisation_id].append(role.user)
    return found


def role_of(user: User, organisation: Organisation, today: dt.date) -> Role | None:
    return Role.objects.of(organisation).held(today).open().filter(user=user).first()


@transaction.atomic
def invite(
    organisation: Organisation, guest: Guest, role: str, by: User, at: dt.datetime, *, hands_over: bool = False
) -> Invitation:
    """Offers a role by mail, for a week. An address that was invited already gets this offer instead.

    Raises ServesAlready, AccountClosed and TooManyInvited.
    """
    trail.sign(Actor.of(by), at)
    lock_owners(organisation.pk, timezone.localdate(at))
    user = guest.user
    held = role_of(user, organisation, timezone.localdate(at)) if user else None
    if user is not None and not user.is_active:
        raise AccountClosed
    if held is not None and held.role in {role, RoleKind.OWNER}:
        raise ServesAlready
    waiting = Invitation.objects.open().filter(organisation=organisation)
    for earlier in waiting.filter(email__iexact=guest.email):
        _withdraw(earlier, at)
    if waiting.count() >= MOST_OPEN:
        raise TooManyInvited
    invitation = Invitation.objects.create(
        organisation=organisation,
        email=guest.email.lower(),
        name=guest.name,
        role=role,
        hands_over=hands_over,
        invited_by=by,
        created_at=at,
        expires_at=at + INVITED_FOR,
    )
    notices.invite(invitation, at)
    return invitation


@transaction.atomic
def send_again(invitation: Invitation, by: User, at: dt.datetime) -> None:
    """Another week, with a new link; the old one ends. A second press within a minute is the same one.

    Raises InvitationOver when it was accepted or withdrawn.
    """
    trail.sign(Actor.of(by), at)
    stored = _locked(invitation)
    if stored.expires_at > at + INVITED_FOR - SAME_PRESS:
        return
    stored.expires_at = at + INVITED_FOR
    stored.save(update_fields=["expires_at"])
    links.revoke(notices.INVITATION, stored.uuid, at)
    notices.invite(stored, at)


@transaction.atomic
def withdraw(invitation: Invitation, by: User, at: dt.datetime) -> None:
    """Raises InvitationOver when it was accepted in the meantime."""
    trail.sign(Actor.of(by), at)
    _withdraw(_locked(invitation), at)


def _locked(invitation: Invitation) -> Invitation:
    stored = Invitation.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=invitation.pk)
    if stored.accepted_at or stored.withdrawn_at:
        raise InvitationOver
    return stored


def _withdraw(invitation: Invitation, at: dt.datetime) -> None:
    invitation.withdrawn_at = at
    invitation.save(update_fields=["withdrawn_at"])
    links.revoke(notices.INVITATION, invitation.uuid, at)
    outbox.cancel(notices.about_invitation(invitation))


@transaction.atomic
def accept(invitation: Invitation, by: Actor, at: dt.datetime) -> User:
    """Who was invited takes the role; an account is made for an address that has none. Returns whose it is.

    Raises InvitationOver for one that is past its time or was withdrawn, or when that account was closed.
    """
    trail.sign(by, at)
    organisation = invitation.organisation
    lock_owners(organisation.pk, timezone.localdate(at))
    stored = _locked(invitation)
    if not stored.is_open(at):
        raise InvitationOver
    try:
        user = account_of(Guest(stored.email, stored.name))
    except AccountClosed as error:
        raise InvitationOver from error
    stored.accepted_at = at
    stored.save(update_fields=["accepted_at"])
    role = grant(user, organisation, stored.role, by, at)
    if stored.hands_over:
        _step_back(stored.invited_by, organisation, by, at)
    notices.tell_of_joining(stored, role)
    return user


def account_of(guest: Guest, language: str = "nl") -> User:
    """The account with this address, made if there is none. Raises AccountClosed."""
    user = guest.user or User.objects.create_user(guest.email, name=guest.name, language=language)
    if not user.is_active:
        raise AccountClosed
    return user


def grant(user: User, organisation: Organisation, role: str, by: Actor, at: dt.datetime) -> Role:
    """Gives somebody a role from today. Who owns the organisation already keeps that."""
    today = timezone.localdate(at)
    lock_owners(organisation.pk, today)
    held = role_of(user, organisation, today)
    if held is None:
        return Role.objects.create(user=user, organisation=organisation, role=role, since=today)
    return held if held.role == RoleKind.OWNER else held.change(role, by, at)


def _step_back(user: User, organisation: Organisation, by: Actor, at: dt.datetime) -> None:
    """From owner to editor, if still an owner."""
    held = role_of(user, organisation, timezone.localdate(at))
    if held is not None and held.role == RoleKind.OWNER:
        held.change(RoleKind.EDITOR, by, at)


@transaction.atomic
def change_role(held: Role, role: str, by: User, at: dt.datetime) -> Role:
    """Raises LastOwner, RoleOver."""
    changed = held.change(role, Actor.of(by), at)
    if changed.pk != held.pk:
        notices.tell_of_change(changed, by)
    return changed


@transaction.atomic
def remove(held: Role, by: User, at: dt.datetime) -> None:
    """Ends somebody's role, one's own too. Whom somebody invited who was taken away does not come in by that any more.

    Raises LastOwner, RoleOver.
    """
    held.end(Actor.of(by), at)
    if held.user != by:
        for invitation in Invitation.objects.open().filter(organisation=held.organisation, invited_by=held.user):
            _withdraw(invitation, at)
        notices.tell_of_end(held, by)
    notices.tell_owners_of_leaving(held, by)


@transaction.atomic
def hand_over(own: Role, to: Role, by: User, at: dt.datetime, *, leaves: bool) -> Role:
    """Another owns the organisation from today, and who did is an editor or leaves. Raises RoleOver."""
    trail.sign(Actor.of(by), at)
    lock_owners(own.organisation_id, timezone.localdate(at))
    if own.role != RoleKind.OWNER or to.organisation_id != own.organisation_id or to.user_id == own.user_id:
        raise RoleOver
    owner = to.change(RoleKind.OWNER, Actor.of(by), at)
    if leaves:
        own.end(Actor.of(by), at)
    else:
        own.change(RoleKind.EDITOR, Actor.of(by), at)
    notices.tell_of_handover(owner, by)
    return owner


@transaction.atomic
def appoint(organisation: Organisation, guest: Guest, by: User, at: dt.datetime, *, reason: str) -> Role:
    """The board makes somebody owner when nobody answers. The new one is mailed, and who owned it before.

    Raises AccountClosed.
    """
    trail.sign(Actor.of(by), at, reason)
    former = lock_owners(organisation.pk, timezone.localdate(at))
    user = account_of(guest)
    role = grant(user, organisation, RoleKind.OWNER, Actor.of(by), at)
    notices.tell_of_appointment(role, former, by, reason)
    return role
