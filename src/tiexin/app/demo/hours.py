"""Local time of a generated period: which days are busy, when a contact falls, when the counters are open.

Times are whole seconds UTC since 1970; the institution has one zone without summer time.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

from tiexin.app.demo.profile import CalendarPlan, Profile
from tiexin.app.demo.streams import Choice, Draw

DAY = 86_400
HOUR = 3_600
YEAR_DAYS = 365.25
LOAD_BORDERS = (0.8, 1.25, 1.9)
"""Load of an hour against an ordinary one: below the first quiet, then normal, busy, jammed."""


class Period:
    """The generated months: first second, end, day and hour grid; ``season`` has a factor a month."""

    def __init__(self, profile: Profile, *, months: int, season: Sequence[float] = (1.0,) * 12) -> None:
        plan = profile.calendar
        self.offset = profile.utc_offset_hours * HOUR
        self.first_day = date.fromisoformat(profile.start)
        last = self.first_day.month - 1 + months
        self.end_day = date(self.first_day.year + last // 12, last % 12 + 1, self.first_day.day)
        self.days = (self.end_day - self.first_day).days
        self.start = self.second_of(self.first_day)
        self.end = self.start + self.days * DAY
        self.years = self.days / YEAR_DAYS
        days = [self.first_day + timedelta(days=index) for index in range(self.days)]
        factors = [_day_factor(plan, day) * season[day.month - 1] for day in days]
        is_open = [self._opens(plan, index) for index in range(self.days)]
        self._opens_at, closes_at = plan.open_hours
        self._open_seconds = (closes_at - self._opens_at) * HOUR
        self._open_sums = [0]
        for opened in is_open:
            self._open_sums.append(self._open_sums[-1] + self._open_seconds * opened)
        self.factors = factors
        """Contacts of each day against an ordinary one."""
        self.ordinary = [_day_factor(plan, self.first_day + timedelta(days=i), peaks=False) for i in range(self.days)]
        """The same without the peaks, as staff planners expect it."""
        self._days = {
            kind: Choice({i: f for i, f in enumerate(factors) if is_open[i] or kind != "branch"}) for kind in plan.hours
        }
        self._hours = {kind: Choice(dict(enumerate(weights))) for kind, weights in plan.hours.items()}
        self._loads = {kind: _loads(weights) for kind, weights in plan.hours.items()}

    def second_of(self, day: date) -> int:
        """Return the UTC second at which a local day begins."""
        return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()) - self.offset

    def day_at(self, share: float) -> date:
        """Return the local day on which this share of the period has passed."""
        return self.first_day + timedelta(days=int(self.days * share))

    def moment(self, kind: str, draw: Draw) -> int:
        """Return the second of a contact of this kind (branch, phone, online)."""
        day = self._days[kind].pick(draw)
        return self.start + day * DAY + self._hours[kind].pick(draw) * HOUR + int(draw() * HOUR)

    def load(self, kind: str, at: int) -> int:
        """Return the load at a second: 0 quiet, 1 normal, 2 busy, 3 jammed."""
        day, second = divmod(at - self.start, DAY)
        if not 0 <= day < self.days:
            return 0
        return bisect_right(LOAD_BORDERS, self._loads[kind][second // HOUR] * self.factors[day])

    def after_open_hours(self, at: int, seconds: int) -> int:
        """Return the second at which so many seconds of opening hours have passed since ``at`` (the end if never)."""
        day, second = divmod(at - self.start, DAY)
        if day >= self.days:
            return self.end
        here = self._open_sums[day + 1] - self._open_sums[day]
        target = self._open_sums[day] + min(max(second - self._opens_at * HOUR, 0), here) + seconds
        if target >= self._open_sums[-1]:
            return self.end
        found = bisect_right(self._open_sums, target) - 1
        return self.start + found * DAY + self._opens_at * HOUR + target - self._open_sums[found]

    def _opens(self, plan: CalendarPlan, index: int) -> bool:
        day = self.first_day + timedelta(days=index)
        return day.weekday() in plan.open_weekdays and not _is_holiday(plan, day)


def _is_holiday(plan: CalendarPlan, day: date) -> bool:
    return any(first <= day.isoformat() <= last for first, last in plan.holidays)


def _day_factor(plan: CalendarPlan, day: date, *, peaks: bool = True) -> float:
    factor = plan.holiday_factor if _is_holiday(plan, day) else plan.weekday_factor[day.weekday()]
    for peak in plan.peaks if peaks else ():
        if peak.first <= day.isoformat() <= peak.last:
            factor *= peak.factor
    return factor


def _loads(weights: list[int]) -> list[float]:
    """Weights of the hours against the mean of those that matter (at least 5), so that 1 is an ordinary hour."""
    ordinary = [weight for weight in weights if weight >= min(5, max(weights))]
    mean = sum(ordinary) / len(ordinary)
    return [weight / mean for weight in weights]
