"""The documents an institution keeps about itself, as they cross the border and as HTTP takes them."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

CALENDARS_MAX = 50
"""Most calendars an institution keeps."""
PERIODS_MAX = 8
"""Most working periods of one day."""
DAYS_MAX = 1_000
"""Most holidays, and most make-up days, of one calendar."""

Name = Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[^\x00-\x1f]*\S[^\x00-\x1f]*$")]
UnitCode = Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[A-Za-z0-9][A-Za-z0-9_.\-]*$")]
CalendarId = Annotated[str, Field(min_length=1, max_length=60, pattern=r"^[a-z0-9][a-z0-9_\-]*$")]
Hours = Annotated[str, Field(pattern=r"^\d{1,2}:\d{2}-\d{1,2}:\d{2}$", examples=["09:00-12:00"])]
Periods = Annotated[list[Hours], Field(max_length=PERIODS_MAX)]


class Strict(BaseModel):
    """A document that has no members but the named ones."""

    model_config = ConfigDict(extra="forbid")


class Both(Strict):
    """A text in both languages."""

    zh: Name
    en: Name


class Week(Strict):
    """Working periods by weekday, such as ``09:00-12:00``; a day without any is free."""

    mon: Periods = []
    tue: Periods = []
    wed: Periods = []
    thu: Periods = []
    fri: Periods = []
    sat: Periods = []
    sun: Periods = []


class CalendarDocument(Strict):
    """When the institution, or a part of it, is at work.

    On ``holidays`` nobody works; on ``makeup_days`` people work as on the weekday ``makeup_as``, as the holiday
    arrangements of the State Council have it.
    """

    name: Both
    zone: Annotated[str, Field(min_length=1, max_length=60, examples=["Asia/Shanghai"])]
    week: Week
    holidays: Annotated[list[date], Field(max_length=DAYS_MAX)] = []
    makeup_days: Annotated[list[date], Field(max_length=DAYS_MAX)] = []
    makeup_as: Annotated[str, Field(pattern="^(mon|tue|wed|thu|fri|sat|sun)$")] = "mon"


class KeptCalendar(CalendarDocument):
    """A calendar as it is kept; ``changed`` and ``changed_by`` are None for the one that holds until another is set."""

    id: CalendarId
    hours_a_week: float
    changed: str | None = None
    changed_by: str | None = None


class Calendars(BaseModel):
    """Every calendar, by its id."""

    calendars: list[KeptCalendar]


class House(Strict):
    """What the institution says to everybody: its name, whom to call for help, how to complain."""

    name_zh: Annotated[str, Field(max_length=100)] = ""
    name_en: Annotated[str, Field(max_length=100)] = ""
    help_phone: Annotated[str, Field(max_length=40, pattern=r"^[0-9+()\- ]*$", examples=["95599"])] = ""
    complain_zh: Annotated[str, Field(max_length=2_000)] = ""
    complain_en: Annotated[str, Field(max_length=2_000)] = ""


class Act(StrEnum):
    """What can happen to a unit."""

    OPEN = "open"
    RENAME = "rename"
    MOVE = "move"
    MERGE = "merge"
    CLOSE = "close"


class UnitChange(Strict):
    """One change of the organisation from a day on; which members it needs depends on the act.

    ``open`` needs level, names and (but for a head office) a parent; ``rename`` names; ``move`` a parent; ``merge``
    the unit it goes into; ``close`` nothing more. The idempotency key makes a repeated request the same change.
    """

    act: Act
    unit: UnitCode
    valid_from: date
    level: Annotated[str, Field(pattern="^(head_office|first_level_branch|branch|desk)$")] | None = None
    name_zh: Name | None = None
    name_en: Name | None = None
    parent: UnitCode | None = None
    into: UnitCode | None = None
    idempotency_key: Annotated[str, Field(min_length=8, max_length=100, pattern=r"^[A-Za-z0-9\-]+$")] | None = None


class UnitModel(BaseModel):
    """A unit as it stands on a day."""

    unit: str
    level: str
    name_zh: str
    name_en: str
    parent: str | None
    open: bool
    merged_into: str | None


class ChangeModel(BaseModel):
    """A dated change of a unit, as an event recorded it."""

    act: Act
    unit: str
    valid_from: date
    recorded: str
    by: str | None
    facts: dict[str, Any]


class Organisation(BaseModel):
    """The tree as it stands on a day, and every change that made it, newest first."""

    on: date
    units: list[UnitModel]
    changes: list[ChangeModel]


class Preview(BaseModel):
    """What a change would do; nothing was recorded. ``follow`` are the units whose figures move with it."""

    says_zh: str
    says_en: str
    follow: list[str]
    event: dict[str, Any]
