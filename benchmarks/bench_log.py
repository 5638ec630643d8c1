"""The log's claims: durable appends, bulk, proofs, verifying, reopening and re-hashing, beside pymerkle 7 with SQLite.

pymerkle (GPL) never meets our code: it is installed into an environment of its own and runs in a process of its own.
Each part runs in a fresh process, so a first proof has no warm-up of ours; the operating system's page cache holds the
files, as after writing them, except in the figures named ``disk_cold``, before which they are dropped from it: there a
proof costs as many random reads as the disk needs time for. Prints one JSON line.
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from random import Random
from threading import Semaphore
from typing import Any

from tiexin.trust.log import Log
from tiexin.trust.rules.merkle import leaf_hash, verify_consistency, verify_inclusion

ROOT = Path(__file__).resolve().parent.parent
WORK = ROOT / ".work" / "bench-log"
PEER = ROOT / ".work" / "bench-pymerkle"
PEER_VERSION = "7.0.0"
MILLION = 1_000_000
SIZES = (MILLION, 10 * MILLION)
IN_FLIGHT = 256
APPENDS = 300_000
BULK_BATCH = 10_000
PROOFS = 2_000

PEER_CODE = """
import json, os, random, sys, time
from pymerkle import SqliteTree, verify_inclusion
part, file = sys.argv[1:]
rng, clock = random.Random(7), time.perf_counter
if part == "build":
    entries = [rng.randbytes(32) for _ in range(1_000_000)]
    with SqliteTree(file) as tree:
        start = clock()
        tree.append_entries(entries)
        bulk = len(entries) / (clock() - start)
        start = clock()
        for each in entries[:300]:
            tree.append_entry(each)
        print(json.dumps({"bulk_per_second": round(bulk), "appends_per_second": round(300 / (clock() - start))}))
