"""The gate before every route: who calls, what they may do, how much they may send, what a browser may do with it.

Who calls is told by :mod:`tiexin.app.callers`; what a caller may do, by each route.
"""

from __future__ import annotations

import contextlib
from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from typing import Any

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tiexin.access.api import (
    CALLER_KEY,
    CODE_KEY,
    NOBODY,
    REFUSED_KEY,
    Access,
    address_of,
    is_https,
    session_token,
)
from tiexin.access.contracts import Caller
from tiexin.app.callers import OF_BROWSERS, SESSION_PATH, Callers
from tiexin.app.problems import problem_response, unexpected
from tiexin.kernel.errors import MalformedError, TiexinError, TooLargeError

BODY_BYTES_MAX = 16 * 1024 * 1024
"""Most bytes any request may carry."""
API_PREFIX = "/v1/"
LOG_PREFIX = "/log/"
"""The verifiable log, which is public."""
FORWARDED = frozenset({b"forwarded", b"via", b"x-forwarded-for", b"x-forwarded-host", b"x-real-ip"})
WATCHED = OF_BROWSERS | {b"host", b"authorization", b"content-length", b"x-csrf-token"}
REFUSALS = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN})

_COMMON = [
    (b"server", b"tiexin"),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-frame-options", b"DENY"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=(), payment=()"),
]
_API_HEADERS = [
    *_COMMON,
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"cache-control", b"no-store"),
]
# The public log may be read by any page, so that others can check it; it holds neither scripts nor frames.
_LOG_HEADERS = [
    *(header for header in _COMMON if header[0] != b"cross-origin-resource-policy"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"cross-origin-resource-policy", b"cross-origin"),
    (b"access-control-allow-origin", b"*"),
]
_TRANSPORT = (b"strict-transport-security", b"max-age=31536000")
_PAGE_POLICY = (
    b"default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
    b"font-src 'self' data:; connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; "
    b"frame-ancestors 'none'"
)
# Ant Design and ECharts set style attributes at run time; scripts come from our own files only.
_PAGE_HEADERS = [
    *_COMMON,
    (b"content-security-policy", _PAGE_POLICY),
]


class BodyTooLargeError(TooLargeError):
    """The request carries more bytes than any may."""

    code = "body_too_large"


