"""Tables read through a mapping: each row becomes an event or a reject with line, column, reason and value."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from string import Formatter
from typing import Any

import msgspec

from tiexin.record.imports.compiled import RowMapper, Surroundings
from tiexin.record.imports.mapping import Envelope, Field, Mapping, RowKind, parts_of
from tiexin.record.imports.model import (
    ROW_BYTES_MAX,
    ROWS_MAX,
    ImportLimitError,
    ImportSpec,
    Item,
    MappingError,
    Reject,
    RowError,
)
from tiexin.record.imports.reasons import Reason
from tiexin.record.imports.rowkeys import RowKeys
from tiexin.record.imports.tables import CsvTable, JsonLinesTable, ParquetTable, Table, TableRow, format_of

ENVELOPE_BYTES = 420
_encode = msgspec.json.Encoder(order="deterministic").encode


class MappedReader:
    """Reads a table through the first of several mappings whose columns it has."""

    def __init__(
        self,
        path: Path,
        mappings: list[tuple[str, Mapping]],
        *,
        spec: ImportSpec,
        stem: str,
        source: Callable[[Mapping], str],
        keys: RowKeys,
        pseudonymise: Callable[[str, str], str],
    ) -> None:
        self._table, name, mapping = open_table(path, mappings, encoding=spec.encoding)
        self.source = source(mapping)
        steps = any(part.event.step is not None for _, part in parts_of(mapping))
        around = Surroundings(
            name=name,
            source=self.source,
            journey=spec.journey,
            journey_default=stem if steps else None,
            zone=spec.zone,
            pseudonymise=pseudonymise,
        )
        self._mapper = RowMapper(mapping, self._table.columns, around)
        self._keys = keys
        self._whole = isinstance(self._table, JsonLinesTable)

    @property
    def columns(self) -> list[str]:
        """The names of the table's columns, in file order."""
        return [name for name in self._table.columns if "\0" not in name]

    @property
    def done_share(self) -> float:
        """How much of the file was read, from 0 to 1."""
        return self._table.done_share

    def items(self) -> Iterator[Item]:
        """Yield one item a row, in file order."""
        for number, row in enumerate(self._table.rows(), 1):
            if number > ROWS_MAX:
                message = f"The file has more than {ROWS_MAX:,} rows, which is the limit. Rows before were kept."
                raise ImportLimitError(message, limit=ROWS_MAX, line=row.line)
            yield self._item(row)

    def _item(self, row: TableRow) -> Item:
        size = ENVELOPE_BYTES + row.size
        if row.reject is not None:
            return Item(row.line, size, None, row.reject, row.values)
        if row.size > ROW_BYTES_MAX:
            return Item(row.line, size, None, Reject(Reason.ROW_TOO_LONG, detail=f"limit {ROW_BYTES_MAX:,} bytes"))
        try:
            event = self._mapper.event(row.values, lambda: self._new_id(row))
            return Item(row.line, size, event, None, row.values)
        except RowError as error:
            return Item(row.line, size, None, error.reject, row.values)
        except (ValueError, OverflowError, RecursionError) as error:
            return Item(row.line, size, None, Reject(Reason.MALFORMED_ROW, detail=str(error)[:200]), row.values)

    def _new_id(self, row: TableRow) -> str:
        content: Any = row.values[-1] if self._whole else row.values
        try:
            return self._keys.id_of(_encode(content))
        except (UnicodeEncodeError, TypeError) as error:
            raise RowError(Reason.BAD_ENCODING, detail=str(error)[:200]) from None


def open_table(path: Path, mappings: list[tuple[str, Mapping]], *, encoding: str | None) -> tuple[Table, str, Mapping]:
    """Return the open table with the name and the content of the first mapping that fits its columns.

    Raises:
        MappingError: none fits; names the columns that are missing for the nearest.
    """
    first = mappings[0][1]
    form = first.format or format_of(path)
    encoding = encoding or first.encoding
    if form == "jsonl":
        name, mapping = mappings[0]
        if len(mappings) > 1:
            name, mapping = _fitting_json(path, mappings)
        columns = sorted(columns_of(mapping, required=False))
        return JsonLinesTable(path, columns=columns, encoding=encoding), name, mapping
    table: Table = (
        ParquetTable(path) if form == "parquet" else CsvTable(path, encoding=encoding, delimiter=first.delimiter)
    )
    name, mapping = _fitting(mappings, set(table.columns), path)
    return table, name, mapping


def _fitting_json(path: Path, mappings: list[tuple[str, Mapping]]) -> tuple[str, Mapping]:
    columns = sorted(set().union(*(columns_of(mapping, required=False) for _, mapping in mappings)))
    row = next((row for row in JsonLinesTable(path, columns=columns).rows() if row.reject is None), None)
    present = set(columns) if row is None else {name for name in columns if name in row.values[-1]}
    return _fitting(mappings, present, path)


def _fitting(mappings: list[tuple[str, Mapping]], present: set[str], path: Path) -> tuple[str, Mapping]:
    lacking = [(sorted(columns_of(mapping, required=True) - present), name, mapping) for name, mapping in mappings]
    lacking.sort(key=lambda found: len(found[0]))
    missing, name, mapping = lacking[0]
    if missing:
        known = ", ".join(sorted(present)[:40])
        message = (
            f"{path.name} does not fit the mapping {name}: it has no column {', '.join(missing)}; it has: {known}."
        )
        raise MappingError(message, file=name, field=missing[0], missing=missing)
    return name, mapping


def columns_of(mapping: Mapping, *, required: bool) -> set[str]:
    """Return the names of the columns that a mapping uses, or only of those that the file must have."""
    names: set[str] = set()
    for _, part in parts_of(mapping):
        given = [getattr(part.event, key) for key in Envelope.__struct_fields__]
        for value in [*given, *part.data.values(), *part.personal.values()]:
            if isinstance(value, str):
                names.add(value)
            elif isinstance(value, Field):
                names |= _columns_of_field(value, required=required)
        if isinstance(part, RowKind) and part.when is not None:
            names.add(part.when.column)
    return names


def _columns_of_field(field: Field, *, required: bool) -> set[str]:
    if field.optional and required:
        return set()
    names = {field.column} if field.column else set(field.columns or ())
    if field.format:
        try:
            names |= {name for _, name, _, _ in Formatter().parse(field.format) if name}
        except ValueError:
            return names
    if field.only_with and not required:
        names.add(field.only_with)
    return {name for name in names if name}
