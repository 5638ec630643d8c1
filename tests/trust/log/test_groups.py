"""Many hands at once: entries share a flush, keep their order, and wait in a queue with an end."""

from __future__ import annotations

from concurrent.futures import Future
from hashlib import sha256
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest

from tiexin.trust.log import Log, LogBusyError
from tiexin.trust.log import log as module
from tiexin.trust.log.disk import RealDisk
from tiexin.trust.rules.merkle import leaf_hash, root_of


class SlowDisk(RealDisk):
    """The real files, whose flush can be held up and is counted."""

    def __init__(self) -> None:
        self.flushes = 0
        self.entered = Event()
        self.go = Event()
        self.go.set()

    def sync(self, handle: Any, /) -> None:
        self.flushes += 1
        self.entered.set()
        assert self.go.wait(timeout=60)
        RealDisk.sync(handle)


class Held:
    """A log whose first appended entry is held up in its flush, so that others gather behind it."""

    def __init__(self, folder: Path) -> None:
        self.disk = SlowDisk()
        self.log = Log.open(folder, disk=self.disk)
        self.disk.go.clear()
        self.disk.entered.clear()
        self.first = self.log.append(b"first")
        assert self.disk.entered.wait(timeout=60)


def test_what_arrives_during_a_flush_shares_the_next_one(tmp_path: Path) -> None:
    held = Held(tmp_path / "log")
    waiting = [held.log.append(b"%d" % number) for number in range(256)]
    assert not any(each.done() for each in (held.first, *waiting))
    assert held.log.size == 0
    before = held.disk.flushes
    held.disk.go.set()
    assert [each.result(timeout=60) for each in waiting] == list(range(1, 257))
    assert held.disk.flushes == before + 1
    held.log.close()


def test_entries_beyond_the_queue_are_refused_and_not_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "WAITING_LIMIT", 3)
    held = Held(tmp_path / "log")
    waiting = [held.log.append(b"%d" % number) for number in range(3)]
    with pytest.raises(LogBusyError) as refused:
        held.log.append(b"one too many")
    assert refused.value.status == 503
    held.disk.go.set()
    assert [each.result(timeout=60) for each in waiting] == [1, 2, 3]
    held.log.close()
    with Log.open(tmp_path / "log") as log:
        assert log.entries(0, log.size) == [b"first", b"0", b"1", b"2"]


def test_an_entry_taken_back_in_time_is_not_written(tmp_path: Path) -> None:
    held = Held(tmp_path / "log")
    taken_back, kept = held.log.append(b"taken back"), held.log.append(b"kept")
    assert taken_back.cancel()
    held.disk.go.set()
    assert kept.result(timeout=60) == 1
    held.log.close()
    with Log.open(tmp_path / "log") as log:
        assert log.entries(0, log.size) == [b"first", b"kept"]


def test_closing_waits_for_what_was_taken(tmp_path: Path) -> None:
    held = Held(tmp_path / "log")
    waiting = held.log.append(b"last")
    closing = Thread(target=held.log.close)
    closing.start()
    held.disk.go.set()
    closing.join(timeout=60)
    assert waiting.result(timeout=0) == 1
    with Log.open(tmp_path / "log") as log:
        assert log.entries(0, log.size) == [b"first", b"last"]


def test_many_threads_append_and_each_entry_stands_where_its_result_says(tmp_path: Path) -> None:
    found: dict[int, bytes] = {}

    def producer(log: Log, number: int) -> None:
        pairs: list[tuple[bytes, Future[int]]] = []
        for turn in range(300):
            entry = sha256(b"%d/%d" % (number, turn)).digest()
            pairs.append((entry, log.append(entry)))
        indexes = [future.result(timeout=60) for _, future in pairs]
        assert indexes == sorted(indexes)
        found.update(zip(indexes, [entry for entry, _ in pairs], strict=True))

    with Log.open(tmp_path / "log") as log:
        threads = [Thread(target=producer, args=(log, number)) for number in range(8)]
        for each in threads:
            each.start()
        bulk = [sha256(b"bulk/%d" % number).digest() for number in range(500)]
        for start in range(0, 500, 50):
            end = log.extend(bulk[start : start + 50])
            assert end >= start + 50
        for each in threads:
            each.join()
        assert log.size == 8 * 300 + 500
        assert sorted(found) == [index for index in range(log.size) if log.entry(index) not in set(bulk)]
        assert all(log.entry(index) == entry for index, entry in found.items())
        assert [each for each in log.entries(0, log.size) if each in set(bulk)] == bulk
        assert log.root() == log.rehash() == root_of([leaf_hash(each) for each in log.entries(0, log.size)])
