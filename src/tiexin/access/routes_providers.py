"""Signing in by OpenID Connect over HTTP: away to the provider, and back with a session."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Path, Request
from starlette.responses import RedirectResponse, Response

from tiexin.access.origin import address_of, is_https, session_token
from tiexin.access.routes_session import set_cookie
from tiexin.access.service import Access
from tiexin.kernel.errors import TiexinError

BINDING_COOKIE = "tiexin_sign_in"
BINDING_SECONDS = 600
PATH = "/v1/session/oidc"
VALUE_CHARS_MAX = 4_096
ProviderId = Annotated[str, Path(max_length=100)]


def add_providers(routes: APIRouter, get_access: Callable[[], Access]) -> None:
    """Add the routes of providers."""

    @routes.get("/session/oidc/{provider}/start", status_code=303, response_class=RedirectResponse)
    def start(request: Request, provider: ProviderId) -> Response:
        """Send the browser to a provider of identities."""
        scheme = "https" if is_https(request.scope) else "http"
        back = f"{scheme}://{request.headers.get('host', '')}{PATH}/{quote(provider, safe='')}/callback"
        started = get_access().providers.start(provider, redirect_uri=back)
        response = RedirectResponse(started.url, status_code=303)
        response.set_cookie(
            BINDING_COOKIE,
            started.binding,
            path=PATH,
            max_age=BINDING_SECONDS,
            httponly=True,
            samesite="lax",
            secure=scheme == "https",
        )
        return response

    @routes.get("/session/oidc/{provider}/callback", status_code=303, response_class=RedirectResponse)
    def callback(request: Request, provider: ProviderId) -> Response:
        """Take in the browser that comes back from a provider: to the overview, or to the sign-in page."""
        access = get_access()
        answer = {name: value[:VALUE_CHARS_MAX] for name, value in request.query_params.items()}
        try:
            token = access.providers.finish(
                provider,
                answer,
                binding=request.cookies.get(BINDING_COOKIE, ""),
                address=address_of(request.scope),
                former=session_token(request.headers.get("cookie", "").encode("latin-1")),
            )
        except TiexinError as error:
            response = RedirectResponse(f"/sign-in?refused={quote(error.code)}", status_code=303)
        else:
            response = RedirectResponse("/", status_code=303)
            set_cookie(response, request, token)
        response.delete_cookie(BINDING_COOKIE, path=PATH, httponly=True, samesite="lax")
        return response
