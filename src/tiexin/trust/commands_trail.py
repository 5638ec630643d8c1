"""Decision trails on the command line: ``tiexin trust trail`` and, offline, ``tiexin trust replay``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tiexin.infra.terminal import JsonFlag, console, emit_json, guarded, invocation

if TYPE_CHECKING:
    from tiexin.trust.api import Trust
    from tiexin.trust.trail.chain import Step

SUFFIX = ".tlog-proof"


def add_to(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command("trail")(trail_command)
    app.command("replay")(replay_command)


@guarded
def trail_command(
    *,
    event: Annotated[str | None, typer.Option(help="The id of the event the chain ends with.")] = None,
    index: Annotated[int | None, typer.Option(min=0, help="Or its number in the log, from 0.")] = None,
    case: Annotated[str | None, typer.Option(help="Or a case: the chains of all its decisions.")] = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="Folder to write the proof of every step to, for: trust replay.")
    ] = None,
    personal: Annotated[
        bool, typer.Option("--personal", help="Also open the inputs and hold them against their commitments.")
    ] = False,
    as_json: JsonFlag = False,
) -> None:
    """Show what a decision rests on, step by step, each checked against the record and the log.

    Exit 1 when a step does not hold.
    """
    if sum(one is not None for one in (event, index, case)) != 1:
        msg = "Name one of --event, --index and --case."
        raise typer.BadParameter(msg)
    from tiexin.record.api import open_record
    from tiexin.trust.api import open_trust
    from tiexin.trust.receipts.kinds import load_kinds
    from tiexin.trust.trail.finding import Trails, held_against, opened

    settings = invocation().settings()
    with open_record(settings) as record, open_trust(settings, record=record) as trust:
        if out is not None:
            trust.sync()
        trails = Trails(record, load_kinds(settings))
        found = trails.of_case(case) if case is not None else trails.of_position(_position(trust, event, index))
        found, values = opened(record, found) if personal else (found, {})
        steps, size = held_against(trust, found)
        if out is not None:
            _write(trust, steps, out)
        files = {step.node.position: _name(step) for step in steps if out is not None}
    behind = sum(step.node.position > size for step in steps)
    _show(steps, as_json=as_json, files=files, values=values, behind=behind)


@guarded
def replay_command(
    folder: Annotated[Path, typer.Argument(exists=True, help="Folder with the proofs of a chain, or one proof.")],
    *,
    vkey: Annotated[list[str], typer.Option("--vkey", help="Public key of the log; may be given more than once.")],
    policy: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="Which witnesses must have signed (tlog-policy).")
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    """Replay a chain from its proofs alone: offline, with the log's public key, asking nobody.

    Every proof is verified; then every step is checked against those that it rests on. Exit 1 when one does not hold.
    """
    from tiexin.trust.rules.policy import parse_policy
    from tiexin.trust.trail.replay import ReplayError, replay

    files = sorted(folder.glob(f"*{SUFFIX}")) if folder.is_dir() else [folder]
    proofs = [(file.name, file.read_bytes()) for file in files]
    try:
        found = replay(proofs, vkey, policy=parse_policy(policy.read_text("utf-8")) if policy else None)
    except ReplayError as error:
        if not as_json:
            raise
        emit_json({"ok": False, "why": error.message})
        raise typer.Exit(1) from error
    _show(found.steps, as_json=as_json, origin=found.origin)


def _position(trust: Trust, event: str | None, index: int | None) -> int:
    if index is not None:
        return index + 1
    from tiexin.trust.proving import index_of

    return index_of(trust.record, event or "") + 1


def _name(step: Step) -> str:
    return f"{step.node.position - 1:010d}{SUFFIX}"


def _write(trust: Trust, steps: list[Step], out: Path) -> None:
    from tiexin.trust.trail.chain import ALTERED

    out.mkdir(parents=True, exist_ok=True)
    for step in steps:
        if step.broken != ALTERED:  # no proof can be given of what is no longer what was logged
            (out / _name(step)).write_bytes(trust.prove(index=step.node.position - 1))


def _show(
    steps: list[Step],
    *,
    as_json: bool,
    files: dict[int, str] | None = None,
    values: dict[int, dict[str, Any]] | None = None,
    origin: str | None = None,
    behind: int = 0,
) -> None:
    from tiexin.trust.trail.words import document

    ok = all(step.broken is None for step in steps)
    shown = [document(step, words={}, proof=(files or {}).get(step.node.position)) for step in steps]
    for step in shown:
        step["values"] = (values or {}).get(step["position"], {})
    if as_json:
        answer: dict[str, Any] = {"ok": ok, "steps": shown}
        emit_json(answer if origin is None else {**answer, "origin": origin})
    else:
        _print(shown, behind=behind)
    if not ok:
        raise typer.Exit(1)


def _print(shown: list[dict[str, Any]], *, behind: int) -> None:
    said = console()
    if not shown:
        said.print("Nothing here names what it rests on.")
    for number, step in enumerate(shown, start=1):
        title = step["title"]
        said.print(f"{number}. {title.zh} · {title.en}  ({step['time']}, index {step['index']})", markup=False)
        if step["rule"]:
            said.print(f"   rule {step['rule'].name} {step['rule'].version}", markup=False)
        for each in step["inputs"]:
            value = step["values"].get(each.name)
            known = f"{value} ({each.commitment})" if each.name in step["values"] else each.commitment
            said.print(f"   input {each.name}: {known}", markup=False)
        for reason in step["reasons"]:
            said.print(f"   {reason.zh} · {reason.en}", markup=False)
        if step["previous"]:
            said.print(f"   rests on index {', '.join(str(position - 1) for position in step['previous'])}")
        if step["broken"]:
            said.print(f"   does not hold: {step['broken_text'].zh} · {step['broken_text'].en}", markup=False)
    if behind:
        said.print(f"{behind} of these are not in the published log yet: tiexin trust sync")
