"""The log on the command line: ``tiexin trust sync``, ``prove``, ``consistency``, ``audit`` and more."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tiexin.infra.terminal import JsonFlag, console, emit_json, guarded, invocation

if TYPE_CHECKING:
    from tiexin.trust.api import AuditReport, Trust
    from tiexin.trust.feed import Tell

INDEX_MAX = 2**63 - 2
SHOWN_MAX = 20
"""Most faults that are shown to a person at the terminal; --json has up to 1,000."""


def add_to(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command("sync")(sync_command)
    app.command("prove")(prove_command)
    app.command("consistency")(consistency_command)
    app.command("export")(export_command)
    app.command("audit")(audit_command)
    app.command("rebuild")(rebuild_command)


@contextmanager
def _opened() -> Iterator[Trust]:
    from tiexin.record.api import open_record
    from tiexin.trust.api import open_trust

    settings = invocation().settings()
    with open_record(settings) as record, open_trust(settings, record=record) as trust:
        trust.require()
        yield trust


@contextmanager
def _bar(label: str) -> Iterator[Tell]:
    """Yield a function that draws how far a long way is gone, on stderr and only at a terminal."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console(stderr=True), transient=True, disable=not sys.stderr.isatty()) as bars:
        task = bars.add_task(label, total=None)
        yield lambda done, total: bars.update(task, completed=done, total=total)


@guarded
def sync_command(*, as_json: JsonFlag = False) -> None:
    """Bring the log up to the record, sign its head and publish it."""
    with _opened() as trust, _bar("写入日志 · into the log") as tell:
        head = trust.sync(tell=tell)
    if as_json:
        emit_json(head.document())
        return
    console().print(f"{head.size:,} events · {head.root.hex()}", highlight=False, soft_wrap=True)


@guarded
def prove_command(
    *,
    out: Annotated[Path, typer.Option("--out", help="File to write, as receipt.tlog-proof.")],
    event: Annotated[str | None, typer.Option(help="The id of the event.")] = None,
    index: Annotated[int | None, typer.Option(min=0, max=INDEX_MAX, help="Or its number in the log, from 0.")] = None,
    as_json: JsonFlag = False,
) -> None:
    """Write the proof that an event stands in the log; whoever has the log's key can check it without us.

    The proof carries what is recorded of the event, but nothing personal in clear.
    """
    from tiexin.trust.api import NotPublishedError

    if (event is None) == (index is None):
        msg = "Name one event: either --event or --index."
        raise typer.BadParameter(msg)
    with _opened() as trust:
        _refuse_protected(trust, event, index)
        try:
            proof = trust.prove(event, index=index)
        except NotPublishedError:
            trust.sync()
            proof = trust.prove(event, index=index)
    out.write_bytes(proof)
    if as_json:
        from tiexin.trust.rules.checkpoint import parse_checkpoint
        from tiexin.trust.rules.note import parse_note
        from tiexin.trust.rules.tlog_proof import parse_proof

        read = parse_proof(proof)
        head = parse_checkpoint(parse_note(read.checkpoint).text)
        emit_json({"out": str(out), "index": read.index, "size": head.size, "origin": head.origin})
    else:
        console().print(f"{out}", highlight=False, soft_wrap=True)


def _refuse_protected(trust: Trust, event: str | None, index: int | None) -> None:
    """Answer for a report of wrongdoing or a suspicion as if it did not exist: no receipt of it may go about."""
    from tiexin.record.api import events_at, positions_of_id
    from tiexin.trust.api import NotInTheLogError
    from tiexin.trust.receipts.kinds import load_kinds

    positions = positions_of_id(trust.record, event) if event is not None else [(index or 0) + 1]
    kinds = load_kinds(trust.settings)
    if any(kinds.is_protected(found.event.type) for found in events_at(trust.record, positions)):
        named = f"event {event[:80]!r}" if event is not None else f"event with the index {index:,}"
        msg = f"The record has no {named}."
        raise NotInTheLogError(msg)


@guarded
def consistency_command(
    *,
    first: Annotated[int, typer.Option("--from", min=0, max=INDEX_MAX, help="The smaller size.")],
    second: Annotated[int, typer.Option("--to", min=0, max=INDEX_MAX, help="The larger size.")],
    as_json: JsonFlag = False,
) -> None:
    """Show the proof that the log of one size continues that of a smaller one (RFC 6962, section 2.1.2)."""
    from tiexin.trust.api import NotPublishedError

    with _opened() as trust:
        try:
            proof = trust.consistency(first, second)
        except NotPublishedError:
            trust.sync()
            proof = trust.consistency(first, second)
    lines = [node.hex() for node in proof]
    if as_json:
        emit_json({"proof": lines})
    else:
        for line in lines:
            console().print(line, highlight=False)


@guarded
def export_command(
    *,
    out: Annotated[
        Path, typer.Option("--out", help="Folder to write to; a former export there is brought up to date.")
    ],
    as_json: JsonFlag = False,
) -> None:
    """Write the log as a folder that any file server can serve (checkpoint, tiles, entries)."""
    with _opened() as trust:
        if trust.head() is None:
            trust.sync()
        head = trust.export(out)
    if as_json:
        emit_json({"out": str(out), **head.document()})
    else:
        console().print(f"{head.size:,} events → {out}", highlight=False, soft_wrap=True)


@guarded
def audit_command(*, as_json: JsonFlag = False) -> None:
    """Derive the whole log again and hold it against the record, row by row; name every event that was changed."""
    from sqlalchemy.exc import DatabaseError

    try:
        with _opened() as trust, _bar("逐条核对 · comparing") as tell:
            report = trust.audit(tell=tell)
    except DatabaseError as error:
        report = _unreadable(str(error.orig))
    if as_json:
        emit_json(report)
    else:
        _show(report)
    if not report.ok:
        raise typer.Exit(1)


def _unreadable(why: str) -> AuditReport:
    """Return the report on a record whose database does not even open."""
    from tiexin.kernel.clock import SystemClock
    from tiexin.trust.api import AuditReport, Fault

    detail = f"the record's database cannot be opened: {why}"
    return AuditReport(
        ok=False,
        entries=0,
        seconds=0.0,
        time_us=SystemClock().now_us(),
        behind=0,
        faults_total=1,
        faults=[Fault(kind="record_damaged", detail=detail)],
    )


def _show(report: AuditReport) -> None:
    said = console()
    if report.ok:
        said.print(f"一致 · All {report.entries:,} entries are what the record holds ({report.seconds:.1f} s)")
    else:
        said.print(f"不一致 · {report.faults_total:,} faults in {report.entries:,} entries ({report.seconds:.1f} s)")
    for fault in report.faults[:SHOWN_MAX]:
        said.print(f"  {fault.kind}: index {fault.index}, event {fault.event}: {fault.detail}", markup=False)
    if report.behind:
        said.print(f"{report.behind:,} newer events are not in the log yet: tiexin trust sync")


@guarded
def rebuild_command(*, as_json: JsonFlag = False) -> None:
    """Derive lost or damaged files of the log from the record; refused if that breaks what was signed.

    The former files stay in the folder trust/log.former.
    """
    with _opened() as trust, _bar("重新推算 · deriving") as tell:
        head = trust.rebuild(tell=tell)
    if as_json:
        emit_json(head.document())
    else:
        console().print(f"{head.size:,} events · {head.root.hex()}", highlight=False, soft_wrap=True)
