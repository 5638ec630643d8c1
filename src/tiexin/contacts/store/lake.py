"""The lake and the tail beyond it as one view in DuckDB, kept open between questions."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import duckdb

    from tiexin.record.api import Record

MEMORY_LIMIT = "1GB"
COUNTS_CACHED_MAX = 256
Rows = list[tuple[Any, ...]]


class LakeView:
    """Answers questions over all events of a record; safe in several threads at once.

    Closed segments never change, so counts over them are kept and only the tail is counted anew.
    """

    def __init__(self) -> None:
        self._opened: duckdb.DuckDBPyConnection | None = None
        self._lock = threading.Lock()
        self._position = -1
        self._files: tuple[str, ...] = ()
        self._counts: OrderedDict[tuple[object, ...], Rows] = OrderedDict()

    @contextmanager
    def opened(self, record: Record) -> Iterator[LakeCursor]:
        """Yield a cursor over the record as it stands now."""
        with self._lock:
            connection = self._refresh(record)
            cursor = connection.cursor()
            files = self._files
        try:
            yield LakeCursor(self, cursor, files)
        finally:
            cursor.close()

    def close(self) -> None:
        """Free the memory; the next question opens it again."""
        with self._lock:
            if self._opened is not None:
                self._opened.close()
            self._opened, self._position = None, -1
            self._counts.clear()

    def _refresh(self, record: Record) -> duckdb.DuckDBPyConnection:
        """Return the connection with the events of the record as it stands now."""
        connection = self._opened = self._opened or _connect()
        position = record.position()
        if position == self._position:
            return connection
        files, tail = record.analysis_sources()
        connection.register("tail_arrow", tail)
        connection.execute("CREATE OR REPLACE TABLE tail AS SELECT * FROM tail_arrow")
        connection.unregister("tail_arrow")
        named = tuple(str(file) for file in files)
        if named != self._files or self._position < 0:
            listed = ", ".join("'" + name.replace("'", "''") + "'" for name in named)
            lake = f"SELECT * FROM read_parquet([{listed}])" if named else "SELECT * FROM tail LIMIT 0"
            connection.execute(f"CREATE OR REPLACE VIEW lake AS {lake}")
            connection.execute(
                "CREATE OR REPLACE VIEW events AS SELECT * FROM lake UNION ALL BY NAME SELECT * FROM tail"
            )
            self._files = named
        self._position = position
        return connection

    def kept(self, key: tuple[object, ...]) -> Rows | None:
        """Return rows kept under a key, None when there are none."""
        with self._lock:
            found = self._counts.get(key)
            if found is not None:
                self._counts.move_to_end(key)
            return found

    def keep(self, key: tuple[object, ...], rows: Rows) -> None:
        """Keep rows under a key; the ones used longest ago make room."""
        with self._lock:
            self._counts[key] = rows
            while len(self._counts) > COUNTS_CACHED_MAX:
                self._counts.popitem(last=False)


def _connect() -> duckdb.DuckDBPyConnection:
    import duckdb

    config: dict[str, str | bool | int | float | list[str]] = {
        "preserve_insertion_order": False,
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
        "memory_limit": MEMORY_LIMIT,
    }
    return duckdb.connect(":memory:", config=config)


class LakeCursor:
    """One question's way to the events."""

    def __init__(self, view: LakeView, cursor: duckdb.DuckDBPyConnection, files: tuple[str, ...]) -> None:
        self._view = view
        self._cursor = cursor
        self._files = files

    def rows(self, sql: str, params: dict[str, Any]) -> Rows:
        """Return the rows of one SELECT over ``events``."""
        return self._cursor.execute(sql, _named(sql, params)).fetchall()

    def counted(self, sql: str, params: dict[str, Any]) -> Rows:
        """Return the rows of a counting SELECT over ``{source}``: those of the lake (kept), then those of the tail."""
        used = _named(sql, params)
        key = (self._files, sql, tuple(sorted(used.items())))
        lake = self._view.kept(key)
        if lake is None:
            lake = self._cursor.execute(sql.format(source="lake"), used).fetchall()
            self._view.keep(key, lake)
        return lake + self._cursor.execute(sql.format(source="tail"), used).fetchall()


def _named(sql: str, params: dict[str, Any]) -> dict[str, Any]:
    """DuckDB refuses parameters that the text does not name."""
    return {name: value for name, value in params.items() if f"${name}" in sql}
