"""From texts as people type them, on the command line or in an address, to filters."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

import msgspec

from tiexin.journeys.contracts import CaseFocus, JourneyFilter
from tiexin.kernel.calendar import BusinessCalendar, CalendarError, parse_business_hours
from tiexin.kernel.clock import to_us
from tiexin.kernel.errors import InvalidInputError

CONDITIONS_MAX = 20
TEXT_MAX = 1_024
HOLIDAYS_MAX = 3_660
DATA = "data."
COLUMNS = ("channel", "product", "segment", "org", "team", "actor")


class JourneyFilterError(InvalidInputError):
    """A filter is not possible; says which part."""

    code = "invalid_filter"


def filter_of(
    name: str,
    *,
    since: str | None = None,
    until: str | None = None,
    attributes: Sequence[str] = (),
    activities: Sequence[str] = (),
    variant: Sequence[str] = (),
    **columns: Any,
) -> JourneyFilter:
    """Return the filter of texts; days begin at midnight UTC, attributes read ``member=value``.

    Raises:
        JourneyFilterError: a part cannot be read.
    """
    return checked(
        JourneyFilter(
            name=name,
            since_us=moment_us(since),
            until_us=moment_us(until),
            attributes=tuple(_pair(text) for text in attributes),
            activities=tuple(activities),
            variant=tuple(variant),
            **columns,
        )
    )


def changed(journey: JourneyFilter, conditions: Sequence[str]) -> JourneyFilter:
    """Return a filter with further conditions, each ``channel=app``, ``since=2026-01-01`` or ``data.amount=5000``.

    Raises:
        JourneyFilterError: a condition cannot be read or names no part of a filter.
    """
    changes: dict[str, Any] = {}
    attributes, activities = list(journey.attributes), list(journey.activities)
    for text in conditions:
        part, value = _pair(text)
        if part.startswith(DATA):
            attributes.append((part.removeprefix(DATA), value))
        elif part == "activity":
            activities.append(value)
        elif part in {"since", "until"}:
            changes[f"{part}_us"] = moment_us(value)
        elif part in {*COLUMNS, "lifecycle"}:
            changes[part] = value
        else:
            known = ", ".join((*COLUMNS, "lifecycle", "since", "until", "activity", "data.…"))
            msg = f"{part!r} is no part of a filter; choose one of {known}."
            raise JourneyFilterError(msg, condition=text)
    return checked(
        msgspec.structs.replace(journey, attributes=tuple(attributes), activities=tuple(activities), **changes)
    )


def checked(journey: JourneyFilter) -> JourneyFilter:
    """Return the filter if it is possible.

    Raises:
        JourneyFilterError: too many or too long conditions, a NUL character, an attribute name with quotes or brackets,
            or an end that is not after the beginning.
    """
    for part in (journey.attributes, journey.activities):
        if len(part) > CONDITIONS_MAX:
            msg = f"At most {CONDITIONS_MAX} attributes and {CONDITIONS_MAX} activities can be asked for at once."
            raise JourneyFilterError(msg, limit=CONDITIONS_MAX)
    for key, _ in journey.attributes:
        if not key or not key.isprintable() or any(sign in key for sign in "\"'\\[]*$?"):
            msg = f"The attribute name {key!r} is empty or holds signs that a path cannot name: quotes, brackets, * $ ?"
            raise JourneyFilterError(msg, attribute=key)
    texts = [
        journey.name,
        *journey.activities,
        *journey.variant,
        *(part for pair in journey.attributes for part in pair),
    ]
    texts += [value for name in (*COLUMNS, "lifecycle") if (value := getattr(journey, name)) is not None]
    if any("\x00" in text or len(text) > TEXT_MAX for text in texts):
        msg = f"A condition holds a NUL character or is longer than {TEXT_MAX} characters."
        raise JourneyFilterError(msg, limit=TEXT_MAX)
    since, until = journey.since_us, journey.until_us
    if since is not None and until is not None and until <= since:
        msg = "The time asked for ends before it begins."
        raise JourneyFilterError(msg, since_us=since, until_us=until)
    return journey


def moment_us(text: str | None) -> int | None:
    """Return UTC µs of an ISO day (its midnight UTC) or of an RFC 3339 moment with a zone; None of nothing.

    Raises:
        JourneyFilterError: the text is neither.
    """
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None and len(text) <= len("2026-01-01"):
            moment = moment.replace(tzinfo=UTC)
        return to_us(moment)
    except (ValueError, OverflowError) as error:
        msg = f"{text!r} is not a day (2026-01-31) or a moment with zone (2026-01-31T08:00:00+08:00)."
        raise JourneyFilterError(msg, value=text) from error


def calendar_of(hours: str | None, holidays: Sequence[str] = ()) -> BusinessCalendar | None:
    """Return the calendar of business hours as text and ISO days; None when none was asked for.

    Raises:
        CalendarError: the hours or a day cannot be read.
    """
    if hours is None:
        return None
    if len(holidays) > HOLIDAYS_MAX:
        msg = f"At most {HOLIDAYS_MAX} holidays can be given."
        raise CalendarError(msg, limit=HOLIDAYS_MAX)
    try:
        return parse_business_hours(hours, holidays=frozenset(date.fromisoformat(day) for day in holidays))
    except ValueError as error:
        msg = f"A holiday is a day like 2026-10-01: {error}."
        raise CalendarError(msg) from error


def focus_of(
    *,
    edge: tuple[str | None, str | None] = (None, None),
    handover: tuple[str | None, str | None] = (None, None),
    repeats: str | None = None,
    longer_than_seconds: float | None = None,
) -> CaseFocus:
    """Return which figure's cases are asked for.

    Raises:
        JourneyFilterError: only one end of an edge or a handover was given.
    """
    return CaseFocus(
        edge=_both(edge, "edge"),
        handover=_both(handover, "handover"),
        repeats=repeats,
        longer_than_seconds=longer_than_seconds,
    )


def _both(ends: tuple[str | None, str | None], what: str) -> tuple[str, str] | None:
    start, end = ends
    if start is None and end is None:
        return None
    if start is None or end is None or "\x00" in start + end:
        msg = f"An {what} needs both ends, without NUL characters."
        raise JourneyFilterError(msg)
    return start, end


def _pair(text: str) -> tuple[str, str]:
    key, sign, value = text.partition("=")
    if not sign:
        msg = f"A condition reads part=value, not {text!r}."
        raise JourneyFilterError(msg, condition=text)
    return key, value
