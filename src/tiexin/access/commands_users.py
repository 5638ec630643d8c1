"""``tiexin users``: add, list, change, lock and reset the people who may sign in."""

from __future__ import annotations

import sys
from typing import Annotated, Any

import typer

from tiexin.access.commands import opened
from tiexin.access.contracts import Role
from tiexin.access.rules.passwords import user_name
from tiexin.infra.terminal import JsonFlag, console, emit_json, guarded
from tiexin.kernel.errors import InvalidInputError

app = typer.Typer(no_args_is_help=True, help="The people who may sign in.")

Name = Annotated[str, typer.Argument(help="Name of the user.")]
PASSWORD_BYTES_MAX = 4_096


class NoPasswordError(InvalidInputError):
    """A password was to be read from standard input, and there was none."""

    code = "password_missing"


@app.command()
@guarded
def add(
    name: Annotated[str, typer.Argument(help="Name to sign in with: letters, digits, ._-@+.")],
    role: Annotated[Role, typer.Option(help="What the user is; see: tiexin rights.")],
    unit: Annotated[str | None, typer.Option(help="Unit whose contacts the user sees (default: all).")] = None,
    subject: Annotated[str | None, typer.Option(help="For a customer: the reference in the record.")] = None,
    display_name: Annotated[str | None, typer.Option(help="Name to show.")] = None,
    provider: Annotated[
        str | None, typer.Option(help="Signs in by this provider of identities (its id in the settings).")
    ] = None,
    *,
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="Read the password from standard input.")
    ] = False,
    as_json: JsonFlag = False,
) -> None:
    """Add a user; unless a password is given, a one-time password is shown this once."""
    password = _password() if password_stdin else None
    # Until the provider vouches for the person, the identity says whom it is expected to vouch for.
    identity = f"expected from {provider} {user_name(name)}" if provider else None
    with opened() as access:
        user, one_time = access.users.add(
            name,
            role=role,
            unit=unit,
            subject=subject,
            display_name=display_name,
            password=password,
            identity=identity,
            by="local",
        )
        shown = _shown(access, user)
    if as_json:
        emit_json({**shown, "one_time_password": one_time})
        return
    typer.echo(f"User {user.name} may sign in as {user.role}.")
    if one_time:
        _say_one_time(one_time)


@app.command("list")
@guarded
def list_users(*, as_json: JsonFlag = False) -> None:
    """List the users."""
    with opened() as access:
        counts = access.people.passkey_counts()
        found = [_shown(access, user, passkeys=counts.get(user.name, 0)) for user in access.users.list()]
    if as_json:
        emit_json(found)
        return
    from rich.table import Table

    table = Table("name", "role", "unit", "shown as", "signed in", "state")
    for user in found:
        state = "locked" if user["locked"] else "new password due" if user["must_change_password"] else ""
        table.add_row(user["name"], user["role"], user["unit"], user["display_name"], user["signed_in"], state)
    console().print(table)


@app.command()
@guarded
def reset(name: Name, *, as_json: JsonFlag = False) -> None:
    """Give a user a one-time password, shown this once; the user's sessions end and the passkeys are removed."""
    with opened() as access:
        made = access.users.reset(name, by="local")
    if as_json:
        removed = made.passkeys_removed
        emit_json({"name": name, "one_time_password": made.one_time_password, "passkeys_removed": removed})
        return
    _say_one_time(made.one_time_password)
    if made.passkeys_removed:
        console().print(f"Passkeys removed: {made.passkeys_removed}. They can be added anew after signing in.")


@app.command()
@guarded
def lock(name: Name, *, as_json: JsonFlag = False) -> None:
    """Keep a user from signing in; every session of the user ends."""
    _change(name, as_json=as_json, locked=True)


@app.command()
@guarded
def unlock(name: Name, *, as_json: JsonFlag = False) -> None:
    """Let a locked user sign in again."""
    _change(name, as_json=as_json, locked=False)


@app.command()
@guarded
def change(
    name: Name,
    role: Annotated[Role | None, typer.Option(help="The new role.")] = None,
    unit: Annotated[str | None, typer.Option(help="The new unit; an empty text for the whole institution.")] = None,
    display_name: Annotated[str | None, typer.Option(help="The new name to show.")] = None,
    *,
    as_json: JsonFlag = False,
) -> None:
    """Change role, unit or shown name of a user."""
    changes: dict[str, Any] = {"role": role, "display_name": display_name}
    changes = {member: value for member, value in changes.items() if value is not None}
    if unit is not None:
        changes["unit"] = unit or None
    _change(name, as_json=as_json, **changes)


def _change(name: str, *, as_json: bool, **changes: Any) -> None:
    with opened() as access:
        shown = _shown(access, access.users.change(name, by="local", **changes))
    if as_json:
        emit_json(shown)
        return
    place = f" in {shown['unit']}" if shown["unit"] else ""
    typer.echo(f"User {shown['name']}: {shown['role']}{place}{', locked' if shown['locked'] else ''}.")


def _shown(access: Any, user: Any, *, passkeys: int = 0) -> dict[str, Any]:
    from tiexin.access.documents import user_document

    return user_document(access, user, passkeys=passkeys)


def _password() -> str:
    given = sys.stdin.buffer.readline(PASSWORD_BYTES_MAX).decode("utf-8", "replace").rstrip("\r\n")
    if not given:
        msg = "No password came on standard input. Nothing was changed."
        raise NoPasswordError(msg)
    return given


def _say_one_time(password: str) -> None:
    typer.echo(password)
    typer.echo(
        "The line above is a one-time password; it is not shown again. Whoever signs in with it chooses a new one.",
        err=True,
    )
