"""XLSX with one sheet of data and one that says where it comes from; nothing in it is a formula or a link.

Written row by row to a file (XlsxWriter's constant memory), so that a large table costs no more memory than a small
one. Texts are written as texts, whatever they look like; those that would become a formula when somebody edits the
cell carry Excel's quote prefix.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import msgspec

from tiexin.infra.sheets.cells import Cell, Column, ColumnKind, looks_like_formula, moment_of, number_of, text_of

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SHEET_ROWS_MAX = 1_048_576
"""Most rows a sheet can have. Source: Excel specifications and limits."""
WIDTHS = {ColumnKind.TEXT: 24, ColumnKind.NUMBER: 14, ColumnKind.SHARE: 12, ColumnKind.MOMENT: 20}
FORMATS = {ColumnKind.SHARE: "0.0%", ColumnKind.MOMENT: "yyyy-mm-dd hh:mm:ss"}
OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "remove_timezone": True,
}


class About(msgspec.Struct, frozen=True, kw_only=True):
    """What the second sheet says, line by line: a name and a value each; its title names the sheet."""

    title: str
    lines: Sequence[tuple[str, Cell]]


def write(file: Path, columns: Sequence[Column], rows: Iterable[Sequence[Cell]], *, sheet: str, about: About) -> int:
    """Write a workbook and return how many rows of data it has.

    Args:
        file: where to; replaced if it is there.
        columns: of the data.
        rows: one cell a column each.
        sheet: name of the sheet of data.
        about: what the second sheet says.

    Raises:
        SheetLimitError: a text is longer than a cell may be; names row and column.
    """
    import xlsxwriter

    with xlsxwriter.Workbook(str(file), OPTIONS) as book:
        book.set_properties({"title": about.title, "author": "Tiexin"})
        name, told_name = _sheet_name(sheet), _sheet_name(about.title)
        if name.lower() == told_name.lower():
            name = f"{name[:28]} 1"
        data = _Sheet(book, book.add_worksheet(name))
        written = data.table(columns, rows)
        told = _Sheet(book, book.add_worksheet(told_name))
        told.lines(about.lines)
    return written


class _Sheet:
    """One sheet and the formats its cells use."""

    def __init__(self, book: Any, sheet: Any) -> None:
        self._sheet = sheet
        self._head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        self._text = book.add_format({"num_format": "@"})
        self._quoted = book.add_format({"num_format": "@", "quote_prefix": True})
        self._formats = {kind: book.add_format({"num_format": form}) for kind, form in FORMATS.items()}

    def table(self, columns: Sequence[Column], rows: Iterable[Sequence[Cell]]) -> int:
        self._sheet.freeze_panes(1, 0)
        for at, column in enumerate(columns):
            self._sheet.set_column(at, at, WIDTHS[column.kind])
            title = f"{column.title} (UTC)" if column.kind is ColumnKind.MOMENT else column.title
            self._sheet.write_string(0, at, text_of(title, place=f"Title of {column.key}"), self._head)
        written = 0
        for number, row in enumerate(rows, 1):
            for at, (column, cell) in enumerate(zip(columns, row, strict=True)):
                self._cell(number, at, cell, column)
            written = number
        if written:
            self._sheet.autofilter(0, 0, written, len(columns) - 1)
        return written

    def lines(self, lines: Sequence[tuple[str, Cell]]) -> None:
        self._sheet.set_column(0, 0, 24)
        self._sheet.set_column(1, 1, 80)
        for number, (name, value) in enumerate(lines):
            self._sheet.write_string(number, 0, name, self._head)
            kind = ColumnKind.TEXT if isinstance(value, str) else ColumnKind.NUMBER
            self._cell(number, 1, value, Column(key=name, title=name, kind=kind))

    def _cell(self, row: int, at: int, cell: Cell, column: Column) -> None:
        if cell is None or cell == "":
            return
        if column.kind in {ColumnKind.NUMBER, ColumnKind.SHARE}:
            number = number_of(cell)
            if number is not None:
                self._sheet.write_number(row, at, number, self._formats.get(column.kind))
                return
        if column.kind is ColumnKind.MOMENT:
            moment = moment_of(cell)
            if moment is not None and moment.year >= 1900:  # noqa: PLR2004  (Excel's calendar begins there)
                self._sheet.write_datetime(row, at, moment, self._formats[ColumnKind.MOMENT])
                return
        text = text_of(cell, place=f"Row {row}, column {column.key}")
        self._sheet.write_string(row, at, text, self._quoted if looks_like_formula(text) else self._text)


def _sheet_name(name: str) -> str:
    """Return a name as Excel accepts it: at most 31 characters, no brackets, colons, slashes or outer apostrophes."""
    clean = "".join(" " if sign in "[]:*?/\\" or ord(sign) < 32 else sign for sign in name).strip().strip("'")  # noqa: PLR2004
    return clean[:31].strip("' ") or "Data"
