"""Access over HTTP: the table of rights."""

from __future__ import annotations

from typing import Any

import msgspec
from fastapi import APIRouter
from starlette.responses import Response

from tiexin.access import rights

SIGNED_IN = "anybody who is known"
"""What a route declares in place of a right when every recognised caller may call it."""


def router() -> APIRouter:
    """Return the routes of access."""
    routes = APIRouter(prefix="/v1", tags=["access"])

    @routes.get("/rights")
    def read_rights() -> Response:
        """The table of roles × rights, by which every call is judged."""
        return _json(rights.document())

    return routes


def _json(answer: Any) -> Response:
    return Response(msgspec.json.encode(answer), media_type="application/json")
