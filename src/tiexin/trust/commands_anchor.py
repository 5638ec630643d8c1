"""Anchors on the command line: ``tiexin trust anchor deploy``, ``evm``, ``timestamp``, ``list``, ``verify``."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tiexin.infra.terminal import JsonFlag, console, emit_json, guarded, invocation

if TYPE_CHECKING:
    from tiexin.trust.anchors.anchoring import Done, PublishedLog
    from tiexin.trust.anchors.kept import Anchor

anchor_app = typer.Typer(
    no_args_is_help=True,
    help="Put heads of the log where nobody here can rewrite them: on a chain that several share, under a time stamp.",
)

Rpc = Annotated[
    str | None, typer.Option("--rpc", help="JSON-RPC address of a node of the chain; remembered. [TIEXIN_ANCHOR_RPC]")
]
Sync = Annotated[bool, typer.Option("--sync/--no-sync", help="First bring the log up to the record and publish it.")]


def add_to(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.add_typer(anchor_app, name="anchor")


@anchor_app.command("account")
@guarded
def account_command(*, as_json: JsonFlag = False) -> None:
    """Show the address of the account that anchors; whoever runs the chain may have to admit it.

    Its key comes from TIEXIN_ANCHOR_KEY, from the file named by TIEXIN_ANCHOR_KEY_FILE, or from the keyring of this
    installation, where it is made now if there is none.
    """
    from tiexin.trust.anchors.evm import address_of
    from tiexin.trust.anchors.options import account_key

    address = address_of(account_key(invocation().settings()))
    if as_json:
        emit_json({"account": address})
    else:
        console().print(address, highlight=False)


@anchor_app.command("deploy")
@guarded
def deploy_command(
    *,
    rpc: Rpc = None,
    replace: Annotated[bool, typer.Option("--replace", help="Even though a contract is set already.")] = False,
    as_json: JsonFlag = False,
) -> None:
    """Put the anchor contract on the chain, in the hands of this installation's account, and remember its address."""
    from tiexin.trust.anchors.anchoring import deploy

    options = deploy(invocation().settings(), rpc=rpc, replace=replace)
    shown = {"contract": options.contract, "chain_id": options.chain_id, "block": options.deployed_block}
    if as_json:
        emit_json(shown)
    else:
        console().print(f"{options.contract} @ {options.chain_id}", highlight=False, soft_wrap=True)


@anchor_app.command("evm")
@guarded
def evm_command(
    *,
    rpc: Rpc = None,
    contract: Annotated[
        str | None, typer.Option(help="Address of the contract; remembered. [TIEXIN_ANCHOR_CONTRACT]")
    ] = None,
    sync: Sync = True,
    as_json: JsonFlag = False,
) -> None:
    """Anchor the published head on the chain; the contract itself checks that it continues the one before."""
    from tiexin.trust.anchors.anchoring import anchor_on_chain, chain_of
    from tiexin.trust.anchors.kept import Kept
    from tiexin.trust.anchors.options import account_key, keep_options, load_options

    settings = invocation().settings()
    if rpc or contract:
        keep_options(settings, rpc=rpc, contract=contract)
    options = load_options(settings)
    chain = chain_of(options, key=account_key(settings))
    with _published(sync=sync) as published:
        done = anchor_on_chain(published, chain=chain, kept=Kept(settings.home), since_block=options.deployed_block)
    _show(done, as_json=as_json)


@anchor_app.command("hand-over")
@guarded
def hand_over_command(
    account: Annotated[str, typer.Argument(help="Address of the account that shall anchor from now on.")],
    *,
    as_json: JsonFlag = False,
) -> None:
    """Let another account anchor instead of this one, for example when its key is exchanged; the head stays."""
    from tiexin.trust.anchors.anchoring import chain_of, hand_over
    from tiexin.trust.anchors.kept import Kept
    from tiexin.trust.anchors.options import account_key, load_options

    settings = invocation().settings()
    options = load_options(settings)
    chain = chain_of(options, key=account_key(settings))
    sent = hand_over(chain=chain, kept=Kept(settings.home), operator=account, since_block=options.deployed_block)
    if as_json:
        emit_json({"contract": chain.contract, "operator": account, "transaction": sent})
    else:
        console().print(f"{account} may anchor now ({sent})", highlight=False, soft_wrap=True)


