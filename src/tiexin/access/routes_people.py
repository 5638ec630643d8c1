"""Users and keys over HTTP, for those who manage them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Request
from pydantic import Field
from starlette.responses import Response

from tiexin.access.asking import OutOfReachError, caller_of, changes_the_whole, may, within_reach
from tiexin.access.contracts import Caller, Right, Role, User
from tiexin.access.documents import encode, key_document, may_manage, user_document
from tiexin.access.rights import is_whole, rights_of
from tiexin.access.routes_session import PASSWORD_CHARS_MAX, Strict
from tiexin.access.rules.keys import check_scopes, days_of
from tiexin.access.service import Access
from tiexin.access.users import TEXT_CHARS_MAX
from tiexin.kernel.errors import NotAllowedError

Name = Annotated[str, Path(max_length=TEXT_CHARS_MAX)]
Short = Annotated[str | None, Field(max_length=TEXT_CHARS_MAX)]


class RightsTooFarError(NotAllowedError):
    """Somebody would hand on rights that he does not have; nothing was changed."""

    code = "rights_too_far"


class NewUser(Strict):
    """A user to be added; without a password the answer holds a one-time password."""

    name: Annotated[str, Field(min_length=1, max_length=TEXT_CHARS_MAX)]
    role: Role
    unit: Short = None
    subject: Short = None
    display_name: Short = None
    password: Annotated[str | None, Field(max_length=PASSWORD_CHARS_MAX)] = None


class UserChange(Strict):
    """What is to change of a user; members that are left out stay as they are."""

    role: Role | None = None
    unit: Short = None
    display_name: Short = None
    locked: bool | None = None


class NewKey(Strict):
    """A key to be made; ``expires`` reads 30d, 12w, 6m or 1y."""

    name: Annotated[str, Field(min_length=1, max_length=100)]
    scopes: Annotated[list[str], Field(min_length=1, max_length=50)]
    expires: Annotated[str, Field(max_length=10)] = "365d"


def add_users(routes: APIRouter, get_access: Callable[[], Access]) -> None:
    """Add the routes of users."""
    guard = [Depends(may(Right.USERS_MANAGE))]

    @routes.get("/users", dependencies=guard)
    def list_users(request: Request) -> Response:
        """The users that the caller may manage, by name."""
        access, caller = get_access(), caller_of(request)
        passkeys = access.people.passkey_counts()
        found = [user for user in access.users.list() if may_manage(caller, user)]
        return _json({"users": [user_document(access, user, passkeys=passkeys.get(user.name, 0)) for user in found]})

    @routes.post("/users", status_code=201, dependencies=guard)
    def add_user(request: Request, wanted: NewUser) -> Response:
        """Add a user; a one-time password in the answer is shown this once."""
        access = get_access()
        _check_unit(request, wanted.unit)
        _check_role(request, wanted.role)
        given = wanted.model_dump()
        user, one_time = access.users.add(given.pop("name"), **given, by=caller_of(request).name)
        return _json({**user_document(access, user), "one_time_password": one_time}, status=201)

    @routes.patch("/users/{name}", dependencies=guard)
    def change_user(request: Request, name: Name, wanted: UserChange) -> Response:
        """Change role, unit, name or lock of a user; role, unit and lock end every session of the user."""
        access = get_access()
        _check_user(request, access.users.get(name))
        if "unit" in wanted.model_fields_set:
            _check_unit(request, wanted.unit)
        if wanted.role is not None:
            _check_role(request, wanted.role)
        members = {member: getattr(wanted, member) for member in wanted.model_fields_set}
        # Null is a value for the unit alone: the whole institution.
        changes: dict[str, Any] = {key: value for key, value in members.items() if value is not None or key == "unit"}
        return _json(user_document(access, access.users.change(name, by=caller_of(request).name, **changes)))

    @routes.post("/users/{name}/reset", dependencies=guard)
    def reset_user(request: Request, name: Name) -> Response:
        """Give a user a one-time password, shown this once; the user's sessions end and the passkeys are removed."""
        access = get_access()
        _check_user(request, access.users.get(name))
        return _json(access.users.reset(name, by=caller_of(request).name))


