"""Mail to many from one stencil says to each what a mail of his own would have said."""

from __future__ import annotations

import email
import email.policy
import html
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.utils import parseaddr
from typing import cast

import pytest
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.utils import timezone
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from kring.foundation.models import Circle
from kring.mail import delivery, leaving, mime, outbox, personal, retention, stencils
from kring.mail.models import Kind, Message, MessageState, Stencil
from kring.mail.recipients import Recipient
from kring.mail.rendering import Rendered
from kring.mail.stencils import Copy, Marks
from tests.factories import UserFactory
from tests.smtp_server import SmtpServer

OWN = ("greeting", "url")
HOSTILE = "<b>Dag</b> & 'welkom' \"é\"\r\nBcc: x@y.example\r\n."


def cut(key: str = "issue:1", subject: str = "De brief", word: str = "mei") -> Stencil:
    context = {"subject": subject, "word": word}
    return stencils.cut("tests/issue", Marks(OWN), context, language="nl", key=key, kind=Kind.NEWSLETTER)


def copy(number: int = 1, greeting: str = "Dag Nadia,", name: str = "Nadia van Dijk") -> Copy:
    to = Recipient(email=f"lezer-{number}@voorbeeld.example", name=name)
    url = f"https://kring.example/voorkeuren/{'x' * 90}/?a=1&b={number}"
    return Copy(to, key=f"issue:1:{number}", fields={"greeting": greeting, "url": url})


def write(stencil: Stencil, *copies: Copy) -> list[Message]:
    outbox.queue_many(stencil, copies or [copy()], kind=Kind.NEWSLETTER, about="issue:1")
    return list(Message.objects.select_related("stencil").order_by("pk"))


def parsed(content: bytes) -> EmailMessage:
    return cast(EmailMessage, email.message_from_bytes(content, policy=email.policy.default))


def by_django(message: Message) -> EmailMessage:
    """The same mail as Django's own class makes it, from what its reader reads."""
    body, circle = stencils.body(message), Circle.current()
    mail = EmailMultiAlternatives(
        message.subject,
        body.text,
        email.utils.formataddr((circle.full_name, settings.DEFAULT_FROM_EMAIL)),
        [email.utils.formataddr((message.name, message.email))],
    )
    mail.attach_alternative(body.html, "text/html")
    return parsed(mail.message().as_bytes(linesep="\r\n"))


def said(mail: EmailMessage) -> dict[str, str]:
    plain, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert plain is not None
    assert html is not None
    read = {"text": plain.get_content(), "html": html.get_content()}
    heads = {name: " ".join(str(mail[name]).split()) for name in ("Subject", "From")}
    lines = {part: text.replace("\r\n", "\n").rstrip("\n") for part, text in read.items()}
    return heads | lines | {"name": name_of(mail), "address": mail["To"].addresses[0].addr_spec}


def name_of(mail: EmailMessage) -> str:
    """RFC 2047, 6.2: what parts two encoded words is not shown; the standard library's parser makes it a space."""
    name, _address = parseaddr(dict(mail.raw_items())["To"])
    return str(make_header(decode_header(name)))


@pytest.mark.django_db
def test_copy_says_what_its_reader_reads() -> None:
    (message,) = write(cut(), copy(greeting="Dag <Nadia> & co,"))

    body = stencils.body(message)

    assert body.text.startswith("Dag <Nadia> & co,\n\nDit is de brief van mei, voor Nadia van Dijk op lezer-1@")
    assert "Dag &lt;Nadia&gt; &amp; co," in body.html
    assert 'href="' + leaving.address(message.uuid) in body.html
    assert leaving.address(message.uuid) in body.text
    assert message.stencil is not None
    assert message.stencil.mark not in body.text + body.html


@pytest.mark.django_db
@pytest.mark.parametrize("part", ["subject", "text", "html"])
def test_mark_that_was_changed_is_refused(part: str) -> None:
    marks = Marks()
    parts = {"subject": "De brief", "text": marks.of("name"), "html": "", part: f"Voor {marks.of('name')}"}
    stencils.keep(Rendered(**parts), marks, language="nl", key="issue:1")

    for changed in (parts[part].upper(), parts[part][:-1]):
        with pytest.raises(ValueError, match="a mark was changed"):
            stencils.keep(Rendered(**parts | {part: changed}), marks, language="nl", key="issue:2")


words = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), max_size=90)


