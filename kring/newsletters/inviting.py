"""Whom a meeting can invite: the saved audiences, each with who may get a newsletter now."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from django.utils import timezone

from kring.accounts.models import User
from kring.mail.recipients import Recipient
from kring.meetings import audiences
from kring.meetings.models import Meeting
from kring.newsletters import reaching
from kring.newsletters.models import Audience

MOST = 100_000


def reached(audience: Audience, meeting: Meeting) -> Iterator[Recipient]:
    found = reaching.some(audience, timezone.localdate(), MOST)
    users = User.objects.get_queryset().in_bulk([each.user_id for each in found if each.user_id])
    for each in found:
        user = users.get(each.user_id) if each.user_id else None
        yield Recipient(email=each.email, name=each.name, language=each.language, user=user)


def saved() -> list[audiences.Audience]:
    return [
        audiences.Audience(f"newsletter-{each.uuid}", each.name, partial(reached, each))
        for each in Audience.objects.order_by("name", "pk")
    ]


audiences.register(saved)
