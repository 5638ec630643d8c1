"""What the OpenAPI says about the answers of journeys: pydantic models derived from the contracts.

Answers are encoded from the contracts by msgspec; these models are read by FastAPI for the description alone.
"""

from __future__ import annotations

from functools import cache
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

import msgspec
from pydantic import BaseModel, create_model


@cache
def model_of(struct: type[msgspec.Struct]) -> type[BaseModel]:
    """Return the pydantic model of a contract: its members by their names in JSON, its docstring as description."""
    hints = get_type_hints(struct)
    fields: dict[str, Any] = {
        field.encode_name: (_described(hints[field.name]), ...) for field in msgspec.structs.fields(struct)
    }
    doc = " ".join((struct.__doc__ or "").split())
    made: type[BaseModel] = create_model(struct.__name__, __doc__=doc, **fields)
    return made


def _described(kind: Any) -> Any:
    origin = get_origin(kind)
    if origin is list:
        return list[_described(get_args(kind)[0])]  # type: ignore[misc]
    if origin in {Union, UnionType}:
        return Union[tuple(part if part is NoneType else _described(part) for part in get_args(kind))]  # noqa: UP007
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        return model_of(kind)
    return kind
