"""The enquiries somebody has to do with, narrowed by the address of the page."""

from __future__ import annotations

import datetime as dt

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from commitments.models import Enquiry
from commitments.models.enquiries import EnquiryQuerySet
from kring.accounts.models import User
from kring.foundation.narrowing import Choices, Labels, Narrowed
from members.models import Organisation

STANDS: Labels = [("open", _("Lopend")), ("stil", _("Al twee weken stil")), ("klaar", _("Afgerond"))]
SIDES: Labels = [("gekregen", _("Aan ons gevraagd")), ("gevraagd", _("Door ons gevraagd"))]


def narrowed(query: QueryDict) -> Narrowed:
    return Narrowed(query, [Choices("stand", _("Stand"), STANDS), Choices("kant", _("Kant"), SIDES)], words={})


def found(asked: Narrowed, user: User, now: dt.datetime) -> EnquiryQuerySet:
    """What the user may see of what is asked for, the latest first."""
    enquiries: EnquiryQuerySet = Enquiry.objects.visible_to(user)
    own = Organisation.objects.served_by(user).values("pk")
    match asked.chosen.get("stand"):
        case ["open"]:
            enquiries = enquiries.in_progress()
        case ["stil"]:
            enquiries = enquiries.stuck(now)
        case ["klaar"]:
            enquiries = enquiries.closed()
    match asked.chosen.get("kant"):
        case ["gekregen"]:
            enquiries = enquiries.filter(receiver__in=own)
        case ["gevraagd"]:
            enquiries = enquiries.filter(asker__in=own)
    return enquiries.order_by("-moved_at", "-pk")
