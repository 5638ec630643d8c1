from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from tests.support.postgres import Cluster, find_binaries

pytestmark = pytest.mark.postgres

HOLD_AND_TELL = """
import sys
from pathlib import Path
from tests.support.postgres import Cluster
cluster = Cluster(Path(sys.argv[1]))
cluster.start()
print(cluster.url("postgres"), cluster._root, cluster._holder.pid, flush=True)
sys.stdin.read()
"""


def one(url: str, statement: str) -> object:
    with psycopg.connect(url) as connection:
        row = connection.execute(statement).fetchone()
    assert row is not None
    return row[0]


def test_database_is_empty_durable_and_ours_alone(postgres_url: str) -> None:
    assert one(postgres_url, "SHOW fsync") == "on"
    assert one(postgres_url, "SHOW synchronous_commit") == "on"
    assert one(postgres_url, "SHOW listen_addresses") == "127.0.0.1"
    assert one(postgres_url, "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'") == 0
    assert one(postgres_url, "SHOW server_encoding") == "UTF8"


def test_each_database_starts_afresh_and_is_dropped(postgres_cluster: Cluster) -> None:
    with postgres_cluster.database() as first:
        with psycopg.connect(first) as connection:
            connection.execute("CREATE TABLE mark (id int)")
        with postgres_cluster.database() as second:
            assert one(second, "SELECT to_regclass('mark') IS NULL") is True
    with pytest.raises(psycopg.OperationalError, match="does not exist"):
        psycopg.connect(first)


def test_nobody_gets_in_without_the_password(postgres_cluster: Cluster) -> None:
    url = f"postgresql://tiexin:guess@127.0.0.1:{postgres_cluster.port}/postgres"
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(url)


def test_a_killed_test_run_leaves_no_server_and_no_folder() -> None:
    binaries = find_binaries()
    assert binaries is not None
    with subprocess.Popen(
        [sys.executable, "-c", HOLD_AND_TELL, str(binaries)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as run:
        assert run.stdout is not None
        url, root, holder = run.stdout.readline().split()
        assert one(url, "SELECT 1") == 1
        descriptor = os.pidfd_open(int(holder))
        run.kill()
        assert run.wait() == -signal.SIGKILL
    # A pidfd becomes readable when its process ends: waiting without a clock.
    readable, _, _ = select.select([descriptor], [], [], 60)
    os.close(descriptor)
    assert readable == [descriptor]
    assert not Path(root).exists()
    with pytest.raises(psycopg.OperationalError, match="refused"):
        psycopg.connect(url)


def test_database_url_offers_both_stores(request: pytest.FixtureRequest, database_url: str) -> None:
    kind = request.node.callspec.params["database_url"]
    assert kind in {"sqlite", "postgresql"}
    assert (database_url == "") is (kind == "sqlite")
