"""Which mail goes with which step. Each asks for one thing, and holds the reader's own link to change or leave."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable
from typing import Any

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from commitments.models import Commitment
from kring.mail import outbox
from kring.mail.models import Kind
from kring.mail.posting import Link, post, site
from kring.mail.recipients import Recipient
from kring.meetings import calendars
from kring.meetings.models import Meeting, Minutes, SignUp, SignUpState

CONFIRM_WITHIN = dt.timedelta(hours=48)
AFTERWARDS = dt.timedelta(days=30)

SIGN_UP = "meeting.sign_up"
INVITATION = "meeting.invitation"
MINUTES = "meeting.minutes"

CALENDAR: Link = ("?agenda=1", _("Zet het in je agenda"))
# The mails that say when it is, or that it is not: what an agenda has to know, goes along as a file.
FOR_THE_AGENDA = {"going", "changed", "cancelled"}
CHANGE: Link = ("", _("Bekijk of verander je aanmelding"))
LEAVE: Link = ("?afmelden=1", _("Ik kan toch niet komen"))


def about(sign_up: SignUp) -> str:
    return f"sign-up:{sign_up.uuid}"


def _send(
    name: str, sign_up: SignUp, *, button: Link, choices: Iterable[Link] = (), key: str = "", **more: Any
) -> None:
    """To who signed up, with the link of their own."""
    meeting = sign_up.meeting
    lasts = more.pop("lasts", None) or meeting.ends_at + AFTERWARDS - timezone.now()
    context = {"meeting": meeting, "sign_up": sign_up, **more.pop("context", {})}
    if not sign_up.email:
        return
    post(
        f"meetings/mail/{name}",
        [sign_up.recipient],
        context,
        key=f"meeting-{name}:{sign_up.uuid}:{key}",
        about=about(sign_up),
        button=button,
        choices=choices,
        purpose=SIGN_UP,
        subject=sign_up.uuid,
        lasts=max(lasts, dt.timedelta(days=1)),
        single_use=False,
        calendar=calendars.calendar([meeting]).decode() if name in FOR_THE_AGENDA and _comes(sign_up) else "",
        **more,
    )


def _comes(sign_up: SignUp) -> bool:
    """Only then is the meeting in their agenda."""
    return sign_up.state == SignUpState.GOING


def ask_to_confirm(sign_up: SignUp) -> None:
    _send("confirm", sign_up, button=("", _("Ja, ik kom")), lasts=CONFIRM_WITHIN)


def tell_of_place(sign_up: SignUp) -> None:
    _send("going", sign_up, button=CALENDAR, choices=[CHANGE, LEAVE])


def tell_of_place_already(sign_up: SignUp, attempt: uuid.UUID) -> None:
    """To an address that is on the list: it may be its owner who forgot, or somebody else who tries."""
    _send("already", sign_up, button=CHANGE, choices=[LEAVE], key=str(attempt))


def tell_of_waiting(sign_up: SignUp, place: int) -> None:
    _send("waiting", sign_up, button=CHANGE, choices=[LEAVE], context={"place": place})


def offer_place(sign_up: SignUp) -> None:
    key = f"{sign_up.offered_at:%Y%m%d%H%M%S}"
    _send("offer", sign_up, button=("", _("Ja, ik neem de plek")), choices=[LEAVE], key=key)


def tell_of_leaving(sign_up: SignUp) -> None:
    """So that nobody is left out by somebody who found the link."""
    if not sign_up.email:
        return
    meeting = sign_up.meeting
    post(
        "meetings/mail/left",
        [sign_up.recipient],
        {"meeting": meeting, "sign_up": sign_up},
        key=f"meeting-left:{sign_up.uuid}",
        about=f"sign-up-left:{sign_up.uuid}",
        button=(site(meeting.get_absolute_url()), _("Bekijk de bijeenkomst")),
    )


def remind(sign_up: SignUp) -> None:
    key, starts = f"{sign_up.meeting.date:%Y%m%d}", sign_up.meeting.starts_at
    _send(
        "reminder", sign_up, button=CHANGE, choices=[CALENDAR, LEAVE], key=key, kind=Kind.REMINDER, expires_at=starts
    )


def tell_of_change(sign_up: SignUp, changed: list[str | Promise]) -> None:
    key = str(sign_up.meeting.sequence)
    button, *choices = [CALENDAR, CHANGE, LEAVE] if _comes(sign_up) else [CHANGE, LEAVE]
    _send("changed", sign_up, button=button, choices=choices, key=key, context={"changed": changed})


def tell_of_cancelling(sign_up: SignUp) -> None:
    button: Link = ("?agenda=1", _("Haal het uit je agenda")) if _comes(sign_up) else ("", _("Lees meer"))
    _send("cancelled", sign_up, button=button)


def withdraw_mails(*sign_ups: SignUp) -> None:
    """What still waits in the outbox is not true any more."""
    outbox.cancel(*map(about, sign_ups))


def invitations_to(meeting: Meeting) -> str:
    return f"meeting-invitation:{meeting.uuid}"


def invite(meeting: Meeting, to: Recipient, again: str = "") -> None:
    """An address that was invited is not invited another time, but for `again`."""
    post(
        "meetings/mail/invitation",
        [to],
        {"meeting": meeting},
        key=f"meeting-invitation:{meeting.uuid}{again}",
        about=invitations_to(meeting),
        button=("", _("Ik wil komen")),
        choices=[(site(meeting.get_absolute_url()), _("Lees eerst meer"))] if meeting.is_public else [],
        purpose=INVITATION,
        subject=meeting.uuid,
        lasts=max(meeting.starts_at - timezone.now(), dt.timedelta(days=1)),
        single_use=False,
        kind=Kind.NEWSLETTER,
        expires_at=meeting.starts_at,
    )


def withdraw_invitations(meeting: Meeting) -> None:
    """Those that still wait in the outbox."""
    outbox.cancel(invitations_to(meeting))


def renew_invitations(meeting: Meeting) -> None:
    """Those that still wait tell of another day or place than it is now: they are written anew."""
    for each in outbox.take_back(invitations_to(meeting)):
        invite(meeting, Recipient(each.email, each.name, each.language, each.user), again=f":{meeting.sequence}")


def ask_to_approve(minutes: Minutes, to: Iterable[Recipient], path: str) -> None:
    post(
        "meetings/mail/approve",
        to,
        {"meeting": minutes.meeting, "minutes": minutes},
        key=f"meeting-approve:{minutes.pk}:{minutes.version}",
        about=f"meeting:{minutes.meeting.uuid}",
        button=(site(path), _("Lees het verslag en keur het goed")),
    )


def send_summary(sign_up: SignUp, context: dict[str, Any]) -> None:
    """To who was there: what came of it, and the minutes behind a link of their own."""
    if not sign_up.email:
        return
    meeting = sign_up.meeting
    post(
        "meetings/mail/summary",
        [sign_up.recipient],
        {"meeting": meeting, "sign_up": sign_up, **context},
        key=f"meeting-summary:{sign_up.uuid}",
        about=f"meeting:{meeting.uuid}",
        button=("", _("Lees het verslag")),
        purpose=MINUTES,
        subject=meeting.uuid,
        single_use=False,
    )


def tell_of_promise(sign_up: SignUp, commitment: Commitment) -> None:
    """To the guest who said something in the room for which the organisation is asked to say yes."""
    if not sign_up.email:
        return
    meeting = sign_up.meeting
    post(
        "meetings/mail/promised",
        [sign_up.recipient],
        {"meeting": meeting, "sign_up": sign_up, "commitment": commitment},
        key=f"meeting-promised:{commitment.uuid}",
        about=f"meeting:{meeting.uuid}",
        button=(site(meeting.get_absolute_url()), _("Bekijk de bijeenkomst")),
    )


def tell_of_draft(name: str, title: str, meeting: Meeting, to: Iterable[Recipient], *, path: str, key: str) -> None:
    """An idea became a draft of theirs: an offering or a need."""
    post(
        f"meetings/mail/{name}",
        to,
        {"meeting": meeting, "title": title},
        key=key,
        about=f"meeting:{meeting.uuid}",
        button=(site(path), _("Bekijk het concept")),
    )
