import pytest
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from kring.mail import delivery, outbox
from kring.mail.models import Kind, Message

pytestmark = pytest.mark.django_db


@pytest.fixture
def message(settings: Settings) -> Message:
    settings.MAIL_TRANSPORT = "post"
    return outbox.add(
        Message(
            key="proef",
            kind=Kind.TRANSACTIONAL,
            email="nadia@maasoever.example",
            name="Nadia",
            subject="Kan dit <in maart>?",
            text="Dag Nadia\n\nhttp://localhost:8000/a/geheim/",
            html='<html><head><title>x</title></head><body><a href="/a/geheim/">Ja</a></body></html>',
        )
    )


def test_post_shows_every_mail_newest_first(message: Message, client: Client) -> None:
    page = client.get(reverse("demo:post"))

    assert "Kan dit &lt;in maart&gt;?" in page.content.decode()
    assert reverse("demo:post_mail", args=[message.uuid]) in page.content.decode()


def test_post_of_one_reader_holds_no_other(message: Message, client: Client) -> None:
    assert "in maart" in client.get(reverse("demo:post"), {"aan": "NADIA@maasoever.example"}).content.decode()
    assert "in maart" not in client.get(reverse("demo:post"), {"aan": "fatima@werf.example"}).content.decode()


def test_mail_shows_headers_and_text_with_working_links(message: Message, client: Client) -> None:
    page = client.get(reverse("demo:post_mail", args=[message.uuid])).content.decode()

    assert "Nadia &lt;nadia@maasoever.example&gt;" in page
    assert message.message_id.strip("<>") in page
    assert '<a href="http://localhost:8000/a/geheim/"' in page
    assert f'src="{reverse("demo:post_html", args=[message.uuid])}"' in page


def test_html_stands_in_a_frame_of_its_own_and_can_do_nothing_else(message: Message, client: Client) -> None:
    response = client.get(reverse("demo:post_html", args=[message.uuid]))

    policy = response["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert "frame-ancestors 'self'" in policy
    assert response["X-Frame-Options"] == "SAMEORIGIN"
    assert '<head><base target="_top">' in response.content.decode()


def test_delivery_in_the_demo_marks_mail_as_sent(message: Message) -> None:
    assert delivery.deliver() == 1

    message.refresh_from_db()
    assert message.state == "sent"


def test_post_is_shut_outside_the_demo(message: Message, client: Client, settings: Settings) -> None:
    settings.DEMO = False

    assert client.get(reverse("demo:post")).status_code == 404
    assert client.get(reverse("demo:post_mail", args=[message.uuid])).status_code == 404
    assert client.get(reverse("demo:post_html", args=[message.uuid])).status_code == 404


def test_looking_at_much_post_takes_no_more_queries(client: Client, django_assert_num_queries: object) -> None:
    def look(number: int) -> None:
        outbox.add(Message(key=f"m:{number}", kind=Kind.CODE, email="a@b.example", subject="x", text="x"))

    look(0)
    client.get(reverse("demo:post"))
    with django_assert_num_queries(2):  # type: ignore[operator]
        client.get(reverse("demo:post"))
    for number in range(1, 30):
        look(number)
    with django_assert_num_queries(2):  # type: ignore[operator]
        client.get(reverse("demo:post"))
