"""Following: a projection's writes and its position are committed together."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
import sqlalchemy as sa

from tests.support.events import calls
from tiexin.record.api import Record
from tiexin.record.contracts import RecordedEvent


class CrashError(Exception):
    pass


def seen(record: Record) -> list[int]:
    with record.database.read() as connection:
        return [row[0] for row in connection.execute(sa.text("SELECT position FROM seen ORDER BY position"))]


def keep(connection: sa.Connection, events: Sequence[RecordedEvent]) -> None:
    rows = [{"position": found.position} for found in events]
    connection.execute(sa.text("INSERT INTO seen (position) VALUES (:position)"), rows)


@pytest.fixture(autouse=True)
def _table(record: Record) -> None:
    with record.database.write() as connection:
        connection.execute(sa.text("CREATE TABLE seen (position BIGINT)"))


def test_each_event_is_handled_once_in_order(record: Record) -> None:
    record.append(calls(25))
    assert [record.project("p", keep, batch=10) for _ in range(4)] == [10, 10, 5, 0]
    record.append(calls(2, first=25))
    assert [record.project("p", keep, batch=10), record.project("p", keep, batch=10)] == [2, 0]
    assert seen(record) == list(range(1, 28))


def test_a_handler_that_fails_leaves_no_trace_and_is_repeated(record: Record) -> None:
    record.append(calls(5))

    def fail(connection: sa.Connection, events: Sequence[RecordedEvent]) -> None:
        keep(connection, events)
        raise CrashError

    with pytest.raises(CrashError):
        record.project("p", fail)
    assert seen(record) == []
    assert record.project("p", keep) == 5
    assert seen(record) == [1, 2, 3, 4, 5]


def test_two_projections_have_a_position_each(record: Record) -> None:
    record.append(calls(3))
    assert record.project("a", keep) == 3
    assert record.project("b", keep) == 3
    assert record.project("a", keep) == 0
    assert seen(record) == [1, 1, 2, 2, 3, 3]
