"""Where tiles and entry bundles stand: paths of tlog-tiles, read strictly and written (c2sp.org/tlog-tiles)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

import msgspec

TILE_WIDTH: Final = 256
LEVELS_MAX: Final = 64
INDEX_DIGITS_MAX: Final = 18
_PATH: Final = re.compile(
    r"(?P<level>0|[1-9][0-9]?|entries)/(?P<index>(?:x[0-9]{3}/){0,5}[0-9]{3})(?:\.p/(?P<width>[1-9][0-9]{0,2}))?"
)


class TilePath(msgspec.Struct, frozen=True):
    """A tile: its level (None for a bundle of entries), its index within the level, how many hashes or entries."""

    level: int | None
    index: int
    width: int


def parse_tile_path(path: str) -> TilePath | None:
    """Return the tile that a path after ``tile/`` names, None if it is not of that form."""
    found = _PATH.fullmatch(path)
    if found is None:
        return None
    level = None if found["level"] == "entries" else int(found["level"])
    groups = found["index"].split("/")
    # Only an index that does not fit into fewer groups has a leading one; x000 in front would be a second spelling.
    if (level is not None and level >= LEVELS_MAX) or (len(groups) > 1 and groups[0] == "x000"):
        return None
    width = int(found["width"]) if found["width"] else TILE_WIDTH
    if found["width"] and width >= TILE_WIDTH:
        return None
    return TilePath(level, int("".join(groups).replace("x", "")), width)


def format_tile_path(tile: TilePath) -> str:
    """Return the path of a tile after ``tile/``."""
    digits = f"{tile.index:03d}"
    digits = digits.zfill(-(-len(digits) // 3) * 3)
    groups = [digits[place : place + 3] for place in range(0, len(digits), 3)]
    whole = "/".join([*(f"x{group}" for group in groups[:-1]), groups[-1]])
    level = "entries" if tile.level is None else str(tile.level)
    partial = "" if tile.width == TILE_WIDTH else f".p/{tile.width}"
    return f"{level}/{whole}{partial}"


def nodes_at(level: int | None, size: int) -> int:
    """Return how many hashes the tiles of a level hold in a tree of a size (entries: as many as level 0)."""
    return size >> (8 * (level or 0))


def tiles_of(size: int) -> Iterator[TilePath]:
    """Yield every tile and bundle of a tree, partial ones last in their level."""
    level = 0
    while nodes_at(level, size):
        nodes = nodes_at(level, size)
        for each in (level, None) if level == 0 else (level,):
            for index in range(nodes // TILE_WIDTH):
                yield TilePath(each, index, TILE_WIDTH)
            if nodes % TILE_WIDTH:
                yield TilePath(each, nodes // TILE_WIDTH, nodes % TILE_WIDTH)
        level += 1
