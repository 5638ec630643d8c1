"""What a request says of where it comes from: its address, its transport, the session its browser holds."""

from __future__ import annotations

import ipaddress
from typing import Any, Final

COOKIE: Final = "tiexin_session"
SESSION_KEY: Final = "tiexin.session"
"""Where the gate leaves the user and the token of a session in the scope of a request."""
TOKEN_CHARS_MAX: Final = 100


def session_token(cookies: bytes) -> str | None:
    """Return the token of the session cookie in a Cookie header; None where there is none, or more than one."""
    found = [
        value.strip()
        for name, sign, value in (part.partition("=") for part in cookies.decode("latin-1").split(";"))
        if sign and name.strip() == COOKIE
    ]
    return found[0] if len(found) == 1 and 0 < len(found[0]) <= TOKEN_CHARS_MAX else None


def address_of(scope: Any) -> str:
    """Return the IP address that a request comes from; behind a proxy on this machine, the one the proxy saw."""
    peer = scope.get("client")
    address = str(peer[0]) if peer else "unknown"
    passed_on = _header(scope, b"x-forwarded-for")
    if passed_on and _is_here(address):
        # The last entry is what the proxy itself added; the ones before are what the client claims.
        return passed_on.rpartition(",")[2].strip()[:64] or address
    return address


def is_https(scope: Any) -> bool:
    """Tell whether the browser speaks TLS: with us, or with a proxy on this machine that says so."""
    if scope.get("scheme") == "https":
        return True
    peer = scope.get("client")
    return _header(scope, b"x-forwarded-proto") == "https" and bool(peer) and _is_here(str(peer[0]))


def _header(scope: Any, name: bytes) -> str:
    # A proxy adds its line after those of the client (RFC 9110, 5.3: lines of one name read as one list, in order).
    return next((value.decode("latin-1") for given, value in reversed(scope["headers"]) if given == name), "")


def _is_here(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False
