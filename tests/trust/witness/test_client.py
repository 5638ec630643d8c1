"""Cosignatures are gathered until the policy is satisfied; what is wrong with one witness stands in its answer."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.trust.logs import ORIGIN, SignedLog
from tests.trust.programs import free_port
from tests.trust.witness.requests import body
from tiexin.trust.rules.note import Note, format_note, format_signature, parse_note, parse_signatures
from tiexin.trust.rules.policy import Policy, PolicyGroup, PolicyWitness, satisfied
from tiexin.trust.rules.verifying import witnessed
from tiexin.trust.witness.client import ask, gather
from tiexin.trust.witness.opening import begin_witness, opened_witness
from tiexin.trust.witness.witness import Answer, Witness


class Served:
    """A witness of this process behind a real address."""

    def __init__(self, answer: Callable[[bytes], Answer]) -> None:
        self.asked: list[bytes] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                assert self.path == "/add-checkpoint"
                request = self.rfile.read(int(self.headers["content-length"]))
                outer.asked.append(request.split(b"\n")[0])
                found = answer(request)
                self.send_response(found.status)
                self.send_header("content-type", found.content_type)
                self.send_header("content-length", str(len(found.body)))
                self.end_headers()
                self.wfile.write(found.body)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        self._thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop listening."""
        self.server.shutdown()
        self._thread.join()
        self.server.server_close()


@contextlib.contextmanager
def witnesses(tmp_path: Path, log: SignedLog, count: int) -> Iterator[tuple[list[Witness], list[Served], Policy]]:
    """Yield witnesses w0, w1, … behind addresses, and a policy that needs all of them."""
    with contextlib.ExitStack() as stack:
        served: list[Served] = []
        opened: list[Witness] = []
        named: list[PolicyWitness] = []
        for number in range(count):
            home = tmp_path / f"w{number}"
            vkey = begin_witness(home, name=f"w{number}.example")[0]
            opened.append(stack.enter_context(opened_witness(home, logs=[log.vkey])))
            served.append(Served(opened[-1].add_checkpoint))
            stack.callback(served[-1].close)
            named.append(PolicyWitness(f"w{number}", vkey, served[-1].url))
        group = PolicyGroup("enough", count, tuple(each.name for each in named))
        yield opened, served, Policy(witnesses=tuple(named), groups=(group,), quorum="enough")


def names_on(log: SignedLog, size: int, lines: list[object], policy: Policy) -> list[str]:
    """Return the witnesses whose cosignature verifies on the checkpoint with these lines."""
    return sorted(witnessed(log.note(size, lines=lines), policy))  # type: ignore[arg-type]


def test_every_witness_is_asked_from_the_size_it_has(tmp_path: Path, log: SignedLog) -> None:
    with witnesses(tmp_path, log, 3) as (opened, served, policy):
        assert opened[1].add_checkpoint(body(log, 0, 5)).status == 200
        assert opened[2].add_checkpoint(body(log, 0, 8)).status == 200
        lines = gather(log.note(8), policy=policy, proof_of=log.log.consistency_proof)
        assert names_on(log, 8, [*lines], policy) == ["w0", "w1", "w2"]
        # Without a hint a witness is asked from the size itself: whoever has it answers at once.
        assert [each.asked for each in served] == [[b"old 8", b"old 0"], [b"old 8", b"old 5"], [b"old 8"]]
        known = {"w0": 8, "w1": 8, "w2": 3}
        lines = gather(log.note(20), policy=policy, proof_of=log.log.consistency_proof, old_size_of=known.__getitem__)
        assert names_on(log, 20, [*lines], policy) == ["w0", "w1", "w2"]
        assert [each.asked[-1] for each in served] == [b"old 8", b"old 8", b"old 8"]
        assert len(served[2].asked) == 3
        log.grow(30)
        lines = gather(log.note(30), policy=policy, proof_of=log.log.consistency_proof)
        assert names_on(log, 30, [*lines], policy) == ["w0", "w1", "w2"]
        assert [each.asked[-1] for each in served] == [b"old 20", b"old 20", b"old 20"]
        assert len(served[2].asked) == 4


def test_enough_witnesses_are_enough(tmp_path: Path, log: SignedLog) -> None:
    held = threading.Event()

    def never(_: bytes) -> Answer:
        held.wait(60)
        return Answer(500, b"")

    with witnesses(tmp_path, log, 2) as (_, _, policy):
        slow, gone = Served(never), f"http://127.0.0.1:{free_port()}"
        vkeys = [begin_witness(tmp_path / name, name=f"{name}.example")[0] for name in ("slow", "gone")]
        more = (PolicyWitness("slow", vkeys[0], slow.url), PolicyWitness("gone", vkeys[1], gone))
        group = PolicyGroup("enough", 2, ("w0", "w1", "slow", "gone"))
        wide = Policy(witnesses=(*policy.witnesses, *more), groups=(group,), quorum="enough")
        found = ask(log.note(20), policy=wide, proof_of=log.log.consistency_proof)
        held.set()
        slow.close()
        assert names_on(log, 20, [*found.lines], wide) == ["w0", "w1"]
        assert [(each.names, bool(each.lines)) for each in found.answers] == [
            (("w0",), True),
            (("w1",), True),
            (("slow",), False),
            (("gone",), False),
        ]
        assert found.answers[2].why == "It did not answer in time."
        assert found.answers[3].why
        assert satisfied(wide, ["w0", "w1"])


