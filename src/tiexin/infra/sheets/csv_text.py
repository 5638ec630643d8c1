"""CSV for people: RFC 4180, UTF-8 with a byte-order mark (Excel reads Chinese rightly), numbers with a point."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

from tiexin.infra.sheets.cells import Cell, Column, ColumnKind, disarmed, moment_of, number_of, text_of

MEDIA_TYPE = "text/csv; charset=utf-8"
BYTE_ORDER_MARK = "\ufeff"
CHUNK_ROWS = 2_000


def chunks(columns: Sequence[Column], rows: Iterable[Sequence[Cell]]) -> Iterator[bytes]:
    """Yield the file piece by piece: the titles, then a few thousand rows at a time.

    Raises:
        SheetLimitError: a text is longer than a cell may be; names row and column.
    """
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\r\n")
    buffer.write(BYTE_ORDER_MARK)
    writer.writerow([disarmed(column.title) for column in columns])
    for number, row in enumerate(rows, 1):
        writer.writerow([_cell(column, cell, number) for column, cell in zip(columns, row, strict=True)])
        if number % CHUNK_ROWS == 0:
            yield _taken(buffer)
    yield _taken(buffer)


def _taken(buffer: io.StringIO) -> bytes:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text.encode("utf-8", "replace")


def _cell(column: Column, cell: Cell, row: int) -> str:
    if column.kind in {ColumnKind.NUMBER, ColumnKind.SHARE}:
        number = number_of(cell)
        if number is not None:
            return repr(number)
    if column.kind is ColumnKind.MOMENT and isinstance(cell, int):
        moment = moment_of(cell)
        if moment is not None:
            return moment.isoformat().replace("+00:00", "Z")
    return disarmed(text_of(cell, place=f"Row {row}, column {column.key}"))
