"""The HTTP application: opens the installation, mounts the routes of every part, puts the gate before them."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any, Final

import msgspec
from fastapi import APIRouter, Depends, FastAPI
from starlette.concurrency import run_in_threadpool
from starlette.responses import HTMLResponse, Response

from tiexin.access import routes as access_routes
from tiexin.access.api import Access, allow, bound, may, noted, open_access, still_holds
from tiexin.access.contracts import Right
from tiexin.access.exports import routes as exports_routes
from tiexin.access.institution import routes as institution_routes
from tiexin.access.own import routes as own_routes
from tiexin.access.views import routes as views_routes
from tiexin.app import problems, spa
from tiexin.app.api_document import complete
from tiexin.app.demo import routes as demo_routes
from tiexin.app.docs_page import render
from tiexin.app.jobs import routes as jobs_routes
from tiexin.app.jobs.opening import OpenedJobs
from tiexin.app.labels import load_labels
from tiexin.app.security import Gate
from tiexin.contacts import routes as contacts_routes
from tiexin.contacts.api import Contacts
from tiexin.imports import routes as imports_routes
from tiexin.infra.settings import Settings
from tiexin.journeys import routes as journeys_routes
from tiexin.kernel.errors import UnavailableError
from tiexin.kernel.text import Text
from tiexin.quality import jobs as quality_jobs
from tiexin.quality import routes as quality_routes
from tiexin.record import routes as record_routes
from tiexin.record.api import Record, open_record
from tiexin.trust import routes as trust_routes
from tiexin.trust.api import Trust, open_trust
from tiexin.trust.jobs import following

DESCRIPTION: Final = (
    "One verifiable record of every contact with a customer, and the figures drawn from it. "
    "Times are RFC 3339 with zone, shares are fractions from 0 to 1 with their n and interval beside them, "
    "and every error is a problem object (RFC 9457) with a stable `code`."
)


class NotStartedError(UnavailableError):
    """The server has not opened its installation yet, or has closed it."""

    code = "not_started"


class Opened:
    """What the application opens when it starts: the record and the access of its installation."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.signal = record_routes.CommitSignal()
        self._record: Record | None = None
        self._access: Access | None = None
        self.quality = quality_jobs.ServedQuality()
        self._warming: threading.Thread | None = None
        self.contacts = Contacts()
        self.work = OpenedJobs(settings)
        self._trust: Trust | None = None

    def warm_up(self) -> None:
        """Start to load in the background what the first question would otherwise wait for."""
        self._warming = quality_jobs.warm_up(self.quality, self.record())

    def _cool_down(self) -> None:
        """Stop what runs in the background: a thread in the middle of a query would not survive the end of Python."""
        self.quality.close()
        if self._warming is not None:
            self._warming.join()

    def record(self) -> Record:
        """Return the opened record.

        Raises:
            NotStartedError: the server is starting or stopping.
        """
        if self._record is None:
            msg = "The server is starting or stopping."
            raise NotStartedError(msg)
        return self._record

    def words(self) -> dict[str, dict[str, Text]]:
        """Return what readers of this installation call its codes, by part."""
        return load_labels(self.settings.home).parts

    def access(self) -> Access:
        """Return the opened users, sessions and keys.

        Raises:
            NotStartedError: the server is starting or stopping.
        """
        if self._access is None:
            msg = "The server is starting or stopping."
            raise NotStartedError(msg)
        return self._access

    def trust(self) -> Trust:
        """Return the verifiable log.

        Raises:
            NotStartedError: the server is starting or stopping.
        """
        if self._trust is None:
            msg = "The server is starting or stopping."
            raise NotStartedError(msg)
        return self._trust

    @asynccontextmanager
    async def lifespan(self, _app: FastAPI) -> AsyncIterator[None]:
        """Open record and access for as long as the server runs."""
        async with AsyncExitStack() as stack:
            record = await run_in_threadpool(open_record, self.settings)
            stack.callback(record.close)
            access = await run_in_threadpool(lambda: open_access(self.settings, record=record))
            stack.callback(access.close)
            self._record, self._access = record, access
            await run_in_threadpool(self.work.open)
            stack.callback(self.work.close)
            stack.callback(self.contacts.close)
            stack.callback(self._cool_down)
            self._trust = stack.enter_context(open_trust(self.settings, record=record))
            follower = following(self._trust)
            follower.start()
            stack.callback(follower.close)
            try:
                yield
            finally:
                self.signal.close()
                self._record = self._access = self._trust = None


