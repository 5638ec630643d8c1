"""Walks over HTTP: plan, record on a phone, finish, read, compare."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Depends, Path, Query
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from tiexin.access.api import caller_of, may, reach_of
from tiexin.access.contracts import Right
from tiexin.journeys.models import model_of
from tiexin.journeys.walks.compare import compare
from tiexin.journeys.walks.contracts import (
    KEY_CHARS_MAX,
    LIST_MAX,
    NAME_CHARS_MAX,
    PHOTO_BYTES_MAX,
    Ending,
    NewStep,
    Photo,
    Walk,
    WalkComparison,
    WalkList,
    WalkPlan,
    WalkState,
)
from tiexin.journeys.walks.photos import PhotoTooLargeError
from tiexin.journeys.walks.rules import WalkInputError
from tiexin.journeys.walks.service import Walks
from tiexin.record.api import Record

Name = Annotated[str, Path(max_length=NAME_CHARS_MAX, description="The walk.")]
Key = Annotated[str, Path(max_length=KEY_CHARS_MAX, description="The key of the step.")]
StepKey = Annotated[str, Query(max_length=KEY_CHARS_MAX, description="The key of the step.")]
Digest = Annotated[str, Path(pattern="^[0-9a-f]{64}$", description="SHA-256 of the photo.")]
Writes = Depends(may(Right.WALKS_WRITE))
Reads = [Depends(may(Right.FIGURES_READ)), Depends(may(Right.RECORD_READ))]
"""A walk is a single visit, no aggregate: figures alone do not open it."""


def router(get_record: Callable[[], Record]) -> APIRouter:
    """Return the routes of walks.

    Args:
        get_record: gives the opened record once the server has started.
    """
    walks = Walks(get_record)

    @asynccontextmanager
    async def closing(_app: object) -> AsyncIterator[None]:
        try:
            yield
        finally:
            walks.close()

    routes = APIRouter(prefix="/v1/walks", tags=["walks"], lifespan=closing)
    _add_reading(routes, walks, get_record)
    _add_planning(routes, walks)
    _add_recording(routes, walks)
    _add_photos(routes, walks)
    return routes


def _add_reading(routes: APIRouter, walks: Walks, get_record: Callable[[], Record]) -> None:
    @routes.get("", response_model=model_of(WalkList), dependencies=Reads)
    def list_walks(
        request: Request,
        state: WalkState | None = None,
        journey: Annotated[str | None, Query(max_length=NAME_CHARS_MAX)] = None,
        limit: Annotated[int, Query(ge=1, le=LIST_MAX)] = LIST_MAX,
    ) -> Response:
        """The walks that are planned, under way, done or called off, the latest day first."""
        return _json(walks.listed(reach=reach_of(request), state=state, journey=journey, limit=limit))

    @routes.get("/{walk}", response_model=model_of(Walk), dependencies=Reads)
    def get_walk(request: Request, walk: Name) -> Response:
        """One walk with its steps."""
        return _json(walks.get(walk, reach=reach_of(request)))

    @routes.get("/{walk}/comparison", response_model=model_of(WalkComparison), dependencies=Reads)
    def comparison(request: Request, walk: Name) -> Response:
        """A walk beside the same steps of customers in the 90 days up to it, and beside other walks by persona."""
        reach = reach_of(request)
        found = walks.get(walk, reach=reach)
        others = walks.finished(found.journey, reach=reach)
        return _json(compare(get_record(), found, others, reach=reach))


def _add_planning(routes: APIRouter, walks: Walks) -> None:
    @routes.post("", response_model=model_of(Walk), status_code=201, dependencies=[Writes], openapi_extra=_of(WalkPlan))
    async def plan_walk(request: Request) -> Response:
        """Plan a walk; the same key with the same plan returns the walk that stands."""
        plan = await _body(request, WalkPlan)
        by, reach = caller_of(request).name, reach_of(request)
        return _json(await run_in_threadpool(walks.plan, plan, by=by, reach=reach), status=201)

    @routes.post("/{walk}/cancel", response_model=model_of(Walk), dependencies=[Writes])
    def cancel(request: Request, walk: Name) -> Response:
        """Call a walk off that nobody has begun."""
        return _json(walks.cancel(walk, by=caller_of(request).name, reach=reach_of(request)))


def _add_recording(routes: APIRouter, walks: Walks) -> None:
    @routes.post("/{walk}/steps", response_model=model_of(Walk), dependencies=[Writes], openapi_extra=_of(NewStep))
    async def record_step(request: Request, walk: Name) -> Response:
        """Keep a step that was done; sending it again (same key) changes nothing."""
        step = await _body(request, NewStep)
        return _json(await run_in_threadpool(walks.record_step, walk, step, reach=reach_of(request)))

    @routes.delete("/{walk}/steps/{key}", response_model=model_of(Walk), dependencies=[Writes])
    def take_back(request: Request, walk: Name, key: Key) -> Response:
        """Take a step back; possible until the walk is finished."""
        return _json(walks.take_back(walk, key, reach=reach_of(request)))

    @routes.post("/{walk}/finish", response_model=model_of(Walk), dependencies=[Writes], openapi_extra=_of(Ending))
    async def finish(request: Request, walk: Name) -> Response:
        """End a walk: its steps and its end become events of the record, all or none."""
        ending = await _body(request, Ending)
        by, reach = caller_of(request).name, reach_of(request)
        return _json(await run_in_threadpool(walks.finish, walk, ending, by=by, reach=reach))


def _add_photos(routes: APIRouter, walks: Walks) -> None:
    binary = {"schema": {"type": "string", "format": "binary"}}
    takes = {"requestBody": {"content": {f"image/{kind}": binary for kind in ("jpeg", "png", "webp")}}}

    @routes.post(
        "/{walk}/photos", response_model=model_of(Photo), status_code=201, dependencies=[Writes], openapi_extra=takes
    )
    async def add_photo(
        request: Request, walk: Name, step: Annotated[str, Query(max_length=KEY_CHARS_MAX)]
    ) -> Response:
        """Keep a photo (the body itself) of the step with this key; what the camera wrote beside it is taken off."""
        content = await _bytes(request)
        kept = await run_in_threadpool(walks.add_photo, walk, step, content, reach=reach_of(request))
        return _json(kept, status=201)

    @routes.get(
        "/{walk}/photos/{digest}",
        dependencies=Reads,
        response_class=Response,
        responses={200: {"content": {f"image/{kind}": binary for kind in ("jpeg", "png", "webp")}}},
    )
    def get_photo(request: Request, walk: Name, digest: Digest) -> Response:
        """A photo of a walk."""
        media, content = walks.photo(walk, digest, reach=reach_of(request))
        name = f"{digest[:12]}.{media.removeprefix('image/')}"
        headers = {
            "content-disposition": f'attachment; filename="{name}"',
            "content-security-policy": "default-src 'none'; sandbox",
            "x-content-type-options": "nosniff",
        }
        return Response(content, media_type=media, headers=headers)


async def _body(request: Request, kind: type[Any]) -> Any:
    try:
        return msgspec.json.decode(await request.body(), type=kind)
    except (msgspec.ValidationError, msgspec.DecodeError, UnicodeDecodeError) as error:
        msg = f"The request could not be read: {error}. Nothing was kept."
        raise WalkInputError(msg) from error


async def _bytes(request: Request) -> bytes:
    """Return the body, refused as soon as it is longer than a photo may be."""
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > PHOTO_BYTES_MAX:
            msg = f"A photo may have at most {PHOTO_BYTES_MAX:,} bytes (8 MiB). It was not kept."
            raise PhotoTooLargeError(msg, limit_bytes=PHOTO_BYTES_MAX)
        parts.append(part)
    return b"".join(parts)


def _of(kind: type[msgspec.Struct]) -> dict[str, Any]:
    """Return what the OpenAPI says about a body that msgspec reads."""
    (schema,), components = msgspec.json.schema_components([kind], ref_template="#/$defs/{name}")
    if "$ref" in schema:
        schema = components[kind.__name__]
    inlined = msgspec.json.decode(msgspec.json.encode(schema).decode())
    for name, member in inlined.get("properties", {}).items():
        if "$ref" in member:
            inlined["properties"][name] = components[member["$ref"].rsplit("/", 1)[1]]
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": inlined}}}}


def _json(answer: Any, *, status: int = 200) -> Response:
    return Response(msgspec.json.encode(answer), status_code=status, media_type="application/json")
