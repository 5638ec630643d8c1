"""A walk beside the mined journey: the same steps, the same unit, the same time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from tiexin.journeys.api import UnknownJourneyError, open_journey
from tiexin.journeys.contracts import JourneyFilter
from tiexin.journeys.walks import rules
from tiexin.journeys.walks.contracts import ComparedStep, MinedWait, Walk, WalkComparison, WalkState
from tiexin.kernel.clock import SECOND_US, iso_us
from tiexin.kernel.statistics import wilson

if TYPE_CHECKING:
    from tiexin.infra.analytics.port import Engine
    from tiexin.journeys.api import Source

PERIOD_DAYS = 90
"""How far back from the day of the walk customers' cases are taken."""
WAITS = "SELECT next_step AS step, next_time_us - time_us AS wait_us FROM steps WHERE next_step IS NOT NULL"

Waits = dict[str, tuple[MinedWait, "int | None"]]
"""By step: the figure of its waits, and how many of them were longer than the shopper's."""


def compare(
    source: Source, walk: Walk, others: Sequence[Walk], *, reach: frozenset[str] | None = None
) -> WalkComparison:
    """Return a walk beside the waits of customers of the 90 days up to its day, and beside other finished walks.

    Args:
        source: the record.
        walk: the walk.
        others: the finished walks along the same journey that the reader may see.
        reach: the units whose cases the reader may see; None for all.
    """
    day = walk.done[-1].done[:10] if walk.done else walk.planned_for
    since, until = rules.day_us(day, plus_days=1 - PERIOD_DAYS), rules.day_us(day, plus_days=1)
    seconds = {step.step: step.seconds for step in walk.done}
    names = list(dict.fromkeys([*(step.step for step in walk.done), *walk.steps]))

    def mined(org: str | None) -> Waits:
        chosen = JourneyFilter(name=walk.journey, since_us=since, until_us=until, org=org, **_within(reach))
        try:
            with open_journey(source, chosen) as journey:
                return _waits(journey.steps(), names, seconds)
        except UnknownJourneyError:
            return {}

    here = mined(walk.unit) if walk.unit is not None else {}
    everywhere = mined(None)
    return WalkComparison(
        walk=walk.walk,
        journey=walk.journey,
        unit=walk.unit,
        since=iso_us(since),
        until=iso_us(until),
        steps=_steps(walk, names, here, everywhere),
        personas=rules.personas(
            [
                (each.persona, each.feeling, each.seconds)
                for each in others
                if each.state is WalkState.DONE and each.feeling is not None and each.seconds is not None
            ]
        ),
    )


def _within(reach: frozenset[str] | None) -> dict[str, Any]:
    return {} if reach is None else {"within": tuple(sorted(reach))}


def _steps(walk: Walk, names: Sequence[str], here: Waits, everywhere: Waits) -> list[ComparedStep]:
    """Return the steps done, each as often as it was, then those planned and not done."""
    nothing = (rules.mined_wait(0, {}), None)
    done = {step.step for step in walk.done}
    rows: list[tuple[str, float | None, int | None]] = [(step.step, step.seconds, step.feeling) for step in walk.done]
    rows += [(name, None, None) for name in names if name not in done]
    found = []
    for name, seconds, feeling in rows:
        own, all_ = here.get(name, nothing), everywhere.get(name, nothing)
        enough = own[0].n >= rules.P95_FROM_N
        basis = own if enough else all_
        found.append(
            ComparedStep(
                step=name,
                planned=name in walk.steps,
                seconds=seconds,
                feeling=feeling,
                mined=own[0],
                mined_all=all_[0],
                **_verdict(seconds, *basis, basis="unit" if enough else "all"),
            )
        )
    return found


def _verdict(seconds: float | None, figure: MinedWait, longer: int | None, *, basis: str) -> dict[str, Any]:
    if seconds is None or longer is None or figure.n == 0:
        return dict.fromkeys(("basis", "longer_share", "longer_low", "longer_high", "slower_than_p95"))
    low, high = wilson(longer, n=figure.n)
    return {
        "basis": basis,
        "longer_share": longer / figure.n,
        "longer_low": low,
        "longer_high": high,
        "slower_than_p95": None if figure.p95 is None else seconds > figure.p95,
    }


def _waits(engine: Engine, names: Sequence[str], seconds: dict[str, float]) -> Waits:
    """Return the waits before each step named; first their number, then only the order statistics that are needed."""
    params = {f"step_{number}": name for number, name in enumerate(names)}
    if not params:
        return {}
    wanted = f"({WAITS}) AS waits WHERE step IN ({', '.join(f'${name}' for name in params)})"
    counts = {
        row["step"]: row["n"]
        for row in engine.query(f"SELECT step, count(*) AS n FROM {wanted} GROUP BY step", params).to_pylist()
    }
    ranks: dict[str, set[int]] = {
        step: {rank for pair in rules.ranks_wanted(n) for rank in pair} for step, n in counts.items()
    }
    places = sorted({rank for each in ranks.values() for rank in each})
    listed = ", ".join(str(place) for place in places) or "-1"
    by_rank: dict[str, dict[int, int]] = {step: {} for step in counts}
    for row in engine.query(
        f"""SELECT step, place, wait_us FROM (SELECT step, wait_us,
                row_number() OVER (PARTITION BY step ORDER BY wait_us) - 1 AS place FROM {wanted}) AS ranked
        WHERE place IN ({listed})""",
        params,
    ).to_pylist():
        by_rank[row["step"]][row["place"]] = row["wait_us"]
    found: Waits = {}
    for step, n in counts.items():
        longer = _longer(engine, step, seconds[step]) if step in seconds else None
        found[step] = rules.mined_wait(n, by_rank[step]), longer
    return found


def _longer(engine: Engine, step: str, seconds: float) -> int:
    sql = f"SELECT count(*) AS n FROM ({WAITS}) AS waits WHERE step = $step AND wait_us > $wait_us"
    counted: int = engine.query(sql, {"step": step, "wait_us": int(seconds * SECOND_US)}).to_pylist()[0]["n"]
    return counted
