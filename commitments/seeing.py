"""Who sees what of somebody who is the contact for a commitment, or wrote in an enquiry."""

from __future__ import annotations

import datetime as dt

from django.db.models import BooleanField, ExpressionWrapper, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from commitments.models import Commitment, Enquiry, EnquiryState
from commitments.models.finding import unsent
from kring.accounts.models import User
from kring.foundation.personal import Datum, Sight, register_sight
from members.seeing import named, serving


def as_contact(user: User, today: dt.date) -> list[Sight]:
    """The people of both parties, and the board; of a draft only who writes it. See parties.is_involved."""
    contact = Commitment.objects.filter(Q(promisor_contact=user) | Q(beneficiary_contact=user))
    sides_of = contact.annotate(is_unsent=ExpressionWrapper(unsent(), output_field=BooleanField())).order_by()
    told = sides_of.values_list("promisor", "beneficiary", "proposed_by_organisation", "is_unsent").distinct()
    parties = {
        key for *sides, writer, is_unsent in told for key in ([writer] if is_unsent else sides) if key is not None
    }
    if not parties:
        return []
    given = [Datum.NAME, Datum.EMAIL, *([Datum.PHONE] if user.phone else [])]
    where, url = _("toezeggingen waarvan jij contactpersoon bent"), reverse("commitments:list")
    people = named(serving(parties, today))
    return [Sight(datum, where, people, board=True, url=url) for datum in given]


def in_enquiries(user: User, today: dt.date) -> list[Sight]:
    """Who serves either side, and the board. See EnquiryQuerySet.visible_to."""
    wrote = Q(asked_by=user) | Q(email__iexact=user.email) | Q(messages__author=user)
    real = Enquiry.objects.exclude(state=EnquiryState.UNCONFIRMED).filter(wrote)
    sides = real.order_by().values_list("receiver", "asker").distinct()
    parties = {key for pair in sides for key in pair if key}
    if not parties:
        return []
    where, url = _("aanvragen en gesprekken"), reverse("commitments:enquiries")
    people = named(serving(parties, today))
    return [Sight(datum, where, people, board=True, url=url) for datum in (Datum.ENQUIRIES, Datum.NAME)]


register_sight(as_contact)
register_sight(in_enquiries)
