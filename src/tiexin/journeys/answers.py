"""Answers a server has given, kept as long as the record stands where it stood: the same question costs nothing.

An answer is kept while nothing but events of the house (sign-ins, exports) has been appended since it was counted.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import TYPE_CHECKING, Any

import msgspec

from tiexin.journeys.api import Journey, open_journey
from tiexin.journeys.contracts import JourneyFilter
from tiexin.record.contracts import HOUSE_PREFIXES

if TYPE_CHECKING:
    from tiexin.record.api import Record

ANSWERS_MAX = 256
ANSWER_BYTES_MAX = 4_000_000
"""Longer answers are not kept."""


class Answers:
    """Counts each question once; one question at a time, so a page that asks ten does not load ten times."""

    def __init__(self, get_record: Callable[[], Record]) -> None:
        self._get_record = get_record
        self._kept: OrderedDict[Hashable, msgspec.Raw] = OrderedDict()
        self._lock = threading.Lock()
        self._position = 0

    def of_journey(self, key: str, chosen: JourneyFilter, count: Callable[[Journey], Any]) -> msgspec.Raw:
        """Return the answer about one journey as JSON."""

        def counted(record: Record) -> Any:
            with open_journey(record, chosen) as journey:
                return count(journey)

        return self.of_record((key, chosen), counted)

    def of_record(self, key: Hashable, count: Callable[[Record], Any]) -> msgspec.Raw:
        """Return the answer about the record as JSON.

        Args:
            key: everything the answer depends on, the reach of who asks among it (``JourneyFilter.within``): an answer
                kept under a key that lacks it would be shown to somebody who may not see it.
            count: makes the answer.
        """
        record = self._get_record()
        with self._lock:
            # Sign-ins and the like move the position and change no answer.
            unchanged = record.only_beyond(self._position, HOUSE_PREFIXES)
            if unchanged is None:
                self._kept.clear()
            self._position = record.position() if unchanged is None else unchanged
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
            answer = msgspec.Raw(msgspec.json.encode(count(record)))
            if len(bytes(answer)) <= ANSWER_BYTES_MAX:
                self._kept[key] = answer
                while len(self._kept) > ANSWERS_MAX:
                    self._kept.popitem(last=False)
            return answer
