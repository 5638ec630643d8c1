"""Listening for HTTP: an ASGI application on granian, in this process, until it is told to stop.

The server is embedded so that an application can end its streams before the connections are closed; a client that
follows something would otherwise hold the stop back.
"""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import signal
import socket
from collections.abc import Callable
from typing import Any, Final

from tiexin.kernel.errors import InvalidInputError, UnavailableError

STOP_SECONDS: Final = 10.0
"""How long requests that are under way may take when the server stops."""
PORT_MAX: Final = 65_535


class AddressError(InvalidInputError):
    """The host or port to listen on is not possible."""

    code = "invalid_address"


class AddressInUseError(UnavailableError):
    """Another program listens on the address already."""

    code = "address_in_use"


def address_of(host: str, port: int) -> str:
    """Return the IP address to listen on for an address or ``localhost``.

    Raises:
        AddressError: host or port (0 to 65,535) are not possible.
    """
    if not 0 <= port <= PORT_MAX:
        msg = f"A port is a number from 0 (any free one) to {PORT_MAX}, not {port}."
        raise AddressError(msg, limit=PORT_MAX)
    name = "127.0.0.1" if host == "localhost" else host.strip("[]")
    try:
        return str(ipaddress.ip_address(name))
    except ValueError:
        msg = f"{host!r} is not an address to listen on. Give an IP address, for example 127.0.0.1 or 0.0.0.0."
        raise AddressError(msg) from None


def claimed(address: str, port: int) -> int:
    """Return the port to listen on, a free one for 0.

    The server shares its port with whoever asks (SO_REUSEPORT), so a second one would go unnoticed.

    Raises:
        AddressInUseError: another program listens there.
    """
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
        except OSError as error:
            msg = f"Cannot listen on {address} port {port}: {error.strerror}. Choose another with --port."
            raise AddressInUseError(msg) from error
        return int(probe.getsockname()[1])


def url_of(address: str, port: int) -> str:
    """Return the URL of an address and port."""
    return f"http://[{address}]:{port}" if ":" in address else f"http://{address}:{port}"


def listen(
    app: Any,
    address: str,
    port: int,
    *,
    backlog: int,
    ready: Callable[[], None],
    stopping: Callable[[], None] = lambda: None,
) -> None:
    """Serve an ASGI application until SIGINT or SIGTERM; returns after open requests have ended.

    Args:
        app: the application.
        address: as :func:`address_of` returns it.
        port: as :func:`claimed` returns it.
        backlog: how many connections may wait to be accepted.
        ready: called once the server listens.
        stopping: called when it is told to stop, before connections are closed.
    """
    asyncio.run(_listen(app, address, port, backlog=backlog, ready=ready, stopping=stopping))


async def _listen(
    app: Any, address: str, port: int, *, backlog: int, ready: Callable[[], None], stopping: Callable[[], None]
) -> None:
    from granian.constants import HTTPModes, Interfaces
    from granian.server.embed import Server

    server = Server(
        app,
        address=address,
        port=port,
        interface=Interfaces.ASGI,
        http=HTTPModes.http1,
        websockets=False,
        backlog=backlog,
        log_enabled=False,
    )
    told = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, told.set)
    serving = asyncio.create_task(server.serve())
    waiting = asyncio.create_task(told.wait())
    announcing = asyncio.create_task(_when_listening(address, port, ready))
    await asyncio.wait({serving, waiting}, return_when=asyncio.FIRST_COMPLETED)
    announcing.cancel()
    waiting.cancel()
    stopping()
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
