"""A witness on the command line: ``tiexin witness …``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from tiexin.infra.terminal import JsonFlag, emit_json, guarded, invocation
from tiexin.kernel.clock import iso_us

app = typer.Typer(no_args_is_help=True, help="A witness: cosigns what logs of others publish, never two histories.")

Home = Annotated[Path | None, typer.Option(help="Folder of the witness (default: that of the installation).")]


@app.command()
@guarded
def init(
    name: Annotated[str, typer.Option(help="Its name for ever, best an address without https://.")] = "",
    home: Home = None,
    *,
    ml_dsa: Annotated[
        bool, typer.Option("--ml-dsa", help="Cosign with ML-DSA-44 as well, which withstands quantum computers.")
    ] = False,
    as_json: JsonFlag = False,
) -> None:
    """Make the keys and the memory of a witness; one that is there already is left as it is."""
    from tiexin.trust.witness.opening import begin_witness

    _tell_keys(begin_witness(_home(home), name=name, ml_dsa=ml_dsa), as_json=as_json)


@app.command()
@guarded
def key(home: Home = None, *, as_json: JsonFlag = False) -> None:
    """Print the verifier keys of the witness, to be published."""
    from tiexin.trust.witness.identity import cosigners_in, vkeys_of
    from tiexin.trust.witness.opening import FOLDER

    _tell_keys(vkeys_of(cosigners_in(_home(home) / FOLDER)), as_json=as_json)


@app.command()
@guarded
def serve(
    log: Annotated[
        list[str], typer.Option(metavar="VKEY", help="Verifier key of a log to watch; once for each log and key.")
    ],
    port: Annotated[int, typer.Option(help="Port to listen on; 0 takes any free one.")] = 8766,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    home: Home = None,
) -> None:
    """Cosign what these logs publish until Ctrl+C, and print its keys; a witness is made where there is none yet."""
    from tiexin.trust.witness.opening import begin_witness, opened_witness
    from tiexin.trust.witness.server import serve_witness

    folder = _home(home)
    vkeys = begin_witness(folder)

    def listening(address: str) -> None:
        sys.stderr.write(f"The witness listens on {address} (stop with Ctrl+C)\n")
        sys.stderr.flush()

    with opened_witness(folder, logs=log) as witness:
        typer.echo("\n".join(vkeys))
        serve_witness(witness, host=host, port=port, ready=listening)


@app.command()
@guarded
def status(home: Home = None, *, as_json: JsonFlag = False) -> None:
    """List what the witness last cosigned of each log; it may run meanwhile."""
    from tiexin.trust.witness.status import cosigned_in

    found = cosigned_in(_home(home))
    if as_json:
        emit_json(found)
    for each in [] if as_json else found:
        typer.echo(f"{each['origin']}  size {each['size']}  root {each['root']}  {each['time']}")


@app.command()
@guarded
def evidence(home: Home = None, *, as_json: JsonFlag = False) -> None:
    """Print the checkpoints that a log signed and that contradict what it showed before."""
    from tiexin.trust.witness.opening import FOLDER
    from tiexin.trust.witness.store import evidence_in

    found = evidence_in(_home(home) / FOLDER)
    if as_json:
        emit_json(found)
    for each in [] if as_json else found:
        typer.echo(f"{iso_us(each.time_us)}  {each.origin}: {each.why}\n{each.note}\nCosigned before:\n{each.before}")


def _home(given: Path | None) -> Path:
    return given.expanduser().absolute() if given else invocation().settings().home


def _tell_keys(vkeys: list[str], *, as_json: bool) -> None:
    if as_json:
        emit_json({"vkey": vkeys[0], "vkeys": vkeys})
    else:
        typer.echo("\n".join(vkeys))
