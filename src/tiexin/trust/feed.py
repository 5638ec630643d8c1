"""From the record into the log: every event becomes exactly one leaf, in the record's order, whatever crashes."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from tiexin.infra.crypto.keyring import Keyring
from tiexin.infra.settings import Settings
from tiexin.trust.contracts import ContradictionError
from tiexin.trust.rules.leaf import StoredRowError, canonical, entry_of, salter

if TYPE_CHECKING:
    from tiexin.record.api import Record
    from tiexin.record.contracts import StoredRow
    from tiexin.trust.log import Log

SALT_SECRET: Final = "leaf-salt"  # noqa: S105  (a name in the keyring)
BATCH_ROWS: Final = 10_000
"""Rows read and made durable at a time."""
TAIL_ROWS: Final = 1_000
"""How many of the last leaves are derived again when a log is opened for writing."""

Salts = Callable[[int], bytes]
Tell = Callable[[int, int], None]
"""Told how far the work is, and of how many."""


def salts_of(settings: Settings) -> Salts:
    """Return the function from position to salt of an installation; its key is made when it is first asked for."""
    return salter(Keyring(settings).ensure_secret(SALT_SECRET))


def entry_for(row: StoredRow, salts: Salts) -> bytes:
    """Return the entry of a stored row (32 bytes)."""
    return entry_of(canonical(row), salts(row[0]))


def extend(log: Log, record: Record, salts: Salts, *, upto: int, tell: Tell | None = None) -> int:
    """Bring the log up to position ``upto`` of the record and return how many leaves were added, all durable.

    The log's size is the position reached: there is no second counter that could disagree with it after a crash.

    Raises:
        ContradictionError: the record has a gap, or a row that it cannot have stored itself.
    """
    first = log.size
    while log.size < upto:
        rows = record.stored_rows(after=log.size, limit=min(BATCH_ROWS, upto - log.size))
        log.extend(_entries(rows, salts, after=log.size))
        if tell is not None:
            tell(log.size, upto)
    return log.size - first


def _entries(rows: list[StoredRow], salts: Salts, *, after: int) -> list[bytes]:
    if not rows or rows[0][0] != after + 1 or rows[-1][0] != after + len(rows):
        gap = next((place for place, row in enumerate(rows, after + 1) if row[0] != place), after + len(rows) + 1)
        msg = (
            f"The record counts beyond position {gap:,}, but lacks the event there. The log stands still at {after:,} "
            "entries, and nothing was signed"
        )
        raise ContradictionError(msg, position=gap)
    try:
        return [entry_for(row, salts) for row in rows]
    except StoredRowError as error:
        msg = f"{error.message}. The log stands still at {after:,} events; see: tiexin trust audit"
        raise ContradictionError(msg, **error.facts) from error


def check_tail(log: Log, record: Record, salts: Salts) -> None:
    """Derive the last leaves again and compare them, before anything is added to a log.

    Raises:
        ContradictionError: the log is longer than the record, or a row is no longer what was committed to.
    """
    position = record.position()
    if log.size > position:
        msg = f"The log has {log.size:,} entries, the record only {position:,} events: events were lost or taken out"
        raise ContradictionError(msg, size=log.size, position=position)
    first = max(0, log.size - TAIL_ROWS)
    rows = record.stored_rows(after=first, limit=log.size - first) if log.size else []
    if len(rows) != log.size - first:
        msg = f"The record lacks events between positions {first + 1:,} and {log.size:,}, which the log has"
        raise ContradictionError(msg, position=first + 1)
    for index, row in enumerate(rows, first):
        if row[0] != index + 1 or _differs(log, index, row, salts):
            msg = (
                f"The event at position {index + 1:,} is no longer what the log committed to. Nothing more is signed; "
                "find out what changed with: tiexin trust audit"
            )
            raise ContradictionError(msg, position=index + 1)


def _differs(log: Log, index: int, row: StoredRow, salts: Salts) -> bool:
    try:
        return entry_for(row, salts) != log.entry(index)
    except StoredRowError:
        return True
