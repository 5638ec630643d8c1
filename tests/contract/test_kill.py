"""kill -9 at any moment: nothing acknowledged is lost, nothing is doubled, nothing is missed."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.support.fault_worker import BATCH, keep
from tiexin.infra.settings import Settings
from tiexin.record.api import Record, open_record

ROOT = Path(__file__).parents[2]


def start(role: str, settings: Settings, run: int) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "tests.support.fault_worker", role, str(settings.home), settings.database_url]
    process = subprocess.Popen([*command, str(run)], cwd=ROOT, stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.readline() == b"ready\n"
    return process


def kill(process: subprocess.Popen[bytes]) -> list[str]:
    """Kill the process and return the lines it had written; a line that was cut short was not acknowledged."""
    process.send_signal(signal.SIGKILL)
    output, _ = process.communicate()
    assert process.returncode == -signal.SIGKILL, "the worker had ended by itself"
    return [line.decode() for line in output.split(b"\n")[:-1]]


def run_and_kill(settings: Settings, kills: int, seed: int) -> list[str]:
    """Kill the writer and, at another moment, the follower, ``kills`` times in all; return what was acknowledged."""
    chance = random.Random(seed)
    moment = threading.Event()
    acknowledged: list[str] = []
    follower = start("follow", settings, 0)
    for run in range(kills):
        writer = start("write", settings, run)
        moment.wait(chance.uniform(0.0, 0.4))
        if run % 2:
            kill(follower)
            follower = start("follow", settings, run)
            moment.wait(chance.uniform(0.0, 0.1))
        acknowledged += kill(writer)
    kill(follower)
    return acknowledged


def check(record: Record, acknowledged: list[str]) -> None:
    while record.project("seen", keep):
        pass
    events = list(record.iterate(personal=True))
    ids = [found.event.id for found in events]
    assert [found.position for found in events] == list(range(1, len(events) + 1))
    assert len(set(ids)) == len(ids)
    expected = {f"{name}/{index}" for name in acknowledged for index in range(BATCH)}
    assert expected <= set(ids)
    assert len(ids) % BATCH == 0, "a batch was stored in part"
    for found in events:
        personal = found.event.data.get("personal")
        assert personal == ({"words": found.event.id} if int(found.event.id[-1]) % 3 == 0 else None)
    with record.database.read() as connection:
        rows = connection.execute(sa.text("SELECT position, id FROM seen ORDER BY position")).all()
    assert [(row.position, row.id) for row in rows] == list(enumerate(ids, 1))


def run_test(settings: Settings, kills: int, seed: int) -> None:
    with open_record(settings) as record, record.database.write() as connection:
        connection.execute(sa.text("CREATE TABLE seen (position BIGINT, id TEXT)"))
    acknowledged = run_and_kill(settings, kills, seed)
    assert acknowledged
    with open_record(settings) as record:
        check(record, acknowledged)


def test_ten_kills_lose_double_and_miss_nothing(settings: Settings) -> None:
    run_test(settings, 10, seed=20261123)


@pytest.mark.soak
@pytest.mark.parametrize("seed", [1, 2])
def test_a_hundred_kills_lose_double_and_miss_nothing(settings: Settings, seed: int) -> None:
    run_test(settings, 100, seed)
