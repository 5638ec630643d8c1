"""Small events for tests."""

from __future__ import annotations

from typing import Any

from tiexin.record.contracts import Event

BASE_US = 1_700_000_000_000_000


def call(number: int, **changes: Any) -> Event:
    """Return an answered call whose id and time follow from its number."""
    values: dict[str, Any] = {
        "id": f"call-{number}",
        "source": "urn:test:calls",
        "type": "call.ended.v1",
        "time_us": BASE_US + number * 1_000_000,
        "subject": f"person-{number % 5}",
        "channel": "phone",
        "data": {"outcome": "answered", "queue_seconds": number % 60, "talk_seconds": 100},
    }
    values.update(changes)
    return Event(**values)


def calls(count: int, *, first: int = 0) -> list[Event]:
    """Return ``count`` calls with consecutive numbers."""
    return [call(number) for number in range(first, first + count)]


def secret_call(number: int, words: str, *, subject: str = "person-1", **changes: Any) -> Event:
    """Return a call with personal content."""
    data = {"outcome": "answered", "queue_seconds": 1, "talk_seconds": 2, "personal": {"words": words}}
    return call(number, subject=subject, data=data, **changes)
