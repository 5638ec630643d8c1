"""``tiexin trust verify``: checks a proof, a certificate or an evidence bundle with public keys alone, offline."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from tiexin.infra.terminal import JsonFlag, console, emit_json, guarded

if TYPE_CHECKING:
    from tiexin.kernel.text import Text
    from tiexin.trust.bundle_checking import BundleReport
    from tiexin.trust.rules.policy import Policy
    from tiexin.trust.rules.verdict import Verdict

LEAF_BYTES_MAX = 65_535
"""Longest entry of a log in bytes (tlog-tiles: its length stands in two bytes)."""

FILE_BYTES_MAX = 64 * 1024 * 1024
"""More of a file is not read; ``proofs_in`` then refuses it with this limit."""


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
    authority: Annotated[
        Path | None,
        typer.Option(help="The root certificate (PEM) to which the seal of a bundle or PDF must lead."),
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
        raw = _read(file)
        verdicts = _verdicts(
            raw,
            _trusted(vkey or [], rotation or []),
            policy=None if policy is None else parse_policy(_read(policy)),
            leaf=None if leaf is None else _read(leaf)[: LEAF_BYTES_MAX + 1],
        )
        if refused := _refused(verdicts):
            _refuse(*refused, as_json=as_json)
        bundle, beside = _beside(raw, verdicts, authority=None if authority is None else _read(authority))
    except TiexinError as error:
        _refuse(error.message, error.code, as_json=as_json)
    _tell(verdicts, bundle=bundle, beside=beside, as_json=as_json)


def _verdicts(raw: bytes, vkeys: Sequence[str], *, policy: Policy | None, leaf: bytes | None) -> list[Verdict]:
    from tiexin.trust.receipts.reading import proofs_in
    from tiexin.trust.rules.verifying import verify_proof

    return [verify_proof(proof, vkeys, policy=policy, leaf=leaf) for proof in proofs_in(raw)]


def _refused(verdicts: Sequence[Verdict]) -> tuple[str, str] | None:
    """Return sentence and code of the first proof that does not hold."""
    for number, verdict in enumerate(verdicts, 1):
        if not verdict.ok:
            which = f"Proof {number} of {len(verdicts)}: " if len(verdicts) > 1 else ""
            return which + verdict.why, verdict.code
    return None


def _beside(
    raw: bytes, verdicts: Sequence[Verdict], *, authority: bytes | None
) -> tuple[BundleReport | None, tuple[list[Text], list[Text]]]:
    """Return what is known of the rest of a file: of a bundle's other files, of a certificate's printed page."""
    from tiexin.kernel.text import Text
    from tiexin.trust.bundle_checking import check_bundle, is_bundle

    if is_bundle(raw):
        bundle = check_bundle(raw, verdicts, authority=authority)
        return bundle, bundle.texts()
    if b"%PDF-" in raw[:1024] and authority is not None:
        from tiexin.trust.certificate_checking import sealed_page

        who = sealed_page(raw, authority=authority)
        held = Text(
            f"整份证书由“{who}”签名，签发之后没有改动，其签名证书来自您所信任的机构。",
            f"The whole certificate was signed by {who}, whose certificate comes from the authority you trust, and is "
            "as it was issued.",
        )
        return None, ([held], [])
    if b"%PDF-" in raw[:1024]:
        page = Text(
            "这里核对的是证书中附带的凭证；页面上印出的文字由证书自身的电子签名保护，请以此处显示的内容为准。",
            "This checks the proof inside the certificate. The printed page is guarded by the certificate's own "
            "signature; what counts is the content shown here.",
        )
        return None, ([], [page])
    return None, ([], [])


def _trusted(vkeys: Sequence[str], rotations: Sequence[Path]) -> list[str]:
    from tiexin.trust.rules.rotation import follow

    return follow([key.strip() for key in vkeys], [_read(file) for file in rotations])


def _read(file: Path) -> bytes:
    from tiexin.kernel.errors import MalformedError

    try:
        with file.open("rb") as stream:
            return stream.read(FILE_BYTES_MAX + 1)
    except OSError as error:
        msg = f"The file {file} cannot be read: {error.strerror}"
        raise MalformedError(msg, file=str(file)) from error


def _tell(
    verdicts: Sequence[Verdict],
    *,
    bundle: BundleReport | None,
    beside: tuple[list[Text], list[Text]],
    as_json: bool,
) -> None:
    shown, limits = beside
    if as_json:
        documents = [verdict.document() for verdict in verdicts]
        first = documents[0]
        first["proves"] += [each.en for each in shown]
        first["proves_zh"] += [each.zh for each in shown]
        first["does_not_prove"] += [each.en for each in limits]
        first["does_not_prove_zh"] += [each.zh for each in limits]
        more: dict[str, Any] = {"proofs": documents} if len(documents) > 1 else {}
        emit_json(first | more | ({} if bundle is None else {"bundle": bundle}))
        return
    out = console()
    for verdict in verdicts:
        out.print(f"✓ {verdict.origin} · {verdict.index}{_event(verdict)}", highlight=False, markup=False)
        _lines(verdict.findings)
    _lines(shown)
    out.print("  But · 但是", highlight=False)
    _lines([*dict.fromkeys(each for verdict in verdicts for each in verdict.limits), *limits])


def _event(verdict: Verdict) -> str:
    """Return the essentials of the opened event in one line; empty where the proof carries none."""
    from tiexin.kernel.clock import TIME_US_MAX, TIME_US_MIN, iso_us

    event = verdict.event or {}
    time = event.get("time_us")
    moment = iso_us(time) if isinstance(time, int) and TIME_US_MIN <= time <= TIME_US_MAX else None
    told = [event.get("type"), moment, event.get("id")]
    return "".join(f" · {each}" for each in told if isinstance(each, str))


def _lines(texts: Sequence[Text]) -> None:
    for each in texts:
        console().print(f"  {each.en}\n  {each.zh}", highlight=False, markup=False, soft_wrap=True)


def _refuse(why: str, code: str, *, as_json: bool) -> NoReturn:
    """Say on stdout why a file does not hold, and end with exit code 1."""
    if as_json:
        emit_json({"ok": False, "why": why, "code": code})
    else:
        console().print(f"✗ {why}", highlight=False, markup=False)
    raise typer.Exit(1)
