"""The tuned path: the same core figures counted on the dictionary codes that Parquet already holds.

No text is compared: cases, steps and actors are small integers from the files' own dictionaries, one sort by
(case, time, row) puts everything in order, and each figure is a count over that order. Rows come in the order of
position, so the row number stands in for it. Equality with the portable SQL is a test. It serves whole journeys, any
lifecycle; selections of cases go through SQL.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, TypeAlias

import msgspec
import numpy as np
import numpy.typing as npt

from tiexin.journeys import rules
from tiexin.journeys.contracts import Edge, Handover, MeanAndTail, Percentiles, Rework, Summary, Variant, Waiting
from tiexin.kernel.clock import DAY_US

if TYPE_CHECKING:
    import pyarrow as pa

Ints: TypeAlias = npt.NDArray[np.signedinteger[Any]]
Bools: TypeAlias = npt.NDArray[np.bool_]

ABSENT = -1
"""The code of an absent text."""
RADIX_MAX = 1 << 15
"""Codes below this fit two bytes, which numpy sorts by radix."""


class _Group(msgspec.Struct, frozen=True):
    source: str
    target: str
    count: int
    cases: int
    wait_seconds: Waiting


def columns_for(lifecycle: str | None) -> list[str]:
    """Return the columns of the events that the tuned path reads."""
    return ["time_us", "journey", "case_id", "step", "actor", *(["lifecycle"] if lifecycle is not None else [])]


class EncodedCore:
    """The core figures over arrays in the order (case, time, position).

    Args:
        table: ``columns_for(lifecycle)`` with texts as dictionary codes, rows in the order of position.
        journey: the name of the journey.
        lifecycle: the lifecycle that makes an event a step, or None for every one.
    """

    def __init__(self, table: pa.Table, *, journey: str, lifecycle: str | None = None) -> None:
        kept = _kept(table, journey, lifecycle)
        case, time = _codes(table, "case_id")[kept], _times(table)[kept]
        order = in_order(case, time)
        case, self._time = case[order], time[order]
        self._step = _narrow(_codes(table, "step")[kept])[order]
        self._actor = _narrow(_codes(table, "actor")[kept])[order]
        self._step_names, self._actor_names = _names(table, "step"), _names(table, "actor")
        follows = case[1:] == case[:-1]
        borders = np.flatnonzero(~follows) + 1
        ends = [0, len(case)] if len(case) else [0]
        self._borders: Ints = np.unique(np.concatenate((borders, ends)))
        self._before: Ints = np.flatnonzero(follows)
        self._case: Ints = np.repeat(np.arange(len(self._borders) - 1, dtype=np.int32), np.diff(self._borders))
        self._sequences: Counter[bytes] | None = None

    @property
    def steps(self) -> int:
        """How many steps there are."""
        return len(self._case)

    def summary(self) -> Summary:
        """Return the summary; a journey without steps is all zeros."""
        cases = len(self._borders) - 1
        known = self._actor[self._actor != ABSENT]
        if not cases:
            nothing = Percentiles(p50=0.0, p95=0.0)
            return Summary(
                events=0, cases=0, activities=0, edges=0, variants=0, resources=0, events_without_resource=0,
                duration_days=nothing, handovers_per_case=MeanAndTail(mean=0.0, p95=0.0),
            )  # fmt: skip
        durations = np.sort(self._time[self._borders[1:] - 1] - self._time[self._borders[:-1]])
        handovers = np.bincount(self._case[self._before[self._changes_hands()]], minlength=cases)
        return Summary(
            events=len(self._case),
            cases=cases,
            activities=_distinct(self._step),
            edges=_distinct(_pairs(self._step, self._before)),
            variants=len(self._counted_sequences()),
            resources=_distinct(known),
            events_without_resource=len(self._actor) - len(known),
            duration_days=Percentiles(
                p50=rules.quantile_of(durations, percent=50, unit=DAY_US),
                p95=rules.quantile_of(durations, percent=95, unit=DAY_US),
            ),
            handovers_per_case=MeanAndTail(
                mean=int(handovers.sum()) / cases, p95=rules.quantile_of(np.sort(handovers), percent=95, unit=1)
            ),
        )

    def edges(self) -> list[Edge]:
        """Return every edge, heaviest total waiting first."""
        groups = self._waits(self._step, self._before, self._step_names)
        edges = [
            Edge(source=g.source, target=g.target, count=g.count, cases=g.cases, wait_seconds=g.wait_seconds)
            for g in groups
        ]
        return sorted(edges, key=rules.heaviest)

    def variants(self) -> list[Variant]:
        """Return every variant, most cases first."""
        variants = [
            Variant(activities=[self._step_names[code] for code in np.frombuffer(key, self._step.dtype)], cases=cases)
            for key, cases in self._counted_sequences().items()
        ]
        return sorted(variants, key=rules.commonest)

    def rework(self) -> list[Rework]:
        """Return every activity, most extra executions first."""
        rework = []
        for rows in _groups(self._step):
            case = self._case[rows]
            executions = np.diff(_run_borders(case))
            rework.append(
                Rework(
                    activity=self._step_names[self._step[rows[0]]],
                    cases=len(executions),
                    cases_with_repeat=int(np.count_nonzero(executions > 1)),
                    extra_executions=len(case) - len(executions),
                )
            )
        return sorted(rework, key=rules.most_repeated)

    def handovers(self) -> list[Handover]:
        """Return handovers between actors, most frequent first."""
        groups = self._waits(self._actor, self._before[self._changes_hands()], self._actor_names)
        handovers = [
            Handover(source=g.source, target=g.target, count=g.count, cases=g.cases, wait_seconds=g.wait_seconds)
            for g in groups
        ]
        return sorted(handovers, key=rules.most_frequent)

    def _changes_hands(self) -> Bools:
        giver, taker = self._actor[self._before], self._actor[self._before + 1]
        changes: Bools = (giver != taker) & (giver != ABSENT) & (taker != ABSENT)
        return changes

    def _counted_sequences(self) -> Counter[bytes]:
        if self._sequences is None:
            # The bytes of a case's codes are its sequence: exact, no fingerprint that could collide.
            code = memoryview(self._step.tobytes())
            borders = (self._borders * self._step.itemsize).tolist()
            spans = map(slice, borders[:-1], borders[1:])
            self._sequences = Counter(map(bytes, map(code.__getitem__, spans)))
        return self._sequences

    def _waits(self, party: Ints, before: Ints, names: list[str]) -> Iterator[_Group]:
        wait = self._time[before + 1] - self._time[before]
        case = self._case[before]
        for rows in _groups(_pairs(party, before)):
            waits = np.sort(wait[rows])
            first = before[rows[0]]
            yield _Group(
                source=names[party[first]],
                target=names[party[first + 1]],
                count=len(rows),
                cases=len(_run_borders(case[rows])) - 1,
                wait_seconds=rules.waiting(
                    count=len(rows),
                    total_us=int(waits.sum()),
                    max_us=int(waits[-1]),
                    p50=rules.order_statistics(waits, percent=50),
                    p95=rules.order_statistics(waits, percent=95),
                ),
            )


def in_order(case: Ints, time: Ints) -> Ints:
    """Return the row numbers in the order (case, time, row).

    Case and row are packed into one integer, which sorts several times faster than two keys; times are looked at
    afterwards and sorted only where rows came in another order than their times.
    """
    bits = len(case).bit_length()
    packed = case.astype(np.int64)
    packed <<= bits
    packed |= np.arange(len(case))
    packed.sort()
    packed &= (1 << bits) - 1
    case, time = case[packed], time[packed]
    if bool(((time[1:] < time[:-1]) & (case[1:] == case[:-1])).any()):
        packed = packed[np.lexsort((time, case))]
    return packed


def _kept(table: pa.Table, journey: str, lifecycle: str | None) -> Bools | slice:
    """Return which rows are steps of the journey; a slice where all are, which copies nothing."""
    kept: Bools | None = None
    for column, wanted in (("journey", journey), ("lifecycle", lifecycle), ("case_id", None), ("step", None)):
        if column not in table.column_names:
            continue
        names, absent = _names(table, column), table.column(column).null_count
        if not absent and (wanted is None or names == [wanted]):
            continue
        code = _codes(table, column)
        fits = code != ABSENT if wanted is None else code == (names.index(wanted) if wanted in names else len(names))
        kept = fits if kept is None else kept & fits
    return slice(None) if kept is None else kept


def _names(table: pa.Table, column: str) -> list[str]:
    chunks = table.column(column).chunks
    names: list[str] = chunks[0].dictionary.to_pylist() if chunks else []
    return names


def _codes(table: pa.Table, column: str) -> Ints:
    return _whole([_numbers(chunk.indices, np.int32) for chunk in table.column(column).chunks])


def _times(table: pa.Table) -> Ints:
    return _whole([_numbers(chunk, np.int64) for chunk in table.column("time_us").chunks])


def _numbers(array: pa.Array, kind: type[np.signedinteger[Any]]) -> Ints:
    """Return the values of an Arrow array of whole numbers, ABSENT where there is none.

    Straight from its buffers: ``to_numpy`` and ``fill_null`` import pandas where it is installed, 0.8 CPU seconds.
    """
    validity, values = array.buffers()
    span = slice(array.offset, array.offset + len(array))
    numbers: Ints = np.frombuffer(values, dtype=kind)[span]
    if not array.null_count:
        return numbers
    valid = np.unpackbits(np.frombuffer(validity, dtype=np.uint8), bitorder="little")[span]
    return np.where(valid, numbers, kind(ABSENT))


def _whole(chunks: list[Ints]) -> Ints:
    return np.concatenate(chunks) if chunks else np.empty(0, dtype=np.int64)


def _narrow(code: Ints) -> Ints:
    return code.astype(np.int16) if len(code) and code.max() < RADIX_MAX else code


def _pairs(code: Ints, before: Ints) -> Ints:
    """Return one number for each pair of a code and the next."""
    width = int(code.max()) + 1 if len(code) else 1
    giver, taker = code[before], code[before + 1]
    if width * width < RADIX_MAX:
        return giver.astype(np.int16) * np.int16(width) + taker.astype(np.int16)
    return giver.astype(np.int64) * width + taker


def _distinct(code: Ints) -> int:
    if code.dtype == np.int16:
        return int(np.count_nonzero(np.bincount(code)))
    return len(np.unique(code))


def _groups(code: Ints) -> Iterator[Ints]:
    """Yield the rows of each distinct code, ascending within a group."""
    order = np.argsort(code, kind="stable")
    borders = _run_borders(code[order])
    for start, end in zip(borders[:-1].tolist(), borders[1:].tolist(), strict=True):
        yield order[start:end]


def _run_borders(values: Ints) -> Ints:
    """Return where runs of equal values begin, and the end."""
    if not len(values):
        return np.zeros(1, dtype=np.int64)
    return np.concatenate(([0], np.flatnonzero(values[1:] != values[:-1]) + 1, [len(values)]))
