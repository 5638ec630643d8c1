"""The borders between the rooms of the house hold, and the tool that guards them notices a breach."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
CONFIGURATION = REPOSITORY / "pyproject.toml"
LINT_IMPORTS = Path(sys.executable).with_name("lint-imports")
NOT_DOMAINS = {"app", "infra", "kernel"}
"""Rooms without a door of their own: nobody may import the app, everybody may import the other two."""

BREACHES = {
    "src/tiexin/kernel/breach.py": "import sqlite3\nfrom tiexin.infra import settings\n",
    "src/tiexin/infra/breach.py": "import tiexin.record.contracts\n",
    "src/tiexin/journeys/breach.py": "import tiexin.record.store\nimport tiexin.quality.breach\n",
    "src/tiexin/quality/breach.py": "import tiexin.journeys.breach\n",
    "src/tiexin/stray/__init__.py": "",
}


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    """Check the tree below ``folder``/src, whichever tiexin is installed."""
    return subprocess.run(
        [LINT_IMPORTS, "--config", CONFIGURATION, "--no-cache"],
        cwd=folder / "src",
        env={**os.environ, "PYTHONPATH": str(folder / "src")},
        capture_output=True,
        text=True,
        check=False,
    )


def contracts() -> list[dict[str, object]]:
    found: list[dict[str, object]] = tomllib.loads(CONFIGURATION.read_text("utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    return found


def test_every_border_is_kept() -> None:
    done = lint_imports(REPOSITORY)
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"Contracts: {len(contracts())} kept, 0 broken." in done.stdout


def test_every_kind_of_breach_is_noticed(tmp_path: Path) -> None:
    shutil.copytree(
        REPOSITORY / "src/tiexin", tmp_path / "src/tiexin", ignore=shutil.ignore_patterns("web", "__pycache__")
    )
    for name, source in BREACHES.items():
        file = tmp_path / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(source, "utf-8")
    said = lint_imports(tmp_path).stdout
    for name in (
        "app → domains → record → infra → kernel",
        "nothing goes in a circle",
        "record: others use its api and contracts",
        "journeys: others use its api and contracts",
        "quality: others use its api and contracts",
        "kernel and rules are pure",
    ):
        assert f"{name} BROKEN" in said
    assert "stray" in said


def test_every_domain_has_its_door() -> None:
    rooms = {path.parent.name for path in (REPOSITORY / "src/tiexin").glob("*/__init__.py")}
    guarded = {
        str(module).split(".")[1]
        for contract in contracts()
        if contract["type"] == "protected"
        for module in contract["protected_modules"]  # type: ignore[attr-defined]
    }
    assert guarded == rooms - NOT_DOMAINS
