"""Reading beside the writer: from threads of the same process and from another process, while the log grows."""

from __future__ import annotations

import subprocess
import sys
from hashlib import sha256
from pathlib import Path
from random import Random
from threading import Event, Thread

from tiexin.trust.log import Log
from tiexin.trust.rules.merkle import leaf_hash, verify_consistency, verify_inclusion

GIVEN = [sha256(index.to_bytes(8, "big")).digest() for index in range(40_000)]

WRITER = """
import sys
from hashlib import sha256
from pathlib import Path
from tiexin.trust.log import Log
given = [sha256(index.to_bytes(8, "big")).digest() for index in range(40_000)]
with Log.open(Path(sys.argv[1]), journal_bytes=65_536) as log:
    print("open", flush=True)
    for start in range(0, len(given), 97):
        log.extend(given[start : start + 97])
"""


def look(log: Log, rng: Random, known: int) -> int:
    """Whatever size is seen, everything below it is there and proves itself; what was seen before is its beginning."""
    size = log.refresh()
    assert size >= known
    if size:
        index = rng.randrange(size)
        assert log.entry(index) == GIVEN[index]
        verify_inclusion(
            leaf_hash=leaf_hash(GIVEN[index]),
            index=index,
            size=size,
            proof=log.inclusion_proof(index, size),
            root=log.root(size),
        )
    if known:
        verify_consistency(
            first=known,
            second=size,
            proof=log.consistency_proof(known, size),
            first_root=log.root(known),
            second_root=log.root(size),
        )
    return size


def test_threads_read_while_the_log_grows(tmp_path: Path) -> None:
    stop = Event()
    failures: list[BaseException] = []
    looks: list[int] = []

    def reader(log: Log, seed: int) -> None:
        rng, known, count = Random(seed), 0, 0
        try:
            while not stop.is_set() or not count:
                known = look(log, rng, known)
                count += 1
        except BaseException as error:  # noqa: BLE001  Shown by the test, not by the thread.
            failures.append(error)
        looks.append(count)

    with Log.open(tmp_path / "log", journal_bytes=65_536) as log, Log.read(tmp_path / "log") as beside:
        threads = [Thread(target=reader, args=(each, seed)) for seed, each in enumerate((log, log, beside))]
        for each in threads:
            each.start()
        for start in range(0, len(GIVEN), 97):
            log.extend(GIVEN[start : start + 97])
        stop.set()
        for each in threads:
            each.join()
        assert not failures
        assert len(looks) == 3
        assert look(beside, Random(9), 1) == len(GIVEN)


def test_another_process_reads_while_the_log_grows(tmp_path: Path) -> None:
    folder = tmp_path / "log"
    process = subprocess.Popen([sys.executable, "-c", WRITER, str(folder)], stdout=subprocess.PIPE)
    assert process.stdout is not None
    with process.stdout as told:
        assert told.readline() == b"open\n"
        rng, known = Random(1), 0
        with Log.read(folder) as log:
            while process.poll() is None:
                known = look(log, rng, known)
            assert look(log, rng, known) == len(GIVEN)
    assert process.returncode == 0
