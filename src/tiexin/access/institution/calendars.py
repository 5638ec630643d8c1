"""Business calendars of the institution: from the document people edit to the calendar clocks run by, and back."""

from __future__ import annotations

import msgspec

from tiexin.access.institution.contracts import Both, CalendarDocument, KeptCalendar, Week
from tiexin.access.institution.store import Setting
from tiexin.kernel.calendar import HOURS, BusinessCalendar, CalendarError, WorkingPeriod
from tiexin.kernel.clock import iso_us

WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
USUAL_ID = "usual"
USUAL = CalendarDocument(
    name=Both(zh="通常的工作时间", en="Usual business hours"),
    zone="Asia/Shanghai",
    week=Week(**{day: ["09:00-12:00", "13:30-17:30"] for day in WEEK[:5]}),
)
"""Holds until the institution sets its own."""


def to_calendar(document: CalendarDocument) -> BusinessCalendar:
    """Return the calendar of a document.

    Raises:
        CalendarError: an unknown zone, a period that ends before it starts or overlaps, a day that is both a holiday
            and a make-up day, or a week without any working time.
    """
    week = document.week.model_dump()
    periods = tuple(_period(weekday, text) for weekday, day in enumerate(WEEK) for text in week[day])
    if not periods:
        msg = "A calendar without any working time would stop every clock for good. Give at least one day its hours."
        raise CalendarError(msg)
    both = sorted(set(document.holidays) & set(document.makeup_days))
    if both:
        msg = f"{both[0].isoformat()} is a holiday and a make-up day at once. Take it off one of the two lists."
        raise CalendarError(msg, day=both[0].isoformat())
    return BusinessCalendar(
        zone=document.zone,
        periods=periods,
        holidays=frozenset(document.holidays),
        makeup_days=frozenset(document.makeup_days),
        makeup_as=WEEK.index(document.makeup_as),
    )


def kept(calendar_id: str, document: CalendarDocument, *, setting: Setting | None) -> KeptCalendar:
    """Return a document as it is kept, its days in order and its weekly hours counted."""
    calendar = to_calendar(document)
    minutes = sum(period.end_minute - period.start_minute for period in calendar.periods)
    return KeptCalendar(
        id=calendar_id,
        name=document.name,
        zone=document.zone,
        week=document.week,
        holidays=sorted(set(document.holidays)),
        makeup_days=sorted(set(document.makeup_days)),
        makeup_as=document.makeup_as,
        hours_a_week=minutes / 60,
        changed=iso_us(setting.changed_us) if setting else None,
        changed_by=setting.changed_by if setting else None,
    )


def from_setting(setting: Setting) -> CalendarDocument:
    """Return the document that a setting holds."""
    return CalendarDocument.model_validate(msgspec.json.decode(setting.value))


def _period(weekday: int, text: str) -> WorkingPeriod:
    found = HOURS.match(text)
    hour1, minute1, hour2, minute2 = (int(part) for part in found.groups()) if found else (99, 0, 0, 0)
    if max(minute1, minute2) > 59 or max(hour1, hour2) > 24:  # noqa: PLR2004  (the clock's own limits)
        msg = f"{text!r} on {WEEK[weekday]} is no time of day; hours read like 09:00-17:30."
        raise CalendarError(msg, value=text)
    return WorkingPeriod(weekday=weekday, start_minute=hour1 * 60 + minute1, end_minute=hour2 * 60 + minute2)
