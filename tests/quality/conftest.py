"""A small record whose figures can be counted by hand."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from tiexin.infra.settings import Settings
from tiexin.record.api import Record, open_record
from tiexin.record.contracts import Event

DAY_US = 86_400_000_000
START_US = 1_767_225_600_000_000
"""2026-01-01T00:00:00Z."""
_numbers = count(1)


def event(type_name: str, *, day: float, data: dict[str, Any], **envelope: Any) -> Event:
    """Return an event a number of days after the first of January 2026."""
    time_us = START_US + round(day * DAY_US)
    return Event(id=f"e{next(_numbers)}", source="urn:test", type=type_name, time_us=time_us, data=data, **envelope)


def call(*, day: float, queue: float = 0, outcome: str = "answered", **envelope: Any) -> Event:
    """Return a call about cards."""
    data = {"outcome": outcome, "queue_seconds": queue, "talk_seconds": 60, "topic": envelope.pop("topic", "cards")}
    return event("call.ended.v1", day=day, data=data, channel="phone", **envelope)


def survey(metric: str, score: float, *, day: float = 1, scale: tuple[int, int], **envelope: Any) -> Event:
    """Return the answer to a survey question."""
    data = {"metric": metric, "score": score, "scale_min": scale[0], "scale_max": scale[1]}
    return event("survey.answered.v1", day=day, data=data, channel="app", **envelope)


@pytest.fixture
def record(tmp_path: Path) -> Iterator[Record]:
    """An empty record."""
    with open_record(Settings(home=tmp_path)) as opened:
        yield opened
