"""What people read of the journey map proper."""

from __future__ import annotations

from tiexin.journeys.contracts import RANKED_FROM_N
from tiexin.journeys.stages.contracts import Effect, Feeling, Moment, Stage, StageReport
from tiexin.journeys.views.grid import CASES, RANK, Column, Grid, View, counted
from tiexin.journeys.views.units import NONE, length, points, points_interval


def stages(found: StageReport) -> View:
    """Return the stages with their waits and feelings, and the moments of truth."""
    felt = Column("feeling", lambda row: _feeling(row.feeling))
    columns = (
        Column("stage", lambda row: row.en, name=True),
        CASES,
        Column("median wait", lambda row: length(row.waits.p50)),
        Column("95th pct.", lambda row: length(row.waits.p95)),
        felt,
        Column("answers", lambda row: str(row.feeling.n)),
    )
    moments = (
        RANK,
        Column("moment", _moment, name=True),
        CASES,
        Column("feeling", lambda row: _gap(row.feeling)),
        Column("95 % interval", lambda row: _interval(row.feeling)),
        Column("complaints", lambda row: _gap(row.complaint)),
        Column("leaving", lambda row: _gap(row.leaving)),
    )
    title = "What happened, and how the cases where it did differ from those where it did not"
    return View(_sentence(found), [Grid(columns, found.stages), Grid(moments, found.moments, title)])


def _sentence(found: StageReport) -> str:
    cases = counted(found.cases, "case")
    felt: list[Stage] = [stage for stage in found.stages if stage.feeling.n >= RANKED_FROM_N]
    if not felt:
        return (
            f"{cases} in {counted(len(found.stages), 'stage')}; too few answers to surveys to say where it feels worst."
        )
    worst = min(felt, key=lambda stage: stage.feeling.mean or 0.0)
    return (
        f"Of the stages with {RANKED_FROM_N} answers or more, customers feel worst at “{worst.en}”: "
        f"{_feeling(worst.feeling)} of 100 from {counted(worst.feeling.n, 'answer')} ({cases})."
    )


def _feeling(feeling: Feeling) -> str:
    if feeling.mean is None:
        return NONE
    if feeling.low is None or feeling.high is None:
        return f"{100 * feeling.mean:.0f}"
    return f"{100 * feeling.mean:.0f} ({100 * feeling.low:.0f} to {100 * feeling.high:.0f})"


def _moment(moment: Moment) -> str:
    named = {
        "repeat": f"{moment.step} done again",
        "long_wait": f"more than {length(moment.threshold)} before {moment.step}",
        "detour": f"passes {moment.step}",
        "handovers": f"more than {moment.threshold:.0f} changes of hands" if moment.threshold is not None else "",
        "channels": f"more than {moment.threshold:.0f} channels" if moment.threshold is not None else "",
    }
    return named[moment.kind]


def _gap(effect: Effect) -> str:
    return NONE if effect.difference is None else points(effect.difference)


def _interval(effect: Effect) -> str:
    if effect.low is None or effect.high is None:
        return NONE
    return f"{points_interval(effect.low, effect.high)}{'' if effect.certain else ' ?'}"
