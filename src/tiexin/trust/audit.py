"""The audit: the whole tree derived again and held against the record row by row; names what was changed.

Nothing is written but the report. The log's own files are re-hashed first; then every row of the record is hashed as
it was when it became a leaf and compared with that leaf. The salts come from the keyring, so the log's own files are
not trusted for anything but what is compared.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from tiexin.record.api import RecordDamagedError
from tiexin.trust.contracts import FAULTS_SHOWN_MAX, Fault
from tiexin.trust.feed import Salts, Tell, entry_for
from tiexin.trust.log import Log, LogDamagedError
from tiexin.trust.rules.leaf import StoredRowError
from tiexin.trust.rules.merkle import HASH_BYTES, leaf_hash

if TYPE_CHECKING:
    from tiexin.record.api import Record
    from tiexin.record.contracts import StoredRow

PAGE_ROWS: Final = 256 * 32
"""Rows compared at a time; a multiple of a tile's width."""
TILE: Final = 256
LOWEST: Final = -(2**63) - 1
ID: Final = 5
"""Where the id stands in a stored row."""


class Faults:
    """What was found: all of it counted, the first thousand named."""

    def __init__(self) -> None:
        self.total = 0
        self.shown: list[Fault] = []

    def add(self, fault: Fault) -> None:
        """Count a fault, and keep it if there is room."""
        self.total += 1
        if len(self.shown) < FAULTS_SHOWN_MAX:
            self.shown.append(fault)

    def extend(self, total: int, shown: Sequence[Fault]) -> None:
        """Take over what a part of the audit found."""
        self.total += total
        self.shown.extend(shown[: max(0, FAULTS_SHOWN_MAX - len(self.shown))])


def compare(
    log: Log, record: Record, salts: Salts, *, first: int, last: int, faults: Faults, tell: Tell | None = None
) -> None:
    """Hold the rows of positions ``first + 1`` to ``last`` against the leaves ``first`` to ``last - 1``."""
    for after in range(first, last, PAGE_ROWS):
        upto = min(after + PAGE_ROWS, last)
        _compare_page(log, record, salts, after=after, upto=upto, faults=faults)
        if tell is not None:
            tell(upto, last)


def _compare_page(log: Log, record: Record, salts: Salts, *, after: int, upto: int, faults: Faults) -> None:
    try:
        rows = record.stored_rows(after=after, limit=upto - after)
    except RecordDamagedError as error:
        if upto - after == 1:
            faults.add(Fault(kind="record_damaged", index=after, detail=error.message))
            return
        middle = (after + upto) // 2
        _compare_page(log, record, salts, after=after, upto=middle, faults=faults)
        _compare_page(log, record, salts, after=middle, upto=upto, faults=faults)
        return
    leaves = log.entries(after, upto)
    if _all_there(rows, after=after, upto=upto):
        try:
            if [entry_for(row, salts) for row in rows] == leaves:
                return
        except StoredRowError:
            pass  # looked at one by one below
    _compare_rows(log, rows, leaves, salts, after=after, faults=faults)


def _all_there(rows: Sequence[StoredRow], *, after: int, upto: int) -> bool:
    return len(rows) == upto - after and rows[0][0] == after + 1 and rows[-1][0] == upto


def _compare_rows(
    log: Log, rows: Sequence[StoredRow], leaves: list[bytes], salts: Salts, *, after: int, faults: Faults
) -> None:
    by_position = {row[0]: row for row in rows}
    for index, leaf in enumerate(leaves, after):
        row = by_position.get(index + 1)
        if row is None:
            faults.add(Fault(kind="missing", index=index, detail="the log has this entry, the record no event"))
            continue
        event = row[ID] if isinstance(row[ID], str) else None
        try:
            derived = entry_for(row, salts)
        except StoredRowError as error:
            faults.add(Fault(kind="altered", event=event, index=index, detail=error.message))
            continue
        if derived == leaf:
            continue
        node = log.tile(0, index // TILE, index % TILE + 1)[-HASH_BYTES:]
        if leaf_hash(derived) == node:
            detail = "the event is what it was; the entry in the log's own file was changed"
            faults.add(Fault(kind="log_altered", event=event, index=index, detail=detail))
        else:
            detail = "the event is not what it was when the log committed to it"
            faults.add(Fault(kind="altered", event=event, index=index, detail=detail))


def find_strangers(record: Record, *, size: int, faults: Faults) -> int:
    """Find rows where the record cannot have put any; return the record's position.

    What was appended in the ordinary way stands at positions from 1 to the record's counter. The rows are read before
    the counter, so an event that arrives meanwhile is no stranger.
    """
    try:
        low = [row for row in record.stored_rows(after=LOWEST, limit=FAULTS_SHOWN_MAX) if row[0] < 1]
        high = record.stored_rows(after=max(size, record.position()), limit=FAULTS_SHOWN_MAX)
        position = record.position()
        _find_gaps(record, first=size, last=position, faults=faults)
    except RecordDamagedError as error:
        faults.add(Fault(kind="record_damaged", detail=error.message))
        return size
    for row in [*low, *(row for row in high if row[0] > position)]:
        event = row[ID] if isinstance(row[ID], str) else None
        detail = f"a row at position {row[0]:,}, where the record has put none"
        faults.add(Fault(kind="added", event=event, index=row[0] - 1, detail=detail))
    if position < size:
        detail = f"the record counts {position:,} events, the log has {size:,}"
        faults.add(Fault(kind="record_damaged", detail=detail))
    return position


def _find_gaps(record: Record, *, first: int, last: int, faults: Faults) -> None:
    """Find where the record counts events that it lacks, beyond what the log can tell of: positions are dense."""
    at = first
    while at < last:
        places = [row[0] for row in record.stored_rows(after=at, limit=PAGE_ROWS) if row[0] <= last] or [last + 1]
        for place in places:
            if place != at + 1:
                detail = f"the record counts {last:,} events, but lacks those from position {at + 1:,} to {place - 1:,}"
                faults.add(Fault(kind="missing", index=at, detail=detail))
            at = place


def rehash(log: Log, faults: Faults) -> bool:
    """Hash every entry of the log again and hold its files against each other; tell whether they agree."""
    try:
        log.rehash()
    except LogDamagedError as error:
        faults.add(Fault(kind="log_damaged", index=error.facts.get("index"), detail=error.message))
        return False
    return True
