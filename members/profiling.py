"""Whether a profile tells enough, and whether it is still true."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kring.foundation import trail
from kring.foundation.actors import Actor
from members import notices
from members.models import Organisation

TRUE_FOR = dt.timedelta(days=365)
ASKED_AGAIN = dt.timedelta(days=30)
ASKED_TWICE = 2
LONG_STORY = 80
# The columns that `missing` looks at.
TELLING = ("tagline", "logo", "story", "email", "phone", "website", "anbi", "anbi_url", "branch")


class Missing(NamedTuple):
    """Something that a profile could still tell: the words, and the field of the form."""

    words: str | Promise
    field: str


def missing(organisation: Organisation) -> list[Missing]:
    """A short to-do, what helps most first. Asks for the districts and sectors of the organisation."""
    of_members = [
        (not organisation.tagline, _("nog geen zin die zegt wat jullie doen"), "tagline"),
        (not organisation.logo, _("nog geen logo"), "logo"),
        (len(organisation.story) < LONG_STORY, _("nog geen verhaal"), "story"),
        (not (organisation.email or organisation.phone), _("nog geen e-mailadres of telefoonnummer"), "email"),
        (not organisation.website, _("nog geen website"), "website"),
        (not organisation.districts.all(), _("nog geen wijken"), "districts"),
    ]
    of_social = [
        (not organisation.target_groups.all(), _("nog niet voor wie jullie er zijn"), "target_groups"),
        (organisation.anbi and not organisation.anbi_url, _("nog geen pagina met jullie ANBI-gegevens"), "anbi_url"),
    ]
    of_business = [(not organisation.branch, _("nog geen branche"), "branch")]
    wanted = of_members + (of_business if organisation.is_business else of_social)
    return [Missing(words, field) for lacks, words, field in wanted if lacks]


def is_old(organisation: Organisation, today: dt.date) -> bool:
    """Whether nobody confirmed the profile for a year."""
    confirmed = organisation.profile_confirmed_on or timezone.localdate(organisation.created_at)
    return confirmed <= today - TRUE_FOR


@transaction.atomic
def confirm(organisation: Organisation, by: Actor, at: dt.datetime) -> None:
    """Somebody says that the profile is still true."""
    trail.sign(by, at)
    organisation.profile_confirmed_on = timezone.localdate(at)
    organisation.save(update_fields=["profile_confirmed_on", "updated_at"])


def asks_since(organisation: Organisation, when: dt.datetime) -> bool:
    """Whether nobody confirmed the profile since that moment."""
    confirmed = organisation.profile_confirmed_on
    return confirmed is None or confirmed < timezone.localdate(when)


def ask_whether_true(now: dt.datetime) -> int:
    """Mails the owners of each listed profile that nobody confirmed for a year, and once more a month later.

    The key names the day of the last confirmation, so that a missed day catches up and two clocks ask once. Returns
    how many were due.
    """
    today = timezone.localdate(now)
    old = Q(profile_confirmed_on__lte=today - TRUE_FOR) | Q(profile_confirmed_on=None, created_at__lte=now - TRUE_FOR)
    due = Organisation.objects.listed(today).filter(old).order_by("pk")
    for organisation in due:
        since = organisation.profile_confirmed_on or timezone.localdate(organisation.created_at)
        times = min(ASKED_TWICE, 1 + (today - since - TRUE_FOR) // ASKED_AGAIN)
        notices.ask_whether_true(organisation, f"profile-check:{organisation.uuid}:{since}:{times}")
    return len(due)
