"""A tree read from the tiles of a log that is not trusted: every hash is traced back to the signed root.

A full tile must hash to its entry in the tile above; the tiles at the right edge must fold to the root
(c2sp.org/tlog-tiles; RFC 6962, section 2.1). So what is wrong is named exactly, and nothing is believed.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Final, NamedTuple

from tiexin.trust.monitor.source import BUNDLE_BYTES_MAX, TILE_BYTES_MAX, Source
from tiexin.trust.rules.merkle import HASH_BYTES, fold_right, leaf_hash, root_of
from tiexin.trust.rules.tile_paths import TILE_WIDTH, TilePath, format_tile_path

WIDTH_BITS: Final = 8
AT_ONCE: Final = 8
"""How many files are fetched at the same time."""
AHEAD: Final = 32
"""How many tiles are fetched before the first of them is checked."""
TILES_KEPT: Final = 1_024
PREFIX_BYTES: Final = 2


class TileError(Exception):
    """A tile is missing or does not belong to the signed tree; names it."""

    def __init__(self, path: str, why: str, *, index: int | None = None) -> None:
        super().__init__(f"{path} {why}")
        self.path = path
        self.index = index


class Counted(NamedTuple):
    """How much was looked at."""

    entries: int = 0
    tiles: int = 0


def tile_path(level: int | None, index: int, width: int = TILE_WIDTH) -> str:
    """Return the path of a tile (of a bundle of entries without a level) below a log's prefix."""
    return f"tile/{format_tile_path(TilePath(level, index, width))}"


