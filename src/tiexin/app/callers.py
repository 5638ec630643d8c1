"""Who calls: a key, somebody's session, or a program on this very machine.

A call without a key is accepted only from this machine to a server bound to this machine alone, under a loopback name
(a page of another site that had its name re-pointed to 127.0.0.1 still sends its own name: DNS rebinding), and not on
behalf of another site (Origin, Sec-Fetch-Site: cross-site requests). Browsers need the session of somebody who signed
in, with the token of that session for everything that changes something; every other program a bearer key.
"""

from __future__ import annotations

import functools
import ipaddress
from collections.abc import Callable, Mapping
from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.types import Scope

from tiexin.access.api import (
    CALLER_KEY,
    LOCAL,
    NOBODY,
    SESSION_KEY,
    Access,
    SessionOverError,
    UnknownCallerError,
    is_csrf_token,
    session_token,
)
from tiexin.access.contracts import Caller
from tiexin.kernel.errors import NotAllowedError

Headers = Mapping[bytes, bytes]

OPEN_PATHS: Final = frozenset({"/v1/health", "/v1/ready"})
OF_BROWSERS: Final = frozenset({b"origin", b"cookie", b"sec-fetch-site", b"sec-fetch-mode", b"sec-fetch-dest"})
"""Headers by which a browser is known; no program sends them by itself."""
SESSION_PATH: Final = "/v1/session"
SIGN_IN_PATHS: Final = frozenset({SESSION_PATH, "/v1/session/passkey", "/v1/session/passkey/options"})
"""Where somebody without a session asks for one: guarded by the origin, for there is no session to bind a token to."""
SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})


class CrossSiteError(NotAllowedError):
    """A page of another site sent the request, or one of ours without its token; nothing was done."""

    code = "cross_site"
    title = "This request did not come from a page of ours"


class SignInNeededError(UnknownCallerError):
    """A browser called without a session: people sign in, programs of this machine need not."""

    code = "sign_in_needed"
    title = "Please sign in"


class Callers:
    """Recognises the callers of one server.

    Args:
        access: gives users, sessions and keys once the server has started.
        bound_to_loopback: the server listens on a loopback address alone.
        require_key: refuse also local callers without a key.
    """

    def __init__(self, access: Callable[[], Access], *, bound_to_loopback: bool, require_key: bool) -> None:
        self._access = access
        self._bound_to_loopback = bound_to_loopback
        self._local_allowed = bound_to_loopback and not require_key

    async def of(self, scope: Scope, headers: Headers) -> Caller:
        """Return who calls; leaves user and token of a session in the scope.

        Raises:
            UnknownCallerError: the caller did not say who it is, or what it showed does not hold.
            CrossSiteError: a page of another site sent the request.
        """
        authorization = headers.get(b"authorization")
        if authorization is not None:
            token = _bearer(authorization)
            return (await self._fresh()).caller_of_token(token)
        path = scope["path"]
        for_people = path == SESSION_PATH or path.startswith(SESSION_PATH + "/")
        session = session_token(headers.get(b"cookie", b""))
        if for_people or session is not None:
            self._check_people(scope, headers)
        open_to_all = for_people or path in OPEN_PATHS
        if session is not None:
            try:
                return await self._by_session(scope, headers, session)
            except SessionOverError:
                if not open_to_all:
                    raise
        if open_to_all:
            return NOBODY
        return self._without_identity(scope, headers)

    def _without_identity(self, scope: Scope, headers: Headers) -> Caller:
        if self._local_allowed:
            _check_local(scope, headers)
        if any(name in headers for name in OF_BROWSERS):
            msg = "Please sign in. Programs on this machine may call without a session, pages in a browser may not."
            raise SignInNeededError(msg)
        if not self._local_allowed:
            msg = "This server needs an API key. Send it as: Authorization: Bearer TOKEN"
            raise UnknownCallerError(msg)
        return LOCAL

    async def _by_session(self, scope: Scope, headers: Headers, token: str) -> Caller:
        user, caller = (await self._fresh()).sessions.recognise(token)
        signing_in = scope["path"] in SIGN_IN_PATHS and scope["method"] == "POST"
        if scope["method"] not in SAFE_METHODS and not signing_in:
            given = headers.get(b"x-csrf-token", b"").decode("latin-1")
            if not is_csrf_token(given, token):
                scope[CALLER_KEY] = caller
                msg = (
                    "The request lacks the token of your session (X-CSRF-Token). Nothing was done; load the page anew."
                )
                raise CrossSiteError(msg)
        scope[SESSION_KEY] = (user, token)
        return caller

    def _check_people(self, scope: Scope, headers: Headers) -> None:
        """Refuse what a page of another site may have sent in the name of somebody who is signed in here."""
        host = headers.get(b"host", b"").decode("latin-1")
        if self._bound_to_loopback and b"forwarded" not in headers and not is_loopback(host_name(host)):
            msg = "People sign in under the name of this machine, and the Host header is not a loopback name."
            raise UnknownCallerError(msg)
        if scope["method"] in SAFE_METHODS:
            return
        origin = headers.get(b"origin")
        site = headers.get(b"sec-fetch-site", b"none")
        # Behind a proxy that ends TLS the scheme differs, so the names are compared.
        foreign = origin is not None and origin.decode("latin-1").partition("://")[2] != host
        if foreign or site not in {b"none", b"same-origin"}:
            msg = "The request was made by a page of another site. Nothing was done."
            raise CrossSiteError(msg)

    async def _fresh(self) -> Access:
        access = self._access()
        if not access.is_fresh():
            await run_in_threadpool(access.refresh)
        return access


def _bearer(authorization: bytes) -> str:
    scheme, _, token = authorization.decode("latin-1").partition(" ")
    if scheme.lower() != "bearer":
        msg = "Only bearer keys are understood. Send: Authorization: Bearer TOKEN"
        raise UnknownCallerError(msg)
    return token.strip()


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


def _check_local(scope: Scope, headers: Headers) -> None:
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
