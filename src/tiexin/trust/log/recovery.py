"""Opening a log: what a crash left is made whole from the journal, and the tail is hashed again first."""

from __future__ import annotations

from tiexin.trust.log.errors import LogDamagedError
from tiexin.trust.log.files import TAIL, WIDTH, LogFiles, level_name, split_entries
from tiexin.trust.log.journal import Journal
from tiexin.trust.rules.merkle import HASH_BYTES, leaf_hash, node_hash


def recover(files: LogFiles, journal: Journal) -> None:
    """Bring the files to the last durable group.

    Raises:
        LogDamagedError: the files contradict the journal or each other; nothing was changed.
    """
    files.begin()
    frames, raw = journal.load(fresh=files.written() == 0)
    files.settle(journal.base)
    after = frames[-1].last if frames else journal.base
    for stray in journal.strays(raw, beyond=after):
        message = f"the journal holds entries up to {stray.last}, but those after {after} cannot be reached"
        raise LogDamagedError(message, file="journal", index=after)
    _refuse_surplus(files, after=after, exact=not frames)
    check_tail(files)
    journal.renew(raw)
    for frame in frames:
        files.append(split_entries(frame.payload, frame.entries), frame.payload)


def _refuse_surplus(files: LogFiles, *, after: int, exact: bool) -> None:
    """Refuse files that hold more than what was made durable: the journal must have lost its frames."""
    if files.written() > after:
        message = f"{level_name(0)} holds {files.written()} entries, but only {after} were made durable"
        raise LogDamagedError(message, file=level_name(0), index=after)
    for name, (found, needed) in files.lengths().items():
        if exact and found != needed:
            message = f"{name} has {found} bytes, and {after} entries take {needed}"
            raise LogDamagedError(message, file=name)


def check_tail(files: LogFiles) -> None:
    """Hash the last entries and the right edge of every level again; raises ``LogDamagedError`` naming the index."""
    size = files.head.size
    if not size:
        return
    bundle = max(0, -(-size // WIDTH) - TAIL // WIDTH)
    first = bundle * WIDTH
    framed = files.framed(files.start(bundle), files.head.end)
    entries = split_entries(framed)
    if len(entries) != size - first:
        message = f"entries holds {first + len(entries)} entries where {size} should be"
        raise LogDamagedError(message, file="entries", index=first + len(entries))
    _compare(files, 0, first, b"".join(map(leaf_hash, entries)))
    for level in range(1, size.bit_length()):
        end = size >> level
        start = max(0, end - max(1, TAIL >> level))
        below = files.nodes(level - 1, start * 2, (end - start) * 2)
        children = [below[place : place + HASH_BYTES] for place in range(0, len(below), HASH_BYTES)]
        _compare(files, level, start, b"".join(map(node_hash, children[::2], children[1::2])))


def _compare(files: LogFiles, level: int, start: int, expected: bytes) -> None:
    """Refuse nodes that are not what lies below them."""
    stored = files.nodes(level, start, len(expected) // HASH_BYTES)
    if stored == expected:
        return
    raise mismatch(level, start, stored, expected)


def mismatch(level: int, start: int, stored: bytes, expected: bytes) -> LogDamagedError:
    """Return the error that names the first node of a row that is not what lies below it."""
    at = range(0, len(expected), HASH_BYTES)
    bad = next(place for place in at if stored[place : place + HASH_BYTES] != expected[place : place + HASH_BYTES])
    node = start + bad // HASH_BYTES
    what = f"entry {node}" if level == 0 else f"node {node}, over the entries from {node << level}"
    message = f"{level_name(level)} does not agree with what lies below it at {what}"
    return LogDamagedError(message, file=level_name(level), index=node << level, node=node)
