"""The record over HTTP: append, read, follow; figures of the record itself."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Annotated, Any, Final, cast
from urllib.parse import unquote, urlencode

import msgspec
from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect
from starlette.responses import Response

from tiexin.kernel.clock import TIME_US_MAX, TIME_US_MIN, to_us
from tiexin.kernel.errors import InvalidInputError, NotFoundError
from tiexin.record import wire
from tiexin.record.api import Record
from tiexin.record.contracts import (
    BATCH_BYTES_MAX,
    PAGE_EVENTS_MAX,
    TEXT_CHARS_MAX,
    AppendReceipt,
    Channel,
    Event,
    EventFilter,
    PersonalState,
    RecordedEvent,
)
from tiexin.record.errors import BatchTooLargeError
from tiexin.record.follow import CommitSignal, EventStream, follow
from tiexin.record.openapi import (
    APPEND_DOC,
    APPEND_RESPONSES,
    EVENT_RESPONSE,
    FOLLOW_RESPONSE,
    KINDS_RESPONSE,
    PAGE_RESPONSE,
    SCHEMAS,
    STATS_RESPONSE,
)
from tiexin.record.settling import Settling

__all__ = ["SCHEMAS", "Allow", "CommitSignal", "append_handler", "router"]

APPEND_PATH: Final = "/v1/events"
WRITE: Final = "record:append"
READ: Final = "record:read"
PERSONAL: Final = "record:personal"
INLINE_BYTES_MAX: Final = 16 * 1024
"""Bodies up to this size are decoded on the event loop; decoding takes less time there than changing threads."""
POSITION_MAX: Final = 2**63 - 1
JSON: Final = "application/json"
BY_MEDIA_TYPE: Final[dict[str, Callable[[bytes], list[Event]]]] = {
    wire.CONTENT_TYPE: lambda body: [wire.decode_event(body)],
    wire.BATCH_CONTENT_TYPE: wire.decode_batch,
    JSON: wire.decode_any,
}

Handler = Callable[[Request], Awaitable[Response]]
Allow = Callable[[Request, str], None]
"""Passes if the caller of the request has the right, else raises; the application says how."""
Holds = Callable[[Request], Callable[[], bool]]
"""Returns what tells, while a stream goes on, whether its caller may still read; the application says how."""
Noted = Callable[..., None]
"""Writes down that the caller of a request (first argument) does something (second), with facts by name; blocks."""
Bound = Callable[[Request, EventFilter], EventFilter]
"""Returns a filter bounded to what the caller of the request may see; the application says how."""

_encode = msgspec.json.Encoder().encode


class MediaTypeError(InvalidInputError):
    """The body has a type that this route does not read."""

    status = 415
    code = "unsupported_media_type"
    title = "The body has a type that is not read here"


class ParameterError(InvalidInputError):
    """A parameter of the request is not possible; names it."""

    code = "invalid_parameter"
    title = "A parameter of the request is not valid"


class EventNotFoundError(NotFoundError):
    """Nothing stands at that position."""

    code = "event_not_found"


Short = Annotated[str | None, Query(min_length=1, max_length=TEXT_CHARS_MAX)]
Moment = Annotated[
    str | None,
    Query(
        max_length=40,
        json_schema_extra={"format": "date-time"},
        description="RFC 3339 moment with zone, for example 2026-03-01T09:30:00+08:00 (write the + as %2B).",
    ),
]
Position = Annotated[int, Query(ge=0, le=POSITION_MAX, description="Only events after this position.")]
PersonalFlag = Annotated[bool, Query(description="Open personal content; needs the right record:personal.")]


async def _event_filter(
    since: Moment = None,
    until: Moment = None,
    subject: Short = None,
    case: Short = None,
    journey: Short = None,
    type: Short = None,  # noqa: A002  (the attribute's name in CloudEvents)
    channel: Annotated[Channel | None, Query()] = None,
) -> EventFilter:
    for name, value in {"subject": subject, "case": case, "journey": journey, "type": type}.items():
        if value is not None and "\x00" in value:
            msg = f"{name} may not contain the NUL character"
            raise ParameterError(msg, parameter=name)
    return EventFilter(
        since_us=_moment("since", since),
        until_us=_moment("until", until),
        subject=subject,
        case=case,
        journey=journey,
        type=type,
        channel=channel.value if channel else None,
    )


Filter = Annotated[EventFilter, Depends(_event_filter)]


def router(
    get_record: Callable[[], Record], *, allow: Allow, bound: Bound, holds: Holds, noted: Noted, signal: CommitSignal
) -> APIRouter:
    """Return the routes of the record.

    Args:
        get_record: gives the opened record once the server has started.
        allow: judges whether the caller has a right.
        bound: leaves out of a filter what the caller may not see.
        holds: watches over the caller of a stream.
        noted: writes down that personal content is opened.
        signal: wakes followers after commits; closed by the application when it stops.
    """
    api = APIRouter(prefix="/v1", tags=["record"])
    _add_append(api, get_record, allow, signal)
    # Before the reads: /events/{position} would take the word "follow" for a position.
    reading = _Reading(allow, bound, holds, noted)
    _add_follow(api, get_record, reading, signal)
    _add_reads(api, get_record, reading)
    _add_facts(api, get_record, reading)
    return api


def append_handler(api: APIRouter) -> Handler:
    """Return the handler of ``POST /v1/events`` in a router of :func:`router`, for calls that skip FastAPI's layers."""
    for route in api.routes:
        if isinstance(route, APIRoute) and route.path == APPEND_PATH and "POST" in (route.methods or ()):
            return cast("Handler", route.endpoint)
    msg = f"the router has no POST {APPEND_PATH}"
    raise LookupError(msg)


