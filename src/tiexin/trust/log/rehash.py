"""Hashing every entry again and comparing every node that is stored: what an audit of the log alone does."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from typing import Final

from tiexin.trust.log.errors import LogDamagedError
from tiexin.trust.log.files import (
    ENTRY_LIMIT,
    LENGTH_BYTES,
    PLACE_BYTES,
    WIDTH,
    Head,
    LogFiles,
    bundle_places,
    level_name,
    split_entries,
)
from tiexin.trust.log.recovery import mismatch
from tiexin.trust.rules.merkle import EMPTY_ROOT, fold_right

CHUNK_LEVEL: Final = 16
CHUNK: Final = 1 << CHUNK_LEVEL  # Entries hashed at a time: a complete subtree, so its nodes are compared at once.


def rehash(files: LogFiles, head: Head, progress: Callable[[int, int], None] | None) -> bytes:
    """Return the root over the entries alone; raises ``LogDamagedError`` naming the first index that does not agree."""
    tops: list[bytes] = []
    ragged: list[bytes] = []
    for first in range(0, head.size, CHUNK):
        count = min(CHUNK, head.size - first)
        row = [sha256(b"\x00" + each).digest() for each in _entries(files, head, first, count)]
        ragged = _climb(files, row, level=0, start=first, up_to=CHUNK_LEVEL)
        if count == CHUNK:
            tops += ragged
            ragged = []
        if progress is not None:
            progress(first + count, head.size)
    # The tops were compared as the last row of their chunks; what lies above them is compared here.
    higher = _climb(files, tops, level=CHUNK_LEVEL, start=0, up_to=64) if tops else []
    return fold_right([*ragged, *higher]) if head.size else EMPTY_ROOT


def _entries(files: LogFiles, head: Head, first: int, count: int) -> list[bytes]:
    """Return the entries of a chunk, whose bundles begin where their places say."""
    after = first + count
    start = files.start(first // WIDTH)
    end = head.end if after == head.size else files.start(after // WIDTH)
    if not 0 <= end - start <= count * (LENGTH_BYTES + ENTRY_LIMIT):
        message = f"the bundles from index {first} on begin at places that cannot be"
        raise LogDamagedError(message, file="bundles", index=first)
    entries = _split(files, files.framed(start, end), first, count)
    places = bundle_places(first, start, entries)
    stored = files.places(first // WIDTH + 1, len(places))
    if stored != places:
        at = range(0, len(places), PLACE_BYTES)
        bad = next(each for each in at if stored[each : each + PLACE_BYTES] != places[each : each + PLACE_BYTES])
        index = first + (bad // PLACE_BYTES + 1) * WIDTH
        message = f"the bundle from index {index} on does not begin where the one before it ends"
        raise LogDamagedError(message, file="bundles", index=index)
    return entries


def _split(files: LogFiles, framed: bytes, first: int, count: int) -> list[bytes]:
    """Return the entries; when they break off or are too many, name the first that is not its leaf hash."""
    try:
        entries = split_entries(framed)
        if len(entries) == count:
            return entries
    except LogDamagedError:
        entries = []
    place = 0
    for index in range(first, first + count):
        start = place + LENGTH_BYTES
        place = start + int.from_bytes(framed[start - LENGTH_BYTES : start], "big")
        if sha256(b"\x00" + framed[start:place]).digest() != files.node(0, index):
            message = f"entries and {level_name(0)} do not agree at entry {index}"
            raise LogDamagedError(message, file="entries", index=index)
    message = f"entries holds more than {count} entries from index {first} on"
    raise LogDamagedError(message, file="entries", index=first + count)


def _climb(files: LogFiles, row: list[bytes], *, level: int, start: int, up_to: int) -> list[bytes]:
    """Compare a row of nodes and all rows above it with the files; return the complete subtrees, smallest first."""
    left: list[bytes] = []
    while row:
        stored, expected = files.nodes(level, start, len(row)), b"".join(row)
        if stored != expected:
            raise mismatch(level, start, stored, expected)
        if level == up_to:
            return [*left, *row]
        if len(row) & 1:
            left.append(row.pop())
        pairs = iter(row)
        row = [sha256(b"\x01" + one + other).digest() for one, other in zip(pairs, pairs, strict=True)]
        level += 1
        start >>= 1
    return left
