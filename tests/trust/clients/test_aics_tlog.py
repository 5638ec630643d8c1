"""aics-tlog 0.2.1 (PyPI), a verifier for tlog-tiles that none of us wrote, judges our log."""

from __future__ import annotations

import hashlib
from pathlib import Path

import msgspec
import pytest

from tests.trust.clients.conftest import CHANGED, CLIENTS, OLD_SIZE, SIZE, Answer, Bank, Published, other_key, run

TLOG = CLIENTS / "aics-tlog"


def included(log: Published, tmp_path: Path, index: int, entry: bytes) -> Answer:
    leaf = tmp_path / "leaf"
    leaf.write_bytes(entry)
    return run(TLOG, "verify-inclusion", "--leaf", leaf, "--index", str(index), "--tiles", log.folder,
               "--log-key", log.vkey)  # fmt: skip


def continued(log: Published) -> Answer:
    return run(TLOG, "verify-consistency", "--old-checkpoint", log.old_checkpoint, "--tiles", log.folder,
               "--log-key", log.vkey)  # fmt: skip


def refused(answer: Answer) -> bool:
    """Tell that it judged and refused; it says so in one JSON object."""
    return answer.code == 1 and msgspec.json.decode(answer.said)["ok"] is False


def headed(log: Published, vkey: str | None = None) -> Answer:
    return run(TLOG, "verify-checkpoint", "--tiles", log.folder, "--log-key", vkey or log.vkey)


def test_it_accepts_our_checkpoint_entries_and_growth(bank: Bank, tmp_path: Path) -> None:
    answer = headed(bank)
    assert answer.code == 0, answer.said
    assert str(SIZE) in answer.said
    for index in (0, 255, 256, SIZE - 1):
        answer = included(bank, tmp_path, index, bank.entries[index])
        assert answer.code == 0, answer.said
    answer = continued(bank)
    assert answer.code == 0, answer.said
    assert str(OLD_SIZE) in answer.said


def test_it_refuses_an_edited_entry(bank: Bank, rebuilt: Published, tmp_path: Path) -> None:
    altered = hashlib.sha256(bank.entries[CHANGED]).digest()
    assert refused(included(bank, tmp_path, CHANGED, altered))
    assert refused(included(rebuilt, tmp_path, CHANGED, bytes(32)))
    assert refused(included(bank, tmp_path, CHANGED + 1, bank.entries[CHANGED]))


def test_it_refuses_a_truncated_log(truncated: Published, bank: Bank, tmp_path: Path) -> None:
    assert refused(included(truncated, tmp_path, OLD_SIZE - 1, bank.entries[OLD_SIZE - 1]))
    assert refused(continued(truncated))


def test_it_refuses_a_log_that_shrank(shrunk: Published) -> None:
    assert refused(continued(shrunk))


def test_it_refuses_a_fork(fork: Published) -> None:
    assert headed(fork).code == 0
    assert refused(continued(fork))


@pytest.mark.parametrize("flip", ["text", "signature"])
def test_it_refuses_an_altered_checkpoint(edited: Published, tmp_path: Path, flip: str) -> None:
    raw = edited.checkpoint.read_text("utf-8")
    changed = raw.replace("\n600\n", "\n601\n") if flip == "text" else raw.replace("— ", "— x", 1)
    assert changed != raw
    edited.checkpoint.write_text(changed, "utf-8")
    assert refused(headed(edited))
    assert refused(headed(edited, other_key(tmp_path)))