def _add_append(api: APIRouter, get_record: Callable[[], Record], allow: Allow, signal: CommitSignal) -> None:
    # Two threads: one may wait for the keys of subjects while the other decodes.
    intake = ThreadPoolExecutor(max_workers=2, thread_name_prefix="tiexin-intake")
    settling = Settling()

    @api.post("/events", status_code=201, responses=APPEND_RESPONSES, openapi_extra=APPEND_DOC)
    async def append_events(request: Request) -> Response:
        """Append one event or a batch, all or nothing; answered when the events are durable.

        Sending the same events again changes nothing and is counted under `duplicates`; the same source and id with
        other content is refused (409). Limits: 10,000 events and 16 MiB a batch.
        """
        allow(request, WRITE)
        decode = _decoder(request)
        body = await _body(request)
        if len(body) > BATCH_BYTES_MAX:
            raise BatchTooLargeError(size_bytes=len(body))
        submit = get_record().submit
        if len(body) <= INLINE_BYTES_MAX and b'"personal"' not in body:
            future = submit(decode(body))
        else:
            loop = asyncio.get_running_loop()
            future = await loop.run_in_executor(intake, lambda: submit(decode(body)))
        receipt = await settling.wait_for(future)
        if receipt.appended:
            signal.notify()
        return _json(_answer(receipt), status=201 if receipt.appended else 200)


class _Reading:
    """What the caller of a request may read: passes or raises, and bounds filters."""

    def __init__(self, allow: Allow, bound: Bound, holds: Holds, noted: Noted) -> None:
        self.allow = allow
        self.holds = holds
        self._bound = bound
        self._noted = noted

    async def note_opened(self, request: Request, path: str, found: Sequence[RecordedEvent] | None = None) -> None:
        """Write down that personal content leaves at an address; durable when this returns, so before the answer.

        Args:
            request: whose caller reads.
            path: template of the address.
            found: what is about to be shown, of which nothing may be open; None for a stream, which is not known yet.
        """
        opened = [each for each in found or () if each.personal is PersonalState.OPEN]
        if found is None:
            await run_in_threadpool(self._noted, request, "personal_opened", path=path)
        elif len(opened) == 1:
            one = {"position": opened[0].position, "type": opened[0].event.type}
            await run_in_threadpool(self._noted, request, "personal_opened", path=path, events=1, **one)
        elif opened:
            await run_in_threadpool(self._noted, request, "personal_opened", path=path, events=len(opened))

    def bounded(self, request: Request, events: EventFilter, *, personal: bool) -> EventFilter:
        """Return what of a filter the caller may read."""
        self.allow(request, READ)
        if personal:
            self.allow(request, PERSONAL)
        return self._bound(request, events)


def _add_reads(api: APIRouter, get_record: Callable[[], Record], reading: _Reading) -> None:
    @api.get("/events", responses=PAGE_RESPONSE)
    async def read_events(
        request: Request,
        events: Filter,
        after: Position = 0,
        limit: Annotated[int, Query(ge=1, le=PAGE_EVENTS_MAX)] = 100,
        personal: PersonalFlag = False,
    ) -> Response:
        """Read events in the order of the record, page by page: pass `next` as `after` until it is null."""
        wanted = reading.bounded(request, events, personal=personal)
        page = await run_in_threadpool(get_record().read, wanted, after=after, limit=limit, personal=personal)
        await reading.note_opened(request, "/v1/events", page.events)
        body = {"events": [wire.recorded_event(recorded) for recorded in page.events], "next": page.next_after}
        response = _json(body)
        if page.next_after is not None:
            query = [pair for pair in request.query_params.multi_items() if pair[0] != "after"]
            target = urlencode([*query, ("after", str(page.next_after))])
            response.headers["link"] = f'</v1/events?{target}>; rel="next"'
        return response

    @api.get("/events/{position}", responses=EVENT_RESPONSE)
    async def read_event(
        request: Request,
        position: Annotated[int, Path(ge=1, le=POSITION_MAX)],
        personal: PersonalFlag = False,
    ) -> Response:
        """Read the event at a position."""
        wanted = reading.bounded(request, EventFilter(position=position), personal=personal)
        page = await run_in_threadpool(get_record().read, wanted, after=position - 1, limit=1, personal=personal)
        if not page.events or page.events[0].position != position:
            msg = f"The record has no event at position {position}."
            raise EventNotFoundError(msg, position=position)
        await reading.note_opened(request, "/v1/events/{position}", page.events)
        return _json(wire.recorded_event(page.events[0]))


