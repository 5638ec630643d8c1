"""Every write, flush and new name fails once, in three ways; then everything acknowledged is there, once, in order."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from random import Random

import pytest

from tests.trust.log.simulated import Fault, PowerCutError, SimulatedDisk
from tiexin.trust.log import Log, LogFailedError
from tiexin.trust.rules.merkle import leaf_hash, root_of

FOLDER = Path("log")
JOURNAL_BYTES = 8192
# Groups that cross a bundle, begin rounds of the journal, and need more than one frame.
GROUPS = (1, 2, 40, 120, 100, 3, 130, 1, 260, 1, 5)
GIVEN = [sha256(index.to_bytes(8, "big")).digest()[: 32 - index % 3] for index in range(sum(GROUPS))]


def work(disk: SimulatedDisk, acknowledged: list[int], groups: Sequence[int] = GROUPS) -> None:
    """Add what is missing of the given entries, group after group; note the size after each acknowledgement."""
    with Log.open(FOLDER, disk=disk, journal_bytes=JOURNAL_BYTES) as log:
        end = 0
        for group in groups:
            end += group
            if end > log.size:
                acknowledged.append(log.extend(GIVEN[log.size : end]))


def check(disk: SimulatedDisk, acknowledged: Sequence[int]) -> None:
    """Open after a fault: nothing acknowledged is missing, nothing is doubled, and the log goes on."""
    with Log.open(FOLDER, disk=disk) as log:
        size = log.size
        assert max(acknowledged, default=0) <= size
        assert log.entries(0, size) == GIVEN[:size]
        assert log.root() == log.rehash() == root_of([leaf_hash(each) for each in GIVEN[:size]])


def count_operations() -> int:
    disk = SimulatedDisk(Random(0))
    work(disk, [])
    return disk.operations


@pytest.mark.parametrize("fault", Fault)
def test_no_fault_at_any_operation_loses_or_doubles_an_entry(fault: Fault) -> None:
    operations = count_operations()
    assert operations > 150
    for place in range(operations):
        disk = SimulatedDisk(Random(place))
        disk.fails_at, disk.fault = place, fault
        acknowledged: list[int] = []
        with pytest.raises((PowerCutError, LogFailedError, OSError)):
            work(disk, acknowledged)
        disk.restart()
        check(disk, acknowledged)
        # After a failed flush the system believes pages to be clean that are not: cut the power as well.
        disk.off, disk.fault = True, Fault.POWER
        disk.restart()
        check(disk, acknowledged)
        work(disk, acknowledged)
        disk.off = True
        disk.restart()
        check(disk, [len(GIVEN)])


@pytest.mark.parametrize("seeds", [100, pytest.param(4000, marks=pytest.mark.soak)])
def test_faults_on_faults_lose_and_double_nothing(seeds: int) -> None:
    for seed in range(seeds):
        rng = Random(seed)
        disk = SimulatedDisk(rng)
        acknowledged: list[int] = []
        while max(acknowledged, default=0) < len(GIVEN):
            disk.fails_at = disk.operations + rng.randrange(1, 80)
            disk.fault = rng.choice(tuple(Fault))
            groups = [rng.randrange(1, 90) for _ in range(12)]
            groups.append(max(0, len(GIVEN) - sum(groups)))
            with contextlib.suppress(PowerCutError, LogFailedError, OSError):
                work(disk, acknowledged, groups)
            disk.restart()
            check(disk, acknowledged)
            if rng.random() < 0.3:
                disk.off, disk.fault = True, Fault.POWER
                disk.restart()
                check(disk, acknowledged)


def test_a_log_whose_disk_failed_refuses_to_go_on_until_it_is_opened_again() -> None:
    disk = SimulatedDisk(Random(1))
    log = Log.open(FOLDER, disk=disk, journal_bytes=JOURNAL_BYTES)
    assert log.extend(GIVEN[:10]) == 10
    disk.fails_at, disk.fault = disk.operations, Fault.FULL
    with pytest.raises(LogFailedError) as refused:
        log.extend(GIVEN[10:20])
    assert "no space left" in refused.value.message
    with pytest.raises(LogFailedError):
        log.extend(GIVEN[10:20])
    with pytest.raises(LogFailedError):
        log.append(GIVEN[10])
    assert (log.size, log.entries(0, 10)) == (10, GIVEN[:10])
    log.close()
    check(disk, [10])


def test_appended_entries_that_a_failing_disk_refused_are_told_so() -> None:
    disk = SimulatedDisk(Random(1))
    log = Log.open(FOLDER, disk=disk, journal_bytes=JOURNAL_BYTES)
    assert log.append(GIVEN[0]).result(timeout=10) == 0
    disk.fails_at, disk.fault = disk.operations, Fault.FULL
    refused = log.append(GIVEN[1])
    assert isinstance(refused.exception(timeout=10), LogFailedError)
    assert log.size == 1
    log.close()
    check(disk, [1])
