"""Which units a user sees: the own unit, everything below it, and what merged into that, by the dated tree."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING

from tiexin.kernel.clock import Clock, from_us
from tiexin.kernel.errors import TiexinError
from tiexin.kernel.text import Text

if TYPE_CHECKING:
    from tiexin.record.api import OrgTree, Record

REST_SECONDS = 5.0
"""How long a tree holds before the record is asked again; a reorganisation shows after this time."""


class Reach:
    """The reach of units, kept in memory; :meth:`refresh` blocks for a few small queries."""

    def __init__(self, record: Record | None, clock: Clock, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._record = record
        self._clock = clock
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._looked_at: float | None = None
        self._position = -1
        self._tree: OrgTree | None = None
        self._last_day = date.min
        self._known: dict[tuple[str, date], frozenset[str]] = {}

    def refresh(self) -> None:
        """Read the organisation again if the record has grown and the last look is some seconds ago."""
        if self._record is None:
            return
        with self._lock:
            now = self._monotonic()
            if self._looked_at is not None and now - self._looked_at < REST_SECONDS:
                return
            self._looked_at = now
            position = self._record.position()
            if position == self._position:
                return
            newest = self._record.read(after=max(position - 1, 0), limit=1).events
            self._last_day = from_us(newest[0].event.time_us).date() if newest else date.min
            self._tree = self._record.org_tree()
            self._position = position
            self._known = {}

    def of(self, unit: str) -> frozenset[str]:
        """Return the units that somebody of a unit sees, from the copy in memory; at least that unit itself.

        The tree is that of today, or of the newest event where that is later (data that run ahead of the clock).
        """
        tree = self._tree
        if tree is None:
            return frozenset({unit})
        day = self._day()
        if (unit, day) not in self._known:
            self._known[(unit, day)] = _covered(tree, unit, day)
        return self._known[(unit, day)]

    def may_be(self, unit: str) -> bool:
        """Tell whether somebody may belong to a unit: it is known, or no event describes any organisation."""
        self.refresh()
        tree = self._tree
        return tree is None or not tree.units(on=self._day()) or tree.unit(unit, on=self._day()) is not None

    def name(self, unit: str) -> Text | None:
        """Return the name of a unit; None where no event describes it."""
        found = self._tree.unit(unit, on=self._day()) if self._tree else None
        return found.name if found else None

    def _day(self) -> date:
        return max(from_us(self._clock.now_us()).date(), self._last_day)


def _covered(tree: OrgTree, unit: str, day: date) -> frozenset[str]:
    try:
        # Somebody whose unit was merged into another belongs to that one now.
        carrier = tree.successor(unit, on=day)
        return frozenset(tree.covered(unit, on=day)) | frozenset(tree.covered(carrier, on=day))
    except TiexinError:  # mergers or parents in a circle: nobody sees more than he is certain to
        return frozenset({unit})
