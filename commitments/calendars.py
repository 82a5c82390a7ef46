"""The dates of an organisation's promises, for the calendar that its people keep (RFC 5545)."""

from __future__ import annotations

import datetime as dt
import secrets

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from icalendar import Calendar, Event

from commitments.models import CalendarFeed, Commitment, CommitmentState
from commitments.models.choices import OPEN_STATES
from kring.accounts.models import User
from kring.foundation.models import Circle
from kring.foundation.wording import quantity
from kring.mail.links import hash_of
from members import policies
from members.models import Organisation

TOKEN_BYTES = 24
MOST_EVENTS = 1_000
REFRESH = dt.timedelta(hours=12)


@transaction.atomic
def issue(organisation: Organisation, user: User, now: dt.datetime) -> str:
    """The address of a new feed, which takes the place of the one before. It is only ever known here."""
    # Two at once would both find none to end: whoever holds the account goes first.
    User.objects.select_for_update().get(pk=user.pk)
    revoke(organisation, user, now)
    token = secrets.token_urlsafe(TOKEN_BYTES)
    CalendarFeed.objects.create(organisation=organisation, user=user, token_hash=hash_of(token), created_at=now)
    return settings.SITE_URL + reverse("commitments:calendar_feed", args=[token])


def revoke(organisation: Organisation, user: User, now: dt.datetime) -> int:
    return CalendarFeed.objects.of(organisation).held_by(user).revoke(now)


def find(token: str) -> CalendarFeed | None:
    """The feed behind an address; none when it was revoked, or its holder does nothing there any more."""
    feeds = CalendarFeed.objects.open().select_related("organisation", "user")
    feed = feeds.filter(token_hash=hash_of(token)).first()
    return feed if feed and _may_see(feed) else None


def _may_see(feed: CalendarFeed) -> bool:
    """As policies.can_edit: who has a role there, and the board; with an account that is still open."""
    user = User.objects.with_board_seat(timezone.localdate()).filter(pk=feed.user_id, is_active=True).first()
    return user is not None and policies.can_edit(user, feed.organisation)


def due(organisation: Organisation) -> QuerySet[Commitment]:
    """What still has to happen, for either side; what another still drafts is not told."""
    of_party = Q(promisor=organisation) | Q(beneficiary=organisation)
    found = Commitment.objects.filter(of_party, state__in=OPEN_STATES).order_by("due_on", "pk")
    return found.select_related("promisor", "beneficiary")[:MOST_EVENTS]


def calendar(feed: CalendarFeed) -> bytes:
    """In the language of whose it is."""
    with translation.override(feed.user.language):
        name = _("Toezeggingen van %(organisation)s") % {"organisation": feed.organisation}
        made = Calendar()
        made.add("prodid", f"-//{settings.SITE_HOST}//Sociale Kring//NL")
        made.add("version", "2.0")
        made.add("method", "PUBLISH")
        made.add("name", name)
        made.add("x-wr-calname", name)
        made.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
        made.add("x-published-ttl", "PT12H")
        for commitment in due(feed.organisation):
            made.add_component(_event(commitment))
        return bytes(made.to_ical())


def _event(commitment: Commitment) -> Event:
    """A whole day that keeps nobody from making an appointment."""
    event = Event()
    beneficiary = commitment.beneficiary or Circle.current().name
    event.add("uid", f"{commitment.uuid}@{settings.SITE_HOST}")
    event.add("dtstamp", commitment.moved_at.astimezone(dt.UTC))
    event.add("last-modified", commitment.moved_at.astimezone(dt.UTC))
    event.add("sequence", commitment.version)
    event.add("dtstart", commitment.due_on)
    event.add("dtend", commitment.due_on + dt.timedelta(days=1))
    event.add("summary", _("Klaar: %(title)s") % {"title": commitment.title})
    event.add("description", _description(commitment, str(beneficiary)))
    event.add("url", settings.SITE_URL + commitment.get_absolute_url())
    event.add("status", "TENTATIVE" if commitment.state == CommitmentState.PROPOSED else "CONFIRMED")
    event.add("transp", "TRANSPARENT")
    return event


def _description(commitment: Commitment, beneficiary: str) -> str:
    lines = [
        f"{commitment.promisor} → {beneficiary}",
        quantity(commitment.quantity, commitment.unit),
        str(commitment.get_state_display()),
        commitment.next_step,
        settings.SITE_URL + commitment.get_absolute_url(),
    ]
    return "\n".join(line for line in lines if line)


def held(organisation: Organisation) -> QuerySet[CalendarFeed]:
    """The addresses that are in use, for who answers for the organisation."""
    return CalendarFeed.objects.open().of(organisation).select_related("user")
