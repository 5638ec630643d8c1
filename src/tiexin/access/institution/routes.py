"""The institution's settings over HTTP."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request

from tiexin.access.asking import caller_of, changes_the_whole, known_caller, may
from tiexin.access.contracts import Right
from tiexin.access.institution.contracts import (
    CalendarDocument,
    CalendarId,
    Calendars,
    House,
    KeptCalendar,
    Organisation,
    Preview,
    UnitChange,
)
from tiexin.access.institution.service import Institution


def router(get_institution: Callable[[], Institution]) -> APIRouter:
    """Return the routes of the settings.

    Args:
        get_institution: gives the opened settings once the server has started.
    """
    api = APIRouter(prefix="/v1/settings", tags=["settings"])
    # Who may move units moves the bounds of what everybody sees, so nobody bound to a unit may.
    changes = [Depends(may(Right.SETTINGS_MANAGE)), Depends(changes_the_whole)]
    reads = [Depends(may(Right.FIGURES_READ))]

    @api.get("/house", response_model=House, dependencies=[Depends(known_caller)])
    def read_house() -> House:
        """What the institution says to everybody who is signed in, customers included."""
        return get_institution().house()

    @api.put("/house", response_model=House, dependencies=changes)
    def keep_house(house: House, request: Request) -> House:
        """Keep it in place of what stood before; the change is an event."""
        return get_institution().put_house(house, by=caller_of(request).name)

    @api.get("/calendars", response_model=Calendars, dependencies=reads)
    def read_calendars() -> Calendars:
        """Every business calendar; before any is set, the usual hours."""
        return Calendars(calendars=get_institution().calendars())

    @api.put("/calendars/{calendar_id}", response_model=KeptCalendar, dependencies=changes)
    def keep_calendar(calendar_id: CalendarId, document: CalendarDocument, request: Request) -> KeptCalendar:
        """Keep a calendar under its id, new or in place of the former; the change is an event."""
        return get_institution().put_calendar(calendar_id, document, by=caller_of(request).name)

    @api.delete("/calendars/{calendar_id}", status_code=204, dependencies=changes)
    def forget_calendar(calendar_id: CalendarId, request: Request) -> None:
        """Forget a calendar; keeping it again brings it back."""
        get_institution().remove_calendar(calendar_id, by=caller_of(request).name)

    @api.get("/organisation", response_model=Organisation, dependencies=reads)
    def read_organisation(
        on: Annotated[date | None, Query(description="As it stands on this day; today unless named.")] = None,
    ) -> Organisation:
        """The dated tree of units, and every change that made it, newest first."""
        return get_institution().organisation(on)

    @api.post("/organisation/preview", response_model=Preview, dependencies=changes)
    def preview_change(change: UnitChange) -> Preview:
        """What a change would do, in words; nothing is recorded."""
        return get_institution().preview(change)

    @api.post("/organisation", response_model=Preview, status_code=201, dependencies=changes)
    def change_unit(change: UnitChange, request: Request) -> Preview:
        """Record a change of the organisation from a day on."""
        return get_institution().change_unit(change, by=caller_of(request).name)

    return api
