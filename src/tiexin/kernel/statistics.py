"""The statistics that several domains publish: the confidence of every interval, and the interval of a share."""

from __future__ import annotations

import math
from statistics import NormalDist

CONFIDENCE = 0.95
"""The confidence of every interval that Tiexin publishes."""


def normal_quantile(confidence: float = CONFIDENCE) -> float:
    """Return the two-sided standard normal quantile of a confidence, 1.9600 for 95 %."""
    return NormalDist().inv_cdf(0.5 + confidence / 2)


def wilson(successes: int, *, n: int, confidence: float = CONFIDENCE) -> tuple[float, float]:
    """Return the Wilson score interval of a share, as bare fractions; (0, 1) when nothing was observed.

    Raises:
        ValueError: successes are negative or more than ``n``.

    Source: E. B. Wilson, Probable inference, the law of succession, and statistical inference, JASA 22 (1927).
    """
    if not 0 <= successes <= n:
        msg = f"{successes} successes of {n} are not possible"
        raise ValueError(msg)
    if n == 0:
        return 0.0, 1.0
    z = normal_quantile(confidence)
    share = successes / n
    centre = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    # Rounding must not leave a bound beside the end of the scale, or beyond it.
    low = 0.0 if successes == 0 else max(0.0, centre - half)
    high = 1.0 if successes == n else min(1.0, centre + half)
    return low, high
