"""``tiexin keys``: make, list and revoke API keys for machines."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tiexin.access.contracts import ApiKey, Right
from tiexin.access.rules.keys import OLD_SCOPES, days_of
from tiexin.infra.terminal import JsonFlag, console, emit_json, guarded, invocation
from tiexin.kernel.clock import iso_us
from tiexin.kernel.errors import TiexinError

if TYPE_CHECKING:
    from tiexin.access.api import Access

app = typer.Typer(no_args_is_help=True, help="API keys for machines that call the server.")


def _scope(given: str) -> str:
    known = [*(right.value for right in Right), *OLD_SCOPES]
    if given not in known:
        msg = f"{given!r} is not a scope. Scopes are: {', '.join(right.value for right in Right)}."
        raise typer.BadParameter(msg)
    return given


def _life(given: str) -> int:
    try:
        return days_of(given)
    except TiexinError as error:
        raise typer.BadParameter(error.message) from error


Scopes = Annotated[
    list[str], typer.Option(parser=_scope, metavar="SCOPE", help="What it may do; give the option once for each scope.")
]


@app.command()
@guarded
def create(
    name: Annotated[str, typer.Argument(help="Who will use the key.")],
    scope: Scopes,
    days: Annotated[int, typer.Option(help="For how many days it holds (1 to 3660).")] = 365,
    *,
    as_json: JsonFlag = False,
) -> None:
    """Make a key; its token is shown this once and kept nowhere."""
    _make(name, scope, days, as_json=as_json)


@app.command()
@guarded
def add(
    scope: Scopes,
    name: Annotated[str, typer.Argument(help="Who will use the key.")] = "key",
    expires: Annotated[
        int, typer.Option(parser=_life, metavar="LIFE", help="For how long it holds: 30d, 12w, 6m or 1y.")
    ] = 365,
    *,
    as_json: JsonFlag = False,
) -> None:
    """Make a key for a stated time; its token is shown this once and kept nowhere."""
    _make(name, scope, expires, as_json=as_json)


def _make(name: str, scopes: list[str], days: int, *, as_json: bool) -> None:
    with opened() as access:
        made = access.keys.create(name=name, scopes=scopes, days=days)
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
    with opened() as access:
        found = access.keys.list()
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
    with opened() as access:
        key = access.keys.revoke(key_id)
    if as_json:
        emit_json(_shown(key))
    else:
        typer.echo(f"Key {key.id} of {key.name} is revoked.")


@contextmanager
def opened() -> Iterator[Access]:
    """Yield access of the chosen home with its record, which keeps what is done."""
    from tiexin.access.api import open_access
    from tiexin.record.api import open_record

    settings = invocation().settings()
    with open_record(settings) as record, open_access(settings, record=record) as access:
        yield access


def _shown(key: ApiKey) -> dict[str, Any]:
    return {
        "id": key.id,
        "name": key.name,
        "scopes": key.scopes,
        "created": iso_us(key.created_us),
        "expires": iso_us(key.expires_us),
        "revoked": iso_us(key.revoked_us) if key.revoked_us is not None else None,
    }


@guarded
def rights_command(*, as_json: JsonFlag = False) -> None:
    """Show which role has which rights."""
    from tiexin.access import rights

    document = rights.document()
    if as_json:
        emit_json(document)
        return
    from rich.table import Table

    roles = [role["role"] for role in document["roles"]]
    table = Table("right", *roles)
    for right in document["rights"]:
        table.add_row(right["right"], *("yes" if role in right["roles"] else "" for role in roles))
    console().print(table)
