"""The record's part of the command line: ``tiexin record …``."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer

from tiexin.infra.terminal import JsonFlag, console, emit_json, guarded, invocation

app = typer.Typer(no_args_is_help=True, help="The record of contacts: what it holds, export, erasure, holds, lake.")
hold_app = typer.Typer(no_args_is_help=True, help="Legal holds, which forbid erasing a person until they end.")
lake_app = typer.Typer(no_args_is_help=True, help="The Parquet lake, which analysis reads.")
keys_app = typer.Typer(no_args_is_help=True, help="The keys that personal content is encrypted under.")
app.add_typer(hold_app, name="hold")
app.add_typer(lake_app, name="lake")
app.add_typer(keys_app, name="keys")

EXPORT_BUFFER_BYTES = 1 << 20

Subject = Annotated[str, typer.Argument(help="The pseudonymous reference of the person.")]
Reason = Annotated[str, typer.Option("--reason", help="Why; it is kept in the record.")]


@app.command("stats")
@guarded
def stats_command(*, as_json: JsonFlag = False) -> None:
    """Show how much the record holds."""
    from tiexin.record.api import open_record

    with open_record(invocation().settings()) as record:
        found = record.stats()
    if as_json:
        emit_json(found)
        return
    out = console()
    out.print(f"{found.events:,} events about {found.subjects:,} subjects, {found.first or '–'} to {found.last or '–'}")
    out.print(f"{found.bytes / 1e6:,.1f} MB in the table; the lake holds positions up to {found.lake_position:,}")


@app.command("export")
@guarded
def export_command(
    *,
    out: Annotated[Path, typer.Option("--out", help="File to write (CloudEvents, one JSON object a line).")],
    everything: Annotated[
        bool,
        typer.Option(
            "--all",
            help="Also the house's own events (system.*); an import refuses them.",
        ),
    ] = False,
    with_personal: Annotated[bool, typer.Option("--with-personal", help="Also personal content, in clear.")] = False,
    as_json: JsonFlag = False,
) -> None:
    """Write the record as CloudEvents JSONL, which ``tiexin import --as cloudevents`` reads again."""
    from tiexin.record.api import open_record
    from tiexin.record.export import export

    with open_record(invocation().settings()) as record:
        written = export(record, out, everything=everything, with_personal=with_personal)
    if as_json:
        emit_json({"events": written, "out": str(out)})
    else:
        console().print(f"{written:,} events written to {out}")


@app.command("read")
@guarded
def read_command(
    *,
    since: Annotated[datetime | None, typer.Option(help="Events at or after this UTC time.")] = None,
    until: Annotated[datetime | None, typer.Option(help="Events before this UTC time.")] = None,
    subject: Annotated[str | None, typer.Option()] = None,
    case: Annotated[str | None, typer.Option()] = None,
    journey: Annotated[str | None, typer.Option()] = None,
    kind: Annotated[str | None, typer.Option("--type", help="The event type.")] = None,
    channel: Annotated[str | None, typer.Option()] = None,
    after: Annotated[int, typer.Option(help="Start beyond this position.", min=0)] = 0,
    limit: Annotated[int, typer.Option(min=1, max=1_000)] = 20,
    personal: Annotated[bool, typer.Option("--personal", help="Decrypt personal content.")] = False,
) -> None:
    """Print events as JSON Lines, in order of position."""
    from tiexin.record.api import open_record
    from tiexin.record.contracts import EventFilter
    from tiexin.record.wire import recorded_event

    wanted = EventFilter(
        since_us=_utc_us(since),
        until_us=_utc_us(until),
        subject=subject,
        case=case,
        journey=journey,
        type=kind,
        channel=channel,
    )
    with open_record(invocation().settings()) as record:
        for found in record.read(wanted, after=after, limit=limit, personal=personal).events:
            emit_json(recorded_event(found))


@app.command("erase")
@guarded
def erase_command(subject: Subject, *, reason: Reason = "request of the person", as_json: JsonFlag = False) -> None:
    """Destroy a person's key: the personal content is unreadable everywhere, the events stay."""
    from tiexin.record.api import open_record

    with open_record(invocation().settings()) as record:
        found = record.erase(subject, reason=reason)
    if as_json:
        emit_json(found)
    elif found.erased:
        console().print(f"Erased: the personal content of {subject} can no longer be read by anybody.")
    else:
        console().print(f"Refused, nothing was changed: {'; '.join(str(hold['en']) for hold in found.reasons)}")
    if not found.erased:
        raise typer.Exit(1)


@app.command("kinds")
@guarded
def kinds_command(
    *,
    out: Annotated[Path | None, typer.Option("--out", help="Also write their JSON Schemas to this folder.")] = None,
    as_json: JsonFlag = False,
) -> None:
    """List the kinds of events that this installation knows."""
    from tiexin.record.api import export_schemas
    from tiexin.record.kinds.registry import KindRegistry

    settings = invocation().settings()
    names = KindRegistry(settings.kinds, settings.home / "kinds").names()
    if out is not None:
        export_schemas(out)
    if as_json:
        emit_json(names)
    else:
        for name in names:
            typer.echo(name)


