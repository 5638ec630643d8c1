"""Events as they travel: the JSON format of CloudEvents 1.0.2, single and in batches.

Extension attributes that the house does not name are kept as extras (simple values only, names of lower-case letters
and digits as the specification demands). ``position`` and ``recordedtime`` are given by the record and refused here.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from tiexin.kernel.clock import from_us, to_us
from tiexin.kernel.errors import MalformedError
from tiexin.record.contracts import BATCH_EVENTS_MAX, Event, PersonalState, RecordedEvent
from tiexin.record.errors import BatchTooLargeError, EventProblem, EventsRefusedError

CONTENT_TYPE = "application/cloudevents+json"
BATCH_CONTENT_TYPE = "application/cloudevents-batch+json"
JSON_DATA = re.compile(r"^application/([a-z0-9.+-]+\+)?json(\s*;.*)?$", re.IGNORECASE)
EXTENSION_NAME = re.compile(r"^[a-z0-9]{1,64}$")
MISSING = re.compile(r"missing required field `(\w+)`")
GIVEN_BY_RECORD = frozenset({"position", "recordedtime"})


class CloudEvent(msgspec.Struct, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """The JSON form of one event; attribute names are those of CloudEvents and of the house's extensions."""

    specversion: Literal["1.0"]
    id: str
    source: str
    type: str
    time: Annotated[datetime, Meta(tz=True)]
    subject: str | None = None
    datacontenttype: str | None = None
    channel: str | None = None
    journey: str | None = None
    case: str | None = None
    actor: str | None = None
    step: str | None = None
    lifecycle: str | None = None
    org: str | None = None
    product: str | None = None
    segment: str | None = None
    team: str | None = None
    dataschema: str | None = None
    data: dict[str, Any] | None = None


_ATTRIBUTES = frozenset(CloudEvent.__struct_fields__)
_batch = msgspec.json.Decoder(list[CloudEvent])
_raw = msgspec.json.Decoder()
_encoder = msgspec.json.Encoder()


def decode_event(body: bytes) -> Event:
    """Return the event in a JSON text.

    Raises:
        MalformedError: the text is not JSON.
        EventsRefusedError: it is not an event; says which member is wrong and why.
    """
    return _from_json(_decode(body), 0)


def decode_batch(body: bytes) -> list[Event]:
    """Return the events in a JSON array (``application/cloudevents-batch+json``), at most 10,000.

    Raises:
        MalformedError: the text is not JSON.
        BatchTooLargeError: more events than one batch may hold.
        EventsRefusedError: an element is not an event; says which.
    """
    try:
        found = _batch.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return _decode_batch_slowly(body)
    _check_count(len(found))
    return [_to_event(event, None, index) for index, event in enumerate(found)]


def decode_any(body: bytes) -> list[Event]:
    """Return the events of a JSON text that is an event or an array of them."""
    return decode_batch(body) if body.lstrip()[:1] == b"[" else [decode_event(body)]


def encode_event(event: Event) -> bytes:
    """Return the JSON text of an event; :func:`decode_event` returns an equal event."""
    return _encoder.encode(cloud_event(event))


def cloud_event(event: Event) -> dict[str, Any]:
    """Return an event as a JSON-ready CloudEvents object; absent attributes are left out."""
    found: dict[str, Any] = {
        "specversion": "1.0",
        "id": event.id,
        "source": event.source,
        "type": event.type,
        "time": from_us(event.time_us),
        "datacontenttype": "application/json",
    }
    for name in OPTIONAL_ATTRIBUTES:
        value = getattr(event, name)
        if value is not None:
            found[name] = value
    if event.extras:
        found.update(event.extras)
    found["data"] = event.data
    return found


def recorded_event(recorded: RecordedEvent) -> dict[str, Any]:
    """Return an event of the record as JSON-ready object with ``position``, ``recordedtime`` and personal state."""
    found = cloud_event(recorded.event)
    found["position"] = recorded.position
    found["recordedtime"] = from_us(recorded.recorded_us)
    if recorded.personal is not PersonalState.NONE:
        found["personalstate"] = recorded.personal.value
    return found


