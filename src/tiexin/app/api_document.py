"""Completes what FastAPI derives of the OpenAPI: problem responses, shared schemas, the key that callers send."""

from __future__ import annotations

from typing import Any, Final

from tiexin.record.routes import SCHEMAS

PROBLEM: Final[dict[str, Any]] = {
    "type": "object",
    "description": "A problem object (RFC 9457); further members hold the facts, for example the limit or the index.",
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string", "description": "Stable name of the problem, for programs."},
        "detail": {"type": "string"},
    },
    "required": ["type", "title", "status", "code"],
    "additionalProperties": True,
}
_DERIVED: Final = ("HTTPValidationError", "ValidationError")


def complete(document: dict[str, Any]) -> dict[str, Any]:
    """Return the document with the problem responses, shared schemas and the key that callers send."""
    components = document.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    for name in _DERIVED:
        schemas.pop(name, None)
    schemas.update(SCHEMAS)
    schemas["Problem"] = PROBLEM
    components["securitySchemes"] = {
        "key": {
            "type": "http",
            "scheme": "bearer",
            "description": "An API key (tiexin keys add). Callers on the same machine may do without, "
            "unless the server was started with --require-key.",
        }
    }
    document["security"] = [{"key": []}, {}]
    for path in document.get("paths", {}).values():
        for operation in path.values():
            _complete_operation(operation)
    return document


def _complete_operation(operation: dict[str, Any]) -> None:
    responses = operation.setdefault("responses", {})
    # FastAPI describes its own shape of 422, which problems.py replaces.
    derived = responses.get("422", {}).get("content", {}).get("application/json", {}).get("schema", {})
    if str(derived.get("$ref", "")).endswith("/HTTPValidationError"):
        del responses["422"]
    responses["default"] = {
        "description": "What went wrong, as a problem object.",
        "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
