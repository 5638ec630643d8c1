"""Imports over HTTP: uploads, suggestions, previews, imports, rejected rows, kept mappings."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Final

import msgspec
from fastapi import APIRouter, Depends, Path, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect
from starlette.responses import Response, StreamingResponse

from tiexin.access.api import caller_of, exported, may
from tiexin.access.contracts import Right, Role
from tiexin.imports.api import Imports
from tiexin.imports.contracts import FIXES_MAX, IMPORT_KIND, Plan
from tiexin.infra.jobs.api import Job, UnknownJobError
from tiexin.kernel.clock import DAY_US, SystemClock
from tiexin.kernel.errors import InvalidInputError

UPLOAD_PATH: Final = "/v1/uploads"
PIECE_BYTES: Final = 1024 * 1024
JSON: Final = "application/json"
PAGE_MAX: Final = 500
UPLOAD_BODY: Final = {
    "requestBody": {
        "required": True,
        "description": "The file itself: CSV, TSV, JSON lines, XES or Parquet; the text formats may be gzipped.",
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}
ANY: Final[dict[int | str, dict[str, Any]]] = {200: {"content": {JSON: {"schema": {"type": "object"}}}}}
Id = Annotated[str, Path(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9-]+$")]
MappingName = Annotated[str, Path(min_length=1, max_length=100)]
FileName = Annotated[str, Query(min_length=1, max_length=400, description="What the file is called; shown to people.")]
Short = Annotated[str | None, Field(min_length=1, max_length=200)]


class PlanBody(BaseModel):
    """How an upload is to be imported: what it is, and for tables the mapping from columns to events."""

    model_config = ConfigDict(extra="forbid")

    kind: Annotated[str, Field(pattern="^(mapping|xes|cloudevents|cfpb|calls|tickets)$", examples=["mapping"])]
    mapping: dict[str, Any] | None = None
    journey: Short = None
    source: Short = None
    encoding: Annotated[str | None, Field(min_length=1, max_length=40)] = None
    zone: Annotated[str | None, Field(min_length=1, max_length=64)] = None
    classifier: Short = None
    max_rejects: Annotated[int, Field(ge=0, le=1_000_000)] = 1_000

    def plan(self) -> Plan:
        """Return it as the domain's own type."""
        return msgspec.convert(self.model_dump(include=set(PlanBody.model_fields)), Plan)


class ImportBody(PlanBody):
    """An upload to be imported."""

    upload: Annotated[str, Field(min_length=1, max_length=64)]


class FixesBody(BaseModel):
    """Corrected rows of an import: one object a row, column to text."""

    model_config = ConfigDict(extra="forbid")

    rows: Annotated[list[dict[str, str]], Field(min_length=1, description=f"At most {FIXES_MAX:,}.")]


class TextError(InvalidInputError):
    """A text holds a sign that cannot be stored."""

    code = "invalid_parameter"


def router(imports: Callable[[], Imports]) -> APIRouter:
    """Return the routes of imports; ``imports`` gives them once the server has started."""
    api = APIRouter(prefix="/v1", tags=["imports"], dependencies=[Depends(may(Right.IMPORTS_RUN))])
    _add_uploads(api, imports)
    _add_looking(api, imports)
    _add_imports(api, imports)
    _add_rejects(api, imports)
    _add_mappings(api, imports)
    return api


def _add_uploads(api: APIRouter, imports: Callable[[], Imports]) -> None:
    @api.post("/uploads", status_code=201, openapi_extra=UPLOAD_BODY, responses={201: ANY[200]})
    async def send_upload(request: Request, name: FileName) -> Response:
        """Send a file in; the body is the file. It is kept for some days and belongs to whoever sent it."""
        with await run_in_threadpool(imports().receive, owner=caller_of(request).name, name=_clean(name)) as incoming:
            length = request.headers.get("content-length", "")
            if length.isdigit():
                incoming.check_room(int(length), int(length))
            pieces = bytearray()
            async for part in request.stream():
                pieces += part
                if len(pieces) >= PIECE_BYTES:
                    piece, pieces = bytes(pieces), bytearray()
                    await run_in_threadpool(incoming.feed, piece)
            if await request.is_disconnected():
                raise ClientDisconnect
            await run_in_threadpool(incoming.feed, bytes(pieces))
            upload = await run_in_threadpool(incoming.finish)
        return _json(upload.document(), status=201)

    @api.get("/uploads", responses=ANY)
    def list_uploads(request: Request) -> Response:
        """List your uploads (administrators: everybody's), newest first."""
        return _json({"uploads": [upload.document() for upload in imports().uploads(owner=_reach(request))]})

    @api.get("/uploads/{upload_id}", responses=ANY)
    def read_upload(request: Request, upload_id: Id) -> Response:
        """Tell about one upload."""
        return _json(imports().upload(upload_id, owner=_reach(request)).document())

    @api.delete("/uploads/{upload_id}", status_code=204, response_class=Response)
    def remove_upload(request: Request, upload_id: Id) -> Response:
        """Remove an upload and the rejected rows copied from it; what was imported stays."""
        imports().remove(upload_id, owner=_reach(request))
        return Response(status_code=204)


def _add_looking(api: APIRouter, imports: Callable[[], Imports]) -> None:
    @api.post("/uploads/{upload_id}/suggest", responses=ANY)
    def suggest(request: Request, upload_id: Id) -> Response:
        """Look into an upload: what it seems to be, and for a table a mapping to start from."""
        return _json(imports().look(upload_id, owner=_reach(request)))

    @api.post("/uploads/{upload_id}/preview", responses=ANY)
    def preview(request: Request, upload_id: Id, body: PlanBody) -> Response:
        """Show what the first rows would become, and why some would be rejected; nothing is stored."""
        return _json(imports().try_out(upload_id, body.plan(), owner=_reach(request)))


