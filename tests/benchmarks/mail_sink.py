"""A mail server that takes everything and keeps nothing but its count: `python -m tests.benchmarks.mail_sink`."""

from __future__ import annotations

import asyncio

END = b"\r\n.\r\n"
ANSWERS = {
    b"EHLO": b"250-sink\r\n250-PIPELINING\r\n250 8BITMIME\r\n",
    b"DATA": b"354 go on\r\n",
    b"QUIT": b"221 bye\r\n",
}


class Sink(asyncio.Protocol):
    taken = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport, self.rest, self.in_content = transport, bytearray(), False
        transport.write(b"220 sink\r\n")

    def data_received(self, data: bytes) -> None:
        self.rest += data
        answers = []
        while answer := self.next_answer():
            answers.append(answer)
        self.transport.write(b"".join(answers))

    def next_answer(self) -> bytes:
        """None as long as a command or a content is not whole."""
        end = END if self.in_content else b"\r\n"
        if (at := self.rest.find(end)) < 0:
            return b""
        said = bytes(self.rest[:4]).upper()
        del self.rest[: at + len(end)]
        if self.in_content:
            Sink.taken += 1
            self.in_content = False
            return b"250 2.0.0 Ok\r\n"
        self.in_content = said == b"DATA"
        return b"252 %d\r\n" % Sink.taken if said == b"VRFY" else ANSWERS.get(said, b"250 Ok\r\n")


async def main() -> None:
    server = await asyncio.get_running_loop().create_server(Sink, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
