"""Passkeys over HTTP: sign in with one, add one, remove one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request
from pydantic import Field
from starlette.responses import Response

from tiexin.access.contracts import User
from tiexin.access.documents import encode
from tiexin.access.origin import address_of, is_https, session_token
from tiexin.access.passkeys import NAME_CHARS_MAX, Place, place_of
from tiexin.access.routes_session import Strict, entered, signed_in
from tiexin.access.service import Access
from tiexin.access.store.waiting import StoredPasskey
from tiexin.kernel.clock import iso_us
from tiexin.kernel.errors import NotAllowedError

JSON = "application/json"


class Asked(Strict):
    """Nothing: the options are the same for everybody."""


class Answered(Strict):
    """What the browser's authenticator answered (PublicKeyCredential.toJSON)."""

    credential: dict[str, Any]


class NewPasskey(Strict):
    """A passkey that the browser has made, and what its owner calls it."""

    name: Annotated[str, Field(min_length=1, max_length=NAME_CHARS_MAX)]
    credential: dict[str, Any]


def add_passkeys(routes: APIRouter, get_access: Callable[[], Access]) -> None:
    """Add the routes of passkeys."""

    @routes.post("/session/passkey/options")
    def begin_sign_in(request: Request, asked: Asked | None = None) -> Response:  # noqa: ARG001  (checked, not used)
        """What the browser needs to sign in with a passkey; a challenge holds for five minutes and one answer."""
        return Response(get_access().passkeys.begin_signing_in(_place(request)), media_type=JSON)

    @routes.post("/session/passkey")
    def sign_in(request: Request, answered: Answered) -> Response:
        """Sign in with a passkey."""
        access = get_access()
        token = access.passkeys.sign_in(
            _place(request),
            credential=answered.credential,
            address=address_of(request.scope),
            former=session_token(request.headers.get("cookie", "").encode("latin-1")),
        )
        return entered(request, access, token)

    @routes.get("/passkeys")
    def list_passkeys(request: Request) -> Response:
        """The passkeys of the signed-in user."""
        user, _ = signed_in(request)
        return Response(
            encode({"passkeys": [_shown(each) for each in get_access().passkeys.of(user)]}), media_type=JSON
        )

    @routes.post("/passkeys/options")
    def begin_adding(request: Request, asked: Asked | None = None) -> Response:  # noqa: ARG001  (checked, not used)
        """What the browser needs to make a passkey for the signed-in user."""
        user = _settled(request)
        return Response(get_access().passkeys.begin_registering(user, _place(request)), media_type=JSON)

    @routes.post("/passkeys", status_code=201)
    def add_passkey(request: Request, wanted: NewPasskey) -> Response:
        """Keep the passkey that the browser has made."""
        user = _settled(request)
        passkeys = get_access().passkeys
        made = passkeys.finish_registering(user, _place(request), name=wanted.name, credential=wanted.credential)
        return Response(encode(_shown(made)), status_code=201, media_type=JSON)

    @routes.delete("/passkeys/{passkey_id}", status_code=204)
    def remove_passkey(request: Request, passkey_id: Annotated[str, Path(max_length=2_000)]) -> Response:
        """Forget a passkey of the signed-in user."""
        user, _ = signed_in(request)
        get_access().passkeys.remove(user, passkey_id)
        return Response(status_code=204)


def _settled(request: Request) -> User:
    """Return the user of the request, once the one-time password is replaced: it opens the way to nothing else."""
    user, _ = signed_in(request)
    if user.must_change_password:
        msg = "Choose a password of your own first; after that you can add passkeys."
        raise NotAllowedError(msg)
    return user


def _place(request: Request) -> Place:
    return place_of(request.headers.get("host", ""), https=is_https(request.scope))


def _shown(passkey: StoredPasskey) -> dict[str, Any]:
    used = iso_us(passkey.used_us) if passkey.used_us is not None else None
    return {"id": passkey.id, "name": passkey.name, "created": iso_us(passkey.created_us), "used": used}
