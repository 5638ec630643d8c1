"""Business hours: which microseconds count when a clock runs only while somebody works.

A calendar is data: a time zone, working periods by weekday, holidays on which nobody works, and make-up days on
which people work although the weekday says otherwise (as mainland China's holiday arrangements have them). Local
times are turned into UTC day by day, so summer time is counted as it was lived.
"""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from tiexin.kernel.clock import DAY_US, from_us, to_us
from tiexin.kernel.errors import InvalidInputError

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
DAY_MINUTES = 24 * 60
HOURS = re.compile(r"^(\d{1,2}):(\d{2})-(\d{1,2}):(\d{2})$")


class CalendarError(InvalidInputError):
    """A calendar is not possible: an unknown zone, an unreadable or overlapping period."""

    code = "invalid_calendar"


class WorkingPeriod(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """Working time of one weekday (0 is Monday), in minutes after local midnight; the end is exclusive."""

    weekday: int
    start_minute: int
    end_minute: int


class BusinessCalendar(msgspec.Struct, frozen=True, kw_only=True):
    """Working periods in a time zone, with holidays and make-up days (which follow the periods of ``makeup_as``)."""

    zone: str
    periods: tuple[WorkingPeriod, ...]
    holidays: frozenset[date] = frozenset()
    makeup_days: frozenset[date] = frozenset()
    makeup_as: int = 0

    def __post_init__(self) -> None:
        """Refuse a calendar that cannot be lived by."""
        try:
            ZoneInfo(self.zone)
        except (ZoneInfoNotFoundError, ValueError) as error:
            msg = f"There is no time zone {self.zone!r}."
            raise CalendarError(msg, zone=self.zone) from error
        last: WorkingPeriod | None = None
        for period in sorted(self.periods):
            fits = 0 <= period.weekday < len(WEEKDAYS)
            if not fits or not 0 <= period.start_minute < period.end_minute <= DAY_MINUTES:
                msg = f"A working period ends after it starts, within one day: {period}."
                raise CalendarError(msg)
            if last and last.weekday == period.weekday and period.start_minute < last.end_minute:
                msg = f"Two working periods of {WEEKDAYS[period.weekday]} overlap."
                raise CalendarError(msg)
            last = period


def parse_business_hours(text: str, *, holidays: frozenset[date] = frozenset()) -> BusinessCalendar:
    """Return the calendar of a text like ``Asia/Shanghai Mon-Fri 09:00-12:00,13:30-17:30``.

    Raises:
        CalendarError: the text is not a zone, weekdays and hours.
    """
    try:
        zone, days, hours = text.split()
        weekdays = sorted({day for part in days.split(",") for day in _weekdays(part)})
        spans = [_span(part) for part in hours.split(",")]
    except ValueError as error:
        msg = f"Business hours read like 'Asia/Shanghai Mon-Fri 09:00-12:00,13:30-17:30', not {text!r}."
        raise CalendarError(msg, value=text) from error
    periods = tuple(
        WorkingPeriod(weekday=weekday, start_minute=start, end_minute=end)
        for weekday in weekdays
        for start, end in spans
    )
    return BusinessCalendar(zone=zone, periods=periods, holidays=holidays)


def working_intervals(calendar: BusinessCalendar, *, since_us: int, until_us: int) -> list[tuple[int, int]]:
    """Return the working intervals that touch a span, ascending and without overlap, UTC µs, ends exclusive."""
    intervals: list[tuple[int, int]] = []
    for start, end in _raw_intervals(calendar, since_us=since_us, until_us=until_us):
        # Where a clock is set forward or back, two periods of one day can meet; time is never counted twice.
        begin = max(start, intervals[-1][1]) if intervals else start
        if begin < end:
            intervals.append((begin, end))
    return intervals


def working_us(calendar: BusinessCalendar, *, start_us: int, end_us: int) -> int:
    """Return how much working time lies between two moments, µs (0 when the end is not after the start)."""
    if end_us <= start_us:
        return 0
    intervals = working_intervals(calendar, since_us=start_us, until_us=end_us)
    first = bisect.bisect_right([end for _, end in intervals], start_us)
    return sum(max(0, min(end, end_us) - max(start, start_us)) for start, end in intervals[first:])


def _raw_intervals(calendar: BusinessCalendar, *, since_us: int, until_us: int) -> Iterator[tuple[int, int]]:
    zone = ZoneInfo(calendar.zone)
    by_weekday: dict[int, list[WorkingPeriod]] = {}
    for period in sorted(calendar.periods):
        by_weekday.setdefault(period.weekday, []).append(period)
    # A local day can lie up to 14 hours off the UTC day, so one day more on either side covers every zone.
    day = from_us(since_us - DAY_US).date()
    last = from_us(until_us + DAY_US).date()
    while day <= last:
        if day not in calendar.holidays:
            weekday = calendar.makeup_as if day in calendar.makeup_days else day.weekday()
            for period in by_weekday.get(weekday, ()):
                yield _moment(day, period.start_minute, zone), _moment(day, period.end_minute, zone)
        day += timedelta(days=1)


def _moment(day: date, minute: int, zone: ZoneInfo) -> int:
    days, minute = divmod(minute, DAY_MINUTES)
    local = datetime.combine(day + timedelta(days=days), time(minute // 60, minute % 60), tzinfo=zone)
    return to_us(local)


def _weekdays(text: str) -> Iterator[int]:
    first, _, last = text.partition("-")
    start, end = WEEKDAYS.index(first), WEEKDAYS.index(last or first)
    if end < start:
        raise ValueError(text)
    yield from range(start, end + 1)


def _span(text: str) -> tuple[int, int]:
    found = HOURS.match(text)
    if not found:
        raise ValueError(text)
    hour1, minute1, hour2, minute2 = (int(part) for part in found.groups())
    return hour1 * 60 + minute1, hour2 * 60 + minute2
