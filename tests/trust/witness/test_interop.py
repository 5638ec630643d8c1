"""Both ways with a witness, a feeder and a verifier that none of us wrote (aics-witness 0.1.0, aics-tlog 0.2.1)."""

from __future__ import annotations

import contextlib
import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.trust.logs import ORIGIN, SignedLog
from tests.trust.programs import client_program, free_port, run, running_witness
from tests.trust.witness.requests import body
from tiexin.trust.rules.note import parse_signatures
from tiexin.trust.rules.policy import Policy, PolicyWitness
from tiexin.trust.rules.verifying import open_checkpoint
from tiexin.trust.witness.client import ask
from tiexin.trust.witness.store import origin_hash

FEED = Path(__file__).parent / "feed.py"


@contextlib.contextmanager
def their_witness(folder: Path, log: SignedLog) -> Iterator[tuple[str, str]]:
    """Yield address and vkey of a running aics-witness that watches a log."""
    program, port = client_program("aics-witness"), free_port()
    config = folder / "witness.json"
    made = run(program, "init", "--config", config, "--name", "theirs.example/w", "--listen", f"127.0.0.1:{port}")
    assert made.returncode == 0, made.stderr
    added = run(program, "add-log", "--config", config, "--origin", log.origin, "--vkey", log.vkey)
    assert added.returncode == 0, added.stderr
    process = subprocess.Popen([program, "serve", "--config", config], stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    try:
        for line in process.stderr:
            if "listening on" in line:
                break
        else:
            pytest.fail("aics-witness did not start")
        yield f"http://127.0.0.1:{port}", made.stdout.decode().strip()
    finally:
        process.terminate()
        process.wait(30)
        process.stderr.close()


def they_accept(tmp_path: Path, note: bytes, log_vkey: str, witness_vkey: str, *, quorum: int = 1) -> bool:
    """Tell whether aics-tlog takes a cosigned checkpoint."""
    file = tmp_path / "note"
    file.write_bytes(note)
    keys = ["--log-key", log_vkey, "--witness-key", witness_vkey, "--quorum", str(quorum), "--max-age", "600"]
    done = run(client_program("aics-tlog"), "verify-checkpoint", "--note", file, "--origin", ORIGIN, *keys)
    return done.returncode == 0 and json.loads(done.stdout)["ok"] is True


def feed(url: str, vkey: str, log: SignedLog, size: int) -> str:
    """Submit a checkpoint through the client of aics-witness; return what it says."""
    proofs = {str(old): [each.hex() for each in log.log.consistency_proof(old, size)] for old in range(1, size)}
    given = json.dumps({"note": log.note(size).decode(), "proofs": proofs})
    return run(client_program("python"), FEED, url, vkey, stdin=given.encode()).stdout.decode()


def test_their_witness_cosigns_our_log_and_refuses_our_fork(tmp_path: Path, log: SignedLog) -> None:
    forked = log.fork(tmp_path / "fork", 6)
    forked.grow(25, "other")
    with their_witness(tmp_path, log) as (url, vkey):
        policy = Policy(witnesses=(PolicyWitness("theirs", vkey, url),), quorum="theirs")
        for size in (5, 8, 8, 20):
            found = ask(log.note(size), policy=policy, proof_of=log.log.consistency_proof)
            assert [each.why for each in found.answers] == [""]
            note = log.note(size, lines=found.lines)
            assert open_checkpoint(note, [log.vkey, vkey])[1] == [ORIGIN, "theirs.example/w"]
            assert they_accept(tmp_path, note, log.vkey, vkey)
        for size, status in ((20, 422), (25, 422)):
            refused = ask(forked.note(size), policy=policy, proof_of=forked.log.consistency_proof)
            assert refused.lines == []
            assert refused.answers[0].why.startswith(f"It answered with status {status}")
    forked.close()


def test_their_feeder_is_served_by_our_witness(tmp_path: Path, log: SignedLog, home: Path) -> None:
    forked = log.fork(tmp_path / "fork", 6)
    forked.grow(25, "other")
    with running_witness(home, log.vkey) as witness:
        # The feeder starts from 0 each time: from the second on it is told the size by a conflict.
        for size in (5, 8, 8, 20):
            line = feed(witness.url, witness.vkey, log, size)
            note = log.note(size, lines=parse_signatures(line.encode()))
            assert they_accept(tmp_path, note, log.vkey, witness.vkey)
            assert not they_accept(tmp_path, log.note(size), log.vkey, witness.vkey)
        assert feed(witness.url, witness.vkey, log, 8).startswith("WitnessAhead: ")
        assert feed(witness.url, witness.vkey, forked, 20).startswith("WitnessRejected: witness answered 422")
        assert feed(witness.url, witness.vkey, forked, 25).startswith("WitnessRejected: witness answered 422")
        kept = witness.get(f"{origin_hash(ORIGIN)}/checkpoint")
        assert they_accept(tmp_path, kept.content, log.vkey, witness.vkey)
        assert witness.add_checkpoint(body(log, 20, 20)).status_code == 200
    forked.close()
