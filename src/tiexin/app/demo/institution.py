"""The organisation over the period: which unit a customer's branch is on a day, who works there, its events."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from tiexin.app.demo.hours import Period
from tiexin.app.demo.profile import Profile, Unit, UnitChange
from tiexin.app.demo.streams import Choice, Draw


class OrgEvent(msgspec.Struct, frozen=True):
    """A reference event of the organisation: when (UTC second), type, data."""

    at: int
    type: str
    data: dict[str, Any]


class Institution:
    """Answers where work happens and who does it."""

    def __init__(self, profile: Profile, period: Period) -> None:
        self._plan = profile.organisation
        self._period = period
        self.units: dict[str, Unit] = {unit.unit: unit for unit in self._plan.units}
        self.changes = [(period.second_of(period.day_at(change.at)), change) for change in self._plan.changes]
        self._successors = {
            change.unit: (at, change.into or change.fallback)
            for at, change in self.changes
            if change.kind in {"merged", "closed"}
        }
        self.branches = Choice({u.unit: u.weight for u in self._plan.units if u.level == "branch"})
        branches = {u.unit for u in self._plan.units if u.level == "branch"}
        self._wealth = {u.parent: u.unit for u in self._plan.units if u.level == "desk" and u.parent in branches}
        self._staff = {u.unit: [f"{u.unit}-s{n:02d}" for n in range(1, u.staff + 1)] for u in self._plan.units}

    def unit_at(self, unit: str, at: int) -> str:
        """Return the unit that does the work of ``unit`` at a second (its successor once merged or closed)."""
        while unit in self._successors and at >= self._successors[unit][0]:
            unit = self._successors[unit][1]
        return unit

    def wealth_desk(self, branch: str) -> str | None:
        """Return the wealth desk of a branch, if it has one."""
        return self._wealth.get(branch)

    def slow_factor(self, unit: str) -> float:
        """Return how much longer everything takes at this unit."""
        return self.units[unit].slow_factor

    def staff(self, unit: str, draw: Draw) -> str:
        """Return the id of one of the people who work at a unit."""
        people = self._staff[unit]
        return people[int(draw() * len(people))]

    def people_of(self, unit: str) -> list[str]:
        """Return the ids of all who work at a unit."""
        return self._staff[unit]

    def events(self) -> Iterator[OrgEvent]:
        """Yield the reference events in order of time: every unit opened, then what changed in the period."""
        for unit in self._plan.units:
            data = {
                "unit": unit.unit,
                "level": unit.level,
                "name_zh": unit.zh,
                "name_en": unit.en,
                "valid_from": self._plan.founded,
            }
            if unit.parent:
                data["parent"] = unit.parent
            yield OrgEvent(self._period.start, "org.unit_opened.v1", data)
        for at, change in self.changes:
            day = self._period.day_at(change.at).isoformat()
            yield OrgEvent(at, f"org.unit_{change.kind}.v1", {**_change_data(change), "valid_from": day})


def _change_data(change: UnitChange) -> dict[str, Any]:
    if change.kind == "renamed":
        return {"unit": change.unit, "name_zh": change.zh, "name_en": change.en}
    if change.kind == "moved":
        return {"unit": change.unit, "parent": change.parent}
    if change.kind == "merged":
        return {"unit": change.unit, "into": change.into}
    return {"unit": change.unit}
