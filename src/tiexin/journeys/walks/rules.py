"""Pure logic of walks: what may be entered, order statistics with intervals, means of few walks."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import NamedTuple

from tiexin.journeys.walks.contracts import (
    KEY_CHARS_MAX,
    NAME_CHARS_MAX,
    NOTE_CHARS_MAX,
    SECONDS_MAX,
    STEPS_MAX,
    Ending,
    MinedWait,
    NewStep,
    Persona,
    PersonaFigures,
    WalkPlan,
)
from tiexin.kernel.clock import SECOND_US, to_us
from tiexin.kernel.errors import InvalidInputError
from tiexin.kernel.statistics import normal_quantile

KEY_CHARS_MIN = 8
FEELINGS = range(1, 6)
P95_FROM_N = 30
"""Fewest waits on which a 95th percentile is given, and on which a walk is called slower."""
CHANNELS = frozenset({"app", "web", "branch", "phone", "chat", "email", "social", "partner"})
T_975 = (
    12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160, 2.145, 2.131, 2.120,
    2.110, 2.101, 2.093, 2.086, 2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042,
)  # fmt: skip
"""The 97.5 % points of Student's t for 1 to 30 degrees of freedom; beyond, the normal one with its first correction."""


class WalkInputError(InvalidInputError):
    """What was entered for a walk is not possible; names the member and the limit."""

    code = "invalid_walk"


def checked_plan(plan: WalkPlan) -> WalkPlan:
    """Return a plan that is possible.

    Raises:
        WalkInputError: a member is empty, too long or no day.
    """
    _text("journey", plan.journey, NAME_CHARS_MAX)
    for name, value in (("unit", plan.unit), ("shopper", plan.shopper)):
        if value is not None:
            _text(name, value, NAME_CHARS_MAX)
    if plan.key is not None:
        _key(plan.key)
    if len(plan.steps) > STEPS_MAX:
        msg = f"A walk has at most {STEPS_MAX} steps, not {len(plan.steps)}. Nothing was planned."
        raise WalkInputError(msg, member="steps", limit=STEPS_MAX)
    for step in plan.steps:
        _text("steps", step, NAME_CHARS_MAX)
    try:
        date.fromisoformat(plan.planned_for)
    except ValueError as error:
        msg = f"planned_for is a day like 2026-03-01, not {plan.planned_for!r}. Nothing was planned."
        raise WalkInputError(msg, member="planned_for") from error
    return plan


def checked_step(step: NewStep, *, now_us: int) -> NewStep:
    """Return a step that is possible.

    Raises:
        WalkInputError: a member is empty, too long, out of its scale, or the moment lies in the future.
    """
    _key(step.key)
    _text("step", step.step, NAME_CHARS_MAX)
    if not (math.isfinite(step.seconds) and 0 <= step.seconds <= SECONDS_MAX):
        msg = f"seconds lie between 0 and {SECONDS_MAX} (a year). The step was not kept."
        raise WalkInputError(msg, member="seconds", limit=SECONDS_MAX)
    _feeling(step.feeling)
    if step.channel is not None and step.channel not in CHANNELS:
        msg = f"channel is one of {', '.join(sorted(CHANNELS))}, not {step.channel!r}. The step was not kept."
        raise WalkInputError(msg, member="channel")
    if step.note is not None:
        _text("note", step.note, NOTE_CHARS_MAX)
    # A phone's clock may run ahead of ours by some minutes, not by a day.
    if moment_us(step.done) > now_us + 86_400 * SECOND_US:
        msg = "done lies more than a day in the future; please check the clock of the phone. The step was not kept."
        raise WalkInputError(msg, member="done")
    return step


def checked_ending(ending: Ending) -> Ending:
    """Return an ending that is possible.

    Raises:
        WalkInputError: the feeling is out of its scale, or the advice too long.
    """
    _feeling(ending.feeling)
    if ending.recommendation is not None:
        _text("recommendation", ending.recommendation, NOTE_CHARS_MAX)
    return ending


def moment_us(text: str) -> int:
    """Return UTC µs of an RFC 3339 moment with zone.

    Raises:
        WalkInputError: it is none.
    """
    try:
        return to_us(datetime.fromisoformat(text))
    except (ValueError, OverflowError) as error:
        msg = f"{text!r} is no moment with zone, such as 2026-03-01T09:30:00+08:00."
        raise WalkInputError(msg, member="done") from error


def day_us(day: str, *, plus_days: int = 0) -> int:
    """Return UTC µs of a day's midnight, so many days later."""
    start = datetime.combine(date.fromisoformat(day), datetime.min.time(), tzinfo=UTC)
    return to_us(start) + plus_days * 86_400 * SECOND_US


def _text(member: str, value: str, longest: int) -> None:
    if not value.strip() or len(value) > longest or "\x00" in value:
        msg = f"{member} has 1 to {longest} characters and no NUL character. Nothing was kept."
        raise WalkInputError(msg, member=member, limit=longest)


def _key(key: str) -> None:
    if not KEY_CHARS_MIN <= len(key) <= KEY_CHARS_MAX or not all(sign.isalnum() or sign in "-_" for sign in key):
        msg = f"key has {KEY_CHARS_MIN} to {KEY_CHARS_MAX} letters, digits, hyphens or underscores. Nothing was kept."
        raise WalkInputError(msg, member="key", limit=KEY_CHARS_MAX)


def _feeling(value: int) -> None:
    if value not in FEELINGS:
        msg = f"feeling is 1 (very bad) to 5 (very good), not {value}. Nothing was kept."
        raise WalkInputError(msg, member="feeling", limit=FEELINGS[-1])


