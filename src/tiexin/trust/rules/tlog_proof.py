"""Proofs that travel as a file: index, path, signed checkpoint and an opening (c2sp.org/tlog-proof@v1)."""

from __future__ import annotations

import msgspec

from tiexin.trust.rules.checkpoint import parse_decimal
from tiexin.trust.rules.note import NoteError, decoded, encoded, parse_note

HEADER = "c2sp.org/tlog-proof@v1"
PROOF_BYTES_MAX = 16 * 1024 * 1024
PATH_HASHES_MAX = 64
HASH_BYTES = 32


class TlogProof(msgspec.Struct, frozen=True):
    """A proof: zero-based index, hashes from the leaf's sibling to the root's child, the whole signed note, extra.

    ``extra`` is opaque and not authenticated by itself: whoever reads it must hash it and compare.
    """

    index: int
    path: list[bytes]
    checkpoint: bytes
    extra: bytes | None = None


def parse_proof(raw: bytes) -> TlogProof:
    """Return the proof in ``raw``; checks its form only, neither signatures nor hashes.

    Raises:
        NoteError: a line is not what the format says, or the file is too long.
    """
    if len(raw) > PROOF_BYTES_MAX:
        msg = f"A proof has at most {PROOF_BYTES_MAX} bytes; this one has {len(raw)}"
        raise NoteError(msg, limit=PROOF_BYTES_MAX)
    head, blank, checkpoint = raw.partition(b"\n\n")
    if not blank or not head.startswith(HEADER.encode() + b"\n"):
        msg = f"A proof starts with the line {HEADER!r} and has an empty line before its checkpoint; this has not"
        raise NoteError(msg)
    try:
        lines = head.decode("ascii").split("\n")
    except UnicodeDecodeError as error:
        msg = "The lines of a proof before its checkpoint are plain ASCII; these are not"
        raise NoteError(msg) from error
    extra = None
    if lines[1].startswith("extra "):
        written = lines.pop(1).removeprefix("extra ")
        extra = decoded(written, "the extra line of a proof") if written else b""
    if len(lines) == 1 or not lines[1].startswith("index "):
        msg = "A proof has a line 'index' with the number of the entry; it is missing"
        raise NoteError(msg)
    index = parse_decimal(lines[1].removeprefix("index "), "the index of a proof")
    if len(lines) - 2 > PATH_HASHES_MAX:
        msg = f"A proof has at most {PATH_HASHES_MAX} hashes; this one has {len(lines) - 2}"
        raise NoteError(msg, limit=PATH_HASHES_MAX)
    path = [decoded(line, "a hash of a proof") for line in lines[2:]]
    if any(len(node) != HASH_BYTES for node in path):
        msg = f"Every hash of a proof has {HASH_BYTES} bytes; one has not"
        raise NoteError(msg)
    parse_note(checkpoint)
    return TlogProof(index, path, checkpoint, extra)


def format_proof(proof: TlogProof) -> bytes:
    """Return the proof as the content of a ``.tlog-proof`` file.

    Raises:
        NoteError: a part is not possible (a hash of another length, a checkpoint that is no note).
    """
    lines = [HEADER]
    if proof.extra is not None:
        lines.append(f"extra {encoded(proof.extra)}")
    lines.append(f"index {proof.index}")
    lines.extend(encoded(node) for node in proof.path)
    raw = "\n".join(lines).encode() + b"\n\n" + proof.checkpoint
    if parse_proof(raw) != proof:
        msg = "This proof cannot be written so that it reads back the same"
        raise NoteError(msg)
    return raw
