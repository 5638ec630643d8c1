"""The only door to access: open it, ask who calls, demand a right, name the reach of a caller, note an export."""

from __future__ import annotations

import os
import time
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, cast

from starlette.requests import Request

from tiexin.access.contracts import LOCAL, NOBODY, Caller, Right
from tiexin.access.origin import SESSION_KEY, address_of, is_https, session_token
from tiexin.access.rules.csrf import is_csrf_token
from tiexin.access.rules.keys import OLD_SCOPES, UnknownCallerError
from tiexin.access.service import Access
from tiexin.access.sessions import SessionOverError
from tiexin.infra.settings import Settings
from tiexin.kernel.clock import Clock
from tiexin.kernel.errors import NotAllowedError

if TYPE_CHECKING:
    from tiexin.record.api import Record
    from tiexin.record.contracts import EventFilter

__all__ = [
    "CALLER_KEY",
    "CODE_KEY",
    "LOCAL",
    "NOBODY",
    "OLD_SCOPES",
    "REFUSED_KEY",
    "SESSION_KEY",
    "Access",
    "OutOfReachError",
    "SessionOverError",
    "UnknownCallerError",
    "address_of",
    "allow",
    "bound",
    "caller_of",
    "exported",
    "is_csrf_token",
    "is_https",
    "may",
    "noted",
    "open_access",
    "reach_of",
    "session_token",
    "within_reach",
]

CALLER_KEY = "tiexin.caller"
"""Where the gate leaves the caller in the scope of a request."""
REFUSED_KEY = "tiexin.refused"
"""Where a refusal leaves what was refused (a right or a unit) in the scope of a request, for the audit."""
CODE_KEY = "tiexin.code"
"""Where an error leaves its code in the scope of a request, for the audit."""


class OutOfReachError(NotAllowedError):
    """The caller asked for a unit of the organisation that lies outside its own; names it."""

    code = "unit_out_of_reach"
    title = "This unit lies outside yours"


def open_access(
    settings: Settings,
    *,
    record: Record | None = None,
    clock: Clock | None = None,
    random: Callable[[int], bytes] = os.urandom,
    monotonic: Callable[[], float] = time.monotonic,
) -> Access:
    """Open the users, sessions and keys of an installation, made on first use; use it as a context manager.

    Args:
        settings: of the installation.
        record: where events of access are written and the organisation is read; without one neither is done.
        clock: tells the present.
        random: source of secrets.
        monotonic: seconds that never go back, by which copies in memory age.

    Raises:
        DatabaseError: the database cannot be opened.
        SchemaError: the tables were made by a newer version.
    """
    return Access(settings, record=record, clock=clock, random=random, monotonic=monotonic)


def caller_of(request: Request) -> Caller:
    """Return who calls, as the gate recognised it."""
    return cast("Caller", request.scope[CALLER_KEY])


def allow(request: Request, right: str) -> None:
    """Pass if the caller of a request has a right.

    Raises:
        NotAllowedError: it has not; names the right.
    """
    caller = caller_of(request)
    if right in caller.rights:
        return
    right = str(right)
    request.scope[REFUSED_KEY] = {"right": right}
    if caller.user is not None:
        msg = f"This needs the right {right}, which the role {caller.role} does not have. An administrator can help."
    elif caller.key_id is not None:
        msg = (
            f"The API key {caller.key_id} does not have the scope {right}. "
            f"Make a key with: tiexin keys add --scope {right}"
        )
    else:
        msg = (
            f"A caller without an API key does not have the right {right}. "
            f"Make a key with: tiexin keys add --scope {right}"
        )
    raise NotAllowedError(msg, right=right, scope=right)


def may(right: str) -> Callable[[Request], Awaitable[None]]:
    """Return a dependency for routes that passes callers with a right; routes declare their right with it."""

    async def check(request: Request) -> None:
        allow(request, right)

    check.right = str(right)  # type: ignore[attr-defined]  # read by the test that every route declares its right
    return check


def reach_of(request: Request) -> frozenset[str] | None:
    """Return the units whose contacts the caller may see; None for the whole institution."""
    return caller_of(request).units


def within_reach(request: Request, unit: str | None) -> None:
    """Pass if a unit that was asked for by name lies within the caller's reach (None and whole callers always do).

    An empty text asks for contacts without a unit, which only callers of the whole institution may see.

    Raises:
        OutOfReachError: it does not; the words are the same whether such a unit exists or not.
    """
    reach = reach_of(request)
    if unit is None or reach is None or unit in reach:
        return
    request.scope[REFUSED_KEY] = {"unit": unit[:200]}
    msg = f"You see your own unit and those below it; {unit[:200]!r} is not among them. Nothing was read."
    raise OutOfReachError(msg, unit=unit[:200])


def bound(request: Request, events: EventFilter) -> EventFilter:
    """Return a filter of events bounded to what the caller may see: its units, and ``access.*`` only with its right."""
    import msgspec

    caller = caller_of(request)
    return msgspec.structs.replace(events, orgs=caller.units, access=Right.AUDIT_READ.value in caller.rights)


def exported(request: Request, *, what: str, form: str, rows: int | None, columns: int | None, address: str) -> None:
    """Note in the record that the caller took something out as a file; durable when this returns.

    Args:
        request: whose caller exports.
        what: the table or chart, as the page names it.
        form: ``csv``, ``xlsx`` or ``png``.
        rows: how many rows, None for a picture.
        columns: how many columns, None for a picture.
        address: of the page with its filters.
    """
    found: dict[str, Any] = {"what": what, "format": form, "rows": rows, "columns": columns, "address": address}
    request.app.state.opened.access().audit.exported(caller_of(request), **found)


def noted(request: Request, kind: str, **data: Any) -> None:
    """Write into the record what the caller did with personal content; durable when this returns.

    Args:
        request: whose caller did it.
        kind: the middle of the event's type, such as ``personal_opened``.
        data: of the event, nothing personal.
    """
    caller = caller_of(request)
    request.app.state.opened.access().audit.write(kind, actor=caller.name, **data)
