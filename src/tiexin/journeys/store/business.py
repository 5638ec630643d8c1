"""Waiting counted in working time: whole microseconds by the calendar's cumulative clock, exact on either engine."""

from __future__ import annotations

from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

from tiexin.infra.analytics.port import Engine
from tiexin.journeys import rules
from tiexin.journeys.comparing import CaseSums, EdgeSums
from tiexin.journeys.contracts import Edge
from tiexin.kernel.calendar import BusinessCalendar, working_intervals
from tiexin.kernel.clock import SECOND_US

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
    codes = _codes(engine)
    _, source, target, worked = _worked(engine, calendar)
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


def business_sums(engine: Engine, cases: int, calendar: BusinessCalendar) -> tuple[CaseSums, list[EdgeSums]]:
    """Return the sums over cases that intervals of waiting need, in seconds of working time.

    Args:
        engine: with the temporary tables of the steps.
        cases: how many cases there are, those without an edge among them.
        calendar: what counts as working time.
    """
    names = {code: step for step, code in _codes(engine).items()}
    case, source, target, worked = _worked(engine, calendar)
    if not len(case):
        return CaseSums(cases=cases, y=0.0, yy=0.0), []
    # Every column is now a small whole number: one key for each edge of each case.
    pairs, pair = np.unique(source * len(names) + target, return_inverse=True)
    keys, key = np.unique(case * len(pairs) + pair, return_inverse=True)
    y = np.bincount(case, weights=worked) / SECOND_US
    x = np.bincount(key, weights=worked) / SECOND_US
    of_case, of_pair = keys // len(pairs), keys % len(pairs)
    n, sx, sxx, sxy = (
        np.bincount(of_pair, weights=weights, minlength=len(pairs)) for weights in (None, x, x * x, x * y[of_case])
    )
    sums = [
        EdgeSums(
            source=names[int(code) // len(names)],
            target=names[int(code) % len(names)],
            cases=int(n[place]),
            x=float(sx[place]),
            xx=float(sxx[place]),
            xy=float(sxy[place]),
        )
        for place, code in enumerate(pairs)
    ]
    return CaseSums(cases=cases, y=float(y.sum()), yy=float((y * y).sum())), sums


def _codes(engine: Engine) -> dict[str, int]:
    return {row["step"]: row["code"] for row in engine.query("SELECT step, code FROM activities").to_pylist()}


def _worked(engine: Engine, calendar: BusinessCalendar) -> tuple[Ints, Ints, Ints, Ints]:
    """Return case, step, next step (each as a number) and working µs between the two of every pair of steps."""
    rows = engine.query(
        """SELECT s.case_id, a.code AS source, b.code AS target, s.time_us, s.next_time_us
        FROM steps AS s JOIN activities AS a ON a.step = s.step JOIN activities AS b ON b.step = s.next_step"""
    )
    source, target, since, until = (_ints(rows, name) for name in ("source", "target", "time_us", "next_time_us"))
    if not len(since):
        return since, since, since, since
    indices = rows.column("case_id").combine_chunks().dictionary_encode().indices
    case: Ints = indices.to_numpy().astype(np.int64, copy=False)
    clock = BusinessClock(calendar, since_us=int(since.min()), until_us=int(until.max()))
    return case, source, target, clock.passed(until) - clock.passed(since)


def _ints(rows: Any, name: str) -> Ints:
    values: Ints = rows.column(name).to_numpy().astype(np.int64, copy=False)
    return values
