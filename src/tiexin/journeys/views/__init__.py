"""What people read of the figures of journeys."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from tiexin.journeys.views import comparison, figures, staged
from tiexin.journeys.views.grid import Grid, Shown, View

__all__ = ["Grid", "Shown", "View", "view_of"]

VIEWS: dict[str, Callable[[Any], View]] = {
    "list": figures.listed,
    "summary": figures.summary,
    "activities": figures.activities,
    "edges": figures.edges,
    "map": figures.journey_map,
    "handovers": figures.handovers,
    "bottlenecks": figures.bottlenecks,
    "variants": figures.variants,
    "rework": figures.rework,
    "loops": figures.loops,
    "durations": figures.durations,
    "slow": figures.slow,
    "compare": comparison.compare,
    "funnel": figures.funnel,
    "cases": figures.cases,
    "stages": staged.stages,
}
WORKING_VIEWS: dict[str, Callable[[Any], View]] = {
    "edges": partial(figures.edges, working=True),
    "bottlenecks": partial(figures.bottlenecks, working=True),
}


def view_of(name: str, shown: Shown) -> View:
    """Return what people read of the figure that a command of this name has found."""
    return (WORKING_VIEWS if shown.working else VIEWS)[name](shown.whole)
