"""Pure logic of journeys: exact quantiles, intervals, and figures assembled from whole microseconds.

Engines deliver integers only (counts, microseconds, order statistics); every division happens here, once. So two
engines cannot differ in the last digit.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any, Protocol

from tiexin.journeys.contracts import CoveredVariant, Edge, FunnelStage, Handover, Percentiles, Rework, Variant, Waiting
from tiexin.kernel.clock import DAY_US, SECOND_US
from tiexin.kernel.statistics import normal_quantile, wilson

Z95 = normal_quantile(0.95)
"""The 97.5 % point of the standard normal distribution."""


class Ordered(Protocol):
    """Whole numbers in ascending order, as a list or an array."""

    def __len__(self) -> int:
        """Return how many there are."""

    def __getitem__(self, place: int, /) -> Any:
        """Return the one at a place."""


OrderStatistics = tuple[int, int | None]
"""The two neighbouring order statistics of a quantile; the upper one is None at the end."""


def quantile(around: OrderStatistics, *, n: int, percent: int, unit: int) -> float:
    """Return a linearly interpolated quantile (Hyndman and Fan, type 7), exact before its one division.

    Args:
        around: order statistics number ``floor(p(n−1))`` and the next, in whole units (counted from 0).
        n: how many values there are.
        percent: the quantile in whole percent.
        unit: divisor of the result, for example ``SECOND_US``.
    """
    low, high = around
    part = percent * (n - 1) % 100
    return (low * (100 - part) + (low if high is None else high) * part) / (100 * unit)


def waiting(*, count: int, total_us: int, max_us: int, p50: OrderStatistics, p95: OrderStatistics) -> Waiting:
    """Return waiting in seconds from whole microseconds."""
    return Waiting(
        mean=total_us / (count * SECOND_US),
        p50=quantile(p50, n=count, percent=50, unit=SECOND_US),
        p95=quantile(p95, n=count, percent=95, unit=SECOND_US),
        max=max_us / SECOND_US,
        total=total_us / SECOND_US,
    )


def duration_days(*, cases: int, p50: OrderStatistics, p95: OrderStatistics) -> Percentiles:
    """Return the percentiles of case durations in days; a journey without cases lasts 0 days."""
    if cases == 0:
        return Percentiles(p50=0.0, p95=0.0)
    return Percentiles(
        p50=quantile(p50, n=cases, percent=50, unit=DAY_US), p95=quantile(p95, n=cases, percent=95, unit=DAY_US)
    )


def order_statistics(ordered: Ordered, *, percent: int) -> OrderStatistics:
    """Return the order statistics around a quantile of values in ascending order."""
    low = percent * (len(ordered) - 1) // 100
    return int(ordered[low]), int(ordered[low + 1]) if low + 1 < len(ordered) else None


def quantile_of(ordered: Ordered, *, percent: int, unit: int) -> float:
    """Return a linearly interpolated quantile of values in ascending order."""
    return quantile(order_statistics(ordered, percent=percent), n=len(ordered), percent=percent, unit=unit)


def coverage(variants: Iterable[Variant], *, cases: int) -> list[CoveredVariant]:
    """Return variants, most cases first, with their share and the cumulative share of all cases."""
    covered, done = [], 0
    for variant in variants:
        done += variant.cases
        covered.append(
            CoveredVariant(
                activities=variant.activities,
                cases=variant.cases,
                share=variant.cases / cases,
                cumulative_share=done / cases,
            )
        )
    return covered


def funnel(variants: Iterable[Variant], stages: Sequence[str]) -> list[FunnelStage]:
    """Return how many cases pass through the stages in order (other steps may lie between)."""
    reached = [0] * len(stages)
    for variant in variants:
        depth = 0
        for activity in variant.activities:
            if depth < len(stages) and activity == stages[depth]:
                reached[depth] += variant.cases
                depth += 1
    result = []
    for activity, cases in zip(stages, reached, strict=True):
        low, high = wilson(cases, n=reached[0])
        share = cases / reached[0] if reached[0] else 0.0
        result.append(FunnelStage(activity=activity, cases=cases, share=share, share_low=low, share_high=high))
    return result


def heaviest(edge: Edge) -> tuple[float, str, str]:
    """Sort key: most total waiting first, then by name."""
    return -edge.wait_seconds.total, edge.source, edge.target


def commonest(variant: Variant) -> tuple[int, list[str]]:
    """Sort key: most cases first, then by name."""
    return -variant.cases, variant.activities


def most_repeated(rework: Rework) -> tuple[int, str]:
    """Sort key: most extra executions first, then by name."""
    return -rework.extra_executions, rework.activity


def most_frequent(handover: Handover) -> tuple[int, str, str]:
    """Sort key: most handovers first, then by name."""
    return -handover.count, handover.source, handover.target


def newcombe(first: tuple[int, int], second: tuple[int, int]) -> tuple[float, float]:
    """Return the 95 % interval of share(first) − share(second), each (successes, n).

    Source: Newcombe 1998, Statistics in Medicine 17, 873–890, method 10.
    """
    share1, share2 = (successes / n if n else 0.0 for successes, n in (first, second))
    (low1, high1), (low2, high2) = (wilson(successes, n=n) for successes, n in (first, second))
    difference = share1 - share2
    below = math.hypot(share1 - low1, high2 - share2)
    above = math.hypot(high1 - share1, share2 - low2)
    return max(-1.0, difference - below), min(1.0, difference + above)


def ratio_interval(
    *, part: float, whole: float, part_squares: float, products: float, whole_squares: float, cases: int
) -> tuple[float, float]:
    """Return the 95 % interval of Σx/Σy over independent cases by the delta method, within 0 and 1.

    Args:
        part: Σx. whole: Σy. part_squares: Σx². products: Σxy. whole_squares: Σy². cases: how many cases.
    """
    if whole <= 0 or cases < 2:  # noqa: PLR2004 - a variance needs two cases
        return 0.0, 1.0
    ratio = part / whole
    residual = max(0.0, part_squares - 2 * ratio * products + ratio * ratio * whole_squares)
    half = Z95 * math.sqrt(residual * cases / (cases - 1)) / whole
    return max(0.0, ratio - half), min(1.0, ratio + half)


def welch(*, first: tuple[float, float, int], second: tuple[float, float, int]) -> tuple[float, float, float]:
    """Return the difference of two means, second − first, with its 95 % interval (normal approximation).

    Args:
        first: (Σx, Σx², n). second: the same.
    """
    (mean1, error1), (mean2, error2) = (_mean_and_error(*sums) for sums in (first, second))
    half = Z95 * math.sqrt(error1 + error2)
    return mean2 - mean1, mean2 - mean1 - half, mean2 - mean1 + half


def _mean_and_error(total: float, squares: float, n: int) -> tuple[float, float]:
    if n == 0:
        return 0.0, math.inf
    mean = total / n
    variance = max(0.0, squares - n * mean * mean) / (n - 1) if n > 1 else math.inf
    return mean, variance / n


def median_ranks(n: int) -> tuple[int, int]:
    """Return the ranks (from 0) of the order statistics that bound the median with at least 95 % confidence.

    Binomial(n, 1/2) tails, exact up to 1,000 values and by the normal approximation beyond. Source: Conover,
    Practical Nonparametric Statistics, 3rd ed., 3.2. With fewer than six values the range is all there is.
    """
    if n <= 0:
        return 0, 0
    if n > 1_000:  # noqa: PLR2004 - beyond this the approximation is off by less than one rank
        low = math.floor((n - Z95 * math.sqrt(n)) / 2)
        return low, n - 1 - low
    tail, rank = 0, 0
    for rank in range(n // 2 + 1):
        tail += math.comb(n, rank)
        if tail * 40 > 1 << n:
            break
    low = max(0, rank - 1)
    return low, n - 1 - low
