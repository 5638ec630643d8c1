"""The file formats of a generated run: CloudEvents JSON lines, plain or gzipped, and Parquet with the same columns."""

from __future__ import annotations

import gzip
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Protocol, Self

import msgspec

from tiexin.app.demo.contracts import FileFormat
from tiexin.app.demo.ledger import Wire

if TYPE_CHECKING:
    from collections.abc import Sequence

ROW_GROUP = 65_536
GZIP_LEVEL = 6


class Writer(Protocol):
    """Takes lines of CloudEvents JSON in order of time."""

    def write(self, lines: Sequence[bytes]) -> None:
        """Write some lines (without line ends)."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


class _LinesWriter:
    """JSON lines; the gzip header carries neither name nor time, so that equal runs give equal bytes."""

    def __init__(self, path: Path, *, zipped: bool) -> None:
        self._raw = path.open("wb")
        self._zip = gzip.GzipFile("", "wb", GZIP_LEVEL, self._raw, mtime=0) if zipped else None

    def write(self, lines: Sequence[bytes]) -> None:
        block = b"\n".join(lines) + b"\n" if lines else b""
        (self._zip or self._raw).write(block)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._zip:
            self._zip.close()
        self._raw.close()


class _ParquetWriter:
    """One column an attribute; ``time`` is a UTC timestamp in microseconds, ``data`` is JSON text."""

    def __init__(self, path: Path) -> None:
        import pyarrow as pa
        import pyarrow.parquet as pq

        self._arrow = pa
        self._names = Wire.__struct_fields__
        fields = [pa.field(n, pa.timestamp("us", "UTC") if n == "time" else pa.string()) for n in self._names]
        self._schema = pa.schema(fields)
        self._file = pq.ParquetWriter(path, self._schema, compression="zstd", version="2.6")
        self._decode = msgspec.json.Decoder(_Row).decode
        self._columns: dict[str, list[Any]] = {name: [] for name in self._names}

    def write(self, lines: Sequence[bytes]) -> None:
        rows = [self._decode(line) for line in lines]
        for name, column in self._columns.items():
            column.extend([getattr(row, name) for row in rows])
        if len(self._columns["id"]) >= ROW_GROUP:
            self._flush()

    def _flush(self) -> None:
        pa, arrays = self._arrow, []
        for field in self._schema:
            values = self._columns[field.name]
            if field.name == "data":
                values = [bytes(value).decode() for value in values]
            array = pa.array(values, pa.string())
            arrays.append(array.cast(field.type) if field.name == "time" else array)
        self._file.write_table(pa.Table.from_arrays(arrays, schema=self._schema), row_group_size=ROW_GROUP)
        self._columns = {name: [] for name in self._names}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None and self._columns["id"]:
            self._flush()
        self._file.close()


class _Row(msgspec.Struct):
    """A line as it is read for Parquet: like :class:`Wire`, with ``data`` left as text."""

    specversion: str
    id: str
    source: str
    type: str
    time: str
    datacontenttype: str
    data: msgspec.Raw
    subject: str | None = None
    channel: str | None = None
    journey: str | None = None
    case: str | None = None
    actor: str | None = None
    step: str | None = None
    lifecycle: str | None = None
    org: str | None = None
    product: str | None = None
    segment: str | None = None
    team: str | None = None


def open_writer(path: Path, file_format: FileFormat) -> Writer:
    """Return a writer of a format to a file; use it as a context."""
    if file_format is FileFormat.PARQUET:
        return _ParquetWriter(path)
    return _LinesWriter(path, zipped=file_format is FileFormat.JSONL_GZ)
