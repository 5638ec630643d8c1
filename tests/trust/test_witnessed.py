"""A head is published only when enough witnesses have cosigned it; until then the earlier one stands."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.events import calls
from tests.support.http import run_cli
from tests.support.trust import begun
from tiexin.infra.settings import Settings
from tiexin.trust.api import WitnessesMissingError
from tiexin.trust.follower import Follower
from tiexin.trust.publication import policy_of
from tiexin.trust.rules.verifying import open_checkpoint, witnessed


class Witness:
    """A witness as the program that others run, on a port of its own; it can be stopped and started again."""

    def __init__(self, home: Path, log: str) -> None:
        self.home = home
        self._log = log
        self.vkey = json.loads(run_cli("witness", "init", "--home", str(home), "--name", home.name, "--json").stdout)[
            "vkey"
        ]
        self.port = 0
        self._process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        """Start it, on the port it had before."""
        options = ("--home", str(self.home), "--port", str(self.port), "--log", self._log)
        command = [sys.executable, "-m", "tiexin.app.cli", "witness", "serve", *options]
        self._process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
        assert self._process.stderr is not None
        said = self._process.stderr.readline()
        self.port = int(said.split("http://127.0.0.1:")[1].split()[0].strip("/,;"))

    def stop(self) -> None:
        """Stop it."""
        if self._process is not None:
            self._process.terminate()
            self._process.communicate()
            self._process = None

    @property
    def line(self) -> str:
        """Its line of the policy."""
        return f"witness {self.home.name} {self.vkey} http://127.0.0.1:{self.port}"


@contextlib.contextmanager
def witnesses(folder: Path, log: str, count: int) -> Iterator[list[Witness]]:
    """Yield running witnesses of a log."""
    with contextlib.ExitStack() as stack:
        found = []
        for number in range(count):
            witness = Witness(folder / f"w{number}", log)
            witness.start()
            stack.callback(witness.stop)
            found.append(witness)
        yield found


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "home")


def test_two_of_three_witnesses_make_a_head_and_one_does_not(settings: Settings, tmp_path: Path) -> None:
    with begun(settings) as (record, trust), witnesses(tmp_path, trust.keys.vkeys()[0], 3) as three:
        trust.folder.mkdir()
        lines = [*(one.line for one in three), "group enough 2 w0 w1 w2", "quorum enough", ""]
        (trust.folder / "witnesses.policy").write_text("\n".join(lines), "utf-8")
        policy = policy_of(trust.folder)
        record.append(calls(10))
        three[0].stop()
        first = trust.sync()
        assert (first.size, set(witnessed(first.checkpoint, policy))) == (10, {"w1", "w2"})
        shown = trust.state()["witnesses"]
        assert (shown["needed"], shown["of"]) == (2, 3)
        assert [(one["name"], one["ok"]) for one in shown["seen"]] == [("w0", False), ("w1", True), ("w2", True)]
        assert shown["seen"][0]["time"] is None

        three[1].stop()
        record.append(calls(10, first=10))
        with pytest.raises(WitnessesMissingError) as refused:
            trust.sync()
        assert refused.value.facts["cosigned"] == ["w2"]
        assert trust.head() == first
        signed = trust.shelf.signed()
        assert signed is not None
        assert open_checkpoint(signed, trust.keys.vkeys())[0].size == 20
        Follower(trust).round()
        assert "1 cosigned" in trust.state()["publishing"]["last_error"]
        assert trust.head() == first

        three[0].start()
        record.append(calls(10, first=20))
        Follower(trust).round()
        head = trust.head()
        assert head is not None
        assert (head.size, set(witnessed(head.checkpoint, policy))) == (30, {"w0", "w2"})
        assert trust.state()["publishing"]["last_error"] is None
        assert trust.audit().ok
