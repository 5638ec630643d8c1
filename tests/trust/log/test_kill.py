"""A writing process is killed (kill -9) again and again: what it was told is kept stays, once and in order."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from random import Random

import pytest

from tests.trust.log.killed import entry_at
from tiexin.trust.log import Log, LogInUseError
from tiexin.trust.rules.merkle import leaf_hash, root_of

SCRIPT = Path(__file__).with_name("killed.py")


@pytest.mark.parametrize("kills", [10, pytest.param(200, marks=pytest.mark.soak)])
def test_no_kill_loses_or_doubles_an_acknowledged_entry(tmp_path: Path, kills: int) -> None:
    rng = Random(20261124)
    folder = tmp_path / "log"
    known = 0
    for _ in range(kills):
        process = subprocess.Popen([sys.executable, str(SCRIPT), str(folder)], stdout=subprocess.PIPE)
        assert process.stdout is not None
        with process.stdout as told:
            lines = [told.readline()]
            with pytest.raises(LogInUseError):
                Log.open(folder)
            lines += [told.readline() for _ in range(rng.randrange(3000))]
            process.kill()
            lines += [line for line in told if line.endswith(b"\n")]
        process.wait()
        acknowledged = max(int(line) for line in lines if line.endswith(b"\n")) + 1
        with Log.read(folder) as reader:
            seen = reader.size
            assert reader.entries(0, seen) == [entry_at(index) for index in range(seen)]
        with Log.open(folder) as log:
            size = log.size
            assert known <= seen <= size
            assert acknowledged <= size
            expected = [entry_at(index) for index in range(size)]
            assert log.entries(0, size) == expected
            assert log.root() == log.rehash() == root_of([leaf_hash(each) for each in expected])
            known = size
    assert known > kills * 100
