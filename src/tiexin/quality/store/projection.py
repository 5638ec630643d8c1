"""Quality's own projection for a server: typed facts of the whole record in memory, kept on disk by lake segment.

Each closed segment of the lake becomes one folder of narrow Parquet files under ``<home>/quality``, written once and
rebuilt when it is gone, when the segment's content differs or when the facts are defined anew. A server loads them
into DuckDB and adds the tail; no figure is approximated on the way. Where that takes long, a copy of the whole is kept
(see :mod:`tiexin.quality.store.snapshot`) and answers for the first moments after the next start.
"""

from __future__ import annotations

import contextlib
import shutil
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tiexin.kernel.errors import UnavailableError
from tiexin.quality.facts import ACTIVITY_SQL, DEFINITIONS_VERSION, DERIVED_FACTS, RAW_FACTS
from tiexin.quality.store import snapshot
from tiexin.quality.store.base import EXTENT_SQL, Extent, Slice

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

    from tiexin.record.api import Record, SegmentInfo

RAW_SQL = {name: fact.sql(source="{source}") for name, fact in RAW_FACTS.items()} | {"activity": ACTIVITY_SQL}
"""Fact → its query over a table of events named ``{source}``."""
EXTENT_PART_SQL = EXTENT_SQL.replace("FROM events", "FROM {source}")
NO_FACTS = ("access.", "system.", "record.", "org.")
"""Prefixes of events that no fact is made from."""
FIRST_IN_PERIOD = "(f.previous_us IS NULL OR f.previous_us < $since_us)"
PAUSE_FACTOR = 10
"""A refresh that took long is not repeated before ten times its duration has passed."""
STOPPING = "The server is stopping; ask again in a moment."
INTERRUPT_SECONDS = 0.1
"""Between two attempts to interrupt work in the background."""
QUICK_SECONDS = 1.0
"""A refresh that takes no longer is always done at once, so that small records are never behind."""


class ProjectionError(UnavailableError):
    """The projection cannot be read or written; says which folder to delete."""

    code = "quality_projection"


