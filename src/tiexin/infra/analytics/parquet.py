"""Parquet files and a tail read together, without going through SQL."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq


def read_encoded(paths: Sequence[Path], tail: pa.Table | None, columns: Sequence[str]) -> pa.Table:
    """Return the columns of all files and the tail, text columns as one dictionary each (int32 codes).

    Raises:
        ValueError: neither a file nor a tail was given.
    """
    pieces = [_read(path, columns) for path in paths]
    if tail is not None:
        pieces.append(_encode(tail.select(list(columns))))
    if not pieces:
        msg = "a view needs at least one file or a tail"
        raise ValueError(msg)
    # A segment knows that its times are never null, the tail does not: the looser of the two holds for the whole.
    return pa.concat_tables(pieces, promote_options="default").unify_dictionaries()


def _read(path: Path, columns: Sequence[str]) -> pa.Table:
    # ParquetFile, not read_table: that would import pyarrow.dataset and with it pandas, 0.8 CPU seconds.
    schema = pq.read_schema(path)
    texts = [name for name in columns if _is_text(schema.field(name).type)]
    with pq.ParquetFile(path, read_dictionary=texts) as file:
        return file.read(columns=list(columns), use_threads=True)


def _encode(table: pa.Table) -> pa.Table:
    encoded = [column.dictionary_encode() if _is_text(column.type) else column for column in table.itercolumns()]
    return pa.table(encoded, names=table.column_names)


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))
