"""Runs the application in this process until it is told to stop.

One worker: the record has one writer, whose group commit serves everybody, and figures run in DuckDB's own threads.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable
from typing import Final

from tiexin.access.api import open_access
from tiexin.app.callers import is_loopback
from tiexin.app.http import create_app
from tiexin.infra.listening import address_of, claimed, listen, url_of
from tiexin.infra.settings import Settings
from tiexin.kernel.errors import NotAllowedError
from tiexin.record.api import open_record

BACKLOG: Final = 1_024


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
    address = address_of(host, port)
    local = is_loopback(address)
    if require_key or not local:
        _demand_key(settings, address)
    port = claimed(address, port)
    first = _first_admin(settings)
    app = create_app(settings, bound_to_loopback=local, require_key=require_key)
    # What exists now lives as long as the process: the collector need not look at it again and again.
    gc.collect()
    gc.freeze()

    def listening() -> None:
        (ready or _announce)(url_of(address, port))
        if first is not None:
            _say_first_admin(*first)
        app.state.opened.warm_up()

    listen(app, address, port, backlog=BACKLOG, ready=listening, stopping=app.state.opened.signal.close)


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


def _demand_key(settings: Settings, address: str) -> None:
    with open_access(settings) as access:
        if access.keys.any_standing() or access.users.any():
            return
    msg = (
        f"Listening on {address} asks every caller for an API key, and there is none yet. "
        "Make one first: tiexin keys add --scope record:append --scope record:read --scope figures:read"
    )
    raise KeyNeededError(msg)
