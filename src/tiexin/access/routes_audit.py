"""The audit over HTTP: what happened at the door, newest first."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from tiexin.access.asking import may, reach_of
from tiexin.access.contracts import Right
from tiexin.access.documents import audit_entry, encode
from tiexin.kernel.clock import TIME_US_MAX, TIME_US_MIN, to_us
from tiexin.kernel.errors import InvalidInputError
from tiexin.record.api import Record

PAGE_MAX = 500
TEXT_CHARS_MAX = 200
POSITION_MAX = 2**63 - 1
PREFIX = "access."

Short = Annotated[str | None, Query(max_length=TEXT_CHARS_MAX)]
Moment = Annotated[
    str | None, Query(max_length=40, description="RFC 3339 moment with zone (write the + as %2B), or a day (UTC).")
]


class AuditQuestionError(InvalidInputError):
    """A condition on the audit is not possible; names it."""

    code = "invalid_parameter"


def add_audit(routes: APIRouter, get_record: Callable[[], Record]) -> None:
    """Add the routes of the audit."""

    @routes.get("/audit", dependencies=[Depends(may(Right.AUDIT_READ))])
    def read_audit(
        request: Request,
        kind: Short = None,
        actor: Short = None,
        since: Moment = None,
        until: Moment = None,
        after: Annotated[int | None, Query(ge=0, le=POSITION_MAX, description="`next` of the page before.")] = None,
        limit: Annotated[int, Query(ge=1, le=PAGE_MAX)] = 100,
    ) -> Response:
        """Sign-ins, failures, refusals, exports and changes of users and keys, newest first, page by page."""
        for name, text in (("kind", kind), ("actor", actor)):
            if text is not None and "\x00" in text:
                msg = f"{name} may not contain the NUL character"
                raise AuditQuestionError(msg, parameter=name)
        record = get_record()
        known = [each for each in record.kinds.names() if each.startswith(PREFIX)]
        kinds = known if kind is None else [each for each in known if kind in {each, each.split(".")[1]}]
        found = record.newest(
            kinds,
            actor=actor,
            orgs=reach_of(request),
            since_us=_moment("since", since),
            until_us=_moment("until", until),
            before=after,
            limit=limit + 1,
        )
        more = len(found) > limit
        entries = [audit_entry(recorded) for recorded in found[:limit]]
        answer = {"events": entries, "kinds": known, "next": found[limit - 1].position if more else None}
        return Response(encode(answer), media_type="application/json")


def _moment(name: str, given: str | None) -> int | None:
    if given is None:
        return None
    # A plus sign that was not percent-encoded arrives as a space; no moment has one there otherwise.
    text = f"{given[:-6]}+{given[-5:]}" if given[-6:-5] == " " else given
    text = f"{text}T00:00:00Z" if len(text) == len("2026-01-01") else text
    try:
        time_us = to_us(datetime.fromisoformat(text))
    except (ValueError, OverflowError):
        time_us = TIME_US_MAX + 1
    if not TIME_US_MIN <= time_us <= TIME_US_MAX:
        msg = f"{name} must be a day or an RFC 3339 moment with its zone, for example 2026-03-01T09:30:00Z"
        raise AuditQuestionError(msg, parameter=name)
    return time_us
