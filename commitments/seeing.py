"""Who sees what of somebody who is the contact for a commitment, or wrote in an enquiry."""

from __future__ import annotations

import datetime as dt

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from commitments.models import Commitment, CommitmentState, Enquiry, EnquiryState
from kring.accounts import personal as accounts
from kring.accounts.models import User
from kring.foundation.personal import Datum, Sight, register_sight
from members.models import Role
from members.seeing import others, serving


def as_contact(user: User, today: dt.date) -> list[Sight]:
    """The people of both parties, and the board; of a draft only who writes it. See parties.is_involved."""
    named = Commitment.objects.filter(Q(promisor_contact=user) | Q(beneficiary_contact=user))
    drafts = named.filter(state=CommitmentState.DRAFT).values_list("promisor", flat=True)
    told = named.exclude(state=CommitmentState.DRAFT).values_list("promisor", "beneficiary").distinct()
    parties = {key for pair in [*told, *((draft,) for draft in drafts)] for key in pair if key}
    if not parties:
        return []
    roles = serving(parties, today)
    people = others((role for of in roles.values() for role in of), user) | accounts.board(today)
    people.pop(user.pk, None)
    given = [Datum.NAME, Datum.EMAIL, *([Datum.PHONE] if user.phone else [])]
    where, url = _("toezeggingen waarvan jij contactpersoon bent"), reverse("commitments:list")
    return [Sight(datum, where, people, url=url) for datum in given]


def in_enquiries(user: User, today: dt.date) -> list[Sight]:
    """Who serves either side, and the board. See EnquiryQuerySet.visible_to."""
    wrote = Q(asked_by=user) | Q(email__iexact=user.email) | Q(messages__author=user)
    real = Enquiry.objects.exclude(state=EnquiryState.UNCONFIRMED).filter(wrote)
    parties = {key for pair in real.values_list("receiver", "asker").distinct() for key in pair if key}
    if not parties:
        return []
    roles: dict[int, list[Role]] = serving(parties, today)
    people = others((role for of in roles.values() for role in of), user) | accounts.board(today)
    people.pop(user.pk, None)
    where, url = _("aanvragen en gesprekken"), reverse("commitments:enquiries")
    return [Sight(datum, where, people, url=url) for datum in (Datum.ENQUIRIES, Datum.NAME)]


register_sight(as_contact)
register_sight(in_enquiries)