# -- waits of customers ------------------------------------------------------------------------------------------


def quantile_ranks(n: int, *, share: float) -> tuple[int, int]:
    """Return the ranks (from 0) of the order statistics that bound a quantile with about 95 % confidence.

    By the normal approximation of the binomial with continuity correction, within the range there is. Source: Conover,
    Practical Nonparametric Statistics, 3rd ed., 3.2.
    """
    half = normal_quantile() * math.sqrt(n * share * (1 - share))
    low = math.floor(n * share - half - 0.5)
    high = math.ceil(n * share + half - 0.5)
    return max(0, low), min(n - 1, high)


class RanksWanted(NamedTuple):
    """The ranks (from 0) of the order statistics that one figure of waits needs."""

    p50: tuple[int, int]
    p50_bounds: tuple[int, int]
    p95: tuple[int, int]
    p95_bounds: tuple[int, int]


def ranks_wanted(n: int) -> RanksWanted:
    """Return which order statistics of ``n`` waits a figure needs."""
    around = [(percent * (n - 1) // 100, min(n - 1, percent * (n - 1) // 100 + 1)) for percent in (50, 95)]
    bounds = [quantile_ranks(n, share=share) for share in (0.5, 0.95)]
    return RanksWanted(around[0], bounds[0], around[1], bounds[1])


def mined_wait(n: int, by_rank: dict[int, int]) -> MinedWait:
    """Return the figure of ``n`` waits from the order statistics (µs by rank) that :func:`ranks_wanted` names."""
    if n == 0:
        return MinedWait(n=0, p50=None, p50_low=None, p50_high=None, p95=None, p95_low=None, p95_high=None)
    wanted = ranks_wanted(n)
    low50, high50 = (by_rank[rank] / SECOND_US for rank in wanted.p50_bounds)
    tail = n >= P95_FROM_N
    low95, high95 = (by_rank[rank] / SECOND_US for rank in wanted.p95_bounds) if tail else (None, None)
    return MinedWait(
        n=n,
        p50=_between(by_rank, wanted.p50, n=n, percent=50),
        p50_low=low50,
        p50_high=high50,
        p95=_between(by_rank, wanted.p95, n=n, percent=95) if tail else None,
        p95_low=low95,
        p95_high=high95,
    )


def _between(by_rank: dict[int, int], around: tuple[int, int], *, n: int, percent: int) -> float:
    part = percent * (n - 1) % 100
    low, high = by_rank[around[0]], by_rank[around[1]]
    return (low * (100 - part) + high * part) / (100 * SECOND_US)


# -- few walks ---------------------------------------------------------------------------------------------------


def student_975(freedom: float) -> float:
    """Return the 97.5 % point of Student's t; fractional degrees are rounded down, so intervals are never too short."""
    whole = math.floor(freedom)
    if whole <= len(T_975):
        return T_975[max(1, whole) - 1]
    z = normal_quantile()
    return z + (z**3 + z) / (4 * whole)


class Means(NamedTuple):
    """Mean and variance of the mean of n values; the variance is infinite for a single value."""

    n: int
    mean: float
    variance: float


def means(values: Sequence[float]) -> Means:
    """Return the mean of at least one value."""
    n = len(values)
    mean = math.fsum(values) / n
    squares = math.fsum((value - mean) ** 2 for value in values)
    return Means(n, mean, squares / (n - 1) / n if n > 1 else math.inf)


def interval(found: Means) -> tuple[float | None, float | None]:
    """Return the 95 % interval of a mean, (None, None) for a single value."""
    if not math.isfinite(found.variance):
        return None, None
    half = student_975(found.n - 1) * math.sqrt(found.variance)
    return found.mean - half, found.mean + half


def difference(one: Means, other: Means) -> tuple[float | None, float | None, float | None]:
    """Return one − other with Welch's 95 % interval (Welch–Satterthwaite degrees), all None below two values a side."""
    together = one.variance + other.variance
    if not math.isfinite(together):
        return None, None, None
    gap = one.mean - other.mean
    if together == 0:
        return gap, gap, gap
    freedom = together**2 / (one.variance**2 / (one.n - 1) + other.variance**2 / (other.n - 1))
    half = student_975(freedom) * math.sqrt(together)
    return gap, gap - half, gap + half


def personas(walks: Sequence[tuple[Persona, int, float]]) -> list[PersonaFigures]:
    """Return the figures of finished walks (persona, feeling, seconds), in the order of the personas."""
    by_persona = {persona: [each for each in walks if each[0] is persona] for persona in Persona}
    ordinary = by_persona[Persona.ORDINARY]
    found = []
    for persona, own in by_persona.items():
        if not own:
            continue
        feeling, seconds = means([each[1] for each in own]), means([each[2] for each in own])
        feeling_low, feeling_high = interval(feeling)
        seconds_low, seconds_high = interval(seconds)
        gaps: dict[str, float | None] = {}
        if persona is not Persona.ORDINARY and ordinary:
            for name, here, place in (("feeling", feeling, 1), ("seconds", seconds, 2)):
                gap, low, high = difference(here, means([float(each[place]) for each in ordinary]))
                gaps |= {f"{name}_difference": gap, f"{name}_difference_low": low, f"{name}_difference_high": high}
        found.append(
            PersonaFigures(
                persona=persona,
                n=feeling.n,
                feeling=feeling.mean,
                feeling_low=None if feeling_low is None else max(1.0, feeling_low),
                feeling_high=None if feeling_high is None else min(5.0, feeling_high),
                seconds=seconds.mean,
                seconds_low=None if seconds_low is None else max(0.0, seconds_low),
                seconds_high=seconds_high,
                **gaps,
            )
        )
    return found