def _add_imports(api: APIRouter, imports: Callable[[], Imports]) -> None:
    @api.post("/imports", status_code=202, responses={202: ANY[200]})
    def start_import(request: Request, body: ImportBody) -> Response:
        """Import an upload; answers at once with the job, which can be followed under `/v1/jobs`."""
        caller = caller_of(request)
        job = imports().start(body.upload, body.plan(), owner=_reach(request), by=caller.name)
        return _json(job.document(), status=202)

    @api.get("/imports", responses=ANY)
    def list_imports(request: Request, limit: Annotated[int, Query(ge=1, le=PAGE_MAX)] = 50) -> Response:
        """List your imports (administrators: everybody's), newest first, with what the last 24 hours brought."""
        found = imports().jobs.list(owner=_reach(request), kind=IMPORT_KIND, limit=limit)
        return _json({"imports": [job.document() for job in found], "today": _today(found)})

    @api.get("/imports/{job_id}", responses=ANY)
    def read_import(request: Request, job_id: Id) -> Response:
        """Tell about one import, with the plan it follows."""
        job = _job(request, imports(), job_id)
        return _json({**job.document(), "plan": job.params.get("plan")})


def _add_rejects(api: APIRouter, imports: Callable[[], Imports]) -> None:
    @api.get("/imports/{job_id}/rejects", responses=ANY)
    def read_rejects(
        request: Request,
        job_id: Id,
        offset: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
        limit: Annotated[int, Query(ge=1, le=PAGE_MAX)] = 100,
    ) -> Response:
        """Show rejected rows of an import that has ended: why, and their values while the upload is kept."""
        return _json(imports().rejects(_job(request, imports(), job_id), offset=offset, limit=limit))

    @api.get(
        "/imports/{job_id}/rejects.csv",
        response_class=StreamingResponse,
        responses={200: {"content": {"text/csv": {}}}},
    )
    def download_rejects(request: Request, job_id: Id) -> Response:
        """Download the rejected rows with their reasons as CSV; nothing in it is run by a spreadsheet."""
        found = _job(request, imports(), job_id)
        pieces, rows, columns = imports().rejects_csv(found)
        address = f"/v1/imports/{found.id}/rejects.csv"
        exported(request, what="rejects", form="csv", rows=rows, columns=columns, address=address)
        headers = {"content-disposition": f'attachment; filename="rejects-{job_id}.csv"'}
        return StreamingResponse(iter(pieces), media_type="text/csv; charset=utf-8", headers=headers)

    @api.post("/imports/{job_id}/fixes", status_code=202, responses={202: ANY[200]})
    def send_fixes(request: Request, job_id: Id, body: FixesBody) -> Response:
        """Import corrected rows with the same mapping; answers with the new job."""
        job = _job(request, imports(), job_id)
        found = imports().mend(job, body.rows, by=caller_of(request).name)
        return _json(found.document(), status=202)


def _add_mappings(api: APIRouter, imports: Callable[[], Imports]) -> None:
    @api.get("/mappings", responses=ANY)
    def list_mappings() -> Response:
        """List the mappings kept by name."""
        found = [
            {"name": saved.name, "owner": saved.owner, "plan": msgspec.to_builtins(saved.plan)}
            for saved in imports().mappings()
        ]
        return _json({"mappings": found})

    @api.put("/mappings/{name}", responses=ANY)
    def save_mapping(request: Request, name: MappingName, body: PlanBody) -> Response:
        """Keep a mapping under a name, in place of an older one."""
        saved = imports().save_mapping(_clean(name), body.plan(), owner=caller_of(request).name)
        return _json({"name": saved.name, "owner": saved.owner, "plan": msgspec.to_builtins(saved.plan)})

    @api.delete("/mappings/{name}", status_code=204, response_class=Response)
    def remove_mapping(name: MappingName) -> Response:
        """Forget a mapping."""
        imports().remove_mapping(_clean(name))
        return Response(status_code=204)


def _reach(request: Request) -> str | None:
    """Return whose things the caller may see: the own name, or None (everybody's) for administrators."""
    caller = caller_of(request)
    return None if caller.role is Role.ADMIN and caller.units is None else caller.name


def _job(request: Request, imports: Imports, job_id: str) -> Job:
    job = imports.jobs.get(job_id)
    owner = _reach(request)
    if job.kind != IMPORT_KIND or (owner is not None and job.owner != owner):
        msg = f"There is no import {job_id[:40]!r}."
        raise UnknownJobError(msg)
    return job


def _today(found: list[Job]) -> dict[str, int]:
    since = SystemClock().now_us() - DAY_US
    counts = {"files": 0, "appended": 0, "rejected": 0}
    for job in found:
        if (job.finished_us or 0) >= since:
            facts = job.result or job.error or {}
            counts["files"] += job.result is not None
            counts["appended"] += int(facts.get("appended") or 0)
            counts["rejected"] += int(facts.get("rejected") or 0)
    return counts


def _clean(text: str) -> str:
    if not text.isprintable():
        msg = "A name holds only letters, digits, signs and spaces, no control characters."
        raise TextError(msg)
    return text


def _json(body: Any, *, status: int = 200) -> Response:
    return Response(msgspec.json.encode(body, enc_hook=str), status_code=status, media_type=JSON)
