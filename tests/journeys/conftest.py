"""The demo, running, with a mail server that keeps what it gets."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.demo_copy import load_demo
from tests.product import Product, running
from tests.smtp_server import SmtpServer, smtp_server


@pytest.fixture
def mailbox() -> Iterator[SmtpServer]:
    with smtp_server() as server:
        yield server


@pytest.fixture
def product(mailbox: SmtpServer, tmp_path: Path, reminder_rules: None) -> Iterator[Product]:
    load_demo()
    with running(tmp_path, mail_port=mailbox.port) as product:
        yield product
