"""Jobs over HTTP: list, follow, cancel, retry, download results; the report as a job."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from datetime import date
from typing import Annotated, Any, Final, Literal

import msgspec
from fastapi import APIRouter, Depends, Path, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool
from starlette.responses import FileResponse, Response, StreamingResponse

from tiexin.access.api import allow, caller_of, exported, may, within_reach
from tiexin.access.contracts import Caller, Right, Role
from tiexin.app.jobs.kinds import HTML, PDF, REPORT_KIND
from tiexin.infra.jobs.api import Jobs
from tiexin.infra.jobs.contracts import Job, JobState, NewJob, UnknownJobError
from tiexin.kernel.errors import InvalidInputError, NotAllowedError, NotFoundError
from tiexin.kernel.text import Text

LOOK_SECONDS: Final = 0.5
HEARTBEAT_SECONDS: Final = 15.0
RETRY_MS: Final = 1_000
PAGE_MAX: Final = 200
ANY: Final[dict[int | str, dict[str, Any]]] = {200: {"content": {"application/json": {"schema": {"type": "object"}}}}}
SSE: Final[dict[int | str, dict[str, Any]]] = {200: {"content": {"text/event-stream": {"schema": {"type": "string"}}}}}
FILE: Final[dict[int | str, dict[str, Any]]] = {200: {"content": {"text/html": {}, "application/pdf": {}}}}
Id = Annotated[str, Path(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9-]+$")]
WORKING: Final = (Right.IMPORTS_RUN, Right.FIGURES_READ, Right.TRUST_AUDIT)
"""Whoever may start any kind of job may look at their own."""
TYPES: Final = {HTML: "text/html; charset=utf-8", PDF: "application/pdf"}


class NoResultError(NotFoundError):
    """The job has no such result file, or not yet."""

    code = "no_result"


class SelectionError(InvalidInputError):
    """A condition of the report is not possible; names it."""

    code = "invalid_parameter"


class ReportBody(BaseModel):
    """What a report is to tell of: a period, a part of the institution, a language."""

    model_config = ConfigDict(extra="forbid")

    language: Literal["zh", "en", "both"] = "both"
    since: date | None = None
    until: date | None = None
    branch: Annotated[str | None, Field(min_length=1, max_length=200)] = None
    product: Annotated[str | None, Field(min_length=1, max_length=200)] = None
    segment: Annotated[str | None, Field(min_length=1, max_length=200)] = None
    zone: Annotated[str, Field(min_length=1, max_length=64)] = "UTC"
    pdf: bool = False


def router(jobs: Callable[[], Jobs], *, closing: Callable[[], bool]) -> APIRouter:
    """Return the routes of jobs.

    Args:
        jobs: gives them once the server has started.
        closing: tells that the server stops, so that streams end.
    """
    api = APIRouter(prefix="/v1", tags=["jobs"])
    _add_reads(api, jobs)
    _add_follow(api, jobs, closing)
    _add_acts(api, jobs)
    _add_report(api, jobs)
    return api


async def _may_work(request: Request) -> None:
    if not any(right in caller_of(request).rights for right in WORKING):
        allow(request, Right.FIGURES_READ)


# One of these rights is enough; read by the test that every route declares what it asks for.
_may_work.right = "|".join(sorted({*WORKING, Right.FIGURES_READ}))  # type: ignore[attr-defined]
_WORKER = [Depends(_may_work)]


def _add_reads(api: APIRouter, jobs: Callable[[], Jobs]) -> None:
    @api.get("/jobs", responses=ANY, dependencies=_WORKER)
    def list_jobs(
        request: Request,
        state: JobState | None = None,
        kind: Annotated[str | None, Query(pattern="^[a-z_]{1,40}$")] = None,
        limit: Annotated[int, Query(ge=1, le=PAGE_MAX)] = 50,
    ) -> Response:
        """List your jobs (administrators: everybody's), newest first."""
        found = jobs().list(owner=_reach(request), state=state, kind=kind, limit=limit)
        return _json({"jobs": [job.document() for job in found]})

    @api.get("/jobs/{job_id}", responses=ANY, dependencies=_WORKER)
    def read_job(request: Request, job_id: Id) -> Response:
        """Tell how a job stands."""
        return _json(_own(request, jobs(), job_id).document())

    @api.get("/jobs/{job_id}/files/{name}", response_class=Response, responses=FILE, dependencies=_WORKER)
    def download(request: Request, job_id: Id, name: Literal["report.html", "report.pdf"]) -> Response:
        """Download a result file of a job that has succeeded; needs the right to export, and is noted in the record."""
        allow(request, Right.EXPORT)
        job = _own(request, jobs(), job_id)
        listed = {file["name"] for file in (job.result or {}).get("files", [])}
        file = jobs().results(job.id) / name
        if job.state is not JobState.SUCCEEDED or name not in listed or not file.is_file():
            msg = f"The job has no file {name}, or not yet."
            raise NoResultError(msg, state=job.state.value)
        address = f"/v1/jobs/{job.id}/files/{name}"
        form = name.rpartition(".")[2]
        exported(request, what="report", form=form, rows=None, columns=None, address=address)
        return FileResponse(file, media_type=TYPES[name], filename=name)


def _add_follow(api: APIRouter, jobs: Callable[[], Jobs], closing: Callable[[], bool]) -> None:
    @api.get("/jobs/{job_id}/follow", response_class=StreamingResponse, responses=SSE, dependencies=_WORKER)
    def follow_job(request: Request, job_id: Id) -> Response:
        """Follow a job as server-sent events until it ends: each change is the whole job; its `id` is the revision.

        A client that reconnects with `Last-Event-ID` hears only what changed since. Comments are heartbeats.
        """
        job = _own(request, jobs(), job_id)
        given = request.headers.get("last-event-id", "")
        seen = int(given) if given.isascii() and given.isdigit() and len(given) < 19 else -1  # noqa: PLR2004
        stream = _changes(jobs, job.id, seen=seen, closing=closing)
        headers = {"cache-control": "no-store", "x-accel-buffering": "no"}
        return StreamingResponse(stream, media_type="text/event-stream", headers=headers)


async def _changes(
    jobs: Callable[[], Jobs], job_id: str, *, seen: int, closing: Callable[[], bool]
) -> AsyncIterator[bytes]:
    spoke = time.monotonic()
    yield f"retry: {RETRY_MS}\n\n".encode()
    while not closing():
        job = await run_in_threadpool(jobs().get, job_id)
        # A job that has ended is told even to a client that knows: it may have missed that this was the end.
        if job.revision > seen or job.is_finished:
            seen = job.revision
            spoke = time.monotonic()
            yield b"id: %d\ndata: %b\n\n" % (seen, msgspec.json.encode(job.document(), enc_hook=str))
            if job.is_finished:
                return
        elif time.monotonic() - spoke >= HEARTBEAT_SECONDS:
            spoke = time.monotonic()
            yield b": heartbeat\n\n"
        await asyncio.sleep(LOOK_SECONDS)


def _add_acts(api: APIRouter, jobs: Callable[[], Jobs]) -> None:
    @api.post("/jobs/{job_id}/cancel", responses=ANY, dependencies=_WORKER)
    def cancel(request: Request, job_id: Id) -> Response:
        """Cancel a job that waits or runs; what it stored until then is kept."""
        _own(request, jobs(), job_id)
        return _json(jobs().cancel(job_id).document())

    @api.post("/jobs/{job_id}/retry", responses=ANY, dependencies=_WORKER)
    def retry(request: Request, job_id: Id) -> Response:
        """Queue a job again that failed or was cancelled; an import goes on where it stood."""
        # The reach of today counts, not that of when it was first begun; without a unit it is the whole institution.
        within_reach(request, _own(request, jobs(), job_id).unit or "")
        return _json(jobs().retry(job_id).document())


def _add_report(api: APIRouter, jobs: Callable[[], Jobs]) -> None:
    needed = [Depends(may(Right.FIGURES_READ)), Depends(may(Right.EXPORT))]

    @api.post("/reports", status_code=202, responses={202: ANY[200]}, dependencies=needed)
    def write_report(request: Request, body: ReportBody) -> Response:
        """Write the service-quality report as a job; its files can be downloaded when it has succeeded."""
        caller = caller_of(request)
        _check_reach(request, caller, body)
        params = body.model_dump(mode="json")
        for name in ("branch", "product", "segment"):
            if "\x00" in (params[name] or ""):
                msg = f"{name} may not contain the NUL character."
                raise SelectionError(msg, parameter=name)
        about = {name: value for name, value in params.items() if value not in {None, False}}
        title = Text("生成服务质量报告", "Write the service-quality report")
        new = NewJob(kind=REPORT_KIND, owner=caller.name, title=title, params=params, about=about, unit=body.branch)
        return _json(jobs().submit(new).document(), status=202)


def _check_reach(request: Request, caller: Caller, body: ReportBody) -> None:
    """Hold a report to the units its reader may see: whoever sees a part of the institution has to name the part."""
    within_reach(request, body.branch)
    if caller.units is not None and body.branch is None:
        msg = "You see your own unit and those below it: name one of them as `branch` for the report."
        raise NotAllowedError(msg, parameter="branch")


def _reach(request: Request) -> str | None:
    caller = caller_of(request)
    return None if caller.role is Role.ADMIN and caller.units is None else caller.name


def _own(request: Request, jobs: Jobs, job_id: str) -> Job:
    job = jobs.get(job_id)
    owner = _reach(request)
    if owner is not None and job.owner != owner:
        msg = f"There is no job {job_id[:40]!r}."
        raise UnknownJobError(msg)
    return job


def _json(body: Any, *, status: int = 200) -> Response:
    return Response(msgspec.json.encode(body, enc_hook=str), status_code=status, media_type="application/json")
