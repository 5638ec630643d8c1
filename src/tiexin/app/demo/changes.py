"""What changes over the period: improvements in some branches, real or not, a season, and a slow drift."""

from __future__ import annotations

from typing import Any

import msgspec

from tiexin.app.demo.hours import DAY, YEAR_DAYS, Period
from tiexin.app.demo.profile import load_data


class Improvement(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Something introduced in some units when the share ``at`` of the period has passed; waits times ``factor``."""

    improvement: str
    at: float
    units: list[str]
    figure: str
    factor: float
    zh: str
    en: str


class ChangesPlan(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The data file of the changes; ``season`` has a factor of contacts for each month of the year."""

    improvements: list[Improvement]
    season: list[float]
    drift: dict[str, float]


class Changes:
    """Answers by how much waiting differs from what the load alone would make it."""

    def __init__(self, plan: ChangesPlan, period: Period, slow: dict[str, float]) -> None:
        self.plan = plan
        self._period = period
        self._slow = slow
        self._since = [(period.second_of(period.day_at(plan.at)), plan) for plan in plan.improvements]
        self._by_unit: dict[str, list[tuple[int, float]]] = {}
        for at, improvement in self._since:
            for unit in improvement.units:
                self._by_unit.setdefault(unit, []).append((at, improvement.factor))
        self._growth = plan.drift["phone_wait_per_year"] - 1
        self._year = DAY * YEAR_DAYS

    def branch_wait(self, unit: str, at: int) -> float:
        """Return the factor of counter queues at a unit: how slow it is, and what has been improved there by then."""
        factor = self._slow[unit]
        for since, change in self._by_unit.get(unit, ()):
            if at >= since:
                factor *= change
        return factor

    def phone_wait(self, at: int) -> float:
        """Return the factor of telephone waits: the slow drift, linear in time."""
        return 1 + self._growth * (at - self._period.start) / self._year

    def events(self) -> list[tuple[int, dict[str, Any]]]:
        """Return what the house announces about its improvements: UTC second and data of the event."""
        found = []
        for at, plan in self._since:
            day = self._period.day_at(plan.at).isoformat()
            data = {"improvement": plan.improvement, "units": plan.units, "aim": plan.figure, "valid_from": day}
            found.append((at, data | {"name_zh": plan.zh, "name_en": plan.en}))
        return found

    def truth(self, branches: list[str]) -> dict[str, Any]:
        """Return the section of the truth file; ``branches`` are all that could have been treated."""
        improvements = []
        for at, plan in self._since:
            improvements.append(
                {
                    "improvement": plan.improvement,
                    "zh": plan.zh,
                    "en": plan.en,
                    "figure": plan.figure,
                    "valid_from": self._period.day_at(plan.at).isoformat(),
                    "at_utc": at,
                    "treated": plan.units,
                    "untreated": [unit for unit in branches if unit not in self._by_unit],
                    "true_factor": plan.factor,
                    "works": plan.factor != 1,
                }
            )
        return {
            "improvements": improvements,
            "season": {"contacts_by_month": self.plan.season},
            "drift": self.plan.drift,
        }


def load_changes(name: str) -> ChangesPlan:
    """Return what changes in the institution of this profile."""
    return msgspec.convert(load_data("changes", name), ChangesPlan)
