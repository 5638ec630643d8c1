"""``tiexin trust monitor``: follow a log of anybody's from outside and raise an alarm where it breaks its word."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tiexin.infra.terminal import JsonFlag, emit_json, guarded, invocation

if TYPE_CHECKING:
    from tiexin.trust.monitor.watch import Report


def add_to(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command("monitor")(monitor)


@guarded
def monitor(
    url: Annotated[str, typer.Argument(help="Address of the log or of a Tiexin server, or a folder with its files.")],
    vkey: Annotated[list[str], typer.Option(metavar="VKEY", help="Verifier key of the log; once for each key.")],
    policy: Annotated[
        Path | None,
        typer.Option(
            exists=True, dir_okay=False, help="Which witnesses must have cosigned (default: what the log says)."
        ),
    ] = None,
    every: Annotated[int, typer.Option(min=1, help="Seconds from one look to the next.")] = 60,
    stall: Annotated[int, typer.Option(min=0, help="Seconds the log may stay as it is before that is an alarm.")] = (
        86_400
    ),
    home: Annotated[
        Path | None, typer.Option(help="Where the last head in order is remembered (default: the installation).")
    ] = None,
    *,
    once: Annotated[bool, typer.Option("--once", help="Look once; exit code 1 tells of an alarm.")] = False,
    full: Annotated[bool, typer.Option("--full", help="Read every old entry again at each look.")] = False,
    as_json: JsonFlag = False,
) -> None:
    """Check that a log only grows, that its entries are those it signed, and that witnesses cosign; alarms else."""
    from tiexin.trust.monitor.watch import Monitor
    from tiexin.trust.rules.policy import parse_policy

    watching = Monitor(
        url,
        home=home.expanduser().absolute() if home else invocation().settings().home,
        vkeys=vkey,
        policy=parse_policy(policy.read_bytes()) if policy else None,
        stall_seconds=stall,
        full=full,
    )
    pause = threading.Event()
    while True:
        report = watching.look()
        _tell(report, as_json=as_json)
        if once:
            raise typer.Exit(0 if report.ok else 1)
        pause.wait(every)


def _tell(report: Report, *, as_json: bool) -> None:
    if as_json:
        emit_json(report)
        return
    for alarm in report.alarms:
        typer.echo(f"{report.time}  ALARM {alarm.kind}: {alarm.why}")
    if report.ok:
        grown = (report.size or 0) - int(report.previous["size"] if report.previous else 0)
        typer.echo(
            f"{report.time}  in order: {report.origin}, {report.size} entries ({grown} new), {report.entries} read"
        )
