"""The log on the command line, as the program that users run."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from tests.support.events import call, calls
from tests.support.http import run_cli
from tests.support.trust import ORIGIN
from tiexin.infra.settings import Settings
from tiexin.record.api import open_record
from tiexin.trust.rules.merkle import root_of, verify_consistency
from tiexin.trust.rules.tlog_proof import parse_proof
from tiexin.trust.rules.verifying import open_checkpoint


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with a log of three hundred events, two of which bear one id, and one report of wrongdoing."""
    home = tmp_path_factory.mktemp("trust") / "home"
    with open_record(Settings(home=home)) as record:
        twins = [call(900, id="twin", source=f"urn:test:{name}") for name in ("one", "two")]
        report = call(901, id="secret", type="wrongdoing.reported.v1", data={})
        record.append([*calls(297), *twins, report])
    assert run_cli("trust", "init", "--origin", ORIGIN, home=home).returncode == 0
    return home


def ask(home: Path, *words: str) -> Any:
    done = run_cli("trust", *words, "--json", home=home)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def refusal(home: Path, *words: str) -> Any:
    done = run_cli("trust", *words, "--json", home=home)
    assert (done.returncode, done.stdout) == (1, "")
    return json.loads(done.stderr)


def test_sync_prove_consistency_export_and_audit(home: Path, tmp_path: Path) -> None:
    vkey = ask(home, "key")["vkey"]
    head = ask(home, "sync")
    assert set(head) == {"size", "root", "checkpoint"}
    checkpoint, names = open_checkpoint(head["checkpoint"].encode(), [vkey])
    assert (checkpoint.size, checkpoint.root.hex(), names) == (300, head["root"], [ORIGIN])

    out = tmp_path / "e.tlog-proof"
    assert ask(home, "prove", "--event", "call-17", "--out", str(out))["index"] == 17
    assert parse_proof(out.read_bytes()).index == 17
    assert json.loads(parse_proof(out.read_bytes()).extra or b"")["format"] == "tiexin.event/v1"
    verified = run_cli("trust", "verify", str(out), "--vkey", vkey, "--json")
    assert (verified.returncode, json.loads(verified.stdout)["ok"]) == (0, True)

    proof = [bytes.fromhex(node) for node in ask(home, "consistency", "--from", "100", "--to", "300")["proof"]]
    folder = tmp_path / "out"
    assert ask(home, "export", "--out", str(folder))["size"] == 300
    tiles = b"".join((folder / "tile" / "0" / name).read_bytes() for name in ("000", "001.p/44"))
    hashes = [tiles[place : place + 32] for place in range(0, len(tiles), 32)]
    assert root_of(hashes) == checkpoint.root
    verify_consistency(
        first=100, second=300, proof=proof, first_root=root_of(hashes[:100]), second_root=checkpoint.root
    )
    assert (folder / "checkpoint").read_text("utf-8") == head["checkpoint"]

    report = ask(home, "audit")
    assert (report["ok"], report["entries"], report["faults"]) == (True, 300, [])


def test_what_cannot_be_proved_is_refused_and_nothing_is_written(home: Path, tmp_path: Path) -> None:
    out = tmp_path / "none.tlog-proof"
    assert refusal(home, "prove", "--event", "nobody", "--out", str(out))["code"] == "event_unknown"
    twins = refusal(home, "prove", "--event", "twin", "--out", str(out))
    assert (twins["code"], twins["indices"]) == ("event_ambiguous", [297, 298])
    assert refusal(home, "prove", "--index", "5000", "--out", str(out))["code"] == "event_unknown"
    assert run_cli("trust", "prove", "--out", str(out), home=home).returncode == 2
    assert not out.exists()


def test_a_protected_event_is_answered_for_like_an_unknown_one(home: Path, tmp_path: Path) -> None:
    out = tmp_path / "none.tlog-proof"
    by_id = refusal(home, "prove", "--event", "secret", "--out", str(out))
    unknown = refusal(home, "prove", "--event", "nobody", "--out", str(out))
    assert by_id == unknown | {"detail": unknown["detail"].replace("nobody", "secret")}
    by_index = refusal(home, "prove", "--index", "299", "--out", str(out))
    beyond = refusal(home, "prove", "--index", "5000", "--out", str(out))
    assert by_index == beyond | {"detail": beyond["detail"].replace("5,000", "299")}
    assert not out.exists()


def test_an_audit_with_faults_is_told_on_stdout_with_exit_one(home: Path) -> None:
    ask(home, "sync")
    database = sqlite3.connect(home / "record.db")
    for team in ("changed", None):
        with database:
            database.execute("UPDATE events SET team = ? WHERE position = 5", (team,))
        done = run_cli("trust", "audit", "--json", home=home)
        report = json.loads(done.stdout)
        found = [(fault["kind"], fault["event"], fault["index"]) for fault in report["faults"]]
        assert (done.returncode, report["ok"], found) == (
            (0, True, []) if team is None else (1, False, [("altered", "call-4", 4)])
        )
    database.close()


def test_a_database_that_does_not_open_is_a_fault_too(home: Path, tmp_path: Path) -> None:
    copy = tmp_path / "home"
    ask(home, "sync")
    copy.mkdir()
    for name in ("keys", "trust"):
        (copy / name).symlink_to(home / name)
    raw = bytearray((home / "record.db").read_bytes())
    raw[0] ^= 1
    (copy / "record.db").write_bytes(raw)
    done = run_cli("trust", "audit", "--json", home=copy)
    report = json.loads(done.stdout)
    assert (done.returncode, report["ok"], report["faults"][0]["kind"]) == (1, False, "record_damaged")


def test_without_a_log_everything_says_how_to_begin(tmp_path: Path) -> None:
    home = tmp_path / "home"
    for words in (("sync",), ("audit",), ("consistency", "--from", "1", "--to", "2"), ("rebuild",)):
        assert refusal(home, *words)["code"] == "trust_not_initialised"
    assert not (home / "trust").exists()


def test_rebuild_gives_the_same_head(home: Path) -> None:
    head = ask(home, "sync")
    assert ask(home, "rebuild") == head
    assert (home / "trust" / "log.former").is_dir()
    assert ask(home, "audit")["ok"]
