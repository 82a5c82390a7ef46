"""Messages per second, beside raw smtplib with bytes that were made before and beside Django's own send, as JSON:
`python -m tests.benchmarks.mail --rounds 5`.

In a round each sends to the same server: smtplib the very bytes that the outbox makes, the outbox from its rows in
PostgreSQL to their being recorded as sent, Django rendering and building each as it comes. These over one connection;
and the outbox once more as it is deployed, by the two processes of a worker, each with a connection of its own.
"""

from __future__ import annotations

import argparse
import json
import smtplib
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import django

from config.embedded import child, stop
from tests.benchmarks.site import ROOT, manage, state

PER_ROUND = 2000
BY_DJANGO = 200
PROCESSES = 2  # of a worker, as docker-compose.yml has it
SENDER = "kring@kring.example"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--deliver", metavar="PORT", type=int, help="as a process of the worker, when it is told")
    asked = parser.parse_args()
    if asked.deliver:
        django.setup()
        deliver_when_told(asked.deliver)
        return
    with state() as environment, sink() as port:
        manage(environment, "migrate", "--verbosity", "0")
        django.setup()
        with worker(environment, port) as together:
            print(json.dumps(figures(port, asked.rounds, together)))


@contextmanager
def sink() -> Iterator[int]:
    process = child([sys.executable, "-m", "tests.benchmarks.mail_sink"], stdout=subprocess.PIPE)
    try:
        assert process.stdout is not None
        yield int(process.stdout.readline())
    finally:
        stop(process)


@contextmanager
def worker(environment: dict[str, str], port: int) -> Iterator[Callable[[], None]]:
    """Two processes that deliver at a word, until nothing is due."""
    command = [sys.executable, "-m", "tests.benchmarks.mail", "--deliver", str(port)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    processes = [child(command, cwd=ROOT, env=environment, **pipes) for _number in range(PROCESSES)]

    def together() -> None:
        for process in processes:
            process.stdin.write(b"go\n")
            process.stdin.flush()
        for process in processes:
            process.stdout.readline()

    try:
        for process in processes:
            process.stdout.readline()
        yield together
    finally:
        for process in processes:
            stop(process)


def deliver_when_told(port: int) -> None:
    from config.celery import settle
    from kring.mail import delivery

    settle()
    use(port, lines=PROCESSES + 1)  # one is kept for codes
    print("ready", flush=True)
    for _word in sys.stdin:
        delivery.deliver()
        print("done", flush=True)


def use(port: int, *, lines: int) -> None:
    from django.conf import settings

    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.MAIL_CONNECTIONS = "127.0.0.1", port, lines
    settings.MAIL_RETURN_ADDRESS = "terug@kring.example"
    settings.TEMPLATES[0]["DIRS"] = [ROOT / "tests" / "templates"]


def figures(port: int, rounds: int, together: Callable[[], None]) -> dict[str, Any]:
    from config.celery import settle

    settle()  # as each process of a worker does
    use(port, lines=1)
    together()  # what a process does but once
    found = [one_round(port, number, together) for number in range(rounds)]
    medians = {name: statistics.median(each[name] for each in found) for name in found[0]}
    ratios = {
        "ratio": statistics.median(each["outbox"] / each["smtplib"] for each in found),
        "together_ratio": statistics.median(each["together"] / each["smtplib"] for each in found),
        "django_ratio": statistics.median(each["django"] / each["smtplib"] for each in found),
    }
    written = 2 * rounds * PER_ROUND
    return {**medians, **ratios, "messages": written, "lost": written - sent()}


def one_round(port: int, number: int, together: Callable[[], None]) -> dict[str, float]:
    """Messages per second of each. The first of the outbox's bytes serve smtplib, so that both send as much."""
    from kring.mail import delivery, mime
    from kring.mail.models import Message

    queue(f"{number}:together")
    in_two = rate(PER_ROUND, together)
    began = time.perf_counter()
    queue(str(number))
    queued = PER_ROUND / (time.perf_counter() - began)
    sample = Message.objects.prefetch_related("stencil").filter(about=f"round:{number}").order_by("pk")[:500]
    prebuilt = [(message.email, mime.build(message)) for message in sample]
    return {
        "queued": queued,
        "smtplib": rate(PER_ROUND, lambda: by_smtplib(port, prebuilt)),
        "outbox": rate(PER_ROUND, delivery.deliver),
        "together": in_two,
        "django": rate(BY_DJANGO, lambda: by_django(port)),
        "bytes": statistics.mean(len(content) for _to, content in prebuilt),
    }


def rate(number: int, send: Any) -> float:
    began = time.perf_counter()
    send()
    return number / (time.perf_counter() - began)


def context() -> dict[str, Any]:
    """As long as a newsletter is."""
    return {"subject": "Nieuws uit de kring", "word": "mei. " + "Er is weer veel gedaan in de stad. " * 150}


def reader(number: int) -> Any:
    from kring.mail.recipients import Recipient

    return Recipient(f"lezer-{number}@voorbeeld.example", "Zoë de Vries" if number % 10 == 0 else f"Lezer {number}")


def queue(number: str) -> None:
    from kring.mail import outbox, stencils
    from kring.mail.models import Kind

    marks = stencils.Marks(["greeting", "url"])
    stencil = stencils.cut("tests/issue", marks, context(), language="nl", key=f"round:{number}", kind=Kind.NEWSLETTER)
    fields = {"greeting": "Dag lezer,", "url": "https://kring.example/nieuwsbrief/voorkeuren/" + "x" * 43}
    copies = (stencils.Copy(reader(n), key=f"round:{number}:{n}", fields=fields) for n in range(PER_ROUND))
    outbox.queue_many(stencil, copies, kind=Kind.NEWSLETTER, about=f"round:{number}")


def by_smtplib(port: int, prebuilt: list[tuple[str, bytes]]) -> None:
    with smtplib.SMTP("127.0.0.1", port) as line:
        for number in range(PER_ROUND):
            to, content = prebuilt[number % len(prebuilt)]
            line.sendmail(SENDER, [to], content)


def by_django(port: int) -> None:
    from django.core.mail import EmailMultiAlternatives
    from django.core.mail.backends.smtp import EmailBackend

    from kring.mail.rendering import render

    with EmailBackend(host="127.0.0.1", port=port, username="", password="", use_tls=False, use_ssl=False) as line:
        for number in range(BY_DJANGO):
            to = reader(number)
            mail = render("tests/issue", to, context())
            message = EmailMultiAlternatives(mail.subject, mail.text, SENDER, [to.email])
            message.attach_alternative(mail.html, "text/html")
            line.send_messages([message])


def sent() -> int:
    from kring.mail.models import Message, MessageState

    return Message.objects.filter(state=MessageState.SENT).count()


if __name__ == "__main__":
    main()
