"""Where generated events are written down: one CloudEvents line each, one customer's life after another."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

import msgspec

from tiexin.app.demo.hours import DAY, Period
from tiexin.app.demo.person import Person
from tiexin.app.demo.spool import Spool
from tiexin.app.demo.tally import Tally

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


class Ledger:
    """Writes the events of one customer after another; what falls outside the period is not written.

    The lines of a customer are held until :meth:`settle`, so that a life can be lived again (:meth:`drop`).
    """

    def __init__(self, period: Period, spool: Spool, tally: Tally, *, source: str) -> None:
        self._period = period
        self._spool = spool
        self.tally = tally
        self.source = source
        self._encode = msgspec.json.Encoder().encode
        self._days: dict[int, str] = {}
        self._number = 0
        self._subject: str | None = None
        self._segment: str | None = None
        self._families: dict[str, int] = {}
        self._subjects: set[str] = set()
        self._order = 0
        self._held: list[tuple[int, bytes]] = []
        self.until = period.end

    def begin(self, person: Person, *, until: int | None = None) -> None:
        """Turn to the next customer; the events that follow are his, and none is written from ``until`` on."""
        self._number = person.number
        self._subject = person.subject
        self._segment = person.segment
        self._families = {}
        self._subjects = set()
        self._order = 0
        self.until = self._period.end if until is None else until

    @contextmanager
    def after_leaving(self) -> Iterator[None]:
        """Write what the institution still does once the customer has left."""
        until, self.until = self.until, self._period.end
        yield
        self.until = until

    def settle(self) -> None:
        """Hand what was written since the last time to the spool."""
        add = self._spool.add
        for day, line in self._held:
            add(day, line)
        self._held.clear()

    def drop(self) -> None:
        """Forget what was written since the last time."""
        self._held.clear()

    def write(
        self,
        family: str,
        at: int,
        kind: str,
        data: dict[str, Any],
        *,
        subject: str | None = None,
        **attributes: str | None,
    ) -> str | None:
        """Write an event at a UTC second and return its id, or None when it lies outside the period.

        The id counts within the family, so that adding a family of events later shifts no id of another.
        ``subject`` replaces the customer's own pseudonym, for a channel that knows him under another one.
        """
        if not self._period.start <= at < self.until:
            return None
        count = self._families.get(family, 0) + 1
        self._families[family] = count
        self._order += 1
        subject = subject or self._subject
        if subject is not None and subject not in self._subjects:
            self._subjects.add(subject)
            self.tally.subject()
        self.tally.event(kind, personal="personal" in data)
        identity = f"{family}-{self._number:07d}-{count}"
        line = self._encode(
            Wire(
                specversion="1.0",
                id=identity,
                source=self.source,
                type=kind,
                time=self.iso(at),
                datacontenttype="application/json",
                subject=subject,
                segment=self._segment,
                data=data,
                **attributes,
            )
        )
        self._held.append((at // DAY, b"%010d%08d%06d%b" % (at, self._number, self._order, line)))
        return identity

    def iso(self, at: int) -> str:
        """Return RFC 3339 text of a UTC second."""
        number, second = divmod(at, DAY)
        day = self._days.get(number)
        if day is None:
            day = self._days[number] = (ORIGIN + timedelta(days=number)).isoformat()
        return f"{day}T{CLOCK[second // 60]}:{second % 60:02d}Z"


CLOCK = [f"{minute // 60:02d}:{minute % 60:02d}" for minute in range(DAY // 60)]
"""Hours and minutes of a day as text: half of what a time costs to write is divisions."""
