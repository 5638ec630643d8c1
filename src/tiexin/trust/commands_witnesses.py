"""``tiexin trust witnesses``: which witnesses must have cosigned before a checkpoint of this log is published."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from tiexin.infra.terminal import JsonFlag, emit_json, guarded, invocation

if TYPE_CHECKING:
    from tiexin.trust.rules.policy import Policy

witnesses = typer.Typer(no_args_is_help=True, help="The witnesses of this log: add, remove, how many are enough.")

Name = Annotated[str, typer.Argument(help="Name of the witness within the policy.")]


def add_to(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.add_typer(witnesses, name="witnesses")


@witnesses.command("list")
@guarded
def list_witnesses(*, as_json: JsonFlag = False) -> None:
    """List the witnesses of this log."""
    from tiexin.trust.witness.policy_file import read_policy

    _tell(read_policy(invocation().settings().home), as_json=as_json)


@witnesses.command()
@guarded
def add(
    name: Name,
    vkey: Annotated[str, typer.Argument(help="Its verifier key, from its operator.")],
    url: Annotated[str, typer.Argument(help="Its address; add-checkpoint stands below it.")],
    *,
    as_json: JsonFlag = False,
) -> None:
    """Add a witness; one more must cosign from then on (see need)."""
    from tiexin.trust.rules.policy import PolicyWitness
    from tiexin.trust.witness.policy_file import add_witness

    _tell(add_witness(invocation().settings().home, PolicyWitness(name, vkey, url)), as_json=as_json)


@witnesses.command()
@guarded
def remove(name: Name, *, as_json: JsonFlag = False) -> None:
    """Remove a witness."""
    from tiexin.trust.witness.policy_file import remove_witness

    _tell(remove_witness(invocation().settings().home, name), as_json=as_json)


@witnesses.command()
@guarded
def need(
    count: Annotated[int, typer.Argument(help="How many witnesses must have cosigned; 0 asks for none.")],
    *,
    as_json: JsonFlag = False,
) -> None:
    """Say how many witnesses must have cosigned before a checkpoint is published."""
    from tiexin.trust.witness.policy_file import need_witnesses

    _tell(need_witnesses(invocation().settings().home, count), as_json=as_json)


@witnesses.command()
@guarded
def check(*, as_json: JsonFlag = False) -> None:
    """Ask every witness to cosign the checkpoint that is published now; exit code 1 if they are not enough."""
    from tiexin.trust.rules.policy import satisfied
    from tiexin.trust.witness.checking import check_witnesses

    policy, answers = check_witnesses(invocation().settings().home)
    enough = satisfied(policy, [name for answer in answers if answer.lines for name in answer.names])
    shown = [{"names": each.names, "url": each.url, "ok": bool(each.lines), "why": each.why} for each in answers]
    if as_json:
        emit_json({"ok": enough, "witnesses": shown, "why": "" if enough else "Not enough witnesses have cosigned."})
    for answer in [] if as_json else answers:
        typer.echo(f"{', '.join(answer.names)} at {answer.url}: {answer.why or 'cosigned'}")
    raise typer.Exit(0 if enough else 1)


def _tell(policy: Policy, *, as_json: bool) -> None:
    from tiexin.trust.rules.policy import needed

    count = needed(policy)
    if as_json:
        shown: list[dict[str, Any]] = [witness._asdict() for witness in policy.witnesses]
        emit_json({"needed": count, "of": len(shown), "witnesses": shown})
        return
    for witness in policy.witnesses:
        typer.echo(f"{witness.name}  {witness.url or '(no address)'}  {witness.vkey}")
    typer.echo(f"{count} of {len(policy.witnesses)} must have cosigned before a checkpoint is published.")
