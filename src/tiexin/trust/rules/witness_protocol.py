"""The body of a request for a cosignature, read and written (c2sp.org/tlog-witness, add-checkpoint)."""

from __future__ import annotations

from typing import Final, NamedTuple

from tiexin.trust.rules.checkpoint import parse_decimal
from tiexin.trust.rules.merkle import HASH_BYTES
from tiexin.trust.rules.note import NoteError, decoded, encoded, readable

PROOF_LINES_MAX: Final = 63
"""A consistency proof in a tree of up to 2⁶³ leaves has no more hashes."""
SIZE_TYPE: Final = "text/x.tlog.size"
"""The content type in which a witness names the size it last cosigned."""


class AddCheckpoint(NamedTuple):
    """A request for a cosignature: the size to start from, the consistency proof, and the signed checkpoint as sent."""

    old_size: int
    proof: tuple[bytes, ...]
    note: bytes


def parse_add_checkpoint(body: bytes) -> AddCheckpoint:
    """Return the request in ``body``; its note is not looked into.

    Raises:
        NoteError: the body does not have the form of c2sp.org/tlog-witness; names the line.
    """
    head, empty, note = body.partition(b"\n\n")
    if not empty or not note:
        msg = "A request for a cosignature has an empty line and a checkpoint after it; this one has not"
        raise NoteError(msg)
    first, *lines = readable(head).split("\n")
    word, _, number = first.partition(" ")
    if word != "old":
        msg = "The first line of a request for a cosignature is: old, one space, the size of the earlier tree"
        raise NoteError(msg)
    if len(lines) > PROOF_LINES_MAX:
        msg = f"A consistency proof has at most {PROOF_LINES_MAX} lines; this one has {len(lines)}"
        raise NoteError(msg, limit=PROOF_LINES_MAX)
    old_size = parse_decimal(number, "the old size")
    proof = tuple(decoded(line, f"line {place} of the proof") for place, line in enumerate(lines, 1))
    if any(len(each) != HASH_BYTES for each in proof):
        msg = f"Every line of a consistency proof is a hash of {HASH_BYTES} bytes; one of this proof is not"
        raise NoteError(msg)
    return AddCheckpoint(old_size, proof, note)


def format_add_checkpoint(request: AddCheckpoint) -> bytes:
    """Return the body of a request."""
    lines = [f"old {request.old_size}", *(encoded(each) for each in request.proof)]
    return "\n".join(lines).encode() + b"\n\n" + request.note


def parse_size(body: bytes) -> int:
    """Return the size that a witness names when the old size was not the one it has (409).

    Raises:
        NoteError: the body is no decimal number with a line end.
    """
    written = readable(body[:64])
    if not written.endswith("\n"):
        msg = "A witness names the size it has as a number with a line end; this one has not"
        raise NoteError(msg)
    return parse_decimal(written[:-1], "the size a witness has")
