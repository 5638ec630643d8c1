"""CloudEvents as JSON lines (plain or gzipped), as ``tiexin record export`` writes them, or as a Parquet table."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec

from tiexin.kernel.errors import MalformedError
from tiexin.record.errors import EventsRefusedError
from tiexin.record.imports.bytesource import ByteSource
from tiexin.record.imports.model import ROWS_MAX, ImportLimitError, Item, Reject
from tiexin.record.imports.reasons import Reason
from tiexin.record.imports.tables import ParquetTable, json_lines
from tiexin.record.wire import decode_event


class CloudEventsReader:
    """Reads one file; the events keep their own sources and ids."""

    def __init__(self, path: Path, *, source: str) -> None:
        self.source = source
        self._stream = ByteSource(path)

    @property
    def done_share(self) -> float:
        """How much of the file was read, from 0 to 1."""
        return self._stream.done_share

    def items(self) -> Iterator[Item]:
        """Yield one item a line, in file order; blank lines are not events."""
        for count, (number, line) in enumerate(json_lines(self._stream), 1):
            if count > ROWS_MAX:
                message = f"The file has more than {ROWS_MAX:,} events, which is the limit. Events before were kept."
                raise ImportLimitError(message, limit=ROWS_MAX, line=number)
            yield _item(number, len(line), line)


class CloudEventsParquetReader:
    """Reads a Parquet file of events: one column an attribute, ``data`` as JSON text, as ``tiexin generate`` writes."""

    def __init__(self, path: Path, *, source: str) -> None:
        self.source = source
        self._table = ParquetTable(path)

    @property
    def done_share(self) -> float:
        """How much of the file was read, from 0 to 1."""
        return self._table.done_share

    def items(self) -> Iterator[Item]:
        """Yield one item a row, in file order; an empty cell is an attribute that the event does not have."""
        names = self._table.columns
        for row in self._table.rows():
            if row.line > ROWS_MAX:
                message = f"The file has more than {ROWS_MAX:,} events, which is the limit. Events before were kept."
                raise ImportLimitError(message, limit=ROWS_MAX, line=row.line)
            found = {name: value for name, value in zip(names, row.values, strict=True) if value is not None}
            if isinstance(found.get("data"), str):
                found["data"] = msgspec.Raw(found["data"].encode())
            yield _item(row.line, row.size, msgspec.json.encode(found))


def _item(number: int, size: int, text: bytes) -> Item:
    try:
        return Item(number, size, decode_event(text))
    except EventsRefusedError as error:
        problem = error.problems[0]
        return Item(number, size, None, Reject(Reason.RECORD_REFUSED, problem.member, None, problem.reason))
    except MalformedError as error:
        return Item(number, size, None, Reject(Reason.MALFORMED_ROW, None, None, error.message))
