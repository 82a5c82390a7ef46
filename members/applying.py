"""Asking to belong: a draft that waits for its writer, an application that waits for the board, and its decision."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.models import ProtectedError
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from kring.accounts.models import User
from kring.foundation import trail
from kring.foundation.actors import Actor
from kring.mail import links, outbox
from members import duplicates, notices, people
from members.models import (
    Application,
    District,
    Invitation,
    Membership,
    MembershipStatus,
    Organisation,
    OrganisationKind,
    Outcome,
    RoleKind,
)
from members.models.roles import lock_owners
from members.people import Guest


class ApplicationOver(Exception):
    """An application that was decided on, or withdrawn, in the meantime."""


class BelongsAlready(Exception):
    """An organisation has one membership, or one application for it, at a time."""


class InUse(Exception):
    """What was made for an application has a life here by now, such as an owner: it cannot go up in another."""


def free_slug(name: str) -> str:
    """An address on the site that no other organisation has, after its name."""
    wanted = slugify(name)[:70].strip("-") or "organisatie"
    taken = set(Organisation.objects.filter(slug__startswith=wanted).values_list("slug", flat=True))
    numbered = (f"{wanted}-{number}" for number in range(2, len(taken) + 3))
    return wanted if wanted not in taken else next(slug for slug in numbered if slug not in taken)


# --- Writing it ---


@transaction.atomic
def begin(application: Application, at: dt.datetime, *, complete: bool) -> Application:
    """Keeps what was typed, and mails the link by which its writer goes on or sends it.

    The same `once` again is the same application, also with another address: until somebody came by the link, what was
    typed last counts, and the link that went to the wrong address ends.
    """
    application.created_at = application.saved_at = at
    Application.objects.bulk_create([application], ignore_conflicts=True)
    stored = Application.objects.select_for_update(of=("self",)).get(once=application.once)
    if stored.uuid == application.uuid or _corrected(stored, application, at):
        (notices.ask_to_confirm if complete else notices.give_draft)(stored)
    return stored


# What is typed on the page.
TYPED = ("email", "name", "phone", "language", "answers", "motivation")


def _corrected(stored: Application, typed: Application, at: dt.datetime) -> bool:
    """Whether what was kept is another now: the links of before end, and their mails."""
    if stored.proven_at or not stored.is_draft:
        return False
    if all(getattr(stored, name) == getattr(typed, name) for name in TYPED):
        return False
    for name in TYPED:
        setattr(stored, name, getattr(typed, name))
    stored.saved_at = at
    stored.save(update_fields=["saved_at", *TYPED])
    links.revoke(notices.APPLICATION, stored.uuid, at)
    outbox.cancel(f"application:{stored.uuid}")
    return True


@transaction.atomic
def save(application: Application, typed: dict[str, Any], at: dt.datetime) -> None:
    """What was typed behind the link of the mail, which shows that the address is real."""
    stored = _draft(application)
    for field, value in typed.items():
        setattr(stored, field, value)
    stored.saved_at = at
    stored.proven_at = stored.proven_at or at
    stored.save(update_fields=["saved_at", "proven_at", *typed])


@transaction.atomic
def send(
    application: Application,
    organisation: Organisation,
    by: Actor,
    at: dt.datetime,
    *,
    districts: Iterable[District] = (),
) -> None:
    """Puts it before the board, with the organisation as it describes itself. Raises ApplicationOver."""
    trail.sign(by, at)
    stored = _draft(application)
    organisation.slug = free_slug(organisation.name)
    organisation.created_at = at
    organisation.save()
    organisation.districts.set(districts)
    if stored.kind == OrganisationKind.MEMBER:
        stored.membership = _applied(organisation, at)
    stored.organisation = organisation
    stored.confirmed_at = at
    stored.proven_at = stored.proven_at or at
    stored.save(update_fields=["organisation", "membership", "confirmed_at", "proven_at"])
    _tell_the_board(stored, organisation)


@transaction.atomic
def rejoin(organisation: Organisation, by: User, at: dt.datetime, *, motivation: str) -> Application:
    """A former member asks to come back: a new membership beside the old ones. Raises BelongsAlready."""
    trail.sign(Actor.of(by), at)
    locked = Organisation.objects.select_for_update(of=("self",)).get(pk=organisation.pk)
    if locked.kind != OrganisationKind.MEMBER or Membership.objects.of(locked).going_on().exists():
        raise BelongsAlready
    application = Application.objects.create(
        organisation=locked,
        membership=_applied(locked, at),
        name=by.get_full_name()[:120],
        email=by.email,
        phone=by.phone,
        language=by.language,
        motivation=motivation,
        created_at=at,
        saved_at=at,
        proven_at=at,
        confirmed_at=at,
    )
    _tell_the_board(application, locked)
    return application


def _tell_the_board(application: Application, organisation: Organisation) -> None:
    """With what it is likely to be already."""
    likely = duplicates.likely(organisation, writer=application.email)
    application.likeness = likely[0].as_json() if likely else None
    application.save(update_fields=["likeness"])
    notices.tell_of_application(application, likely)


def _applied(organisation: Organisation, at: dt.datetime) -> Membership:
    return Membership.objects.create(
        organisation=organisation, status=MembershipStatus.APPLIED, applied_on=timezone.localdate(at)
    )


def _draft(application: Application) -> Application:
    stored = Application.objects.select_for_update(of=("self",)).get(pk=application.pk)
    if not stored.is_draft:
        raise ApplicationOver
    return stored


def _open(application: Application) -> Application:
    related = Application.objects.select_related("organisation", "membership__organisation")
    stored = related.select_for_update(of=("self",)).get(pk=application.pk)
    if stored.is_draft or stored.outcome:
        raise ApplicationOver
    return stored


# --- Questions, and taking it back ---


@transaction.atomic
def ask(application: Application, by: User, at: dt.datetime, *, question: str) -> None:
    """The board wants to know more; it waits for the answer. Raises ApplicationOver."""
    stored = _open(application)
    if stored.membership is not None and stored.membership.status == MembershipStatus.APPLIED:
        stored.membership.ask(Actor.of(by), at, question=question)
    stored.question, stored.asked_at = question, at
    stored.answer, stored.answered_at = "", None
    stored.save(update_fields=["question", "asked_at", "answer", "answered_at"])
    notices.to_applicant(stored, "application_question", _("Beantwoord de vraag"), key=f"{at:%Y%m%d%H%M%S}")


@transaction.atomic
def answer(application: Application, by: Actor, at: dt.datetime, *, text: str) -> None:
    """Raises ApplicationOver; an answer to a question that has one already changes nothing."""
    stored = _open(application)
    if not stored.waits_for_answer:
        return
    if stored.membership is not None:
        stored.membership.answer(by, at, answer=text)
    stored.answer, stored.answered_at = text, at
    stored.save(update_fields=["answer", "answered_at"])
    notices.to_board(stored, "application_answered", key=f"{at:%Y%m%d%H%M%S}")


@transaction.atomic
def withdraw(application: Application, by: Actor, at: dt.datetime, *, reason: str = "") -> None:
    stored = _open(application)
    if stored.membership is not None:
        stored.membership.withdraw(by, at, reason=reason)
    _close(stored, Outcome.WITHDRAWN, at)
    notices.to_board(stored, "application_withdrawn")


# --- What the board decides ---


@transaction.atomic
def accept(
    application: Application, by: User, at: dt.datetime, *, trial: bool = False, into: Organisation | None = None
) -> Organisation:
    """Takes the organisation in, with who wrote the application as its first owner.

    `into` is one that was here already, such as a former member: the application goes on in its name, and what was
    made for it goes away. Who owned it before is told. A business is on the list from now on. Raises ApplicationOver,
    BelongsAlready, InUse, and AccountClosed for a writer who cannot sign in any more.
    """
    trail.sign(Actor.of(by), at)
    stored = _open(application)
    organisation = _merged(stored, into) if into is not None else stored.organisation
    if organisation is None:
        raise ApplicationOver
    former = lock_owners(organisation.pk, timezone.localdate(at))
    user = people.account_of(Guest(stored.email, stored.name), stored.language)
    role = people.grant(user, organisation, RoleKind.OWNER, Actor.of(by), at)
    if role not in former:
        notices.tell_owners_of_another(role, former)
    if stored.membership is not None:
        _back_to_the_board(stored.membership, by, at)
        stored.membership.accept(Actor.of(by), at, trial=trial)
    else:
        organisation.listed_on = organisation.listed_on or timezone.localdate(at)
        organisation.save(update_fields=["listed_on", "updated_at"])
    _close(stored, Outcome.ACCEPTED, at)
    notices.welcome(stored, _first_invitation(organisation, stored, by, at))
    return organisation


@transaction.atomic
def reject(application: Application, by: User, at: dt.datetime, *, reason: str) -> None:
    """Raises ApplicationOver."""
    stored = _open(application)
    if stored.membership is not None:
        stored.membership.reject(Actor.of(by), at, reason=reason)
    _close(stored, Outcome.REJECTED, at)
    notices.to_applicant(stored, "application_rejected", _("Bekijk je aanmelding"), reason=reason)


def _back_to_the_board(membership: Membership, by: User, at: dt.datetime) -> None:
    """The board need not wait for the answer to its own question."""
    if membership.status == MembershipStatus.INFO_REQUESTED:
        membership.answer(Actor.of(by), at, answer="")


def _merged(application: Application, into: Organisation) -> Organisation:
    made, membership = application.organisation, application.membership
    locked = Organisation.objects.select_for_update(of=("self",)).get(pk=into.pk)
    if locked.kind != application.kind or made is None or made == locked:
        raise BelongsAlready
    if membership is not None:
        if Membership.objects.of(locked).going_on().exists():
            raise BelongsAlready
        membership.organisation = locked
        membership.save(update_fields=["organisation"])
    application.organisation = locked
    application.save(update_fields=["organisation"])
    try:
        made.delete()
    except ProtectedError as error:
        raise InUse from error
    return locked


def _first_invitation(organisation: Organisation, application: Application, by: User, at: dt.datetime) -> Invitation:
    """The owner serves from now on; the invitation is the way in for the first time."""
    for earlier in Invitation.objects.open().filter(organisation=organisation, email__iexact=application.email):
        people.withdraw(earlier, by, at)
    return Invitation.objects.create(
        organisation=organisation,
        email=application.email.lower(),
        name=application.name,
        role=RoleKind.OWNER,
        invited_by=by,
        created_at=at,
        expires_at=at + people.INVITED_FOR,
    )


def _close(application: Application, outcome: Outcome, at: dt.datetime) -> None:
    application.outcome, application.closed_at = outcome, at
    application.save(update_fields=["outcome", "closed_at"])


# --- Keeping house ---


def forget_unconfirmed(now: dt.datetime) -> int:
    """Erases drafts that nobody went on with (Application.to_forget); returns how many."""
    forgotten = 0
    for application in Application.objects.to_forget(now):
        links.revoke(notices.APPLICATION, application.uuid, now)
        outbox.cancel(f"application:{application.uuid}")
        forgotten += application.delete()[0]
    return forgotten
