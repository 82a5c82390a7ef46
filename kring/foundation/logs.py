"""Logs that help without telling on people: one JSON object a line, a number per request, routes instead of addresses.

An address of ours can hold the token of a link in a mail, a fault of the database the row that it was about. Neither
may stand in a log.
"""

from __future__ import annotations

import contextlib
import contextvars
import logging
import re
from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest
from pythonjsonlogger.json import JsonFormatter

_request_id: contextvars.ContextVar[str] = contextvars.ContextVar("request_id", default="")

SECRETS = (
    (re.compile(r"[\w.+-]+@[\w-]+(\.[\w-]+)+"), "<address>"),
    (re.compile(r"/(a|afmelden)/[^\s/'\"?]+"), r"/\1/<token>"),
    # PostgreSQL repeats the row, or the value that was there already.
    (re.compile(r"^DETAIL: .*$", re.MULTILINE), "DETAIL: <row>"),
    (re.compile(r"\?[^\s'\"]+"), "?<query>"),
)
# What a task is called with are keys of rows; what it says beyond that is not for a log.
TASK_FACTS = ("id", "name", "runtime")


@contextlib.contextmanager
def request_id(number: str) -> Iterator[str]:
    """Each line that is logged meanwhile bears this number."""
    token = _request_id.set(number)
    try:
        yield number
    finally:
        _request_id.reset(token)


def route(request: HttpRequest) -> str:
    """The pattern that an address matched: it tells the page and not what was asked of it."""
    return request.resolver_match.route if request.resolver_match else "-"


def discreet(text: str) -> str:
    for pattern, instead in SECRETS:
        text = pattern.sub(instead, text)
    return text


class Discretion(logging.Filter):
    """Puts the request's number on a line, and a route where Django would put the address."""

    def filter(self, record: logging.LogRecord) -> bool:
        request = record.__dict__.pop("request", None)
        # Django tells of a 404 when the request has passed all middleware.
        number = _request_id.get() or getattr(request, "number", "")
        if number:
            record.request_id = number
        if isinstance(request, HttpRequest) and isinstance(record.args, tuple):
            record.args = tuple(route(request) if arg == request.path else arg for arg in record.args)
        task = record.__dict__.pop("data", None)
        if isinstance(task, dict):
            record.task = {fact: task[fact] for fact in TASK_FACTS if fact in task}
        return True


class Json(JsonFormatter):
    def process_log_record(self, log_data: dict[str, Any]) -> dict[str, Any]:
        return {key: discreet(value) if isinstance(value, str) else value for key, value in log_data.items()}


class Plain(logging.Formatter):
    """For a terminal; as discreet, since demos are shown to people."""

    def format(self, record: logging.LogRecord) -> str:
        return discreet(super().format(record))