class Projection:
    """The facts of one record in memory, brought up to date when figures are asked for.

    Safe for use by several threads: every query runs on a cursor of its own and sees one complete state.
    """

    def __init__(self, folder: Path) -> None:
        import duckdb

        self._folder = folder / f"v{DEFINITIONS_VERSION}"
        config: dict[str, str | bool | int | float | list[str]] = {
            "preserve_insertion_order": False,
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        }
        self._connection = duckdb.connect(":memory:", config=config)
        # Compression in memory keeps texts as dictionaries, so conditions on channel or branch compare small numbers.
        self._connection.execute("ATTACH ':memory:' AS facts (COMPRESS)")
        self._connection.execute("USE facts")
        self._lock = threading.Lock()
        self._loaded: set[str] = set()
        self._position = -1
        self._extent = Extent(0, None, None, 0)
        self._cost_seconds = 0.0
        self._refreshed_at = 0.0
        self._standing_in = False
        self._background: threading.Thread | None = None
        self._busy: duckdb.DuckDBPyConnection | None = None
        self._asking: set[duckdb.DuckDBPyConnection] = set()
        self._closed = False

    def refresh(self, record: Record) -> None:
        """Bring the facts up to the record's position, unless an expensive refresh has only just been done.

        At the first call the copy of an earlier run, if there is one, stands in while the facts are loaded in the
        background.

        Raises:
            ProjectionError: the folder cannot be written or a file in it cannot be read.
        """
        if self._stand_in(record):
            return
        with self._lock:
            rested = time.monotonic() - self._refreshed_at >= PAUSE_FACTOR * self._cost_seconds
            due = self._position < 0 or self._cost_seconds <= QUICK_SECONDS or rested
            if not due or not self._has_news(record):
                return
            first = self._position < 0
            started = time.monotonic()
            self._load(record)
            self._refreshed_at = time.monotonic()
            # The first load says nothing about how long it takes to follow the record from there on.
            took = self._refreshed_at - started
            self._cost_seconds = 0.0 if first else took
            self._standing_in = False
        if first and took > QUICK_SECONDS:
            self._background = threading.Thread(target=self._keep, daemon=True)
            self._background.start()

    def _has_news(self, record: Record) -> bool:
        """Tell whether contacts have come since the last load; sign-ins and the like change no fact."""
        unchanged = None if self._position < 0 else record.only_beyond(self._position, NO_FACTS)
        self._position = self._position if unchanged is None else unchanged
        return unchanged is None

    def _stand_in(self, record: Record) -> bool:
        """Tell whether the copy of an earlier run answers at present."""
        if self._position >= 0 or self._standing_in:
            return self._standing_in
        with self._lock:
            if self._background is None and self._position < 0:
                named = {_part_name(segment) for segment in record.lake_segments()}
                found = snapshot.attach(self._connection, self._folder, parts=named, position=record.position())
                if not found:
                    return False
                self._standing_in = True
                self._background = threading.Thread(target=self._catch_up, args=(record,), daemon=True)
                self._background.start()
        return self._standing_in

    def _catch_up(self, record: Record) -> None:
        import duckdb

        with self._lock:
            try:
                self._load(record)
                self._refreshed_at = time.monotonic()
            except (duckdb.InterruptException, ProjectionError):
                return
            finally:  # a load that failed is tried again by whoever asks next, and tells him why
                self._standing_in = False
        self._keep()

    def _keep(self) -> None:
        """Write the copy for the next start; without it that start is slower, so a failure is no error."""
        import duckdb

        if not self._closed:
            with contextlib.suppress(OSError, duckdb.Error, ProjectionError), self._working() as cursor:
                snapshot.save(cursor, self._folder, parts=self._loaded, position=self._position)

    @contextmanager
    def _working(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """Yield a cursor for work that may take long; closing the projection interrupts it."""
        if self._closed:
            raise ProjectionError(STOPPING)
        cursor = self._connection.cursor()
        self._busy = cursor
        try:
            yield cursor
        finally:
            self._busy = None
            cursor.close()

    @contextmanager
    def facts(self) -> Iterator[ProjectedFacts]:
        """Yield the facts on a cursor of their own; everything read through it belongs to one state of the record."""
        import duckdb

        cursor = self._connection.cursor()
        self._asking.add(cursor)
        try:
            cursor.execute(f"USE {snapshot.ATTACHED if self._standing_in else 'facts'}")
            cursor.execute("BEGIN TRANSACTION READ ONLY")
            row = cursor.execute("SELECT events, first_us, last_us, position FROM extent").fetchone()
            yield ProjectedFacts(cursor, Extent(*(row or (0, None, None, 0))))
        except duckdb.InterruptException as error:
            raise ProjectionError(STOPPING) from error
        finally:
            self._asking.discard(cursor)
            cursor.close()

    def close(self) -> None:
        """Free the memory; questions, a load or a copy under way are interrupted.

        What was interrupted is no loss: a copy is made anew after the next start, and who asked is told to ask again.
        """
        self._closed = True
        while self._asking or self._busy is not None or (self._background is not None and self._background.is_alive()):
            for cursor in (*self._asking, self._busy):
                if cursor is not None:
                    cursor.interrupt()
            time.sleep(INTERRUPT_SECONDS)
        self._connection.close()

    def _load(self, record: Record) -> None:
        segments = record.lake_segments()
        files, tail = record.analysis_sources()
        if len(files) != len(segments):  # reading the tail has closed it into the lake
            segments = record.lake_segments()
        wanted = {_part_name(segment): record.lake_dir / segment.file for segment in segments}
        parts = {name: self._part(name, file) for name, file in wanted.items()}
        with self._working() as cursor:
            cursor.execute("USE facts")
            cursor.register("tail_events", tail)
            cursor.execute("BEGIN")
            try:
                self._fill(cursor, parts, files)
                cursor.execute("COMMIT")
            except BaseException:
                cursor.execute("ROLLBACK")
                raise
        self._loaded = set(parts)
        last = segments[-1].last if segments else 0
        self._position = max(last, last + len(tail))
        self._sweep(set(parts))

    def _fill(self, cursor: duckdb.DuckDBPyConnection, parts: Mapping[str, Path], files: list[Path]) -> None:
        """Add new segments and replace the tail in every raw fact, then derive the others anew."""
        fresh = [part for name, part in parts.items() if name not in self._loaded]
        rebuild = not self._loaded or not self._loaded <= set(parts)
        if rebuild:
            fresh = list(parts.values())
        for name, sql in (RAW_SQL | {"extents": EXTENT_PART_SQL}).items():
            text = sql.format(source="tail_events").replace("MICROSECONDS_OF", "EPOCH_US")
            tail = f"SELECT *, TRUE AS in_tail FROM ({text})"
            if rebuild:
                cursor.execute(f"CREATE OR REPLACE TABLE {name} AS {tail} LIMIT 0")
            else:
                cursor.execute(f"DELETE FROM {name} WHERE in_tail")
            if fresh:
                listed = ", ".join(f"'{part / (name + '.parquet')}'" for part in fresh)
                cursor.execute(f"INSERT INTO {name} SELECT *, FALSE FROM read_parquet([{listed}])")
            cursor.execute(f"INSERT INTO {name} {tail}")
        cursor.execute(
            "CREATE OR REPLACE TABLE extent AS SELECT COALESCE(SUM(events), 0)::BIGINT AS events, "
            "MIN(first_us) AS first_us, MAX(last_us) AS last_us, COALESCE(MAX(position), 0) AS position FROM extents"
        )
        for name, (sql, _raw) in DERIVED_FACTS.items():
            cursor.execute(f"CREATE OR REPLACE TABLE {name} AS {sql}")
        _number_customers(cursor)
        self._keep_events(cursor, files)

    @staticmethod
    def _keep_events(cursor: duckdb.DuckDBPyConnection, files: list[Path]) -> None:
        """Make ``events`` readable for the contacts behind a figure: the lake where it lies, the tail in memory."""
        cursor.execute("CREATE OR REPLACE TABLE recent_events AS SELECT * FROM tail_events")
        lake = ""
        if files:
            listed = ", ".join("'" + str(file).replace("'", "''") + "'" for file in files)
            lake = f"SELECT * FROM read_parquet([{listed}]) UNION ALL BY NAME "
        cursor.execute(f"CREATE OR REPLACE VIEW events AS {lake}SELECT * FROM recent_events")

    def _part(self, name: str, segment: Path) -> Path:
        """Return the folder of one segment's facts, written whole or not at all."""
        import duckdb

        target = self._folder / name
        if target.is_dir():
            return target
        temporary = self._folder / f".{name}.tmp"
        try:
            shutil.rmtree(temporary, ignore_errors=True)
            temporary.mkdir(parents=True)
            with duckdb.connect(":memory:") as connection:
                source = "read_parquet('" + str(segment).replace("'", "''") + "')"
                for fact, sql in (RAW_SQL | {"extents": EXTENT_PART_SQL}).items():
                    text = sql.format(source=source).replace("MICROSECONDS_OF", "EPOCH_US")
                    file = str(temporary / f"{fact}.parquet").replace("'", "''")
                    connection.execute(f"COPY ({text}) TO '{file}' (FORMAT parquet, COMPRESSION zstd)")
            temporary.rename(target)
        except (OSError, duckdb.Error) as error:
            msg = f"The facts of {segment.name} cannot be written under {self._folder}: {error}"
            raise ProjectionError(msg, folder=str(self._folder)) from error
        return target

    def _sweep(self, named: set[str]) -> None:
        """Remove facts of segments that the lake no longer names, and of older definitions."""
        if not self._folder.is_dir():
            return
        for folder in [*self._folder.iterdir(), *self._folder.parent.iterdir()]:
            kept = folder.name in named or folder.name.startswith((".", "snapshot"))
            if folder != self._folder and not kept:
                shutil.rmtree(folder, ignore_errors=True)


def _part_name(segment: SegmentInfo) -> str:
    return f"{segment.first:020d}-{segment.last:020d}-{segment.sha256[:16]}"


def _number_customers(cursor: duckdb.DuckDBPyConnection) -> None:
    """Give customers dense numbers: counting distinct small integers needs no hash of texts."""
    cursor.execute(
        "CREATE OR REPLACE TABLE customers AS SELECT subject, "
        "(ROW_NUMBER() OVER () - 1)::INTEGER AS customer FROM (SELECT DISTINCT subject FROM activity)"
    )
    cursor.execute(
        "CREATE OR REPLACE TABLE active AS SELECT a.time_us, c.customer, a.channel, a.org, a.product, a.segment, "
        "LAG(a.time_us) OVER (PARTITION BY c.customer ORDER BY a.time_us) AS previous_us "
        "FROM activity AS a JOIN customers AS c ON a.subject = c.subject ORDER BY a.time_us"
    )


class ProjectedFacts:
    """The facts of one state of the projection; see :class:`tiexin.quality.store.base.Facts`."""

    def __init__(self, cursor: duckdb.DuckDBPyConnection, extent: Extent) -> None:
        self._cursor = cursor
        self._extent = extent

    def need(self, *names: str) -> None:
        """Do nothing: every fact is there."""

    def query(self, sql: str, params: Mapping[str, Any] | None = None) -> pa.Table:
        """Return the rows of one SELECT."""
        used = {name: value for name, value in (params or {}).items() if f"${name}" in sql}
        return self._cursor.execute(sql, used).to_arrow_table()

    def extent(self) -> Extent:
        """Return what the record holds."""
        return self._extent

    def active_customers(self, piece: Slice) -> dict[str | None, int]:
        """Return how many distinct customers have an event in a slice, by key."""
        everybody = all(condition.startswith("f.time_us ") for condition in piece.conditions)
        if everybody and piece.key == Slice().key:
            # A customer is counted at his first event of the period: the one whose event before lies outside it.
            first = "f.previous_us IS NULL" if "since_us" not in piece.params else FIRST_IN_PERIOD
            sql = f"SELECT {piece.key} AS key, COUNT(*) AS n {piece.source('active', first)} GROUP BY 1"
        else:
            sql = f"SELECT {piece.key} AS key, COUNT(DISTINCT f.customer) AS n {piece.source('active')} GROUP BY 1"
        return {row["key"]: row["n"] for row in self.query(sql, piece.params).to_pylist()}
