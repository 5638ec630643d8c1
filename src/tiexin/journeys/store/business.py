"""Waiting counted in working time: whole microseconds by the calendar's cumulative clock, exact on either engine."""

from __future__ import annotations

from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

from tiexin.infra.analytics.port import Engine
from tiexin.journeys import rules
from tiexin.journeys.contracts import Edge
from tiexin.kernel.calendar import BusinessCalendar, working_intervals

Ints = npt.NDArray[np.int64]


class BusinessClock:
    """Tells for any moment within a span how much working time has passed since its beginning."""

    def __init__(self, calendar: BusinessCalendar, *, since_us: int, until_us: int) -> None:
        intervals = np.array(working_intervals(calendar, since_us=since_us, until_us=until_us), dtype=np.int64)
        self._start, self._end = intervals.reshape(-1, 2).T
        self._passed: Ints = np.concatenate(([0], np.cumsum(self._end - self._start)))

    def passed(self, moment: Ints) -> Ints:
        """Return the working µs before each moment."""
        if not len(self._start):
            return np.zeros(len(moment), dtype=np.int64)
        begun = np.searchsorted(self._start, moment, side="right")
        last = np.maximum(begun - 1, 0)
        # Whole intervals before the last one begun, and the part of that one that has passed.
        within = np.minimum(moment, self._end[last]) - self._start[last]
        return np.where(begun > 0, self._passed[last] + within, 0)


def with_business_hours(engine: Engine, edges: list[Edge], calendar: BusinessCalendar) -> list[Edge]:
    """Return the edges with their waiting counted in working time, heaviest first."""
    if not edges:
        return []
    rows = engine.query(
        """SELECT a.code AS source, b.code AS target, s.time_us, s.next_time_us
        FROM steps AS s JOIN activities AS a ON a.step = s.step JOIN activities AS b ON b.step = s.next_step"""
    )
    source, target, since, until = (_ints(rows, name) for name in ("source", "target", "time_us", "next_time_us"))
    clock = BusinessClock(calendar, since_us=int(since.min()), until_us=int(until.max()))
    worked = clock.passed(until) - clock.passed(since)
    codes = {row["step"]: row["code"] for row in engine.query("SELECT step, code FROM activities").to_pylist()}
    pair = source * len(codes) + target
    order = np.lexsort((worked, pair))
    pair, worked = pair[order], worked[order]
    counted = []
    for edge in edges:
        code = codes[edge.source] * len(codes) + codes[edge.target]
        waits = worked[np.searchsorted(pair, code, side="left") : np.searchsorted(pair, code, side="right")]
        waiting = rules.waiting(
            count=len(waits),
            total_us=int(waits.sum()),
            max_us=int(waits[-1]),
            p50=rules.order_statistics(waits, percent=50),
            p95=rules.order_statistics(waits, percent=95),
        )
        counted.append(msgspec.structs.replace(edge, wait_seconds=waiting))
    return sorted(counted, key=rules.heaviest)


def _ints(rows: Any, name: str) -> Ints:
    values: Ints = rows.column(name).to_numpy().astype(np.int64, copy=False)
    return values
