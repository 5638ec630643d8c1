"""Trust over HTTP: the public log for everybody (``/log/…``), its state for those who may see it (``/v1/trust``)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

import msgspec
from fastapi import APIRouter, Depends, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from tiexin.access.api import caller_of, may
from tiexin.access.contracts import Right
from tiexin.infra.jobs.api import Jobs, NewJob
from tiexin.kernel.errors import ConflictError
from tiexin.kernel.text import Text
from tiexin.trust import models
from tiexin.trust.anchors.listing import listed
from tiexin.trust.api import Trust
from tiexin.trust.jobs import AUDIT_KIND
from tiexin.trust.origin import default_origin
from tiexin.trust.public import keys_document, policy_document
from tiexin.trust.routes_receipts import own_receipts_router, receipts_router
from tiexin.trust.routes_trail import trail_routers
from tiexin.trust.rules.tile_paths import nodes_at, parse_tile_path

FOR_EVER: Final = {"cache-control": "public, max-age=31536000, immutable"}
BRIEFLY: Final = {"cache-control": "no-cache"}
TEXT: Final = "text/plain; charset=utf-8"
BYTES: Final = "application/octet-stream"


class AlreadyBegunError(ConflictError):
    """The log has a key already; it is begun once."""

    code = "trust_already_initialised"


def routers(
    get_trust: Callable[[], Trust],
    *,
    jobs: Callable[[], Jobs],
    words: Callable[[], Mapping[str, Mapping[str, Text]]],
) -> list[APIRouter]:
    """Return every router of trust.

    Args:
        get_trust: gives the opened log once the server has started.
        jobs: gives the jobs, for audits.
        words: gives what readers of the installation call its codes, by part.
    """
    return [
        public_router(get_trust),
        state_router(get_trust, jobs=jobs),
        receipts_router(get_trust),
        own_receipts_router(get_trust),
        *trail_routers(get_trust, words=words),
    ]


def public_router(get_trust: Callable[[], Trust]) -> APIRouter:
    """Return the routes of the public log (c2sp.org/tlog-tiles under the prefix ``/log``); nobody signs in for it."""
    log = APIRouter(prefix="/log", include_in_schema=False)

    @log.api_route("/checkpoint", methods=["GET", "HEAD"])
    def checkpoint() -> Response:
        head = get_trust().head()
        if head is None:
            raise _nothing()
        return Response(head.checkpoint, media_type=TEXT, headers=BRIEFLY)

    @log.api_route("/policy", methods=["GET", "HEAD"])
    def policy() -> Response:
        get_trust().require()
        return Response(policy_document(get_trust()), media_type=TEXT, headers=BRIEFLY)

    @log.api_route("/keys", methods=["GET", "HEAD"])
    def keys() -> Response:
        get_trust().require()
        document = msgspec.json.encode(keys_document(get_trust()))
        return Response(document, media_type="application/json", headers=BRIEFLY)

    @log.api_route("/tile/{path:path}", methods=["GET", "HEAD"])
    def tile(path: str) -> Response:
        wanted = parse_tile_path(path)
        head = get_trust().head()
        # Nothing beyond the published head: what is not signed yet is nobody's business.
        if wanted is None or head is None:
            raise _nothing()
        if wanted.index * 256 + wanted.width > nodes_at(wanted.level, head.size):
            raise _nothing()
        opened = get_trust().reading(head.size)
        if wanted.level is None:
            content = opened.entry_bundle(wanted.index, wanted.width)
        else:
            content = opened.tile(wanted.level, wanted.index, wanted.width)
        return Response(content, media_type=BYTES, headers=FOR_EVER)

    @log.api_route("/{path:path}", methods=["GET", "HEAD"])
    def nothing_else(path: str) -> Response:  # noqa: ARG001  (whatever it is, it is not there)
        raise _nothing()

    return log


def _nothing() -> HTTPException:
    return HTTPException(404, "There is nothing at this address.")


def state_router(get_trust: Callable[[], Trust], *, jobs: Callable[[], Jobs]) -> APIRouter:
    """Return the routes that show how the log stands, begin it, and audit it."""
    api = APIRouter(prefix="/v1/trust", tags=["trust"])

    @api.get("", response_model=models.TrustModel, dependencies=[Depends(may(Right.TRUST_READ))])
    def state() -> Response:
        """Return head, witnesses, anchors and the last audit of the verifiable log."""
        return _json(_state(get_trust()))

    @api.post(
        "",
        status_code=201,
        response_model=models.TrustModel,
        dependencies=[Depends(may(Right.SETTINGS_MANAGE))],
    )
    def begin(body: models.BeginBody) -> Response:
        """Begin the log: make its key. Its name (origin) stays for ever; the first head follows within seconds."""
        trust = get_trust()
        if trust.initialised:
            msg = f"The log was begun already under the name {trust.keys.origin!r}; nothing was changed."
            raise AlreadyBegunError(msg, origin=trust.keys.origin)
        trust.keys.create(body.origin or default_origin())
        return _json(_state(trust), status=201)

    @api.post(
        "/audit",
        status_code=202,
        response_model=dict[str, Any],
        dependencies=[Depends(may(Right.TRUST_AUDIT))],
    )
    def audit(request: Request) -> Response:
        """Start an audit of the log against the record as a job; follow it at ``/v1/jobs/{id}``."""
        get_trust().require()
        title = Text("核对可验证日志", "Check the verifiable log against the record")
        job = jobs().submit(NewJob(kind=AUDIT_KIND, owner=caller_of(request).name, title=title))
        return _json(job.document(), status=202)

    return api


def _state(trust: Trust) -> dict[str, Any]:
    return trust.state() | {"anchors": listed(trust.settings)}


def _json(document: Any, *, status: int = 200) -> Response:
    return Response(msgspec.json.encode(document), status_code=status, media_type="application/json")
