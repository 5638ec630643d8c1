"""``tiexin trust verify``: checks a proof, a certificate or an evidence bundle with public keys alone, offline."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from tiexin.infra.terminal import JsonFlag, console, emit_json, guarded

if TYPE_CHECKING:
    from tiexin.trust.rules.policy import Policy
    from tiexin.trust.rules.verdict import Verdict

LEAF_BYTES_MAX = 65_535
"""Longest entry of a log in bytes (tlog-tiles: its length stands in two bytes)."""


def add_to(app: typer.Typer) -> None:
    """Add the command of this file."""
    app.command("verify")(verify_command)


@guarded
def verify_command(
    file: Annotated[Path, typer.Argument(help="A .tlog-proof, a certificate (PDF) or an evidence bundle (ZIP).")],
    *,
    vkey: Annotated[
        list[str] | None, typer.Option("--vkey", metavar="KEY", help="A log's verifier key; may be repeated.")
    ] = None,
    policy: Annotated[
        Path | None, typer.Option(help="A policy (tlog-policy): which witnesses must have signed as well.")
    ] = None,
    leaf: Annotated[
        Path | None, typer.Option(help="The entry itself, for proofs of other logs that do not carry it.")
    ] = None,
    rotation: Annotated[
        list[Path] | None,
        typer.Option(metavar="FILE", help="A signed rotation of keys to follow from the key you trust."),
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    """Check a receipt without asking anybody: is this entry in the log, unaltered, signed by the key you trust?

    Exit 0 when everything in the file holds; exit 1 with the reason when anything does not.
    """
    from tiexin.kernel.errors import TiexinError
    from tiexin.trust.rules.policy import parse_policy

    if not vkey and policy is None:
        msg = "Give the log's verifier key with --vkey, or a policy that names the log."
        raise typer.BadParameter(msg)
    try:
        verdicts = _verdicts(
            _read(file),
            _trusted(vkey or [], rotation or []),
            policy=None if policy is None else parse_policy(_read(policy)),
            leaf=None if leaf is None else _read(leaf)[: LEAF_BYTES_MAX + 1],
        )
    except TiexinError as error:
        _refuse(error.message, code=error.code, as_json=as_json)
    _tell(verdicts, as_json=as_json)


def _verdicts(raw: bytes, vkeys: Sequence[str], *, policy: Policy | None, leaf: bytes | None) -> list[Verdict]:
    """Return the verdict of each proof in a file; where the file is more than proofs, its own seal is checked too."""
    from tiexin.trust.receipts.reading import proofs_in
    from tiexin.trust.rules.verifying import verify_proof

    return [verify_proof(proof, vkeys, policy=policy, leaf=leaf) for proof in proofs_in(raw)]


def _trusted(vkeys: Sequence[str], rotations: Sequence[Path]) -> list[str]:
    from tiexin.trust.rules.rotation import follow

    return follow([key.strip() for key in vkeys], [_read(file) for file in rotations])


def _read(file: Path) -> bytes:
    from tiexin.kernel.errors import MalformedError

    try:
        return file.read_bytes()
    except OSError as error:
        msg = f"The file {file} cannot be read: {error.strerror}"
        raise MalformedError(msg, file=str(file)) from error


def _tell(verdicts: Sequence[Verdict], *, as_json: bool) -> None:
    for number, verdict in enumerate(verdicts, 1):
        if not verdict.ok:
            which = f"Proof {number} of {len(verdicts)}: " if len(verdicts) > 1 else ""
            _refuse(which + verdict.why, code=verdict.code, as_json=as_json)
    documents = [verdict.document() for verdict in verdicts]
    if as_json:
        more: dict[str, Any] = {"proofs": documents} if len(documents) > 1 else {}
        emit_json(documents[0] | more)
        return
    out = console()
    for verdict in verdicts:
        out.print(f"✓ {verdict.origin} · {verdict.index}", highlight=False, markup=False)
        for each in verdict.findings:
            out.print(f"  {each.en}\n  {each.zh}", highlight=False, markup=False)
        out.print("  But · 但是", highlight=False)
        for each in verdict.limits:
            out.print(f"  {each.en}\n  {each.zh}", highlight=False, markup=False)


def _refuse(why: str, *, code: str, as_json: bool) -> NoReturn:
    """Say on stdout why a file does not hold, and end with exit code 1."""
    if as_json:
        emit_json({"ok": False, "why": why, "code": code})
    else:
        console().print(f"✗ {why}", highlight=False, markup=False)
    raise typer.Exit(1)
