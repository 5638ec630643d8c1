"""The journal: where a group of entries becomes durable with one fsync, before any other file is touched.

One file of fixed length, written from its beginning again and again. A frame carries the entries of one group and the
size of the log before it; frames follow each other while each goes on where the last one ended. The first frame is only
overwritten when every other file is on the disk, so whatever a crash leaves at the beginning, nothing acknowledged is
lost: either the frames are there, or the other files are complete.

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
HEADER: Final = Struct(">4sQII")  # magic, size before, entries, bytes of the payload
HEAD_BYTES: Final = HEADER.size + SUM_BYTES
PAYLOAD_LIMIT: Final = CAPACITY // 2  # Two frames at least fit into one round.


class Frame(NamedTuple):
    """A group of entries as it stands in the journal: size of the log before it, number, and framed entries."""

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

    def __init__(self, disk: Disk, handle: int) -> None:
        self._disk = disk
        self._handle = handle
        self._key = b""
        self._offset = BLOCK

    def load(self, *, fresh: bool) -> tuple[list[Frame], bytes]:
        """Read the frames that follow each other from the beginning, and everything the file holds.

        A file without its head was never finished, and is made when the log is ``fresh``: it is filled with zeros and
        given a key. In a log that has entries, or beside frames, a lost head is damage (``LogDamagedError``).
        """
        raw = self._disk.read(self._handle, CAPACITY, 0)
        head = raw[:BLOCK]
        if len(raw) < CAPACITY or not head.startswith(FILE_MAGIC):
            if not fresh or raw.count(0) != len(raw):
                message = "the journal has lost its beginning"
                raise LogDamagedError(message, file="journal")
            self._make()
            return [], b""
        self._key = head[len(FILE_MAGIC) : len(FILE_MAGIC) + KEY_BYTES]
        frames: list[Frame] = []
        frame = self._frame_at(raw, BLOCK)
        while frame is not None and (not frames or frame.first == frames[-1].last):
            frames.append(frame)
            frame = self._frame_at(raw, frame.end)
        self._offset = frames[-1].end if frames else BLOCK
        return frames, raw

    def _make(self) -> None:
        """Fill a new file, so that later writes never lengthen it, and only then give it its head."""
        self._disk.write(self._handle, bytes(CAPACITY), 0)
        self._disk.sync(self._handle)
        self._key = secrets.token_bytes(KEY_BYTES)
        self._disk.write(self._handle, (FILE_MAGIC + self._key).ljust(BLOCK, b"\0"), 0)
        self._disk.sync(self._handle)

    def strays(self, raw: bytes, *, beyond: int) -> Iterator[Frame]:
        """Give every whole frame, wherever it stands, that holds entries after the size ``beyond``."""
        place = raw.find(MAGIC, BLOCK)
        while place >= 0:
            if place % BLOCK == 0:
                frame = self._frame_at(raw, place)
                if frame is not None and frame.last > beyond:
                    yield frame
            place = raw.find(MAGIC, place + 1)

    def renew(self, raw: bytes) -> None:
        """Write the frames that were read once more, and nothing after them, and flush.

        After a failed flush the system may hold as clean what never reached the disk; only writing it again helps.
        """
        self._disk.write(self._handle, raw[: self._offset].ljust(CAPACITY, b"\0"), 0)
        self._disk.sync(self._handle)

    def fits(self, payload: int) -> bool:
        """Whether a frame with that many bytes of payload fits behind the last one."""
        return self._offset + HEAD_BYTES + payload <= CAPACITY

    def commit(self, first: int, count: int, payload: bytes) -> None:
        """Make one group durable; returns when it is on the disk."""
        header = HEADER.pack(MAGIC, first, count, len(payload))
        frame = b"".join((header, self._sum(header, payload), payload))
        length = -(-len(frame) // BLOCK) * BLOCK
        self._disk.write(self._handle, frame.ljust(length, b"\0"), self._offset)
        self._disk.sync(self._handle)
        self._offset += length

    def restart(self) -> None:
        """Begin again at the front: the other files are on the disk as far as the last frame goes."""
        self._offset = BLOCK

    def retire(self) -> None:
        """Leave nothing to be read again: every other file is on the disk."""
        self.restart()
        self._disk.write(self._handle, bytes(BLOCK), BLOCK)
        self._disk.sync(self._handle)

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
