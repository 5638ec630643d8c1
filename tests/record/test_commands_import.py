from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

CSV = "at,case,step\n2024-05-01T10:00:00Z,c1,ask\n2024-05-01T11:00:00Z,c1,answer\nsoon,c1,none\n"
MAPPING = """
mapping: 1
event: {type: {constant: journey.step_recorded.v1}, time: at, case: case, step: step}
"""


def tiexin(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tiexin.app.cli", "--home", str(home), *arguments]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("TIEXIN_")}
    return subprocess.run(command, capture_output=True, text=True, check=False, env=environment)


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    table, mapping = tmp_path / "steps.csv", tmp_path / "m.yaml"
    table.write_text(CSV, "utf-8")
    mapping.write_text(MAPPING, "utf-8")
    return table, mapping


def report_of(done: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_the_contract_of_import(tmp_path: Path, files: tuple[Path, Path]) -> None:
    table, mapping = files
    arguments = ["import", str(table), "--as", "mapping", "--mapping", str(mapping), "--journey", "asking", "--json"]
    first, second = (report_of(tiexin(tmp_path / "h", *arguments)) for _ in range(2))
    assert {name: first[name] for name in ("read", "appended", "duplicates", "rejected")} == {
        "read": 3,
        "appended": 2,
        "duplicates": 0,
        "rejected": 1,
    }
    assert (second["read"], second["appended"], second["duplicates"], second["rejected"]) == (3, 0, 2, 1)
    assert set(first) == {"read", "appended", "duplicates", "rejected", "seconds", "source", "rejects_file"}
    assert first["source"] == "urn:tiexin:dataset:steps"
    assert Path(first["rejects_file"]).is_file()


def test_nothing_accepted_is_no_success(tmp_path: Path, files: tuple[Path, Path]) -> None:
    table, mapping = files
    table.write_text("at,case,step\nsoon,c1,none\nlater,c2,none\n", "utf-8")
    arguments = ["import", str(table), "--as", "mapping", "--mapping", str(mapping), "--json"]
    done = tiexin(tmp_path / "h", *arguments)
    found = json.loads(done.stdout)
    assert (done.returncode, done.stderr) == (1, "")
    assert (found["read"], found["appended"], found["duplicates"], found["rejected"]) == (2, 0, 0, 2)


def test_an_error_is_one_problem_object(tmp_path: Path, files: tuple[Path, Path]) -> None:
    table, mapping = files
    arguments = ["import", str(table), "--as", "mapping", "--mapping", str(mapping), "--max-rejects", "0", "--json"]
    done = tiexin(tmp_path / "h", *arguments)
    assert done.returncode == 1
    assert done.stdout == ""
    problem = json.loads(done.stderr)
    assert (problem["code"], problem["kept"], problem["appended"], problem["limit"]) == ("too_many_rejects", 2, 2, 0)


def test_a_kind_is_asked_for(tmp_path: Path, files: tuple[Path, Path]) -> None:
    done = tiexin(tmp_path / "h", "import", str(files[0]))
    assert done.returncode == 2
    assert "--suggest" in done.stderr
    assert not (tmp_path / "h").exists()


def test_suggest_writes_a_mapping_that_works(tmp_path: Path, files: tuple[Path, Path]) -> None:
    out = tmp_path / "suggested.yaml"
    done = tiexin(tmp_path / "h", "import", "--suggest", str(files[0]), "--out", str(out))
    assert done.returncode == 0, done.stderr
    assert out.read_text("utf-8").startswith("# A mapping to start from")