else:
    with SqliteTree(file) as tree:
        size, taken = tree.get_size(), {"inclusion": [], "consistency": []}
        for _ in range(12):
            for kind, call in (("inclusion", tree.prove_inclusion), ("consistency", tree.prove_consistency)):
                number = rng.randrange(1, size)
                start = clock()
                call(number, size)
                taken[kind].append((clock() - start) * 1e6)
        line = {}
        for kind, times in taken.items():
            line[kind + "_us_first"], line[kind + "_us"] = round(times[0]), round(sorted(times[1:])[len(times) // 2])
        print(json.dumps(line))
"""


def main() -> None:
    """Measure every part and print the line; exits 1 when a claim does not hold."""
    if len(sys.argv) > 1:
        print(json.dumps(PARTS[sys.argv[1]](*sys.argv[2:])))
        return
    WORK.mkdir(parents=True, exist_ok=True)
    line: dict[str, Any] = {"bench": "log", **_child("append"), **_child("bulk")}
    for size in SIZES:
        _child("build", str(size))
        name = f"1e{len(str(size)) - 1}"
        line |= {f"{key}_{name}": value for key, value in _child("proofs", str(size)).items()}
        line |= {f"{key}_{name}": value for key, value in _child("reopen", str(size)).items()}
    line |= _child("killed", str(SIZES[-1])) | _child("verify", str(SIZES[-1])) | _child("rehash", str(SIZES[-1]))
    for size in SIZES:
        name = f"1e{len(str(size)) - 1}"
        line |= {f"{key}_{name}": value for key, value in _child("disk_cold", str(size)).items()}
    line |= {f"pymerkle_{key}": value for key, value in _peer().items()}
    line["holds"] = _holds(line)
    print(json.dumps(line))
    sys.exit(not line["holds"])


def _holds(line: dict[str, Any]) -> bool:
    """Whether every claim holds in this run."""
    proofs = [line[f"{kind}_us_{size}"] for kind in ("inclusion", "consistency") for size in ("1e6", "1e7")]
    return bool(
        line["appends_per_second"] >= 10_000
        and line["append_p99_ms"] <= 50
        and line["bulk_per_second"] >= 200_000
        and max(proofs) <= 100
        and max(line["verify_inclusion_us"], line["verify_consistency_us"]) <= 30
        and line["reopen_ms_1e7"] <= 50
        and line["reopen_peak_mb_1e7"] <= 100
        and line["rehash_per_second"] >= 250_000
    )


def _append() -> dict[str, Any]:
    """Durable appends one by one, 256 in flight: the time of each from the call to its acknowledgement."""
    entries, folder = _entries(APPENDS), WORK / "append"
    shutil.rmtree(folder, ignore_errors=True)
    taken: list[float] = []
    flying = Semaphore(IN_FLIGHT)
    clock = time.perf_counter

    def told(start: float) -> Callable[[Future[int]], None]:
        def note(done: Future[int]) -> None:
            taken.append(clock() - start)
            done.result()
            flying.release()

        return note

    with Log.open(folder) as log:
        began = clock()
        for each in entries:
            flying.acquire()
            log.append(each).add_done_callback(told(clock()))
        for _ in range(IN_FLIGHT):
            flying.acquire()
        seconds = clock() - began
        assert log.size == APPENDS
    shutil.rmtree(folder)
    taken.sort()
    return {
        "appends_per_second": round(APPENDS / seconds),
        "append_p50_ms": round(taken[APPENDS // 2] * 1e3, 2),
        "append_p99_ms": round(taken[APPENDS * 99 // 100] * 1e3, 2),
        "append_max_ms": round(taken[-1] * 1e3, 2),
    }


def _bulk() -> dict[str, Any]:
    """A million entries, 10,000 durable at a time."""
    entries, folder = _entries(MILLION), WORK / "bulk"
    shutil.rmtree(folder, ignore_errors=True)
    with Log.open(folder) as log:
        began = time.perf_counter()
        for start in range(0, MILLION, BULK_BATCH):
            log.extend(entries[start : start + BULK_BATCH])
        seconds = time.perf_counter() - began
        assert log.size == MILLION
    shutil.rmtree(folder)
    return {"bulk_per_second": round(MILLION / seconds)}


def _build(size: str) -> dict[str, Any]:
    """Make the log of a size once, it stays for the next run; leave it in the page cache either way."""
    folder = WORK / size
    if not (folder / "done").exists():
        shutil.rmtree(folder, ignore_errors=True)
        rng = Random(7)
        with Log.open(folder) as log:
            while log.size < int(size):
                log.extend([rng.randbytes(32) for _ in range(50_000)])
        (folder / "done").touch()
    for file in folder.iterdir():
        with file.open("rb", buffering=0) as stream:
            while stream.read(1 << 24):
                pass
    return {}


def _proofs(size: str) -> dict[str, Any]:
    """The first proofs of a fresh process, against the present size and against any size."""
    rng = Random(11)
    line: dict[str, Any] = {}
    with Log.open(WORK / size) as log:
        numbers = [(rng.randrange(log.size), log.size) for _ in range(PROOFS)]
        for kind, call in (("inclusion", log.inclusion_proof), ("consistency", log.consistency_proof)):
            taken = _time_each(call, numbers)
            line |= {f"{kind}_us_first": round(taken[0], 1), **_spread(kind, taken)}
        numbers = [(rng.randrange(end), end) for end in (rng.randrange(1, log.size) for _ in range(PROOFS))]
        line |= _spread("inclusion_any_size", _time_each(log.inclusion_proof, numbers))
    return line


def _disk_cold(size: str) -> dict[str, Any]:
    """Proofs whose nodes must come from the disk: each file is dropped from the page cache before each proof."""
    rng = Random(12)
    taken = []
    with Log.open(WORK / size) as log:
        for _ in range(50):
            _drop(WORK / size)
            taken += _time_each(log.inclusion_proof, [(rng.randrange(log.size), log.size)])
    return _spread("inclusion_disk_cold", taken)


def _reopen(size: str) -> dict[str, Any]:
    """Opening a log that was closed, and the most memory the process ever took."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
    began = time.perf_counter()
    log = Log.open(WORK / size)
    milliseconds = (time.perf_counter() - began) * 1e3
    log.root()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
    log.close()
    return {
        "reopen_ms": round(milliseconds, 1),
        "reopen_peak_mb": round(peak, 1),
        "reopen_added_mb": round(peak - before, 1),
    }


def _killed(size: str) -> dict[str, Any]:
    """Opening a log whose writer died (no flush, no close) when its journal was nearly full: the worst case."""
    folder = WORK / f"{size}-killed"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(WORK / size, folder)
    dying = f"""
import os, pathlib, tiexin.trust.log as trust
log = trust.Log.open(pathlib.Path({str(folder)!r}))
for _ in range(2):
    log.extend([os.urandom(32) for _ in range(30_000)])
os._exit(9)
"""
    subprocess.run([sys.executable, "-c", dying], check=False)
    began = time.perf_counter()
    log = Log.open(folder)
    milliseconds = (time.perf_counter() - began) * 1e3
    assert log.size == int(size) + 60_000
    log.close()
    shutil.rmtree(folder)
    return {"reopen_killed_ms": round(milliseconds, 1)}


def _verify(size: str) -> dict[str, Any]:
    """Checking proofs, without the log."""
    rng = Random(13)
    included, consistent = [], []
    with Log.open(WORK / size) as log:
        root = log.root()
        for _ in range(PROOFS):
            index = rng.randrange(1, log.size)
            included.append((leaf_hash(log.entry(index)), index, log.inclusion_proof(index)))
            consistent.append((index, log.root(index), log.consistency_proof(index)))
        end = log.size
    clock = time.perf_counter
    began = clock()
    for leaf, index, proof in included:
        verify_inclusion(leaf_hash=leaf, index=index, size=end, proof=proof, root=root)
    middle = clock()
    for first, first_root, proof in consistent:
        verify_consistency(first=first, second=end, proof=proof, first_root=first_root, second_root=root)
    ended = clock()
    return {
        "verify_inclusion_us": round((middle - began) / PROOFS * 1e6, 1),
        "verify_consistency_us": round((ended - middle) / PROOFS * 1e6, 1),
    }


def _rehash(size: str) -> dict[str, Any]:
    """Hashing every entry again and comparing every stored node."""
    with Log.open(WORK / size) as log:
        began = time.perf_counter()
        assert log.rehash() == log.root()
        seconds = time.perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
    return {"rehash_per_second": round(int(size) / seconds), "rehash_peak_mb": round(peak, 1)}


PARTS: dict[str, Callable[..., dict[str, Any]]] = {
    "append": _append,
    "bulk": _bulk,
    "build": _build,
    "proofs": _proofs,
    "disk_cold": _disk_cold,
    "reopen": _reopen,
    "killed": _killed,
    "verify": _verify,
    "rehash": _rehash,
}


def _time_each(call: Callable[[int, int], object], numbers: list[tuple[int, int]]) -> list[float]:
    """Return the microseconds that each call takes, in order."""
    taken = []
    clock = time.perf_counter_ns
    for first, second in numbers:
        began = clock()
        call(first, second)
        taken.append((clock() - began) / 1e3)
    return taken


def _spread(kind: str, taken: list[float]) -> dict[str, float]:
    """Return the median and the 99th percentile of times in microseconds."""
    ordered = sorted(taken)
    return {
        f"{kind}_us": round(ordered[len(ordered) // 2], 1),
        f"{kind}_us_p99": round(ordered[len(ordered) * 99 // 100], 1),
    }


def _entries(count: int) -> list[bytes]:
    """Return entries of 32 bytes, the same in each run."""
    rng = Random(7)
    return [rng.randbytes(32) for _ in range(count)]


def _drop(folder: Path) -> None:
    """Ask the system to forget the files' pages; they are clean, so it does."""
    for file in folder.iterdir():
        handle = os.open(file, os.O_RDONLY)
        os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)
        os.close(handle)


def _child(part: str, *words: str) -> dict[str, Any]:
    """Run one part in a process of its own and return what it printed."""
    command = [sys.executable, __file__, part, *words]
    printed = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    found: dict[str, Any] = json.loads(printed)
    return found


def _peer() -> dict[str, Any]:
    """Measure pymerkle at a million entries, in its own environment; nothing when it cannot be installed."""
    python = PEER / "bin/python"
    if not python.exists():
        uv = str(ROOT / ".tools/bin/uv")
        install = [uv, "pip", "install", "--quiet", "--python", str(python), f"pymerkle=={PEER_VERSION}"]
        for command in ([uv, "venv", "--quiet", "--python", sys.executable, str(PEER)], install):
            if subprocess.run(command, check=False).returncode:
                shutil.rmtree(PEER, ignore_errors=True)
                return {}
    file = WORK / "pymerkle.sqlite"
    file.unlink(missing_ok=True)
    line: dict[str, Any] = {}
    for part in ("build", "proofs"):
        command = [str(python), "-c", PEER_CODE, part, str(file)]
        line |= json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)
    file.unlink()
    return line


if __name__ == "__main__":
    main()
