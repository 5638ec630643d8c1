"""The part of the command line that shows figures: ``tiexin quality …``."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tiexin.infra.terminal import JsonFlag, console, emit_json, guarded, invocation

if TYPE_CHECKING:
    from tiexin.quality.api import Quality
    from tiexin.quality.contracts import Figure, Selection

app = typer.Typer(no_args_is_help=True, help="Service-quality figures with n, 95 % interval and definition.")

Since = Annotated[str | None, typer.Option(help="First day (UTC) or moment with zone, for example 2026-01-01.")]
Until = Annotated[str | None, typer.Option(help="Day (UTC) or moment with zone before which to stop.")]
Channel = Annotated[str | None, typer.Option(help="Only this channel: phone, chat, app, branch, …")]
Branch = Annotated[str | None, typer.Option(help="Only this unit, those below it and those merged into them.")]
Product = Annotated[str | None, typer.Option(help="Only this product.")]
Segment = Annotated[str | None, typer.Option(help="Only this customer segment.")]
AsOf = Annotated[str | None, typer.Option("--as-of", help="Day whose organisation tree applies (default: last day).")]
EngineOption = Annotated[str, typer.Option("--engine", help="duckdb or spark.")]
Families = Annotated[
    list[str] | None,
    typer.Option("--figures", help="Family: csat, nps, ces, fcr, calls, chats, branch, complaints, tickets. Repeat."),
]


@contextmanager
def _opened(engine: str) -> Iterator[Quality]:
    from tiexin.quality.api import open_quality
    from tiexin.record.api import open_record

    with open_record(invocation().settings()) as record, open_quality(record, engine=engine) as quality:
        yield quality


def _register(name: str, help_text: str) -> None:
    """Add the command of one document; all of them take the same selection."""

    def command(
        *,
        since: Since = None,
        until: Until = None,
        channel: Channel = None,
        branch: Branch = None,
        product: Product = None,
        segment: Segment = None,
        as_of: AsOf = None,
        engine: EngineOption = "duckdb",
        as_json: JsonFlag = False,
    ) -> None:
        from tiexin.quality import documents
        from tiexin.quality.api import selection_of

        selection = selection_of(
            since, until, channel=channel, branch=branch, product=product, segment=segment, as_of=as_of
        )
        make: Callable[[Quality, Selection], dict[str, Any]] = getattr(documents, name)
        with _opened(engine) as quality:
            if as_json:
                emit_json(make(quality, selection))
            else:
                _show(quality.figures([name], selection=selection).figures)

    command.__doc__ = help_text
    app.command(name)(guarded(command))


_register("calls", "Calls: offered, answered, abandoned, speed of answer, waits, talk.")
_register("complaints", "Complaints: answered in time, disputed, per 10,000 active customers, time to answer.")
_register("tickets", "Service tickets: within the agreed time, reopened, time to resolution.")
_register("nps", "Net promoter score.")
_register("csat", "Customer satisfaction, share of the top two boxes.")
_register("ces", "Customer effort: mean and share of customers who found it easy.")
_register("fcr", "First-contact resolution and repeat contacts.")


@app.command("overview")
@guarded
def overview_command(
    *,
    since: Since = None,
    until: Until = None,
    channel: Channel = None,
    branch: Branch = None,
    product: Product = None,
    segment: Segment = None,
    as_of: AsOf = None,
    figures: Families = None,
    engine: EngineOption = "duckdb",
    as_json: JsonFlag = False,
) -> None:
    """Show every figure of a selection."""
    from tiexin.quality.api import OVERVIEW, selection_of
    from tiexin.quality.documents import figures_document
    from tiexin.quality.targets import targets_of

    selection = selection_of(
        since, until, channel=channel, branch=branch, product=product, segment=segment, as_of=as_of
    )
    with _opened(engine) as quality:
        found = quality.figures(figures or OVERVIEW, selection=selection)
    if as_json:
        emit_json(figures_document(found, targets_of(invocation().settings().home)))
    else:
        _show(found.figures)


@app.command("trend")
@guarded
def trend_command(
    *,
    step: Annotated[str, typer.Option(help="day, week, month or quarter.")] = "month",
    zone: Annotated[str, typer.Option(help="Time zone whose calendar applies.")] = "UTC",
    since: Since = None,
    until: Until = None,
    channel: Channel = None,
    branch: Branch = None,
    product: Product = None,
    segment: Segment = None,
    as_of: AsOf = None,
    figures: Families = None,
    engine: EngineOption = "duckdb",
    as_json: JsonFlag = False,
) -> None:
    """Show figures period by period."""
    from tiexin.quality.api import OVERVIEW, selection_of, step_of
    from tiexin.quality.documents import groups_document

    selection = selection_of(
        since, until, channel=channel, branch=branch, product=product, segment=segment, as_of=as_of
    )
    with _opened(engine) as quality:
        found = quality.trend(figures or OVERVIEW, selection=selection, step=step_of(step), zone=zone)
    document = groups_document(found)
    if as_json:
        emit_json(document)
        return
    for group, shown in zip(found.groups, document["groups"], strict=True):
        console().print(f"\n[bold]{shown['label']}[/bold]  {shown['since']} – {shown['until']}")
        _show(group.figures)


@app.command("by")
@guarded
def by_command(
    *,
    dimension: Annotated[str, typer.Option("--dimension", help="channel, branch, product or segment.")],
    level: Annotated[
        str | None, typer.Option(help="For branches: roll up to head_office, first_level_branch, branch or desk.")
    ] = None,
    rank_by: Annotated[
        str | None,
        typer.Option("--rank-by", help="Figure that orders the rows, worst first; below n = 30 none is ranked."),
    ] = None,
    since: Since = None,
    until: Until = None,
    channel: Channel = None,
    branch: Branch = None,
    product: Product = None,
    segment: Segment = None,
    as_of: AsOf = None,
    figures: Families = None,
    engine: EngineOption = "duckdb",
    as_json: JsonFlag = False,
) -> None:
    """Show figures of every member of a dimension."""
    from tiexin.quality.api import OVERVIEW, dimension_of, selection_of
    from tiexin.quality.documents import groups_document

    selection = selection_of(
        since, until, channel=channel, branch=branch, product=product, segment=segment, as_of=as_of
    )
    with _opened(engine) as quality:
        found = quality.by(
            dimension_of(dimension), figures or OVERVIEW, selection=selection, level=level, rank_by=rank_by
        )
    if as_json:
        emit_json(groups_document(found))
        return
    for group in found.groups:
        name = f" {group.name.zh} {group.name.en}" if group.name else ""
        console().print(f"\n[bold]{group.key or '–'}{name}[/bold]")
        _show(group.figures)


@app.command("definitions")
@guarded
def definitions_command(*, as_json: JsonFlag = False) -> None:
    """Show how every figure is counted."""
    from tiexin.quality.api import definitions

    found = definitions()
    if as_json:
        emit_json(found)
        return
    out = console()
    for definition in found:
        out.print(f"[bold]{definition.id}[/bold]  {definition.name.zh} · {definition.name.en}")
        out.print(f"  {definition.text.zh}\n  {definition.text.en}\n  {definition.interval.en}\n")


def _show(figures: dict[str, Figure]) -> None:
    from rich.table import Table

    from tiexin.kernel.text import Language
    from tiexin.quality.api import definitions
    from tiexin.quality.presentation import interval, value

    names = {definition.id: definition.name.en for definition in definitions()}
    table = Table("figure", "value", "95 % interval", "n", box=None, header_style="bold")
    for column in table.columns[1:]:
        column.justify = "right"
    for name, figure in figures.items():
        table.add_row(names[name], value(figure, Language.EN), interval(figure, Language.EN), f"{figure.n:,}")
    console().print(table)
