"""The HTTP service of a witness (c2sp.org/tlog-witness): add-checkpoint, and the last checkpoint of each log.

Besides it tells its own keys at ``/`` (to be compared, not to be trusted) and that it lives at ``/healthz``.
"""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import signal
import socket
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Final

from tiexin.kernel.errors import InvalidInputError, UnavailableError
from tiexin.trust.witness.witness import BODY_BYTES_MAX, Answer, Witness

BODY_SECONDS_MAX: Final = 10.0
"""Within this time the whole body must have arrived."""
STOP_SECONDS: Final = 10.0
PORT_MAX: Final = 65_535
BACKLOG: Final = 256

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


class WitnessAddressError(InvalidInputError):
    """The host or port to listen on is not possible."""

    code = "invalid_address"


class WitnessAddressInUseError(UnavailableError):
    """Another program listens on the address already."""

    code = "address_in_use"


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
        WitnessAddressError: host or port are not possible.
        WitnessAddressInUseError: another program listens there.
    """
    address = _address(host, port)
    port = _claimed(address, port)
    shown = f"[{address}]" if ":" in address else address
    asyncio.run(_run(WitnessApp(witness), address, port, lambda: ready(f"http://{shown}:{port}")))


async def _run(app: WitnessApp, address: str, port: int, ready: Callable[[], None]) -> None:
    from granian.constants import HTTPModes, Interfaces
    from granian.server.embed import Server

    server = Server(
        app,
        address=address,
        port=port,
        interface=Interfaces.ASGI,
        http=HTTPModes.http1,
        websockets=False,
        backlog=BACKLOG,
        log_enabled=False,
    )
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopping.set)
    serving = asyncio.create_task(server.serve())
    waiting = asyncio.create_task(stopping.wait())
    announcing = asyncio.create_task(_when_listening(address, port, ready))
    await asyncio.wait({serving, waiting}, return_when=asyncio.FIRST_COMPLETED)
    announcing.cancel()
    waiting.cancel()
    if not serving.done():
        server.stop()  # type: ignore[no-untyped-call]
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(serving, STOP_SECONDS)


async def _when_listening(address: str, port: int, ready: Callable[[], None]) -> None:
    while True:
        try:
            _, writer = await asyncio.open_connection(address, port)
        except OSError:
            await asyncio.sleep(0.02)
            continue
        writer.close()
        ready()
        return


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


def _address(host: str, port: int) -> str:
    if not 0 <= port <= PORT_MAX:
        msg = f"A port is a number from 0 (any free one) to {PORT_MAX}, not {port}."
        raise WitnessAddressError(msg, limit=PORT_MAX)
    try:
        return str(ipaddress.ip_address("127.0.0.1" if host == "localhost" else host.strip("[]")))
    except ValueError:
        msg = f"{host!r} is not an address to listen on. Give an IP address, for example 127.0.0.1 or 0.0.0.0."
        raise WitnessAddressError(msg) from None


def _claimed(address: str, port: int) -> int:
    """Return the port to listen on; the server shares ports with whoever asks, so a second one would go unnoticed."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
        except OSError as error:
            msg = f"Cannot listen on {address} port {port}: {error.strerror}. Choose another with --port."
            raise WitnessAddressInUseError(msg) from error
        return int(probe.getsockname()[1])
