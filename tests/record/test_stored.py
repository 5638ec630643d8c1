"""Rows exactly as they are stored, and what the database says of its own file."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import msgspec
import pytest

from tests.support.events import calls, secret_call
from tiexin.infra.settings import Settings
from tiexin.record.api import RecordDamagedError, open_record
from tiexin.record.contracts import STORED_COLUMNS
from tiexin.record.tables import INSERT_COLUMNS


def test_the_columns_are_those_that_are_written() -> None:
    assert STORED_COLUMNS == INSERT_COLUMNS


def test_rows_come_in_order_with_every_column(tmp_path: Path, database_url: str) -> None:
    with open_record(Settings(home=tmp_path / "home", database_url=database_url)) as record:
        record.append([*calls(5), secret_call(9, "words")])
        rows = record.stored_rows(after=1, limit=3)
        assert [row[0] for row in rows] == [2, 3, 4]
        assert record.stored_rows(after=6) == []
        assert record.damage() == []
        last = dict(zip(STORED_COLUMNS, record.stored_rows(after=5)[0], strict=True))
    assert (last["position"], last["id"], last["type"], last["extras"]) == (6, "call-9", "call.ended.v1", None)
    assert msgspec.json.decode(last["data"]) == {"outcome": "answered", "queue_seconds": 1, "talk_seconds": 2}
    assert isinstance(last["personal"], bytes)
    assert isinstance(last["personal_mac"], bytes)
    assert b"words" not in last["personal"]


def test_a_text_that_damage_made_unreadable_comes_as_bytes(tmp_path: Path) -> None:
    with open_record(Settings(home=tmp_path / "home")) as record:
        record.append(calls(3))
        with record.database.write() as connection:
            connection.exec_driver_sql("UPDATE events SET channel = CAST(X'70FF' AS TEXT) WHERE position = 2")
        rows = record.stored_rows()
        place = STORED_COLUMNS.index("channel")
        assert [row[place] for row in rows] == ["phone", b"p\xff", "phone"]
        # The connection goes back to the pool as it was.
        assert record.stored_rows(limit=1)[0][place] == "phone"


def test_a_file_that_the_database_cannot_read_is_named(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "home")
    with open_record(settings) as record:
        record.append(calls(2_000))
    file = settings.home / "record.db"
    with sqlite3.connect(file) as database:
        leaf = database.execute(
            "SELECT pageno, pgsize FROM dbstat WHERE name = 'events' AND pagetype = 'leaf' ORDER BY pageno DESC LIMIT 1"
        )
        page, size = leaf.fetchone()
    database.close()
    raw = bytearray(file.read_bytes())
    raw[(page - 1) * size] ^= 0xFF
    file.write_bytes(raw)
    with open_record(settings) as record:
        assert record.damage()
        with pytest.raises(RecordDamagedError):
            record.stored_rows()