def test_an_address_where_nobody_is_says_so(tmp_path: Path, log: SignedLog) -> None:
    vkey = begin_witness(tmp_path / "w", name="w.example")[0]
    policy = Policy(witnesses=(PolicyWitness("w", vkey, f"http://127.0.0.1:{free_port()}"),), quorum="w")
    found = ask(log.note(20), policy=policy, proof_of=log.log.consistency_proof)
    assert [each.why[:23] for each in found.answers] == ["It cannot be reached: ["]


def test_no_witness_gives_no_lines(tmp_path: Path, log: SignedLog) -> None:
    vkey = begin_witness(tmp_path / "w", name="w.example")[0]
    for url in (None, f"http://127.0.0.1:{free_port()}"):
        policy = Policy(witnesses=(PolicyWitness("w", vkey, url),), quorum="w")
        assert gather(log.note(20), policy=policy, proof_of=log.log.consistency_proof) == []


def test_a_fork_gathers_nothing(tmp_path: Path, log: SignedLog) -> None:
    forked = log.fork(tmp_path / "fork", 6)
    forked.grow(25, "other")
    with witnesses(tmp_path, log, 2) as (_, _, policy):
        assert len(gather(log.note(8), policy=policy, proof_of=log.log.consistency_proof)) == 2
        for size in (7, 8, 20):
            found = ask(forked.note(size), policy=policy, proof_of=forked.log.consistency_proof)
            assert found.lines == []
            assert {bool(each.why) for each in found.answers} == {True}
    forked.close()


def test_a_log_behind_its_witness_is_told(tmp_path: Path, log: SignedLog) -> None:
    with witnesses(tmp_path, log, 2) as (opened, _, policy):
        for witness in opened:
            witness.add_checkpoint(body(log, 0, 20))
        found = ask(log.note(8), policy=policy, proof_of=log.log.consistency_proof)
        assert found.lines == []
        assert found.answers[0].why.startswith("It has cosigned 20 entries of this log, and the checkpoint has only 8")


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (Answer(200, b""), "Expected 1 to 100 signature lines, each with its line end"),
        (Answer(200, "— other.example AAAAAAAA\n".encode()), "It answered without a line of its key."),
        (Answer(409, b"8\n"), "It has cosigned another tree of 8 entries of this log."),
        (Answer(409, b"no number\n"), "Expected the size a witness has"),
        (Answer(500, b"broken\n"), "It answered with status 500: broken"),
        (Answer(200, b"x" * 70_000), "It answered with more than 65536 bytes."),
    ],
)
def test_wrong_answers_give_no_lines(tmp_path: Path, log: SignedLog, answer: Answer, why: str) -> None:
    vkey = begin_witness(tmp_path / "w", name="w.example")[0]
    served = Served(lambda _: answer)
    policy = Policy(witnesses=(PolicyWitness("w", vkey, served.url),), quorum="w")
    found = ask(log.note(8), policy=policy, proof_of=log.log.consistency_proof)
    served.close()
    assert found.lines == []
    assert found.answers[0].why.startswith(why)


def test_a_line_that_does_not_verify_is_not_taken(tmp_path: Path, log: SignedLog) -> None:
    vkey = begin_witness(tmp_path / "w", name="w.example")[0]
    with opened_witness(tmp_path / "w", logs=[log.vkey]) as witness:
        line = parse_signatures(witness.add_checkpoint(body(log, 0, 8)).body)[0]
    altered = line._replace(signature=line.signature[:-1] + bytes([line.signature[-1] ^ 1]))
    served = Served(lambda _: Answer(200, format_signature(altered).encode()))
    policy = Policy(witnesses=(PolicyWitness("w", vkey, served.url),), quorum="w")
    found = ask(log.note(8), policy=policy, proof_of=log.log.consistency_proof)
    served.close()
    assert found.lines == []
    assert found.answers[0].why == "Its signature as w does not verify."


def test_two_keys_behind_one_address_are_asked_once(tmp_path: Path, log: SignedLog) -> None:
    vkeys = begin_witness(tmp_path / "both", name="both.example", ml_dsa=True)
    with opened_witness(tmp_path / "both", logs=[log.vkey]) as witness:
        served = Served(witness.add_checkpoint)
        named = tuple(PolicyWitness(f"key{place}", vkey, f"{served.url}/") for place, vkey in enumerate(vkeys))
        policy = Policy(witnesses=named, groups=(PolicyGroup("all", 2, ("key0", "key1")),), quorum="all")
        lines = gather(log.note(20), policy=policy, proof_of=log.log.consistency_proof)
        served.close()
    assert names_on(log, 20, [*lines], policy) == ["key0", "key1"]
    assert served.asked == [b"old 20", b"old 0"]
    note = parse_note(log.note(20))
    assert ORIGIN in format_note(Note(note.text, [*note.signatures, *lines])).decode()
