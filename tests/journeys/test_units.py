"""A filter by unit means the same in journeys as in quality: its subtree, mergers followed, on the last day."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from tiexin.infra.settings import Settings
from tiexin.journeys.api import open_journey
from tiexin.journeys.contracts import JourneyFilter
from tiexin.quality.api import open_quality
from tiexin.quality.contracts import Selection
from tiexin.record.api import Record, open_record
from tiexin.record.contracts import Event

DAY_US = 86_400_000_000
START_US = 1_767_225_600_000_000
"""2026-01-01T00:00:00Z."""
CASES = {"N1": 3, "S1": 2, "S2": 1, "elsewhere": 4, None: 5}
_numbers = count(1)


def event(type_name: str, *, day: float, data: dict[str, Any], **envelope: Any) -> Event:
    time_us = START_US + round(day * DAY_US)
    return Event(id=f"e{next(_numbers)}", source="urn:test", type=type_name, time_us=time_us, data=data, **envelope)


def unit(code: str, level: str, parent: str | None = None) -> Event:
    data = {"unit": code, "level": level, "name_zh": f"{code}行", "name_en": code, "valid_from": "2020-01-01"}
    return event("org.unit_opened.v1", day=0, data=data | ({"parent": parent} if parent else {}))


def merger(*, of: str, into: str, on: str) -> Event:
    return event("org.unit_merged.v1", day=0, data={"unit": of, "into": into, "valid_from": on})


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Record]:
    """As many cases as calls in every unit; S1 goes over to N1 on the last day, S2 only after it."""
    events = [
        unit("HQ", "head_office"),
        unit("N", "first_level_branch", "HQ"),
        unit("S", "first_level_branch", "HQ"),
        unit("N1", "branch", "N"),
        unit("S1", "branch", "S"),
        unit("S2", "branch", "S"),
        merger(of="S1", into="N1", on="2026-01-03"),
        merger(of="S2", into="N1", on="2026-01-04"),
    ]
    call = {"outcome": "answered", "queue_seconds": 1, "talk_seconds": 1, "topic": "cards"}
    for org, cases in CASES.items():
        for number in range(cases):
            own = {"journey": "loan", "case": f"{org} {number}"}
            events.append(event("journey.step_recorded.v1", day=0, data={}, step="apply", org=org, **own))
            events.append(event("journey.step_recorded.v1", day=1, data={}, step="decide", **own))
            events.append(event("call.ended.v1", day=2, data=call, org=org, channel="phone"))
    folder: Path = tmp_path_factory.mktemp("units")
    with open_record(Settings(home=folder)) as opened:
        opened.append(events)
        yield opened


@pytest.mark.parametrize(
    ("unit", "cases"),
    [("HQ", 6), ("N", 5), ("N1", 5), ("S", 1), ("S1", 2), ("S2", 1), ("elsewhere", 4), ("nowhere", 0), ("", 5)],
)
def test_a_unit_takes_in_the_same_in_journeys_and_in_quality(record: Record, unit: str, cases: int) -> None:
    with open_journey(record, JourneyFilter(name="loan", org=unit)) as journey:
        summary = journey.summary()
    with open_quality(record) as quality:
        offered = quality.figures(["calls"], selection=Selection(branch=unit)).figures["calls.offered"]
    assert (summary.cases, summary.events) == (cases, 2 * cases)
    assert offered.n == cases


def test_a_case_that_touches_two_units_counts_for_both_as_a_whole(tmp_path: Path) -> None:
    with open_record(Settings(home=tmp_path)) as record:
        record.append(
            [
                event("journey.step_recorded.v1", day=0, data={}, step="a", org="A", journey="loan", case="1"),
                event("journey.step_recorded.v1", day=1, data={}, step="b", org="B", journey="loan", case="1"),
            ]
        )
        found = []
        for name in ("A", "B"):
            with open_journey(record, JourneyFilter(name="loan", org=name)) as journey:
                found.append(journey.summary().events)
    assert found == [2, 2]
