"""Receipts on the command line: ``tiexin trust certificate``, ``bundle``, ``authority``."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from tiexin.infra.terminal import JsonFlag, console, emit_json, guarded, invocation

if TYPE_CHECKING:
    from tiexin.trust.api import Trust
    from tiexin.trust.receipts.api import Office

T = TypeVar("T")
Address = Annotated[
    str | None, typer.Option(help="Where customers reach the server, for the code (default: TIEXIN_PUBLIC_ADDRESS).")
]
House = Annotated[str, typer.Option(help="Name of the institution, as it is to stand on the page.")]


def add_to(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command("certificate")(certificate_command)
    app.command("bundle")(bundle_command)
    app.command("authority")(authority_command)


@guarded
def certificate_command(
    *,
    out: Annotated[Path, typer.Option("--out", help="File to write, as receipt.pdf.")],
    event: Annotated[str | None, typer.Option(help="The id of the event.")] = None,
    index: Annotated[int | None, typer.Option(min=0, help="Or its number in the log, from 0.")] = None,
    address: Address = None,
    house: House = "",
    as_json: JsonFlag = False,
) -> None:
    """Write the certificate of an event: a page in Chinese and English, signed, with its proof inside (PDF)."""
    from tiexin.trust.receipts.api import Office

    if (event is None) == (index is None):
        msg = "Name one event: either --event or --index."
        raise typer.BadParameter(msg)
    with _opened() as trust:
        office = Office(trust, address=address, house=house)
        position = _position(office, event) if event is not None else (index or 0) + 1
        content = _published(trust, lambda: office.certificate(position))
    out.write_bytes(content)
    if as_json:
        emit_json({"out": str(out), "index": position - 1, "bytes": len(content)})
    else:
        console().print(f"{out}", highlight=False, soft_wrap=True)


@guarded
def bundle_command(
    *,
    case: Annotated[str, typer.Option(help="The case.")],
    out: Annotated[Path, typer.Option("--out", help="File to write, as evidence.zip.")],
    attach: Annotated[
        list[Path] | None, typer.Option(exists=True, dir_okay=False, help="A file to add: contract, reply, recording.")
    ] = None,
    address: Address = None,
    house: House = "",
    as_json: JsonFlag = False,
) -> None:
    """Write the evidence bundle of a case: records, proofs, certificates, attachments and a signed list (ZIP)."""
    from tiexin.trust.evidence import evidence_of
    from tiexin.trust.receipts.api import Office

    attachments = {file.name: file for file in attach or []}
    if len(attachments) != len(attach or []):
        msg = "Two attachments have the same name; nothing was written."
        raise typer.BadParameter(msg)
    with _opened() as trust:
        office = Office(trust, address=address, house=house)
        files = {name: file.read_bytes() for name, file in attachments.items()}
        content, events = _published(trust, lambda: evidence_of(trust, office, case, attachments=files))
    out.write_bytes(content)
    if as_json:
        emit_json({"out": str(out), "case": case, "events": events, "bytes": len(content)})
    else:
        console().print(f"{events:,} events → {out}", highlight=False, soft_wrap=True)


@guarded
def authority_command(
    *,
    out: Annotated[Path | None, typer.Option("--out", help="File to write (PEM); otherwise it is printed.")] = None,
) -> None:
    """Show the root certificate of our certificates; a reader that trusts it calls them trusted."""
    from tiexin.trust.receipts.api import Office

    with _opened() as trust:
        content = Office(trust).authority()
    if out is None:
        typer.echo(content.decode(), nl=False)
    else:
        out.write_bytes(content)
        console().print(f"{out}", highlight=False, soft_wrap=True)


def _position(office: Office, event: str) -> int:
    from tiexin.trust.contracts import AmbiguousEventError
    from tiexin.trust.receipts.lookup import NoReceiptError

    found = office.receipts.of_event(event)
    if not found:
        raise NoReceiptError
    if len(found) > 1:
        indices = [one.position - 1 for one in found]
        msg = f"{len(found)} events of different sources bear the id {event[:80]!r}; name one by its index."
        raise AmbiguousEventError(msg, indices=indices)
    return found[0].position


def _published(trust: Trust, make: Callable[[], T]) -> T:
    """Return what ``make`` makes; the log is brought up to the record first if it does not have the event yet."""
    from tiexin.trust.api import NotPublishedError

    try:
        return make()
    except NotPublishedError:
        trust.sync()
        return make()


@contextmanager
def _opened() -> Iterator[Trust]:
    from tiexin.record.api import open_record
    from tiexin.trust.api import open_trust

    settings = invocation().settings()
    with open_record(settings) as record, open_trust(settings, record=record) as trust:
        trust.require()
        yield trust
