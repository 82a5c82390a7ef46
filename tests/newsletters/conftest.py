import pytest

from kring.newsletters import sending
from tests.mail.conftest import server

__all__ = ["server"]


@pytest.fixture
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "CHUNK", 2)
