"""Walks on the command line: ``tiexin journeys walks …``."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from tiexin.infra.terminal import JsonFlag, console, emit_json, guarded, invocation

if TYPE_CHECKING:
    from rich.table import Table

    from tiexin.journeys.walks.service import Walks
    from tiexin.record.api import Record

app = typer.Typer(no_args_is_help=True, help="Mystery-shopper walks: planned, under way, done.")


@contextmanager
def _opened() -> Iterator[tuple[Record, Walks]]:
    from tiexin.journeys.walks.service import Walks
    from tiexin.record.api import open_record

    with open_record(invocation().settings()) as record:
        walks = Walks(lambda: record)
        try:
            yield record, walks
        finally:
            walks.close()


@app.command("list")
@guarded
def list_command(
    *,
    journey: Annotated[str | None, typer.Option(help="Only walks along this journey.")] = None,
    state: Annotated[str | None, typer.Option(help="planned, under_way, done or cancelled.")] = None,
    as_json: JsonFlag = False,
) -> None:
    """List walks, the latest day first."""
    from tiexin.journeys.walks.contracts import WalkState
    from tiexin.journeys.walks.rules import WalkInputError

    if state is not None and state not in set(WalkState):
        msg = f"A walk is planned, under_way, done or cancelled, not {state!r}."
        raise WalkInputError(msg, member="state")
    with _opened() as (_, walks):
        found = walks.listed(journey=journey, state=WalkState(state) if state else None)
    if as_json:
        emit_json(found)
        return
    done = sum(walk.state is WalkState.DONE for walk in found.walks)
    console().print(f"{found.total} walks, {done} of them done.", highlight=False)
    if found.walks:
        table = _table("day", "state", "journey", "persona", "unit", "steps", "feeling", "walk")
        for walk in found.walks:
            steps = f"{walk.steps_done}/{walk.steps_planned}"
            feeling = "–" if walk.feeling is None else str(walk.feeling)
            table.add_row(
                walk.planned_for, walk.state, walk.journey, walk.persona, walk.unit or "–", steps, feeling, walk.walk
            )
        console().print(table)


@app.command()
@guarded
def show(
    walk: Annotated[str, typer.Argument(help="The walk; `tiexin journeys walks list` names them.")],
    *,
    as_json: JsonFlag = False,
) -> None:
    """Show one walk with its steps."""
    with _opened() as (_, walks):
        found = walks.get(walk)
    if as_json:
        emit_json(found)
        return
    whole = "not finished" if found.seconds is None else f"{found.seconds / 60:.0f} minutes, feeling {found.feeling}"
    console().print(f"{found.journey} as {found.persona}, {found.planned_for}: {whole}.", highlight=False)
    table = _table("step", "minutes", "feeling", "note")
    for step in found.done:
        table.add_row(step.step, f"{step.seconds / 60:.1f}", str(step.feeling), step.note or "")
    console().print(table)


@app.command()
@guarded
def compare(walk: Annotated[str, typer.Argument(help="The walk.")], *, as_json: JsonFlag = False) -> None:
    """Set a walk beside the waits of customers, and beside other walks by persona."""
    from tiexin.journeys.walks.compare import compare as compared

    with _opened() as (record, walks):
        one = walks.get(walk)
        found = compared(record, one, walks.finished(one.journey))
    if as_json:
        emit_json(found)
        return
    slower = [step.step for step in found.steps if step.slower_than_p95]
    told = (
        f"slower than 95 % of customers at: {', '.join(slower)}" if slower else "nowhere clearly slower than customers"
    )
    console().print(f"{told} ({found.since[:10]} to {found.until[:10]}).", highlight=False)
    table = _table("step", "walk s", "customers p50 s", "p95 s", "n")
    for step in found.steps:
        mined = step.mined if step.basis != "all" else step.mined_all
        table.add_row(step.step, *(_number(value) for value in (step.seconds, mined.p50, mined.p95)), str(mined.n))
    console().print(table)


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:,.0f}"


def _table(*heads: str) -> Table:
    from rich.table import Table

    table = Table(box=None, header_style="bold")
    for head in heads:
        table.add_column(head, overflow="fold")
    return table
