"""CloudEvents 1.0.2 as JSON text, in and out: the one place that knows how an event looks on the wire.

Reading is strict about form (names, types, lengths, nesting, zone of the time) and knows nothing of kinds; what the
data of a kind must hold is judged by the record at append.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any, Final, Literal
from urllib.parse import unquote

import msgspec
from msgspec import Meta

from tiexin.kernel.clock import TIME_US_MAX, TIME_US_MIN, iso_us, to_us
from tiexin.kernel.errors import InvalidInputError, MalformedError, TooLargeError
from tiexin.record.contracts import (
    BATCH_BYTES_MAX,
    BATCH_EVENTS_MAX,
    TEXT_CHARS_MAX,
    Event,
    PersonalState,
    RecordedEvent,
)

SINGLE_TYPE: Final = "application/cloudevents+json"
BATCH_TYPE: Final = "application/cloudevents-batch+json"
JSON_TYPE: Final = "application/json"
NESTING_MAX: Final = 32
"""Deepest nesting of objects and arrays within ``data``."""
ERRORS_SHOWN_MAX: Final = 20
"""Most errors one refusal lists."""
EXTENSION_NAME: Final = re.compile(r"[a-z0-9]{1,40}")
"""CloudEvents 1.0.2, naming conventions: lower-case letters and digits; the length limit is ours."""
ANSWER_ONLY: Final = frozenset({"position", "recordedtime", "personalstate"})
"""Attributes the record adds when it answers; ignored on the way in, so what was read can be sent again."""

Text = Annotated[str, Meta(min_length=1, max_length=TEXT_CHARS_MAX)]


class EventFormError(InvalidInputError):
    """At least one event does not have the form of a CloudEvent; names index, member and limit of each fault."""

    code = "invalid_event"
    title = "An event does not have the form of a CloudEvent"


class EventsUnreadableError(MalformedError):
    """The body is not JSON text that can be read."""

    code = "malformed_json"
    title = "The body is not readable JSON"


class BatchTooLargeError(TooLargeError):
    """The batch exceeds the limit of events or bytes; nothing was appended."""

    code = "batch_too_large"
    title = "The batch is larger than the limit"


class Wire(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A CloudEvent as JSON with the house's extension attributes and no others (the common case, decoded fast)."""

    specversion: Literal["1.0"]
    id: Text
    source: Text
    type: Text
    time: datetime
    data: dict[str, Any] | None = None
    datacontenttype: Literal["application/json"] | None = None
    subject: Text | None = None
    channel: Text | None = None
    journey: Text | None = None
    case: Text | None = None
    actor: Text | None = None
    step: Text | None = None
    lifecycle: Text | None = None
    org: Text | None = None
    product: Text | None = None
    segment: Text | None = None
    team: Text | None = None


HOUSE: Final = (
    "subject", "channel", "journey", "case", "actor", "step", "lifecycle", "org", "product", "segment", "team",
)  # fmt: skip
REQUIRED: Final = ("id", "source", "type", "time")
KNOWN: Final = frozenset(Wire.__struct_fields__)

_fast_one = msgspec.json.Decoder(Wire)
_fast_batch = msgspec.json.Decoder(list[Wire])
_any = msgspec.json.Decoder()


def decode_events(body: bytes, *, batch: bool | None = None) -> list[Event]:
    """Return the events of a JSON body: one object, or an array of at most 10,000.

    Args:
        body: JSON text of at most 16 MiB.
        batch: True for an array, False for one object, None to accept either.

    Raises:
        BatchTooLargeError: too many bytes or events.
        EventsUnreadableError: the body is not JSON text.
        EventFormError: an event breaks the form; lists index, member and reason of up to 20 faults.
    """
    if len(body) > BATCH_BYTES_MAX:
        raise too_many_bytes()
    # The escaped NUL is legal JSON, but no database keeps it in text; the careful path names where it stands.
    if b"\\u0000" not in body:
        try:
            array = body.lstrip()[:1] == b"[" if batch is None else batch
            wires = _fast_batch.decode(body) if array else [_fast_one.decode(body)]
            if _shallow(body, wires) and len(wires) <= BATCH_EVENTS_MAX:
                return [_event(wire) for wire in wires]
        except (ValueError, RecursionError, OverflowError):
            pass  # The careful path below finds out what is wrong and where, or accepts further attributes.
    return _decode_carefully(body, batch=batch)


