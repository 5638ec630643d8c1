"""What a witness answers, case by case of c2sp.org/tlog-witness; whatever it refuses leaves its memory as it was."""

from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.trust.logs import ORIGIN, SignedLog
from tests.trust.witness.requests import body
from tiexin.kernel.clock import SECOND_US, FixedClock
from tiexin.trust.rules.checkpoint import Checkpoint, format_checkpoint
from tiexin.trust.rules.cosignature import read_timestamped
from tiexin.trust.rules.note import Note, SignatureLine, format_note, parse_note, parse_signatures
from tiexin.trust.rules.verifying import open_checkpoint
from tiexin.trust.witness import store
from tiexin.trust.witness.opening import FOLDER, begin_witness, opened_witness
from tiexin.trust.witness.store import MemoryLostError, WitnessBusyError, evidence_in, origin_hash
from tiexin.trust.witness.witness import Answer, Witness


def memory(home: Path) -> dict[str, bytes]:
    """Return every file of what a witness remembers."""
    return {file.name: file.read_bytes() for file in (home / FOLDER / "logs").iterdir()}


def refused(witness: Witness, home: Path, request: bytes) -> Answer:
    """Return an answer, having made sure that nothing was remembered by it."""
    before = memory(home)
    answer = witness.add_checkpoint(request)
    assert memory(home) == before
    assert "—" not in answer.body.decode()
    return answer


def test_a_log_is_cosigned_step_by_step(log: SignedLog, home: Path, clock: FixedClock) -> None:
    vkey = begin_witness(home)[0]
    with opened_witness(home, logs=[log.vkey], clock=clock) as witness:
        for old, size in ((0, 5), (5, 5), (5, 8), (8, 20)):
            answer = witness.add_checkpoint(body(log, old, size))
            assert (answer.status, answer.content_type) == (200, "text/plain; charset=utf-8")
            (line,) = parse_signatures(answer.body)
            assert read_timestamped(line.signature)[0] == clock.now_us() // SECOND_US
            found, names = open_checkpoint(log.note(size, lines=[line]), [vkey])
            assert (found.size, names) == (size, ["witness.example/w1"])
            clock.advance(microseconds=SECOND_US)
        kept = witness.checkpoint(hashlib.sha256(ORIGIN.encode()).hexdigest())
        assert kept.status == 200
        found, names = open_checkpoint(kept.body, [log.vkey, vkey])
        assert (found.size, names) == (20, [ORIGIN, "witness.example/w1"])
    assert list(memory(home)) == [origin_hash(ORIGIN)]
    assert evidence_in(home / FOLDER) == []


def test_an_ml_dsa_line_stands_beside_the_first(tmp_path: Path, log: SignedLog, clock: FixedClock) -> None:
    vkeys = begin_witness(tmp_path / "second", name="witness.example/w2", ml_dsa=True)
    with opened_witness(tmp_path / "second", logs=[log.vkey], clock=clock) as witness:
        lines = parse_signatures(witness.add_checkpoint(body(log, 0, 20)).body)
    note = log.note(20, lines=lines)
    assert [open_checkpoint(note, [vkey])[1] for vkey in vkeys] == [["witness.example/w2"], ["witness.example/w2"]]
    with opened_witness(tmp_path / "second", logs=[log.vkey], clock=clock) as witness:
        assert witness.add_checkpoint(body(log, 20, 20)).status == 200


def test_another_old_size_is_a_conflict_that_names_the_right_one(log: SignedLog, home: Path) -> None:
    with opened_witness(home, logs=[log.vkey]) as witness:
        assert refused(witness, home, body(log, 4, 20)) == Answer(409, b"0\n", "text/x.tlog.size")
        assert witness.add_checkpoint(body(log, 0, 8)).status == 200
        for old, size in ((0, 20), (7, 20), (9, 20), (0, 3), (20, 20)):
            assert refused(witness, home, body(log, old, size)) == Answer(409, b"8\n", "text/x.tlog.size")


def test_a_log_that_goes_back_is_not_cosigned(log: SignedLog, home: Path) -> None:
    with opened_witness(home, logs=[log.vkey]) as witness:
        witness.add_checkpoint(body(log, 0, 8))
        assert refused(witness, home, body(log, 8, 8, note=log.note(5), proof=[])).status == 400
        assert refused(witness, home, body(log, 5, 5)).status == 409
        assert refused(witness, home, body(log, 0, 5)).status == 409