class TestSameAsDjango(TestCase):
    @hypothesis(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
    @given(greeting=words, name=words, subject=words)
    def test_copy_is_what_django_would_have_made(self, greeting: str, name: str, subject: str) -> None:
        (message,) = write(cut(subject=f"x {subject}", word=greeting), copy(greeting=greeting, name=name))

        taken = mime.build(message).replace(b"\r\n..", b"\r\n.")  # as a server does
        assert said(parsed(taken)) == said(by_django(message))


@pytest.mark.django_db
@pytest.mark.parametrize(
    "name", ["", "Nadia", "J. de Vries-Bos", "Zoë Ünal", 'A "B" C', "xy z" * 30, "é" * 120, "=?a?="]
)
def test_lines_are_short_and_in_ascii(name: str) -> None:
    (message,) = write(cut(), copy(greeting="é" * 300, name=name))

    head, _empty, _body = mime.build(message).partition(b"\r\n\r\n")
    content = mime.build(message)

    assert content.isascii()
    assert b"\n" not in content.replace(b"\r\n", b"")
    assert max(map(len, content.split(b"\r\n"))) <= 998
    assert all(len(line) <= 78 or line.startswith(b"List-Unsubscribe:") for line in head.split(b"\r\n"))


@pytest.mark.django_db
def test_words_of_a_reader_break_out_of_nothing() -> None:
    (message,) = write(cut(subject="Voor {{ to }}"), copy(greeting=HOSTILE, name=HOSTILE))

    mail = parsed(mime.build(message))

    assert mail["Bcc"] is None
    assert mail.defects == []
    assert "<b>" not in said(mail)["html"]
    assert "<b>Dag</b> & 'welkom' \"é\" Bcc: x@y.example ." in said(mail)["text"]


@pytest.mark.django_db
def test_subject_may_have_a_place_too() -> None:
    marks = Marks()
    subject = f"Dag {marks.of('first_name')}, nieuws"
    stencil = stencils.cut("tests/issue", marks, {"subject": subject}, language="nl", key="k", kind=Kind.TRANSACTIONAL)
    outbox.queue_many(stencil, [Copy(Recipient("a@b.example", "Zoë Ünal"), "k:1")], kind=Kind.TRANSACTIONAL, about="x")
    message = Message.objects.select_related("stencil").get()

    assert message.subject == "Dag Zoë, nieuws"
    assert parsed(mime.build(message))["Subject"] == "Dag Zoë, nieuws"


@pytest.mark.django_db(transaction=True)
def test_many_arrive_each_with_his_own_words(server: SmtpServer) -> None:
    write(cut(), *(copy(number, f".Dag {number},") for number in range(30)))

    assert delivery.deliver() == 30

    for number, (mail, to) in enumerate(zip(server.accepted, server.recipients, strict=True)):
        assert to == f"lezer-{number}@voorbeeld.example"
        assert said(mail)["text"].startswith(f".Dag {number},\n")
        assert "\n.een regel" in said(mail)["text"]
        assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


@pytest.mark.django_db(transaction=True)
def test_no_word_ends_a_mail_before_its_end(server: SmtpServer) -> None:
    """RFC 5321, 4.5.2: also where a long word is broken in lines, and for what stands in HTML."""
    words = ["." * 300, ".", "x" * 70 + ".", "<." * 60, "é." * 50]
    write(cut(), *(copy(number, each) for number, each in enumerate(words)))

    assert delivery.deliver() == len(words)

    for mail, each in zip(server.accepted, words, strict=True):
        assert said(mail)["text"].startswith(f"{each}\n")
        assert html.escape(each) in said(mail)["html"]


@pytest.mark.django_db
def test_same_key_twice_is_one_mail_and_the_first_stencil_stays() -> None:
    first = cut(word="mei")
    write(first, copy(1), copy(2))
    again = cut(word="juni")
    write(again, copy(2), copy(3))

    assert again == first
    assert again.text == first.text
    assert [message.key for message in Message.objects.order_by("pk")] == ["issue:1:1", "issue:1:2", "issue:1:3"]


@pytest.mark.django_db
def test_ten_thousand_are_written_in_few_statements(django_assert_max_num_queries: object) -> None:
    stencil = cut()
    with django_assert_max_num_queries(40):  # type: ignore[operator]
        outbox.queue_many(stencil, map(copy, range(3000)), kind=Kind.NEWSLETTER, about="issue:1")

    assert Message.objects.filter(about="issue:1").count() == 3000


@pytest.mark.django_db
def test_place_that_the_stencil_does_not_have_is_told() -> None:
    with pytest.raises(ValueError, match="gretting"):
        write(cut(), Copy(Recipient("a@b.example"), "k", {"gretting": "Dag"}))


@pytest.mark.django_db
def test_what_waits_is_paused_resumed_and_stopped() -> None:
    write(cut(), copy(1), copy(2))

    assert outbox.pause("issue:1") == 2
    assert Message.objects.due(timezone.now()).count() == 0
    assert outbox.resume("issue:1") == 2
    assert Message.objects.due(timezone.now()).count() == 2
    outbox.pause("issue:1")
    assert outbox.cancel("issue:1") == 2
    assert set(Message.objects.values_list("state", flat=True)) == {MessageState.CANCELLED}


@pytest.mark.django_db
def test_text_is_erased_in_time_and_told_until_then() -> None:
    user = UserFactory(email="lezer-1@voorbeeld.example")
    write(cut())
    told = personal.as_read(personal.messages(user).get().told)
    later = timezone.now() + retention.KEEP_BODIES * 2

    assert told.startswith("Dag Nadia,\n\nDit is de brief")
    assert "afmelden/" not in told
    assert "voorkeuren/" not in told
    assert retention.erase_stencils(later) == 0  # it waits to be sent
    Message.objects.update(state=MessageState.CANCELLED)
    assert (retention.erase_bodies(later), retention.erase_stencils(later)) == (1, 1)
    assert Message.objects.get().fields == {}
    assert Stencil.objects.get().text == ""


@pytest.mark.django_db
def test_nothing_is_written_of_a_stencil_without_text() -> None:
    stencil = cut()
    retention.erase_stencils(timezone.now() + retention.KEEP_BODIES * 2)
    stencil.refresh_from_db()

    with pytest.raises(ValueError, match="no text any more"):
        write(stencil)
    assert Message.objects.count() == 0