@anchor_app.command("timestamp")
@guarded
def timestamp_command(
    *,
    tsa: Annotated[
        str | None, typer.Option(help="Address of the time-stamping authority; remembered. [TIEXIN_ANCHOR_TSA]")
    ] = None,
    roots: Annotated[
        Path | None,
        typer.Option(help="PEM file with the roots that its stamps are believed by. [TIEXIN_ANCHOR_TSA_ROOTS]"),
    ] = None,
    sync: Sync = True,
    as_json: JsonFlag = False,
) -> None:
    """Have the published head stamped by a time-stamping authority (RFC 3161)."""
    from tiexin.trust.anchors.anchoring import stamp_head
    from tiexin.trust.anchors.kept import Kept
    from tiexin.trust.anchors.options import keep_options, load_options

    settings = invocation().settings()
    if tsa or roots:
        keep_options(settings, tsa=tsa, tsa_roots=str(roots.absolute()) if roots else None)
    with _published(sync=sync) as published:
        done = stamp_head(published, options=load_options(settings), kept=Kept(settings.home))
    _show(done, as_json=as_json)


@anchor_app.command("every")
@guarded
def every_command(
    hours: Annotated[int, typer.Argument(min=0, max=8760, help="Every so many hours; 0 stops it.")],
    *,
    as_json: JsonFlag = False,
) -> None:
    """Let a running server anchor by itself, on the chain and by the authority that are set."""
    from tiexin.trust.anchors.options import keep_options

    options = keep_options(invocation().settings(), every_hours=hours)
    if as_json:
        emit_json({"every_hours": options.every_hours})
    else:
        console().print("off" if hours == 0 else f"every {hours} h", highlight=False)


@anchor_app.command("list")
@guarded
def list_command(*, as_json: JsonFlag = False) -> None:
    """List the newest anchors, newest first, as they were found by the last check."""
    from tiexin.trust.anchors.kept import Kept
    from tiexin.trust.anchors.listing import listed

    settings = invocation().settings()
    anchors, error = listed(settings), Kept(settings.home).checks().error
    if as_json:
        emit_json({"anchors": anchors, "last_error": error})
        return
    for each in anchors:
        _line(each)
    if error:
        console().print(f"The last one in the background failed: {error}", highlight=False, markup=False)


@anchor_app.command("verify")
@guarded
def verify_command(*, as_json: JsonFlag = False) -> None:
    """Hold every anchor against the log and against the chain or the stamp; exit 1 if one does not hold."""
    from tiexin.trust.anchors.anchoring import check_anchors
    from tiexin.trust.anchors.kept import Kept
    from tiexin.trust.anchors.listing import document
    from tiexin.trust.anchors.options import load_options

    settings = invocation().settings()
    options = load_options(settings)
    with _published(sync=False) as published:
        found = check_anchors(published, options=options, kept=Kept(settings.home))
    sound = not any(each.why for each in found)
    lines = [document(each.anchor, fault=each.why) for each in found]
    if as_json:
        unknown = any(each.anchor.kind == "rfc3161" for each in found) and not options.tsa_roots
        emit_json({"ok": sound, "authority_checked": not unknown, "anchors": lines})
    else:
        for each in lines:
            _line(each)
    if not sound:
        raise typer.Exit(1)


@contextmanager
def _published(*, sync: bool) -> Iterator[PublishedLog]:
    from tiexin.record.api import open_record
    from tiexin.trust.anchors.anchoring import PublishedLog
    from tiexin.trust.api import open_trust

    settings = invocation().settings()
    with open_record(settings) as record, open_trust(settings, record=record) as trust:
        trust.require()
        if sync:
            trust.sync()
        yield PublishedLog(trust)


def _show(done: Done, *, as_json: bool) -> None:
    if as_json:
        emit_json({**_plain(done.anchor), "new": done.new})
        return
    from tiexin.trust.anchors.listing import document

    _line(document(done.anchor))
    if not done.new:
        console().print("This head had been anchored before.", highlight=False)


def _plain(anchor: Anchor) -> dict[str, Any]:
    import msgspec

    from tiexin.kernel.clock import iso_us

    return {**msgspec.to_builtins(anchor), "time": iso_us(anchor.time_us)}


def _line(shown: dict[str, Any]) -> None:
    mark = "✓" if shown["ok"] else "✗"
    console().print(
        f"{mark} {shown['time']}  {shown['size']:,} events  {shown['kind']}  {shown['where']}  {shown['detail'] or ''}",
        highlight=False,
        markup=False,
        soft_wrap=True,
    )
