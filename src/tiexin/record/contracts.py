"""The types that cross the record's border: events going in, events coming out, receipts, filters."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import msgspec

BATCH_EVENTS_MAX = 10_000
"""Most events one batch may hold."""
BATCH_BYTES_MAX = 16 * 1024 * 1024
"""Most bytes one batch may hold, as JSON text."""
PAGE_EVENTS_MAX = 1_000
"""Most events one page of a read returns."""
TEXT_CHARS_MAX = 1_024
"""Longest envelope attribute in characters."""


class Channel(StrEnum):
    """How the contact reached us (envelope attribute ``channel``)."""

    APP = "app"
    WEB = "web"
    BRANCH = "branch"
    PHONE = "phone"
    CHAT = "chat"
    EMAIL = "email"
    SOCIAL = "social"
    PARTNER = "partner"
    SYSTEM = "system"


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """One contact, as a CloudEvents 1.0 event with the house's extension attributes.

    ``time_us`` is UTC microseconds since 1970. ``data`` is what may be analysed, a JSON object; its reserved member
    ``personal`` (a JSON object) is split off and encrypted under the key of ``subject`` at append. ``extras`` holds
    further CloudEvents extension attributes (simple values only). Source: CloudEvents 1.0.2.
    """

    id: str
    source: str
    type: str
    time_us: int
    data: dict[str, Any] = {}
    subject: str | None = None
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
    extras: dict[str, Any] | None = None


class PersonalState(StrEnum):
    """What became of the personal part of an event that is read."""

    NONE = "none"
    """The event has no personal part."""
    SEALED = "sealed"
    """There is one; the reader did not ask for it or may not see it."""
    OPEN = "open"
    """It was decrypted and stands in ``event.data["personal"]``."""
    ERASED = "erased"
    """There is no key for it: the person was erased, or the key store is not here; nobody can read it."""


class RecordedEvent(msgspec.Struct, frozen=True, kw_only=True):
    """An event as it stands in the record.

    ``position`` is dense and in commit order, starting at 1. ``recorded_us`` is when it was appended (UTC µs).
    """

    position: int
    recorded_us: int
    event: Event
    personal: PersonalState = PersonalState.NONE


class AppendReceipt(msgspec.Struct, frozen=True, kw_only=True):
    """What an append did; when it is in hand the events are durable.

    ``positions`` has one entry an event of the batch, in its order: the position of the new event, or of the one
    already there when the event was a redelivery.
    """

    appended: int
    duplicates: int
    positions: list[int]


HOUSE_PREFIXES = ("system.", "access.")
"""Types that start so are written by the house itself, never appended from outside; they are no contacts."""
OF_CUSTOMERS_SQL = (
    "type NOT LIKE 'system.%' AND type NOT LIKE 'access.%' AND type NOT LIKE 'record.%' AND type NOT LIKE 'org.%' "
    "AND type NOT LIKE 'walk.%'"
)
"""Condition over ``events`` that leaves out the house's own, the reference events and those of mystery shoppers (who
are no customers); their times span the data."""


class EventFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Which events to read; every condition given must hold. Times are UTC µs, ``until_us`` is exclusive.

    ``orgs`` are the units whose events may be read (None: of every unit and of none); an event without a unit is
    never among them. ``access`` tells whether sign-ins, refusals and exports (``access.*``) are read as well.
    """

    since_us: int | None = None
    until_us: int | None = None
    subject: str | None = None
    case: str | None = None
    journey: str | None = None
    type: str | None = None
    channel: str | None = None
    position: int | None = None
    orgs: frozenset[str] | None = None
    access: bool = True


class EventPage(msgspec.Struct, frozen=True, kw_only=True):
    """One page of a read in order of position; pass ``next_after`` as ``after`` to go on (None at the end)."""

    events: list[RecordedEvent]
    next_after: int | None


class RecordStats(msgspec.Struct, frozen=True, kw_only=True):
    """How much the record holds; events of the house itself (``system.*``, ``access.*``) are counted apart."""

    events: int
    subjects: int
    first: str | None
    last: str | None
    bytes: int
    system_events: int
    position: int
    lake_position: int


class Erasure(msgspec.Struct, frozen=True, kw_only=True):
    """The outcome of an erasure: ``erased`` or refused with reasons that a person can read."""

    erased: bool
    subject: str
    position: int | None = None
    reasons: list[dict[str, Any]] = []


StoredRow = tuple[Any, ...]
"""One row of the record exactly as it is stored; its values stand in the order of ``STORED_COLUMNS``."""
STORED_COLUMNS = (
    "position",
    "time_us",
    "recorded_us",
    "type",
    "source",
    "id",
    "subject",
    "channel",
    "journey",
    "case_id",
    "actor",
    "step",
    "lifecycle",
    "org",
    "product",
    "segment",
    "team",
    "data",
    "extras",
    "personal",
    "personal_mac",
)
"""What a stored row holds: numbers first, then texts (``data`` and ``extras`` are JSON), then two byte strings."""