@app.command("organisation")
@guarded
def organisation_command(
    *,
    on: Annotated[datetime | None, typer.Option("--on", formats=["%Y-%m-%d"], help="Default: today.")] = None,
    as_json: JsonFlag = False,
) -> None:
    """Show the units of the organisation as they stood on a day, and what absorbed them."""
    from tiexin.record.api import open_record

    day = (on or datetime.now(UTC)).date()
    with open_record(invocation().settings()) as record:
        units = record.org_tree().units(on=day)
    if as_json:
        emit_json(units)
        return
    for unit in units:
        state = f"merged into {unit.merged_into}" if unit.merged_into else "" if unit.open else "closed"
        place = f"{unit.level} under {unit.parent}" if unit.parent else unit.level
        console().print(f"{unit.unit}  {place}  {unit.name.zh} {unit.name.en}  {state}")
    if not units:
        console().print(f"No unit was open by {day}; units come as org.unit_opened.v1 events.")


@hold_app.command("place")
@guarded
def hold_place_command(
    subject: Subject,
    *,
    basis: Annotated[str, typer.Option(help="complaint, lawsuit, sale_recording, aml or audit")],
    reason: Reason,
    until: Annotated[str | None, typer.Option(help="Last day (YYYY-MM-DD); none: until released.")] = None,
    as_json: JsonFlag = False,
) -> None:
    """Forbid the erasure of a person until a day, or until the hold is released."""
    from tiexin.kernel.ids import IdSource

    hold = IdSource().new()
    data = {"hold": hold, "basis": basis, "reason": reason, **({"until": until} if until else {})}
    _append_own("record.hold_placed.v1", subject, data)
    _tell({"hold": hold, "subject": subject}, f"Hold {hold} placed on {subject}.", as_json=as_json)


@hold_app.command("release")
@guarded
def hold_release_command(
    subject: Subject,
    hold: Annotated[str, typer.Argument(help="The hold, as printed when it was placed.")],
    *,
    reason: Reason,
    as_json: JsonFlag = False,
) -> None:
    """Lift a legal hold that is in force."""
    from tiexin.kernel.errors import NotFoundError
    from tiexin.record.api import open_record

    with open_record(invocation().settings()) as record:
        known = [one.hold for one in record.holds(subject)]
    if hold not in known:
        msg = f"No hold {hold!r} is in force on {subject!r}; nothing was changed"
        raise NotFoundError(msg, holds=known)
    _append_own("record.hold_released.v1", subject, {"hold": hold, "reason": reason})
    _tell({"hold": hold, "subject": subject}, f"Hold {hold} on {subject} released.", as_json=as_json)


@hold_app.command("list")
@guarded
def hold_list_command(subject: Subject, *, as_json: JsonFlag = False) -> None:
    """List the holds on a person that are in force."""
    from tiexin.record.api import open_record

    with open_record(invocation().settings()) as record:
        found = record.holds(subject)
    if as_json:
        emit_json(found)
        return
    for hold in found:
        console().print(f"{hold.hold}  {hold.basis}  until {hold.until or 'released'}: {hold.reason}")
    if not found:
        console().print(f"No hold is in force on {subject}.")


@lake_app.command("close")
@guarded
def lake_close_command(*, as_json: JsonFlag = False) -> None:
    """Write everything recorded so far into the lake."""
    from tiexin.record.api import open_record

    with open_record(invocation().settings()) as record:
        segments = record.close_lake()
    _tell_segments(segments, as_json=as_json)


@lake_app.command("list")
@guarded
def lake_list_command(*, as_json: JsonFlag = False) -> None:
    """List the lake's segments."""
    from tiexin.record.api import open_record

    with open_record(invocation().settings()) as record:
        segments = record.lake_segments()
    _tell_segments(segments, as_json=as_json)


@lake_app.command("verify")
@guarded
def lake_verify_command(*, as_json: JsonFlag = False) -> None:
    """Compare every segment with its checksum; exit 1 when one differs."""
    from tiexin.record.api import open_record

    with open_record(invocation().settings()) as record:
        count, damaged = len(record.lake_segments()), record.verify_lake()
    text = f"{count - len(damaged)} of {count} segments are what was written; damaged: {', '.join(damaged) or 'none'}"
    _tell({"segments": count, "damaged": damaged}, text, as_json=as_json)
    if damaged:
        raise typer.Exit(1)


@keys_app.command("end-epoch")
@guarded
def end_epoch_command(*, as_json: JsonFlag = False) -> None:
    """Wrap living keys anew and destroy the old wrapping keys, so old backups of erased keys become unreadable."""
    from tiexin.record.api import open_record

    with open_record(invocation().settings()) as record:
        ended = record.end_epoch()
    _tell({"ended": ended}, f"Ended: {', '.join(ended)}", as_json=as_json)


def _append_own(kind: str, subject: str, data: dict[str, Any]) -> None:
    from tiexin.kernel.clock import SystemClock
    from tiexin.kernel.ids import IdSource
    from tiexin.record.api import open_record
    from tiexin.record.contracts import Event

    with open_record(invocation().settings()) as record:
        event = Event(
            id=IdSource().new(),
            source="urn:tiexin:record",
            type=kind,
            time_us=SystemClock().now_us(),
            subject=subject,
            channel="system",
            data=data,
        )
        record.append([event])


def _tell(value: Any, text: str, *, as_json: bool) -> None:
    if as_json:
        emit_json(value)
    else:
        console().print(text)


def _tell_segments(segments: list[Any], *, as_json: bool) -> None:
    if as_json:
        emit_json(segments)
        return
    for segment in segments:
        found = msgspec.to_builtins(segment)
        console().print(f"{found['first']:>12,} – {found['last']:>12,}  {found['rows']:>10,} rows  {found['file']}")
    if not segments:
        console().print("The lake is empty; it is filled by the first analysis or by: tiexin record lake close")


def _utc_us(moment: datetime | None) -> int | None:
    from tiexin.kernel.clock import to_us

    return None if moment is None else to_us(moment.replace(tzinfo=UTC))