class Gate:
    """ASGI middleware: recognises callers, bounds bodies, adds security headers, catches what nobody foresaw.

    Args:
        app: what stands behind the gate.
        access: gives users, sessions and keys once the server has started.
        bound_to_loopback: the server listens on a loopback address alone.
        require_key: refuse also local callers without a key.
        direct: handlers by method and path that are called at once, for routes where the layers between would cost
            more than the work; they must raise nothing but what the gate turns into problems.
        unbounded: method and path of routes that take in larger bodies piece by piece under a limit of their own.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        access: Callable[[], Access],
        bound_to_loopback: bool,
        require_key: bool,
        direct: Mapping[tuple[str, str], Callable[[Request], Awaitable[Response]]] | None = None,
        unbounded: frozenset[tuple[str, str]] = frozenset(),
    ) -> None:
        self._app = app
        self._access = access
        self._direct = dict(direct or {})
        self._unbounded = unbounded
        self._callers = Callers(access, bound_to_loopback=bound_to_loopback, require_key=require_key)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":
            await send({"type": "websocket.close", "code": 1008})
            return
        is_api = scope["path"].startswith(API_PREFIX)
        guarded_send = _Sender(send, _headers_for(scope, is_api=is_api))
        headers: dict[bytes, bytes] = {}
        try:
            headers = _watched(scope)
            if is_api:
                scope[CALLER_KEY] = await self._callers.of(scope, headers)
            own_limit = (scope["method"], scope["path"]) in self._unbounded
            bounded = receive if own_limit else _bounded(receive, headers.get(b"content-length"))
            handler = self._direct.get((scope["method"], scope["path"]))
            if handler is None:
                await self._app(scope, bounded, guarded_send)
            else:
                response = await handler(Request(scope, bounded))
                await response(scope, bounded, guarded_send)
        except ClientDisconnect:
            return
        except TiexinError as error:
            scope.setdefault(CODE_KEY, error.code)
            await guarded_send.answer(problem_response(error), scope, receive)
        except Exception as error:  # noqa: BLE001  (the last place where an error can become an answer)
            response = unexpected(error, method=scope["method"], path=scope["path"])
            await guarded_send.answer(response, scope, receive)
        if is_api and guarded_send.status in REFUSALS:
            self._note_refusal(scope, headers, guarded_send.status)

    def _note_refusal(self, scope: Scope, headers: dict[bytes, bytes], status: int) -> None:
        """Write the refusal of a known caller into the record; failed sign-ins are noted where they fail."""
        caller: Caller = scope.get(CALLER_KEY, NOBODY)
        shown = b"authorization" in headers or session_token(headers.get(b"cookie", b"")) is not None
        failed_sign_in = scope["path"].startswith(SESSION_PATH) and status == HTTPStatus.UNAUTHORIZED
        if failed_sign_in or (caller is NOBODY and not shown):
            return
        refused: dict[str, Any] = scope.get(REFUSED_KEY, {})
        direct = scope["path"] if (scope["method"], scope["path"]) in self._direct else None
        with contextlib.suppress(TiexinError):  # the server is stopping
            self._access().audit.repeated(
                "refused",
                actor=caller.name if caller is not NOBODY else "unknown",
                org=caller.unit,
                status=status,
                code=scope.get(CODE_KEY, "not_allowed"),
                method=scope["method"],
                path=getattr(scope.get("route"), "path", direct),
                right=refused.get("right"),
                unit=refused.get("unit"),
                address=address_of(scope),
            )


def _headers_for(scope: Scope, *, is_api: bool) -> list[tuple[bytes, bytes]]:
    is_log = scope["path"].startswith(LOG_PREFIX)
    headers = _API_HEADERS if is_api else _LOG_HEADERS if is_log else _PAGE_HEADERS
    return [*headers, _TRANSPORT] if is_https(scope) else headers


def _watched(scope: Scope) -> dict[bytes, bytes]:
    found: dict[bytes, bytes] = {}
    for name, value in scope["headers"]:
        if name in WATCHED:
            if name in found and found[name] != value:
                msg = f"The header {name.decode()} came twice with different values."
                raise MalformedError(msg)
            found[name] = value
        elif name in FORWARDED:
            found[b"forwarded"] = value
    return found


def _bounded(receive: Receive, length: bytes | None) -> Receive:
    """Refuse a body above the limit: at once if its length is announced, else while it comes in."""
    if length is not None and (not length.isdigit() or int(length) > BODY_BYTES_MAX):
        raise _too_large()
    seen = 0

    async def counting() -> Message:
        nonlocal seen
        message = await receive()
        if message["type"] == "http.request":
            seen += len(message.get("body", b""))
            if seen > BODY_BYTES_MAX:
                raise _too_large()
        return message

    return counting


def _too_large() -> BodyTooLargeError:
    msg = f"A request may carry at most {BODY_BYTES_MAX:,} bytes (16 MiB). Nothing was stored; send smaller batches."
    return BodyTooLargeError(msg, limit_bytes=BODY_BYTES_MAX)


class _Sender:
    """Adds the security headers to a response and knows whether one has begun."""

    def __init__(self, send: Send, headers: list[tuple[bytes, bytes]]) -> None:
        self._send = send
        self._headers = headers
        self._begun = False
        self.status = 0

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._begun = True
            self.status = message["status"]
            given: list[Any] = list(message.get("headers", ()))
            names = {name for name, _ in given}
            given.extend(header for header in self._headers if header[0] not in names)
            message["headers"] = given
        await self._send(message)

    async def answer(self, response: ASGIApp, scope: Scope, receive: Receive) -> None:
        """Send a response unless one has begun, which then simply ends early."""
        if not self._begun:
            await response(scope, receive, self)
