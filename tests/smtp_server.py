"""A mail server that counts what it accepted, and can be as bad as real ones: slow, refusing, or suddenly gone."""

from __future__ import annotations

import asyncio
import email
import email.policy
import re
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import cast

DOT = b"."
MESSAGE_ID = re.compile(rb"^Message-ID: (\S+)", re.MULTILINE)


def in_brackets(line: bytes) -> str:
    return line.decode().partition("<")[2].partition(">")[0]


def parsed(raw: bytes) -> EmailMessage:
    return cast(EmailMessage, email.message_from_bytes(raw, policy=email.policy.default))


@dataclass
class Behaviour:
    """How the server treats an address: a reply to RCPT, a delay, or a line that is cut before or after the dot."""

    rcpt: str = "250 2.1.5 Ok"
    data: str = "250 2.0.0 Ok: queued"
    delay: float = 0.0  # seconds between taking the message and saying so
    drop_before_dot: bool = False
    drop_after_dot: bool = False


@dataclass
class SmtpServer:
    port: int = 0
    raw: list[bytes] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    connections: int = 0
    senders: list[str] = field(default_factory=list)  # as the envelope names them
    mail: str = "250 2.1.0 Ok"  # what it says to a sender
    pipelining: bool = True
    most_per_line: int = 0  # after so many messages it ends the line, where the next begins
    greeting: str = "220 test ESMTP"  # none: the line is taken and nothing is said
    behaviour: Callable[[str], Behaviour] = lambda address: Behaviour()
    changed: threading.Condition = field(default_factory=threading.Condition)

    @property
    def accepted(self) -> list[EmailMessage]:
        return [parsed(raw) for raw in self.raw]

    def to(self, address: str) -> list[EmailMessage]:
        return [parsed(raw) for raw, to in zip(self.raw, self.recipients, strict=True) if to == address]

    def counts(self) -> Counter[str]:
        """How often each Message-ID was accepted."""
        return Counter(MESSAGE_ID.findall(raw)[0].decode() for raw in self.raw)

    def wait_for(self, number: int, seconds: float = 30) -> None:
        """Until so many messages were accepted in all. Raises TimeoutError."""
        with self.changed:
            if not self.changed.wait_for(lambda: len(self.raw) >= number, seconds):
                raise TimeoutError(f"{len(self.raw)} of {number} messages came within {seconds} seconds")

    def wait_for_mail(self, address: str, number: int = 1, seconds: float = 30) -> EmailMessage:
        """The newest message to an address, once there are so many. Raises TimeoutError."""
        with self.changed:
            if not self.changed.wait_for(lambda: len(self.to(address)) >= number, seconds):
                raise TimeoutError(
                    f"{len(self.to(address))} of {number} messages to {address} within {seconds} seconds"
                )
        return self.to(address)[number - 1]

    def _keep(self, sender: str, address: str, raw: bytes) -> None:
        with self.changed:
            self.raw.append(raw)
            self.senders.append(sender)
            self.recipients.append(address)
            self.changed.notify_all()

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1

        async def say(line: str) -> None:
            writer.write(line.encode() + b"\r\n")
            await writer.drain()

        try:
            if self.greeting:
                await say(self.greeting)
            await self._converse(reader, say)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async def _converse(self, reader: asyncio.StreamReader, say: Callable[[str], object]) -> None:
        sender = address = ""
        taken = 0
        while line := await reader.readline():
            verb = line[:4].upper()
            if verb == b"QUIT":
                await say("221 bye")  # type: ignore[misc]
                return
            if verb == b"EHLO":
                await say("250-test\r\n250 PIPELINING" if self.pipelining else "250 test")  # type: ignore[misc]
            elif verb == b"MAIL" and 0 < self.most_per_line <= taken:
                await say("421 4.7.0 too many messages on this line")  # type: ignore[misc]
                return
            elif verb == b"MAIL":
                sender, address = in_brackets(line) if self.mail.startswith("2") else "", ""
                await say(self.mail)  # type: ignore[misc]
            elif verb == b"RCPT" and not sender:
                await say("503 5.5.1 need MAIL")  # type: ignore[misc]
            elif verb == b"RCPT":
                reply = self.behaviour(in_brackets(line)).rcpt
                address = in_brackets(line) if reply.startswith("2") else ""
                await say(reply)  # type: ignore[misc]
            elif verb == b"DATA" and not address:
                await say("554 5.5.1 no valid recipients")  # type: ignore[misc]
            elif verb == b"DATA":
                await say("354 go on")  # type: ignore[misc]
                if not await self._take(reader, sender, address, say):
                    return
                taken += 1
            else:
                await say("250 Ok")  # type: ignore[misc]

    async def _take(
        self, reader: asyncio.StreamReader, sender: str, address: str, say: Callable[[str], object]
    ) -> bool:
        """Reads one message; false when the line is to be cut."""
        behaviour = self.behaviour(address)
        if behaviour.drop_before_dot:
            return False
        lines: list[bytes] = []
        while (line := await reader.readline()).rstrip(b"\r\n") != DOT:
            if not line:
                return False
            lines.append(line[1:] if line.startswith(b"..") else line)
        if behaviour.data.startswith("2"):
            self._keep(sender, address, b"".join(lines))
        if behaviour.drop_after_dot:
            return False
        if behaviour.delay:
            await asyncio.sleep(behaviour.delay)
        await say(behaviour.data)  # type: ignore[misc]
        return True


@contextmanager
def smtp_server() -> Iterator[SmtpServer]:
    """A server in a thread of its own, on a free port of the loopback interface."""
    server, is_up = SmtpServer(), threading.Event()
    loop, stop = asyncio.new_event_loop(), asyncio.Event()

    async def serve() -> None:
        listening = await asyncio.start_server(server.talk, "127.0.0.1", 0)
        server.port = listening.sockets[0].getsockname()[1]
        is_up.set()
        await stop.wait()
        listening.close()

    # In the thread of the tests a loop of Playwright may be running.
    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),), daemon=True)
    thread.start()
    is_up.wait(5)
    try:
        yield server
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(5)
