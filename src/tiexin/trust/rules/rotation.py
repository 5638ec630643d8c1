"""Rotation: the old key of a log says in a signed note which keys come after it.

The text has the line ``tiexin/key-rotation/v1``, the origin, one line ``old <vkey>`` or ``new <vkey>`` for each key,
and ``time <seconds since 1970>``. Old keys sign it, and so do the new ones, to show that they exist. Keys of
ML-DSA-44 sign checkpoints alone (tlog-cosignature); the others vouch for them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from tiexin.trust.rules.checkpoint import parse_decimal
from tiexin.trust.rules.note import ML_DSA_44, NoteError, parse_note, parse_vkey
from tiexin.trust.rules.verifying import SignatureError, verified_keys

HEADER: Final = "tiexin/key-rotation/v1"
_LINES_MIN: Final = 5


class Rotation(NamedTuple):
    """A statement: for this origin the new vkeys follow the old ones since a time (seconds since 1970)."""

    origin: str
    old: tuple[str, ...]
    new: tuple[str, ...]
    time_seconds: int


def rotation_text(rotation: Rotation) -> bytes:
    """Return the text of the note that is signed.

    Raises:
        NoteError: it could not be read back.
    """
    lines = (HEADER, rotation.origin, *(f"old {key}" for key in rotation.old), *(f"new {key}" for key in rotation.new))
    text = "".join(f"{line}\n" for line in (*lines, f"time {rotation.time_seconds}")).encode()
    if parse_rotation(text) != rotation:
        msg = "This rotation cannot be written so that it reads back the same"
        raise NoteError(msg)
    return text


def parse_rotation(text: bytes) -> Rotation:
    """Return the statement in a note's text; says nothing about its signatures.

    Raises:
        NoteError: it is of another form, or a key is of another name than the origin.
    """
    lines = text.decode("utf-8", "replace").split("\n")
    if lines.pop() or len(lines) < _LINES_MIN or lines[0] != HEADER or not lines[-1].startswith("time "):
        msg = f"A rotation of keys starts with {HEADER!r}, names origin, old and new keys, and ends with its time"
        raise NoteError(msg)
    keys = lines[2:-1]
    old = tuple(line.removeprefix("old ") for line in keys if line.startswith("old "))
    new = tuple(line.removeprefix("new ") for line in keys if line.startswith("new "))
    if not old or not new or keys != [*(f"old {key}" for key in old), *(f"new {key}" for key in new)]:
        msg = "A rotation of keys names its old keys, then its new ones"
        raise NoteError(msg)
    if any(parse_vkey(key).name != lines[1] for key in (*old, *new)):
        msg = "A rotation of keys concerns the keys of one log; a key here has another name"
        raise NoteError(msg)
    return Rotation(lines[1], old, new, parse_decimal(lines[-1].removeprefix("time "), "the time of a rotation"))


def follow(vkeys: Sequence[str], notes: Sequence[bytes]) -> list[str]:
    """Return the vkeys that may be trusted when ``vkeys`` are: these, and those that signed rotations lead to.

    Rotations that none of the trusted keys signed are passed over; their order does not matter.

    Raises:
        NoteError: a note is no rotation.
        SignatureError: a trusted or new key's signature does not verify, or a new key did not sign.
    """
    trusted = list(vkeys)
    waiting = list(notes)
    while waiting:
        led = [raw for raw in waiting if _lead(raw, trusted)]
        if not led:
            break
        waiting = [raw for raw in waiting if raw not in led]
    return trusted


def _lead(raw: bytes, trusted: list[str]) -> bool:
    note = parse_note(raw)
    rotation = parse_rotation(note.text)
    if not verified_keys(note, [key for key in rotation.old if key in trusted]):
        return False
    signing = [key for key in map(parse_vkey, rotation.new) if key.kind != ML_DSA_44]
    if not signing or verified_keys(note, signing) != signing:
        msg = f"A new key of {rotation.origin} did not sign its own rotation"
        raise SignatureError(msg, key=rotation.origin)
    trusted.extend(key for key in rotation.new if key not in trusted)
    return True
