"""The lake: closed stretches of the record as immutable Parquet segments, one range of positions each.

One writer at a time (a file lock); a segment is written beside, synced and renamed before the manifest names it, so a
crash leaves at most an unnamed file, which the next writer removes. Personal content never enters the lake.

The record's database remembers how far it has been closed, and the manifest whose segments it names. Segments of
another record, or of a future that a restored backup does not know, are therefore not read; the next writer replaces
them.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import sqlalchemy as sa

from tiexin.infra.db import Database
from tiexin.infra.files import locked, sync_folder, write_durably
from tiexin.kernel.errors import UnavailableError
from tiexin.record.store.read import position_of
from tiexin.record.tables import ENVELOPE_COLUMNS, counter, events

if TYPE_CHECKING:
    import pyarrow as pa

MANIFEST = "manifest.json"
ROWS_READ = 20_000
"""Rows fetched from the table at once."""
ROW_GROUP = 122_880
ANALYSIS_COLUMNS = ("position", "time_us", *ENVELOPE_COLUMNS, "data")
"""The columns of the analysis table ``events``, in order."""
DICTIONARY = [name for name in ENVELOPE_COLUMNS if name != "id"]
CHUNK_BYTES = 1 << 20


class LakeError(UnavailableError):
    """A segment that the manifest names is missing or not what was written; names the file."""

    code = "lake_damaged"


class SegmentInfo(msgspec.Struct, frozen=True, kw_only=True):
    """One segment: its file, its range of positions (inclusive), rows, time bounds (UTC µs), size and SHA-256."""

    file: str
    first: int
    last: int
    rows: int
    time_min_us: int
    time_max_us: int
    bytes: int
    sha256: str


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """Which segments make up the lake of a record (its identity), in order of position and without gaps."""

    version: int = 1
    record: str = ""
    segments: list[SegmentInfo] = []

    @property
    def position(self) -> int:
        """The last position that the lake holds, 0 when it is empty."""
        return self.segments[-1].last if self.segments else 0


class Lake:
    """The segments of one installation."""

    def __init__(self, folder: Path, database: Database, *, segment_max: int) -> None:
        self.folder = folder
        self._database = database
        self._segment_max = segment_max

    def manifest(self) -> Manifest:
        """Return which segments there are; those that are not of this record's present state are left out.

        Raises:
            LakeError: the manifest cannot be read.
        """
        with self._database.read() as connection:
            own = connection.execute(sa.select(counter.c.identity, counter.c.lake_position)).one()
        file = self.folder / MANIFEST
        if not file.exists():
            return Manifest(record=own.identity)
        try:
            found = msgspec.json.decode(file.read_bytes(), type=Manifest)
        except (OSError, msgspec.DecodeError) as error:
            msg = f"The lake's manifest {file} cannot be read: {error}. Delete the folder to rebuild it."
            raise LakeError(msg, file=str(file)) from error
        known = found.segments if found.record == own.identity else []
        return Manifest(record=own.identity, segments=[each for each in known if each.last <= own.lake_position])

    def close_to(self, position: int | None = None) -> Manifest:
        """Write everything up to ``position`` (default: all there is) into segments; return the manifest."""
        with locked(self.folder / ".lock"):
            found = self.manifest()
            self._remove_unnamed(found)
            with self._database.read() as connection:
                end = position_of(connection) if position is None else position
            while found.position < end:
                last = min(end, found.position + self._segment_max)
                segment = self._write_segment(found.position + 1, last)
                found = Manifest(record=found.record, segments=[*found.segments, segment])
                write_durably(self.folder / MANIFEST, msgspec.json.format(msgspec.json.encode(found)))
                with self._database.write() as connection:
                    connection.execute(sa.update(counter).values(lake_position=last))
        return found

    def tail(self, after: int) -> pa.Table:
        """Return the events beyond ``after`` that are in the table, as an Arrow table of the analysis columns."""
        import pyarrow as pa

        with self._database.read() as connection:
            batches = list(_read_batches(connection, after + 1, position_of(connection)))
        return pa.Table.from_batches(batches, schema=arrow_schema())

    def verify(self) -> list[str]:
        """Compare every segment with its SHA-256; return the names of those that differ or are missing."""
        return [
            segment.file
            for segment in self.manifest().segments
            if not (self.folder / segment.file).is_file() or _digest(self.folder / segment.file) != segment.sha256
        ]

    def _write_segment(self, first: int, last: int) -> SegmentInfo:
        import pyarrow.parquet as pq

        name = f"segment-{first:020d}-{last:020d}.parquet"
        temporary = self.folder / f".{name}.tmp"
        rows, bounds = 0, []
        options: dict[str, Any] = {"compression": "zstd", "use_dictionary": DICTIONARY, "write_statistics": True}
        with self._database.read() as connection, pq.ParquetWriter(temporary, arrow_schema(), **options) as writer:
            for batch in _in_row_groups(_read_batches(connection, first, last)):
                times = batch.column("time_us").to_numpy()
                bounds += [int(times.min()), int(times.max())]
                rows += batch.num_rows
                writer.write_table(batch, row_group_size=ROW_GROUP)
        if rows != last - first + 1:
            temporary.unlink()
            msg = f"The record has {rows} events at positions {first} to {last}; positions must be dense"
            raise LakeError(msg)
        return self._publish(temporary, name, first=first, last=last, rows=rows, bounds=bounds)

    def _publish(
        self, temporary: Path, name: str, *, first: int, last: int, rows: int, bounds: list[int]
    ) -> SegmentInfo:
        with temporary.open("rb") as stream:
            os.fsync(stream.fileno())
        info = SegmentInfo(
            file=name,
            first=first,
            last=last,
            rows=rows,
            time_min_us=min(bounds),
            time_max_us=max(bounds),
            bytes=temporary.stat().st_size,
            sha256=_digest(temporary),
        )
        temporary.replace(self.folder / name)
        sync_folder(self.folder)
        return info

    def _remove_unnamed(self, found: Manifest) -> None:
        named = {segment.file for segment in found.segments}
        for file in [*self.folder.glob("segment-*.parquet"), *self.folder.glob(".segment-*.tmp")]:
            if file.name not in named:
                file.unlink()


def arrow_schema() -> pa.Schema:
    """Return the Arrow schema of the analysis table."""
    import pyarrow as pa

    required = {"position", "time_us", "type", "source", "id", "data"}
    return pa.schema(
        pa.field(name, pa.int64() if name in {"position", "time_us"} else pa.string(), nullable=name not in required)
        for name in ANALYSIS_COLUMNS
    )


def _read_batches(connection: sa.Connection, first: int, last: int) -> Iterator[pa.RecordBatch]:
    import pyarrow as pa

    schema = arrow_schema()
    query = sa.select(*(events.c[name] for name in ANALYSIS_COLUMNS)).order_by(events.c.position)
    for start in range(first, last + 1, ROWS_READ):
        end = min(last, start + ROWS_READ - 1)
        part = query.where(events.c.position.between(start, end))
        compiled = part.compile(connection, compile_kwargs={"literal_binds": True})
        cursor = connection.connection.cursor()  # the driver's tuples: rows of SQLAlchemy cost twice as much
        cursor.execute(str(compiled))
        rows = cursor.fetchall()
        if rows:
            columns = zip(*rows, strict=True)
            arrays = [pa.array(values, field.type) for values, field in zip(columns, schema, strict=True)]
            yield pa.RecordBatch.from_arrays(arrays, schema=schema)


def _in_row_groups(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.Table]:
    """Gather small reads into tables of about one row group."""
    import pyarrow as pa

    waiting: list[pa.RecordBatch] = []
    for batch in batches:
        waiting.append(batch)
        if sum(part.num_rows for part in waiting) + ROWS_READ > ROW_GROUP:
            yield pa.Table.from_batches(waiting)
            waiting = []
    if waiting:
        yield pa.Table.from_batches(waiting)


def _digest(file: Path) -> str:
    found = hashlib.sha256()
    with file.open("rb") as stream:
        while chunk := stream.read(CHUNK_BYTES):
            found.update(chunk)
    return found.hexdigest()
