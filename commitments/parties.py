"""Who speaks for a party: whom to write to, and who may act for it."""

from __future__ import annotations

from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from commitments.models import Commitment, Enquiry, Side
from kring.accounts.access import is_board
from kring.accounts.models import User
from kring.mail.recipients import Recipient
from members.models import Organisation, OrganisationKind, Role


def _is_the_board(organisation: Organisation | None) -> bool:
    """As a party of its own, for what it promises; nobody holds a role there."""
    return organisation is not None and organisation.kind == OrganisationKind.BOARD


def contacts(organisation: Organisation | None, preferred: User | None = None) -> list[Recipient]:
    """Whom to write to: the named contact who has a role there, else all who have one, else its own address.

    For the whole circle (None) that is the board; for what the board promised itself, who took it on.
    """
    today = timezone.localdate()
    if organisation is None or _is_the_board(organisation):
        board = list(User.objects.on_board(today).order_by("pk"))
        return [Recipient.of(user) for user in ([preferred] if preferred in board else board)]
    roles = Role.objects.held(today).of(organisation).filter(user__is_active=True).select_related("user")
    users = [role.user for role in roles]
    if preferred is not None and preferred in users:
        return [Recipient.of(preferred)]
    if users:
        return [Recipient.of(user) for user in users]
    return [Recipient(email=organisation.email, name=organisation.name)] if organisation.email else []


def promisors(commitment: Commitment) -> list[Recipient]:
    return contacts(commitment.promisor, commitment.promisor_contact)


def beneficiaries(commitment: Commitment) -> list[Recipient]:
    return contacts(commitment.beneficiary, commitment.beneficiary_contact)


def on_side(commitment: Commitment, side: str) -> list[Recipient]:
    """Whom to write to on one side; with no side named the board."""
    if not side:
        return contacts(None)
    return promisors(commitment) if side == Side.PROMISOR else beneficiaries(commitment)


def answerers(commitment: Commitment) -> list[Recipient]:
    """Who has to say yes or no to a proposal still."""
    return [who for side in commitment.waits_for for who in on_side(commitment, side)]


def others(commitment: Commitment, side: str) -> list[Recipient]:
    """Who has to hear what one side did; when the board did it, both sides. Nobody twice."""
    told = [who for each in Side.values if each != side for who in on_side(commitment, each)]
    return list({who.email: who for who in told}.values())


def askers(enquiry: Enquiry) -> list[Recipient]:
    """Who asked: for an organisation the user who did, while in it; else the address that was confirmed."""
    if enquiry.asker is not None and enquiry.asked_by is not None:
        return contacts(enquiry.asker, enquiry.asked_by)
    return [Recipient(email=enquiry.email, name=enquiry.name)]


def receivers(enquiry: Enquiry) -> list[Recipient]:
    offering = enquiry.offering
    return contacts(enquiry.receiver, offering.contact if offering else None)


# --- who may act ---


def serves(user: User | AnonymousUser, organisation: Organisation | None) -> bool:
    """Whether the user speaks for a party; for the whole circle that is the board, as for the board itself."""
    if not user.is_authenticated:
        return False
    if organisation is None or _is_the_board(organisation):
        return is_board(user)
    return Role.objects.held(timezone.localdate()).of(organisation).filter(user=user).exists()


def still_serves(user: User | None, organisation: Organisation | None) -> bool:
    """Whether who once got a mail for a party may still act for it; an address without an account may."""
    if user is None:
        return True
    now = User.objects.with_board_seat(timezone.localdate()).filter(pk=user.pk, is_active=True).first()
    return now is not None and serves(now, organisation)


def is_involved(user: User | AnonymousUser, commitment: Commitment) -> bool:
    """Either side, and the board: these know who to speak to."""
    return is_board(user) or bool(sides_of(user, commitment))


def side_of(commitment: Commitment, side: str) -> Organisation | None:
    """The organisation on that side; none is the whole circle, for which the board speaks."""
    return commitment.promisor if side == Side.PROMISOR else commitment.beneficiary


def sides_of(user: User | AnonymousUser, commitment: Commitment) -> tuple[str, ...]:
    """The sides that a user speaks for: by a role there, and the board for the whole circle and for itself."""
    if not user.is_authenticated:
        return ()
    held = Role.objects.held(timezone.localdate()).filter(user=user)
    keys = {commitment.promisor_id, commitment.beneficiary_id} - {None}
    own: set[int | None] = set(held.filter(organisation__in=keys).values_list("organisation_id", flat=True))
    if is_board(user):
        boards = (each for each in (commitment.promisor, commitment.beneficiary) if _is_the_board(each))
        own |= {None, *(each.pk for each in boards if each)}
    ids = {Side.PROMISOR.value: commitment.promisor_id, Side.BENEFICIARY.value: commitment.beneficiary_id}
    return tuple(side for side, key in ids.items() if key in own)


def may_withdraw(user: User | AnonymousUser, commitment: Commitment) -> bool:
    """Who wrote the proposal, or the draft of one."""
    if commitment.proposing_side:
        return serves(user, side_of(commitment, commitment.proposing_side))
    return is_board(user)
