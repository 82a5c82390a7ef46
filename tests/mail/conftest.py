from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from tests.smtp_server import SmtpServer, smtp_server


@pytest.fixture
def server(settings: Settings, tmp_path: Path) -> Iterator[SmtpServer]:
    """A counting mail server that this process delivers to, with a journal of its own."""
    with smtp_server() as server:
        settings.MAIL_TRANSPORT = "smtp"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        settings.EMAIL_TIMEOUT = settings.MAIL_ANSWER_SECONDS = 5
        settings.MAIL_JOURNAL = tmp_path / "journal"
        yield server


@pytest.fixture(autouse=True)
def templates_of_the_tests(settings: Settings) -> None:
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [Path(__file__).parent.parent / "templates"]}]
