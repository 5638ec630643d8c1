"""Every test here runs twice: on SQLite and on a private PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tiexin.infra.settings import Settings
from tiexin.kernel.clock import FixedClock
from tiexin.record.api import Record, open_record

NOW_US = 1_790_000_000_000_000


@pytest.fixture
def settings(tmp_path: Path, database_url: str) -> Settings:
    """An installation in a fresh home."""
    return Settings(home=tmp_path / "home", database_url=database_url)


@pytest.fixture
def clock() -> FixedClock:
    """A clock at 2026-09-21T14:13:20Z that moves only when told."""
    return FixedClock(NOW_US)


@pytest.fixture
def record(settings: Settings, clock: FixedClock) -> Iterator[Record]:
    """The opened record of that installation."""
    with open_record(settings, clock=clock) as opened:
        yield opened
