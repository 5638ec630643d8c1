"""Local times to UTC microseconds: a zone is never guessed, and hours that a clock change skips are refused."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from tiexin.kernel.clock import EPOCH, MICROSECOND
from tiexin.record.imports.model import ImportOptionError, RowError
from tiexin.record.imports.reasons import Reason

Fold = Literal["reject", "earlier", "later"]
"""What becomes of a local time that occurs twice when clocks go back."""


def zone_named(name: str) -> ZoneInfo:
    """Return the time zone of an IANA name such as ``Asia/Shanghai``.

    Raises:
        ImportOptionError: there is no such zone.
    """
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        message = f"{name!r} is not an IANA time zone name; write for example Asia/Shanghai, Europe/Amsterdam or UTC."
        raise ImportOptionError(message, field="zone", value=name) from error


def zoned_us(moment: datetime, zone: ZoneInfo | None, *, column: str | None, fold: Fold = "reject") -> int:
    """Return UTC microseconds of a local time in a zone.

    Raises:
        RowError: no zone is known, the local time does not exist in the zone (clocks went forward), or it occurs
            twice (clocks went back) and ``fold`` does not say which one is meant.
    """
    if zone is None:
        raise RowError(Reason.TIME_WITHOUT_ZONE, column=column, value=moment.isoformat())
    try:
        first = moment.replace(tzinfo=zone, fold=0)
        second = first.replace(fold=1)
        before, after = first.utcoffset(), second.utcoffset()
        if before != after and before is not None and after is not None:
            if before < after:
                raise RowError(Reason.TIME_SKIPPED, column=column, value=moment.isoformat(), detail=str(zone))
            if fold == "reject":
                raise RowError(Reason.TIME_TWICE, column=column, value=moment.isoformat(), detail=str(zone))
            if fold == "later":
                first = second
        return (first - EPOCH) // MICROSECOND
    except OverflowError:
        raise RowError(Reason.NOT_A_TIME, column=column, value=moment.isoformat()) from None
