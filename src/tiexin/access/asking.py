"""What routes ask about a request: who calls, may he, which units lie within his reach."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, cast

import msgspec
from starlette.requests import Request

from tiexin.access.contracts import NOBODY, Caller, Right
from tiexin.access.origin import SESSION_KEY
from tiexin.access.rights import WHOLE_ONLY, rights_of
from tiexin.access.rules.keys import UnknownCallerError
from tiexin.kernel.errors import NotAllowedError

if TYPE_CHECKING:
    from tiexin.record.contracts import EventFilter

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
    if caller.units is not None and caller.role is not None and right in rights_of(caller.role) & WHOLE_ONLY:
        msg = (
            f"The right {right} reaches into the record of the whole institution, and you look after your own unit. "
            "Nothing was stored. Somebody who sees the whole institution can do it."
        )
        raise OutOfReachError(msg, right=right)
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


ANYBODY_KNOWN = "anybody who is known"
"""What a route declares in place of a right when every recognised caller may call it."""


async def known_caller(request: Request) -> None:
    """Pass callers of whom anything is known: signed-in users, keys, programs on this machine."""
    if caller_of(request) is NOBODY:
        msg = "Sign in first, or show an API key."
        raise UnknownCallerError(msg)


known_caller.right = ANYBODY_KNOWN  # type: ignore[attr-defined]  # read by the test that every route declares its right


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


async def sees_the_whole(request: Request) -> None:
    """Pass callers who see the whole institution; a dependency for what cannot be told of a part of it.

    Raises:
        OutOfReachError: the caller is bound to units.
    """
    if reach_of(request) is not None:
        request.scope[REFUSED_KEY] = {"unit": "the whole institution"}
        msg = "This is told of the whole institution only, and you see your own unit. Nothing was read."
        raise OutOfReachError(msg)


async def changes_the_whole(request: Request) -> None:
    """Pass callers who see the whole institution; a dependency for changes that concern all of it.

    Raises:
        OutOfReachError: the caller is bound to units.
    """
    if reach_of(request) is not None:
        request.scope[REFUSED_KEY] = {"unit": "the whole institution"}
        msg = "This changes something for the whole institution, and you look after your own unit. Nothing was changed."
        raise OutOfReachError(msg)


def bound(request: Request, events: EventFilter) -> EventFilter:
    """Return a filter of events bounded to what the caller may see: its units, and ``access.*`` only with its right."""
    caller = caller_of(request)
    return msgspec.structs.replace(events, orgs=caller.units, access=Right.AUDIT_READ.value in caller.rights)


def still_holds(request: Request) -> Callable[[], bool]:
    """Return what tells, while an answer goes on for long, whether its caller may still have it; may block shortly."""
    access = request.app.state.opened.access()
    session: tuple[object, str] | None = request.scope.get(SESSION_KEY)
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    key = token.strip() if scheme.lower() == "bearer" else None
    return lambda: bool(access.still_holds(session=session[1] if session else None, key=key))


def exported(request: Request, *, what: str, form: str, rows: int | None, columns: int | None, address: str) -> None:
    """Note in the record that the caller takes something out as a file; durable when this returns.

    Args:
        request: whose caller exports.
        what: the table or chart, as the page names it.
        form: ``csv``, ``xlsx`` or ``png``.
        rows: how many rows, None for a picture.
        columns: how many columns, None for a picture.
        address: of the page with its filters.
    """
    caller = caller_of(request)
    audit = request.app.state.opened.access().audit
    found = {"what": what, "format": form, "rows": rows, "columns": columns, "address": address}
    audit.write("exported", actor=caller.name, org=caller.unit, **found)


def noted(request: Request, kind: str, **data: object) -> None:
    """Write into the record what the caller did with personal content; durable when this returns.

    Args:
        request: whose caller did it.
        kind: the middle of the event's type, such as ``personal_opened``.
        data: of the event, nothing personal.
    """
    caller = caller_of(request)
    request.app.state.opened.access().audit.write(kind, actor=caller.name, org=caller.unit, **data)
