"""Any byte of any file changed: the log is refused, or it is what it was; nothing else can happen."""

from __future__ import annotations

import shutil
import subprocess
import sys
from hashlib import sha256
from pathlib import Path
from random import Random

import pytest

from tiexin.trust.log import Log, LogDamagedError
from tiexin.trust.rules.merkle import leaf_hash, root_of

GIVEN = [sha256(index.to_bytes(8, "big")).digest()[: 32 - (index > 900)] for index in range(1_900)]
ROOT = root_of([leaf_hash(each) for each in GIVEN])

DYING = """
import os, sys
from hashlib import sha256
from pathlib import Path
from tiexin.trust.log import Log
given = [sha256(index.to_bytes(8, "big")).digest()[: 32 - (index > 900)] for index in range(1_900)]
with Log.open(Path(sys.argv[1]), journal_bytes=32_768) as log:
    log.extend(given[:1_000])
if sys.argv[2] == "killed":
    log = Log.open(Path(sys.argv[1]))
for start in range(1_000, 1_900, 100):
    if sys.argv[2] == "killed":
        log.extend(given[start : start + 100])
    else:
        with Log.open(Path(sys.argv[1])) as log:
            log.extend(given[start : start + 100])
os._exit(0)
"""


@pytest.mark.parametrize("end", ["closed", "killed"])
@pytest.mark.parametrize("seeds", [150, pytest.param(20_000, marks=pytest.mark.soak)])
def test_a_changed_byte_is_refused_or_changes_nothing(tmp_path: Path, end: str, seeds: int) -> None:
    made, folder = tmp_path / "made", tmp_path / "log"
    subprocess.run([sys.executable, "-c", DYING, str(made), end], check=True)
    refused = 0
    names = sorted(file.name for file in made.iterdir())
    for seed in range(seeds):
        rng = Random(seed)
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(made, folder)
        file = folder / rng.choice(names)
        content = bytearray(file.read_bytes())
        if not content:
            continue
        match rng.randrange(4):
            case 0:
                del content[rng.randrange(len(content)) :]
            case 1:
                content += rng.randbytes(rng.randrange(1, 100))
            case _:
                content[rng.randrange(len(content))] ^= 1 << rng.randrange(8)
        file.write_bytes(content)
        try:
            with Log.read(folder) as reader:
                reader.rehash()
        except LogDamagedError:
            pass
        try:
            with Log.open(folder) as log:
                assert log.rehash() == log.root() == ROOT
                assert log.entries(0, log.size) == GIVEN
        except LogDamagedError:
            refused += 1
    # What is no longer meant (old frames) may change, and what a replay writes again is mended by it.
    assert refused > seeds * 0.6