def create_app(settings: Settings, *, bound_to_loopback: bool = True, require_key: bool = False) -> FastAPI:
    """Return the application of an installation; it opens record and access when it starts.

    Args:
        settings: of the installation.
        bound_to_loopback: the server will listen on a loopback address alone, so local callers need no key.
        require_key: ask local callers for a key as well.
    """
    opened = Opened(settings)
    app = FastAPI(
        title="Tiexin 贴心",
        version="1",
        description=DESCRIPTION,
        lifespan=opened.lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,
        telemetry={"tracing": False, "metrics": False, "logs": False, "auto_configure": False},
    )
    app.state.opened = opened
    problems.install(app)
    signal = opened.signal
    record = record_routes.router(
        opened.record, allow=allow, bound=bound, holds=still_holds, noted=noted, signal=signal
    )
    _mount(app, opened, record)
    app.add_middleware(
        Gate,
        access=opened.access,
        bound_to_loopback=bound_to_loopback,
        require_key=require_key,
        direct={("POST", record_routes.APPEND_PATH): record_routes.append_handler(record)},
        unbounded=frozenset({("POST", imports_routes.UPLOAD_PATH)}),
    )
    return app


def _mount(app: FastAPI, opened: Opened, record: APIRouter) -> None:
    app.include_router(record)
    app.include_router(access_routes.router(opened.access, opened.record))
    app.include_router(exports_routes.router())
    app.include_router(views_routes.router(lambda: opened.access().views))
    app.include_router(institution_routes.router(lambda: opened.access().institution))
    app.include_router(own_routes.router(opened.record))
    reads_figures = [Depends(may(Right.FIGURES_READ))]
    app.include_router(journeys_routes.router(opened.record), dependencies=reads_figures)
    app.include_router(journeys_routes.walks_router(opened.record))
    app.include_router(quality_routes.router(opened.record, served=opened.quality), dependencies=reads_figures)
    app.include_router(quality_routes.protection_router(opened.record, served=opened.quality))
    app.include_router(jobs_routes.router(lambda: opened.work.jobs, closing=lambda: opened.signal.closing))
    app.include_router(imports_routes.router(lambda: opened.work.imports))
    app.include_router(contacts_routes.router(opened.record, contacts=opened.contacts, words=opened.words))
    app.include_router(demo_routes.router(opened.record))
    for router in trust_routes.routers(opened.trust, jobs=lambda: opened.work.jobs, words=opened.words):
        app.include_router(router)
    app.include_router(_watch(opened))
    app.openapi = lambda: _openapi(app)  # type: ignore[method-assign]
    app.include_router(_documents(app))
    app.include_router(spa.router())


def _openapi(app: FastAPI) -> dict[str, Any]:
    if app.openapi_schema is None:
        app.openapi_schema = complete(FastAPI.openapi(app))
    return app.openapi_schema


def _watch(opened: Opened) -> APIRouter:
    api = APIRouter(prefix="/v1", tags=["health"])

    @api.get("/health")
    async def health() -> dict[str, str]:
        """Tell that the process lives; needs no key and touches nothing."""
        return {"status": "ok"}

    @api.get("/ready")
    async def ready() -> dict[str, str]:
        """Tell that the record can be read (503 if it cannot); needs no key."""
        await run_in_threadpool(opened.record().position)
        return {"status": "ready"}

    return api


def _documents(app: FastAPI) -> APIRouter:
    pages = APIRouter(include_in_schema=False)

    @pages.get("/openapi.json")
    async def openapi_json() -> Response:
        return Response(msgspec.json.encode(app.openapi()), media_type="application/json")

    @pages.get("/docs")
    async def docs() -> HTMLResponse:
        return HTMLResponse(render(app.openapi()))

    return pages
