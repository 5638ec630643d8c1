"""Finding contacts in the record itself: newest first by what is indexed, by id, by position; a subject's sums."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tiexin.record.contracts import RecordedEvent
from tiexin.record.store import search
from tiexin.record.store.read import to_recorded
from tiexin.record.store.search import NewestFilter, SubjectCount

if TYPE_CHECKING:
    from tiexin.record.service import Record

__all__ = ["NewestFilter", "SubjectCount", "events_at", "newest_events", "positions_of_id", "subject_counts"]


def newest_events(
    record: Record, wanted: NewestFilter, *, before: tuple[int, int] | None = None, limit: int = 100
) -> list[RecordedEvent]:
    """Return up to ``limit`` contacts that fit, newest first, personal content sealed.

    Args:
        record: an open record.
        wanted: which contacts.
        before: time (UTC µs) and position of the last contact of the page before.
        limit: most contacts.
    """
    with record.database.read() as connection:
        return to_recorded(search.newest(connection, wanted, before=before, limit=limit), None)


def events_at(record: Record, positions: Sequence[int]) -> list[RecordedEvent]:
    """Return the events at positions in the order given, personal content sealed; missing ones are left out."""
    with record.database.read() as connection:
        return to_recorded(search.at(connection, positions), None)


def positions_of_id(record: Record, event_id: str) -> list[int]:
    """Return the positions of the events with an id, whatever their source."""
    with record.database.read() as connection:
        return search.with_id(connection, event_id)


def subject_counts(record: Record, subject: str, wanted: NewestFilter) -> list[SubjectCount]:
    """Return how many contacts of each kind and channel a subject has among those that fit."""
    with record.database.read() as connection:
        return search.counts_of_subject(connection, subject, wanted)
