"""The packages by which the Go toolchain judges its checksum database judge our log (unmodified, from GOROOT)."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from tests.trust.clients.conftest import CHANGED, CLIENTS, OLD_SIZE, SIZE, Answer, Bank, Published, other_key, run

SUMDB = Path("src", "cmd", "vendor", "golang.org", "x", "mod", "sumdb")


@pytest.fixture(scope="module")
def check(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The checking program, built with Go's own packages; nothing is fetched."""
    folder = tmp_path_factory.mktemp("check")
    go = CLIENTS / "go"
    root = Path(run(go, "env", "GOROOT").said.strip())
    shutil.copy(Path(__file__).parent / "go" / "check.go", folder)
    for package in ("note", "tlog"):
        shutil.copytree(root / SUMDB / package, folder / package)
    (folder / "go.mod").write_text("module check\n\ngo 1.27\n", "utf-8")
    offline = {"GOPROXY": "off", "GOFLAGS": "-mod=mod", "GOTOOLCHAIN": "local", "GOCACHE": str(folder / "cache")}
    built = run(go, "build", "-o", folder / "check", ".", cwd=folder, env={**os.environ, **offline})
    assert built.code == 0, built.said
    return folder / "check"


def judged(check: Path, log: Published) -> Answer:
    return run(check, log.folder, log.vkey, log.old_checkpoint)


def test_go_accepts_every_entry_and_that_the_log_only_grew(check: Path, bank: Bank) -> None:
    assert judged(check, bank) == Answer(0, f"accepted: {SIZE}\n")


def test_go_refuses_an_edited_entry(check: Path, edited: Published) -> None:
    answer = judged(check, edited)
    assert (answer.code, answer.said) == (1, f"refused: entry {CHANGED}: invalid transparency proof\n")


def test_go_refuses_tiles_made_anew_over_an_edited_entry(check: Path, rebuilt: Published) -> None:
    answer = judged(check, rebuilt)
    assert answer.code == 1
    assert "downloaded inconsistent tile" in answer.said


def test_go_refuses_a_truncated_log(check: Path, truncated: Published) -> None:
    answer = judged(check, truncated)
    assert answer.code == 1
    assert "no such file" in answer.said


def test_go_refuses_a_log_that_shrank(check: Path, shrunk: Published) -> None:
    answer = judged(check, shrunk)
    assert (answer.code, answer.said) == (1, f"refused: the log had {OLD_SIZE} entries and has {OLD_SIZE - 1}\n")


def test_go_refuses_a_fork(check: Path, fork: Published) -> None:
    answer = judged(check, fork)
    assert (answer.code, answer.said) == (1, "refused: invalid transparency proof\n")


def test_go_refuses_a_checkpoint_of_another_key(check: Path, bank: Bank, tmp_path: Path) -> None:
    answer = run(check, bank.folder, other_key(tmp_path))
    assert answer.code == 1
    assert "note has no verifiable signatures" in answer.said
