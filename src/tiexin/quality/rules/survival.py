"""Time to an end that some cases have not reached yet: Kaplan–Meier curve and its quantiles."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import msgspec

from tiexin.kernel.statistics import CONFIDENCE, normal_quantile
from tiexin.quality.rules.intervals import Estimate

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


class SurvivalCurve(msgspec.Struct, frozen=True):
    """Kaplan–Meier curve: at each time with an end, the share still open and Greenwood's sum."""

    times: list[float]
    survival: list[float]
    greenwood: list[float]
    n: int
    ended: int


def kaplan_meier(durations: Floats, ended: NDArray[np.bool_]) -> SurvivalCurve:
    """Return the share still open over time, with durations of open cases censored.

    Ends come before censorings at equal times.

    Raises:
        ValueError: a duration is negative or the arrays differ in length.

    Source: E. L. Kaplan and P. Meier, Nonparametric estimation from incomplete observations, JASA 53 (1958).
    """
    import numpy as np

    if len(durations) != len(ended) or (len(durations) and float(np.min(durations)) < 0):
        msg = "durations must be zero or more, one for each case"
        raise ValueError(msg)
    times, place = np.unique(durations, return_inverse=True)
    ends = np.bincount(place, weights=ended, minlength=len(times)).astype(np.int64)
    leaving = np.bincount(place, minlength=len(times)).astype(np.int64)
    at_risk = len(durations) - np.concatenate(([0], np.cumsum(leaving)[:-1])) if len(times) else leaving
    kept = ends > 0
    times, ends, at_risk = times[kept], ends[kept], at_risk[kept]
    survival = np.cumprod(1 - ends / at_risk)
    with np.errstate(divide="ignore"):
        greenwood = np.cumsum(ends / (at_risk * (at_risk - ends)))
    return SurvivalCurve(times.tolist(), survival.tolist(), greenwood.tolist(), len(durations), int(ended.sum()))


def survival_quantile(curve: SurvivalCurve, share: float, *, confidence: float = CONFIDENCE) -> Estimate:
    """Return the time by which ``share`` of the cases have ended, with its log-log interval.

    A value or bound that the curve never reaches is ``None``: too many cases are still open.

    Source: R. Brookmeyer and J. Crowley, A confidence interval for the median survival time, Biometrics 38 (1982),
    with the log(−log) transformation and Greenwood's variance.
    """
    z = normal_quantile(confidence)
    target = 1 - share
    value = low = high = None
    for time, survival, greenwood in zip(curve.times, curve.survival, curve.greenwood, strict=True):
        # Products of shares carry rounding of a few 1e-16; without this slack a median of 4 cases would be missed.
        if value is None and survival <= target + 1e-12:
            value = time
        lower, upper = _survival_bounds(survival, greenwood, z)
        if low is None and lower <= target + 1e-12:
            low = time
        if upper <= target + 1e-12:
            high = time
            break
    return Estimate(value, low, high, curve.n)


def _survival_bounds(survival: float, greenwood: float, z: float) -> tuple[float, float]:
    if survival <= 0.0 or not math.isfinite(greenwood):
        return 0.0, 1.0
    if survival >= 1.0:
        return 1.0, 1.0
    spread = math.exp(z * math.sqrt(greenwood) / abs(math.log(survival)))
    return survival**spread, survival ** (1 / spread)
