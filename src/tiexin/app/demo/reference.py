"""The reference tables beside the events: branches, staff, products with risk levels, calendar."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from datetime import timedelta
from pathlib import Path

from tiexin.app.demo.money.plan import PRODUCT_COLUMNS, product_rows
from tiexin.app.demo.service.staff import Colleague, staff_rows
from tiexin.app.demo.world import World

FOLDER = "reference"
UNIT_COLUMNS = (
    "unit", "level", "parent", "name_zh", "name_en", "opened_on", "ended_on", "ended_by", "successor", "people",
)  # fmt: skip
CALENDAR_COLUMNS = ("day", "weekday", "open", "opens_at", "closes_at", "holiday", "utc_offset_hours")


def write_reference(world: World, folder: Path) -> list[Path]:
    """Write the tables as CSV (UTF-8, comma, header line, rows in a fixed order) and return their files.

    Rates are basis points a year, fees minor units; risk levels run from R1 (low) to R5 (high).
    Days are ISO 8601, hours local time, weekday 1 is Monday.
    """
    target = folder / FOLDER
    target.mkdir(parents=True, exist_ok=True)
    staff = staff_rows(world.profile, world.institution, world.streams)
    return [
        _write(target / "branches.csv", UNIT_COLUMNS, _units(world)),
        _write(
            target / "staff.csv",
            Colleague.__struct_fields__,
            ([getattr(row, name) for name in Colleague.__struct_fields__] for row in staff),
        ),
        _write(target / "products.csv", PRODUCT_COLUMNS, _products(world)),
        _write(target / "calendar.csv", CALENDAR_COLUMNS, _days(world)),
    ]


def _write(path: Path, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)
    return path


def _units(world: World) -> Iterable[Sequence[object]]:
    ends = {change.unit: change for _, change in world.institution.changes if change.kind in {"merged", "closed"}}
    for unit in world.org.units:
        ended: list[object] = ["", "", ""]
        if unit.unit in ends:
            change = ends[unit.unit]
            day = world.period.day_at(change.at).isoformat()
            ended = [day, change.kind, change.into or change.fallback]
        yield [unit.unit, unit.level, unit.parent or "", unit.zh, unit.en, world.org.founded, *ended, unit.staff]


def _products(world: World) -> Iterable[Sequence[object]]:
    """Yield the catalogue, restricted to the lines that the profile sells where it names them."""
    sold = world.profile.catalogue
    return (tuple(row.values()) for row in product_rows() if not sold or row["line"] in sold)


def _days(world: World) -> Iterable[Sequence[object]]:
    plan, period = world.profile.calendar, world.period
    opens, closes = plan.open_hours
    for index in range(period.days):
        day = period.first_day + timedelta(days=index)
        text = day.isoformat()
        holiday = any(first <= text <= last for first, last in plan.holidays)
        opened = day.weekday() in plan.open_weekdays and not holiday
        hours = [f"{opens:02d}:00", f"{closes:02d}:00"] if opened else ["", ""]
        flags = [str(opened).lower(), *hours, str(holiday).lower()]
        yield [text, day.isoweekday(), *flags, world.profile.utc_offset_hours]
