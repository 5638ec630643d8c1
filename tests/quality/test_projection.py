"""The server's projection: kept by lake segment, rebuilt when needed, always the record's present state."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.quality.conftest import call, event
from tiexin.quality.contracts import Selection
from tiexin.quality.facts import DEFINITIONS_VERSION, RAW_FACTS
from tiexin.quality.served import ServedQuality
from tiexin.record.api import Record

ALL = Selection()


def offered(served: ServedQuality, record: Record) -> float | None:
    with served.opened(record) as quality:
        return quality.figures(["calls"], selection=ALL).figures["calls.offered"].value


def parts(record: Record) -> list[Path]:
    folder = record.settings.home / "quality" / f"v{DEFINITIONS_VERSION}"
    return sorted(folder.iterdir()) if folder.is_dir() else []


def test_new_events_count_at_once_in_tail_and_lake(record: Record) -> None:
    served = ServedQuality()
    record.append([call(day=0, subject="a")])
    assert offered(served, record) == 1
    assert parts(record) == []
    record.append([call(day=1, subject="a")])
    assert offered(served, record) == 2
    record.close_lake()
    assert offered(served, record) == 2
    record.append([call(day=2, subject="b")])
    assert offered(served, record) == 3
    assert len(parts(record)) == 1
    files = {file.stem for file in parts(record)[0].iterdir()}
    assert files == {*RAW_FACTS, "activity", "extents"}
    served.close()


def test_a_lost_or_outdated_projection_is_made_again(record: Record) -> None:
    record.append(
        [
            call(day=0, subject="a"),
            event("app.session_ended.v1", day=0, data={"seconds": 1}, subject="b"),
            event("complaint.recorded.v1", day=0, data={"outcome": "closed"}),
        ]
    )
    record.close_lake()
    old = record.settings.home / "quality" / "v0"
    old.mkdir(parents=True)
    first = ServedQuality()
    assert offered(first, record) == 1
    first.close()
    assert not old.exists()
    for file in parts(record)[0].iterdir():
        file.unlink()
    parts(record)[0].rmdir()
    again = ServedQuality()
    with again.opened(record) as quality:
        assert quality.figures(["complaints"], selection=ALL).figures["complaints.per_10000"].n == 2
    again.close()
    assert len(parts(record)) == 1


def test_the_next_contact_may_arrive_after_the_projection_was_made(record: Record) -> None:
    record.append([call(day=0, subject="a"), call(day=20, subject="z")])
    served = ServedQuality()
    with served.opened(record) as quality:
        before = quality.figures(["fcr"], selection=ALL).figures["contacts.first_contact_resolution"]
    record.append([call(day=1, subject="a")])
    with served.opened(record) as quality:
        after = quality.figures(["fcr"], selection=ALL).figures["contacts.first_contact_resolution"]
    served.close()
    assert (before.value, before.n) == (1.0, 1)
    assert (after.value, after.n) == (0.5, 2)


def test_questions_in_the_middle_of_a_refresh_see_one_state(record: Record) -> None:
    record.append([call(day=0, subject="a")])
    served = ServedQuality()
    with served.opened(record) as quality:
        record.append([call(day=1, subject="b")])
        with served.opened(record) as newer:
            assert newer.figures(["calls"], selection=ALL).figures["calls.offered"].value == 2
        assert quality.figures(["calls"], selection=ALL).figures["calls.offered"].value == 1
    served.close()


@pytest.mark.parametrize("quote", ["o'clock", '"'])
def test_names_with_quotes_are_only_names(record: Record, quote: str) -> None:
    record.append([call(day=0, product=quote)])
    served = ServedQuality()
    with served.opened(record) as quality:
        found = quality.figures(["calls"], selection=Selection(product=quote)).figures["calls.offered"]
    served.close()
    assert found.value == 1
