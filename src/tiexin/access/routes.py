"""Access over HTTP: sessions, users, keys, the audit, and the table of rights."""

from __future__ import annotations

from collections.abc import Callable

from fastapi import APIRouter, Depends
from starlette.responses import Response

from tiexin.access import rights
from tiexin.access.asking import known_caller
from tiexin.access.documents import encode
from tiexin.access.routes_audit import add_audit
from tiexin.access.routes_passkeys import add_passkeys
from tiexin.access.routes_people import add_keys, add_users
from tiexin.access.routes_providers import add_providers
from tiexin.access.routes_session import add_preferences, add_session
from tiexin.access.service import Access
from tiexin.record.api import Record


def router(get_access: Callable[[], Access], get_record: Callable[[], Record]) -> APIRouter:
    """Return the routes of access.

    Args:
        get_access: gives the opened users, sessions and keys once the server has started.
        get_record: gives the opened record once the server has started.
    """
    routes = APIRouter(prefix="/v1", tags=["access"])

    @routes.get("/rights", dependencies=[Depends(known_caller)])
    def read_rights() -> Response:
        """The table of roles × rights, by which every call is judged."""
        return Response(encode(rights.document()), media_type="application/json")

    add_providers(routes, get_access)
    add_passkeys(routes, get_access)
    add_session(routes, get_access)
    add_preferences(routes, get_access)
    add_users(routes, get_access)
    add_keys(routes, get_access)
    add_audit(routes, get_record)
    return routes
