"""Who can be invited: each room registers the audiences it knows. This room knows of roles, the board and who came."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kring.accounts.models import User
from kring.mail.recipients import Recipient
from kring.meetings.models import Meeting, SignUp
from members.models import Organisation, Role

Find = Callable[[Meeting], Iterable[Recipient]]


@dataclass(frozen=True)
class Audience:
    """`find` gives who it is now; nobody is invited twice to a meeting, whatever audiences they are in."""

    key: str
    label: str | Promise
    find: Find


_sources: list[Callable[[], Iterable[Audience]]] = []


def register(source: Callable[[], Iterable[Audience]]) -> None:
    """To be called in an AppConfig's ready(). `source` is asked anew each time: audiences may be rows of a table."""
    if source not in _sources:
        _sources.append(source)


def everything() -> list[Audience]:
    return [audience for source in _sources for audience in source()]


def named(key: str) -> Audience | None:
    return next((audience for audience in everything() if audience.key == key), None)


def recipients(audience: Audience, meeting: Meeting) -> list[Recipient]:
    """Each address once, in alphabetical order, so that a round that stopped goes on where it was."""
    found = {to.email.strip().lower(): to for to in audience.find(meeting) if to.email}
    return [found[email] for email in sorted(found)]


def _serving(organisations: Iterable[Organisation]) -> Iterator[Recipient]:
    roles = Role.objects.held(timezone.localdate()).filter(organisation__in=organisations, user__is_active=True)
    for user in User.objects.get_queryset().filter(pk__in=roles.values("user")).order_by("pk"):
        yield Recipient.of(user)


def members(meeting: Meeting) -> Iterator[Recipient]:
    yield from _serving(Organisation.objects.listed().members())


def businesses(meeting: Meeting) -> Iterator[Recipient]:
    yield from _serving(Organisation.objects.listed().businesses())


def board(meeting: Meeting) -> Iterator[Recipient]:
    for user in User.objects.on_board(timezone.localdate()).order_by("pk"):
        yield Recipient.of(user)


def earlier_guests(meeting: Meeting) -> Iterator[Recipient]:
    """Who was at a meeting before this one, as long as the address is kept."""
    came = SignUp.objects.came().exclude(email="").filter(meeting__starts_at__lt=meeting.starts_at)
    for sign_up in came.select_related("user").order_by("pk").iterator(chunk_size=500):
        yield sign_up.recipient


def of_this_room() -> list[Audience]:
    return [
        Audience("members", _("Leden: alle beheerders en redacteuren"), members),
        Audience("businesses", _("Bedrijven op de lijst"), businesses),
        Audience("board", _("Het bestuur"), board),
        Audience("guests", _("Wie er eerder was"), earlier_guests),
    ]


register(of_this_room)
