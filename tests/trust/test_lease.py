"""One writer at a time: among the processes of a machine, and on PostgreSQL among machines."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from tests.support.trust import begun
from tiexin.infra.settings import Settings
from tiexin.record.api import open_record
from tiexin.trust.lease import Lease

GRACE_SECONDS = 0.3
PATIENCE_SECONDS = 60


def waits_for_the_other(first: Lease, second: Lease) -> None:
    """Show that the second gets the lease only when the first has given it up."""
    got = threading.Event()

    def take() -> None:
        with second.held():
            got.set()

    other = threading.Thread(target=take)
    with first.held():
        other.start()
        assert not got.wait(GRACE_SECONDS)
    assert got.wait(PATIENCE_SECONDS)
    other.join()


def test_two_writers_of_one_home_take_turns(tmp_path: Path, database_url: str) -> None:
    with open_record(Settings(home=tmp_path / "home", database_url=database_url)) as record:
        waits_for_the_other(Lease(tmp_path / "trust", record), Lease(tmp_path / "trust", record))


@pytest.mark.postgres
def test_two_machines_on_one_database_take_turns(tmp_path: Path, postgres_url: str) -> None:
    with open_record(Settings(home=tmp_path / "home", database_url=postgres_url)) as record:
        waits_for_the_other(Lease(tmp_path / "here", record), Lease(tmp_path / "there", record))


def test_a_round_that_fails_gives_the_lease_up(tmp_path: Path, database_url: str) -> None:
    with begun(Settings(home=tmp_path / "home", database_url=database_url)) as (_, trust):
        for _ in range(3):
            with pytest.raises(ZeroDivisionError), trust.writing():
                raise ZeroDivisionError
        assert trust.sync().size == 0
