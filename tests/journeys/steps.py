"""What people do in every journey: press a button, read a mail, follow what is in it."""

from __future__ import annotations

import re
from email.message import EmailMessage

from playwright.sync_api import Page

from tests.product import Product
from tests.smtp_server import SmtpServer


def text_of(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body is not None
    return body.get_content()


def button_of(mail: EmailMessage) -> str:
    """The address behind the mail's button, which comes before those of its other choices."""
    return re.findall(r"http://\S+/a/\S+", text_of(mail))[0]


def press(page: Page, words: str) -> None:
    page.get_by_role("button", name=words, exact=True).click()


def sign_in(page: Page, product: Product, who: str) -> None:
    """As one of the demo's cast, with one click."""
    page.goto(f"{product.url}/inloggen/")
    press(page, who)


def next_with(mailbox: SmtpServer, address: str, words: str) -> EmailMessage:
    """The mail to an address with these words in its subject. Raises TimeoutError."""
    with mailbox.changed:
        found = mailbox.changed.wait_for(
            lambda: [mail for mail in mailbox.to(address) if words in str(mail["Subject"])], timeout=30
        )
    if not found:
        raise TimeoutError(f"no mail '{words}' to {address}: {[str(mail['Subject']) for mail in mailbox.to(address)]}")
    return found[-1]
