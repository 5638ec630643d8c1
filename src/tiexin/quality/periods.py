"""Periods of the calendar: what a user types as a time, and where days, weeks, months and quarters begin."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from tiexin.kernel.clock import from_us, iso_us, to_us
from tiexin.kernel.errors import InvalidInputError
from tiexin.quality.contracts import Step

PERIODS_MAX = 400
"""Most periods that one trend may have."""
MONTHS_A_QUARTER = 3
MONTHS_A_YEAR = 12


class PeriodError(InvalidInputError):
    """A time, zone or period is not possible; names what was given."""

    code = "invalid_period"


def zone_of(name: str) -> tzinfo:
    """Return the time zone of an IANA name.

    Raises:
        PeriodError: there is no such zone.
    """
    if name == "UTC":
        return timezone.utc  # noqa: UP017  (a tzinfo, as the other branch returns)
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        msg = f"There is no time zone {name!r}; use a name such as UTC or Asia/Shanghai."
        raise PeriodError(msg, zone=name) from error


def moment_us(text: str, *, zone: str = "UTC") -> int:
    """Return UTC µs of an ISO day (its first moment in the zone) or of an RFC 3339 moment with a zone of its own.

    Raises:
        PeriodError: the text is neither.
    """
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None and len(text) > len("2026-01-01"):
            msg = f"{text!r} has no time zone; add one, for example {text}Z."
            raise PeriodError(msg, value=text)
        return to_us(moment if moment.tzinfo else moment.replace(tzinfo=zone_of(zone)))
    except (ValueError, OverflowError) as error:
        msg = f"{text!r} is not a day (2026-01-31) or a moment with zone (2026-01-31T08:00:00+08:00)."
        raise PeriodError(msg, value=text) from error


def borders(*, first_us: int, last_us: int, step: Step, zone: str) -> list[int]:
    """Return the first moments (UTC µs) of every period from the one of ``first_us`` to beyond that of ``last_us``.

    Raises:
        PeriodError: there would be more than 400 periods, or the zone is unknown.
    """
    where = zone_of(zone)
    current = _start(from_us(first_us).astimezone(where).date(), step)
    found: list[int] = []
    while True:
        begins = to_us(datetime(current.year, current.month, current.day, tzinfo=where))
        found.append(begins)
        if begins > last_us:
            return found
        if len(found) > PERIODS_MAX:
            msg = f"A trend may have at most {PERIODS_MAX} periods; choose a longer step or a shorter time."
            raise PeriodError(msg, limit=PERIODS_MAX)
        current = _next(current, step)


def label(begins_us: int, *, step: Step, zone: str) -> str:
    """Return the name of the period that begins at a moment: its own local day, month or quarter.

    Days and weeks are named by their first day (``2025-03-03``), months ``2025-03``, quarters ``2025-Q1``.
    """
    day = from_us(begins_us).astimezone(zone_of(zone)).date()
    if step is Step.MONTH:
        return f"{day:%Y-%m}"
    if step is Step.QUARTER:
        return f"{day.year:04d}-Q{(day.month - 1) // MONTHS_A_QUARTER + 1}"
    return day.isoformat()


def iso_in_zone(time_us: int, *, zone: str) -> str:
    """Return a moment as RFC 3339 text with the offset of a zone (``Z`` for UTC), so that it shows its local day."""
    return iso_us(time_us) if zone == "UTC" else from_us(time_us).astimezone(zone_of(zone)).isoformat()


def _start(day: date, step: Step) -> date:
    if step is Step.WEEK:
        return day - timedelta(days=day.weekday())
    if step is Step.MONTH:
        return day.replace(day=1)
    if step is Step.QUARTER:
        return day.replace(month=(day.month - 1) // MONTHS_A_QUARTER * MONTHS_A_QUARTER + 1, day=1)
    return day


def _next(day: date, step: Step) -> date:
    if step is Step.DAY:
        return day + timedelta(days=1)
    if step is Step.WEEK:
        return day + timedelta(days=7)
    months = day.year * MONTHS_A_YEAR + day.month - 1 + (1 if step is Step.MONTH else MONTHS_A_QUARTER)
    return date(months // MONTHS_A_YEAR, months % MONTHS_A_YEAR + 1, 1)
