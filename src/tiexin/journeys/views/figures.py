"""What people read of each figure: one sentence with the answer, and its tables."""

from __future__ import annotations

from collections.abc import Sequence

from tiexin.journeys.contracts import (
    RANKED_FROM_N,
    Activity,
    Bottleneck,
    CasePage,
    Durations,
    Edge,
    FunnelStage,
    Handover,
    JourneyListed,
    JourneyMap,
    Loop,
    MapNode,
    Rework,
    SlowReport,
    Summary,
    Variant,
)
from tiexin.journeys.views.grid import CASES, PAIR, RANK, STEP, TIMES, Column, Grid, View, counted, number, waits
from tiexin.journeys.views.units import (
    NONE,
    give_or_take,
    length,
    percent,
    percent_interval,
    points,
    points_interval,
    way,
)
from tiexin.kernel.clock import DAY_US, SECOND_US
from tiexin.kernel.statistics import wilson

DAY_SECONDS = DAY_US // SECOND_US


def listed(found: Sequence[JourneyListed]) -> View:
    """Return the journeys of a record."""
    columns = (
        Column("journey", lambda row: row.name, name=True),
        CASES,
        Column("events", lambda row: number(row.events)),
        Column("first", lambda row: row.first[:10]),
        Column("last", lambda row: row.last[:10]),
        Column("lifecycles", lambda row: ", ".join(row.lifecycles) or NONE, name=True),
    )
    return View(f"The record knows {counted(len(found), 'journey')}.", [Grid(columns, found)])


def summary(found: Summary) -> View:
    """Return the ten figures, a line each."""
    days, handovers = found.duration_days, found.handovers_per_case
    lines = {
        "events": number(found.events),
        "cases": number(found.cases),
        "different steps": number(found.activities),
        "different pairs of steps": number(found.edges),
        "different ways": number(found.variants),
        "people": number(found.resources),
        "events without a person": number(found.events_without_resource),
        "half of the cases last longer than": length(days.p50 * DAY_SECONDS) if found.cases else NONE,
        "one in twenty lasts longer than": length(days.p95 * DAY_SECONDS) if found.cases else NONE,
        "handovers per case": f"{handovers.mean:.1f}, one in twenty more than {handovers.p95:.0f}",
    }
    return View("\n".join(f"{name}: {value}" for name, value in lines.items()))


def activities(found: Sequence[Activity]) -> View:
    """Return the steps."""
    if not found:
        return View("No case has a step.")
    top = found[0]
    return View(
        f"Done most often: {top.activity}, {counted(top.count, 'time')} in {counted(top.cases, 'case')}.",
        [Grid(_step_columns(STEP), found)],
    )


def _step_columns(name: Column) -> list[Column]:
    starts = Column("starts", lambda row: number(row.starts))
    return [name, TIMES, CASES, starts, Column("ends", lambda row: number(row.ends))]


def edges(found: Sequence[Edge], *, working: bool = False) -> View:
    """Return which step follows which."""
    if not found:
        return View("No step follows another.")
    top, wait = found[0], found[0].wait_seconds
    kind = "working time" if working else "waiting"
    return View(
        f"Most {kind} lies on {way([top.source, top.target])}: {length(wait.total, working=working)} in total over "
        f"{counted(top.count, 'time')}, half of them longer than {length(wait.p50, working=working)}.",
        [Grid([PAIR, TIMES, CASES, *waits(working=working, total=True)], found)],
    )


def journey_map(found: JourneyMap) -> View:
    """Return nodes and edges of the map."""
    node: Column = Column("step", lambda row: row.id, name=True)
    nodes: Sequence[MapNode] = found.nodes
    return View(
        f"{counted(found.cases, 'case')} with {counted(found.events, 'event')} walk over "
        f"{counted(len(nodes), 'step')} and {counted(len(found.edges), 'edge')}.",
        [
            Grid(_step_columns(node), nodes, "Steps, most frequent first"),
            Grid([PAIR, TIMES, CASES, *waits(working=False, total=True)], found.edges, "Edges, most waiting first"),
        ],
    )


def handovers(found: Sequence[Handover]) -> View:
    """Return who hands work to whom."""
    if not found:
        return View("No work is handed over between two known parties.")
    top, times = found[0], sum(each.count for each in found)
    return View(
        f"Work changes hands {counted(times, 'time')}, most often {way([top.source, top.target])}: "
        f"{counted(top.count, 'time')}, half of them after more than {length(top.wait_seconds.p50)}.",
        [Grid([PAIR, TIMES, CASES, *waits(working=False, total=True)], found)],
    )


def bottlenecks(found: Sequence[Bottleneck], *, working: bool = False) -> View:
    """Return where the journey waits most."""
    columns = [
        RANK,
        PAIR,
        Column("share (95 %)", lambda row: give_or_take(row.share, row.share_low, row.share_high)),
        *waits(working=working, total=False),
        CASES,
    ]
    top = next((each for each in found if each.rank == 1), None)
    if top is None:
        sentence = f"No edge is passed by {RANKED_FROM_N} cases: too few to name a bottleneck."
    else:
        share = give_or_take(top.share, top.share_low, top.share_high)
        kind = "waiting in working time" if working else "waiting"
        sentence = f"{share} of all {kind} sits in {way([top.source, top.target])}."
    return View(sentence, [Grid(columns, found)])


