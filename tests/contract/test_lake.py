"""The lake: immutable segments that, with the tail, always tell the same as the table."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import sqlalchemy as sa

from tests.support.events import calls, secret_call
from tiexin.infra.settings import Settings
from tiexin.record.api import Record, open_record
from tiexin.record.store.lake import ANALYSIS_COLUMNS, LakeError

WORDS = "只给本人看的话"


def table_rows(record: Record) -> list[tuple[Any, ...]]:
    names = ", ".join(ANALYSIS_COLUMNS)
    with record.database.read() as connection:
        return [tuple(row) for row in connection.execute(sa.text(f"SELECT {names} FROM events ORDER BY position"))]


def analysis_rows(record: Record) -> list[tuple[Any, ...]]:
    files, tail = record.analysis_sources()
    whole = pa.concat_tables([*(pq.read_table(file) for file in files), tail])
    return [tuple(row[name] for name in ANALYSIS_COLUMNS) for row in whole.to_pylist()]


def test_lake_and_tail_tell_the_same_as_the_table(settings: Settings) -> None:
    small = msgspec.structs.replace(settings, lake_segment_max=30, lake_tail_max=50)
    with open_record(small) as record:
        assert analysis_rows(record) == []
        for first in range(0, 140, 20):
            record.append([*calls(19, first=first), secret_call(first + 19, WORDS, case="c-1", journey="loan")])
            if first in {40, 100}:
                record.close_lake()
            assert analysis_rows(record) == table_rows(record)
        segments = record.lake_segments()
        assert [(s.first, s.last, s.rows) for s in segments] == [
            (1, 30, 30),
            (31, 60, 30),
            (61, 90, 30),
            (91, 120, 30),
        ]
        assert (segments[0].time_min_us, segments[0].time_max_us) == (
            min(row[1] for row in table_rows(record)[:30]),
            max(row[1] for row in table_rows(record)[:30]),
        )


def test_a_long_tail_is_closed_by_the_analysis_itself(settings: Settings) -> None:
    with open_record(msgspec.structs.replace(settings, lake_tail_max=50)) as record:
        record.append(calls(50))
        assert record.analysis_sources()[0] == []
        record.append(calls(1, first=50))
        files, tail = record.analysis_sources()
        assert (len(files), tail.num_rows) == (1, 0)


def test_personal_content_never_enters_the_lake(record: Record) -> None:
    record.append([secret_call(1, WORDS)])
    record.close_lake()
    files, _ = record.analysis_sources()
    assert WORDS not in str(pq.read_table(files[0]).to_pylist())
    assert set(pq.read_table(files[0]).column_names) == set(ANALYSIS_COLUMNS)


def test_a_segment_left_by_a_crash_is_removed_and_written_anew(record: Record) -> None:
    record.append(calls(10))
    record.lake_dir.mkdir(parents=True)
    orphan = record.lake_dir / "segment-00000000000000000001-00000000000000000005.parquet"
    orphan.write_bytes(b"half a segment")
    (record.lake_dir / ".segment-x.parquet.tmp").write_bytes(b"less")
    record.close_lake()
    assert sorted(file.name for file in record.lake_dir.glob("*segment*")) == [
        "segment-00000000000000000001-00000000000000000010.parquet"
    ]
    assert analysis_rows(record) == table_rows(record)


def test_closing_twice_writes_nothing_new(record: Record) -> None:
    record.append(calls(10))
    first = record.close_lake()
    stamp = (record.lake_dir / first[0].file).stat().st_mtime_ns
    assert record.close_lake() == first
    assert (record.lake_dir / first[0].file).stat().st_mtime_ns == stamp


def test_a_lake_of_another_record_is_not_read(record: Record, settings: Settings, tmp_path: Path) -> None:
    with open_record(Settings(home=tmp_path / "other")) as other:
        other.append(calls(30, first=500))
        other.close_lake()
    shutil.copytree(tmp_path / "other" / "lake", settings.home / "lake")
    record.append(calls(10))
    assert record.lake_segments() == []
    assert analysis_rows(record) == table_rows(record)
    assert [(segment.first, segment.last) for segment in record.close_lake()] == [(1, 10)]
    assert analysis_rows(record) == table_rows(record)


def test_after_a_backup_was_restored_the_lake_does_not_tell_of_a_future_that_is_gone(record: Record) -> None:
    record.append(calls(10))
    record.close_lake()
    with record.database.read() as connection:
        backup = connection.execute(sa.text("SELECT position, lake_position FROM record_counter")).one()
    record.append(calls(20, first=10))
    record.close_lake()
    with record.database.write() as connection:
        connection.execute(sa.text("DELETE FROM events WHERE position > 10"))
        change = sa.text("UPDATE record_counter SET position = :position, lake_position = :lake_position")
        connection.execute(change, backup._asdict())
    record.append(calls(15, first=100))
    assert analysis_rows(record) == table_rows(record)
    record.close_lake()
    assert analysis_rows(record) == table_rows(record)
    assert [(segment.first, segment.last) for segment in record.lake_segments()] == [(1, 10), (11, 25)]


def test_an_altered_segment_is_found(record: Record) -> None:
    record.append(calls(10))
    name = record.close_lake()[0].file
    assert record.verify_lake() == []
    content = bytearray((record.lake_dir / name).read_bytes())
    content[len(content) // 2] ^= 1
    (record.lake_dir / name).write_bytes(bytes(content))
    assert record.verify_lake() == [name]


def test_an_unreadable_manifest_is_named(record: Record) -> None:
    record.append(calls(1))
    record.close_lake()
    (record.lake_dir / "manifest.json").write_bytes(b"{")
    with pytest.raises(LakeError, match=r"manifest\.json cannot be read"):
        record.analysis_sources()


@pytest.mark.parametrize("engine", ["duckdb"])
def test_an_engine_sees_every_event_once(record: Record, engine: str) -> None:
    record.append(calls(10))
    record.close_lake()
    record.append(calls(5, first=10))
    with record.analyse(engine) as opened:
        found = opened.query("SELECT count(*) AS n, count(DISTINCT position) AS d, max(position) AS m FROM events")
    assert found.to_pylist() == [{"n": 15, "d": 15, "m": 15}]
