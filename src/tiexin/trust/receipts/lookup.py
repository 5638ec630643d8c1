"""Which receipts a caller may have: by position, by event id, by case or by customer, within its reach.

What does not exist, lies out of reach, has no receipt or is protected is all the same: it is not there.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Final

import msgspec

from tiexin.kernel.errors import NotFoundError
from tiexin.record.api import NewestFilter, events_at, newest_events, positions_of_id

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tiexin.record.api import Record
    from tiexin.record.contracts import RecordedEvent
    from tiexin.trust.receipts.kinds import ReceiptKind, ReceiptKinds

LISTED_MAX: Final = 200
"""Most receipts one answer lists, the newest."""
CASE_MAX: Final = 1_000
"""Most events of one case in a bundle."""
_CHUNK: Final = 1_000


class NoReceiptError(NotFoundError):
    """There is no such receipt for this caller; the words are the same whatever the reason."""

    code = "receipt_not_found"

    def __init__(self) -> None:
        super().__init__("There is no receipt here that you may see.")


class Reach(msgspec.Struct, frozen=True, kw_only=True):
    """What a caller may see: events of ``units`` (None: of all), ``complaints`` of every unit, of one ``subject``."""

    units: frozenset[str] | None = None
    complaints: bool = False
    subject: str | None = None

    def covers(self, recorded: RecordedEvent) -> bool:
        """Tell whether an event lies within."""
        event = recorded.event
        if self.subject is not None and event.subject != self.subject:
            return False
        if self.units is None or event.org in self.units:
            return True
        return self.complaints and event.type.startswith("complaint.")


WHOLE: Final = Reach()


class Receipt(msgspec.Struct, frozen=True, kw_only=True):
    """An event that has a receipt, and the sort of receipt."""

    recorded: RecordedEvent
    kind: ReceiptKind

    @property
    def position(self) -> int:
        """Position of the event in the record, from 1; its index in the log is one less."""
        return self.recorded.position


class Receipts:
    """Finds receipts in a record by the kinds of its installation."""

    def __init__(self, record: Record, kinds: ReceiptKinds) -> None:
        self._record = record
        self._kinds = kinds

    def at(self, position: int, *, reach: Reach = WHOLE) -> Receipt:
        """Return the receipt of the event at a position.

        Raises:
            NoReceiptError: there is none for this caller.
        """
        found = self._of(events_at(self._record, [position]), reach)
        if not found:
            raise NoReceiptError
        return found[0]

    def of_event(self, event_id: str, *, reach: Reach = WHOLE) -> list[Receipt]:
        """Return the receipts of the events with an id, whatever their source; none is an answer too."""
        return self._of(events_at(self._record, positions_of_id(self._record, event_id)), reach)

    def of_case(self, case: str, *, reach: Reach = WHOLE) -> list[Receipt]:
        """Return the receipts of a case, oldest first, at most 200."""
        return self._of(self.events_of_case(case, reach=reach), reach)[:LISTED_MAX]

    def of_subject(self, subject: str) -> list[Receipt]:
        """Return the receipts of one customer, newest first, at most 200."""
        newest = self._newest(NewestFilter(subject=subject))
        found = (receipt for one in newest for receipt in self._of([one], Reach(subject=subject)))
        return list(islice(found, LISTED_MAX))

    def events_of_case(self, case: str, *, reach: Reach = WHOLE) -> list[RecordedEvent]:
        """Return the events of a case within reach, oldest first, at most 1,000, without protected ones."""
        newest = self._newest(NewestFilter(case=case))
        # Counted after the choice: what may not be seen must not push out, and so betray itself by, what may.
        seen = (one for one in newest if reach.covers(one) and not self._kinds.is_protected(one.event.type))
        return sorted(islice(seen, CASE_MAX), key=lambda one: one.position)

    def _newest(self, wanted: NewestFilter) -> Iterator[RecordedEvent]:
        before: tuple[int, int] | None = None
        while True:
            page = newest_events(self._record, wanted, before=before, limit=_CHUNK)
            yield from page
            if len(page) < _CHUNK:
                return
            before = (page[-1].event.time_us, page[-1].position)

    def _of(self, events: Iterable[RecordedEvent], reach: Reach) -> list[Receipt]:
        return [
            Receipt(recorded=one, kind=kind)
            for one in events
            if reach.covers(one) and (kind := self._kinds.of(one.event.type)) is not None
        ]
