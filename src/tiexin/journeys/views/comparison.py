"""What people read of two selections side by side."""

from __future__ import annotations

from operator import itemgetter

from tiexin.journeys import comparing
from tiexin.journeys.contracts import RANKED_FROM_N, Comparison, Doubt, EdgeDifference
from tiexin.journeys.views.grid import PAIR, RANK, Column, Grid, View, counted, number
from tiexin.journeys.views.units import (
    NONE,
    length,
    length_interval,
    percent,
    points,
    points_interval,
    way,
)
from tiexin.kernel.clock import DAY_US, SECOND_US

DAY_SECONDS = DAY_US // SECOND_US


def compare(found: Comparison) -> View:
    """Return two selections side by side."""
    edge_columns = (
        RANK,
        PAIR,
        Column("first", lambda row: length(row.first_seconds_per_case)),
        Column("second", lambda row: length(row.second_seconds_per_case)),
        Column("difference", lambda row: length(row.difference, sign=True)),
        Column("95 % interval", lambda row: length_interval(row.difference_low, row.difference_high)),
    )
    names = ("figure", "first", "second", "difference", "95 % interval")
    columns = [Column(head, itemgetter(place), name=place == 0) for place, head in enumerate(names)]
    grids = [Grid(columns, _sides(found))]
    if found.reason is not Doubt.NO_CASES:
        grids.append(Grid(edge_columns, found.edges, "Waiting on an edge for each case, surest difference first"))
    return View(_compared(found), grids)


def _sides(found: Comparison) -> list[tuple[str, ...]]:
    one, two = found.first, found.second
    days = ((each.duration_days.p50, each.duration_days.p95) for each in (one, two))
    (p50, p95), (other_p50, other_p95) = ([_seconds(day) for day in each] for each in days)
    handovers = [
        NONE if mean is None else f"{mean:.1f}" for mean in (one.handovers_per_case.mean, two.handovers_per_case.mean)
    ]
    return [
        ("cases", number(one.cases), number(two.cases), "", ""),
        (
            "slow cases",
            percent(found.slow_share_first),
            percent(found.slow_share_second),
            points(found.slow_share_difference),
            points_interval(found.slow_share_low, found.slow_share_high),
        ),
        (
            "median duration",
            length(p50),
            length(other_p50),
            length(_seconds(found.median_days_difference), sign=True),
            "",
        ),
        ("95th percentile", length(p95), length(other_p95), "", ""),
        ("handovers a case", *handovers, "", ""),
    ]


def _seconds(days: float | None) -> float | None:
    return None if days is None else days * DAY_SECONDS


def _compared(found: Comparison) -> str:
    sides = {"first": found.first.cases, "second": found.second.cases}
    if found.reason is Doubt.NO_CASES:
        empty = " and the ".join(side for side, n in sides.items() if not n)
        return f"The {empty} selection has no case: there is nothing to compare."
    if found.reason is Doubt.FEW_CASES:
        few = " and ".join(f"{counted(n, 'case')} in the {side}" for side, n in sides.items() if n < RANKED_FROM_N)
        return f"Only {few} selection, fewer than {RANKED_FROM_N}: no difference is certain."
    low, high = found.slow_share_low or 0.0, found.slow_share_high or 0.0
    first, second = percent(found.slow_share_first), percent(found.slow_share_second)
    shares = f"{second} of the second are slow, {first} of the first"
    sure = "a certain difference" if low > 0 or high < 0 else "no certain difference"
    sentence = f"{shares}: {sure} ({points_interval(low, high)} points, 95 % interval)."
    top: EdgeDifference | None = next((each for each in found.edges if each.rank == 1), None)
    if top is None or not comparing.surely(top):
        return sentence
    wait = length(top.difference, sign=True)
    return f"{sentence} Waiting differs most surely on {way([top.source, top.target])}: {wait} a case in the second."
