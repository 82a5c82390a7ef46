"""An issue on its way, as the tests look at it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone

from kring.foundation.actors import Actor
from kring.mail.models import Message, MessageState
from kring.newsletters import sending
from kring.newsletters.models import Issue, IssueState
from tests.factories import IssueFactory
from tests.smtp_server import SmtpServer

SYSTEM = Actor.system()
S, M = IssueState, MessageState


def now() -> dt.datetime:
    return timezone.now()


def begun(**about: Any) -> Issue:
    return sending.begin(IssueFactory(**about), SYSTEM, now())


def messages(issue: Issue) -> Any:
    return Message.objects.filter(about=issue.about).order_by("pk")


def recipients(server: SmtpServer) -> list[str]:
    return sorted(server.recipients)


def state_of(issue: Issue) -> str:
    return Issue.objects.get(pk=issue.pk).state


def version_of(issue: Issue) -> int:
    return Issue.objects.get(pk=issue.pk).version