class TileTree:
    """The tree of ``size`` leaves under a signed ``root``, read through a source.

    Raises:
        TileError: the tiles at its right edge do not give the root (on making it).
    """

    def __init__(self, source: Source, *, size: int, root: bytes) -> None:
        self._source = source
        self._size = size
        self._verified: OrderedDict[tuple[int, int], list[bytes]] = OrderedDict()
        self.tiles_read = 0
        edges = [(level, size >> (WIDTH_BITS * (level + 1))) for level in _levels(size)]
        for level, index in edges:
            self._verified[level, index] = self._fetch(level, index)
        if self.root_at(size) != root:
            paths = ", ".join(tile_path(level, index, self._width(level, index)) for level, index in edges)
            why = "together do not give the root of the signed checkpoint"
            raise TileError(paths or tile_path(0, 0), why)

    def root_at(self, size: int) -> bytes:
        """Return the root that this tree had when it held ``size`` leaves (0 up to its own size).

        Raises:
            TileError: a tile on the way does not belong to the signed tree.
        """
        peaks: list[bytes] = []
        for level in _levels(size):
            width = (size >> (WIDTH_BITS * level)) % TILE_WIDTH
            hashes = self.tile(level, size >> (WIDTH_BITS * (level + 1)))[:width]
            peaks += _peaks(hashes)
        return fold_right(peaks)

    def tile(self, level: int, index: int) -> list[bytes]:
        """Return the hashes of a tile once it is traced to the root.

        Raises:
            TileError: it is missing or does not belong to the signed tree.
        """
        found = self._verified.get((level, index))
        if found is None:
            found = self._traced(level, index, self._fetch(level, index))
            self._verified[level, index] = found
            if len(self._verified) > TILES_KEPT:
                self._drop_one()
        return found

    def faults(self, first: int, last: int) -> Iterator[TileError]:
        """Read every entry from ``first`` up to ``last`` (exclusive) and yield what does not belong to the tree.

        Whole bundles are read, so a bundle at the border is checked entirely.
        """
        numbers = iter(range(first // TILE_WIDTH, -(-last // TILE_WIDTH)))
        with ThreadPoolExecutor(AT_ONCE) as pool:
            waiting: OrderedDict[int, tuple[Future[list[bytes]], Future[bytes]]] = OrderedDict()
            while True:
                for number in numbers:
                    waiting[number] = (pool.submit(self._fetch, 0, number), pool.submit(self._bundle, number))
                    if len(waiting) >= AHEAD:
                        break
                if not waiting:
                    return
                number, (tile, bundle) = waiting.popitem(last=False)
                try:
                    self._compare(number, tile.result(), bundle.result())
                except TileError as fault:
                    yield fault

    def _compare(self, number: int, hashes: list[bytes], bundle: bytes) -> None:
        known = self._verified.get((0, number))
        if known is None:
            self._traced(0, number, hashes)
        elif known != hashes:
            raise TileError(tile_path(0, number, self._width(0, number)), "changed while it was read")
        path = tile_path(None, number, len(hashes))
        at = 0
        for place, expected in enumerate(hashes):
            end = at + PREFIX_BYTES + int.from_bytes(bundle[at : at + PREFIX_BYTES])
            if end > len(bundle) or len(bundle) < at + PREFIX_BYTES:
                raise TileError(
                    path, f"ends within entry {number * TILE_WIDTH + place}", index=number * TILE_WIDTH + place
                )
            if leaf_hash(bundle[at + PREFIX_BYTES : end]) != expected:
                index = number * TILE_WIDTH + place
                raise TileError(path, f"holds another entry {index} than the signed tree", index=index)
            at = end
        if at != len(bundle):
            raise TileError(path, f"goes on after its {len(hashes)} entries")

    def _traced(self, level: int, index: int, hashes: list[bytes]) -> list[bytes]:
        """Return the hashes of a full tile if they give its entry in the tile above."""
        if self.tile(level + 1, index // TILE_WIDTH)[index % TILE_WIDTH] != root_of(hashes):
            raise TileError(tile_path(level, index), "does not hash to its entry in the tile above")
        return hashes

    def _fetch(self, level: int, index: int) -> list[bytes]:
        width = self._width(level, index)
        raw = self._file(level, index, width, limit=TILE_BYTES_MAX)
        if len(raw) < width * HASH_BYTES or len(raw) % HASH_BYTES:
            why = f"has {len(raw)} bytes instead of {width * HASH_BYTES}"
            raise TileError(tile_path(level, index, width), why)
        self.tiles_read += 1
        return [raw[at : at + HASH_BYTES] for at in range(0, width * HASH_BYTES, HASH_BYTES)]

    def _bundle(self, number: int) -> bytes:
        width = self._width(0, number)
        raw = self._file(None, number, width, limit=BUNDLE_BYTES_MAX)
        if width == TILE_WIDTH:
            return raw
        # The full bundle may have come in place of the partial one: only the entries of this tree count.
        at = 0
        for _ in range(width):
            at += PREFIX_BYTES + int.from_bytes(raw[at : at + PREFIX_BYTES])
        return raw[:at]

    def _file(self, level: int | None, index: int, width: int, *, limit: int) -> bytes:
        path = tile_path(level, index, width)
        raw = self._source.get(path, limit=limit)
        if raw is None and width < TILE_WIDTH:
            # A log may drop partial tiles once the full one is there (tlog-tiles, Partial Tiles).
            raw = self._source.get(tile_path(level, index), limit=limit)
        if raw is None:
            raise TileError(path, "is missing")
        return raw

    def _width(self, level: int, index: int) -> int:
        return min(TILE_WIDTH, (self._size >> (WIDTH_BITS * level)) - index * TILE_WIDTH)

    def _drop_one(self) -> None:
        # Tiles at the right edge stay: nothing above them could vouch for them again.
        for key in self._verified:
            if self._width(*key) == TILE_WIDTH:
                del self._verified[key]
                return


def _levels(size: int) -> list[int]:
    """Return the levels at which a tree of this size has a partial tile."""
    return [level for level in range(8) if (size >> (WIDTH_BITS * level)) % TILE_WIDTH]


def _peaks(hashes: list[bytes]) -> list[bytes]:
    """Return the roots of the perfect subtrees over hashes side by side, the smallest (rightmost) first."""
    found: list[bytes] = []
    end = len(hashes)
    while end:
        size = end & -end
        found.append(root_of(hashes[end - size : end]))
        end -= size
    return found
