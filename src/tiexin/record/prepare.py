"""Turns events into rows: checks the envelope and the kind, splits off and encrypts the personal part.

All of this happens in the caller's thread, before the single writer is involved; nothing is stored yet.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from tiexin.infra.settings import Cipher
from tiexin.kernel.clock import TIME_US_MAX, TIME_US_MIN
from tiexin.record.contracts import BATCH_BYTES_MAX, BATCH_EVENTS_MAX, HOUSE_PREFIXES, TEXT_CHARS_MAX, Channel, Event
from tiexin.record.errors import BatchTooLargeError, EventProblem, EventsRefusedError
from tiexin.record.kinds.registry import KindRegistry
from tiexin.record.subject_keys import SubjectKey, SubjectKeys, place_of

PERSONAL = "personal"
NESTING_MAX = 64
"""Deepest nesting of objects and arrays within ``data``, itself included."""
NUL = b"\\u0000"

Short = Annotated[str, Meta(min_length=1, max_length=TEXT_CHARS_MAX)]
Row = tuple[Any, ...]
"""Values in the order of ``store.tables.INSERT_COLUMNS`` without position and recorded_us."""


class CheckedEvent(msgspec.Struct, kw_only=True):
    """The rules of the envelope, checked by msgspec in one pass over a batch."""

    id: Short
    source: Short
    type: Short
    time_us: Annotated[int, Meta(ge=TIME_US_MIN, le=TIME_US_MAX)]
    data: dict[str, Any]
    subject: Short | None
    channel: Channel | None
    journey: Short | None
    case: Short | None
    actor: Short | None
    step: Short | None
    lifecycle: Short | None
    org: Short | None
    product: Short | None
    segment: Short | None
    team: Short | None
    extras: dict[str, Any] | None


class Prepared(msgspec.Struct, frozen=True):
    """A batch that is ready to be stored.

    ``erased`` holds the indices of events whose personal part belongs to an erased subject: they may only be
    redeliveries.
    """

    rows: list[Row]
    ids: list[str]
    erased: frozenset[int]


_encode = msgspec.json.Encoder(order="deterministic").encode


def prepare(
    events: Sequence[Event], *, kinds: KindRegistry, keys: SubjectKeys, cipher: Cipher, system: bool = False
) -> Prepared:
    """Return the rows of a batch.

    Raises:
        BatchTooLargeError: more than 10,000 events or 16 MiB.
        EventsRefusedError: events break a rule; names each (index, member, reason).
    """
    if len(events) > BATCH_EVENTS_MAX:
        raise BatchTooLargeError(events=len(events))
    _check_envelopes(events, kinds, system=system)
    owners = [event.subject for event in events if event.subject is not None and PERSONAL in event.data]
    found = keys.find_or_create(owners) if owners else {}
    rows, erased = [], set()
    for index, event in enumerate(events):
        data, sealed, mac = event.data, None, None
        if PERSONAL in data:
            data = {name: value for name, value in data.items() if name != PERSONAL}
            key = found[event.subject] if event.subject is not None else None
            if key is None:
                erased.add(index)
            else:
                sealed, mac = _seal(event, key, cipher)
        rows.append(_row(event, data, sealed, mac))
    return Prepared(rows, [event.id for event in events], frozenset(erased))


def _row(event: Event, data: dict[str, Any], sealed: bytes | None, mac: bytes | None) -> Row:
    return (
        event.time_us,
        event.type,
        event.source,
        event.id,
        event.subject,
        event.channel,
        event.journey,
        event.case,
        event.actor,
        event.step,
        event.lifecycle,
        event.org,
        event.product,
        event.segment,
        event.team,
        _encode(data).decode(),
        _encode(event.extras).decode() if event.extras else None,
        sealed,
        mac,
    )


def _seal(event: Event, key: SubjectKey, cipher: Cipher) -> tuple[bytes, bytes]:
    personal = _encode(event.data[PERSONAL])
    return key.seal(personal, place=place_of(event.source, event.id), cipher=cipher), key.mac(personal)


def _check_envelopes(events: Sequence[Event], kinds: KindRegistry, *, system: bool) -> None:
    try:
        msgspec.convert(events, list[CheckedEvent], from_attributes=True)
        whole = _encode(events)
        clean = NUL not in whole
    except (msgspec.ValidationError, UnicodeEncodeError, RecursionError, TypeError, OverflowError):
        clean, whole = False, b""
    if len(whole) > BATCH_BYTES_MAX:
        raise BatchTooLargeError(size_bytes=len(whole))
    # As many openings as all envelopes need and a few more: nothing can be nested deeper, and no walk is needed.
    shallow = clean and whole.count(b"{") + whole.count(b"[") <= 2 * len(events) + NESTING_MAX
    problems = []
    for index, event in enumerate(events):
        found = _event_problem(event, kinds, system=system, clean=clean)
        if found is None and not shallow:
            found = _nesting_problem(event)
        if found is not None:
            member, reason = found
            problems.append(EventProblem(index=index, id=str(event.id), member=member, reason=reason))
    if problems:
        raise EventsRefusedError(problems)


def _event_problem(event: Event, kinds: KindRegistry, *, system: bool, clean: bool) -> tuple[str, str] | None:
    """Return the member that is wrong and why; ``clean`` says that the batch passed the envelope's rules as a whole."""
    if not clean:
        found = _envelope_problem(event)
        if found is not None:
            return found
    if event.type.startswith(HOUSE_PREFIXES) and not system:
        prefix = event.type.partition(".")[0]
        return "type", f"types that start with '{prefix}.' are written by the house itself"
    data = event.data
    if PERSONAL in data:
        if event.subject is None:
            return "subject", "an event with data.personal needs a subject, whose key encrypts it"
        if not isinstance(data[PERSONAL], dict):
            return "data.personal", "data.personal is a JSON object"
    reason = kinds.problem(event.type, data)
    return None if reason is None else ("data", reason)


