"""Whatever crashes and whenever: a witness never cosigns two histories of a log, and never goes back."""

from __future__ import annotations

import base64
import contextlib
import random
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.trust.logs import SignedLog
from tests.trust.programs import REPOSITORY
from tests.trust.witness.requests import body
from tiexin.trust.rules.note import parse_signatures
from tiexin.trust.rules.verifying import open_checkpoint
from tiexin.trust.witness.opening import begin_witness, opened_witness

VICTIM = Path(__file__).parent / "victim.py"
SHARED = 8
"""Both histories begin with as many entries."""


class Victim:
    """One life of a witness."""

    def __init__(self, home: Path, vkey: str, *, mode: str = "none", at: int = 0) -> None:
        command = [sys.executable, str(VICTIM), str(home), vkey, mode, str(at)]
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(command, stdin=pipe, stdout=pipe, cwd=REPOSITORY)
        assert self._process.stdout is not None
        assert self._process.stdin is not None
        self._in, self._out = self._process.stdin, self._process.stdout
        self.rest: list[tuple[int, bytes]] = []
        assert self._out.readline() == b"ready\n"

    def send(self, request: bytes) -> None:
        """Send a request without waiting for the answer."""
        self._in.write(base64.b64encode(request) + b"\n")
        self._in.flush()

    def answer(self) -> tuple[int, bytes] | None:
        """Return the next answer that left the process, None if it died before."""
        line = self._out.readline()
        if not line.endswith(b"\n"):
            return None
        status, found = line.split(b" ")
        return int(status), base64.b64decode(found)

    def ask(self, request: bytes) -> tuple[int, bytes] | None:
        """Send a request and return its answer."""
        self.send(request)
        return self.answer()

    def end(self, *, kill: bool = False) -> None:
        """Kill the process, or let it come to its end; what it still had to say stands in ``rest``."""
        if kill:
            self._process.kill()
        with contextlib.suppress(BrokenPipeError):
            self._in.close()
        while (answer := self.answer()) is not None:
            self.rest.append(answer)
        self._process.wait(30)
        self._out.close()


@pytest.fixture
def branches(tmp_path: Path, log: SignedLog) -> list[SignedLog]:
    """Two histories under one key that share their first entries; the caller need not close the second."""
    forked = log.fork(tmp_path / "fork", SHARED)
    forked.grow(200, "other")
    log.grow(200)
    return [log, forked]


@pytest.mark.parametrize("mode", ["kill", "fail"])
def test_no_step_to_the_disk_lets_two_histories_out(tmp_path: Path, branches: list[SignedLog], mode: str) -> None:
    one, other = branches
    begin_witness(tmp_path / "first", name="witness.example/w")
    with opened_witness(tmp_path / "first", logs=[one.vkey]) as witness:
        assert witness.add_checkpoint(body(one, 0, SHARED)).status == 200
    outcomes = []
    for at in range(1, 100):
        home = tmp_path / f"{mode}{at}"
        shutil.copytree(tmp_path / "first", home)
        victim = Victim(home, one.vkey, mode=mode, at=at)
        first = victim.ask(body(one, SHARED, 20))
        if first and first[0] == 503:
            # The disk may hold either state: until it starts anew, nothing is cosigned, not even what was before.
            assert [victim.ask(body(each, SHARED, 20)) for each in branches] == [first, first]
        victim.end(kill=first is None)
        with opened_witness(home, logs=[one.vkey]) as witness:
            second = witness.add_checkpoint(body(other, SHARED, 20))
            third = witness.add_checkpoint(body(one, SHARED, 20))
            assert (second.status == 200) + (third.status == 200) + (first is not None and first[0] == 200) <= 1
            assert 200 in {second.status, third.status} or third.body == b"20\n"
        outcomes.append((first[0] if first else None, second.status))
        if first and first[0] == 200:
            break
    other.close()
    before, after = (None if mode == "kill" else 503), 409
    # Before the rename the old state stands, after it the new one; either way nothing had left the witness.
    assert outcomes[0] == (before, 200)
    assert outcomes[-2:] == [(before, after), (200, after)]
    assert sorted(set(outcomes), key=outcomes.index) == [(before, 200), (before, after), (200, after)]
    assert len(outcomes) == 9


def kill_again_and_again(folder: Path, branches: list[SignedLog], *, homes: int, lives: int) -> int:
    """Feed two histories to witnesses that are killed again and again; return how many cosignatures left them."""
    chance = random.Random(4)
    left = 0
    for number in range(homes):
        home = folder / f"home{number}"
        vkey = begin_witness(home, name="witness.example/w")[0]
        cosigned: list[tuple[int, int]] = []
        known = 0
        for _ in range(lives):
            victim = Victim(home, branches[0].vkey)
            # Both histories want to go on from every size: only one of each pair may.
            asked = [(which, size) for size in range(known + 1, known + 9) for which in chance.sample([0, 1], 2)]
            for which, size in asked:
                victim.send(body(branches[which], size - 1, size))
            answers = [victim.answer() for _ in range(chance.randrange(16))]
            # Dies now, in whatever it is doing with the next request; what it had said already still arrives.
            victim.end(kill=True)
            for (which, size), answer in zip(asked, [*answers, *victim.rest], strict=False):
                assert answer is not None
                if answer[0] == 409:
                    known = int(answer[1])
                elif answer[0] == 200:
                    note = branches[which].note(size, lines=parse_signatures(answer[1]))
                    assert open_checkpoint(note, [vkey])[1] == ["witness.example/w"]
                    cosigned.append((which, size))
                    known = max(known, size)
        sizes = [size for _, size in cosigned]
        assert sizes == sorted(sizes)
        assert len({which for which, size in cosigned if size > SHARED}) <= 1
        left += len(cosigned)
        shutil.rmtree(home)
    return left


def test_kills_at_moments_of_chance(tmp_path: Path, branches: list[SignedLog]) -> None:
    assert kill_again_and_again(tmp_path, branches, homes=5, lives=3) >= 30
    branches[1].close()


@pytest.mark.soak
def test_two_hundred_kills(tmp_path: Path, branches: list[SignedLog]) -> None:
    assert kill_again_and_again(tmp_path, branches, homes=40, lives=5) >= 400
    branches[1].close()
