"""Small runs hold something of everything, large ones take no more memory, and other Pythons write the same bytes."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tiexin.app.demo.contracts import Plan
from tiexin.app.demo.generate import generate
from tiexin.app.demo.profile import PROFILES, load_profile
from tiexin.record.kinds.registry import KindRegistry

CONTRACT = {"people", "households", "laundering", "bottlenecks", "branches", "misconduct", "improvements", "hazards"}
MEASURED = """
import resource, sys
from pathlib import Path
from tiexin.app.demo import spool
from tiexin.app.demo.contracts import Plan
from tiexin.app.demo.generate import generate
spool.Spool.__init__.__kwdefaults__["bytes_max"] = 4 * 1024 * 1024
generate(Plan(customers=int(sys.argv[1]), months=12, seed=1), Path(sys.argv[2]))
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def test_three_hundred_customers_over_three_months_have_something_of_everything(tmp_path: Path) -> None:
    done = generate(Plan(customers=300, months=3, seed=1), tmp_path)
    truth = json.loads(done.truth.read_bytes())
    assert truth.keys() >= CONTRACT
    for key in CONTRACT | {"complaints", "surveys", "group_complaints", "claim_agents", "season", "drift"}:
        assert truth[key], key
    assert len(truth["people"]) == 300
    assert truth["branches"]["slow"]
    assert truth["branches"]["better"]
    assert {row["works"] for row in truth["improvements"]} == {True, False}
    assert truth["complaints"]["origins"]["regulator"] > 0


@pytest.mark.parametrize("profile", PROFILES)
def test_every_profile_is_generated_whole(tmp_path: Path, profile: str) -> None:
    done = generate(Plan(customers=120, months=6, seed=2, profile=profile), tmp_path)
    truth = json.loads(done.truth.read_bytes())
    assert truth.keys() >= CONTRACT
    plan = load_profile(profile)
    assert set(truth["journeys"]) == plan.journeys.keys()
    units = {unit.unit for unit in plan.organisation.units}
    kinds = KindRegistry()
    with done.files[0].open("rb") as file:
        for line in file:
            event = json.loads(line)
            assert event.get("org", plan.organisation.units[0].unit) in units
            assert kinds.problem(event["type"], event["data"]) is None
    for table in done.reference:
        with table.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        assert rows, table.name
        assert not [row for row in rows if None in row.values()]
    assert sorted(table.name for table in done.reference) == [
        "branches.csv",
        "calendar.csv",
        "products.csv",
        "staff.csv",
    ]


def test_memory_is_flat(tmp_path: Path) -> None:
    peaks = []
    for customers in (300, 1_500):
        command = [sys.executable, "-c", MEASURED, str(customers), str(tmp_path / str(customers))]
        peaks.append(int(subprocess.run(command, check=True, capture_output=True, text=True).stdout))
    assert peaks[1] - peaks[0] < 8 * 1024, "KiB more for five times the customers, beyond what a day holds"


def other_python() -> str | None:
    """Return an interpreter of Python 3.13 that has what the generator needs, if this machine has one."""
    named = os.environ.get("TIEXIN_OTHER_PYTHON")
    if named:
        return named
    uv = Path(__file__).resolve().parents[3] / ".tools" / "bin" / "uv"
    if not uv.is_file():
        return None
    found = subprocess.run([uv, "python", "find", "3.13"], check=False, capture_output=True, text=True)
    return found.stdout.strip() if found.returncode == 0 else None


def test_python_3_13_writes_the_same_bytes(tmp_path: Path) -> None:
    python = other_python()
    if python is None:
        pytest.skip("no Python 3.13 on this machine")
    here = generate(Plan(customers=60, months=2, seed=7), tmp_path / "here")
    source = Path(__file__).resolve().parents[3] / "src"
    script = (
        "import sys; from pathlib import Path; from tiexin.app.demo.contracts import Plan;"
        "from tiexin.app.demo.generate import generate;"
        "generate(Plan(customers=60, months=2, seed=7), Path(sys.argv[1]))"
    )
    environment = os.environ | {"PYTHONPATH": str(source)}
    command = [python, "-c", script, str(tmp_path / "there")]
    done = subprocess.run(command, check=False, capture_output=True, text=True, env=environment)
    if "ModuleNotFoundError" in done.stderr:
        pytest.skip(f"{python} lacks what the generator needs: {done.stderr.splitlines()[-1]}")
    assert done.returncode == 0, done.stderr
    for name in ("events.jsonl", "truth.json"):
        assert (tmp_path / "there" / name).read_bytes() == (tmp_path / "here" / name).read_bytes()
    assert here.files[0].stat().st_size > 0
