"""Confidence intervals of shares, means, rates and the net promoter score (95 % unless told otherwise)."""

from __future__ import annotations

import math

import msgspec

from tiexin.kernel.statistics import CONFIDENCE, normal_quantile, wilson

NPS_EXTRA_ANSWERS = 3.0
NPS_EXTRA_EACH_SIDE = 0.75


class Estimate(msgspec.Struct, frozen=True):
    """A value with its interval and the number of observations behind it; ``None`` where it cannot be known."""

    value: float | None
    low: float | None
    high: float | None
    n: int


def proportion(successes: int, *, n: int, confidence: float = CONFIDENCE) -> Estimate:
    """Return a share with its Wilson score interval, as bare fractions from 0 to 1.

    Raises:
        ValueError: successes are negative or more than ``n``.
    """
    low, high = wilson(successes, n=n, confidence=confidence)
    return Estimate(successes / n, low, high, n) if n else Estimate(None, None, None, 0)


def net_promoter_score(*, promoters: int, passives: int, detractors: int, confidence: float = CONFIDENCE) -> Estimate:
    """Return the net promoter score (−100 to 100) with its adjusted Wald interval.

    Three answers are added for the interval, ¾ promoters and ¾ detractors among them; the value itself is plain. The
    added answers draw the interval towards zero, so that with very few answers of one kind the value would lie outside;
    the interval is then extended up to the value: low ≤ value ≤ high always holds.

    Raises:
        ValueError: a count is negative.

    Source: J. Sauro and J. Lewis, Confidence intervals for net promoter scores (adjusted Wald, 3-t), 2021.
    """
    if min(promoters, passives, detractors) < 0:
        msg = "counts of answers cannot be negative"
        raise ValueError(msg)
    n = promoters + passives + detractors
    if n == 0:
        return Estimate(None, None, None, 0)
    adjusted_n = n + NPS_EXTRA_ANSWERS
    up = (promoters + NPS_EXTRA_EACH_SIDE) / adjusted_n
    down = (detractors + NPS_EXTRA_EACH_SIDE) / adjusted_n
    margin = normal_quantile(confidence) * math.sqrt((up + down - (up - down) ** 2) / adjusted_n)
    value = 100 * (promoters - detractors) / n
    low = min(100 * max(up - down - margin, -1.0), value)
    high = max(100 * min(up - down + margin, 1.0), value)
    return Estimate(value, low, high, n)


def poisson_rate(events: int, *, exposure: int, per: float = 10_000.0, confidence: float = CONFIDENCE) -> Estimate:
    """Return events per ``per`` units of exposure with the exact (Garwood) interval; ``n`` is the exposure.

    Raises:
        ValueError: events or exposure are negative.

    Source: F. Garwood, Fiducial limits for the Poisson distribution, Biometrika 28 (1936).
    """
    if events < 0 or exposure < 0:
        msg = "events and exposure cannot be negative"
        raise ValueError(msg)
    if exposure == 0:
        return Estimate(None, None, None, 0)
    from scipy.special import gammaincinv

    alpha = 1 - confidence
    low = float(gammaincinv(events, alpha / 2)) if events else 0.0
    high = float(gammaincinv(events + 1, 1 - alpha / 2))
    factor = per / exposure
    return Estimate(events * factor, low * factor, high * factor, exposure)


def mean_interval(total: float, *, total_of_squares: float, n: int, confidence: float = CONFIDENCE) -> Estimate:
    """Return a mean with its Student t interval, from the sum and the sum of squares of ``n`` observations.

    One observation has a mean and no interval.
    """
    if n == 0:
        return Estimate(None, None, None, 0)
    mean = total / n
    if n == 1:
        return Estimate(mean, None, None, 1)
    from scipy.special import stdtrit

    variance = max(total_of_squares - total * mean, 0.0) / (n - 1)
    half = float(stdtrit(n - 1, 0.5 + confidence / 2)) * math.sqrt(variance / n)
    return Estimate(mean, mean - half, mean + half, n)