def too_many_bytes() -> BatchTooLargeError:
    """Return the error for a body above the limit of bytes."""
    msg = f"A batch may hold at most {BATCH_BYTES_MAX} bytes (16 MiB). Nothing was appended; send smaller batches."
    return BatchTooLargeError(msg, limit=BATCH_BYTES_MAX, unit="bytes")


def decode_binary(headers: Mapping[str, str], body: bytes) -> list[Event]:
    """Return the event of a request in binary content mode: attributes in ``ce-`` headers, data in the body.

    Source: CloudEvents HTTP protocol binding 1.0.2, section 3.1.

    Raises:
        EventsUnreadableError: the body is not JSON text.
        EventFormError: an attribute is missing or not possible.
    """
    attributes: dict[str, Any] = {
        name[3:].lower(): unquote(value) for name, value in headers.items() if name.lower().startswith("ce-")
    }
    if body.strip():
        attributes["data"] = _read_json(body)
    return events_of([attributes])


def events_of(items: Sequence[Any]) -> list[Event]:
    """Return events of decoded JSON values, one event a value.

    Raises:
        EventFormError: lists index, member and reason of up to 20 faults.
    """
    events: list[Event] = []
    faults: list[dict[str, Any]] = []
    for index, item in enumerate(items):
        before = len(faults)
        event = _careful_event(item, index, faults)
        if event is not None and len(faults) == before:
            events.append(event)
        if len(faults) >= ERRORS_SHOWN_MAX:
            break
    if faults:
        first = faults[0]
        where = f"Event {first['index']}" + (f", {first['member']}" if first["member"] else "")
        msg = f"{where}: {first['reason']}. Nothing was appended."
        raise EventFormError(msg, index=first["index"], member=first["member"], errors=faults[:ERRORS_SHOWN_MAX])
    return events


def encode_event(recorded: RecordedEvent) -> dict[str, Any]:
    """Return the CloudEvents JSON object of a recorded event, with ``position`` and ``recordedtime``.

    ``personalstate`` is added where there is personal content: sealed, open or erased.
    """
    answer = encode_plain(recorded.event)
    answer["position"] = recorded.position
    answer["recordedtime"] = iso_us(recorded.recorded_us)
    if recorded.personal is not PersonalState.NONE:
        answer["personalstate"] = recorded.personal.value
    return answer


def encode_plain(event: Event) -> dict[str, Any]:
    """Return the CloudEvents JSON object of an event; absent attributes are left out."""
    answer: dict[str, Any] = {
        "specversion": "1.0",
        "id": event.id,
        "source": event.source,
        "type": event.type,
        "time": iso_us(event.time_us),
    }
    for name in HOUSE:
        value = getattr(event, name)
        if value is not None:
            answer[name] = value
    if event.extras:
        answer.update(event.extras)
    answer["datacontenttype"] = JSON_TYPE
    answer["data"] = event.data
    return answer


def _event(wire: Wire) -> Event:
    time_us = to_us(wire.time)
    if not TIME_US_MIN <= time_us <= TIME_US_MAX:
        raise OverflowError
    return Event(
        id=wire.id,
        source=wire.source,
        type=wire.type,
        time_us=time_us,
        data=wire.data or {},
        subject=wire.subject,
        channel=wire.channel,
        journey=wire.journey,
        case=wire.case,
        actor=wire.actor,
        step=wire.step,
        lifecycle=wire.lifecycle,
        org=wire.org,
        product=wire.product,
        segment=wire.segment,
        team=wire.team,
    )


def _shallow(body: bytes, wires: Sequence[Wire]) -> bool:
    """Tell whether nothing is nested too deep; counting brackets first spares the walk in the common case."""
    if body.count(b"{") + body.count(b"[") <= 2 * len(wires) + 1:
        return True
    return all(wire.data is None or not _too_deep(wire.data, NESTING_MAX) for wire in wires)


def _too_deep(value: Any, levels: int) -> bool:
    if levels == 0:
        return True
    inner = value.values() if isinstance(value, dict) else value
    return any(isinstance(item, (dict, list)) and _too_deep(item, levels - 1) for item in inner)


def _read_json(body: bytes) -> Any:
    try:
        return _any.decode(body)
    except RecursionError:
        msg = f"The body is nested deeper than {NESTING_MAX} levels. Nothing was appended."
        raise EventsUnreadableError(msg, limit=NESTING_MAX, unit="levels") from None
    except ValueError as error:
        msg = f"The body is not JSON text in UTF-8: {error}. Nothing was appended."
        raise EventsUnreadableError(msg) from None


