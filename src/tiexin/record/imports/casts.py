"""Turns one value of a table into the type a mapping asks for; every failure is a bad row, never a crash."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from tiexin.kernel.clock import EPOCH, MICROSECOND, iso_us
from tiexin.record.imports.mapping import ISO, Field
from tiexin.record.imports.model import RowError
from tiexin.record.imports.reasons import Reason
from tiexin.record.imports.times import Fold, zoned_us

TIMES_CACHED_MAX = 50_000
INT_MAX = 2**63 - 1
EPOCHS = {"epoch_s": 1_000_000, "epoch_ms": 1_000, "epoch_us": 1}
TRUE = frozenset({"true", "yes", "y", "t", "1", "是", "真"})
FALSE = frozenset({"false", "no", "n", "f", "0", "否", "假"})
_CLOCK = re.compile(r"^(?:(\d{1,4}):)?(\d{1,4}):([0-5]\d(?:\.\d{1,6})?)$")
_NUMBER = re.compile(r"^[+-]?(?:\d{1,30}(?:\.\d{0,30})?|\.\d{1,30})(?:[eE][+-]?\d{1,3})?$", re.ASCII)

Cast = Callable[[Any], Any]


def as_text(value: Any) -> str:
    """Return the text of a scalar: 3.0 from a typed file is "3.0", true is "true"."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float | Decimal):
        return str(value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    raise RowError(Reason.NOT_TEXT, value=value)


def as_int(value: Any) -> int:
    """Return a whole number of at most 64 bits; text may hold a sign, digits, and a fraction of zeros."""
    number = as_float(value)
    if (isinstance(value, str) and re.fullmatch(r"[+-]?\d{1,19}", value, re.ASCII)) or isinstance(value, int):
        whole = int(value)
    elif number.is_integer():
        whole = int(number)
    else:
        raise RowError(Reason.NOT_A_WHOLE_NUMBER, value=value)
    if abs(whole) > INT_MAX:
        raise RowError(Reason.NOT_A_WHOLE_NUMBER, value=value, detail="more than 64 bits")
    return whole


def as_float(value: Any) -> float:
    """Return a finite number; text has a point as decimal sign and no digit groups."""
    try:
        if isinstance(value, str) and not _NUMBER.match(value):
            raise RowError(Reason.NOT_A_NUMBER, value=value)
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        raise RowError(Reason.NOT_A_NUMBER, value=value) from None
    if not math.isfinite(number):
        raise RowError(Reason.NOT_A_NUMBER, value=value)
    return number


def as_seconds(value: Any) -> float:
    """Return a duration in seconds from a number or from ``[H:]MM:SS``."""
    if isinstance(value, str):
        clock = _CLOCK.match(value)
        if clock:
            hours, minutes, seconds = clock.groups()
            return int(hours or 0) * 3600 + int(minutes) * 60 + float(seconds)
    return as_float(value)


def boolean(field: Field) -> Cast:
    """Return the cast to true and false, from the words of the field or from the usual ones."""
    true = frozenset(word.casefold() for word in field.true) if field.true is not None else TRUE
    false = frozenset(word.casefold() for word in field.false) if field.false is not None else FALSE

    def cast(value: Any) -> bool:
        if isinstance(value, bool):
            return value
        word = as_text(value).casefold()
        if word in true:
            return True
        if word in false:
            return False
        raise RowError(Reason.NOT_YES_OR_NO, value=value)

    return cast


def instant(field: Field, *, zone: ZoneInfo | None, fold: Fold) -> Callable[[Any], int]:
    """Return the cast to UTC microseconds, by the field's formats (default ISO 8601)."""
    formats = field.formats or [ISO]
    known: dict[Any, int] = {}

    def cast(value: Any) -> int:
        if type(value) is str and value in known:
            return known[value]
        for form in formats:
            if form in EPOCHS:
                scaled = _epoch(value, EPOCHS[form])
                if scaled is not None:
                    return scaled
                continue
            moment = _parse(value, form)
            if moment is not None:
                found = _to_us(moment, zone, fold)
                if type(value) is str and len(known) < TIMES_CACHED_MAX:
                    known[value] = found
                return found
        raise RowError(Reason.NOT_A_TIME, value=value, detail=f"formats: {', '.join(formats)}")

    return cast


def moment_text(field: Field, *, zone: ZoneInfo | None, fold: Fold) -> Cast:
    """Return the cast to RFC 3339 text in UTC."""
    cast = instant(field, zone=zone, fold=fold)
    return lambda value: iso_us(cast(value))


def day(field: Field) -> Cast:
    """Return the cast to an ISO 8601 day: the day that the text itself names, in its own zone."""
    formats = field.formats or [ISO]

    def cast(value: Any) -> str:
        if isinstance(value, date):
            return value.isoformat()[:10]
        for form in formats:
            moment = _parse(value, form)
            if moment is not None:
                return f"{moment.year:04}-{moment.month:02}-{moment.day:02}"
        raise RowError(Reason.NOT_A_DAY, value=value, detail=f"formats: {', '.join(formats)}")

    return cast


def plain(zone: ZoneInfo | None, fold: Fold) -> Cast:
    """Return the cast that leaves JSON values as they are and writes times of typed files as RFC 3339 text."""

    def cast(value: Any) -> Any:
        if isinstance(value, str | bool | int):
            return value
        if isinstance(value, datetime):
            return iso_us(_to_us(value, zone, fold))
        if isinstance(value, date):
            return value.isoformat()
        if isinstance(value, float):
            if not math.isfinite(value):
                raise RowError(Reason.NOT_A_NUMBER, value=value)
            return value
        if isinstance(value, Decimal):
            return str(value)
        if isinstance(value, list | dict):
            return value
        raise RowError(Reason.NOT_TEXT, value=type(value).__name__)

    return cast


def _parse(value: Any, form: str) -> datetime | None:
    if isinstance(value, datetime):
        return value
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day)  # noqa: DTZ001  (a local day; the zone is applied after)
    if not isinstance(value, str):
        return None
    try:
        if form == ISO:
            return datetime.fromisoformat(value)
        return datetime.strptime(value, form)  # noqa: DTZ007  (a local time; the zone is applied after)
    except (ValueError, OverflowError):
        return None


def _to_us(moment: datetime, zone: ZoneInfo | None, fold: Fold) -> int:
    if moment.tzinfo is None:
        return zoned_us(moment, zone, column=None, fold=fold)
    return (moment - EPOCH) // MICROSECOND


def _epoch(value: Any, scale: int) -> int | None:
    try:
        number = as_float(value)
    except RowError:
        return None
    whole = as_int(value) if number.is_integer() else None
    return whole * scale if whole is not None else round(number * scale)
