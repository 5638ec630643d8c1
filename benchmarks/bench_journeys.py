"""Claim 3a: the core set of BPIC 2012 × 20 from the lake in at most 5 CPU s and 1.2 GB, at least 7 × less than PM4Py.

PM4Py (AGPL) never meets our code: it is installed into an environment of its own and reads the same Parquet files in a
process of its own. Both processes are measured from start to end, imports included (user + system time, peak memory).
Prints one JSON line.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
WORK = ROOT / ".work" / "bench-journeys"
PEER = ROOT / ".work" / "bench-pm4py"
PEER_VERSION = "2.7.23.11"
COPIES = 20
ROUNDS = 3
SEGMENT_ROWS = 1_000_000
EVENTS = 262_200 * COPIES

OURS = """
import json, sys
from contextlib import contextmanager
from pathlib import Path
from tiexin.infra.analytics.engine import open_engine
from tiexin.journeys.api import open_journey
from tiexin.journeys.contracts import JourneyFilter

class Lake:
    @contextmanager
    def analyse(self, engine="duckdb"):
        opened = open_engine(engine)
        opened.register_parquet("events", sorted(Path(sys.argv[1]).glob("*.parquet")), None)
        yield opened
        opened.close()

with open_journey(Lake(), JourneyFilter(name="bpic2012")) as journey:
    summary, edges, variants = journey.summary(), journey.edges(), journey.variants()
    rework, handovers = journey.rework(), journey.handovers()
print(json.dumps({"events": summary.events, "edges": len(edges), "variants": len(variants),
    "handovers": sum(each.count for each in handovers)}))
