"""Erasing a person: holds are checked, the intent is journalled, the key is destroyed, the act is recorded.

The journal (``<keys>/erasures.jsonl``) stands outside both databases. Each database remembers how many of its lines
it knows; opening the record applies the rest. So a crash half-way is completed, and a restored backup forgets again
what had been erased since it was made.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import sqlalchemy as sa

from tiexin.infra.db import Database
from tiexin.infra.files import append_durably, locked
from tiexin.kernel.clock import from_us
from tiexin.kernel.errors import UnavailableError
from tiexin.record.contracts import Event
from tiexin.record.subject_keys import SubjectKeys
from tiexin.record.tables import counter, events

JOURNAL_FILE = "erasures.jsonl"
HOLD_PLACED = "record.hold_placed.v1"
HOLD_RELEASED = "record.hold_released.v1"
SUBJECT_ERASED = "system.subject_erased.v1"
ERASURE_SOURCE = "urn:tiexin:record"


class JournalError(UnavailableError):
    """The erasure journal cannot be read, or is shorter than what the databases know; names the file."""

    code = "erasure_journal_damaged"


class JournalLine(msgspec.Struct, frozen=True, kw_only=True):
    """One erasure as it was decided."""

    id: str
    subject: str
    reason: str
    erased_us: int


class Hold(msgspec.Struct, frozen=True, kw_only=True):
    """A legal hold that is in force; ``until`` is its last day (ISO), None until it is released."""

    hold: str
    basis: str
    reason: str
    until: str | None


def holds_in_force(connection: sa.Connection, subject: str, *, now_us: int) -> list[Hold]:
    """Return the holds that forbid erasing a subject now; a hold lasts to the end of its last day everywhere."""
    query = sa.select(events.c.type, events.c.data).where(
        events.c.subject == subject, events.c.type.in_((HOLD_PLACED, HOLD_RELEASED))
    )
    found: dict[str, Hold] = {}
    for row in connection.execute(query.order_by(events.c.position)):
        data = msgspec.json.decode(row.data)
        if row.type == HOLD_RELEASED:
            found.pop(data["hold"], None)
        else:
            hold = Hold(hold=data["hold"], basis=data["basis"], reason=data["reason"], until=data.get("until"))
            found[hold.hold] = hold
    return [hold for hold in found.values() if not _has_ended(hold, from_us(now_us))]


def _has_ended(hold: Hold, now: datetime) -> bool:
    if hold.until is None:
        return False
    day = date.fromisoformat(hold.until) + timedelta(days=1)
    # A hold must not end early anywhere: its last day is over when it is over in the westernmost zone (UTC-12).
    return now >= datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(hours=12)


class Erasures:
    """The erasure journal and what follows from it."""

    def __init__(
        self, folder: Path, database: Database, keys: SubjectKeys, append: Callable[[list[Event]], object]
    ) -> None:
        self._file = folder / JOURNAL_FILE
        self._lock = folder / ".erasures.lock"
        self._database = database
        self._keys = keys
        self._append = append

    def begin(self, line: JournalLine) -> list[Hold]:
        """Journal an erasure unless a hold is in force; return those holds (empty means journalled).

        The record's counter is locked meanwhile, so no hold can slip in between the check and the journal.
        """
        with locked(self._lock), self._database.write() as connection:
            connection.execute(sa.select(counter.c.position).with_for_update())
            holds = holds_in_force(connection, line.subject, now_us=line.erased_us)
            if not holds:
                append_durably(self._file, msgspec.json.encode(line))
        return holds

    def apply(self) -> int:
        """Bring key store and record to the state of the journal; return how many lines were applied."""
        lines = self._lines()
        known = min(self._known(len(lines)))
        with locked(self._lock):
            for number, line in enumerate(lines[known:], known + 1):
                self._keys.destroy(line.subject, reason=line.reason, erased_us=line.erased_us, applied=number)
                self._append([_erased_event(line)])
                with self._database.write() as connection:
                    connection.execute(sa.update(counter).values(erasures_applied=number))
        return len(lines) - known

    def _known(self, journalled: int) -> tuple[int, int]:
        with self._database.read() as connection:
            in_record = int(connection.execute(sa.select(counter.c.erasures_applied)).scalar_one())
        in_keys = self._keys.erasures_applied()
        if max(in_record, in_keys) > journalled:
            msg = (
                f"The erasure journal {self._file} has {journalled} lines, but the databases know "
                f"{max(in_record, in_keys)}; restore the journal before the record is used"
            )
            raise JournalError(msg, file=str(self._file))
        return in_record, in_keys

    def _lines(self) -> list[JournalLine]:
        if not self._file.exists():
            return []
        decoder = msgspec.json.Decoder(JournalLine)
        lines = []
        for raw in self._file.read_bytes().split(b"\n"):
            if not raw:
                continue
            try:
                lines.append(decoder.decode(raw))
            except msgspec.DecodeError:
                # A torn line was never acknowledged: the crash came before its end was on the disk.
                continue
        return lines


def _erased_event(line: JournalLine) -> Event:
    data: dict[str, Any] = {"reason": line.reason}
    return Event(
        id=line.id,
        source=ERASURE_SOURCE,
        type=SUBJECT_ERASED,
        time_us=line.erased_us,
        subject=line.subject,
        channel="system",
        data=data,
    )
