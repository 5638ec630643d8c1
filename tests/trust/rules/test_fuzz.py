"""What is not ours may be anything: parsers give an answer or refuse by name, and never anything else."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from hypothesis import example, given, settings
from hypothesis import strategies as st

from tiexin.kernel.errors import InvalidInputError
from tiexin.trust.keys.secrets import SecretKey
from tiexin.trust.rules import sm2
from tiexin.trust.rules.checkpoint import Checkpoint, format_checkpoint, parse_checkpoint
from tiexin.trust.rules.leaf import entry_of, opening
from tiexin.trust.rules.merkle import leaf_hash, node_hash
from tiexin.trust.rules.note import (
    ED25519,
    Note,
    SignatureLine,
    format_note,
    format_vkey,
    make_vkey,
    parse_note,
    parse_signatures,
    parse_vkey,
)
from tiexin.trust.rules.policy import format_policy, parse_policy
from tiexin.trust.rules.rotation import parse_rotation
from tiexin.trust.rules.tlog_proof import TlogProof, format_proof, parse_proof
from tiexin.trust.rules.verifying import verifier_of, verify_proof

names = st.text(st.characters(exclude_categories=["Cs", "Cc", "Z"], exclude_characters="+"), min_size=1, max_size=40)
lines = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=40)
signatures = st.builds(SignatureLine, names, st.binary(min_size=4, max_size=4), st.binary(min_size=1, max_size=80))
checkpoints = st.builds(
    Checkpoint,
    lines,
    st.integers(0, 2**63 - 1),
    st.binary(min_size=32, max_size=32),
    st.lists(lines, max_size=3).map(tuple),
)
notes = st.builds(Note, checkpoints.map(format_checkpoint), st.lists(signatures, min_size=1, max_size=4))
proofs = st.builds(
    TlogProof,
    st.integers(0, 2**63 - 1),
    st.lists(st.binary(min_size=32, max_size=32), max_size=6),
    notes.map(format_note),
    st.none() | st.binary(max_size=60),
)
LOG = format_vkey(make_vkey("log", kind=ED25519, key=b"\x11" * 32))


@given(notes)
def test_every_note_that_is_written_reads_back_the_same(note: Note) -> None:
    assert parse_note(format_note(note)) == note


@given(checkpoints)
def test_every_checkpoint_that_is_written_reads_back_the_same(checkpoint: Checkpoint) -> None:
    assert parse_checkpoint(format_checkpoint(checkpoint)) == checkpoint


@given(proofs)
def test_every_proof_that_is_written_reads_back_the_same(proof: TlogProof) -> None:
    assert parse_proof(format_proof(proof)) == proof


@given(names, st.integers(1, 255), st.binary(min_size=1, max_size=80))
def test_every_key_that_is_written_reads_back_the_same(name: str, kind: int, key: bytes) -> None:
    made = make_vkey(name, kind=kind, key=key)
    assert parse_vkey(format_vkey(made)) == made


def _same(parse: Callable[[bytes], object], write: Callable[..., object], raw: bytes) -> None:
    with suppress(InvalidInputError):
        found = parse(raw)
        written = write(found)
        assert (written if isinstance(written, bytes) else str(written).encode()) == raw


@given(st.binary(max_size=300))
@example(b"\n\n\xe2\x80\x94 a AAAAAAA=\n")
@example(b"c2sp.org/tlog-proof@v1\nindex 0\n\na\n\n\xe2\x80\x94 a AAAAAAA=\n")
def test_any_bytes_are_read_exactly_or_refused(raw: bytes) -> None:
    _same(parse_note, format_note, raw)
    _same(parse_checkpoint, format_checkpoint, raw)
    _same(parse_proof, format_proof, raw)
    with suppress(InvalidInputError):
        parse_signatures(raw)
    with suppress(InvalidInputError):
        parse_rotation(raw)
    with suppress(InvalidInputError):
        format_policy(parse_policy(raw))
    with suppress(InvalidInputError):
        verifier_of(raw.decode("latin-1"))


@given(proofs.map(format_proof), st.integers(0, 10**6), st.integers(0, 255))
def test_a_proof_with_any_byte_changed_gets_a_verdict(raw: bytes, at: int, byte: int) -> None:
    changed = bytearray(raw)
    changed[at % len(raw)] = byte
    assert not verify_proof(bytes(changed), [LOG]).ok


SECRET = SecretKey("log.example", kind=ED25519, secret=b"\x07" * 32)
CANONICAL, SALT = b'{"id":"e","position":1}', bytes(32)
ENTRY = entry_of(CANONICAL, SALT)
HEAD = Checkpoint("log.example", 2, node_hash(leaf_hash(ENTRY), leaf_hash(b"another")))
SIGNED = Note(
    format_checkpoint(HEAD),
    [SignatureLine("log.example", SECRET.key.key_id, SECRET.raw_sign(format_checkpoint(HEAD)))],
)
PROOF = format_proof(TlogProof(0, [leaf_hash(b"another")], format_note(SIGNED), opening(CANONICAL, SALT)))
cuts = st.tuples(st.integers(0, len(PROOF)), st.integers(0, 12), st.binary(max_size=12))


@settings(max_examples=400)
@given(st.lists(cuts, min_size=1, max_size=3))
@example([(0, 0, b"")])
def test_a_good_proof_holds_after_any_change_only_if_it_says_the_same(changes: list[tuple[int, int, bytes]]) -> None:
    changed = PROOF
    for at, length, put in changes:
        changed = changed[:at] + put + changed[at + length :]
    verdict = verify_proof(changed, [SECRET.key])
    if verdict.ok:
        assert (verdict.index, verdict.size, verdict.root) == (0, 2, HEAD.root.hex())
        assert verdict.canonical == CANONICAL.decode()
    else:
        assert verdict.why


@given(st.sampled_from([0x01, 0x04, 0x06, 0xFF]), st.binary(max_size=90), st.binary(max_size=200))
def test_any_signature_gets_an_answer(kind: int, signature: bytes, text: bytes) -> None:
    size = {0x06: 1312}.get(kind, 32)
    # The base point of the curve is a point that everybody knows.
    point = b"\x04" + bytes.fromhex(
        "32c4ae2c1f1981195f9904466a39c9948fe30bbff2660be1715a4589334c74c7"
        "bc3736a2f4f6779c59bdcee36b692153d0a9877cc62a474002df32e52139f0a0"
    )
    key = sm2.MARK + point if kind == 0xFF else b"\x07" * size
    assert not verifier_of(make_vkey("k", kind=kind, key=key)).verify(text, signature)
