"""Our tree over the 15 leaves of tessera's test log: the same roots, tiles and bundles, byte for byte (Apache-2.0)."""

from __future__ import annotations

from base64 import b64decode
from pathlib import Path

import pytest

from tests.trust.tessera import LEAVES
from tiexin.trust.log import Log


@pytest.fixture
def log(tmp_path: Path) -> Log:
    return Log.open(tmp_path / "log")


def test_the_roots_of_all_sixteen_checkpoints_are_ours(vectors: Path, log: Log) -> None:
    with log:
        log.extend([each.encode() for each in LEAVES])
        for size in range(16):
            origin, told, root, *_ = (vectors / f"tessera/testdata/log/checkpoint.{size}").read_text().split("\n")
            assert (origin, int(told)) == ("example.com/log/testdata", size)
            assert log.root(size) == b64decode(root)


def test_every_tile_and_bundle_is_ours_byte_for_byte(vectors: Path, log: Log) -> None:
    tiles = vectors / "tessera/testdata/log/tile"
    compared = 0
    with log:
        for width, leaf in enumerate(LEAVES, 1):
            log.extend([leaf.encode()])
            assert log.tile(0, 0, width) == (tiles / f"0/000.p/{width}").read_bytes()
            assert log.entry_bundle(0, width) == (tiles / f"entries/000.p/{width}").read_bytes()
            compared += 2
    assert compared == len([file for file in tiles.rglob("*") if file.is_file()])
