"""The typed attributes of an XES log as JSON values, and the header of a log: globals and classifiers.

Source: IEEE 1849-2016 (XES), clauses on attributes, global attributes and classifiers.
"""

from __future__ import annotations

import math
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from tiexin.kernel.clock import EPOCH, MICROSECOND
from tiexin.record.imports.model import RowError
from tiexin.record.imports.reasons import Reason
from tiexin.record.imports.times import zoned_us

TYPES = frozenset({"string", "date", "int", "float", "boolean", "id", "list", "container"})
Attribute = tuple[str, str, Any]
"""Key, type tag, and the literal value or, for nested attributes, a tuple of value and child attributes."""
RESERVED = frozenset({"personal", "trace"})
"""Members of ``data`` with a meaning of their own; an attribute of that name is kept as ``xes:<name>``."""
INT_DIGITS_MAX = 19


def json_value(key: str, tag: str, value: Any) -> Any:
    """Return the JSON value of an attribute: text for string, date and id, numbers, booleans; nested ones as objects.

    A nested attribute becomes ``{"value": …, "attributes": {…}}``, a list ``[{key: value}, …]``.

    Raises:
        RowError: the literal does not have its declared type.
    """
    if type(value) is tuple:
        return _nested_value(key, tag, value)
    if tag in {"string", "id"}:
        return value
    try:
        return _literal(tag, value)
    except ValueError:
        raise RowError(Reason.WRONG_TYPE, column=key, value=value, detail=f"not a valid {tag}") from None


def _literal(tag: str, value: str) -> Any:
    if tag == "date":
        datetime.fromisoformat(value)
        return value
    if tag == "int":
        if len(value) > INT_DIGITS_MAX + 1:
            raise ValueError
        return int(value)
    if tag == "float":
        number = float(value)
        if not math.isfinite(number):
            raise ValueError
        return number
    if tag == "boolean" and value.lower() in {"true", "false", "1", "0"}:
        return value.lower() in {"true", "1"}
    raise ValueError


def _nested_value(key: str, tag: str, value: tuple[Any, list[Attribute]]) -> Any:
    literal, children = value
    if not children and tag not in {"list", "container"}:
        return json_value(key, tag, literal)
    if tag == "list":
        return [{child: json_value(child, kind, inner)} for child, kind, inner in children]
    members = {child: json_value(child, kind, inner) for child, kind, inner in children}
    if tag == "container":
        return members
    return {"value": json_value(key, tag, literal), "attributes": members}


def data_of(attributes: list[Attribute], *, skip: frozenset[str]) -> dict[str, Any]:
    """Return the attributes as the members of ``data``, without those that stand in the envelope.

    Raises:
        RowError: a literal does not have its declared type.
    """
    data = {}
    for key, tag, value in attributes:
        if key in skip:
            continue
        name = f"xes:{key}" if key in RESERVED else key
        data[name] = value if tag == "string" and type(value) is str else json_value(key, tag, value)
    return data


def time_us(literal: str, zone: ZoneInfo | None) -> int:
    """Return UTC microseconds of an XES date; a local time takes the zone given with ``--zone``.

    Raises:
        RowError: not a date, or a local time and no zone is given.
    """
    try:
        moment = datetime.fromisoformat(literal)
    except ValueError:
        raise RowError(Reason.NOT_A_TIME, column="time:timestamp", value=literal) from None
    if moment.tzinfo is None:
        return zoned_us(moment, zone, column="time:timestamp")
    try:
        return (moment - EPOCH) // MICROSECOND
    except OverflowError:
        raise RowError(Reason.NOT_A_TIME, column="time:timestamp", value=literal) from None


def classifier_keys(text: str, known: set[str]) -> list[str]:
    """Return the attribute keys of a classifier definition.

    Keys are separated by blanks; keys that contain blanks stand in single quotes, or are recognised because the log
    declares them as global attributes.
    """
    if "'" in text:
        return [part.strip() for part in text.split("'") if part.strip()]
    words = text.split()
    keys: list[str] = []
    start = 0
    while start < len(words):
        for end in range(len(words), start, -1):
            candidate = " ".join(words[start:end])
            if end == start + 1 or candidate in known:
                keys.append(candidate)
                start = end
                break
    return keys
