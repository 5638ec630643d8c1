"""Paths of tiles as tlog-tiles writes them, and no other spelling."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tiexin.trust.rules.tile_paths import TilePath, format_tile_path, nodes_at, parse_tile_path, tiles_of


@pytest.mark.parametrize(
    ("path", "tile"),
    [
        ("0/000", TilePath(0, 0, 256)),
        ("63/000", TilePath(63, 0, 256)),
        ("0/x001/x234/067", TilePath(0, 1_234_067, 256)),
        ("1/000.p/17", TilePath(1, 0, 17)),
        ("entries/x001/000.p/255", TilePath(None, 1_000, 255)),
        ("entries/999", TilePath(None, 999, 256)),
    ],
)
def test_a_path_names_a_tile_and_back(path: str, tile: TilePath) -> None:
    assert parse_tile_path(path) == tile
    assert format_tile_path(tile) == path


@pytest.mark.parametrize(
    "path",
    [
        *("", "0", "0/", "0/0", "0/0000", "00/000", "64/000", "-1/000", "0/001/002", "0/x001", "0/x000/001"),
        *("0/000.p/0", "0/000.p/256", "0/000.p/01", "0/000.p/", "0/000.p", "entry/000", "0/000/", "0/００0", " 0/000"),
        *("0/000\n", "../0/000", "entries/x1/000", "0/" + "x001/" * 6 + "000"),
    ],
)
def test_what_is_no_path_of_a_tile_names_none(path: str) -> None:
    assert parse_tile_path(path) is None


@given(st.integers(0, 63) | st.none(), st.integers(0, 10**18 - 1), st.integers(1, 256))
def test_every_tile_reads_back(level: int | None, index: int, width: int) -> None:
    tile = TilePath(level, index, width)
    assert parse_tile_path(format_tile_path(tile)) == tile


def test_the_tiles_of_the_specifications_example() -> None:
    found = list(tiles_of(70_000))
    assert sum(tile.level == 0 and tile.width == 256 for tile in found) == 273
    assert [tile for tile in found if tile.width != 256] == [
        TilePath(0, 273, 112),
        TilePath(None, 273, 112),
        TilePath(1, 1, 17),
        TilePath(2, 0, 1),
    ]
    assert [nodes_at(level, 70_000) for level in (None, 0, 1, 2, 3)] == [70_000, 70_000, 273, 1, 0]
    assert list(tiles_of(256)) == [TilePath(0, 0, 256), TilePath(None, 0, 256), TilePath(1, 0, 1)]
    assert list(tiles_of(0)) == []