def add_keys(routes: APIRouter, get_access: Callable[[], Access]) -> None:
    """Add the routes of keys."""
    guard = [Depends(may(Right.KEYS_MANAGE))]

    @routes.get("/keys", dependencies=guard)
    def list_keys() -> Response:
        """The API keys, oldest first, without their secrets."""
        access = get_access()
        now_us = access.now_us()
        return _json({"keys": [key_document(key, now_us=now_us) for key in access.keys.list()]})

    @routes.post("/keys", status_code=201, dependencies=guard)
    def make_key(request: Request, wanted: NewKey) -> Response:
        """Make a key; the token in the answer is shown this once."""
        caller = caller_of(request)
        if caller.units is not None:
            msg = "A key sees the whole institution, so only somebody who does can make one. Nothing was made."
            raise RightsTooFarError(msg)
        _check_scopes(caller, wanted.scopes)
        days = days_of(wanted.expires)
        made = get_access().keys.create(name=wanted.name, scopes=wanted.scopes, days=days, by=caller.name)
        return _json({**key_document(made.key), "token": made.token}, status=201)

    @routes.delete("/keys/{key_id}", dependencies=[*guard, Depends(changes_the_whole)])
    def revoke_key(request: Request, key_id: Annotated[str, Path(max_length=20)]) -> Response:
        """Revoke a key; other processes refuse it within a second."""
        return _json(key_document(get_access().keys.revoke(key_id, by=caller_of(request).name)))


def _check_unit(request: Request, unit: str | None) -> None:
    # None is the whole institution, which somebody bound to a unit cannot hand on.
    within_reach(request, unit or "")


def _check_user(request: Request, user: User) -> None:
    if not may_manage(caller_of(request), user):
        msg = f"The user {user.name} does not belong to your unit. Nothing was changed."
        raise OutOfReachError(msg, name=user.name)
    # Whoever resets or changes somebody can sign in as that person, so the present role counts as one that is given.
    _check_role(request, user.role)


def _check_role(request: Request, role: Role) -> None:
    """Pass if the caller may give a role: an administrator every one within reach, anybody else what he has himself.

    Raises:
        RightsTooFarError: the role reaches further than the caller.
    """
    caller = caller_of(request)
    if caller.units is not None and is_whole(role):
        msg = f"The role {role} sees the whole institution, and you look after your own unit. Nothing was changed."
        raise RightsTooFarError(msg, role=role.value)
    beyond = sorted(rights_of(role) - caller.rights)
    if caller.role is not Role.ADMIN and beyond:
        msg = (
            f"The role {role} has rights that you do not have: {', '.join(beyond)}. Nothing was changed. "
            f"An administrator can do it, or on the server: tiexin users add NAME --role {role}"
        )
        raise RightsTooFarError(msg, role=role.value, rights=beyond)


def _check_scopes(caller: Caller, scopes: list[str]) -> None:
    """Pass if the caller has every right that a key is to have.

    Raises:
        KeyInputError: one of the scopes does not exist.
        RightsTooFarError: the key would reach further than the caller.
    """
    beyond = [right.value for right in check_scopes(scopes) if right.value not in caller.rights]
    if beyond:
        words = " ".join(f"--scope {right}" for right in beyond)
        msg = (
            f"A key gets no right that you do not have yourself: {', '.join(beyond)}. Nothing was made. "
            f"Somebody who works on the server can make it there: tiexin keys add NAME {words}"
        )
        raise RightsTooFarError(msg, rights=beyond)


def _json(answer: object, *, status: int = 200) -> Response:
    return Response(encode(answer), status_code=status, media_type="application/json")
