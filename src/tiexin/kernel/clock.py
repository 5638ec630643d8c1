"""Time as data: UTC microseconds since 1970 in integers, read from a clock that is injected."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Protocol

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
SECOND_US = 1_000_000
HOUR_US = 3_600 * SECOND_US
DAY_US = 24 * HOUR_US
TIME_US_MIN = -62_135_596_800 * SECOND_US
"""0001-01-01T00:00:00Z, the earliest time a datetime can hold."""
TIME_US_MAX = 253_402_300_800 * SECOND_US - 1
"""9999-12-31T23:59:59.999999Z, the latest."""


class Clock(Protocol):
    """Anything that tells the present time."""

    def now_us(self) -> int:
        """Return the present time, UTC microseconds since 1970."""


class SystemClock:
    """The machine's own clock."""

    def now_us(self) -> int:
        """Return the present time, UTC microseconds since 1970."""
        return time.time_ns() // 1_000


class FixedClock:
    """A clock that stands still until it is told to move; for tests and reproducible runs."""

    def __init__(self, now_us: int) -> None:
        self._now_us = now_us

    def now_us(self) -> int:
        """Return the time that was set, UTC microseconds since 1970."""
        return self._now_us

    def advance(self, *, microseconds: int) -> None:
        """Move the clock forward by this many microseconds."""
        self._now_us += microseconds


def to_us(moment: datetime) -> int:
    """Return UTC microseconds since 1970 of an aware datetime.

    Raises:
        ValueError: the datetime has no time zone; a zone is never guessed.
    """
    if moment.tzinfo is None:
        msg = f"{moment.isoformat()} has no time zone"
        raise ValueError(msg)
    return (moment - EPOCH) // MICROSECOND


def from_us(time_us: int) -> datetime:
    """Return the aware UTC datetime of integer microseconds since 1970."""
    return EPOCH + timedelta(microseconds=time_us)


def iso_us(time_us: int) -> str:
    """Return RFC 3339 text in UTC with a trailing Z; a fraction appears only where there is one."""
    return from_us(time_us).isoformat().replace("+00:00", "Z")
