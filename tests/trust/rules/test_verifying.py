"""Signatures and whole proofs, checked with public keys alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.trust.tessera import LEAVES
from tiexin.kernel.clock import FixedClock
from tiexin.trust.keys.secrets import SecretKey, generate
from tiexin.trust.keys.signers import KeySigner
from tiexin.trust.rules.checkpoint import Checkpoint, format_checkpoint, parse_checkpoint
from tiexin.trust.rules.cosignature import ed25519_message, ml_dsa_message, read_timestamped, timestamped
from tiexin.trust.rules.leaf import entry_of, opening
from tiexin.trust.rules.merkle import leaf_hash, node_hash, root_of
from tiexin.trust.rules.note import (
    COSIGNATURE,
    ED25519,
    ML_DSA_44,
    PRIVATE,
    Note,
    NoteError,
    SignatureLine,
    format_note,
    format_vkey,
    make_vkey,
    parse_note,
)
from tiexin.trust.rules.policy import parse_policy
from tiexin.trust.rules.tlog_proof import TlogProof, format_proof
from tiexin.trust.rules.verdict import told_time
from tiexin.trust.rules.verifying import SignatureError, open_checkpoint, verifier_of, verify_proof, witnessed

SPECIFICATION_KEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
SPECIFICATION_NOTE = (
    "This is an example message.\n\n— example.com/foo "
    "Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n"
).encode()
TESSERA_KEY = "example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx"
ORIGIN = "bank.example/log"
NOW_S = 1_790_000_000
CANONICAL = b'{"data":{"amount_minor":12},"id":"e-2","position":2,"type":"payment.made.v1"}'
SALT = bytes(range(32))
ENTRY = entry_of(CANONICAL, SALT)
FIRST = b"the first entry"
ROOT = node_hash(leaf_hash(FIRST), leaf_hash(ENTRY))
HEAD = Checkpoint(ORIGIN, 2, ROOT)


def signer(name: str, kind: int) -> KeySigner:
    secret = generate(name, kind=kind)
    return KeySigner(secret.key, raw_sign=secret.raw_sign, clock=FixedClock(NOW_S * 1_000_000))


class Witness:
    """A cosigner of the first form (Ed25519 with a time)."""

    def __init__(self, name: str) -> None:
        self._secret = SecretKey(name, kind=ED25519, secret=name.encode().ljust(32, b"."))
        self.key = make_vkey(name, kind=COSIGNATURE, key=self._secret.key.key)
        self.vkey = format_vkey(self.key)

    def line(self, text: bytes, *, time_seconds: int = NOW_S) -> SignatureLine:
        raw = self._secret.raw_sign(ed25519_message(text, time_seconds=time_seconds))
        return SignatureLine(self.key.name, self.key.key_id, timestamped(raw, time_seconds=time_seconds))


LOG = signer(ORIGIN, ED25519)
ONE, TWO = Witness("w.example/one"), Witness("w.example/two")
POLICY = f"witness one {ONE.vkey}\nwitness two {TWO.vkey}\ngroup both all one two\n"


def signed(head: Checkpoint = HEAD, *witnesses: Witness) -> bytes:
    text = format_checkpoint(head)
    return format_note(Note(text, [LOG.sign(text), *(each.line(text) for each in witnesses)]))


def proof(note: bytes | None = None, *, index: int = 1, extra: bytes | None = opening(CANONICAL, SALT)) -> bytes:
    return format_proof(TlogProof(index, [leaf_hash(FIRST)], note or signed(), extra))


def test_example_of_the_specification_verifies_and_no_other_text() -> None:
    note = parse_note(SPECIFICATION_NOTE)
    verifier = verifier_of(SPECIFICATION_KEY)
    assert verifier.name == "example.com/foo"
    assert verifier.verify(note.text, note.signatures[0].signature)
    assert not verifier.verify(note.text + b"\n", note.signatures[0].signature)


@pytest.mark.parametrize("size", range(16))
def test_all_checkpoints_of_a_tessera_log_verify(vectors: Path, size: int) -> None:
    raw = (vectors / f"tessera/testdata/log/checkpoint.{size}").read_bytes()
    checkpoint, names = open_checkpoint(raw, [TESSERA_KEY])
    assert (checkpoint.origin, checkpoint.size, names) == (
        "example.com/log/testdata",
        size,
        ["example.com/log/testdata"],
    )
    altered = raw.replace(b"\n%d\n" % size, b"\n%d\n" % (size + 1), 1)
    with pytest.raises(SignatureError, match="does not verify"):
        open_checkpoint(altered, [TESSERA_KEY])


@pytest.mark.parametrize("kind", [ED25519, ML_DSA_44, PRIVATE])
def test_every_kind_signs_what_it_says_and_nothing_else(kind: int) -> None:
    text = format_checkpoint(HEAD)
    key = signer(ORIGIN, kind)
    line = key.sign(text)
    verifier = verifier_of(key.vkey)
    assert (line.name, line.key_id) == (ORIGIN, key.key.key_id)
    assert verifier.verify(text, line.signature)
    assert not verifier.verify(format_checkpoint(HEAD._replace(size=3)), line.signature)
    assert not verifier.verify(text, line.signature[:-1])
    assert not verifier.verify(text, line.signature + b"\0")
    assert not verifier.verify(text, b"")
    assert not verifier_of(signer(ORIGIN, kind).vkey).verify(text, line.signature)


def test_messages_of_cosignatures_are_those_of_the_specification() -> None:
    text = b"example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
    assert ed25519_message(text, time_seconds=1_679_315_147) == b"cosignature/v1\ntime 1679315147\n" + text
    assert ml_dsa_message(text + b"extension\n", name="w", time_seconds=1) == (
        b"subtree/v1\n\0\x01w"
        + bytes(7)
        + b"\x01\x1bexample.com/behind-the-sofa"
        + bytes(8)
        + (20_852_163).to_bytes(8, "big")
        + parse_checkpoint(text).root
    )
    with pytest.raises(NoteError, match="1 to 255 bytes"):
        ml_dsa_message(text, name="w" * 256, time_seconds=0)


@pytest.mark.parametrize("raw", [b"", bytes(8), b"\xff" * 9])
def test_a_cosignature_without_a_possible_time_is_refused(raw: bytes) -> None:
    with pytest.raises(NoteError):
        read_timestamped(raw)
    assert not verifier_of(ONE.vkey).verify(format_checkpoint(HEAD), raw)


def test_the_time_of_a_cosignature_cannot_be_altered() -> None:
    text = format_checkpoint(HEAD)
    line = ONE.line(text)
    later = timestamped(line.signature[8:], time_seconds=NOW_S + 1)
    assert verifier_of(ONE.vkey).verify(text, line.signature)
    assert not verifier_of(ONE.vkey).verify(text, later)
    assert not verifier_of(ONE.vkey).verify(b"no checkpoint\n", line.signature)


def test_unknown_lines_are_passed_over_but_a_broken_known_one_is_refused() -> None:
    raw = signed(HEAD, ONE)
    assert open_checkpoint(raw, [LOG.vkey])[1] == [ORIGIN]
    assert open_checkpoint(raw, [LOG.vkey, ONE.vkey])[1] == [ORIGIN, "w.example/one"]
    assert open_checkpoint(raw, [TWO.vkey])[1] == []
    text = format_checkpoint(HEAD)
    broken = ONE.line(format_checkpoint(HEAD._replace(size=9)))
    both = format_note(Note(text, [LOG.sign(text), broken]))
    assert open_checkpoint(both, [LOG.vkey])[1] == [ORIGIN]
    with pytest.raises(SignatureError, match="example/one does not"):
        open_checkpoint(both, [LOG.vkey, ONE.vkey])


@pytest.mark.parametrize(
    ("kind", "key"), [(2, bytes(32)), (ED25519, bytes(31)), (ML_DSA_44, bytes(32)), (PRIVATE, b"others" + bytes(65))]
)
def test_keys_that_cannot_be_checked_here_are_refused(kind: int, key: bytes) -> None:
    with pytest.raises(NoteError):
        verifier_of(make_vkey("a", kind=kind, key=key))


def test_a_proof_that_holds_says_what_it_proves_and_what_not() -> None:
    verdict = verify_proof(proof(), [LOG.vkey])
    assert (verdict.ok, verdict.why, verdict.index, verdict.size, verdict.origin) == (True, "", 1, 2, ORIGIN)
    assert verdict.event == {"data": {"amount_minor": 12}, "id": "e-2", "position": 2, "type": "payment.made.v1"}
    assert verdict.canonical == CANONICAL.decode()
    assert verdict.signed_by == [LOG.vkey]
    assert verdict.root == ROOT.hex()
    assert [each.split(" ")[0] for each in verdict.proves] == ["This", "This", "The"]
    told = verdict.document()
    assert told["ok"] is True
    assert "No independent witness was checked" in told["does_not_prove"][1]
    assert len(told["proves"]) == len(told["proves_zh"]) == 3


@pytest.mark.parametrize(
    ("raw", "code", "why"),
    [
        (b"nothing", "note_invalid", "starts with the line"),
        (proof(index=0), "opening_invalid", "says that it is event 2"),
        (proof(extra=opening(CANONICAL.replace(b"12", b"13"), SALT)), "proof_invalid", "root"),
        (proof(extra=opening(CANONICAL, bytes(32))), "proof_invalid", "root"),
        (proof(extra=b"{}"), "opening_invalid", "opening"),
        (proof(extra=None), "opening_invalid", "--leaf"),
        (proof(signed(HEAD._replace(size=1))), "proof_invalid", ""),
        (proof(signed(HEAD._replace(root=bytes(32)))), "proof_invalid", "root"),
        (proof(signed(HEAD._replace(origin="other.example/log"))), "signature_invalid", "other.example/log"),
        (proof(signed().replace(b"\n2\n", b"\n3\n")), "signature_invalid", "does not verify"),
    ],
)
def test_a_proof_that_does_not_hold_is_refused_with_the_reason(raw: bytes, code: str, why: str) -> None:
    verdict = verify_proof(raw, [LOG.vkey])
    assert not verdict.ok
    assert verdict.code == code
    assert why in verdict.why
    assert verdict.document() == {"ok": False, "why": verdict.why, "code": code}
    assert verdict.event is None


def test_a_proof_is_nothing_without_the_right_key() -> None:
    other = signer(ORIGIN, ED25519)
    assert verify_proof(proof(), [other.vkey]).code == "signature_invalid"
    assert verify_proof(proof(), [signer("z.example", ED25519).vkey]).code == "signature_invalid"
    assert verify_proof(proof(), []).code == "signature_invalid"
    assert verify_proof(proof(), [other.vkey, LOG.vkey]).signed_by == [LOG.vkey]
    with pytest.raises(NoteError):
        verify_proof(proof(), ["rubbish"])


def test_a_leaf_given_as_a_file_must_be_the_entry() -> None:
    bare = verify_proof(proof(extra=None), [LOG.vkey], leaf=ENTRY)
    assert (bare.ok, bare.event) == (True, None)
    assert "It carries no content" in bare.document()["does_not_prove"][-1]
    assert verify_proof(proof(extra=b"of another program"), [LOG.vkey], leaf=ENTRY).ok
    both = verify_proof(proof(), [LOG.vkey], leaf=ENTRY)
    assert both.ok
    assert both.proves[-1] == "The file that you gave is this very entry of the log."
    assert verify_proof(proof(), [LOG.vkey], leaf=FIRST).code == "opening_invalid"
    assert verify_proof(proof(extra=None), [LOG.vkey], leaf=FIRST).code == "proof_invalid"


def test_a_policy_asks_for_its_witnesses() -> None:
    policy = parse_policy(POLICY + "quorum both\n")
    alone = verify_proof(proof(signed(HEAD, ONE)), [LOG.vkey], policy=policy)
    assert alone.why == "Not enough witnesses cosigned: one, the policy asks for 2"
    verdict = verify_proof(proof(signed(HEAD, ONE, TWO)), [LOG.vkey], policy=policy)
    assert (verdict.ok, verdict.witnesses) == (True, {"one": NOW_S, "two": NOW_S})
    assert verdict.document()["witnesses"][0] == {"name": "one", "time": "2026-09-21T14:13:20Z"}
    assert all("No independent witness" not in each for each in verdict.document()["does_not_prove"])
    other = verify_proof(proof(signed(HEAD, ONE)), [LOG.vkey], policy=parse_policy(POLICY + "quorum one\n"))
    assert other.ok


def test_logs_of_the_policy_stand_in_for_a_key() -> None:
    policy = parse_policy(f"log {LOG.vkey}\nquorum none\n")
    assert verify_proof(proof(), [], policy=policy).ok
    stranger = parse_policy(f"log {signer(ORIGIN, ED25519).vkey}\nquorum none\n")
    assert verify_proof(proof(), [], policy=stranger).code == "signature_invalid"


def test_a_time_beyond_all_calendars_is_shown_as_a_number() -> None:
    line = ONE.line(format_checkpoint(HEAD), time_seconds=2**63 - 1)
    raw = format_note(Note(format_checkpoint(HEAD), [LOG.sign(format_checkpoint(HEAD)), line]))
    assert witnessed(raw, parse_policy(POLICY + "quorum one\n")) == {"one": 2**63 - 1}
    assert told_time(2**63 - 1) == "9223372036854775807"
    assert told_time(253_402_300_799) == "9999-12-31T23:59:59Z"


def test_a_proof_of_another_log_holds_with_its_key_and_the_entry_alone(vectors: Path) -> None:
    hashes = [leaf_hash(leaf.encode()) for leaf in LEAVES]
    note = (vectors / "tessera/testdata/log/checkpoint.15").read_bytes()
    # The path of entry 6 among 15: its sibling, then the roots of the subtrees beside it, from small to large.
    path = [hashes[7], root_of(hashes[4:6]), root_of(hashes[:4]), root_of(hashes[8:])]
    raw = format_proof(TlogProof(6, path, note))
    verdict = verify_proof(raw, [TESSERA_KEY], leaf=b"seven")
    assert (verdict.ok, verdict.index, verdict.size, verdict.origin) == (True, 6, 15, "example.com/log/testdata")
    assert verify_proof(raw, [TESSERA_KEY], leaf=b"eight").code == "proof_invalid"
    assert verify_proof(raw, [LOG.vkey], leaf=b"seven").code == "signature_invalid"
