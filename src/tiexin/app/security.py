"""The gate before every route: who calls, what they may do, how much they may send, what a browser may do with it.

A call without a key is accepted only from this very machine to a server bound to this machine alone, under a loopback
name (a page of another site that had its name re-pointed to 127.0.0.1 still sends its own name: DNS rebinding), and
not on behalf of another site (Origin, Sec-Fetch-Site: cross-site requests). Everything else needs a bearer key.
"""

from __future__ import annotations

import functools
import ipaddress
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tiexin.access.api import CALLER_KEY, LOCAL, NOBODY, Access, UnknownCallerError
from tiexin.access.contracts import Caller
from tiexin.app.problems import problem_response, unexpected
from tiexin.kernel.errors import MalformedError, TiexinError, TooLargeError

BODY_BYTES_MAX = 16 * 1024 * 1024
"""Most bytes any request may carry."""
OPEN_PATHS = frozenset({"/v1/health", "/v1/ready"})
API_PREFIX = "/v1/"
FORWARDED = frozenset({b"forwarded", b"via", b"x-forwarded-for", b"x-forwarded-host", b"x-real-ip"})
WATCHED = frozenset({b"host", b"origin", b"authorization", b"content-length", b"sec-fetch-site"})

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


@functools.lru_cache(maxsize=1_024)
def is_loopback(address: str) -> bool:
    """Tell whether an address or host name (without port) is this machine's own loopback."""
    name = address.strip("[]").lower()
    if name == "localhost":
        return True
    try:
        parsed = ipaddress.ip_address(name.partition("%")[0])
    except ValueError:
        return False
    mapped = getattr(parsed, "ipv4_mapped", None)
    return (mapped or parsed).is_loopback


def host_name(host: str) -> str:
    """Return the name of a Host header without its port."""
    if host.startswith("["):
        return host.partition("]")[0] + "]"
    return host.partition(":")[0]


class Gate:
    """ASGI middleware: recognises callers, bounds bodies, adds security headers, catches what nobody foresaw.

    Args:
        app: what stands behind the gate.
        access: gives users, sessions and keys once the server has started.
        bound_to_loopback: the server listens on a loopback address alone.
        require_key: refuse also local callers without a key.
        direct: handlers by method and path that are called at once, for routes where the layers between would cost
            more than the work; they must raise nothing but what the gate turns into problems.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        access: Callable[[], Access],
        bound_to_loopback: bool,
        require_key: bool,
        direct: Mapping[tuple[str, str], Callable[[Request], Awaitable[Response]]] | None = None,
    ) -> None:
        self._app = app
        self._access = access
        self._direct = dict(direct or {})
        self._local_allowed = bound_to_loopback and not require_key

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":
            await send({"type": "websocket.close", "code": 1008})
            return
        is_api = scope["path"].startswith(API_PREFIX)
        guarded_send = _Sender(send, _API_HEADERS if is_api else _PAGE_HEADERS)
        try:
            headers = _watched(scope)
            if is_api:
                scope[CALLER_KEY] = await self._caller(scope, headers)
            bounded = _bounded(receive, headers.get(b"content-length"))
            handler = self._direct.get((scope["method"], scope["path"]))
            if handler is None:
                await self._app(scope, bounded, guarded_send)
            else:
                response = await handler(Request(scope, bounded))
                await response(scope, bounded, guarded_send)
        except ClientDisconnect:
            return
        except TiexinError as error:
            await guarded_send.answer(problem_response(error), scope, receive)
        except Exception as error:  # noqa: BLE001  (the last place where an error can become an answer)
            response = unexpected(error, method=scope["method"], path=scope["path"])
            await guarded_send.answer(response, scope, receive)

    async def _caller(self, scope: Scope, headers: dict[bytes, bytes]) -> Caller:
        authorization = headers.get(b"authorization")
        if authorization is not None:
            return await self._by_key(authorization)
        if scope["path"] in OPEN_PATHS:
            return NOBODY
        if not self._local_allowed:
            msg = "This server needs an API key. Send it as: Authorization: Bearer TOKEN"
            raise UnknownCallerError(msg)
        _check_local(scope, headers)
        return LOCAL

    async def _by_key(self, authorization: bytes) -> Caller:
        scheme, _, token = authorization.decode("latin-1").partition(" ")
        if scheme.lower() != "bearer":
            msg = "Only bearer keys are understood. Send: Authorization: Bearer TOKEN"
            raise UnknownCallerError(msg)
        access = self._access()
        if not access.is_fresh():
            await run_in_threadpool(access.refresh)
        return access.caller_of_token(token.strip())


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


def _check_local(scope: Scope, headers: dict[bytes, bytes]) -> None:
    host = headers.get(b"host", b"").decode("latin-1")
    origin = headers.get(b"origin")
    peer = scope.get("client")
    reason = ""
    if peer is None or not is_loopback(peer[0]):
        reason = "the request comes from another machine"
    elif b"forwarded" in headers:
        reason = "the request was passed on by a proxy"
    elif not is_loopback(host_name(host)):
        reason = "the Host header is not a loopback name"
    elif origin is not None and origin.decode("latin-1") != f"{scope.get('scheme', 'http')}://{host}":
        reason = "the request was made by a page of another origin"
    elif headers.get(b"sec-fetch-site", b"none") not in {b"none", b"same-origin"}:
        reason = "the request was made by a page of another site"
    if reason:
        msg = f"A call without an API key is accepted only from this machine itself, and {reason}."
        raise UnknownCallerError(msg)


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

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._begun = True
            given: list[Any] = list(message.get("headers", ()))
            names = {name for name, _ in given}
            given.extend(header for header in self._headers if header[0] not in names)
            message["headers"] = given
        await self._send(message)

    async def answer(self, response: ASGIApp, scope: Scope, receive: Receive) -> None:
        """Send a response unless one has begun, which then simply ends early."""
        if not self._begun:
            await response(scope, receive, self)
