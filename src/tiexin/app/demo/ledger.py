"""Where generated events are written down: one CloudEvents line each, in order of time, in bounded memory."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import msgspec

from tiexin.app.demo.hours import DAY, Period
from tiexin.app.demo.people.people import Person
from tiexin.app.demo.truth import Tally

SPOOL_BYTES_MAX = 64 * 1024 * 1024
"""Most bytes of lines held in memory before they go to files, one a day."""
KEY_CHARS = 24
"""Length of the sort key in front of a spooled line: time (10), customer (8), order within the customer (6)."""
ORIGIN = date(1970, 1, 1)


class Wire(msgspec.Struct, omit_defaults=True, kw_only=True):
    """An event as CloudEvents 1.0 JSON with the house's extension attributes; ``time`` is RFC 3339 in UTC."""

    specversion: str
    id: str
    source: str
    type: str
    time: str
    datacontenttype: str
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
    data: dict[str, Any]


class Spool:
    """Sorts lines by day through files, so that memory stays flat however long the run."""

    def __init__(self, folder: Path, *, bytes_max: int = SPOOL_BYTES_MAX) -> None:
        self._folder = folder
        self._bytes_max = bytes_max
        self._held: dict[int, list[bytes]] = {}
        self._bytes = 0
        self._filed: set[int] = set()

    def add(self, day: int, line: bytes) -> None:
        """Keep a line (sort key first) of a day (days since 1970)."""
        lines = self._held.get(day)
        if lines is None:
            lines = self._held[day] = []
        lines.append(line)
        self._bytes += len(line)
        if self._bytes > self._bytes_max:
            self._file()

    def days(self) -> Iterator[list[bytes]]:
        """Yield the lines of each day without their keys, in order of time."""
        for day in sorted(self._filed | self._held.keys()):
            lines = self._held.pop(day, [])
            if day in self._filed:
                path = self._path(day)
                lines += path.read_bytes().splitlines()
                path.unlink()
            lines.sort()
            yield [line[KEY_CHARS:] for line in lines]

    def _file(self) -> None:
        for day, lines in self._held.items():
            with self._path(day).open("ab") as file:
                file.write(b"\n".join(lines) + b"\n")
        self._filed |= self._held.keys()
        self._held.clear()
        self._bytes = 0

    def _path(self, day: int) -> Path:
        return self._folder / f"day-{day}.spool"


class Ledger:
    """Writes the events of one customer after another; what falls outside the period is not written."""

    def __init__(self, period: Period, spool: Spool, tally: Tally, *, source: str) -> None:
        self._period = period
        self._spool = spool
        self._tally = tally
        self._source = source
        self._encode = msgspec.json.Encoder().encode
        self._days: dict[int, str] = {}
        self._number = 0
        self._subject: str | None = None
        self._segment: str | None = None
        self._families: dict[str, int] = {}
        self._order = 0

    def begin(self, person: Person) -> None:
        """Turn to the next customer; the events that follow are his."""
        self._number = person.number
        self._subject = person.subject
        self._segment = person.segment
        self._families = {}
        self._order = 0

    def write(self, family: str, at: int, kind: str, data: dict[str, Any], **attributes: str | None) -> str | None:
        """Write an event at a UTC second and return its id, or None when it lies outside the period.

        The id counts within the family, so that adding a family of events later shifts no id of another.
        """
        if not self._period.start <= at < self._period.end:
            return None
        count = self._families.get(family, 0) + 1
        self._families[family] = count
        self._order += 1
        self._tally.event(kind, first=self._order == 1 and self._number > 0, personal="personal" in data)
        identity = f"{family}-{self._number:07d}-{count}"
        line = self._encode(
            Wire(
                specversion="1.0",
                id=identity,
                source=self._source,
                type=kind,
                time=self.iso(at),
                datacontenttype="application/json",
                subject=self._subject,
                segment=self._segment,
                data=data,
                **attributes,
            )
        )
        self._spool.add(at // DAY, b"%010d%08d%06d%b" % (at, self._number, self._order, line))
        return identity

    def iso(self, at: int) -> str:
        """Return RFC 3339 text of a UTC second."""
        number, second = divmod(at, DAY)
        day = self._days.get(number)
        if day is None:
            day = self._days[number] = (ORIGIN + timedelta(days=number)).isoformat()
        minute, second = divmod(second, 60)
        return f"{day}T{minute // 60:02d}:{minute % 60:02d}:{second:02d}Z"
