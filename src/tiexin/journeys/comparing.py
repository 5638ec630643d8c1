"""Figures that set edges or selections of cases side by side, from sums over cases; no I/O."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from tiexin.journeys import rules
from tiexin.journeys.contracts import (
    RANKED_FROM_N,
    Bottleneck,
    ComparedMean,
    ComparedPercentiles,
    ComparedSummary,
    Comparison,
    Doubt,
    DurationBin,
    Durations,
    Edge,
    EdgeDifference,
    Summary,
)
from tiexin.kernel.clock import DAY_US

BIN_EDGES_DAYS = (0, 1 / 24, 1 / 4, 1, 2, 3, 5, 7, 10, 14, 21, 30, 45, 60, 90, 120, 180, 365)
SLOW_PERCENT = 75


class EdgeSums(msgspec.Struct, frozen=True, kw_only=True):
    """Sums over cases of the waiting on one edge (x) and of all waiting of the same case (y), in seconds."""

    source: str
    target: str
    cases: int
    x: float
    xx: float
    xy: float


class CaseSums(msgspec.Struct, frozen=True, kw_only=True):
    """Sums over all cases of their waiting (y), in seconds."""

    cases: int
    y: float
    yy: float


class Side(NamedTuple):
    """One selection of cases: summary, durations in µs ascending, sums over its cases and by edge."""

    summary: Summary
    durations_us: Sequence[int]
    whole: CaseSums
    edges: Sequence[EdgeSums]


def bottlenecks(edges: Sequence[Edge], whole: CaseSums, sums: Sequence[EdgeSums]) -> list[Bottleneck]:
    """Return edges in the order given with their share of all waiting; only those on enough cases have a rank."""
    by_edge = {(each.source, each.target): each for each in sums}
    found, rank = [], 0
    for edge in edges:
        each = by_edge[edge.source, edge.target]
        low, high = rules.ratio_interval(
            part=each.x, whole=whole.y, part_squares=each.xx, products=each.xy, whole_squares=whole.yy,
            cases=whole.cases,
        )  # fmt: skip
        ranked = edge.cases >= RANKED_FROM_N
        rank += ranked
        found.append(
            Bottleneck(
                rank=rank if ranked else None,
                source=edge.source,
                target=edge.target,
                count=edge.count,
                cases=edge.cases,
                wait_seconds=edge.wait_seconds,
                share=each.x / whole.y if whole.y else 0.0,
                share_low=low,
                share_high=high,
            )
        )
    return found


def durations(ordered_us: Sequence[int]) -> Durations:
    """Return the distribution of durations given in µs, ascending."""
    n = len(ordered_us)
    if n == 0:
        return Durations(n=0, mean=0.0, p50=0.0, p50_low=0.0, p50_high=0.0, p75=0.0, p95=0.0, max=0.0, histogram=[])
    low, high = rules.median_ranks(n)
    p50, p75, p95 = (rules.quantile_of(ordered_us, percent=percent, unit=DAY_US) for percent in (50, 75, 95))
    return Durations(
        n=n,
        mean=sum(int(value) for value in ordered_us) / (n * DAY_US),
        p50=p50,
        p50_low=int(ordered_us[low]) / DAY_US,
        p50_high=int(ordered_us[high]) / DAY_US,
        p75=p75,
        p95=p95,
        max=int(ordered_us[-1]) / DAY_US,
        histogram=_histogram([int(value) / DAY_US for value in ordered_us]),
    )


def _histogram(days: Sequence[float]) -> list[DurationBin]:
    edges = [edge for edge in BIN_EDGES_DAYS if edge <= days[-1]]
    edges.append(BIN_EDGES_DAYS[len(edges)] if len(edges) < len(BIN_EDGES_DAYS) else math.floor(days[-1]) + 1)
    counts = [0] * (len(edges) - 1)
    place = 0
    for value in days:
        while value >= edges[place + 1]:
            place += 1
        counts[place] += 1
    return [
        DurationBin(from_days=start, to_days=end, cases=cases)
        for start, end, cases in zip(edges[:-1], edges[1:], counts, strict=True)
    ]


def compare(first: Side, second: Side) -> Comparison:
    """Return two selections side by side; slow means beyond the 75th percentile of both together."""
    pooled = sorted([*map(int, first.durations_us), *map(int, second.durations_us)])
    threshold = rules.order_statistics(pooled, percent=SLOW_PERCENT)[0] if pooled else 0
    slow1, slow2 = (sum(value > threshold for value in side.durations_us) for side in (first, second))
    n1, n2 = len(first.durations_us), len(second.durations_us)
    one, two = _compared(first.summary), _compared(second.summary)
    share1, share2 = slow1 / n1 if n1 else None, slow2 / n2 if n2 else None
    low, high = rules.newcombe((slow2, n2), (slow1, n1)) if n1 and n2 else (None, None)
    return Comparison(
        first=one,
        second=two,
        reason=_doubt(min(n1, n2)),
        median_days_difference=_difference(one.duration_days.p50, two.duration_days.p50),
        slow_share_first=share1,
        slow_share_second=share2,
        slow_share_difference=_difference(share1, share2),
        slow_share_low=low,
        slow_share_high=high,
        edges=_edge_differences(first, second),
    )


def _doubt(fewest: int) -> Doubt | None:
    if fewest == 0:
        return Doubt.NO_CASES
    return Doubt.FEW_CASES if fewest < RANKED_FROM_N else None


def _compared(summary: Summary) -> ComparedSummary:
    """Return one side; over no cases there is no percentile and no mean, rather than one of zero."""
    days, handovers = summary.duration_days, summary.handovers_per_case
    some = summary.cases > 0
    return ComparedSummary(
        events=summary.events,
        cases=summary.cases,
        activities=summary.activities,
        edges=summary.edges,
        variants=summary.variants,
        resources=summary.resources,
        events_without_resource=summary.events_without_resource,
        duration_days=ComparedPercentiles(p50=days.p50 if some else None, p95=days.p95 if some else None),
        handovers_per_case=ComparedMean(mean=handovers.mean if some else None, p95=handovers.p95 if some else None),
    )


def _difference(first: float | None, second: float | None) -> float | None:
    return None if first is None or second is None else second - first


def _edge_differences(first: Side, second: Side) -> list[EdgeDifference]:
    one, two = ({(each.source, each.target): each for each in side.edges} for side in (first, second))
    found = []
    for key in one.keys() | two.keys():
        sums = [
            (each.x, each.xx, side.whole.cases) if each else (0.0, 0.0, side.whole.cases)
            for each, side in ((one.get(key), first), (two.get(key), second))
        ]
        means = [x / cases if cases else None for x, _, cases in sums]
        _, low, high = rules.welch(first=sums[0], second=sums[1])
        bounded = math.isfinite(high - low)
        found.append(
            EdgeDifference(
                rank=None,
                source=key[0],
                target=key[1],
                first_cases=one[key].cases if key in one else 0,
                second_cases=two[key].cases if key in two else 0,
                first_seconds_per_case=means[0],
                second_seconds_per_case=means[1],
                difference=_difference(*means),
                difference_low=low if bounded else None,
                difference_high=high if bounded else None,
            )
        )
    return _ranked(found, fewest=min(first.whole.cases, second.whole.cases))


def _ranked(found: list[EdgeDifference], *, fewest: int) -> list[EdgeDifference]:
    def enough(item: EdgeDifference) -> bool:
        return fewest >= RANKED_FROM_N and max(item.first_cases, item.second_cases) >= RANKED_FROM_N

    def order(item: EdgeDifference) -> tuple[bool, float, float, str, str]:
        return not enough(item), -surely(item), -abs(item.difference or 0.0), item.source, item.target

    found.sort(key=order)
    return [msgspec.structs.replace(item, rank=place if enough(item) else None) for place, item in enumerate(found, 1)]


def surely(item: EdgeDifference) -> float:
    """Return the part of a difference that its interval leaves: the bound nearer to zero, or zero that lies within."""
    if item.difference_low is None or item.difference_high is None:
        return 0.0
    return max(0.0, item.difference_low, -item.difference_high)