def test_a_fork_is_refused_and_kept_as_evidence(tmp_path: Path, log: SignedLog, home: Path, clock: FixedClock) -> None:
    forked = log.fork(tmp_path / "fork", 6)
    forked.grow(20, "other")
    with opened_witness(home, logs=[log.vkey], clock=clock) as witness:
        witness.add_checkpoint(body(log, 0, 8))
        assert refused(witness, home, body(forked, 8, 8)).status == 422
        assert refused(witness, home, body(forked, 8, 12)).status == 422
        assert refused(witness, home, body(forked, 8, 12)).status == 422
        assert refused(witness, home, body(forked, 6, 8)).status == 409
    forked.close()
    found = evidence_in(home / FOLDER)
    assert [(each.origin, each.time_us) for each in found] == [(ORIGIN, clock.now_us())] * 2
    assert [open_checkpoint(each.note.encode(), [log.vkey])[0].size for each in found] == [8, 12]
    assert [open_checkpoint(each.before.encode(), [log.vkey])[0].root for each in found] == [log.log.root(8)] * 2
    with opened_witness(home, logs=[log.vkey], clock=clock) as witness:
        assert witness.add_checkpoint(body(log, 8, 20)).status == 200


def test_wrong_proofs_around_right_checkpoints_leave_room_for_a_fork(
    tmp_path: Path, log: SignedLog, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Anybody can send a checkpoint on; that must neither accuse its log nor use up the room for what proves a fork."""
    forked = log.fork(tmp_path / "fork", 6)
    forked.grow(20, "other")
    with opened_witness(home, logs=[log.vkey]) as witness:
        witness.add_checkpoint(body(log, 0, 8))
        assert refused(witness, home, body(log, 8, 8, proof=[bytes(32)])).status == 422
        assert evidence_in(home / FOLDER) == []
        monkeypatch.setattr(store, "EVIDENCE_BYTES_MAX", 2_000)
        for size in range(9, 21):
            assert refused(witness, home, body(log, 8, size, proof=[bytes(32)])).status == 422
        accused = evidence_in(home / FOLDER)
        assert 1 <= len(accused) < 12
        assert refused(witness, home, body(forked, 8, 8)).status == 422
    forked.close()
    assert [each.why for each in evidence_in(home / FOLDER)[len(accused) :]] == [
        "another root for the size that was cosigned"
    ]


def test_wrong_and_needless_proofs_are_refused(log: SignedLog, home: Path) -> None:
    with opened_witness(home, logs=[log.vkey]) as witness:
        assert refused(witness, home, body(log, 0, 8, proof=[bytes(32)])).status == 422
        witness.add_checkpoint(body(log, 0, 8))
        proof = log.log.consistency_proof(8, 20)
        assert refused(witness, home, body(log, 8, 20, proof=[])).status == 422
        assert refused(witness, home, body(log, 8, 20, proof=proof[:-1])).status == 422
        assert refused(witness, home, body(log, 8, 20, proof=[*proof, bytes(32)])).status == 422
        assert refused(witness, home, body(log, 8, 8, proof=[bytes(32)])).status == 422
        for place, each in enumerate(proof):
            flipped = [*proof[:place], bytes([each[0] ^ 1]) + each[1:], *proof[place + 1 :]]
            assert refused(witness, home, body(log, 8, 20, proof=flipped)).status == 422


def test_unknown_logs_and_foreign_signatures_are_refused(tmp_path: Path, log: SignedLog, home: Path) -> None:
    stranger = SignedLog(tmp_path / "stranger", origin="stranger.example/log")
    impostor = SignedLog(tmp_path / "impostor")
    for other in (stranger, impostor):
        other.grow(4)
    text = parse_note(log.note(20)).text
    with opened_witness(home, logs=[log.vkey]) as witness:
        assert refused(witness, home, body(stranger, 0, 4)).status == 404
        assert refused(witness, home, body(impostor, 0, 4)).status == 403
        altered = log.note(20).replace(b"\n20\n", b"\n21\n")
        assert refused(witness, home, body(log, 0, 20, note=altered)).status == 403
        # A line in the name of a trusted key that does not verify spoils the note, right ones beside it or not.
        bad = SignatureLine(log.key.name, log.key.key_id, bytes(64))
        assert refused(witness, home, body(log, 0, 20, note=log.note(20, lines=[bad]))).status == 403
        assert refused(witness, home, body(log, 0, 20, note=format_note(Note(text, [bad])))).status == 403
        # Lines of unknown keys are ignored, and not remembered.
        unknown = SignatureLine("somebody.example", b"abcd", bytes(64))
        assert witness.add_checkpoint(body(log, 0, 20, note=log.note(20, lines=[unknown]))).status == 200
    assert b"somebody" not in memory(home)[origin_hash(ORIGIN)]
    stranger.close()
    impostor.close()


def test_a_log_may_have_two_keys_and_two_logs_their_own_state(tmp_path: Path, log: SignedLog, home: Path) -> None:
    other = SignedLog(tmp_path / "other", origin="other.example/log")
    other.grow(9)
    renewed = SignedLog(tmp_path / "renewed")
    renewed.grow(20)
    with opened_witness(home, logs=[log.vkey, other.vkey, renewed.vkey]) as witness:
        assert witness.origins == [ORIGIN, "other.example/log"]
        assert witness.add_checkpoint(body(log, 0, 8)).status == 200
        assert witness.add_checkpoint(body(other, 0, 9)).status == 200
        assert witness.add_checkpoint(body(renewed, 8, 20)).status == 200
    assert len(memory(home)) == 2
    other.close()
    renewed.close()


def test_the_empty_tree_has_one_root(tmp_path: Path, home: Path) -> None:
    empty = SignedLog(tmp_path / "empty")
    with opened_witness(home, logs=[empty.vkey]) as witness:
        assert witness.add_checkpoint(body(empty, 0, 0)).status == 200
        empty.grow(3)
        text = format_checkpoint(Checkpoint(ORIGIN, 0, bytes(32)))
        wrong = format_note(Note(text, [SignatureLine(ORIGIN, empty.key.key_id, empty.sign(text))]))
        assert refused(witness, home, body(empty, 0, 0, note=wrong)).status == 422
        assert witness.add_checkpoint(body(empty, 0, 3)).status == 200
    empty.close()


@pytest.mark.parametrize("request_body", [b"", b"old 0\n\n", b"old 0\n\nno note\n", b"old 0\n\na\nb\nc\n\n"])
def test_what_cannot_be_read_is_refused(home: Path, log: SignedLog, request_body: bytes) -> None:
    with opened_witness(home, logs=[log.vkey]) as witness:
        assert refused(witness, home, request_body).status == 400


def test_no_bit_of_a_request_may_differ(log: SignedLog, home: Path) -> None:
    with opened_witness(home, logs=[log.vkey]) as witness:
        witness.add_checkpoint(body(log, 0, 8))
        before = memory(home)
        request = body(log, 8, 20)
        statuses = {
            witness.add_checkpoint(request[:place] + bytes([request[place] ^ bit]) + request[place + 1 :]).status
            for place in range(len(request))
            for bit in (0x01, 0x20, 0x80)
        }
        assert statuses == {400, 403, 404, 409, 422}
        assert memory(home) == before
        assert witness.add_checkpoint(request).status == 200


def test_many_askers_at_once_get_one_history(tmp_path: Path, log: SignedLog, home: Path) -> None:
    forked = log.fork(tmp_path / "fork", 8)
    forked.grow(40, "other")
    log.grow(40)
    requests = [(which, size, body(which, size - 1, size)) for size in range(1, 41) for which in (log, forked)]
    with opened_witness(home, logs=[log.vkey]) as witness, ThreadPoolExecutor(8) as pool:
        done: list[tuple[SignedLog, int]] = []
        for _ in range(5):
            statuses = list(pool.map(lambda each: witness.add_checkpoint(each[2]).status, requests))
            done += [
                (which, size) for (which, size, _), status in zip(requests, statuses, strict=True) if status == 200
            ]
        sizes = sorted({size for _, size in done})
        # Up to the common beginning both are the same tree, and whoever asks again at that size is answered again.
        assert sizes == list(range(1, sizes[-1] + 1))
        assert len({id(which) for which, size in done if size > 8}) == 1
        assert [size for _, size in done if size > 8] == list(range(9, sizes[-1] + 1))
    forked.close()


def test_a_clock_that_went_back_signs_nothing(log: SignedLog, home: Path, clock: FixedClock) -> None:
    with opened_witness(home, logs=[log.vkey], clock=clock) as witness:
        assert witness.add_checkpoint(body(log, 0, 8)).status == 200
        clock.advance(microseconds=-5 * SECOND_US)
        answer = refused(witness, home, body(log, 8, 20))
        assert (answer.status, answer.retry_seconds) == (503, 5)
        clock.advance(microseconds=5 * SECOND_US)
        assert witness.add_checkpoint(body(log, 8, 20)).status == 200


def test_only_one_process_is_the_witness(log: SignedLog, home: Path) -> None:
    with opened_witness(home, logs=[log.vkey]) as witness:
        with pytest.raises(WitnessBusyError), opened_witness(home, logs=[log.vkey]):
            pass
        assert witness.add_checkpoint(body(log, 0, 8)).status == 200


def test_a_lost_or_damaged_memory_is_refused(log: SignedLog, home: Path, tmp_path: Path) -> None:
    with opened_witness(home, logs=[log.vkey]) as witness:
        witness.add_checkpoint(body(log, 0, 8))
    file = home / FOLDER / "logs" / origin_hash(ORIGIN)
    right = file.read_bytes()
    for wrong in (b"", right[:40], right.replace(b"\n8\n", b"\n7\n"), log.note(8)):
        file.write_bytes(wrong)
        with pytest.raises(MemoryLostError), opened_witness(home, logs=[log.vkey]):
            pass
        assert file.read_bytes() == wrong
    file.write_bytes(right)
    begin_witness(tmp_path / "other", name="witness.example/other")
    (home / FOLDER / "ed25519.pem").write_bytes((tmp_path / "other" / FOLDER / "ed25519.pem").read_bytes())
    with pytest.raises(MemoryLostError), opened_witness(home, logs=[log.vkey]):
        pass
    (home / FOLDER / "ed25519.pem").unlink()
    with pytest.raises(MemoryLostError):
        begin_witness(home)
    (tmp_path / "other" / FOLDER / "memory.json").unlink()
    with pytest.raises(MemoryLostError):
        begin_witness(tmp_path / "other")
