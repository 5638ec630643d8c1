"""Days on which money moves by itself: pay days before holidays, the Spring Festival; and the hours of a day."""

from __future__ import annotations

from datetime import date, timedelta

from tiexin.app.demo.hours import DAY, HOUR, Period
from tiexin.app.demo.money.plan import MoneyPlan
from tiexin.app.demo.profile import CalendarPlan
from tiexin.app.demo.streams import Choice, Draw

SATURDAY = 5
FESTIVAL = ((1, 15), (2, 25))
FESTIVAL_DAYS_MIN = 6


class Paydays:
    """Knows the days of the generated months; times are UTC seconds of local midnights."""

    def __init__(self, plan: MoneyPlan, calendar: CalendarPlan, period: Period) -> None:
        self._period = period
        self._holidays = [(date.fromisoformat(first), date.fromisoformat(last)) for first, last in calendar.holidays]
        self._hours = Choice(dict(enumerate(plan.hours["people"])))
        self._monthly = {day: self._of(day) for day in range(1, 29)}
        self.festivals = [period.second_of(first) for first, _ in self._festivals()]
        """Midnights of the first days of the Spring Festival in the period."""
        self.bonuses = [self._before(first, plan.bonus.days_before_festival) for first, _ in self._festivals()]

    def monthly(self, day: int) -> list[int]:
        """Return the midnights of payments due on this day of the month: of it, or of the working day before."""
        return self._monthly[day]

    def moment(self, draw: Draw) -> int:
        """Return a second in which somebody moves money by hand: any day of the week, mostly while awake."""
        period = self._period
        day, hour = int(draw() * period.days), self._hours.pick(draw)
        return period.start + day * DAY + hour * HOUR + int(draw() * HOUR)

    def is_working(self, day: date) -> bool:
        """Tell whether it is a weekday and no holiday (make-up days aside)."""
        return day.weekday() < SATURDAY and not any(first <= day <= last for first, last in self._holidays)

    def on(self, day: date, draw: Draw) -> int:
        """Return a second of a local day in which somebody moves money by hand."""
        return self._period.second_of(day) + self._hours.pick(draw) * HOUR + int(draw() * HOUR)

    def _of(self, day: int) -> list[int]:
        period, found = self._period, []
        month = date(period.first_day.year, period.first_day.month, 1)
        while month < period.end_day:
            midnight = self._before(month.replace(day=day), 0)
            if period.start <= midnight < period.end:
                found.append(midnight)
            month = (month + timedelta(days=32)).replace(day=1)
        return found

    def _before(self, day: date, days: int) -> int:
        """Return the midnight of the last working day at least so many days before ``day`` (make-up days aside)."""
        day -= timedelta(days=days)
        while not self.is_working(day):
            day -= timedelta(days=1)
        return self._period.second_of(day)

    def _festivals(self) -> list[tuple[date, date]]:
        """Return the holidays that are the Spring Festival: a long one that begins in late January or February."""
        return [
            (first, last)
            for first, last in self._holidays
            if FESTIVAL[0] <= (first.month, first.day) <= FESTIVAL[1]
            and (last - first).days + 1 >= FESTIVAL_DAYS_MIN
            and self._period.first_day <= first < self._period.end_day
        ]
