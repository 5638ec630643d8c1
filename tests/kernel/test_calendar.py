from __future__ import annotations

import itertools
from datetime import date, datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tiexin.journeys.store.business import BusinessClock
from tiexin.kernel.calendar import (
    BusinessCalendar,
    CalendarError,
    WorkingPeriod,
    parse_business_hours,
    working_intervals,
    working_us,
)
from tiexin.kernel.clock import HOUR_US, to_us

SHANGHAI = parse_business_hours(
    "Asia/Shanghai Mon-Fri 09:00-12:00,13:30-17:30", holidays=frozenset({date(2026, 10, 1)})
)
AMSTERDAM = parse_business_hours("Europe/Amsterdam Mon-Sun 00:00-24:00")
MINUTE_US = 60_000_000


def at(text: str, zone: str = "Asia/Shanghai") -> int:
    return to_us(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)))


@pytest.mark.parametrize(
    ("start", "end", "hours"),
    [
        ("2026-09-28T09:00", "2026-09-28T17:30", 7),  # a Monday, lunch left out
        ("2026-09-28T11:30", "2026-09-28T13:45", 0.75),
        ("2026-09-25T17:00", "2026-09-28T09:30", 1),  # over a weekend
        ("2026-09-30T17:00", "2026-10-02T09:30", 1),  # over a holiday
        ("2026-10-03T08:00", "2026-10-04T20:00", 0),  # nobody works
        ("2026-09-28T10:00", "2026-09-28T09:00", 0),  # backwards
    ],
)
def test_only_working_time_counts(start: str, end: str, hours: float) -> None:
    assert working_us(SHANGHAI, start_us=at(start), end_us=at(end)) == hours * HOUR_US


def test_a_makeup_saturday_is_worked_like_a_monday() -> None:
    makeup = BusinessCalendar(zone=SHANGHAI.zone, periods=SHANGHAI.periods, makeup_days=frozenset({date(2026, 10, 10)}))
    saturday = {"start_us": at("2026-10-10T00:00"), "end_us": at("2026-10-11T00:00")}
    assert working_us(SHANGHAI, **saturday) == 0
    assert working_us(makeup, **saturday) == 7 * HOUR_US


@pytest.mark.parametrize(("day", "hours"), [("2026-03-29", 23), ("2026-10-25", 25), ("2026-06-01", 24)])
def test_days_on_which_clocks_change_are_counted_as_lived(day: str, hours: int) -> None:
    start = at(f"{day}T00:00", "Europe/Amsterdam")
    assert working_us(AMSTERDAM, start_us=start, end_us=start + hours * HOUR_US) == hours * HOUR_US
    intervals = working_intervals(AMSTERDAM, since_us=start, until_us=start)
    assert all(one[1] == two[0] for one, two in itertools.pairwise(intervals))


PERIODS = st.lists(st.integers(0, 1_440), min_size=2, max_size=4, unique=True).filter(lambda cuts: len(cuts) % 2 == 0)
MOMENTS = st.integers(at("2026-03-20T00:00"), at("2026-04-10T00:00"))


@given(
    cuts=PERIODS,
    weekdays=st.sets(st.integers(0, 6), min_size=1),
    zone=st.sampled_from(["UTC", "Europe/Amsterdam", "Asia/Shanghai", "America/St_Johns"]),
    moments=st.tuples(MOMENTS, MOMENTS, MOMENTS).map(sorted),
)
@settings(max_examples=60, deadline=None)
def test_working_time_adds_up_and_the_clock_of_many_agrees(
    cuts: list[int], weekdays: set[int], zone: str, moments: list[int]
) -> None:
    ordered = sorted(cuts)
    periods = tuple(
        WorkingPeriod(weekday=day, start_minute=ordered[place], end_minute=ordered[place + 1])
        for day in weekdays
        for place in range(0, len(ordered), 2)
    )
    calendar = BusinessCalendar(zone=zone, periods=periods)
    first, middle, last = moments
    whole = working_us(calendar, start_us=first, end_us=last)
    assert 0 <= whole <= last - first
    assert whole == working_us(calendar, start_us=first, end_us=middle) + working_us(
        calendar, start_us=middle, end_us=last
    )
    clock = BusinessClock(calendar, since_us=first, until_us=last)
    passed = clock.passed(np.array(moments, dtype=np.int64))
    assert int(passed[2] - passed[0]) == whole


@given(start=st.integers(0, 20_000), minutes=st.integers(0, 3_000))
@settings(max_examples=30, deadline=None)
def test_working_time_is_what_counting_minute_by_minute_gives(start: int, minutes: int) -> None:
    begin = at("2026-09-21T00:00") + start * MINUTE_US
    zone, counted = ZoneInfo("Asia/Shanghai"), 0
    for minute in range(minutes):
        local = datetime.fromtimestamp((begin + minute * MINUTE_US) / 1e6, tz=zone)
        works = local.weekday() < 5 and local.date() != date(2026, 10, 1)
        of_day = local.hour * 60 + local.minute
        counted += works and (540 <= of_day < 720 or 810 <= of_day < 1_050)
    assert working_us(SHANGHAI, start_us=begin, end_us=begin + minutes * MINUTE_US) == counted * MINUTE_US


@pytest.mark.parametrize(
    "text",
    [
        "", "Mon-Fri 09:00-17:00", "Nowhere/City Mon-Fri 09:00-17:00", "UTC Fri-Mon 09:00-17:00", "UTC Mon 17:00-09:00",
        "UTC Mon 09:00-25:00", "UTC Mon 09:00-12:00,11:00-13:00", "UTC Mon nine-five",
    ],
)  # fmt: skip
def test_an_impossible_calendar_is_refused(text: str) -> None:
    with pytest.raises(CalendarError):
        parse_business_hours(text)
