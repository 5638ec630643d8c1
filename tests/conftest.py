"""What every test may ask for: the real data, a database of each kind, a private PostgreSQL."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.postgres import Cluster, find_binaries
from tests.support.shared import shared_folder


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real data; the test is skipped where it is not there."""
    return shared_folder("data")


@pytest.fixture(scope="session")
def postgres_cluster() -> Iterator[Cluster]:
    """A private PostgreSQL cluster (one a worker), started when the first test asks for it."""
    binaries = find_binaries()
    if binaries is None:
        reason = "PostgreSQL 15 is not installed (scripts/debian-packages installs it)"
        if os.environ.get("TIEXIN_ALLOW_SKIP_POSTGRES") == "1":
            pytest.skip(reason)
        pytest.fail(f"{reason}; TIEXIN_ALLOW_SKIP_POSTGRES=1 skips these tests instead")
    cluster = Cluster(binaries)
    cluster.start()
    yield cluster
    cluster.stop()


@pytest.fixture
def postgres_url(postgres_cluster: Cluster) -> Iterator[str]:
    """The address of a fresh, empty PostgreSQL database, dropped after the test."""
    with postgres_cluster.database() as url:
        yield url


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest) -> str:
    """What ``Settings.database_url`` is to be: empty (SQLite under home), then a fresh PostgreSQL database."""
    if request.param == "sqlite":
        return ""
    return str(request.getfixturevalue("postgres_url"))
