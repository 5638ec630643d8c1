"""The only door to access."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import cast

from starlette.requests import Request

from tiexin.access.contracts import Caller
from tiexin.kernel.errors import NotAllowedError

CALLER_KEY = "tiexin.caller"
"""Where the gate leaves the caller in the scope of a request."""


def caller_of(request: Request) -> Caller:
    """Return who calls, as the gate recognised it."""
    return cast("Caller", request.scope[CALLER_KEY])


def allow(request: Request, right: str) -> None:
    """Pass if the caller of a request has a right.

    Raises:
        NotAllowedError: it has not; names the right.
    """
    if right in caller_of(request).rights:
        return
    msg = f"This needs the right {right}, which {caller_of(request).name} does not have."
    raise NotAllowedError(msg, right=right)


def may(right: str) -> Callable[[Request], Awaitable[None]]:
    """Return a dependency for routes that passes callers with a right."""

    async def check(request: Request) -> None:
        allow(request, right)

    return check


def reach_of(request: Request) -> frozenset[str] | None:
    """Return the units whose contacts the caller may see; None for the whole institution."""
    return caller_of(request).units
