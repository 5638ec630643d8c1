"""Cosignatures: what a witness signs, and the form of what it answers (c2sp.org/tlog-cosignature).

The Ed25519 form signs the checkpoint's text under a header with the time; the ML-DSA-44 form signs a binary message
with the cosigner's name, the time and the tree. Both stand in a signature line after the time as eight bytes.
"""

from __future__ import annotations

from typing import Final

from tiexin.trust.rules.checkpoint import Checkpoint, parse_checkpoint
from tiexin.trust.rules.note import NoteError

TIME_BYTES: Final = 8
TIME_MAX: Final = 2**63 - 1
ED25519_KEY_BYTES: Final = 32
ED25519_SIGNATURE_BYTES: Final = 64
ML_DSA_44_KEY_BYTES: Final = 1312
ML_DSA_44_SIGNATURE_BYTES: Final = 2420
_LABEL: Final = b"subtree/v1\n\0"
_NAME_BYTES_MAX: Final = 255


def ed25519_message(text: bytes, *, time_seconds: int) -> bytes:
    """Return what an Ed25519 cosigner signs for the text of a checkpoint seen at that time (seconds since 1970)."""
    return b"cosignature/v1\ntime %d\n" % checked_time(time_seconds) + text


def ml_dsa_message(text: bytes, *, name: str, time_seconds: int) -> bytes:
    """Return what an ML-DSA-44 cosigner of this name signs; extension lines of the checkpoint are not in it.

    Raises:
        NoteError: the text is no checkpoint, or a name is longer than 255 bytes.
    """
    return subtree_message(parse_checkpoint(text), name=name, time_seconds=time_seconds, start=0)


def subtree_message(checkpoint: Checkpoint, *, name: str, time_seconds: int, start: int) -> bytes:
    """Return the ``cosigned_message`` of a tree from ``start`` to the checkpoint's size (tlog-cosignature).

    Raises:
        NoteError: a name is longer than 255 bytes, or the time is not zero although ``start`` is not.
    """
    if start and time_seconds:
        msg = "A cosignature of a part of a tree carries no time"
        raise NoteError(msg)
    return b"".join(
        (
            _LABEL,
            _short(name),
            checked_time(time_seconds).to_bytes(TIME_BYTES, "big"),
            _short(checkpoint.origin),
            start.to_bytes(TIME_BYTES, "big"),
            checkpoint.size.to_bytes(TIME_BYTES, "big"),
            checkpoint.root,
        )
    )


def timestamped(signature: bytes, *, time_seconds: int) -> bytes:
    """Return the ``timestamped_signature`` of a signature line: the time as eight bytes, then the signature."""
    return checked_time(time_seconds).to_bytes(TIME_BYTES, "big") + signature


def read_timestamped(signature: bytes) -> tuple[int, bytes]:
    """Return time (seconds since 1970) and signature of a ``timestamped_signature``.

    Raises:
        NoteError: it is too short, or its time is beyond 2^63 - 1.
    """
    if len(signature) <= TIME_BYTES:
        msg = "A cosignature holds its time in eight bytes and a signature; this one is too short"
        raise NoteError(msg)
    return checked_time(int.from_bytes(signature[:TIME_BYTES], "big")), signature[TIME_BYTES:]


def checked_time(time_seconds: int) -> int:
    """Return a time that a cosignature can carry.

    Raises:
        NoteError: it is negative or beyond 2^63 - 1.
    """
    if not 0 <= time_seconds <= TIME_MAX:
        msg = "The time of a cosignature is a number of seconds from 0 to 2^63 - 1"
        raise NoteError(msg, limit=TIME_MAX)
    return time_seconds


def _short(name: str) -> bytes:
    raw = name.encode()
    if not 1 <= len(raw) <= _NAME_BYTES_MAX:
        msg = f"A name in an ML-DSA-44 cosignature has 1 to {_NAME_BYTES_MAX} bytes; this one has {len(raw)}"
        raise NoteError(msg, limit=_NAME_BYTES_MAX)
    return bytes([len(raw)]) + raw