def _nesting_problem(event: Event) -> tuple[str, str] | None:
    """Refuse what could be stored but not read again: every reader's stack has another depth to spare."""
    if _too_deep(event.data, NESTING_MAX):
        return "data", f"data may be nested at most {NESTING_MAX} levels deep"
    return None


def _too_deep(value: Any, levels: int) -> bool:
    if levels == 0:
        return True
    inner = value.values() if isinstance(value, dict) else value
    return any(isinstance(item, dict | list) and _too_deep(item, levels - 1) for item in inner)


def _envelope_problem(event: Event) -> tuple[str, str] | None:
    try:
        msgspec.convert(event, CheckedEvent, from_attributes=True)
        if NUL in _encode(event) and _holds_nul(msgspec.to_builtins(event)):
            return "$", "the character U+0000 is not allowed in texts"
    except msgspec.ValidationError as error:
        reason, _, path = str(error).partition(" - at `$.")
        return path.rstrip("`") or "$", reason
    except UnicodeEncodeError:
        return "$", "a text holds half of a surrogate pair, which is not a character"
    except RecursionError:
        return "data", "data are nested too deeply"
    except (TypeError, OverflowError) as error:
        return "data", f"data hold something that JSON cannot: {error}"
    return None


def _holds_nul(value: Any) -> bool:
    if isinstance(value, str):
        return "\0" in value
    if isinstance(value, dict):
        return any(_holds_nul(name) or _holds_nul(inner) for name, inner in value.items())
    return isinstance(value, list) and any(_holds_nul(inner) for inner in value)


def problems_of(events: Sequence[Event], kinds: KindRegistry) -> list[EventProblem]:
    """Return what the record would refuse of some events from outside; nothing is stored and no key is made."""
    try:
        _check_envelopes(events, kinds, system=False)
    except EventsRefusedError as error:
        return error.problems
    return []
