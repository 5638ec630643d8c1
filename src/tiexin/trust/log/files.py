"""The files of a log: the entries as tiles carry them, where each bundle begins, and one file of nodes a level.

``entries`` is the entry bundles of tlog-tiles end to end; ``bundles`` holds the place where each after the first begins
(8 bytes, big-endian); ``level-LL`` holds the complete nodes of a level, 32 bytes each. So a tile or a bundle is one
slice, and a node one read. Nothing is ever changed, only added, and the leaf level comes last: what it shows is there
in the other files too.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from struct import iter_unpack
from typing import Final, NamedTuple

from tiexin.trust.log.disk import Disk
from tiexin.trust.log.errors import LogDamagedError
from tiexin.trust.rules.merkle import HASH_BYTES, fold_right

WIDTH: Final = 256
LENGTH_BYTES: Final = 2
ENTRY_LIMIT: Final = 65_535
PLAIN_BYTES: Final = LENGTH_BYTES + HASH_BYTES
PLACE_BYTES: Final = 8
TAIL: Final = 512  # Leaves that are hashed again whenever a log is opened.


class Head(NamedTuple):
    """Where the log stands: entries, bytes of ``entries``, and the complete subtrees by level (empty where none)."""

    size: int
    end: int
    peaks: tuple[bytes, ...]

    def root(self) -> bytes:
        """Return the root over all entries."""
        return fold_right(each for each in self.peaks if each)


def frame_entries(entries: Sequence[bytes]) -> bytes:
    """Return entries as a bundle carries them: a big-endian 16-bit length before each (tlog-tiles)."""
    return b"".join([part for each in entries for part in (len(each).to_bytes(LENGTH_BYTES, "big"), each)])


def split_entries(framed: bytes, count: int | None = None) -> list[bytes]:
    """Return the entries of a bundle, or its first ``count``; raises ``LogDamagedError`` when bytes are missing."""
    plain = framed if count is None else framed[: count * PLAIN_BYTES]
    number, rest = divmod(len(plain), PLAIN_BYTES)
    if not rest and count in {None, number} and plain_lengths(plain, number):
        return [each for (each,) in iter_unpack(f"{LENGTH_BYTES}x{HASH_BYTES}s", plain)]
    entries: list[bytes] = []
    place, end = 0, len(framed)
    while place < end if count is None else len(entries) < count:
        start = place + LENGTH_BYTES
        place = start + int.from_bytes(framed[start - LENGTH_BYTES : start], "big")
        if start > end or place > end:
            message = f"the entries break off after the first {len(entries)} of a bundle"
            raise LogDamagedError(message, file="entries")
        entries.append(framed[start:place])
    return entries


def plain_lengths(framed: bytes, count: int) -> bool:
    """Whether these are ``count`` entries of 32 bytes: nearly all are, and can be cut without looking at each."""
    return framed[::PLAIN_BYTES].count(0) == count == framed[1::PLAIN_BYTES].count(HASH_BYTES)


def level_name(level: int) -> str:
    """Return the name of the file of a level."""
    return f"level-{level:02}"


class LogFiles:
    """The open files of one log and where it stands; only its single writer calls ``append`` and ``flush``."""

    def __init__(self, folder: Path, disk: Disk, *, create: bool) -> None:
        self.folder = folder
        self.disk = disk
        self.head = Head(0, 0, ())
        self._create = create
        self._dirty: set[int] = set()
        self._entries = disk.open(folder / "entries", create=create)
        self._bundles = disk.open(folder / "bundles", create=create)
        self._levels = [disk.open(folder / level_name(0), create=create)]

    def close(self) -> None:
        """Close every file."""
        for handle in (self._entries, self._bundles, *self._levels):
            self.disk.close(handle)

    def begin(self) -> None:
        """Make the names of files that are new durable, before anything is written to one."""
        self._name_durably(self._levels)

    def written(self) -> int:
        """Return how many leaves the leaf level holds."""
        return self.disk.size(self._levels[0]) // HASH_BYTES

    def settle(self, size: int) -> None:
        """Take the files as a log of ``size`` entries; raises ``LogDamagedError`` when one is too short for that."""
        self._open_levels(max(size.bit_length(), 1))
        whole, partial = divmod(size, WIDTH)
        start = self.start(whole)
        framed = self._framed(start, partial)
        end = start + sum(map(len, split_entries(framed, partial))) + LENGTH_BYTES * partial
        peaks = tuple(
            self.node(level, (size >> level) - 1) if size >> level & 1 else b"" for level in range(size.bit_length())
        )
        self.head = Head(size, end, peaks)
        for name, (found, needed) in self.lengths().items():
            if found < needed:
                message = f"{name} has {found} bytes, and {size} entries need {needed}"
                raise LogDamagedError(message, file=name)

    def lengths(self) -> dict[str, tuple[int, int]]:
        """Return, by file, how many bytes it has and how many the head needs."""
        length, head = self.disk.size, self.head
        found = {
            "entries": (length(self._entries), head.end),
            "bundles": (length(self._bundles), head.size // WIDTH * PLACE_BYTES),
        }
        for level, handle in enumerate(self._levels):
            found[level_name(level)] = (length(handle), (head.size >> level) * HASH_BYTES)
        return found

    def node(self, level: int, index: int) -> bytes:
        """Return one complete node (32 bytes)."""
        return self.nodes(level, index, 1)

    def nodes(self, level: int, index: int, count: int) -> bytes:
        """Return ``count`` neighbouring nodes as one text; raises ``LogDamagedError`` when the file breaks off."""
        found = self.disk.read(self._levels[level], count * HASH_BYTES, index * HASH_BYTES)
        if len(found) != count * HASH_BYTES:
            message = f"{level_name(level)} breaks off before node {index + count}"
            raise LogDamagedError(message, file=level_name(level), index=(index + len(found) // HASH_BYTES) << level)
        return found

    def start(self, bundle: int) -> int:
        """Return the byte at which a bundle begins in ``entries``."""
        if not bundle:
            return 0
        found = self.disk.read(self._bundles, PLACE_BYTES, (bundle - 1) * PLACE_BYTES)
        if len(found) != PLACE_BYTES:
            message = f"bundles breaks off before bundle {bundle}"
            raise LogDamagedError(message, file="bundles", index=bundle * WIDTH)
        place = int.from_bytes(found, "big")
        if place > self.disk.size(self._entries):
            message = f"bundle {bundle} begins at byte {place}, after the end of entries"
            raise LogDamagedError(message, file="bundles", index=bundle * WIDTH)
        return place

    def places(self, bundle: int, length: int) -> bytes:
        """Return ``length`` bytes of the places of neighbouring bundles, from one after bundle 0 on."""
        return self.disk.read(self._bundles, length, (bundle - 1) * PLACE_BYTES)

    def framed(self, start: int, end: int) -> bytes:
        """Return the bytes of ``entries`` between two places."""
        if end < start:
            message = f"a bundle begins at byte {start}, after the one that follows it at {end}"
            raise LogDamagedError(message, file="bundles")
        return self.disk.read(self._entries, end - start, start)

    def bundle(self, index: int, width: int) -> bytes:
        """Return the first ``width`` entries of a bundle, framed as they are served."""
        start = self.start(index)
        if width == WIDTH:
            return self.framed(start, self.start(index + 1))
        framed = self._framed(start, width)
        return framed[: sum(map(len, split_entries(framed, width))) + LENGTH_BYTES * width]

    def append(self, entries: Sequence[bytes], framed: bytes) -> None:
        """Add entries (and the same ones framed) to every file; not durable before ``flush``."""
        head = self.head
        size = head.size + len(entries)
        levels = grow(head, entries)
        self._write(self._entries, framed, head.end)
        places = bundle_places(head.size, head.end, entries)
        if places:
            self._write(self._bundles, places, head.size // WIDTH * PLACE_BYTES)
        self._open_levels(size.bit_length())
        peaks = [b""] * size.bit_length()
        for level in range(len(levels) - 1, -1, -1):
            nodes = levels[level]
            if size >> level & 1:
                peaks[level] = nodes[-1]
            self._write(self._levels[level], b"".join(nodes), (head.size >> level) * HASH_BYTES)
        peaks[len(levels) :] = head.peaks[len(levels) :]
        self.head = Head(size, head.end + len(framed), tuple(peaks))

    def flush(self) -> None:
        """Return when every byte written so far is on the disk."""
        for handle in sorted(self._dirty):
            self.disk.sync(handle)
        self._dirty.clear()

    def _framed(self, start: int, count: int) -> bytes:
        """Return enough bytes from a place for ``count`` entries, as far as the file goes."""
        framed = self.disk.read(self._entries, count * PLAIN_BYTES, start)
        if len(framed) == count * PLAIN_BYTES and plain_lengths(framed, count):
            return framed
        return self.disk.read(self._entries, count * (ENTRY_LIMIT + LENGTH_BYTES), start)

    def _write(self, handle: int, content: bytes, offset: int) -> None:
        """Write to one file and remember that it must be flushed."""
        self._dirty.add(handle)
        self.disk.write(handle, content, offset)

    def _open_levels(self, count: int) -> None:
        """Open (the writer: make) the files of the first ``count`` levels."""
        opened = []
        for level in range(len(self._levels), count):
            opened.append(self.disk.open(self.folder / level_name(level), create=self._create))
            self._levels.append(opened[-1])
        self._name_durably(opened)

    def _name_durably(self, opened: list[int]) -> None:
        """Flush the folder when a file may be new: nothing was ever written to one whose name was not flushed."""
        if self._create and any(self.disk.size(handle) == 0 for handle in opened):
            self.disk.sync_folder(self.folder)


def grow(head: Head, entries: Sequence[bytes]) -> list[list[bytes]]:
    """Return, by level, the nodes that entries complete; the first of a level stands at ``head.size >> level``."""
    nodes = [sha256(b"\x00" + each).digest() for each in entries]
    levels: list[list[bytes]] = []
    while nodes:
        level = len(levels)
        levels.append(nodes)
        row = iter([head.peaks[level], *nodes] if head.size >> level & 1 else nodes)
        nodes = [sha256(b"\x01" + left + right).digest() for left, right in zip(row, row, strict=False)]
    return levels


def bundle_places(first: int, start: int, entries: Sequence[bytes]) -> bytes:
    """Return the places of the bundles that begin within or right after entries, the first of which begins at one.

    ``first`` is the index of the first entry and ``start`` its place in bytes; each place takes 8 bytes.
    """
    places: list[bytes] = []
    done, place = 0, start
    ahead = WIDTH - first % WIDTH
    while ahead <= len(entries):
        place += sum(map(len, entries[done:ahead])) + LENGTH_BYTES * (ahead - done)
        places.append(place.to_bytes(PLACE_BYTES, "big"))
        done, ahead = ahead, ahead + WIDTH
    return b"".join(places)
