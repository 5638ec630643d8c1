"""The audit names every event that was altered, taken out or put in, and everything wrong with the log itself."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from tests.support.events import call, calls, secret_call
from tests.support.trust import begun
from tiexin.infra.settings import Settings
from tiexin.record.api import Record
from tiexin.record.contracts import STORED_COLUMNS
from tiexin.trust.anchors.kept import Anchor, Kept
from tiexin.trust.api import Trust
from tiexin.trust.auditing import last_report

Found = list[tuple[str, str | None, int | None]]
EVERYTHING: dict[str, Any] = {
    "journey": "j-1",
    "case": "case-1",
    "actor": "teller-1",
    "step": "counter",
    "lifecycle": "complete",
    "org": "b-1",
    "product": "card",
    "segment": "retail",
    "team": "t-1",
    "extras": {"traceparent": "00-x"},
}


@pytest.fixture
def settings(tmp_path: Path, database_url: str) -> Settings:
    return Settings(home=tmp_path / "home", database_url=database_url)


@pytest.fixture
def opened(settings: Settings) -> Iterator[tuple[Record, Trust]]:
    """Six hundred events, of which number 300 has every column; all of them in the log."""
    with begun(settings) as (record, trust):
        record.append([*calls(300), secret_call(300, "own words", **EVERYTHING), *calls(299, first=301)])
        assert trust.sync().size == 600
        yield record, trust


def run(record: Record, statement: str, **values: Any) -> None:
    with record.database.write() as connection:
        assert connection.execute(sa.text(statement), values).rowcount == 1


def faults(trust: Trust) -> Found:
    report = trust.audit()
    assert report.ok == (not report.faults)
    assert report.faults_total == len(report.faults)
    assert report == last_report(trust.folder)
    return [(fault.kind, fault.event, fault.index) for fault in report.faults]


def test_what_nobody_touched_is_in_order(opened: tuple[Record, Trust]) -> None:
    record, trust = opened
    record.append(calls(7, first=900))
    report = trust.audit()
    assert (report.ok, report.entries, report.behind, report.faults) == (True, 600, 7, [])
    assert trust.state()["audit"]["ok"] is True


def changed_byte(stored: Any) -> Any:
    """Return a stored value with one byte changed."""
    if isinstance(stored, int):
        return stored ^ 1
    if isinstance(stored, bytes):
        return bytes([stored[0] ^ 1]) + stored[1:]
    place = len(stored) // 2
    return stored[:place] + chr(ord(stored[place]) ^ 1) + stored[place + 1 :]


def test_one_changed_byte_of_any_column_is_named(opened: tuple[Record, Trust]) -> None:
    record, trust = opened
    row = dict(zip(STORED_COLUMNS, record.stored_rows(after=300, limit=1)[0], strict=True))
    assert None not in row.values()
    for column in STORED_COLUMNS[1:]:
        changed = changed_byte(row[column])
        change = f"UPDATE events SET {column} = :value WHERE position = 301"
        run(record, change, value=changed)
        assert faults(trust) == [("altered", changed if column == "id" else "call-300", 300)], column
        run(record, change, value=row[column])
    assert faults(trust) == []


def test_a_column_emptied_or_filled_is_named(opened: tuple[Record, Trust]) -> None:
    record, trust = opened
    run(record, "UPDATE events SET team = NULL WHERE position = 301")
    run(record, "UPDATE events SET team = '' WHERE position = 5")
    assert faults(trust) == [("altered", "call-4", 4), ("altered", "call-300", 300)]


def test_an_event_taken_out_is_named_by_its_place(opened: tuple[Record, Trust]) -> None:
    record, trust = opened
    run(record, "DELETE FROM events WHERE position = 40")
    assert faults(trust) == [("missing", None, 39)]


def test_events_cut_off_at_the_end_are_named(opened: tuple[Record, Trust]) -> None:
    record, trust = opened
    for position in (599, 600):
        run(record, "DELETE FROM events WHERE position = :position", position=position)
    run(record, "UPDATE record_counter SET position = 598")
    assert faults(trust) == [("missing", None, 598), ("missing", None, 599), ("record_damaged", None, None)]


def test_events_put_in_are_named(opened: tuple[Record, Trust]) -> None:
    record, trust = opened
    names = ", ".join(name for name in STORED_COLUMNS if name not in {"position", "id"})
    lowest = -(2**63)
    for position, name in ((lowest, "lowest"), (-1, "before"), (0, "zero"), (5_000, "after")):
        put = f"INSERT INTO events (position, id, {names}) SELECT {position}, '{name}', {names} FROM events"
        run(record, f"{put} WHERE position = 9")
    assert faults(trust) == [
        ("added", "lowest", lowest - 1),
        ("added", "before", -2),
        ("added", "zero", -1),
        ("added", "after", 4_999),
    ]


def test_events_that_the_record_counts_and_lacks_are_named_before_the_log_has_come_so_far(
    opened: tuple[Record, Trust],
) -> None:
    record, trust = opened
    names = ", ".join(name for name in STORED_COLUMNS if name not in {"position", "id"})
    run(record, "UPDATE record_counter SET position = 700")
    assert faults(trust) == [("missing", None, 600)]
    put = f"INSERT INTO events (position, id, {names}) SELECT 650, 'between', {names} FROM events"
    run(record, f"{put} WHERE position = 9")
    assert faults(trust) == [("missing", None, 600), ("missing", None, 650)]


def test_two_events_changed_for_each_other_are_both_named(opened: tuple[Record, Trust]) -> None:
    record, trust = opened
    for old, new in ((10, -10), (11, 10), (-10, 11)):
        run(record, "UPDATE events SET position = :new WHERE position = :old", old=old, new=new)
    assert faults(trust) == [("altered", "call-10", 9), ("altered", "call-9", 10)]


def flip(file: Path, place: int) -> None:
    raw = bytearray(file.read_bytes())
    raw[place] ^= 1
    file.write_bytes(raw)


def test_an_entry_changed_in_the_log_itself_is_told_from_a_changed_event(opened: tuple[Record, Trust]) -> None:
    _, trust = opened
    trust.close()
    flip(trust.folder / "log" / "entries", 34 * 123 + 5)
    assert faults(trust) == [("log_damaged", None, 123), ("log_altered", "call-123", 123)]


def test_a_changed_node_of_the_tree_is_found(opened: tuple[Record, Trust]) -> None:
    _, trust = opened
    trust.close()
    flip(trust.folder / "log" / "level-03", 70)
    assert [kind for kind, _, _ in faults(trust)] == ["log_damaged"]


def test_a_whole_log_made_anew_over_a_changed_record_does_not_keep_its_promise(opened: tuple[Record, Trust]) -> None:
    record, trust = opened
    run(record, "UPDATE events SET type = 'call.began.v1' WHERE position = 77")
    trust.close()
    for file in (trust.folder / "log").iterdir():
        file.unlink()
    with pytest.raises(Exception, match="size 600"):
        trust.rebuild()
    (trust.folder / "log").rename(trust.folder / "gone")
    (trust.folder / "log.rebuilding").rename(trust.folder / "log")
    assert [kind for kind, _, _ in faults(trust)] == ["log_damaged", "log_damaged"]


@pytest.mark.parametrize("name", ["signed", "published/checkpoint"])
def test_a_checkpoint_that_was_changed_is_found(opened: tuple[Record, Trust], name: str) -> None:
    _, trust = opened
    file = trust.folder / name
    file.write_bytes(file.read_bytes().replace(b"\n600\n", b"\n599\n"))
    assert faults(trust) == [("checkpoint_invalid", None, None)]


@pytest.mark.parametrize("gone", [["signed"], ["published/checkpoint"], ["signed", "published/checkpoint"]])
def test_a_checkpoint_that_was_taken_away_is_found(opened: tuple[Record, Trust], gone: list[str]) -> None:
    _, trust = opened
    for name in gone:
        (trust.folder / name).unlink()
    assert faults(trust) == [("checkpoint_invalid", None, None)] * len(gone)


def test_an_older_signed_checkpoint_put_back_is_found(opened: tuple[Record, Trust]) -> None:
    record, trust = opened
    older = (trust.folder / "signed").read_bytes()
    record.append(calls(3, first=900))
    trust.sync()
    (trust.folder / "signed").write_bytes(older)
    assert faults(trust) == [("checkpoint_invalid", None, None)]


def test_a_history_made_anew_is_held_against_the_heads_that_were_anchored(opened: tuple[Record, Trust]) -> None:
    _, trust = opened
    Kept(trust.settings.home).add(Anchor(kind="evm", size=600, root="00" * 32, time_us=1, where="chain 1", block=1))
    assert faults(trust) == [("log_damaged", None, None)]


def test_any_flipped_byte_of_an_events_row_in_the_database_file_is_found(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "home")
    with begun(settings) as (record, trust):
        record.append([call(number, team="find-me-here") for number in range(300)])
        trust.sync()
    # Closed, so that the write-ahead log is in the file and nothing is cached.
    file = settings.home / "record.db"
    place = file.read_bytes().index(b"find-me-here")
    for offset in (0, 5, 11, -1, -30):
        flip(file, place + offset)
        with begun(settings) as (_, trust):
            assert not trust.audit().ok, offset
        flip(file, place + offset)
    with begun(settings) as (_, trust):
        assert trust.audit().ok