OPTIONAL_ATTRIBUTES = (
    "subject",
    "channel",
    "journey",
    "case",
    "actor",
    "step",
    "lifecycle",
    "org",
    "product",
    "segment",
    "team",
)


def _decode(body: bytes) -> Any:
    try:
        return _raw.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        msg = f"The text is not JSON: {error}"
        raise MalformedError(msg) from error
    except RecursionError as error:
        msg = "The JSON text is nested too deeply"
        raise MalformedError(msg) from error


def _decode_batch_slowly(body: bytes) -> list[Event]:
    """Decode element by element, to take extras along or to name every element that is wrong."""
    found = _decode(body)
    if not isinstance(found, list):
        msg = "A batch is a JSON array of events"
        raise MalformedError(msg)
    _check_count(len(found))
    events, problems = [], []
    for index, element in enumerate(found):
        try:
            events.append(_from_json(element, index))
        except EventsRefusedError as error:
            problems.extend(error.problems)
    if problems:
        raise EventsRefusedError(problems)
    return events


def _check_count(count: int) -> None:
    if count > BATCH_EVENTS_MAX:
        raise BatchTooLargeError(events=count)


def _from_json(element: Any, index: int) -> Event:
    if not isinstance(element, dict):
        raise EventsRefusedError([EventProblem(index=index, member="$", reason="an event is a JSON object")])
    known = {name: value for name, value in element.items() if name in _ATTRIBUTES}
    extras = {name: value for name, value in element.items() if name not in _ATTRIBUTES}
    problem = _extras_problem(extras)
    if problem is not None:
        raise EventsRefusedError([msgspec.structs.replace(problem, index=index, id=_id_of(element))])
    try:
        event = msgspec.convert(known, CloudEvent)
        return _to_event(event, extras or None, index)
    except (msgspec.ValidationError, OverflowError) as error:
        reason, _, path = str(error).partition(" - at `$.")
        missing = MISSING.search(reason)
        member = missing[1] if missing else path.rstrip("`") or "$"
        problem = EventProblem(index=index, id=_id_of(element), member=member, reason=reason)
        raise EventsRefusedError([problem]) from error


def _id_of(element: dict[str, Any]) -> str | None:
    found = element.get("id")
    return found if isinstance(found, str) else None


def _extras_problem(extras: dict[str, Any]) -> EventProblem | None:
    for name, value in extras.items():
        if name in GIVEN_BY_RECORD:
            return EventProblem(member=name, reason="is given by the record and cannot be sent")
        if name == "data_base64":
            return EventProblem(member=name, reason="binary data are not accepted; send a JSON object in data")
        if not EXTENSION_NAME.match(name):
            reason = "an extension attribute's name is 1 to 64 lower-case letters or digits (CloudEvents 1.0)"
            return EventProblem(member=name, reason=reason)
        if not isinstance(value, str | bool | int) or (
            isinstance(value, int) and not isinstance(value, bool) and not -(2**31) <= value < 2**31
        ):
            return EventProblem(member=name, reason="an extension attribute is a string, a boolean or a 32-bit integer")
    return None


def _to_event(found: CloudEvent, extras: dict[str, Any] | None, index: int) -> Event:
    if found.datacontenttype is not None and not JSON_DATA.match(found.datacontenttype):
        reason = f"only JSON data are accepted, not {found.datacontenttype!r}"
        raise EventsRefusedError([EventProblem(index=index, id=found.id, member="datacontenttype", reason=reason)])
    if found.dataschema is not None:
        extras = {**(extras or {}), "dataschema": found.dataschema}
    return Event(
        id=found.id,
        source=found.source,
        type=found.type,
        time_us=to_us(found.time),
        data=found.data if found.data is not None else {},
        subject=found.subject,
        channel=found.channel,
        journey=found.journey,
        case=found.case,
        actor=found.actor,
        step=found.step,
        lifecycle=found.lifecycle,
        org=found.org,
        product=found.product,
        segment=found.segment,
        team=found.team,
        extras=extras,
    )
