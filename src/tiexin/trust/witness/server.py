"""The HTTP service of a witness (c2sp.org/tlog-witness): add-checkpoint, and the last checkpoint of each log.

Besides it tells its own keys at ``/`` (to be compared, not to be trusted) and that it lives at ``/healthz``.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Final

from tiexin.infra.listening import address_of, claimed, listen, url_of
from tiexin.trust.witness.witness import BODY_BYTES_MAX, Answer, Witness

BODY_SECONDS_MAX: Final = 10.0
"""Within this time the whole body must have arrived."""
BACKLOG: Final = 256

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


class WitnessApp:
    """A witness as an ASGI application."""

    def __init__(self, witness: Witness) -> None:
        self._witness = witness

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "lifespan":
            await _live(receive, send)
        elif scope["type"] == "http":
            await _send(send, await self._answer(scope, receive))

    async def _answer(self, scope: Message, receive: Receive) -> Answer:
        path = str(scope["path"])
        if path == "/add-checkpoint":
            if scope["method"] != "POST":
                return Answer(405, b"A checkpoint is sent with POST.\n")
            try:
                body = await asyncio.wait_for(_body(receive), BODY_SECONDS_MAX)
            except TimeoutError:
                return Answer(408, b"The request did not arrive within 10 seconds.\n")
            if body is None:
                return Answer(413, b"The request is larger than %d bytes.\n" % BODY_BYTES_MAX)
            # The answer waits for the disk; others are served meanwhile.
            return await asyncio.to_thread(self._witness.add_checkpoint, body)
        if scope["method"] not in {"GET", "HEAD"}:
            return Answer(405, b"Only add-checkpoint takes anything but GET.\n")
        if path == "/healthz":
            return Answer(200, b"ok\n")
        if path == "/":
            return Answer(200, "".join(f"{vkey}\n" for vkey in self._witness.vkeys).encode())
        name, _, rest = path.removeprefix("/").partition("/")
        return self._witness.checkpoint(name) if rest == "checkpoint" else Answer(404, b"There is nothing here.\n")


def serve_witness(witness: Witness, *, host: str, port: int, ready: Callable[[str], None]) -> None:
    """Serve a witness until SIGINT or SIGTERM.

    Args:
        witness: with its memory open.
        host: an IP address or localhost.
        port: 1 to 65,535, or 0 for a free one.
        ready: called with the address once the witness listens.

    Raises:
        AddressError: host or port are not possible.
        AddressInUseError: another program listens there.
    """
    address = address_of(host, port)
    port = claimed(address, port)
    listen(WitnessApp(witness), address, port, backlog=BACKLOG, ready=lambda: ready(url_of(address, port)))


async def _live(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            await send({"type": "lifespan.startup.complete"})
        else:
            await send({"type": "lifespan.shutdown.complete"})
            return


async def _body(receive: Receive) -> bytes | None:
    """Return the body of a request, None if it is too large."""
    found = bytearray()
    while True:
        message = await receive()
        found += message.get("body", b"")
        if len(found) > BODY_BYTES_MAX:
            return None
        if not message.get("more_body"):
            return bytes(found)


async def _send(send: Send, answer: Answer) -> None:
    headers = [
        (b"content-type", answer.content_type.encode()),
        (b"content-length", str(len(answer.body)).encode()),
        (b"cache-control", b"no-store"),
        (b"x-content-type-options", b"nosniff"),
    ]
    if answer.retry_seconds:
        headers.append((b"retry-after", str(answer.retry_seconds).encode()))
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": answer.body})
