"""``tiexin import``: read a file of contacts into the record, or suggest a mapping for an unknown one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tiexin.infra.terminal import JsonFlag, console, emit_json, guarded, invocation

if TYPE_CHECKING:
    from tiexin.record.imports.model import ImportReport, ImportSpec
    from tiexin.record.imports.runner import Progress

PROGRESS_PARTS = 10_000
REJECTS_MAX_DEFAULT = 1_000
"""The same as ``imports.model.REJECTS_MAX_DEFAULT``, which is not imported here to keep the start cheap."""

File = Annotated[Path, typer.Argument(help="The file: XES, CSV, TSV, Parquet or JSON lines; plain or gzipped.")]
As = Annotated[
    str | None,
    typer.Option("--as", help="What it is: xes, cfpb, calls, tickets, cloudevents or mapping (with --mapping)."),
]
MappingFile = Annotated[Path | None, typer.Option("--mapping", help="YAML mapping from columns to events.")]
Journey = Annotated[str | None, typer.Option("--journey", help="Name of the journey (default: the file's stem).")]
Source = Annotated[str | None, typer.Option("--source", help="Name of the data set (default: urn:tiexin:dataset:…).")]
Encoding = Annotated[str | None, typer.Option("--encoding", help="Text encoding instead of the one detected.")]
Zone = Annotated[str | None, typer.Option("--zone", help="IANA zone of local times, for example Asia/Shanghai.")]
Classifier = Annotated[str | None, typer.Option("--classifier", help="XES event classifier that names the step.")]
MaxRejects = Annotated[int, typer.Option("--max-rejects", min=0, help="Bad rows to set aside before stopping.")]
Suggest = Annotated[bool, typer.Option("--suggest", help="Only look into the file and write a mapping to start from.")]
Out = Annotated[Path | None, typer.Option("--out", help="With --suggest: where to write the mapping.")]


@guarded
def import_command(
    file: File,
    *,
    kind: As = None,
    mapping: MappingFile = None,
    journey: Journey = None,
    source: Source = None,
    encoding: Encoding = None,
    zone: Zone = None,
    classifier: Classifier = None,
    max_rejects: MaxRejects = REJECTS_MAX_DEFAULT,
    suggest: Suggest = False,
    out: Out = None,
    as_json: JsonFlag = False,
) -> None:
    """Read a file of contacts into the record; running it again adds nothing, an interrupted run continues."""
    if suggest:
        _suggest(file, out, encoding=encoding, as_json=as_json)
        return
    from tiexin.record.api import open_record
    from tiexin.record.imports.model import ImportKind, ImportSpec
    from tiexin.record.imports.runner import run_import

    if kind not in set(ImportKind):
        kinds = ", ".join(ImportKind)
        message = f"say what the file is: {kinds} (tiexin import --suggest FILE helps with an unknown table)"
        raise typer.BadParameter(message, param_hint="--as")
    if out is not None:
        message = "belongs to --suggest"
        raise typer.BadParameter(message, param_hint="--out")
    spec = ImportSpec(
        kind=ImportKind(kind),
        mapping=mapping,
        journey=journey,
        source=source,
        encoding=encoding,
        zone=zone,
        classifier=classifier,
        max_rejects=max_rejects,
    )
    with open_record(invocation().settings()) as record, _progress(file, quiet=as_json) as progress:
        report = run_import(record, file, spec, progress)
    if as_json:
        emit_json(report)
    else:
        _tell(report, spec)
    if report.rejected and not report.appended + report.duplicates:
        # Nothing at all was accepted: for a script that is no success, whatever the reasons in the rejects file.
        raise typer.Exit(1)


def _suggest(file: Path, out: Path | None, *, encoding: str | None, as_json: bool) -> None:
    from tiexin.record.imports.suggest import suggest

    text = suggest(file, encoding=encoding)
    if out is not None:
        out.write_text(text, "utf-8")
    if as_json:
        emit_json({"mapping": text, "out": str(out) if out else None})
    elif out is None:
        typer.echo(text, nl=False)
    else:
        typer.echo(f"Wrote {out}. Check it, then: tiexin import {file} --as mapping --mapping {out}")


def _tell(report: ImportReport, spec: ImportSpec) -> None:
    screen = console()
    rate = report.read / report.seconds if report.seconds else 0.0
    screen.print(
        f"{report.read:,} rows read from {report.source} in {report.seconds:,.1f} s ({rate:,.0f}/s): "
        f"{report.appended:,} appended, {report.duplicates:,} known already, {report.rejected:,} rejected."
    )
    if report.rejects_file:
        screen.print(f"What was rejected, and why: {report.rejects_file}", soft_wrap=True)
    if spec.kind.value == "xes" and report.appended:
        screen.print("Next: tiexin journeys summary NAME")


@contextmanager
def _progress(file: Path, *, quiet: bool) -> Iterator[Progress | None]:
    """Show a bar with rate and time left on stderr, where that is a terminal."""
    screen = console(stderr=True)
    if quiet or not screen.is_terminal:
        yield None
        return
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TextColumn("{task.fields[rows]:,} rows, {task.fields[rate]:,.0f}/s"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=screen, transient=True) as bar:
        task = bar.add_task(file.name, total=PROGRESS_PARTS, rows=0, rate=0.0)

        def move(share: float, rows: int) -> None:
            elapsed = bar.tasks[0].elapsed or 0.0
            rate = rows / elapsed if elapsed else 0.0
            bar.update(task, completed=share * PROGRESS_PARTS, rows=rows, rate=rate)

        yield move
