"""Claim 3b: CPU seconds of importing bpic2012.xes.gz, validation and durable storing included, beside its peers.

The import runs as users run it (``tiexin import … --json`` in a process of its own, start-up included); its CPU time
is user plus system time of that process. Peers in the same run: reading alone (our reader without a record), the bare
XML parser with empty handlers, a plain ElementTree reader that only collects the attributes, and PM4Py's reader where
an environment with it is named (``--pm4py-python`` or TIEXIN_PM4PY_PYTHON; it is AGPL and never in ours).
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

EVENTS = 262_200
TARGET_CPU_SECONDS = 12
PM4PY_PYTHON = ".work/bench-pm4py/bin/python"
"""Where the journey benchmark puts PM4Py."""
READER = """
import sys
from pathlib import Path
from tiexin.record.imports.bytesource import ByteSource
from tiexin.record.imports.rowkeys import RowKeys
from tiexin.record.imports.xes import XesReader
reader = XesReader(ByteSource(Path(sys.argv[1])), journey="bpic2012", source="bench", keys=RowKeys(b"k" * 32))
print(sum(item.event is not None for item in reader.items()))
"""
EXPAT = """
import gzip, sys
from xml.parsers import expat
found = 0
def start(name, attributes):
    global found
    found += name == "event"
parser = expat.ParserCreate()
parser.StartElementHandler = start
parser.EndElementHandler = lambda name: None
with gzip.open(sys.argv[1]) as file:
    parser.ParseFile(file)
print(found)
"""
ELEMENT_TREE = """
import gzip, sys
from xml.etree import ElementTree
found = []
with gzip.open(sys.argv[1]) as file:
    for _, element in ElementTree.iterparse(file):
        if element.tag.endswith("event"):
            found.append({child.get("key"): child.get("value") for child in element})
            element.clear()
print(len(found))
"""
PM4PY = """
import os, sys, warnings
sys.stderr = open(os.devnull, "w")
warnings.simplefilter("ignore")
import pm4py
try:
    import rustxes
    found = pm4py.read_xes(sys.argv[1], variant="rustxes")
except ImportError:
    found = pm4py.read_xes(sys.argv[1])
print(len(found))
"""


def cpu_of(command: list[str], **environment: str) -> tuple[float, float, str]:
    """Run a command; return its CPU seconds, its peak memory in MB and what it wrote."""
    reads, writes = os.pipe()
    pid = os.posix_spawn(
        command[0], command, {**os.environ, **environment}, file_actions=[(os.POSIX_SPAWN_DUP2, writes, 1)]
    )
    os.close(writes)
    with os.fdopen(reads, encoding="utf-8") as stream:
        text = stream.read()
    _, status, used = os.wait4(pid, 0)
    if status != 0:
        message = f"{command[:3]} failed with status {status}"
        raise SystemExit(message)
    return round(used.ru_utime + used.ru_stime, 2), round(used.ru_maxrss / 1024), text


def peer(python: str, script: str, file: Path) -> dict[str, Any]:
    """Return CPU seconds and memory of a reader; it must have found every event."""
    seconds, memory, text = cpu_of([python, "-c", script, str(file)])
    assert int(text.split()[-1]) == EVENTS, text
    return {"cpu_seconds": seconds, "memory_mb": memory}


def measure(file: Path, folder: Path) -> dict[str, Any]:
    """Return what the import costs, first and again."""
    tiexin = [sys.executable, "-m", "tiexin.app.cli", "--home", str(folder)]
    command = [*tiexin, "import", str(file), "--as", "xes", "--journey", "bpic2012", "--json"]
    found: dict[str, Any] = {}
    for name, appended in (("first", EVENTS), ("again", 0)):
        seconds, memory, text = cpu_of(command)
        report = json.loads(text)
        assert (report["read"], report["appended"], report["rejected"]) == (EVENTS, appended, 0), report
        found[name] = {"cpu_seconds": seconds, "wall_seconds": report["seconds"], "memory_mb": memory}
    stats = subprocess.run([*tiexin, "record", "stats", "--json"], capture_output=True, check=True)
    assert json.loads(stats.stdout)["events"] == EVENTS
    return found


def main() -> None:
    """Measure the import and its peers; print one JSON line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--file", type=Path)
    parser.add_argument("--pm4py-python", default=os.environ.get("TIEXIN_PM4PY_PYTHON", PM4PY_PYTHON))
    given = parser.parse_args()
    shared = os.environ.get("TIEXIN_SHARED", "")
    file = given.file or (Path(shared) / "data/process/bpic2012.xes.gz" if shared else None)
    if file is None or not file.is_file():
        print(json.dumps({"claim": "3b", "skipped": "TIEXIN_SHARED is not set: bpic2012.xes.gz is not here"}))
        return
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as folder:
        found = measure(file, Path(folder))
    peers = {
        "our_reader_alone": peer(sys.executable, READER, file),
        "bare_expat": peer(sys.executable, EXPAT, file),
        "element_tree": peer(sys.executable, ELEMENT_TREE, file),
    }
    if Path(given.pm4py_python).is_file():
        peers["pm4py_reader"] = peer(given.pm4py_python, PM4PY, file)
    print(
        json.dumps(
            {
                "claim": "3b",
                "events": EVENTS,
                "import": found,
                "target_cpu_seconds": TARGET_CPU_SECONDS,
                "held": found["first"]["cpu_seconds"] <= TARGET_CPU_SECONDS,
                "peers": peers,
                "load_average": os.getloadavg()[0],
            }
        )
    )


if __name__ == "__main__":
    main()