def variants(found: Sequence[Variant]) -> View:
    """Return the sequences that cases take."""
    if not found:
        return View("There is no case.")
    cases = sum(each.cases for each in found)
    top = found[0].cases
    share = give_or_take(top / cases, *wilson(top, n=cases))
    common = f"the commonest was taken by {share}" if top > 1 else "no two went the same way"
    columns = (
        Column("way", lambda row: way(row.activities), name=True),
        CASES,
        Column("share", lambda row: percent(row.cases / cases)),
        Column("95 % interval", lambda row: percent_interval(*wilson(row.cases, n=cases))),
    )
    return View(
        f"{counted(cases, 'case')} took {counted(len(found), 'different way')}; {common}.",
        [Grid(columns, found)],
    )


def rework(found: Sequence[Rework]) -> View:
    """Return which steps are done again."""
    columns = (
        STEP,
        CASES,
        Column("repeat it", lambda row: number(row.cases_with_repeat)),
        Column("share", lambda row: percent(row.cases_with_repeat / row.cases)),
        Column("95 % interval", lambda row: percent_interval(*wilson(row.cases_with_repeat, n=row.cases))),
        Column("done again", lambda row: number(row.extra_executions)),
    )
    if not found or not found[0].extra_executions:
        return View("No step is done twice in a case.", [Grid(columns, found)])
    top = found[0]
    return View(
        f"Done again most: {top.activity}, {counted(top.extra_executions, 'time')}, "
        f"in {top.cases_with_repeat:,} of {counted(top.cases, 'case')}.",
        [Grid(columns, found)],
    )


def loops(found: Sequence[Loop]) -> View:
    """Return steps that follow themselves, and ways there and back."""
    if not found:
        return View("No step follows itself, and no way leads there and back.")

    def path(row: Loop) -> str:
        return way([row.activity, row.via] if row.activity == row.via else [row.activity, row.via, row.activity])

    return View(
        f"The commonest loop is {path(found[0])}: {counted(found[0].count, 'time')} "
        f"in {counted(found[0].cases, 'case')}.",
        [Grid((Column("loop", path, name=True), TIMES, CASES), found)],
    )


def durations(found: Durations) -> View:
    """Return how long cases last."""
    if not found.n:
        return View("There is no case.")
    p50, low, high, p95, longest = (
        length(days * DAY_SECONDS) for days in (found.p50, found.p50_low, found.p50_high, found.p95, found.max)
    )
    columns = (
        Column("from", lambda row: length(row.from_days * DAY_SECONDS)),
        Column("to", lambda row: length(row.to_days * DAY_SECONDS)),
        CASES,
        Column("share", lambda row: percent(row.cases / found.n)),
        Column("95 % interval", lambda row: percent_interval(*wilson(row.cases, n=found.n))),
    )
    return View(
        f"Half of {counted(found.n, 'case')} last longer than {p50} (95 % interval {low} to {high}), one in twenty "
        f"longer than {p95}; the longest lasted {longest}.",
        [Grid(columns, found.histogram)],
    )


def slow(found: SlowReport) -> View:
    """Return what slow cases have in common."""
    columns = (
        RANK,
        Column("what they have", lambda row: f"{row.attribute} = {row.value}", name=True),
        Column("cases", lambda row: number(row.n)),
        Column("slow", lambda row: percent(row.share)),
        Column("others", lambda row: percent(row.other_share)),
        Column("difference", lambda row: points(row.difference)),
        Column("95 % interval", lambda row: points_interval(row.difference_low, row.difference_high)),
    )
    slow_means = (
        f"Slow is longer than {length(found.threshold_days * DAY_SECONDS)}: {found.slow:,} of "
        f"{counted(found.n, 'case')}."
    )
    top = next((each for each in found.attributes if each.rank == 1), None)
    if top is None or top.difference_low <= 0:
        return View(f"{slow_means} Nothing that they have makes them surely slow.", [Grid(columns, found.attributes)])
    return View(
        f"{slow_means} With {top.attribute} = {top.value} {percent(top.share)} are slow, without "
        f"{percent(top.other_share)} ({points_interval(top.difference_low, top.difference_high)} points, "
        "95 % interval).",
        [Grid(columns, found.attributes)],
    )


def funnel(found: Sequence[FunnelStage]) -> View:
    """Return how many cases reach each stage."""
    columns = (
        STEP,
        CASES,
        Column("of the first", lambda row: percent(row.share)),
        Column("95 % interval", lambda row: percent_interval(row.share_low, row.share_high)),
    )
    first, last = found[0], found[-1]
    share = give_or_take(last.share, last.share_low, last.share_high) if first.cases else NONE
    return View(
        f"Of {counted(first.cases, 'case')} with {first.activity}, {last.cases:,} ({share}) reach {last.activity}.",
        [Grid(columns, found)],
    )


def cases(found: CasePage) -> View:
    """Return the cases behind a figure."""
    columns = (
        Column("case", lambda row: row.case, name=True),
        Column("began (UTC)", lambda row: row.first[:16].replace("T", " ")),
        Column("lasted", lambda row: length(row.duration_seconds)),
        Column("steps", lambda row: number(row.events)),
        Column("handovers", lambda row: number(row.handovers)),
    )
    longest = f", the longest of this page {length(found.cases[0].duration_seconds)}" if found.cases else ""
    return View(f"{counted(found.total, 'case')}{longest}.", [Grid(columns, found.cases)])
