"""Logs and witnesses for these tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.trust.logs import SignedLog
from tiexin.kernel.clock import SECOND_US, FixedClock
from tiexin.trust.witness.opening import begin_witness


@pytest.fixture
def log(tmp_path: Path) -> Iterator[SignedLog]:
    """A log of 20 entries."""
    made = SignedLog(tmp_path / "log")
    made.grow(20)
    yield made
    made.close()


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """The home of a witness that has cosigned nothing yet."""
    begin_witness(tmp_path / "home", name="witness.example/w1")
    return tmp_path / "home"


@pytest.fixture
def clock() -> FixedClock:
    """A clock at 1,800,000,000 seconds."""
    return FixedClock(1_800_000_000 * SECOND_US)
