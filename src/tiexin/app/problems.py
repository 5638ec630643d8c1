"""Every error that leaves over HTTP becomes an RFC 9457 problem here, and nowhere else."""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import Any

import msgspec
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from tiexin.access.api import CODE_KEY
from tiexin.kernel.errors import InvalidInputError, TiexinError
from tiexin.kernel.ids import IdSource

PROBLEM_TYPE = "application/problem+json"
ERRORS_SHOWN_MAX = 20
GIVEN_CHARS_MAX = 200

_log = logging.getLogger("tiexin.http")
_incidents = IdSource()


class ParameterError(InvalidInputError):
    """A parameter of the request is missing or not possible; names each."""

    code = "invalid_parameter"
    title = "A parameter of the request is not valid"


class InternalError(TiexinError):
    """Something failed that should not; the facts hold only the number under which it was logged."""


def problem_response(error: TiexinError) -> Response:
    """Return the response of a deliberate error."""
    headers = {}
    if error.status == HTTPStatus.UNAUTHORIZED:
        headers["www-authenticate"] = 'Bearer realm="tiexin"'
    if error.status in {HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.TOO_MANY_REQUESTS}:
        headers["retry-after"] = str(error.facts.get("retry_after_seconds", 1))
    body = msgspec.json.encode(error.problem(), enc_hook=str)
    return Response(body, status_code=error.status, headers=headers, media_type=PROBLEM_TYPE)


def unexpected(error: Exception, *, method: str, path: str) -> Response:
    """Log an error that nobody foresaw and return a problem that tells nothing of our inside."""
    incident = _incidents.new()
    _log.error("incident %s: %s %s failed", incident, method, path, exc_info=error)
    msg = f"The request failed on our side. Sending it again does no harm; should it fail again, quote {incident}."
    return problem_response(InternalError(msg, incident=incident))


def install(app: FastAPI) -> None:
    """Teach an app to answer every error as a problem."""
    app.add_exception_handler(TiexinError, _deliberate)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _of_http)


async def _deliberate(request: Request, error: Exception) -> Response:
    assert isinstance(error, TiexinError)  # noqa: S101  (the handler is registered for this class only)
    request.scope[CODE_KEY] = error.code
    return problem_response(error)


async def _invalid(_request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101  (registered for this class only)
    faults: list[dict[str, Any]] = []
    for fault in error.errors()[:ERRORS_SHOWN_MAX]:
        where, *names = (str(part) for part in fault["loc"])
        faults.append({"where": where, "member": ".".join(names), "reason": str(fault["msg"])[:GIVEN_CHARS_MAX]})
    first = faults[0]
    msg = f"{first['where']} {first['member']}: {first['reason']}"
    return problem_response(ParameterError(msg, errors=faults))


async def _of_http(_request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101  (registered for this class only)
    phrase = HTTPStatus(error.status_code).phrase
    code = phrase.lower().replace(" ", "_").replace("-", "_")
    body = {
        "type": f"urn:tiexin:problem:{code}",
        "title": phrase,
        "status": error.status_code,
        "code": code,
        "detail": str(error.detail),
    }
    return Response(
        msgspec.json.encode(body),
        status_code=error.status_code,
        headers=dict(error.headers or {}),
        media_type=PROBLEM_TYPE,
    )
