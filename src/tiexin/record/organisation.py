"""The organisation as a dated tree, drawn from reference events, so that figures follow mergers and closures."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from enum import StrEnum

import msgspec

from tiexin.kernel.errors import InvalidInputError
from tiexin.kernel.text import Text
from tiexin.record.contracts import Event

ORGANISATION_TYPES = (
    "org.unit_opened.v1",
    "org.unit_renamed.v1",
    "org.unit_moved.v1",
    "org.unit_merged.v1",
    "org.unit_closed.v1",
)
DEPTH_MAX = 16
"""Deepest chain of parents or of mergers that is followed; more is a circle."""


class OrganisationError(InvalidInputError):
    """The reference events contradict each other (a circle of parents or mergers); names the unit."""

    code = "organisation_circle"


class Level(StrEnum):
    """What kind of unit it is, from the top."""

    HEAD_OFFICE = "head_office"
    FIRST_LEVEL_BRANCH = "first_level_branch"
    BRANCH = "branch"
    DESK = "desk"


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """What holds for a unit from a day on; None means unchanged by this event."""

    valid_from: date
    parent: str | None = None
    name: Text | None = None
    merged_into: str | None = None
    closed: bool = False


class Unit(msgspec.Struct, frozen=True, kw_only=True):
    """A unit as it stood on a day."""

    unit: str
    level: Level
    name: Text
    parent: str | None
    open: bool
    merged_into: str | None


class OrgTree:
    """Units and their dated changes; every question names the day it is asked for."""

    def __init__(self, events: Iterable[Event]) -> None:
        self._levels: dict[str, Level] = {}
        self._changes: dict[str, list[Change]] = {}
        for event in events:
            self._add(event)
        for changes in self._changes.values():
            changes.sort(key=lambda change: change.valid_from)

    def unit(self, unit: str, *, on: date) -> Unit | None:
        """Return the unit as it stood on a day; None when it was never opened or not yet."""
        changes = [change for change in self._changes.get(unit, []) if change.valid_from <= on]
        if unit not in self._levels or not changes:
            return None
        name, parent, merged, is_open = Text(unit, unit), None, None, True
        for change in changes:
            name = change.name or name
            parent = change.parent or parent
            if change.closed or change.merged_into:
                is_open, merged = False, change.merged_into
        return Unit(unit=unit, level=self._levels[unit], name=name, parent=parent, open=is_open, merged_into=merged)

    def units(self, *, on: date) -> list[Unit]:
        """Return every unit that was opened by that day, sorted by its code."""
        found = (self.unit(name, on=on) for name in sorted(self._levels))
        return [unit for unit in found if unit is not None]

    def successor(self, unit: str, *, on: date) -> str:
        """Return the unit that carries this unit's figures on a day: itself, or what absorbed it.

        Raises:
            OrganisationError: the mergers run in a circle.
        """
        current = unit
        for _ in range(DEPTH_MAX):
            found = self.unit(current, on=on)
            if found is None or found.merged_into is None:
                return current
            current = found.merged_into
        msg = f"the mergers of unit {unit!r} run in a circle or deeper than {DEPTH_MAX}"
        raise OrganisationError(msg, unit=unit)

    def path(self, unit: str, *, on: date) -> list[Unit]:
        """Return the unit that carries the figures and its parents up to the top, nearest first.

        Raises:
            OrganisationError: the parents run in a circle.
        """
        chain: list[Unit] = []
        current: str | None = self.successor(unit, on=on)
        while current is not None:
            found = self.unit(current, on=on)
            if found is None:
                return chain
            if len(chain) >= DEPTH_MAX:
                msg = f"the parents of unit {unit!r} run in a circle or deeper than {DEPTH_MAX}"
                raise OrganisationError(msg, unit=unit)
            chain.append(found)
            current = None if found.parent is None else self.successor(found.parent, on=on)
        return chain

    def at_level(self, unit: str, level: Level, *, on: date) -> str | None:
        """Return the unit of ``level`` that carries this unit's figures on a day, None when there is none above it."""
        return next((found.unit for found in self.path(unit, on=on) if found.level is level), None)

    def children(self, unit: str, *, on: date) -> list[Unit]:
        """Return the open units that report to a unit on a day, sorted by code."""
        return [
            found
            for found in self.units(on=on)
            if found.open and found.parent is not None and self.successor(found.parent, on=on) == unit
        ]

    def subtree(self, unit: str, *, on: date) -> set[str]:
        """Return the codes of every unit, closed and merged ones included, whose figures belong under ``unit``."""
        return {name for name in self._levels if unit in {found.unit for found in self.path(name, on=on)}}

    def covered(self, unit: str, *, on: date) -> list[str]:
        """Return the codes that a filter for ``unit`` takes in on a day, sorted: its subtree and the unit itself.

        A unit that no reference event describes still stands for itself.
        """
        return sorted(self.subtree(unit, on=on) | {unit})

    def _add(self, event: Event) -> None:
        data = event.data
        unit, since = str(data["unit"]), date.fromisoformat(data["valid_from"])
        changes = self._changes.setdefault(unit, [])
        if event.type == "org.unit_opened.v1":
            self._levels[unit] = Level(data["level"])
            name = Text(data["name_zh"], data["name_en"])
            changes.append(Change(valid_from=since, parent=data.get("parent"), name=name))
        elif event.type == "org.unit_renamed.v1":
            changes.append(Change(valid_from=since, name=Text(data["name_zh"], data["name_en"])))
        elif event.type == "org.unit_moved.v1":
            changes.append(Change(valid_from=since, parent=data["parent"]))
        elif event.type == "org.unit_merged.v1":
            changes.append(Change(valid_from=since, merged_into=data["into"]))
        elif event.type == "org.unit_closed.v1":
            changes.append(Change(valid_from=since, closed=True))
