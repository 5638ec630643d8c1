"""Go's own crypto/mldsa takes the ML-DSA-44 line of our log; its compiler runs for half a minute, so only in soak."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.trust.programs import client_program, run
from tiexin.infra.settings import Settings
from tiexin.kernel.clock import FixedClock
from tiexin.trust.keys import TrustKeys
from tiexin.trust.rules.checkpoint import Checkpoint
from tiexin.trust.rules.note import ML_DSA_44, parse_vkey

ORIGIN = "bank.example/log"


@pytest.mark.soak
def test_go_accepts_the_ml_dsa_line_and_refuses_an_altered_head(tmp_path: Path) -> None:
    go = client_program("go")
    keys = TrustKeys(Settings(home=tmp_path / "home"), clock=FixedClock(1_790_000_000_000_000))
    keys.create(ORIGIN, mldsa=True)
    note = keys.sign_checkpoint(Checkpoint(ORIGIN, 20_852_163, bytes(range(32))))
    vkey = next(key for key in keys.vkeys() if parse_vkey(key).kind == ML_DSA_44)
    environment = {**os.environ, "GOPROXY": "off", "GOTOOLCHAIN": "local", "GOCACHE": str(tmp_path / "cache")}
    built = run(go, "build", "-o", tmp_path / "cosigned", Path(__file__).parent / "go" / "cosigned.go", env=environment)
    assert built.returncode == 0, built.stderr.decode()
    file = tmp_path / "checkpoint"
    file.write_bytes(note)
    assert run(tmp_path / "cosigned", file, vkey).stdout == b"accepted: 1790000000\n"
    file.write_bytes(note.replace(b"\n20852163\n", b"\n20852164\n"))
    refused = run(tmp_path / "cosigned", file, vkey)
    assert (refused.returncode, refused.stdout.startswith(b"refused:")) == (1, True)
