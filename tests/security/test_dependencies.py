"""No package that is installed is known to be vulnerable, asked of the public databases where these can be reached."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
PATIENCE_SECONDS = 90


def answer_of(*command: str | Path, cwd: Path = REPOSITORY) -> dict[str, Any]:
    """Return the JSON that an audit prints; skips where it cannot ask."""
    try:
        done = subprocess.run(
            command, cwd=cwd, capture_output=True, text=True, timeout=PATIENCE_SECONDS, check=False, stdin=None
        )
    except (subprocess.TimeoutExpired, FileNotFoundError) as error:
        pytest.skip(f"the database of vulnerabilities did not answer: {error}")
    try:
        found = json.loads(done.stdout)
    except ValueError:
        pytest.skip(f"the database of vulnerabilities cannot be reached: {done.stderr.strip()[-300:]}")
    assert isinstance(found, dict)
    return found


def vulnerable(dependencies: list[dict[str, Any]]) -> dict[str, list[str]]:
    """Return the known vulnerabilities by package."""
    return {one["name"]: [bug["id"] for bug in one["vulns"]] for one in dependencies if one.get("vulns")}


@pytest.mark.parametrize("requirements", ["run.txt", "tools.txt"])
def test_no_python_package_is_known_to_be_vulnerable(requirements: str) -> None:
    file = REPOSITORY / "requirements" / requirements
    audit = Path(sys.executable).with_name("pip-audit")
    options = ("--disable-pip", "--require-hashes", "--progress-spinner", "off", "--format", "json")
    dependencies = answer_of(audit, "--requirement", file, *options)["dependencies"]
    assert dependencies
    if all("skip_reason" in one for one in dependencies):
        pytest.skip(f"the package index tells nothing of vulnerabilities: {dependencies[0]['skip_reason']}")
    assert vulnerable(dependencies) == {}


def test_no_package_of_the_console_is_known_to_be_vulnerable() -> None:
    found = answer_of("npm", "audit", "--omit=dev", "--json", cwd=REPOSITORY / "web")
    if "vulnerabilities" not in found:
        pytest.skip(f"the registry does not answer audits: {found.get('message', found)}")
    assert found["vulnerabilities"] == {}


def test_a_vulnerable_package_would_be_told() -> None:
    known = {"name": "old", "version": "1", "vulns": [{"id": "PYSEC-1"}]}
    assert vulnerable([known, {"name": "new", "version": "2", "vulns": []}]) == {"old": ["PYSEC-1"]}
