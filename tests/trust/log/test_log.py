from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import pytest

from tiexin.trust.log import (
    EntryTooLargeError,
    Log,
    LogClosedError,
    LogInUseError,
    NoSuchTileError,
    NotInLogError,
)
from tiexin.trust.rules.merkle import EMPTY_ROOT, leaf_hash, root_of, verify_consistency, verify_inclusion


def entries_of(count: int) -> list[bytes]:
    return [sha256(index.to_bytes(8, "big")).digest() for index in range(count)]


def test_an_empty_log_has_the_empty_root_and_nothing_else(tmp_path: Path) -> None:
    with Log.open(tmp_path / "log") as log:
        assert (log.size, log.root(), log.root(0)) == (0, EMPTY_ROOT, EMPTY_ROOT)
        assert log.rehash() == EMPTY_ROOT
        assert log.consistency_proof(0) == []
        for ask in (
            lambda: log.entry(0),
            lambda: log.inclusion_proof(0),
            lambda: log.root(1),
            lambda: log.tile(0, 0, 1),
        ):
            with pytest.raises(NotInLogError):
                ask()


def test_appended_entries_get_their_index_when_they_are_durable(tmp_path: Path) -> None:
    given = entries_of(1000)
    with Log.open(tmp_path / "log") as log:
        futures = [log.append(each) for each in given]
        assert [each.result(timeout=30) for each in futures] == list(range(1000))
        assert log.root() == root_of([leaf_hash(each) for each in given])
        assert log.entries(0, 1000) == given


def test_every_root_and_proof_of_a_small_log_holds(tmp_path: Path) -> None:
    given = entries_of(70)
    leaves = [leaf_hash(each) for each in given]
    with Log.open(tmp_path / "log") as log:
        assert log.extend(given) == 70
        for size in range(71):
            assert log.root(size) == root_of(leaves[:size])
        for size in range(1, 71):
            for index in range(size):
                proof = log.inclusion_proof(index, size)
                verify_inclusion(
                    leaf_hash=leaves[index], index=index, size=size, proof=proof, root=root_of(leaves[:size])
                )
                first = index + 1
                verify_consistency(
                    first=first,
                    second=size,
                    proof=log.consistency_proof(first, size),
                    first_root=root_of(leaves[:first]),
                    second_root=root_of(leaves[:size]),
                )


def test_tiles_and_bundles_are_slices_and_stop_where_the_log_stops(tmp_path: Path) -> None:
    given = entries_of(70_000)
    with Log.open(tmp_path / "log") as log:
        log.extend(given)
        leaves = [leaf_hash(each) for each in given]
        assert log.tile(0, 272) == b"".join(leaves[272 * 256 : 273 * 256])
        assert log.tile(0, 273, 112) == b"".join(leaves[273 * 256 :])
        # The example of tlog-tiles: 273 full tiles, then 112; one full and 17 above; one at level 2.
        tops = [root_of(leaves[start : start + 256]) for start in range(0, 273 * 256, 256)]
        assert log.tile(1, 0) == b"".join(tops[:256])
        assert log.tile(1, 1, 17) == b"".join(tops[256:])
        assert log.tile(2, 0, 1) == root_of(tops[:256])
        assert log.entry_bundle(272) == b"".join(b"\x00\x20" + each for each in given[272 * 256 : 273 * 256])
        assert log.entry_bundle(273, 3) == b"".join(b"\x00\x20" + each for each in given[273 * 256 : 273 * 256 + 3])
        for level, index, width in [(0, 273, 113), (0, 274, 1), (1, 1, 18), (2, 0, 2), (3, 0, 1)]:
            with pytest.raises(NotInLogError):
                log.tile(level, index, width)
        for level, index, width in [(-1, 0, 1), (64, 0, 1), (0, -1, 1), (0, 0, 0), (0, 0, 257)]:
            with pytest.raises(NoSuchTileError):
                log.tile(level, index, width)
        with pytest.raises(NotInLogError):
            log.entry_bundle(273, 113)
        for index, width in [(-1, 1), (0, 0), (0, 257)]:
            with pytest.raises(NoSuchTileError):
                log.entry_bundle(index, width)


def test_entries_of_every_length_come_back(tmp_path: Path) -> None:
    given = [bytes([length % 251]) * (length * length % 65_536) for length in range(700)] + [b"", b"x" * 65_535]
    with Log.open(tmp_path / "log") as log:
        log.extend(given[:300])
        log.extend(given[300:])
        assert log.entries(0, 702) == given
        assert [log.entry(index) for index in (0, 255, 256, 511, 512, 700, 701)] == [
            given[index] for index in (0, 255, 256, 511, 512, 700, 701)
        ]
        root = log.rehash()
    with Log.open(tmp_path / "log") as log:
        assert log.entries(0, 702) == given
        assert log.root() == root == root_of([leaf_hash(each) for each in given])


def test_an_entry_too_large_for_a_bundle_is_refused_and_nothing_is_taken(tmp_path: Path) -> None:
    with Log.open(tmp_path / "log") as log:
        with pytest.raises(EntryTooLargeError) as refused:
            log.extend([b"small", b"x" * 65_536])
        assert refused.value.facts == {"limit": 65_535}
        with pytest.raises(EntryTooLargeError):
            log.append(b"x" * 65_536)
        assert log.size == 0


def test_a_log_goes_on_where_it_was_closed(tmp_path: Path) -> None:
    given = entries_of(600)
    for start in range(0, 600, 7):
        with Log.open(tmp_path / "log") as log:
            assert log.size == start
            log.extend(given[start : start + 7])
    with Log.open(tmp_path / "log") as log:
        assert log.root() == log.rehash() == root_of([leaf_hash(each) for each in given])


def test_a_second_writer_is_refused_and_a_reader_is_not(tmp_path: Path) -> None:
    given = entries_of(300)
    with pytest.raises(NotInLogError):
        Log.read(tmp_path / "log")
    with Log.open(tmp_path / "log") as log:
        log.extend(given[:200])
        with pytest.raises(LogInUseError):
            Log.open(tmp_path / "log")
        with Log.read(tmp_path / "log") as reader:
            assert (reader.size, reader.root()) == (200, log.root())
            log.extend(given[200:])
            assert reader.size == 200
            assert reader.refresh() == 300
            assert reader.root() == log.root()
            assert reader.inclusion_proof(7) == log.inclusion_proof(7)
            with pytest.raises(LogClosedError):
                reader.extend([b"entry"])
            with pytest.raises(LogClosedError):
                reader.append(b"entry")
        assert log.size == 300


def test_a_closed_log_takes_nothing(tmp_path: Path) -> None:
    log = Log.open(tmp_path / "log")
    last = log.append(b"last")
    log.close()
    log.close()
    assert last.result(timeout=1) == 0
    with pytest.raises(LogClosedError):
        log.append(b"later")
    with pytest.raises(LogClosedError):
        log.extend([b"later"])
    with Log.open(tmp_path / "log") as again:
        assert again.entries(0, again.size) == [b"last"]
