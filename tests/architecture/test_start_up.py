"""`tiexin --help` answers at once: heavy libraries are imported by the functions that need them."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tiexin.app.cli import PARTS

TIEXIN = Path(sys.executable).with_name("tiexin")
CPU_SECONDS_MAX = 0.5
HEAVY = {
    *("alembic", "duckdb", "fastapi", "jinja2", "numpy", "pandas", "polars", "pyarrow"),
    *("pyspark", "scipy", "sqlalchemy", "sqlglot", "statsmodels", "yaml"),
}


def imported(said: str) -> set[str]:
    """Return the top-level names in the report of ``python -X importtime``."""
    return {name.split(".")[0] for name in re.findall(r"^import time:.*\|\s+(\S+)$", said, re.MULTILINE)}


@pytest.mark.parametrize("part", ["", *PARTS])
def test_help_loads_nothing_heavy(part: str) -> None:
    done = subprocess.run(
        [sys.executable, "-X", "importtime", TIEXIN, *part.split(), "--help"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2_000:]
    assert "--help" in done.stdout
    loaded = imported(done.stderr)
    assert {"tiexin", "typer"} <= loaded
    assert loaded & HEAVY == set()


def test_help_needs_less_than_half_a_second_of_cpu() -> None:
    # The house rule itself is a figure of CPU time; the best of three leaves out what a busy machine adds.
    seconds = []
    for _ in range(3):
        with subprocess.Popen([TIEXIN, "--help"], stdout=subprocess.DEVNULL) as run:
            _, status, usage = os.wait4(run.pid, 0)
            run.returncode = os.waitstatus_to_exitcode(status)
        assert run.returncode == 0
        seconds.append(usage.ru_utime + usage.ru_stime)
    assert min(seconds) < CPU_SECONDS_MAX
