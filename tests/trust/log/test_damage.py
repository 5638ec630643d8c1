"""One byte or one record changed in any file is found: when the log is opened, or when it is hashed again."""

from __future__ import annotations

import os
from hashlib import sha256
from pathlib import Path

import pytest

from tiexin.trust.log import Log, LogDamagedError

SIZE = 140_003  # Two full chunks of the re-hash and a ragged third; 24 levels of ragged edge.
GIVEN = [sha256(index.to_bytes(8, "big")).digest() for index in range(SIZE)]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made") / "log"
    with Log.open(folder) as log:
        log.extend(GIVEN)
    return folder


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Path:
    copy = tmp_path / "log"
    copy.mkdir()
    for file in made.iterdir():
        (copy / file.name).write_bytes(file.read_bytes())
    return copy


def flip(file: Path, place: int) -> None:
    content = bytearray(file.read_bytes())
    content[place] ^= 1
    file.write_bytes(content)


def found(folder: Path) -> tuple[str, int | None]:
    """The file and the first bad index that opening or re-hashing names."""
    before = {file.name: file.read_bytes() for file in folder.iterdir()}
    with pytest.raises(LogDamagedError) as damaged, Log.open(folder) as log:
        log.rehash()
    assert {file.name: file.read_bytes() for file in folder.iterdir()} == before
    return damaged.value.facts["file"], damaged.value.facts.get("index")


@pytest.mark.parametrize("index", [0, 255, 65_535, 65_536, 131_072, SIZE - 600, SIZE - 1])
def test_a_changed_entry_is_named(folder: Path, index: int) -> None:
    flip(folder / "entries", index * 34 + 2 + index % 32)
    assert found(folder) == ("level-00", index)


@pytest.mark.parametrize("index", [0, 77_777, SIZE - 1])
def test_a_changed_leaf_hash_is_named(folder: Path, index: int) -> None:
    flip(folder / "level-00", index * 32)
    assert found(folder) == ("level-00", index)


@pytest.mark.parametrize(
    ("level", "node"), [(1, 0), (1, 70_000), (8, 3), (15, 1), (16, 0), (16, 1), (17, 0), (13, 16), (12, 33)]
)
def test_a_changed_node_of_any_level_is_named(folder: Path, level: int, node: int) -> None:
    flip(folder / f"level-{level:02}", node * 32 + 31)
    name, index = found(folder)
    # A node is found by what lies below it, or, being below, by what lies above it.
    assert (name, index) in {(f"level-{level:02}", node << level), (f"level-{level + 1:02}", (node >> 1) << level + 1)}


def test_a_changed_length_of_an_entry_is_named(folder: Path) -> None:
    flip(folder / "entries", 1_000 * 34 + 1)
    assert found(folder) == ("entries", 1_000)


def test_a_changed_place_of_a_bundle_is_named(folder: Path) -> None:
    flip(folder / "bundles", 8 * 100 + 7)
    assert found(folder) == ("bundles", 101 * 256)


@pytest.mark.parametrize("name", ["entries", "bundles", "level-00", "level-01", "level-07"])
def test_a_shortened_file_is_named_when_the_log_is_opened(folder: Path, name: str) -> None:
    content = (folder / name).read_bytes()
    (folder / name).write_bytes(content[:-32])
    assert found(folder)[0] == name


@pytest.mark.parametrize(
    ("name", "surplus"),
    [("entries", b"\x00\x01x"), ("bundles", bytes(8)), ("level-00", bytes(32)), ("level-03", bytes(32))],
)
def test_a_lengthened_file_is_named_when_the_log_is_opened(folder: Path, name: str, surplus: bytes) -> None:
    with (folder / name).open("ab") as stream:
        stream.write(surplus)
    assert found(folder)[0] == name


@pytest.mark.parametrize("place", [None, 0, 20, 40])
def test_a_journal_that_lost_its_head_is_refused(folder: Path, place: int | None) -> None:
    if place is None:
        (folder / "journal").unlink()
    else:
        flip(folder / "journal", place)
    with pytest.raises(LogDamagedError) as damaged:
        Log.open(folder)
    assert damaged.value.facts == {"file": "journal"}


def test_frames_that_cannot_be_reached_are_refused(tmp_path: Path) -> None:
    folder = tmp_path / "log"
    log = Log.open(folder)
    for start in range(0, 30, 10):
        log.extend(GIVEN[start : start + 10])
    # The process dies here: the frames are in the journal, and now the middle one is damaged.
    log._files.close()
    os.close(log._lock or 0)
    flip(folder / "journal", 3 * 512 + 512 + 40)
    (folder / "level-00").write_bytes(b"")
    with pytest.raises(LogDamagedError) as damaged:
        Log.open(folder)
    assert damaged.value.facts == {"file": "journal", "index": 10}
