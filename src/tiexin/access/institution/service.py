"""The settings of one institution, opened: calendars, words to everybody, changes of the organisation."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import msgspec

from tiexin.access.institution import calendars, rules
from tiexin.access.institution.contracts import (
    CALENDARS_MAX,
    CalendarDocument,
    ChangeModel,
    House,
    KeptCalendar,
    Organisation,
    Preview,
    UnitChange,
    UnitModel,
)
from tiexin.access.institution.store import Setting, SettingStore
from tiexin.infra.db import Database
from tiexin.kernel.calendar import BusinessCalendar
from tiexin.kernel.clock import Clock, SystemClock, from_us, iso_us
from tiexin.kernel.errors import NotFoundError, RefusedError
from tiexin.kernel.ids import IdSource
from tiexin.record.contracts import Event, EventFilter, RecordedEvent

if TYPE_CHECKING:
    from tiexin.record.api import Record

CALENDAR = "calendar:"
HOUSE = "house"
USUAL = calendars.USUAL_ID
SOURCE = "tiexin/settings"
CHANGED = "access.setting_changed.v1"
ACTS = {kind: act for act, kind in rules.TYPES.items()}


class CalendarNotFoundError(NotFoundError):
    """There is no calendar of that id."""

    code = "calendar_not_found"


class TooManyCalendarsError(RefusedError):
    """The institution keeps as many calendars as it may."""

    code = "too_many_calendars"


class Institution:
    """What the institution says about itself. Every change is an event in the record that names who made it."""

    def __init__(self, database: Database, *, record: Record | None, clock: Clock | None = None) -> None:
        self._store = SettingStore(database)
        self._record = record
        self._clock = clock or SystemClock()
        self._ids = IdSource(self._clock)

    # -- calendars ----------------------------------------------------------------------------------------------

    def calendars(self) -> list[KeptCalendar]:
        """Return every calendar by its id; before any is set, the usual business hours."""
        settings = self._store.under(CALENDAR)
        found = [
            calendars.kept(setting.name.removeprefix(CALENDAR), calendars.from_setting(setting), setting=setting)
            for setting in settings
        ]
        if any(calendar.id == USUAL for calendar in found):
            return found
        return sorted([*found, self._usual()], key=lambda calendar: calendar.id)

    def calendar(self, calendar_id: str = USUAL) -> BusinessCalendar:
        """Return the calendar of an id, for clocks to run by.

        Raises:
            CalendarNotFoundError: there is none.
        """
        setting = self._store.get(CALENDAR + calendar_id)
        if setting is not None:
            return calendars.to_calendar(calendars.from_setting(setting))
        if calendar_id == USUAL:
            return calendars.to_calendar(calendars.USUAL)
        raise _no_calendar(calendar_id)

    def put_calendar(self, calendar_id: str, document: CalendarDocument, *, by: str) -> KeptCalendar:
        """Keep a calendar under its id and return it.

        Raises:
            CalendarError: nobody could live by it.
            TooManyCalendarsError: there are 50 others.
        """
        calendars.to_calendar(document)
        before = self._store.get(CALENDAR + calendar_id)
        if before is None and len(self._store.under(CALENDAR)) >= CALENDARS_MAX:
            msg = f"An institution keeps at most {CALENDARS_MAX} calendars; none was added. Delete one first."
            raise TooManyCalendarsError(msg, limit=CALENDARS_MAX)
        setting = self._put(CALENDAR + calendar_id, document.model_dump(mode="json"), before=before, by=by)
        return calendars.kept(calendar_id, document, setting=setting)

    def remove_calendar(self, calendar_id: str, *, by: str) -> None:
        """Forget a calendar; the usual one goes back to what holds before any is set.

        Raises:
            CalendarNotFoundError: there is none.
        """
        before = self._store.get(CALENDAR + calendar_id)
        if before is None:
            raise _no_calendar(calendar_id)
        self._note(CALENDAR + calendar_id, before=before.value, after=None, by=by)
        self._store.remove(CALENDAR + calendar_id)

    def _usual(self) -> KeptCalendar:
        return calendars.kept(USUAL, calendars.USUAL, setting=None)

    # -- words to everybody -------------------------------------------------------------------------------------

    def house(self) -> House:
        """Return what the institution says to everybody."""
        setting = self._store.get(HOUSE)
        return House() if setting is None else House.model_validate(msgspec.json.decode(setting.value))

    def put_house(self, house: House, *, by: str) -> House:
        """Keep what the institution says to everybody."""
        self._put(HOUSE, house.model_dump(mode="json"), before=self._store.get(HOUSE), by=by)
        return house

    # -- organisation -------------------------------------------------------------------------------------------

    def organisation(self, on: date | None = None) -> Organisation:
        """Return the tree as it stands on a day (today in the institution unless named) and every change of it."""
        day = on or self.today()
        units = [
            UnitModel(
                unit=unit.unit,
                level=unit.level.value,
                name_zh=unit.name.zh,
                name_en=unit.name.en,
                parent=unit.parent,
                open=unit.open,
                merged_into=unit.merged_into,
            )
            for unit in self._opened().org_tree().units(on=day)
        ]
        return Organisation(on=day, units=units, changes=self._changes())

    def preview(self, change: UnitChange) -> Preview:
        """Return what a change would do, without recording it.

        Raises:
            UnitChangeError: it does not fit the organisation.
        """
        tree = self._opened().org_tree()
        days = [made.valid_from for made in self._changes() if made.unit == change.unit]
        rules.check(change, tree, days=days, today=self.today())
        says = rules.say(change, tree)
        event = {"type": rules.TYPES[change.act], "data": rules.data_of(change)}
        return Preview(says_zh=says.zh, says_en=says.en, follow=rules.follow(change, tree), event=event)

    def change_unit(self, change: UnitChange, *, by: str) -> Preview:
        """Record a change of the organisation and return what it did.

        Asking again with the same idempotency key records nothing new.

        Raises:
            UnitChangeError: it does not fit the organisation; nothing was recorded.
            EventConflictError: the idempotency key was used for another change.
        """
        record = self._opened()
        kind, data = rules.TYPES[change.act], rules.data_of(change)
        if change.idempotency_key is not None:
            known = self._made(change.idempotency_key, kind)
            if known is not None and known.event.data == data:
                says = rules.say(change, record.org_tree())
                return Preview(says_zh=says.zh, says_en=says.en, follow=[], event={"type": kind, "data": data})
        preview = self.preview(change)
        event = Event(
            id=change.idempotency_key or self._ids.new(),
            source=SOURCE,
            type=kind,
            time_us=self._clock.now_us(),
            data=data,
            actor=by,
        )
        record.append([event])
        return preview

    def today(self) -> date:
        """Return the day it is in the institution, by the zone of its usual calendar."""
        return from_us(self._clock.now_us()).astimezone(ZoneInfo(self.calendar().zone)).date()

    def _changes(self) -> list[ChangeModel]:
        """Return every change of the organisation, newest first."""
        found = [_change(recorded) for kind in ACTS for recorded in self._opened().iterate(EventFilter(type=kind))]
        return sorted(found, key=lambda change: (change.valid_from, change.recorded, change.unit), reverse=True)

    def _made(self, event_id: str, kind: str) -> RecordedEvent | None:
        events = self._opened().iterate(EventFilter(type=kind))
        return next((one for one in events if one.event.source == SOURCE and one.event.id == event_id), None)

    def _opened(self) -> Record:
        if self._record is None:
            msg = "The organisation stands in the record, and access was opened without one."
            raise RefusedError(msg)
        return self._record

    def _put(self, name: str, document: dict[str, Any], *, before: Setting | None, by: str) -> Setting:
        value = msgspec.json.encode(document).decode()
        setting = Setting(name=name, value=value, changed_us=self._clock.now_us(), changed_by=by)
        if before is not None and before.value == value:
            return before
        # The event comes first: a change that nobody can trace must not be there.
        self._note(name, before=before.value if before else None, after=value, by=by)
        self._store.put(setting)
        return setting

    def _note(self, name: str, *, before: str | None, after: str | None, by: str) -> None:
        if self._record is None:
            return
        data = {"setting": name, "before": before, "after": after}
        now_us = self._clock.now_us()
        event = Event(id=self._ids.new(), source=SOURCE, type=CHANGED, time_us=now_us, data=data, actor=by)
        self._record.submit_own([event]).result()


def _change(recorded: RecordedEvent) -> ChangeModel:
    event = recorded.event
    data = dict(event.data)
    return ChangeModel(
        act=ACTS[event.type],
        unit=str(data.pop("unit")),
        valid_from=date.fromisoformat(data.pop("valid_from")),
        recorded=iso_us(recorded.recorded_us),
        by=event.actor,
        facts=data,
    )


def _no_calendar(calendar_id: str) -> CalendarNotFoundError:
    msg = f"There is no calendar {calendar_id!r}. GET /v1/settings/calendars lists them."
    return CalendarNotFoundError(msg, id=calendar_id)
