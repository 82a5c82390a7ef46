"""The headers of each kind of mail, held against the standards that say what stands in them."""

from __future__ import annotations

import email
import email.policy
import re
from email.message import EmailMessage
from typing import cast

import pytest
from django.conf import settings
from pytest_django.fixtures import Settings

from kring.foundation.models import Circle
from kring.mail import leaving, mime, outbox, return_address
from kring.mail.models import CAN_BE_LEFT, Kind, Message

pytestmark = pytest.mark.django_db

# RFC 5322: each of these at most once.
ONCE = ("Date", "From", "Reply-To", "To", "Message-ID", "Subject", "MIME-Version", "Auto-Submitted", "List-Id")
LIST_ID = re.compile(r"<[a-z]+\.[a-z0-9.-]+>")  # RFC 2919, 2
MSG_ID = re.compile(r"<[^<>@\s]+@[^<>@\s]+>")  # RFC 5322, 3.6.4


def raw(kind: str, **fields: object) -> tuple[Message, bytes]:
    written = {"subject": "Bericht", "text": "Dag", "html": "<p>Dag</p>", "template": "members/mail/joined"}
    message = outbox.add(Message(key=f"k:{kind}", kind=kind, email="lezer@voorbeeld.example", **written | fields))
    return message, mime.build(message)


def parsed(content: bytes) -> EmailMessage:
    return cast(EmailMessage, email.message_from_bytes(content, policy=email.policy.default))


@pytest.mark.parametrize("kind", Kind.values)
def test_headers_of_each_kind(kind: str) -> None:
    Circle(name="Kring", city="Vlaardingen", sender_name="Sociale Kring", reply_to="bestuur@kring.example").save()
    message, content = raw(kind)
    mail = parsed(content)

    assert mail.defects == []
    assert {name: len(mail.get_all(name, [])) for name in ONCE if len(mail.get_all(name, [])) > 1} == {}
    assert MSG_ID.fullmatch(mail["Message-ID"])
    assert mail["Message-ID"].endswith(f"@{settings.SITE_HOST}>")
    assert mail["Date"].datetime.utcoffset() is not None
    assert mail["From"].addresses[0].addr_spec == settings.DEFAULT_FROM_EMAIL
    assert mail["From"].addresses[0].display_name == "Sociale Kring"
    assert mail["Reply-To"] == "bestuur@kring.example"
    assert mail["Auto-Submitted"] == "auto-generated"  # RFC 3834, 5
    assert mail["Feedback-ID"] == f"members-mail-joined:{kind}:{settings.SITE_HOST}"
    assert mail["Precedence"] is None
    assert mail.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]  # RFC 2046, 5.1.4
    if kind in CAN_BE_LEFT:
        assert LIST_ID.fullmatch(mail["List-Id"])
        assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"  # RFC 8058, 3.1: exactly this
        # RFC 2369, 3: addresses in brackets, the preferred one first; RFC 8058 needs one of https.
        ways = mail["List-Unsubscribe"].split(", ")
        assert ways == [f"<{leaving.address(message.uuid)}>", "<mailto:bestuur@kring.example?subject=afmelden>"]
    else:
        assert not [name for name in mail if name.startswith("List-")]


def test_mail_to_leave_goes_to_a_box_that_is_read(settings: Settings) -> None:
    settings.MAIL_RETURN_ADDRESS = "terug@kring.example"
    Circle(name="Kring", city="Vlaardingen", reply_to="bestuur@kring.example").save()
    message, content = raw(Kind.NEWSLETTER)

    by_mail = parsed(content)["List-Unsubscribe"].split(", ")[1]

    assert by_mail == f"<mailto:{return_address.to_leave(message.uuid)}?subject=afmelden>"
    assert by_mail.startswith("<mailto:terug+")


def test_reply_address_in_any_script_can_be_written() -> None:
    Circle(name="Kring", city="Vlaardingen", reply_to="bestuur@krìng.example").save()

    mail = parsed(raw(Kind.NEWSLETTER)[1])

    assert mail["Reply-To"] == "bestuur@xn--krng-rpa.example"
    assert mail["List-Unsubscribe"].endswith(", <mailto:bestuur@xn--krng-rpa.example?subject=afmelden>")


@pytest.mark.parametrize("field", ["subject", "name"])
@pytest.mark.parametrize("typed", ["a\r\nBcc: x@y.example", "a\nBcc: x@y.example", "=?utf-8?q?a=0D=0ABcc:_x?="])
def test_nothing_typed_makes_a_header(field: str, typed: str) -> None:
    mail = parsed(raw(Kind.REMINDER, **{field: typed})[1])

    assert mail["Bcc"] is None
    assert mail.defects == []