def _add_follow(api: APIRouter, get_record: Callable[[], Record], reading: _Reading, signal: CommitSignal) -> None:
    @api.get("/events/follow", responses=FOLLOW_RESPONSE)
    async def follow_events(
        request: Request,
        events: Filter,
        after: Position = 0,
        personal: PersonalFlag = False,
    ) -> Response:
        """Follow the record as server-sent events: what is there after a position, then what comes.

        The `id` of each is its position; a client that reconnects with `Last-Event-ID` (browsers do so themselves)
        goes on without loss or repetition. Comments are heartbeats.
        """
        wanted = reading.bounded(request, events, personal=personal)
        start = _last_event_id(request.headers.get("last-event-id"), after)
        if personal:
            await reading.note_opened(request, "/v1/events/follow")
        parts = follow(
            get_record(),
            signal,
            events=wanted,
            after=start,
            personal=personal,
            holds=reading.holds(request),
            monotonic=time.monotonic,
        )
        return EventStream(parts, signal)


def _add_facts(api: APIRouter, get_record: Callable[[], Record], reading: _Reading) -> None:
    @api.get("/record/stats", responses=STATS_RESPONSE)
    async def read_stats(request: Request) -> Response:
        """Tell how much the record holds, as far as the caller may see it."""
        wanted = reading.bounded(request, EventFilter(), personal=False)
        return _json(await run_in_threadpool(get_record().stats, orgs=wanted.orgs))

    @api.get("/record/kinds", responses=KINDS_RESPONSE)
    async def read_kinds(request: Request) -> Response:
        """List the known kinds of events with the JSON Schema of their data."""
        reading.allow(request, READ)
        kinds = get_record().kinds
        return _json({"kinds": [{"type": name, "schema": kinds.schema(name)} for name in kinds.names()]})


async def _body(request: Request) -> bytes:
    """Return the body of a request; the same as ``request.body()`` at a third of its cost."""
    parts: list[bytes] = []
    while True:
        message = await request.receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        parts.append(message.get("body", b""))
        if not message.get("more_body", False):
            return parts[0] if len(parts) == 1 else b"".join(parts)


def _decoder(request: Request) -> Callable[[bytes], list[Event]]:
    """Return how the body of a request is to be read, by its media type (CloudEvents HTTP binding 1.0.2)."""
    if "ce-specversion" in request.headers:
        return lambda body: [_decode_binary(request, body)]
    given = request.headers.get("content-type", JSON).partition(";")[0].strip().lower()
    found = BY_MEDIA_TYPE.get(given)
    if found is None:
        msg = f"The media type {given[:100]!r} is not read here. Send one of: {', '.join(BY_MEDIA_TYPE)}."
        raise MediaTypeError(msg, accepted=list(BY_MEDIA_TYPE))
    return found


def _decode_binary(request: Request, body: bytes) -> Event:
    """Return the event of a request in binary mode: attributes in ``ce-`` headers (percent-encoded), data as body."""
    attributes: dict[str, Any] = {
        name[3:]: unquote(value) for name, value in request.headers.items() if name.startswith("ce-")
    }
    if "content-type" in request.headers:
        attributes["datacontenttype"] = request.headers["content-type"]
    if body.strip():
        attributes["data"] = msgspec.Raw(body)
    return wire.decode_event(_encode(attributes))


def _answer(receipt: AppendReceipt) -> dict[str, Any]:
    places = receipt.positions
    span = {"first": min(places), "last": max(places)} if places else None
    return {"appended": receipt.appended, "duplicates": receipt.duplicates, "positions": span}


def _last_event_id(given: str | None, after: int) -> int:
    if given is None or given == "":
        return after
    if not (given.isascii() and given.isdigit()) or int(given) > POSITION_MAX:
        msg = "Last-Event-ID must be a position, a whole number of at most 19 digits"
        raise ParameterError(msg, parameter="Last-Event-ID")
    return int(given)


def _moment(name: str, given: str | None) -> int | None:
    if given is None:
        return None
    # A plus sign that was not percent-encoded arrives as a space; no moment has one there otherwise.
    text = f"{given[:-6]}+{given[-5:]}" if given[-6:-5] == " " else given
    try:
        time_us = to_us(msgspec.convert(text, datetime))
    except ValueError:
        time_us = TIME_US_MAX + 1
    if not TIME_US_MIN <= time_us <= TIME_US_MAX:
        msg = f"{name} must be an RFC 3339 moment with its zone, for example 2026-03-01T09:30:00Z"
        raise ParameterError(msg, parameter=name)
    return time_us


def _json(body: Any, *, status: int = 200) -> Response:
    return Response(_encode(body), status_code=status, media_type=JSON)
