"""A running server keeps its log: on a cadence, at its own pace, stopped at any moment."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from tests.support.events import calls
from tests.support.http import client_of
from tests.support.trust import ORIGIN, begun
from tiexin.app.http import Opened
from tiexin.infra.settings import Settings
from tiexin.record.api import open_record
from tiexin.trust import feed
from tiexin.trust.api import Head, Trust, open_trust
from tiexin.trust.follower import Follower
from tiexin.trust.log import Log
from tiexin.trust.rules.verifying import open_checkpoint

PATIENCE_SECONDS = 60


def published(trust: Trust, size: int) -> Head:
    """Wait until a head covers so many events, and return it."""
    pause = threading.Event()
    for _ in range(PATIENCE_SECONDS * 50):
        head = trust.head()
        if head is not None and head.size >= size:
            return head
        pause.wait(0.02)
    raise AssertionError(trust.state())


def test_a_server_publishes_what_is_recorded(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "home", trust_publish_seconds=1)
    with begun(settings) as (record, _):
        record.append(calls(30))
    with client_of(settings) as client:
        opened: Opened = client.app.state.opened
        assert published(opened.trust(), 30).size >= 30
        opened.record().append(calls(30, first=30))
        assert published(opened.trust(), 60).size >= 60
        assert client.get("/log/checkpoint").status_code == 200
    with begun(settings) as (_, trust):
        assert trust.audit().ok


def test_without_a_key_it_waits_and_makes_nothing(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "home")
    with open_record(settings) as record, open_trust(settings, record=record) as trust:
        record.append(calls(3))
        Follower(trust).round()
        assert not trust.folder.exists()


def test_what_follows_a_round_is_called_and_may_fail(tmp_path: Path) -> None:
    with begun(Settings(home=tmp_path / "home")) as (record, trust):
        record.append(calls(3))
        sizes: list[int] = []

        def after() -> None:
            head = trust.head()
            sizes.append(head.size if head else -1)
            if len(sizes) == 2:
                msg = "no chain"
                raise OSError(msg)

        follower = Follower(trust, after=after)
        follower.round()
        follower.round()
        assert sizes == [3, 3]
        assert trust.state()["publishing"]["last_error"] == "OSError: no chain"
        follower.round()
        assert trust.state()["publishing"]["last_error"] is None


def test_a_new_key_signs_the_head_that_stands_and_the_old_one_with_it(tmp_path: Path) -> None:
    with begun(Settings(home=tmp_path / "home")) as (record, trust):
        record.append(calls(3))
        follower = Follower(trust)
        follower.round()
        before = trust.head()
        follower.round()
        assert trust.head() == before
        trust.keys.rotate()
        follower.round()
        head = trust.head()
        assert head is not None
        assert head.size == 3
        new, old = trust.keys.vkeys()
        for vkey in (new, old):
            assert open_checkpoint(head.checkpoint, [vkey])[1] == [ORIGIN]
        trust.keys.retire_old()
        record.append(calls(3, first=3))
        follower.round()
        head = trust.head()
        assert head is not None
        assert (head.size, open_checkpoint(head.checkpoint, [old])[1]) == (6, [])
        assert trust.audit().ok


def test_a_contradiction_is_told_and_publishes_nothing(tmp_path: Path) -> None:
    with begun(Settings(home=tmp_path / "home")) as (record, trust):
        record.append(calls(5))
        head = trust.sync()
        with record.database.write() as connection:
            connection.exec_driver_sql("UPDATE events SET team = 'x' WHERE position = 4")
        record.append(calls(5, first=5))
        Follower(trust).round()
        assert trust.head() == head
        assert "position 4" in trust.state()["publishing"]["last_error"]


def test_a_long_way_is_left_in_the_middle_and_gone_on_later(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feed, "BATCH_ROWS", 10)
    with begun(Settings(home=tmp_path / "home")) as (record, trust):
        record.append(calls(100))
        follower = Follower(trust)
        follower._stop.set()
        follower.round()
        assert trust.head() is None
        assert trust.shelf.state().error is None
        with Log.read(trust.folder / "log") as log:
            assert log.size == 10
        Follower(trust).round()
        assert published(trust, 100).size == 100
        assert trust.audit().ok