def _decode_carefully(body: bytes, *, batch: bool | None) -> list[Event]:
    value = _read_json(body)
    if isinstance(value, list):
        if batch is False:
            msg = f"One event was announced and an array came; send an array as {BATCH_TYPE}."
            raise EventFormError(msg, index=0, member="", errors=[])
        if len(value) > BATCH_EVENTS_MAX:
            msg = (
                f"A batch may hold at most {BATCH_EVENTS_MAX} events; this one has {len(value)}. "
                "Nothing was appended; send smaller batches."
            )
            raise BatchTooLargeError(msg, limit=BATCH_EVENTS_MAX, unit="events", given=len(value))
        return events_of(value)
    if batch:
        msg = f"A batch was announced and something else than an array came; send one event as {SINGLE_TYPE}."
        raise EventFormError(msg, index=0, member="", errors=[])
    return events_of([value])


def _careful_event(item: Any, index: int, faults: list[dict[str, Any]]) -> Event | None:
    def fault(member: str, reason: str, **limit: int) -> None:
        faults.append({"index": index, "member": member, "reason": reason, **limit})

    if not isinstance(item, dict):
        fault("", "an event must be a JSON object")
        return None
    given = {name: value for name, value in item.items() if value is not None and name not in ANSWER_ONLY}
    if given.get("specversion") != "1.0":
        fault("specversion", 'must be "1.0"')
    given = {name: value for name, value in given.items() if name != "specversion"}
    for name in REQUIRED:
        if name not in given:
            fault(name, "is required")
    texts = {name: _text(name, given[name], fault) for name in (*REQUIRED[:3], *HOUSE) if name in given}
    time_us = _time(given["time"], fault) if "time" in given else None
    data = _data(given, fault)
    extras = {
        name: _extension(name, value, fault)
        for name, value in given.items()
        if name not in KNOWN and name != "data_base64"
    }
    if any(entry["index"] == index for entry in faults[-1:]) or time_us is None:
        return None
    return Event(time_us=time_us, data=data, extras=extras or None, **texts)


def _text(name: str, value: Any, fault: Any) -> Any:
    if not isinstance(value, str) or not value:
        fault(name, "must be text that is not empty")
    elif len(value) > TEXT_CHARS_MAX:
        fault(name, f"may have at most {TEXT_CHARS_MAX} characters", limit=TEXT_CHARS_MAX)
    elif "\x00" in value:
        fault(name, "may not contain the NUL character")
    return value


def _time(value: Any, fault: Any) -> int | None:
    try:
        time_us = to_us(msgspec.convert(value, datetime))
    except ValueError:
        fault("time", "must be an RFC 3339 moment with its zone, for example 2026-03-01T09:30:00+08:00")
        return None
    if not TIME_US_MIN <= time_us <= TIME_US_MAX:
        fault("time", "must lie in the years 1 to 9999 in UTC")
        return None
    return time_us


def _data(given: Mapping[str, Any], fault: Any) -> dict[str, Any]:
    if "data_base64" in given:
        fault("data_base64", "binary data are not kept; send a JSON object as data")
    media = given.get("datacontenttype", JSON_TYPE)
    if not isinstance(media, str) or media.split(";")[0].strip().lower() != JSON_TYPE:
        fault("datacontenttype", f"must be {JSON_TYPE} or absent")
    data = given.get("data", {})
    if not isinstance(data, dict):
        fault("data", "must be a JSON object")
    elif _too_deep(data, NESTING_MAX):
        fault("data", f"may be nested at most {NESTING_MAX} levels deep", limit=NESTING_MAX)
    elif _has_nul(data):
        fault("data", "may not contain the NUL character")
    else:
        return data
    return {}


def _has_nul(value: Any) -> bool:
    if isinstance(value, str):
        return "\x00" in value
    if isinstance(value, dict):
        return any(_has_nul(name) or _has_nul(item) for name, item in value.items())
    return isinstance(value, list) and any(_has_nul(item) for item in value)


def _extension(name: str, value: Any, fault: Any) -> Any:
    if not EXTENSION_NAME.fullmatch(name):
        fault(name[:60], "is not an attribute name (1 to 40 lower-case letters and digits)")
    elif isinstance(value, str):
        return _text(name, value, fault) if value else value
    elif not isinstance(value, (bool, int)) or not -(2**31) <= value < 2**31:
        fault(name, "must be text, a boolean or a 32-bit whole number")
    return value
