"""Signed names in addresses: of whose preferences these are, of a link in an issue, of an issue to read.

Nothing is kept of them, they work for as long as what they name is there, and nobody can make one up. That of
somebody's preferences holds a hash of the address that it was mailed to, and works for that address alone.
"""

from __future__ import annotations

import uuid
from typing import NamedTuple

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.urls import reverse

from kring.accounts.models import User
from kring.mail import suppression
from kring.newsletters.models import Issue, IssueLink, Subscriber

PREFERENCES = Signer(salt="kring.newsletters.preferences", sep="~")
LINK = Signer(salt="kring.newsletters.link", sep="~")
READ = Signer(salt="kring.newsletters.read", sep="~")
SUBSCRIBER, USER = "a", "u"
# Where in what is signed the hash of the address begins, and the number of the issue. Before them stand the kind and
# a name of 32 figures; of the hash there are 16, which nobody guesses.
HASHED, ISSUE = 33, 49


class FormerAddress(Exception):
    """A link was mailed to an address that its reader has no more: who reads there may be another by now."""


class Reader(NamedTuple):
    """Whose preferences: a subscriber, a user, or both where the address is the same."""

    email: str
    subscriber: Subscriber | None
    user: User | None
    # Of the issue whose mail they came by.
    issue: int | None = None

    @property
    def language(self) -> str:
        if self.user is not None:
            return self.user.language
        return self.subscriber.language if self.subscriber is not None else "nl"


def preferences_of_subscriber(subscriber: Subscriber) -> str:
    return preferences(SUBSCRIBER, subscriber.uuid, subscriber.email)


def preferences_of_user(user: User) -> str:
    return preferences(USER, user.uuid, user.email)


def preferences(kind: str, name: uuid.UUID, email: str, *, issue: int | None = None) -> str:
    """For a mail to `email`, or a page that only its owner sees; with the number of the issue that it stands in."""
    signed = PREFERENCES.sign(f"{kind}{name.hex}{suppression.hash_of(email)[: ISSUE - HASHED]}{issue or ''}")
    return settings.SITE_URL + reverse("newsletters:preferences", args=[signed])


def reader_of(token: str) -> Reader | None:
    """Whose preferences an address is about; None for one that nobody gave out, or of somebody who is gone.

    Raises FormerAddress.
    """
    try:
        signed = PREFERENCES.unsign(token)
    except BadSignature:
        return None
    kind, name, hashed, issue = signed[:1], signed[1:HASHED], signed[HASHED:ISSUE], signed[ISSUE:]
    reader = _subscriber(name) if kind == SUBSCRIBER else _user(name)
    if reader is None:
        return None
    if hashed not in {each[: ISSUE - HASHED] for each in suppression.hashes_of(reader.email)}:
        raise FormerAddress
    return reader._replace(issue=int(issue) if issue else None)


def _subscriber(name: str) -> Reader | None:
    subscriber = Subscriber.objects.filter(uuid=name).first()
    if subscriber is None:
        return None
    user = User.objects.get_queryset().filter(email__iexact=subscriber.email).first()
    return Reader(subscriber.email, subscriber, user)


def _user(name: str) -> Reader | None:
    user = User.objects.get_queryset().filter(uuid=name).first()
    if user is None:
        return None
    email = user.email.lower()
    return Reader(email, Subscriber.objects.filter(email=email).first(), user)


def redirect(link: IssueLink) -> str:
    return settings.SITE_URL + reverse("newsletters:follow", args=[LINK.sign(str(link.pk))])


def link_of(token: str) -> IssueLink | None:
    try:
        return IssueLink.objects.filter(pk=int(LINK.unsign(token))).first()
    except (BadSignature, ValueError):
        return None


def web_version(issue: Issue) -> str:
    """Where who got the mail can read it, also what is not in the archive."""
    return settings.SITE_URL + reverse("newsletters:read", args=[READ.sign(issue.uuid.hex)])


def issue_of(token: str) -> Issue | None:
    try:
        name = READ.unsign(token)
    except BadSignature:
        return None
    return Issue.objects.filter(uuid=name).exclude(number=None).first()
