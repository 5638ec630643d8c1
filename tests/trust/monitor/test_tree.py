"""A tree read from tiles gives every earlier root, and names what is missing or altered."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.trust.logs import SignedLog
from tiexin.trust.monitor.source import FolderSource, UnreachableError
from tiexin.trust.monitor.tree import TileError, TileTree
from tiexin.trust.rules.merkle import EMPTY_ROOT

SIZE = 70_000
"""273 full tiles and one of 112, one full tile above them and one of 17, one of 1 (the example of tlog-tiles)."""


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SignedLog]:
    """A log with three levels of tiles."""
    made = SignedLog(tmp_path_factory.mktemp("log"))
    made.grow(SIZE)
    yield made
    made.close()


@pytest.fixture(scope="module")
def published(log: SignedLog, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The log as static files; whoever alters one puts it back."""
    return log.publish(tmp_path_factory.mktemp("published"))


def tree_of(log: SignedLog, folder: Path, size: int = SIZE) -> TileTree:
    """Return the tree in a folder."""
    return TileTree(FolderSource(folder), size=size, root=log.log.root(size))


def test_every_earlier_root_is_read_from_the_tiles(log: SignedLog, published: Path) -> None:
    tree = tree_of(log, published)
    sizes = [0, 1, 2, 255, 256, 257, 511, 512, 5_000, 65_535, 65_536, 65_537, 65_792, 69_999, SIZE]
    assert [tree.root_at(size) for size in sizes] == [log.log.root(size) for size in sizes]
    assert tree.root_at(0) == EMPTY_ROOT


def test_small_trees_read_alike(log: SignedLog, tmp_path: Path) -> None:
    for size in (0, 1, 2, 3, 255, 256, 257):
        tree = tree_of(log, log.publish(tmp_path / str(size), size), size)
        assert [tree.root_at(each) for each in range(size + 1)] == [log.log.root(each) for each in range(size + 1)]
        assert list(tree.faults(0, size)) == []


def test_whole_tiles_stand_in_for_partial_ones_that_were_dropped(log: SignedLog, published: Path) -> None:
    tree = tree_of(log, published, 65_700)
    assert not (published / "tile/0/256.p").exists()
    assert tree.root_at(65_699) == log.log.root(65_699)
    assert list(tree.faults(65_000, 65_700)) == []


def test_nothing_is_wrong_with_a_log_in_order(log: SignedLog, published: Path) -> None:
    tree = tree_of(log, published)
    assert list(tree.faults(0, SIZE)) == []
    assert list(tree.faults(600, 600)) == []


@pytest.mark.parametrize(
    ("path", "at", "told", "index"),
    [
        ("tile/entries/000", 2, "tile/entries/000 holds another entry 0 than the signed tree", 0),
        ("tile/entries/272", 34 * 7 + 3, "tile/entries/272 holds another entry 69639 than the signed tree", 69_639),
        ("tile/entries/273.p/112", 34 * 111 + 33, "tile/entries/273.p/112 holds another entry 69999", 69_999),
        ("tile/entries/007", 0, "tile/entries/007 holds another entry 1792", 1_792),
        ("tile/0/007", 0, "tile/0/007 does not hash to its entry in the tile above", None),
        ("tile/1/000", 32 * 9, "tile/1/000 does not hash to its entry in the tile above", None),
    ],
)
def test_one_altered_byte_is_named(
    log: SignedLog, published: Path, path: str, at: int, told: str, index: int | None
) -> None:
    file = published / path
    right = file.read_bytes()
    file.write_bytes(right[:at] + bytes([right[at] ^ 1]) + right[at + 1 :])
    try:
        faults = list(tree_of(log, published).faults(0, SIZE))
    finally:
        file.write_bytes(right)
    # A tile above vouches for 256 tiles: all of them are told, and each names the tile above.
    assert len(faults) == (256 if path == "tile/1/000" else 1)
    assert {(str(fault).startswith(told), fault.index) for fault in faults} == {(True, index)}


@pytest.mark.parametrize("path", ["tile/0/273.p/112", "tile/1/001.p/17", "tile/2/000.p/1"])
def test_an_altered_edge_is_refused_at_once(log: SignedLog, published: Path, path: str) -> None:
    file = published / path
    right = file.read_bytes()
    file.write_bytes(bytes([right[0] ^ 1]) + right[1:])
    with pytest.raises(TileError, match=r"together do not give the root of the signed checkpoint") as caught:
        tree_of(log, published)
    assert path in caught.value.path
    file.write_bytes(right[:-1])
    with pytest.raises(TileError, match=r"bytes instead of"):
        tree_of(log, published)
    file.unlink()
    with pytest.raises(TileError, match=r"is missing"):
        tree_of(log, published)
    file.write_bytes(right)


def test_bundles_that_go_on_or_are_missing_are_named(log: SignedLog, published: Path) -> None:
    file = published / "tile/entries/003"
    right = file.read_bytes()
    file.write_bytes(right + b"\0\0")
    assert [str(fault) for fault in tree_of(log, published).faults(768, 1_024)] == [
        "tile/entries/003 goes on after its 256 entries"
    ]
    file.write_bytes(right[:-1])
    assert [str(fault) for fault in tree_of(log, published).faults(768, 1_024)] == [
        "tile/entries/003 ends within entry 1023"
    ]
    file.unlink()
    assert [str(fault) for fault in tree_of(log, published).faults(768, 1_024)] == ["tile/entries/003 is missing"]
    file.write_bytes(right)


def test_no_file_is_read_beyond_its_limit(published: Path) -> None:
    source = FolderSource(published)
    with pytest.raises(UnreachableError, match=r"larger than 100 bytes"):
        source.get("tile/0/000", limit=100)
    assert source.get("tile/9/000", limit=100) is None
    assert source.get("tile", limit=100) is None
