"""The journal: where a group of entries becomes durable with one fsync, before any other file is touched.

One file of fixed length, written in rounds. A mark says up to which size every other file is on the disk; the frames
after it carry one group of entries each, and follow each other while each goes on where the last one ended. When the
file is full, the other files are flushed, the mark is set, and only then the first frame is overwritten. There are two
marks, written in turn, so that a torn one leaves the one before it, whose frames still stand.

A frame's checksum is keyed with a random number of the file, so that no entry, whatever its bytes, can pass for a frame
that an earlier round left behind.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from hashlib import sha256
from struct import Struct
from typing import Final, NamedTuple

from tiexin.trust.log.disk import Disk
from tiexin.trust.log.errors import LogDamagedError

CAPACITY: Final = 2 << 20
BLOCK: Final = 512  # What a disk writes whole or not at all: a frame never shares one with the frame before it.
MAGIC: Final = b"TXJ1"
FILE_MAGIC: Final = b"tiexin journal 1"
KEY_BYTES: Final = 16
SUM_BYTES: Final = 16
MARKS: Final = (BLOCK, 2 * BLOCK)
FRAMES: Final = 3 * BLOCK
HEADER: Final = Struct(">4sQII")  # magic, size before, entries, bytes of the payload
HEAD_BYTES: Final = HEADER.size + SUM_BYTES


class Frame(NamedTuple):
    """A group of entries as it stands in the journal: size of the log before it, number, framed entries, its end."""

    first: int
    entries: int
    payload: bytes
    end: int

    @property
    def last(self) -> int:
        """The size of the log after it."""
        return self.first + self.entries


class Journal:
    """The journal of one log, opened by its single writer."""

    def __init__(self, disk: Disk, handle: int, *, capacity: int = CAPACITY) -> None:
        self._disk = disk
        self._handle = handle
        self._capacity = capacity  # Of a new file; one that is there keeps its own.
        self._key = b""
        self._offset = FRAMES
        self._marked = 0  # Which of the two marks holds.
        self.base = 0

    def load(self, *, fresh: bool) -> tuple[list[Frame], bytes]:
        """Read the mark, the frames that go on from it, and everything the file holds.

        A file without its head was never finished, and is made when the log is ``fresh``: it is filled with zeros and
        given a key. In a log that has entries, or beside frames, a lost head is damage (``LogDamagedError``).
        """
        raw = self._disk.read(self._handle, self._disk.size(self._handle), 0)
        key = raw[len(FILE_MAGIC) : len(FILE_MAGIC) + KEY_BYTES]
        if raw[:BLOCK] != _head(key):
            if not fresh or raw.count(0, FRAMES) < len(raw) - FRAMES:
                message = "the journal has lost its beginning"
                raise LogDamagedError(message, file="journal")
            return [], self._make()
        self._capacity = len(raw)
        self._key = key
        marks = [(mark.first, number) for number, place in enumerate(MARKS) if (mark := self._frame_at(raw, place))]
        if not marks:
            message = "the journal has lost its marks"
            raise LogDamagedError(message, file="journal")
        self.base, self._marked = max(marks)
        self._offset, after = FRAMES, self.base
        frames: list[Frame] = []
        while (frame := self._frame_at(raw, self._offset)) is not None and frame.first == after:
            frames.append(frame)
            self._offset, after = frame.end, frame.last
        return frames, raw

    def _make(self) -> bytes:
        """Fill a new file, so that later writes never lengthen it, and only then give it its head; return that."""
        self._disk.write(self._handle, bytes(self._capacity), 0)
        self._disk.sync(self._handle)
        self._key = secrets.token_bytes(KEY_BYTES)
        self._disk.write(self._handle, self._frame(0, 0, b""), MARKS[0])
        self._disk.sync(self._handle)
        head = _head(self._key)
        self._disk.write(self._handle, head, 0)
        self._disk.sync(self._handle)
        return head

    def strays(self, raw: bytes, *, beyond: int) -> Iterator[Frame]:
        """Give every whole frame, wherever it stands, that holds entries after the size ``beyond``."""
        place = raw.find(MAGIC, FRAMES)
        while place >= 0:
            if place % BLOCK == 0:
                frame = self._frame_at(raw, place)
                if frame is not None and frame.last > beyond:
                    yield frame
            place = raw.find(MAGIC, place + 1)

    def renew(self, raw: bytes) -> None:
        """Write what was read once more, up to the last frame, and flush.

        After a failed flush the system may hold as clean what never reached the disk; only writing it again helps.
        """
        self._disk.write(self._handle, raw[: self._offset], 0)
        self._disk.sync(self._handle)

    @property
    def payload_limit(self) -> int:
        """How many bytes of entries one frame carries at most (a single larger entry apart): half of the file."""
        return self._capacity // 2

    def fits(self, payload: int) -> bool:
        """Whether a frame with that many bytes of payload fits behind the last one."""
        return self._offset + HEAD_BYTES + payload <= self._capacity

    def commit(self, first: int, count: int, payload: bytes) -> None:
        """Make one group durable; returns when it is on the disk."""
        frame = self._frame(first, count, payload)
        self._disk.write(self._handle, frame, self._offset)
        self._disk.sync(self._handle)
        self._offset += len(frame)

    def restart(self, size: int) -> None:
        """Begin a new round: every other file is on the disk up to this size."""
        if size != self.base:
            other = 1 - self._marked
            self._disk.write(self._handle, self._frame(size, 0, b""), MARKS[other])
            self._disk.sync(self._handle)
            self._marked, self.base = other, size
        self._offset = FRAMES

    def _frame(self, first: int, count: int, payload: bytes) -> bytes:
        """Return a frame, or with no entries a mark, filled up to whole blocks."""
        header = HEADER.pack(MAGIC, first, count, len(payload))
        frame = b"".join((header, self._sum(header, payload), payload))
        return frame.ljust(-(-len(frame) // BLOCK) * BLOCK, b"\0")

    def _sum(self, header: bytes, payload: bytes) -> bytes:
        """Return the checksum of a frame."""
        return sha256(b"".join((self._key, header, payload))).digest()[:SUM_BYTES]

    def _frame_at(self, raw: bytes, offset: int) -> Frame | None:
        """Return the frame that begins at an offset, or nothing when none stands there whole."""
        if offset + HEAD_BYTES > len(raw):
            return None
        magic, first, count, length = HEADER.unpack_from(raw, offset)
        start = offset + HEAD_BYTES
        if magic != MAGIC or start + length > len(raw):
            return None
        payload = raw[start : start + length]
        if raw[offset + HEADER.size : start] != self._sum(raw[offset : offset + HEADER.size], payload):
            return None
        return Frame(first, count, payload, -(-(start + length) // BLOCK) * BLOCK)


def _head(key: bytes) -> bytes:
    """Return the first block: what the file is, its key, and a checksum over both."""
    named = FILE_MAGIC + key
    return (named + sha256(named).digest()).ljust(BLOCK, b"\0")
