"""kill -9 at any moment: each event is one leaf, and whatever was published can be derived again."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from tests.support.trust import begun
from tiexin.infra.settings import Settings
from tiexin.trust.feed import entry_for

ROOT = Path(__file__).parents[2]


def start(role: str, settings: Settings, run: int) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "tests.support.trust_worker", role, str(settings.home), settings.database_url]
    process = subprocess.Popen([*command, str(run)], cwd=ROOT, stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.readline() == b"ready\n"
    return process


def kill(process: subprocess.Popen[bytes]) -> list[tuple[int, str]]:
    """Kill a process and return the heads it had told."""
    process.send_signal(signal.SIGKILL)
    output, _ = process.communicate()
    assert process.returncode == -signal.SIGKILL, "the worker had ended by itself"
    words = [line.decode().split() for line in output.split(b"\n")[:-1]]
    return [(int(size), root) for size, root in words]


def kill_again_and_again(settings: Settings, *, kills: int, seed: int) -> list[tuple[int, str]]:
    """Kill the keeper of the log ``kills`` times while events arrive; return every head that was published."""
    chance, moment = random.Random(seed), threading.Event()
    published: list[tuple[int, str]] = []
    writer = start("write", settings, 0)
    for run in range(1, kills + 1):
        # Every third time two of them at once, as when somebody syncs beside a running server.
        keepers = [start("keep", settings, run) for _ in range(2 if run % 3 == 0 else 1)]
        moment.wait(chance.uniform(0.0, 0.3))
        published += [head for keeper in keepers for head in kill(keeper)]
        if run % 5 == 0:
            kill(writer)
            writer = start("write", settings, run)
    kill(writer)
    return published


def check(settings: Settings, published: list[tuple[int, str]]) -> None:
    with begun(settings) as (record, trust):
        # Before anything mends it: what stands published follows from the record.
        report = trust.audit()
        assert (report.ok, report.faults) == (True, [])
        head = trust.sync()
        log = trust.reading(head.size)
        rows = record.stored_rows(limit=1_000_000)
        assert [row[0] for row in rows] == list(range(1, head.size + 1))
        assert log.entries(0, head.size) == [entry_for(row, trust.salts()) for row in rows]
        assert published
        for size, root in set(published):
            assert log.root(size).hex() == root


def run_test(settings: Settings, *, kills: int, seed: int) -> None:
    with begun(settings) as (_, trust):
        trust.sync()
    check(settings, kill_again_and_again(settings, kills=kills, seed=seed))


def test_a_dozen_kills_lose_and_double_nothing(tmp_path: Path) -> None:
    run_test(Settings(home=tmp_path / "home"), kills=12, seed=20261124)


@pytest.mark.postgres
def test_five_kills_lose_and_double_nothing_on_postgresql(tmp_path: Path, postgres_url: str) -> None:
    run_test(Settings(home=tmp_path / "home", database_url=postgres_url), kills=5, seed=4)


@pytest.mark.soak
@pytest.mark.parametrize("seed", [1, 2])
def test_a_hundred_kills_lose_and_double_nothing(tmp_path: Path, database_url: str, seed: int) -> None:
    run_test(Settings(home=tmp_path / "home", database_url=database_url), kills=100, seed=seed)
