"""Runs the application on granian, in this process, until it is told to stop.

One worker: the record has one writer, whose group commit serves everybody, and figures run in DuckDB's own threads.
The server is embedded so that streams can be ended before the connections are closed; a client that follows the record
would otherwise hold the stop back.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import ipaddress
import signal
import socket
import sys
from collections.abc import Callable
from typing import Final

from fastapi import FastAPI

from tiexin.access.api import open_access
from tiexin.app.callers import is_loopback
from tiexin.app.http import create_app
from tiexin.infra.settings import Settings
from tiexin.kernel.errors import InvalidInputError, NotAllowedError, UnavailableError
from tiexin.record.api import open_record

STOP_SECONDS: Final = 10.0
"""How long requests that are under way may take when the server stops."""
PORT_MAX: Final = 65_535
BACKLOG: Final = 1_024


class AddressError(InvalidInputError):
    """The host or port to listen on is not possible."""

    code = "invalid_address"


class AddressInUseError(UnavailableError):
    """Another program listens on the address already."""

    code = "address_in_use"


class KeyNeededError(NotAllowedError):
    """The server would be open to other machines, and there is no key that could guard it."""

    code = "key_needed"


def serve(
    settings: Settings,
    host: str = "127.0.0.1",
    port: int = 8765,
    *,
    require_key: bool = False,
    ready: Callable[[str], None] | None = None,
) -> None:
    """Serve an installation until SIGINT or SIGTERM; returns after open requests have ended.

    Args:
        settings: of the installation.
        host: an IP address or localhost; anything but loopback makes every caller show a key.
        port: 1 to 65,535, or 0 for a free one.
        require_key: ask local callers for a key as well.
        ready: called with the address once the server listens (default: say it on stderr).

    Raises:
        AddressError: host or port are not possible.
        AddressInUseError: another program listens there.
        KeyNeededError: keys are needed and there is none.
    """
    address = _address(host, port)
    local = is_loopback(address)
    if require_key or not local:
        _demand_key(settings, address)
    port = port or _free_port(address)
    _check_free(address, port)
    first = _first_admin(settings)
    app = create_app(settings, bound_to_loopback=local, require_key=require_key)
    shown = f"[{address}]" if ":" in address else address
    # What exists now lives as long as the process: the collector need not look at it again and again.
    gc.collect()
    gc.freeze()

    def listening() -> None:
        (ready or _announce)(f"http://{shown}:{port}")
        if first is not None:
            _say_first_admin(*first)

    asyncio.run(_run(app, address, port, listening))


async def _run(app: FastAPI, address: str, port: int, ready: Callable[[], None]) -> None:
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
    announcing = asyncio.create_task(_when_listening(address, port, app, ready))
    await asyncio.wait({serving, waiting}, return_when=asyncio.FIRST_COMPLETED)
    announcing.cancel()
    waiting.cancel()
    app.state.opened.signal.close()
    if not serving.done():
        server.stop()  # type: ignore[no-untyped-call]
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(serving, STOP_SECONDS)


async def _when_listening(address: str, port: int, app: FastAPI, ready: Callable[[], None]) -> None:
    while True:
        try:
            _, writer = await asyncio.open_connection(address, port)
        except OSError:
            await asyncio.sleep(0.02)
            continue
        writer.close()
        ready()
        app.state.opened.warm_up()
        return


def _first_admin(settings: Settings) -> tuple[str, str] | None:
    """Make the first user of a home without users; return name and one-time password."""
    with open_record(settings) as record, open_access(settings, record=record) as access:
        return access.first_admin()


def _say_first_admin(name: str, password: str) -> None:
    sys.stderr.write(
        f"\n第一次登录 · First sign-in\n  用户 user: {name}\n  一次性密码 one-time password: {password}\n"
        "  只显示这一次，首次登录时请改成您自己的密码。\n"
        "  Shown this once; you choose your own password when you sign in.\n"
        "  忘记了 · lost: tiexin users reset admin\n"
    )
    sys.stderr.flush()


def _announce(url: str) -> None:
    sys.stderr.write(f"Tiexin listens on {url} (API: {url}/docs; stop with Ctrl+C)\n")
    sys.stderr.flush()


def _address(host: str, port: int) -> str:
    if not 0 <= port <= PORT_MAX:
        msg = f"A port is a number from 0 (any free one) to {PORT_MAX}, not {port}."
        raise AddressError(msg, limit=PORT_MAX)
    name = "127.0.0.1" if host == "localhost" else host.strip("[]")
    try:
        return str(ipaddress.ip_address(name))
    except ValueError:
        msg = f"{host!r} is not an address to listen on. Give an IP address, for example 127.0.0.1 or 0.0.0.0."
        raise AddressError(msg) from None


def _demand_key(settings: Settings, address: str) -> None:
    with open_access(settings) as access:
        if access.keys.any_standing() or access.users.any():
            return
    msg = (
        f"Listening on {address} asks every caller for an API key, and there is none yet. "
        "Make one first: tiexin keys add --scope record:append --scope record:read --scope figures:read"
    )
    raise KeyNeededError(msg)


def _family(address: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in address else socket.AF_INET


def _free_port(address: str) -> int:
    with socket.socket(_family(address), socket.SOCK_STREAM) as probe:
        probe.bind((address, 0))
        return int(probe.getsockname()[1])


def _check_free(address: str, port: int) -> None:
    # The server shares its port with whoever asks (SO_REUSEPORT), so a second one would go unnoticed.
    with socket.socket(_family(address), socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
        except OSError as error:
            msg = f"Cannot listen on {address} port {port}: {error.strerror}. Choose another with --port."
            raise AddressInUseError(msg) from error
