"""How figures are written for people: lengths of time, shares, intervals; a dash where there is none."""

from __future__ import annotations

import math
from collections.abc import Sequence

NONE = "–"
SCALES = (("s", 1.0, 100.0), ("min", 60.0, 100.0), ("h", 3_600.0, 48.0), ("days", 86_400.0, math.inf))
"""(unit, seconds, as many of them as it is used for)."""
WORKING_SCALES = (*SCALES[:2], ("h", 3_600.0, math.inf))
"""A working day is not 24 hours long, so working time is never told in days."""
ONE_DECIMAL_BELOW = 10
POINTS_DECIMAL_BELOW = 0.02
HARDLY = 0.0001
"""An interval this narrow is not told."""


def length(seconds: float | None, *, working: bool = False, sign: bool = False) -> str:
    """Return a length of time in the unit that fits: ``45 s``, ``7.5 h``, ``1,234 days``."""
    if seconds is None or not math.isfinite(seconds):
        return NONE
    unit, one = _scale(abs(seconds), working=working)
    plus = "+" if sign and seconds > 0 else ""
    return f"{plus}{_short(seconds / one)} {unit}"


def length_interval(low: float | None, high: float | None) -> str:
    """Return an interval of signed lengths of time in one unit."""
    if low is None or high is None or not math.isfinite(low + high):
        return NONE
    unit, one = _scale(max(abs(low), abs(high)))
    return f"{_short(low / one)} to {_short(high / one)} {unit}"


def percent(share: float | None) -> str:
    """Return a share 0–1 as ``43 %``, with one decimal below 10 %."""
    return NONE if share is None else f"{_short(share * 100)} %"


def percent_interval(low: float, high: float) -> str:
    """Return an interval of shares as ``40–46 %``."""
    places = 1 if high - low < POINTS_DECIMAL_BELOW or high * 100 < ONE_DECIMAL_BELOW else 0
    return f"{low * 100:.{places}f}–{high * 100:.{places}f} %"


def points(difference: float | None) -> str:
    """Return a difference of shares in percentage points, signed."""
    return NONE if difference is None else f"{difference * 100:+.0f} points"


def points_interval(low: float | None, high: float | None) -> str:
    """Return an interval of differences of shares in percentage points."""
    return NONE if low is None or high is None else f"{low * 100:+.0f} to {high * 100:+.0f}"


def give_or_take(share: float, low: float, high: float) -> str:
    """Return a share with its interval: ``43 % ± 3``, or both bounds where they do not lie evenly."""
    below, above = share - low, high - share
    if abs(below - above) > POINTS_DECIMAL_BELOW / 4:
        return f"{percent(share)} ({percent_interval(low, high)})"
    if below + above < HARDLY:
        return percent(share)
    places = 1 if below + above < POINTS_DECIMAL_BELOW else 0
    return f"{share * 100:.{places}f} % ± {(below + above) * 50:.{places}f}"


def way(steps: Sequence[str]) -> str:
    """Return steps one after another."""
    return " → ".join(steps)


def _scale(size: float, *, working: bool = False) -> tuple[str, float]:
    scales = WORKING_SCALES if working else SCALES
    return next((unit, one) for unit, one, most in scales if size < one * most)


def _short(number: float) -> str:
    size = abs(number)
    if size == 0:
        return "0"
    return f"{number:,.1f}" if round(size, 1) < ONE_DECIMAL_BELOW else f"{number:,.0f}"
