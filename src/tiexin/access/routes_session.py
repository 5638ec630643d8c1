"""The session of a person over HTTP: who am I, sign in, sign out, a password of one's own, preferences."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Literal

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from tiexin.access.contracts import Preferences, User
from tiexin.access.documents import COOKIE, encode, session_document
from tiexin.access.origin import SESSION_KEY, address_of, is_https, session_token
from tiexin.access.rules.keys import UnknownCallerError
from tiexin.access.service import Access

PASSWORD_CHARS_MAX = 1_024


class Strict(BaseModel):
    """A body in which a slip of the pen is no silence."""

    model_config = ConfigDict(extra="forbid")


class Credentials(Strict):
    """What somebody types to sign in."""

    name: Annotated[str, Field(min_length=1, max_length=200)]
    password: Annotated[str, Field(min_length=1, max_length=PASSWORD_CHARS_MAX)]


class NewPassword(Strict):
    """The present password and the one that replaces it."""

    current: Annotated[str, Field(min_length=1, max_length=PASSWORD_CHARS_MAX)]
    new: Annotated[str, Field(min_length=1, max_length=PASSWORD_CHARS_MAX)]


class Wishes(Strict):
    """How a user wants the console; null takes what the browser asks for."""

    language: Literal["zh-CN", "en"] | None = None
    appearance: Literal["light", "dark"] | None = None
    easy_mode: bool = False
    read_aloud: bool = False


def signed_in(request: Request) -> tuple[User, str]:
    """Return the user of the request and the token of the session.

    Raises:
        UnknownCallerError: nobody is signed in.
    """
    found: tuple[User, str] | None = request.scope.get(SESSION_KEY)
    if found is None:
        msg = "This concerns the person who is signed in, and nobody is. Sign in first."
        raise UnknownCallerError(msg)
    return found


def add_session(routes: APIRouter, get_access: Callable[[], Access]) -> None:
    """Add the routes of the session."""

    @routes.get("/session")
    def read_session(request: Request) -> Response:
        """Who is signed in, with which rights, and how one can sign in; answers everybody."""
        user, token = request.scope.get(SESSION_KEY, (None, None))
        response = _json(session_document(get_access(), user, token))
        if user is None and session_token(request.headers.get("cookie", "").encode("latin-1")) is not None:
            response.delete_cookie(COOKIE, path="/", httponly=True, samesite="lax")
        return response

    @routes.post("/session")
    def sign_in(request: Request, credentials: Credentials) -> Response:
        """Sign in with name and password; the answer is the same for a wrong name and a wrong password."""
        access = get_access()
        former = session_token(request.headers.get("cookie", "").encode("latin-1"))
        address = address_of(request.scope)
        token = access.door.by_password(credentials.name, credentials.password, address=address, former=former)
        return entered(request, access, token)

    @routes.delete("/session", status_code=204)
    def sign_out(request: Request) -> Response:
        """Sign out; without a session nothing happens."""
        found = request.scope.get(SESSION_KEY)
        if found is not None:
            get_access().door.leave(*found)
        response = Response(status_code=204, headers={"clear-site-data": '"cache"'})
        response.delete_cookie(COOKIE, path="/", httponly=True, samesite="lax")
        return response

    @routes.post("/session/password")
    def change_password(request: Request, wanted: NewPassword) -> Response:
        """Replace the password; every session of the user ends, and a new one begins here."""
        user, token = signed_in(request)
        access = get_access()
        address = address_of(request.scope)
        access.door.change_password(user, current=wanted.current, new=wanted.new, address=address)
        return entered(request, access, access.sessions.start(user.name, method="password", former=token))


def add_preferences(routes: APIRouter, get_access: Callable[[], Access]) -> None:
    """Add the routes of preferences."""

    @routes.get("/preferences")
    def read_preferences(request: Request) -> Response:
        """How the signed-in user wants the console."""
        user, _ = signed_in(request)
        return _json(get_access().people.preferences(user.name))

    @routes.put("/preferences")
    def write_preferences(request: Request, wishes: Wishes) -> Response:
        """Keep how the signed-in user wants the console."""
        user, _ = signed_in(request)
        preferences = Preferences(**wishes.model_dump())
        get_access().people.keep_preferences(user.name, preferences)
        return _json(preferences)


def entered(request: Request, access: Access, token: str) -> Response:
    """Return the answer to somebody who has just signed in: the session's document and its cookie."""
    access.sessions.refresh()
    user, _ = access.sessions.recognise(token)
    response = _json(session_document(access, user, token))
    set_cookie(response, request, token)
    return response


def set_cookie(response: Response, request: Request, token: str) -> None:
    """Give the browser the token of a session, out of reach for scripts and other sites."""
    secure = is_https(request.scope)
    response.set_cookie(COOKIE, token, path="/", httponly=True, samesite="lax", secure=secure)


def _json(answer: object) -> Response:
    return Response(encode(answer), media_type="application/json")
