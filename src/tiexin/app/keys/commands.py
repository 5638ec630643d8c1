"""``tiexin keys``: make, list and revoke API keys for machines."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from tiexin.app.keys.contracts import ApiKey, Scope
from tiexin.infra.terminal import JsonFlag, console, emit_json, guarded, invocation
from tiexin.kernel.clock import iso_us

app = typer.Typer(no_args_is_help=True, help="API keys for machines that call the server.")


@app.command()
@guarded
def create(
    name: Annotated[str, typer.Argument(help="Who will use the key.")],
    scope: Annotated[list[Scope], typer.Option(help="What it may do; give the option once for each scope.")],
    days: Annotated[int, typer.Option(help="For how many days it holds (1 to 3660).")] = 365,
    *,
    as_json: JsonFlag = False,
) -> None:
    """Make a key; its token is shown this once and kept nowhere."""
    from tiexin.app.keys.api import open_keys

    with open_keys(invocation().settings()) as keys:
        made = keys.create(name=name, scopes=[item.value for item in scope], days=days)
    if as_json:
        emit_json({**_shown(made.key), "token": made.token})
        return
    typer.echo(made.token)
    typer.echo(
        f"Key {made.key.id} for {made.key.name} holds until {iso_us(made.key.expires_us)}. "
        "The line above is its token; it is not shown again. Send it as: Authorization: Bearer TOKEN",
        err=True,
    )


@app.command("list")
@guarded
def list_keys(*, as_json: JsonFlag = False) -> None:
    """List the keys, without their secrets."""
    from tiexin.app.keys.api import open_keys

    with open_keys(invocation().settings()) as keys:
        found = keys.list()
    if as_json:
        emit_json([_shown(key) for key in found])
        return
    from rich.table import Table

    table = Table("id", "name", "scopes", "created", "expires", "revoked")
    for key in found:
        shown = _shown(key)
        table.add_row(key.id, key.name, " ".join(key.scopes), shown["created"], shown["expires"], shown["revoked"])
    console().print(table)


@app.command()
@guarded
def revoke(
    key_id: Annotated[str, typer.Argument(metavar="ID", help="The id of the key, as tiexin keys list shows it.")],
    *,
    as_json: JsonFlag = False,
) -> None:
    """Revoke a key; a running server refuses it within a second."""
    from tiexin.app.keys.api import open_keys

    with open_keys(invocation().settings()) as keys:
        key = keys.revoke(key_id)
    if as_json:
        emit_json(_shown(key))
    else:
        typer.echo(f"Key {key.id} of {key.name} is revoked.")


def _shown(key: ApiKey) -> dict[str, Any]:
    return {
        "id": key.id,
        "name": key.name,
        "scopes": key.scopes,
        "created": iso_us(key.created_us),
        "expires": iso_us(key.expires_us),
        "revoked": iso_us(key.revoked_us) if key.revoked_us is not None else None,
    }
