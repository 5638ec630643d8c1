"""The copy that answers in the first moments after a start: the same figures, only while the lake still fits."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from tests.quality.conftest import call, event
from tiexin.infra.settings import Settings
from tiexin.quality.facts import DEFINITIONS_VERSION
from tiexin.quality.store import projection as subject
from tiexin.quality.store import snapshot
from tiexin.quality.store.base import Slice
from tiexin.quality.store.projection import Projection, ProjectionError
from tiexin.record.api import Record

CALLS = "SELECT COUNT(*) AS n FROM calls"


@pytest.fixture(autouse=True)
def _every_load_counts_as_slow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subject, "QUICK_SECONDS", -1.0)


def settled(projection: Projection) -> Projection:
    """Wait for what goes on in the background."""
    if projection._background is not None:
        projection._background.join()
    return projection


def calls(projection: Projection) -> int:
    with projection.facts() as facts:
        return int(facts.query(CALLS).to_pylist()[0]["n"])


def folder_of(settings: Settings) -> Path:
    return settings.home / "quality"


def test_the_next_start_answers_from_the_copy_until_the_present_is_loaded(record: Record) -> None:
    record.append([call(day=0, subject="a"), call(day=1, subject="b")])
    record.close_lake()
    first = Projection(folder_of(record.settings))
    first.refresh(record)
    settled(first).close()
    record.append([call(day=2, subject="c")])

    second = Projection(folder_of(record.settings))
    with second._lock:  # the load in the background cannot begin yet
        assert snapshot.attach(
            second._connection,
            second._folder,
            parts={subject._part_name(segment) for segment in record.lake_segments()},
            position=record.position(),
        )
        second._standing_in = True
        assert calls(second) == 2
        with second.facts() as facts:
            assert (facts.extent().events, facts.active_customers(Slice())) == (2, {"all": 2})
    second._standing_in = False
    second.refresh(record)
    assert calls(settled(second)) == 3
    second.close()


def test_a_refresh_with_a_copy_returns_at_once_and_catches_up(record: Record) -> None:
    record.append([call(day=0, subject="a")])
    record.close_lake()
    first = Projection(folder_of(record.settings))
    first.refresh(record)
    settled(first).close()
    record.append([call(day=1, subject="b")])

    second = Projection(folder_of(record.settings))
    second.refresh(record)
    assert second._background is not None
    assert calls(settled(second)) == 2
    second.close()


@pytest.mark.parametrize("spoiled", ["lake", "position", "file", "label"])
def test_a_copy_that_does_not_fit_is_not_used(record: Record, spoiled: str) -> None:
    record.append([call(day=0, subject="a")])
    record.close_lake()
    first = Projection(folder_of(record.settings))
    first.refresh(record)
    settled(first)
    named = {subject._part_name(segment) for segment in record.lake_segments()}
    folder, position = first._folder, record.position()
    first.close()
    match spoiled:
        case "lake":
            named = {"another"}
        case "position":
            position = 0
        case "file":
            next(folder.glob("snapshot-*.duckdb")).write_bytes(b"not a database")
        case _:
            (folder / snapshot.LABEL).write_bytes(b"{")
    second = Projection(folder_of(record.settings))
    assert not snapshot.attach(second._connection, folder, parts=named, position=position)
    second.close()


def test_one_copy_is_kept_and_the_sweep_leaves_it(record: Record) -> None:
    for day in (0, 1):
        record.append([call(day=day, subject="a")])
        record.close_lake()
        projection = Projection(folder_of(record.settings))
        projection.refresh(record)
        settled(projection).close()
    folder = folder_of(record.settings) / f"v{DEFINITIONS_VERSION}"
    copies = sorted(file.name for file in folder.glob("*snapshot*"))
    assert len(copies) == 2
    assert copies[0].startswith("snapshot-")
    assert copies[1] == snapshot.LABEL


def test_closing_interrupts_a_long_question_and_tells_who_asked(record: Record) -> None:
    record.append([call(day=0, subject="a")])
    projection = settled_after_refresh(record)
    told: list[str] = []
    asking = threading.Event()

    def ask() -> None:
        try:
            with projection.facts() as facts:
                asking.set()
                facts.query("SELECT COUNT(*) FROM range(100000000000) AS one(n) WHERE hash(n) = 1")
        except ProjectionError as error:
            told.append(error.code)

    thread = threading.Thread(target=ask)
    thread.start()
    asking.wait()
    projection.close()
    thread.join()
    assert told == ["quality_projection"]


def settled_after_refresh(record: Record) -> Projection:
    """Return a loaded projection with nothing under way."""
    projection = Projection(folder_of(record.settings))
    projection.refresh(record)
    return settled(projection)


def test_a_sign_in_makes_nothing_be_loaded_again(record: Record) -> None:
    record.append([call(day=0, subject="a")])
    projection = settled_after_refresh(record)
    loads: list[int] = []
    projection._load = lambda _record: loads.append(1)  # type: ignore[assignment,method-assign]
    record.append([event("org.unit_closed.v1", day=1, data={"unit": "U", "valid_from": "2026-01-02"})])
    projection.refresh(record)
    assert loads == []
    assert projection._position == record.position()
    record.append([call(day=2, subject="a")])
    projection.refresh(record)
    assert loads == [1]
    projection.close()
