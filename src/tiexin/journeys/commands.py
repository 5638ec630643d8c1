"""Journeys on the command line: ``tiexin journeys …``."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
import typer

from tiexin.infra.terminal import JsonFlag, console, emit_json, guarded, invocation
from tiexin.journeys.contracts import JourneyFilter
from tiexin.journeys.walks.commands import app as walks_app

if TYPE_CHECKING:
    from tiexin.journeys.api import Journey
    from tiexin.journeys.views import Grid, View

app = typer.Typer(no_args_is_help=True, help="Journeys: how customers are really served, where they wait and loop.")
app.add_typer(walks_app, name="walks")

ROWS_SHOWN = 30
SLOW_SHOWN = 20
EngineOption = Annotated[str, typer.Option("--engine", help="duckdb or spark.")]
Limit = Annotated[int | None, typer.Option("--limit", min=1, help="Most rows (default: 30, with --json all).")]
Hours = Annotated[
    str | None,
    typer.Option(help="Count working time only, for example 'Asia/Shanghai Mon-Fri 09:00-12:00,13:30-17:30'."),
]
Holidays = Annotated[list[str] | None, typer.Option("--holiday", help="A day on which nobody works. Repeat.")]
Conditions = Annotated[list[str], typer.Option(help="part=value, for example channel=app or data.amount=5000. Repeat.")]


def _selection(
    name: Annotated[str, typer.Argument(help="The journey; `tiexin journeys list` names them.")],
    *,
    lifecycle: Annotated[str | None, typer.Option(help="Only events of this lifecycle are steps.")] = None,
    since: Annotated[str | None, typer.Option(help="Cases that begin on or after this day (UTC) or moment.")] = None,
    until: Annotated[str | None, typer.Option(help="Cases that begin before this day (UTC) or moment.")] = None,
    channel: Annotated[str | None, typer.Option(help="Cases that touch this channel.")] = None,
    product: Annotated[str | None, typer.Option(help="Cases of this product.")] = None,
    segment: Annotated[str | None, typer.Option(help="Cases of this customer segment.")] = None,
    org: Annotated[str | None, typer.Option(help="Cases that touch this unit or one below or merged into it.")] = None,
    team: Annotated[str | None, typer.Option(help="Cases that touch this team.")] = None,
    actor: Annotated[str | None, typer.Option(help="Cases that touch this actor.")] = None,
    attribute: Annotated[list[str] | None, typer.Option(help="member=value of data. Repeat.")] = None,
    activity: Annotated[list[str] | None, typer.Option(help="Cases that pass this step. Repeat.")] = None,
    variant: Annotated[list[str] | None, typer.Option(help="Cases of exactly this sequence. Repeat.")] = None,
) -> JourneyFilter:
    from tiexin.journeys.filters import filter_of

    return filter_of(
        name,
        lifecycle=lifecycle,
        since=since,
        until=until,
        channel=channel,
        product=product,
        segment=segment,
        org=org,
        team=team,
        actor=actor,
        attributes=attribute or (),
        activities=activity or (),
        variant=variant or (),
    )


def figure(function: Callable[..., Any]) -> Callable[..., None]:
    """Register a figure as a command: it takes every option of a selection besides its own.

    The function is given a source that opens the journey, and its own options; what it returns is printed.
    """
    shared = inspect.signature(_selection, eval_str=True).parameters
    # The first parameter is the journey, given here; the rest are options of this command alone.
    own = dict(list(inspect.signature(function, eval_str=True).parameters.items())[1:])
    engine = inspect.Parameter("engine", inspect.Parameter.KEYWORD_ONLY, default="duckdb", annotation=EngineOption)
    as_json = inspect.Parameter("as_json", inspect.Parameter.KEYWORD_ONLY, default=False, annotation=JsonFlag)

    def command(*args: Any, **options: Any) -> None:
        chosen = {key: options.pop(key) for key in list(options) if key in shared}
        name, as_json = options.pop("engine"), options.pop("as_json")
        with _opened(_selection(*args, **chosen), engine=name) as journey:
            found = function(journey, **options)
        _answer(function.__name__, found, as_json=as_json)

    command.__doc__ = function.__doc__
    command.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
        [*shared.values(), *own.values(), engine, as_json], return_annotation=None
    )
    app.command(function.__name__)(guarded(command))
    return command


class Opening(msgspec.Struct, frozen=True):
    """A journey that is open, and what opened it (a comparison opens two)."""

    source: Any
    chosen: Any
    engine: str
    journey: Any


@contextmanager
def _opened(chosen: JourneyFilter, *, engine: str) -> Iterator[Opening]:
    from tiexin.journeys.api import open_journey
    from tiexin.record.api import open_record

    with open_record(invocation().settings()) as record, open_journey(record, chosen, engine=engine) as journey:
        yield Opening(record, chosen, engine, journey)


@app.command("list")
@guarded
def list_command(*, engine: EngineOption = "duckdb", as_json: JsonFlag = False) -> None:
    """List the journeys that the record knows."""
    from tiexin.journeys.api import journeys
    from tiexin.record.api import open_record

    with open_record(invocation().settings()) as record:
        found = journeys(record, engine=engine)
    _answer("list", found, as_json=as_json)


@figure
def summary(opening: Opening) -> Any:
    """Show the journey in ten figures."""
    return _journey(opening).summary()


@figure
def activities(opening: Opening) -> Any:
    """Show the steps with their frequency, starts and ends."""
    return _journey(opening).activities()


@figure
def edges(opening: Opening, *, business_hours: Hours = None, holiday: Holidays = None, limit: Limit = None) -> Any:
    """Show which step follows which, heaviest total waiting first."""
    from tiexin.journeys.filters import calendar_of

    calendar = calendar_of(business_hours, holiday or ())
    return _limited(_journey(opening).edges(calendar=calendar), limit, working=calendar is not None)


@figure
def variants(opening: Opening, *, limit: Limit = None) -> Any:
    """Show the sequences that cases take, most cases first."""
    return _limited(_journey(opening).variants(), limit)


@figure
def rework(opening: Opening) -> Any:
    """Show how often steps are repeated within a case."""
    return _journey(opening).rework()


@figure
def loops(opening: Opening) -> Any:
    """Show steps that follow themselves, and ways there and back."""
    return _journey(opening).loops()


@figure
def handovers(
    opening: Opening, *, between: Annotated[str, typer.Option(help="actor or team.")] = "actor", limit: Limit = None
) -> Any:
    """Show who hands work to whom, and how long it waits between them."""
    from tiexin.journeys.contracts import Party
    from tiexin.journeys.filters import JourneyFilterError

    if between not in set(Party):
        msg = f"Work is handed over between actor or team, not {between!r}."
        raise JourneyFilterError(msg, between=between)
    return _limited(_journey(opening).handovers(Party(between)), limit)


@figure
def bottlenecks(
    opening: Opening, *, business_hours: Hours = None, holiday: Holidays = None, limit: Limit = None
) -> Any:
    """Show where the journey waits most: share of all waiting with interval, p50 and p95."""
    from tiexin.journeys.filters import calendar_of

    calendar = calendar_of(business_hours, holiday or ())
    return _limited(_journey(opening).bottlenecks(calendar=calendar), limit, working=calendar is not None)


@figure
def durations(opening: Opening) -> Any:
    """Show how long cases last."""
    return _journey(opening).durations()


@figure
def slow(
    opening: Opening,
    *,
    slower_than: Annotated[int, typer.Option(help="Percentile beyond which a case is slow.")] = 75,
    limit: Annotated[
        int | None, typer.Option("--limit", min=1, help="Most attributes (default: 20, with --json all).")
    ] = None,
) -> Any:
    """Show what slow cases have in common."""
    from tiexin.journeys.views import Shown

    found = _journey(opening).slow(slower_than=slower_than)
    document = msgspec.structs.replace(found, attributes=found.attributes[:limit])
    return Shown(whole=found, document=document, rows=limit or SLOW_SHOWN)


@figure
def compare(opening: Opening, *, first: Conditions, second: Conditions) -> Any:
    """Compare two selections of cases."""
    from tiexin.journeys.api import compare as compare_selections
    from tiexin.journeys.filters import changed

    sides = (changed(opening.chosen, conditions) for conditions in (first, second))
    return compare_selections(opening.source, *sides, engine=opening.engine)


@figure
def map(opening: Opening) -> Any:  # noqa: A001 - the command's name is the function's
    """Show nodes and edges of the journey map."""
    return _journey(opening).map()


@figure
def funnel(opening: Opening, *, stage: Annotated[list[str], typer.Option(help="A step, in order. Repeat.")]) -> Any:
    """Show how many cases reach each stage after the ones before."""
    return _journey(opening).funnel(stage)


@figure
def cases(
    opening: Opening,
    *,
    edge_from: Annotated[str | None, typer.Option(help="Cases on the edge from this step …")] = None,
    edge_to: Annotated[str | None, typer.Option(help="… to this step.")] = None,
    handover_from: Annotated[str | None, typer.Option(help="Cases handed over by this actor …")] = None,
    handover_to: Annotated[str | None, typer.Option(help="… to this actor.")] = None,
    repeats: Annotated[str | None, typer.Option(help="Cases that repeat this step.")] = None,
    longer_than_seconds: Annotated[float | None, typer.Option(help="Cases that last longer.")] = None,
    limit: Annotated[int, typer.Option(min=0, max=1_000, help="Rows of this page.")] = 100,
    offset: Annotated[int, typer.Option(min=0, help="Rows to skip.")] = 0,
) -> Any:
    """List the cases behind a figure, longest first."""
    from tiexin.journeys.filters import focus_of

    focus = focus_of(
        edge=(edge_from, edge_to),
        handover=(handover_from, handover_to),
        repeats=repeats,
        longer_than_seconds=longer_than_seconds,
    )
    from tiexin.journeys.views import Shown

    found = _journey(opening).cases(focus, limit=limit, offset=offset)
    return Shown(whole=found, document=found, rows=max(1, limit))


@figure
def stages(opening: Opening) -> Any:
    """Show stages by channel: what customers do, how long they wait, how they feel, and the moments of truth."""
    from tiexin.journeys.stages.api import stages_of_journey
    from tiexin.journeys.walks.service import Walks

    name = opening.chosen.name
    felt = Walks(lambda: opening.source).felt(name)
    return stages_of_journey(_journey(opening), name, home=opening.source.settings.home, shoppers=felt)


def _journey(opening: Opening) -> Journey:
    journey: Journey = opening.journey
    return journey


def _limited(found: list[Any], limit: int | None, *, working: bool = False) -> Any:
    """Return rows of which at most so many are shown, while the sentence above them is about all."""
    from tiexin.journeys.views import Shown

    return Shown(whole=found, document=found[:limit], rows=limit, working=working)


def _answer(name: str, found: Any, *, as_json: bool) -> None:
    """Print a figure: for programs its document, for people a sentence and tables."""
    from tiexin.journeys.views import Shown, view_of

    shown = found if isinstance(found, Shown) else Shown(whole=found, document=found)
    if as_json:
        emit_json(shown.document)
    else:
        _print(view_of(name, shown), rows=shown.rows or ROWS_SHOWN)


def _print(view: View, *, rows: int) -> None:
    out = console()
    out.print(view.sentence, markup=False, highlight=False)
    for grid in view.grids:
        if grid.rows:
            out.print()
            _table(grid, rows=rows)


def _table(grid: Grid, *, rows: int) -> None:
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, header_style="bold")
    if grid.title:
        console().print(grid.title, markup=False, highlight=False)
    for column in grid.columns:
        table.add_column(
            column.head,
            justify="left" if column.name else "right",
            overflow="fold",
            no_wrap=not column.name,
        )
    for row in grid.rows[:rows]:
        # As Text, because square brackets in a name are no markup.
        table.add_row(*(Text(column.cell(row)) for column in grid.columns))
    out = console()
    out.print(table)
    if len(grid.rows) > rows:
        out.print(f"… and {len(grid.rows) - rows:,} more; --json without --limit gives all of them", highlight=False)
