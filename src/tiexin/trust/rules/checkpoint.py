"""Checkpoints: the head of a log as the text of a signed note (c2sp.org/tlog-checkpoint@v1.0.0)."""

from __future__ import annotations

from typing import NamedTuple

from tiexin.trust.rules.note import NAME_CHARACTERS_MAX, NoteError, decoded, encoded, readable

ROOT_BYTES = 32
SIZE_MAX = 2**63 - 1
EXTENSIONS_MAX = 100
_LINES_MIN = 3


class Checkpoint(NamedTuple):
    """A head: the log's name, how many leaves it has, and its root (32 bytes); extension lines are nobody's proof."""

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()


def parse_checkpoint(text: bytes) -> Checkpoint:
    """Return the checkpoint in a note's text (without blank line and signatures).

    Raises:
        NoteError: a line is missing, empty or not of its form.
    """
    lines = readable(text).split("\n")
    if lines.pop() or len(lines) < _LINES_MIN or not all(lines):
        msg = "A checkpoint has a line each for origin, size and root, all with a line end, and no empty ones"
        raise NoteError(msg)
    origin, size, root, *extensions = lines
    if len(extensions) > EXTENSIONS_MAX:
        msg = f"A checkpoint has at most {EXTENSIONS_MAX} extension lines here; this one has {len(extensions)}"
        raise NoteError(msg, limit=EXTENSIONS_MAX)
    raw = decoded(root, "the root of a checkpoint")
    if len(raw) != ROOT_BYTES:
        msg = f"The root of a checkpoint has {ROOT_BYTES} bytes; this one has {len(raw)}"
        raise NoteError(msg)
    return Checkpoint(_checked_origin(origin), parse_decimal(size, "the size of a checkpoint"), raw, tuple(extensions))


def format_checkpoint(checkpoint: Checkpoint) -> bytes:
    """Return the text of the note that is signed.

    Raises:
        NoteError: a part could not be read back (line ends in the origin, a root that is no hash).
    """
    lines = (checkpoint.origin, str(checkpoint.size), encoded(checkpoint.root), *checkpoint.extensions)
    text = "".join(f"{line}\n" for line in lines).encode()
    if parse_checkpoint(text) != checkpoint:
        msg = "A line of this checkpoint holds a line end; it cannot be written"
        raise NoteError(msg)
    return text


def parse_decimal(written: str, what: str) -> int:
    """Return an ASCII decimal without leading zeroes, at most 2^63 - 1.

    Raises:
        NoteError: it is not; names ``what``.
    """
    number = int(written) if written.isascii() and written.isdigit() and len(written) < 20 else -1  # noqa: PLR2004
    if not 0 <= number <= SIZE_MAX or str(number) != written:
        msg = f"Expected {what}: a decimal number up to 2^63 - 1 without leading zeroes; {written[:40]!r} is none"
        raise NoteError(msg)
    return number


def _checked_origin(origin: str) -> str:
    if len(origin) > NAME_CHARACTERS_MAX:
        msg = f"The origin of a checkpoint has at most {NAME_CHARACTERS_MAX} characters here"
        raise NoteError(msg, limit=NAME_CHARACTERS_MAX)
    return origin
