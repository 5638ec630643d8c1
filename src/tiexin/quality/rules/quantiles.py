"""Quantiles of observed values, with intervals that assume no distribution."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING

from tiexin.kernel.statistics import CONFIDENCE
from tiexin.quality.rules.intervals import Estimate

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Counts = NDArray[np.int64]


class Histogram:
    """Exact distribution of a measure: its distinct values in ascending order and how often each occurs."""

    def __init__(self, values: Floats, counts: Counts) -> None:
        import numpy as np

        order = np.argsort(values, kind="stable")
        self.values: Floats = np.asarray(values, dtype=np.float64)[order]
        self.counts: Counts = np.asarray(counts, dtype=np.int64)[order]
        self._ends: Counts = np.cumsum(self.counts)
        self.n = int(self._ends[-1]) if len(self._ends) else 0

    @classmethod
    def empty(cls) -> Histogram:
        """Return the distribution of no observation."""
        import numpy as np

        return cls(np.empty(0), np.empty(0, dtype=np.int64))

    @property
    def total(self) -> float:
        """Sum of all observations."""
        return math.fsum((self.values * self.counts).tolist())

    @property
    def total_of_squares(self) -> float:
        """Sum of the squares of all observations."""
        return math.fsum((self.values * self.values * self.counts).tolist())

    def at_most(self, limit: float) -> int:
        """Return how many observations are ``limit`` or less."""
        import numpy as np

        index = int(np.searchsorted(self.values, limit, side="right"))
        return int(self._ends[index - 1]) if index else 0

    def order_statistic(self, rank: int) -> float:
        """Return the observation of a rank, 1 for the smallest, ``n`` for the largest."""
        import numpy as np

        return float(self.values[int(np.searchsorted(self._ends, rank, side="left"))])


def quantile(histogram: Histogram, share: float, *, confidence: float = CONFIDENCE) -> Estimate:
    """Return a quantile (linear interpolation, Hyndman and Fan type 7) with its order-statistics interval.

    A bound is ``None`` where so few observations cannot give it.

    Source: R. Hyndman and Y. Fan, Sample quantiles in statistical packages, 1996; W. J. Conover, Practical
    nonparametric statistics, 1999, section 3.2 (binomial interval of a quantile).
    """
    n = histogram.n
    if n == 0:
        return Estimate(None, None, None, 0)
    place = share * (n - 1)
    below = math.floor(place)
    lower = histogram.order_statistic(below + 1)
    upper = histogram.order_statistic(min(below + 2, n))
    value = lower + (place - below) * (upper - lower)
    low_rank, high_rank = quantile_ranks(n, share=share, confidence=confidence)
    # With few observations the interpolated value can lie outside the ranks; a wider interval still covers.
    low_rank, high_rank = min(low_rank, below + 1), max(high_rank, min(below + 2, n))
    return Estimate(
        value,
        histogram.order_statistic(low_rank) if low_rank >= 1 else None,
        histogram.order_statistic(high_rank) if high_rank <= n else None,
        n,
    )


def quantile_ranks(n: int, *, share: float, confidence: float = CONFIDENCE) -> tuple[int, int]:
    """Return the ranks (from 1) of the two observations that enclose a quantile with the confidence at least.

    The lower is 0 and the upper ``n + 1`` where no observation is extreme enough.
    """
    tail = (1 - confidence) / 2
    low = _first(lambda k: _binomial_at_most(k, n=n, share=share) > tail, n=n)
    high = _first(lambda k: _binomial_at_most(k, n=n, share=share) >= 1 - tail, n=n)
    return low, high + 1


def _first(holds: Callable[[int], bool], *, n: int) -> int:
    """Return the smallest k in 0..n for which a monotone condition holds, ``n`` if none does."""
    start, end = 0, n
    while start < end:
        middle = (start + end) // 2
        if holds(middle):
            end = middle
        else:
            start = middle + 1
    return start


def _binomial_at_most(k: int, *, n: int, share: float) -> float:
    from scipy.special import bdtr

    return float(bdtr(k, n, share))
