"""Tables as streams of rows: CSV and TSV (plain or gzipped), Parquet, and JSON lines (plain or gzipped)."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Protocol

import msgspec

from tiexin.record.imports.bytesource import ByteSource, missing
from tiexin.record.imports.encodings import detect_encoding, encoding_named
from tiexin.record.imports.model import (
    COLUMNS_MAX,
    ROW_BYTES_MAX,
    ImportFileError,
    ImportFileMissingError,
    ImportLimitError,
    ImportOptionError,
    Reject,
    shown,
)
from tiexin.record.imports.reasons import Reason

PARQUET_MAGIC = b"PAR1"
PARQUET_ROWS = 2_000
SNIFF_CHARS = 64 * 1024
DELIMITERS = ",;\t|"
_SURROGATE = re.compile("[\ud800-\udfff]")


class TableRow(msgspec.Struct, frozen=True, gc=False):
    """One row: its line (the row's number for Parquet), its values in the order of the columns, its size in bytes."""

    line: int
    size: int
    values: Sequence[Any]
    reject: Reject | None = None


class Table(Protocol):
    """A file that is open as a table."""

    @property
    def columns(self) -> list[str]:
        """The names of the columns, in file order."""

    @property
    def done_share(self) -> float:
        """How much of the file was read, from 0 to 1."""

    def rows(self) -> Iterator[TableRow]:
        """Yield the rows in file order."""


class CsvTable:
    """CSV or TSV with a header line (RFC 4180 quoting); blank lines are not rows."""

    def __init__(self, path: Path, *, encoding: str | None = None, delimiter: str | None = None) -> None:
        self.encoding = encoding_named(encoding) if encoding else detect_encoding(path)
        if self.encoding == "utf-8":
            self.encoding = "utf-8-sig"
        self._path = path
        self._source = ByteSource(path)
        self._text = io.TextIOWrapper(
            io.BufferedReader(self._source), encoding=self.encoding, errors="surrogateescape", newline=""
        )
        csv.field_size_limit(ROW_BYTES_MAX)
        head = self._first_line()
        self.delimiter = delimiter or _delimiter_of(head, path)
        self._reader = csv.reader(self._lines(head), delimiter=self.delimiter, strict=True)
        try:
            self.columns = [name.strip() for name in next(self._reader, [])]
        except csv.Error as error:
            raise self._fault(1, f"the header cannot be read: {error}") from error
        if not any(self.columns):
            raise self._fault(1, "the file has no header line")
        if len(self.columns) > COLUMNS_MAX:
            message = f"{path.name} has {len(self.columns):,} columns; the limit is {COLUMNS_MAX:,}."
            raise ImportLimitError(message, file=str(path), limit=COLUMNS_MAX)

    @property
    def done_share(self) -> float:
        """How much of the file was read, from 0 to 1."""
        return self._source.done_share

    def rows(self) -> Iterator[TableRow]:
        """Yield the rows in file order; a row that cannot be split into its columns carries the reason."""
        width = len(self.columns)
        with self._text:
            while True:
                line = self._reader.line_num + 1
                try:
                    values = next(self._reader)
                except StopIteration:
                    return
                except csv.Error as error:
                    yield TableRow(line, 0, [], Reject(Reason.MALFORMED_ROW, detail=str(error)))
                    continue
                if not values:
                    continue
                size = sum(map(len, values)) + 4 * width
                yield TableRow(line, size, values, self._problem(values, width))

    def _problem(self, values: list[str], width: int) -> Reject | None:
        if len(values) != width:
            return Reject(Reason.WRONG_COLUMN_COUNT, detail=f"{len(values)} instead of {width}")
        for name, value in zip(self.columns, values, strict=True):
            if not value.isascii() and _SURROGATE.search(value):
                return Reject(Reason.BAD_ENCODING, name, shown(value), f"not valid {self.encoding}")
        return None

    def _first_line(self) -> str:
        return next(self._read_lines(), "")

    def _lines(self, head: str) -> Iterator[str]:
        yield head
        yield from self._read_lines()

    def _read_lines(self) -> Iterator[str]:
        while True:
            try:
                line = self._text.readline(ROW_BYTES_MAX)
            except UnicodeError as error:
                raise self._fault(None, f"the text is not valid {self.encoding} ({error})") from error
            if not line:
                return
            if len(line) >= ROW_BYTES_MAX:
                message = f"{self._path.name} has a line longer than {ROW_BYTES_MAX:,} characters, which is the limit."
                raise ImportLimitError(message, file=str(self._path), limit=ROW_BYTES_MAX)
            yield line

    def _fault(self, line: int | None, what: str) -> ImportFileError:
        message = f"{self._path.name}: {what}. Rows before that place were kept."
        return ImportFileError(message, file=str(self._path), line=line)


class JsonLinesTable:
    """JSON lines: one object a line; a column is a member, with dots for members of members."""

    def __init__(self, path: Path, *, columns: Sequence[str], encoding: str | None = None) -> None:
        self.encoding = encoding_named(encoding) if encoding else detect_encoding(path)
        self.columns = [*columns, WHOLE_LINE]
        self._paths = [tuple(name.split(".")) for name in columns]
        self._source = ByteSource(path)
        self._path = path

    @property
    def done_share(self) -> float:
        """How much of the file was read, from 0 to 1."""
        return self._source.done_share

    def rows(self) -> Iterator[TableRow]:
        """Yield the rows in file order; the last value of each is the whole object."""
        for number, line in json_lines(self._source):
            try:
                body: bytes | str = line if self.encoding == "utf-8" else line.decode(self.encoding)
                found = msgspec.json.decode(body)
            except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
                yield TableRow(number, 0, [], Reject(Reason.MALFORMED_ROW, detail=str(error)[:200]))
                continue
            if not isinstance(found, dict):
                yield TableRow(number, 0, [], Reject(Reason.MALFORMED_ROW, detail="the line is not a JSON object"))
                continue
            values = [found.get(parts[0]) if len(parts) == 1 else _member(found, parts) for parts in self._paths]
            yield TableRow(number, len(line), [*values, found])


WHOLE_LINE = "\0line"
"""Name of the column that holds the whole object of a JSON line; no mapping can name it."""


def json_lines(source: ByteSource) -> Iterator[tuple[int, bytes]]:
    """Yield number and bytes of each line that is not blank.

    Raises:
        ImportLimitError: a line is longer than the limit.
    """
    with io.BufferedReader(source, buffer_size=256 * 1024) as stream:
        number = 0
        while line := stream.readline(ROW_BYTES_MAX + 1):
            number += 1
            if len(line) > ROW_BYTES_MAX:
                message = f"{source.path.name}, line {number}: longer than {ROW_BYTES_MAX:,} bytes, which is the limit."
                raise ImportLimitError(message, file=str(source.path), line=number, limit=ROW_BYTES_MAX)
            if number == 1:
                line = line.removeprefix(b"\xef\xbb\xbf")
            line = line.strip()
            if line:
                yield number, line


class ParquetTable:
    """A Parquet file; line numbers are row numbers from 1."""

    def __init__(self, path: Path) -> None:
        import pyarrow as pa
        import pyarrow.parquet as pq

        self._path = path
        self._done = 0
        try:
            self._file = pq.ParquetFile(path)
        except FileNotFoundError as error:
            raise missing(path, error) from error
        except (pa.ArrowException, OSError) as error:
            raise self._fault(str(error)) from error
        self.columns: list[str] = list(self._file.schema_arrow.names)
        self._total = max(self._file.metadata.num_rows, 1)

    @property
    def done_share(self) -> float:
        """How much of the file was read, from 0 to 1."""
        return float(self._done / self._total)

    def rows(self) -> Iterator[TableRow]:
        """Yield the rows in file order."""
        import pyarrow as pa

        batches = self._file.iter_batches(batch_size=PARQUET_ROWS)
        while True:
            try:
                batch = next(batches, None)
                if batch is None:
                    return
                columns = [_values(column) for column in batch.columns]
            except (pa.ArrowException, OSError, ValueError, OverflowError) as error:
                raise self._fault(str(error)) from error
            size = 2 * batch.nbytes // max(batch.num_rows, 1) + 4 * len(columns)
            for values in zip(*columns, strict=True):
                self._done += 1
                yield TableRow(self._done, size, values)

    def _fault(self, what: str) -> ImportFileError:
        message = (
            f"{self._path.name} is not a readable Parquet file after row {self._done:,}: {what.splitlines()[0][:200]}. "
            "Rows before that place were kept."
        )
        return ImportFileError(message, file=str(self._path), line=self._done)


def _values(column: Any) -> list[Any]:
    import pyarrow as pa

    if pa.types.is_timestamp(column.type) and column.type.unit == "ns":
        column = column.cast(pa.timestamp("us", column.type.tz), safe=False)
    found: list[Any] = column.to_pylist()
    return found


def _member(found: Any, parts: tuple[str, ...]) -> Any:
    for part in parts:
        if not isinstance(found, dict):
            return None
        found = found.get(part)
    return found


def _delimiter_of(head: str, path: Path) -> str:
    if path.name.removesuffix(".gz").endswith((".tsv", ".tab")):
        return "\t"
    bare = re.sub(r'"[^"]*"', "", head)
    return max(DELIMITERS, key=bare.count)


def format_of(path: Path) -> str:
    """Return ``csv``, ``parquet`` or ``jsonl`` for a file, from its first bytes and its name.

    Raises:
        ImportFileMissingError: it cannot be opened.
        ImportOptionError: it is empty.
    """
    with ByteSource(path) as stream:
        head = stream.take(64)
    if not head:
        message = f"{path.name} is empty. Nothing was imported."
        raise ImportOptionError(message, file=str(path))
    if head.startswith(PARQUET_MAGIC):
        return "parquet"
    name = path.name.removesuffix(".gz")
    if name.endswith((".jsonl", ".ndjson")) or head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        return "jsonl"
    return "csv"


__all__ = ["CsvTable", "ImportFileMissingError", "JsonLinesTable", "ParquetTable", "Table", "TableRow", "format_of"]
