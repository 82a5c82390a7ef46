"""A message as it goes over the line (RFC 5322), in the form that was fixed when it was queued: its lines end in CRLF,
and a period that begins one is doubled (RFC 5321, 4.5.2).

What many get from one stencil is built once, as a `Form`: per reader only the words in its places are written, and the
headers that are his own. It says the same as a message that was built by itself (tests/mail/test_stencils.py).
"""

from __future__ import annotations

import datetime as dt
import functools
import html
import re
from collections.abc import Mapping
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.quoprimime import body_encode
from email.utils import format_datetime
from urllib.parse import quote

from django.conf import settings
from django.utils import timezone

from kring.foundation.addresses import ENCODED_WORD, in_ascii
from kring.foundation.cache import Recent
from kring.foundation.models import Circle
from kring.mail import leaving, return_address, stencils
from kring.mail.models import CAN_BE_LEFT, Message, Stencil
from kring.mail.rendering import one_line

# A display name that needs no encoding, and an address that needs no quoting (RFC 5322, 3.2.3): what nearly all have.
PLAIN_NAME = re.compile(r"[A-Za-z0-9 .,'()-]{1,60}")
PLAIN_ADDRESS = re.compile(r"[A-Za-z0-9_+-]+(\.[A-Za-z0-9_+-]+)*@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
# Printable ASCII stands for itself in quoted-printable, but for its own sign (RFC 2045, 6.7).
PLAIN_WORDS = re.compile(r"[ -<>-~]*")
LINE = 70
SOFT_BREAK = b"=\r\n"
# Lines of quoted-printable of 76 at most (RFC 2045, 6.7), the soft break before a reader's own words among them.
POLICY = SMTP.clone(max_line_length=75)
# A file to put in a calendar: published, not a request that programs would answer (RFC 5546, 3.2.1; RFC 6047, 2.4).
CALENDAR_NAME = "agenda.ics"
CALENDAR = {"charset": "utf-8", "method": "PUBLISH"}


def header(text: str) -> str:
    """One line that says what it says. What looks like an encoded word would be decoded, line breaks and all."""
    return one_line(text).replace(ENCODED_WORD, "= ?")


def doubled(content: bytes) -> bytes:
    """With the periods that a server takes off again. A message begins with a header."""
    return content.replace(b"\r\n.", b"\r\n..")


def address(name: str, email: str) -> Address:
    """For a header, without the characters that would break out of it."""
    return Address(display_name=header(name), addr_spec=in_ascii(email))


def unusable_sender(circle: Circle) -> str:
    """What is wrong with what all mail has in its head, so that none of it can go; else nothing."""
    try:
        _shared(*_of(circle))
        in_ascii(settings.MAIL_RETURN_ADDRESS or settings.DEFAULT_FROM_EMAIL)
    except Exception as error:  # the parsers of the standard library raise anything
        return f"the sender or the address for answers is wrong: {type(error).__name__}: {error}"
    return ""


def _of(circle: Circle) -> tuple[str, str]:
    """The sender's name, and where answers go."""
    return circle.sender_name or circle.full_name, circle.reply_to or circle.email


def build(message: Message, circle: Circle | None = None) -> bytes:
    """Raises ValueError, of which UnicodeError is one, or HeaderParseError for an address that cannot be written."""
    sender, reply_to = _of(circle or Circle.current())
    if message.stencil is not None:
        return form_of(message.stencil, sender, reply_to).fill_in(message)
    mime = _shared(sender, reply_to)
    mime["Subject"] = header(message.subject)
    mime["Date"] = _date(message.dated_at)
    mime["Message-ID"] = message.message_id
    for name, value in message.headers.items():
        mime[name] = header(str(value))
    _set_body(mime, message.text, message.html)
    if message.calendar:
        mime.add_attachment(message.calendar.encode(), "text", "calendar", filename=CALENDAR_NAME, params=CALENDAR)
    headers = _list_headers(message, reply_to, leaving.address(message.uuid))
    return headers + recipient(message.name, message.email) + doubled(mime.as_bytes())


def _shared(sender: str, reply_to: str) -> EmailMessage:
    """A message with the headers that are the same for all."""
    mime = EmailMessage(policy=POLICY)
    mime["From"] = address(sender, settings.DEFAULT_FROM_EMAIL)
    if reply_to:
        mime["Reply-To"] = address("", reply_to)
    mime["Auto-Submitted"] = "auto-generated"  # RFC 3834
    return mime


def _set_body(mime: EmailMessage, text: str, html_twin: str) -> None:
    mime.set_content(text, cte="quoted-printable")
    if html_twin:
        mime.add_alternative(html_twin, subtype="html", cte="quoted-printable")


def _list_headers(message: Message, reply_to: str, leave_url: str) -> bytes:
    """Which stream this is, and, of what comes by itself, how to leave it with one click (RFC 2369, 2919, 8058)."""
    shared = _stream_headers(message.template, message.kind)
    if message.kind not in CAN_BE_LEFT:
        return shared
    to_leave = return_address.to_leave(message.uuid) or (in_ascii(reply_to) if reply_to else "")
    by_mail = f", <mailto:{quote(to_leave, safe='@+')}?subject={leaving.BY_MAIL}>" if to_leave else ""
    return shared + _unfolded("List-Unsubscribe", f"<{leave_url}>{by_mail}")


@functools.lru_cache(maxsize=64)
def _stream_headers(template: str, kind: str) -> bytes:
    name = template.replace("/", "-") or "-"
    headers = _unfolded("Feedback-ID", f"{name}:{kind}:{settings.SITE_HOST}")
    if kind not in CAN_BE_LEFT:
        return headers
    one_click = _unfolded("List-Unsubscribe-Post", "List-Unsubscribe=One-Click")
    return headers + _unfolded("List-Id", f"<{kind}.{settings.SITE_HOST}>") + one_click


@functools.lru_cache(maxsize=64)
def _date(at: dt.datetime) -> str:
    """Those that were queued together have the same."""
    return format_datetime(timezone.localtime(at))


def _unfolded(name: str, value: str) -> bytes:
    """For addresses longer than a line: the standard library makes encoded words of them, which nobody follows."""
    return f"{name}: {one_line(value)}\r\n".encode("ascii")


# --- What many get ---------------------------------------------------------------------------------------------------


class Form:
    """A stencil as MIME, in pieces: between them come the words of each reader."""

    def __init__(self, stencil: Stencil, sender: str, reply_to: str) -> None:
        self.stencil = stencil
        mime = _shared(sender, reply_to)
        self._subject_is_own = stencil.mark in stencil.subject
        if not self._subject_is_own:
            mime["Subject"] = header(stencil.subject)
        _set_body(mime, *(self._apart(part, end) for part, end in ((stencil.text, "t"), (stencil.html, "h"))))
        cut = re.split(rb"\r\n%s(\d\d[th])\r\n" % stencil.mark.encode(), mime.as_bytes())
        self._pieces = [doubled(cut[0]), *(doubled(b"\r\n" + piece)[2:] for piece in cut[2::2])]
        self._reply_to = reply_to
        self._places = [(stencil.places[int(each[:2])], each[2:] == b"h") for each in cut[1::2]]

    def _apart(self, part: str, end: str) -> str:
        """Each mark on a line of its own, so that no soft line break of quoted-printable falls in it."""
        return re.sub(rf"{self.stencil.mark}\d\d", rf"\n\g<0>{end}\n", part)

    def fill_in(self, message: Message) -> bytes:
        """The lines of the marks become soft line breaks with the words between them: for its reader, nothing."""
        values = stencils.values(message)
        headers = _list_headers(message, self._reply_to, values["leave_url"])
        whole = [headers, self._own_headers(message, values), self._pieces[0]]
        words = self._words(values)
        for place, piece in zip(self._places, self._pieces[1:], strict=True):
            whole += (words[place], piece)
        return b"".join(whole)

    def _words(self, values: Mapping[str, str]) -> dict[tuple[str, bool], bytes]:
        """What comes in each place, and in its like in HTML: nearly always the same."""
        words = {}
        for place in {place for place, _is_html in self._places}:
            value = values.get(place, "")
            escaped = html.escape(value)
            words[place, False] = plain = in_place(value)
            words[place, True] = plain if escaped == value else in_place(escaped)
        return words

    def _own_headers(self, message: Message, values: Mapping[str, str]) -> bytes:
        own = recipient(message.name, message.email)
        own += f"Date: {_date(message.dated_at)}\r\nMessage-ID: {message.message_id}\r\n".encode("ascii")
        return own + written("Subject", header(self.stencil.subject_for(values))) if self._subject_is_own else own


_forms: Recent[Form] = Recent(16)


def form_of(stencil: Stencil, sender: str, reply_to: str) -> Form:
    """Made once for a stencil, which does not change."""
    key = f"{stencil.pk}:{stencil.mark}:{sender}:{reply_to}"
    form = _forms.get(key)
    if form is None:
        form = Form(stencil, sender, reply_to)
        _forms.put(key, form)
    return form


def in_place(words: str) -> bytes:
    return doubled(SOFT_BREAK + quoted_printable(words) + SOFT_BREAK) if words else SOFT_BREAK


def quoted_printable(words: str) -> bytes:
    """One line of text, in lines that are short enough."""
    if PLAIN_WORDS.fullmatch(words):
        return SOFT_BREAK.join([words[start : start + LINE].encode() for start in range(0, len(words), LINE)])
    return body_encode(words.encode().decode("latin-1"), LINE, "\r\n").encode("ascii")


def recipient(name: str, email: str) -> bytes:
    """The header To. As an address the standard library loses a space of a long name where it breaks the line."""
    if PLAIN_NAME.fullmatch(name) and PLAIN_ADDRESS.fullmatch(email) and len(name) + len(email) < LINE:
        return f'To: "{name}" <{email}>\r\n'.encode("ascii")
    to = str(Address(addr_spec=in_ascii(email)))
    if not (words := header(name)):
        return f"To: {to}\r\n".encode("ascii")
    encoded = Header(words, "utf-8", header_name="To").encode(linesep="\r\n")
    return f"To: {encoded}\r\n <{to}>\r\n".encode("ascii")


def written(name: str, value: str) -> bytes:
    """One header as the standard library encodes and folds it."""
    mime = EmailMessage(policy=SMTP)
    mime[name] = value
    return mime.as_bytes().removesuffix(b"\r\n")
