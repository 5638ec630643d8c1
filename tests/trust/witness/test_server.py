"""The witness as a program: its command line, its addresses, its limits, and what it keeps across a kill."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from tests.trust.logs import ORIGIN, SignedLog
from tests.trust.programs import RunningWitness, run, running_witness, tiexin
from tests.trust.witness.requests import body
from tiexin.trust.rules.note import parse_signatures
from tiexin.trust.rules.verifying import open_checkpoint

NAME = hashlib.sha256(ORIGIN.encode()).hexdigest()


def test_it_serves_a_home_without_any_preparation(tmp_path: Path, log: SignedLog) -> None:
    with running_witness(tmp_path / "new", log.vkey) as witness:
        assert witness.get(f"{NAME}/checkpoint").status_code == 404
        answer = witness.add_checkpoint(body(log, 0, 8))
        assert (answer.status_code, answer.headers["content-type"]) == (200, "text/plain; charset=utf-8")
        note = log.note(8, lines=parse_signatures(answer.content))
        assert open_checkpoint(note, [log.vkey, witness.vkey])[1] == [ORIGIN, witness.vkey.split("+")[0]]
        assert witness.get(f"{NAME}/checkpoint").content == note
        conflict = witness.add_checkpoint(body(log, 0, 20))
        assert (conflict.status_code, conflict.text) == (409, "8\n")
        assert conflict.headers["content-type"] == "text/x.tlog.size"
        assert witness.get("add-checkpoint").status_code == 405
        assert witness.get("healthz").text == "ok\n"
        assert witness.get("").text == f"{witness.vkey}\n"
        assert witness.get("nothing").status_code == 404
        assert witness.add_checkpoint(b"x" * 262_145).status_code == 413
        asked = run(*tiexin("witness", "status", "--home", tmp_path / "new", "--json"))
    (state,) = json.loads(asked.stdout)
    assert (state["origin"], state["size"]) == (ORIGIN, 8)
    key = json.loads(run(*tiexin("witness", "key", "--home", tmp_path / "new", "--json")).stdout)
    assert key["vkey"] == witness.vkey


def test_it_goes_on_after_a_kill_and_never_back(home: Path, log: SignedLog, tmp_path: Path) -> None:
    forked = log.fork(tmp_path / "fork", 5)
    forked.grow(20, "other")
    killed = RunningWitness(home, log.vkey)
    assert killed.add_checkpoint(body(log, 0, 8)).status_code == 200
    killed.kill()
    with running_witness(home, log.vkey) as witness:
        assert witness.vkey == killed.vkey
        assert witness.add_checkpoint(body(log, 0, 8)).text == "8\n"
        assert witness.add_checkpoint(body(forked, 8, 20)).status_code == 422
        assert witness.add_checkpoint(body(log, 8, 20)).status_code == 200
    found = json.loads(run(*tiexin("witness", "evidence", "--home", home, "--json")).stdout)
    assert [each["origin"] for each in found] == [ORIGIN]
    forked.close()


def test_it_does_not_start_without_its_memory(home: Path, log: SignedLog) -> None:
    with running_witness(home, log.vkey) as witness:
        second = run(*tiexin("witness", "serve", "--port", "0", "--home", home, "--log", log.vkey))
        assert (second.returncode, json.loads(second.stderr)["code"]) == (1, "witness_busy")
        assert witness.add_checkpoint(body(log, 0, 8)).status_code == 200
    (home / "witness" / "memory.json").unlink()
    lost = run(*tiexin("witness", "serve", "--port", "0", "--home", home, "--log", log.vkey))
    assert (lost.returncode, json.loads(lost.stderr)["code"]) == (1, "witness_memory_lost")
    bad = run(*tiexin("witness", "serve", "--port", "0", "--home", home.with_name("third"), "--log", "nonsense"))
    assert (bad.returncode, json.loads(bad.stderr)["code"]) == (1, "note_invalid")