"""

PM4PY = """
import json, sys
import pandas, pm4py
from pm4py.statistics.variants.pandas import get as variants_get
columns = ["time_us", "case_id", "step", "actor", "position"]
log = pandas.read_parquet(sys.argv[1], columns=columns)
log["time:timestamp"] = pandas.to_datetime(log.pop("time_us"), unit="us", utc=True)
log = log.rename(columns={"case_id": "case:concept:name", "step": "concept:name", "actor": "org:resource"})
# PM4Py cannot sort missing resources among texts.
log["org:resource"] = log["org:resource"].astype(object).fillna("none")
log = log.sort_values(["case:concept:name", "time:timestamp", "position"])
edges, _, _ = pm4py.discover_dfg(log)
performance, _, _ = pm4py.discover_performance_dfg(log)
# PM4Py tells mean, median, extremes and sum of an edge; its 95th percentile takes pandas over the same pairs.
pairs = log[["concept:name"]].assign(
    after=log.groupby("case:concept:name", sort=False)["concept:name"].shift(-1),
    wait=log.groupby("case:concept:name", sort=False)["time:timestamp"].shift(-1) - log["time:timestamp"],
).dropna(subset=["after"])
quantiles = pairs.groupby(["concept:name", "after"], sort=False)["wait"].quantile([0.5, 0.95])
assert len(quantiles) == 2 * len(edges)
variants = pm4py.get_variants(log)
durations = pm4py.get_all_case_durations(log)
rework = pm4py.get_rework_cases_per_activity(log)
handovers = pm4py.discover_handover_of_work_network(log)
print(json.dumps({"events": len(log), "edges": len(edges), "variants": len(variants)}))
"""


def main() -> None:
    """Measure both and print the line; exits 1 when a claim does not hold, 0 with a reason when there is no data."""
    shared = Path(os.environ.get("TIEXIN_SHARED", ROOT.parent / "shared"))
    log = shared / "data/process/bpic2012.xes.gz"
    if not log.exists():
        print(json.dumps({"bench": "journeys", "skipped": f"{log} is not here"}))
        return
    lake = _lake(log)
    answer = {"events": EVENTS, "edges": 125, "variants": 4_366}
    peer = _peer()
    rounds = []
    for _ in range(ROUNDS):
        ours, found = _measured([sys.executable, "-c", OURS, str(lake)])
        assert found == answer | {"handovers": 45_105 * COPIES}, found
        theirs = None
        if peer:
            theirs, found = _measured([str(PEER / "bin/python"), "-c", PM4PY, str(lake)])
            assert found == answer, found
        rounds.append((ours, theirs))
    line: dict[str, Any] = {
        "bench": "journeys",
        "events": EVENTS,
        "rounds": ROUNDS,
        **_middle([one for one, _ in rounds]),
    }
    others = [other for _, other in rounds if other is not None]
    if others:
        line |= {f"pm4py_{key}": value for key, value in _middle(others).items()}
        ratios = sorted(other["cpu_seconds"] / one["cpu_seconds"] for one, other in rounds if other is not None)
        line["times_less_cpu"] = round(ratios[len(ratios) // 2], 1)
        line["times_less_cpu_each"] = [round(ratio, 1) for ratio in ratios]
    line["holds"] = line["cpu_seconds"] <= 5 and line["peak_gb"] <= 1.2 and line.get("times_less_cpu", 7) >= 7
    print(json.dumps(line))
    sys.exit(not line["holds"])


def _middle(runs: list[dict[str, float]]) -> dict[str, float]:
    """Return the median of each figure over an odd number of runs."""
    return {name: sorted(run[name] for run in runs)[len(runs) // 2] for name in runs[0]}


def _measured(command: list[str]) -> tuple[dict[str, float], dict[str, int]]:
    """Run a process of its own; return what it took and what it printed last."""
    reader, writer = os.pipe()
    pid = os.posix_spawn(command[0], command, os.environ, file_actions=[(os.POSIX_SPAWN_DUP2, writer, 1)])
    os.close(writer)
    with os.fdopen(reader) as stream:
        printed = stream.read()
    _, status, usage = os.wait4(pid, 0)
    assert status == 0, printed
    taken = {"cpu_seconds": round(usage.ru_utime + usage.ru_stime, 2), "peak_gb": round(usage.ru_maxrss / 1e6, 2)}
    return taken, json.loads(printed.splitlines()[-1])


def _lake(log: Path) -> Path:
    """Return the folder of the lake, made once: the record's own segments, copied under new case names."""
    lake = WORK / "lake"
    if lake.is_dir():
        return lake
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    home = WORK / "home"
    shutil.rmtree(WORK, ignore_errors=True)
    words = ["--home", str(home), "import", str(log), "--as", "xes", "--journey", "bpic2012", "--json"]
    subprocess.run([sys.executable, "-m", "tiexin.app.cli", *words], check=True, stdout=subprocess.DEVNULL)
    subprocess.run(
        [sys.executable, "-m", "tiexin.app.cli", "--home", str(home), "record", "lake", "close"],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    once = pa.concat_tables([pq.read_table(file) for file in sorted((home / "lake").glob("*.parquet"))])
    place = once.column_names.index("case_id")
    copies = []
    for number in range(COPIES):
        named = pc.binary_join_element_wise(once.column("case_id"), f"{number}", "-")
        positions = np.arange(1, once.num_rows + 1) + number * once.num_rows
        copies.append(once.set_column(place, "case_id", named).set_column(0, "position", pa.array(positions)))
    made = pa.concat_tables(copies)
    (WORK / "making").mkdir()
    dictionary = [name for name in made.column_names if name not in {"id", "data", "position", "time_us"}]
    for number, start in enumerate(range(0, made.num_rows, SEGMENT_ROWS)):
        pq.write_table(
            made.slice(start, SEGMENT_ROWS),
            WORK / "making" / f"segment-{number:04d}.parquet",
            compression="zstd",
            use_dictionary=dictionary,
            row_group_size=122_880,
        )
    (WORK / "making").rename(lake)
    return lake


def _peer() -> bool:
    """Install PM4Py into its own environment once; return whether it is there."""
    if (PEER / "bin/python").exists():
        return True
    uv = ROOT / ".tools/bin/uv"
    made = subprocess.run([str(uv), "venv", "--quiet", "--python", sys.executable, str(PEER)], check=False)
    packages = [f"pm4py=={PEER_VERSION}", "pyarrow"]
    install = [str(uv), "pip", "install", "--quiet", "--python", str(PEER / "bin/python"), *packages]
    return made.returncode == 0 and subprocess.run(install, check=False).returncode == 0


if __name__ == "__main__":
    main()
