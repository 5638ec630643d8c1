"""What a cell may hold, and how a text is kept from being run as a formula."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import TypeAlias

import msgspec

from tiexin.kernel.errors import TooLargeError

ROWS_MAX = 100_000
"""Most rows that a table sent by a page may have; contacts are streamed with limits of their own."""
COLUMNS_MAX = 200
"""Most columns a table may have."""
CELL_CHARS_MAX = 32_767
"""Longest text of a cell; Excel's own limit. Source: Excel specifications and limits."""
WHOLE_MAX = 2**53
"""Largest whole number that spreadsheets keep exactly; they hold every number as a double."""
FORMULA_SIGNS = "=+-@\t\r\n＝＋－＠|%"
"""First signs by which a spreadsheet takes a text for a formula or a command; full-width forms are folded by some.

Source: OWASP, CSV Injection; ``|`` and ``%`` begin DDE calls in older programs.
"""
DISARM = "'"

Cell: TypeAlias = "str | int | float | bool | None"


class ColumnKind(StrEnum):
    """What the cells of a column are."""

    TEXT = "text"
    NUMBER = "number"
    SHARE = "share"
    """A fraction from 0 to 1; shown as a percentage where the file can say so."""
    MOMENT = "moment"
    """RFC 3339 text with its zone, or whole microseconds since 1970 (UTC)."""


class Column(msgspec.Struct, frozen=True, kw_only=True):
    """One column: its stable key, its title for people, and what its cells are."""

    key: str
    title: str
    kind: ColumnKind = ColumnKind.TEXT


class SheetLimitError(TooLargeError):
    """A table has more rows, columns or letters in a cell than a file may have; names the place and the limit."""

    code = "export_too_large"
    title = "The table is larger than an export may be"


def check_shape(columns: Sequence[Column], rows: Sequence[Sequence[Cell]]) -> None:
    """Pass if a table fits the limits and every row has one cell a column.

    Raises:
        SheetLimitError: too many rows or columns.
    """
    if len(columns) > COLUMNS_MAX:
        msg = f"The table has {len(columns):,} columns; an export has at most {COLUMNS_MAX}. No file was made."
        raise SheetLimitError(msg, limit=COLUMNS_MAX, columns=len(columns))
    if len(rows) > ROWS_MAX:
        msg = (
            f"The table has {len(rows):,} rows; an export has at most {ROWS_MAX:,}. No file was made: "
            "choose a shorter period or more filters."
        )
        raise SheetLimitError(msg, limit=ROWS_MAX, rows=len(rows))


def looks_like_formula(text: str) -> bool:
    """Tell whether a spreadsheet might run a text; blanks before the sign do not protect from that."""
    bare = text.lstrip(" \u00a0\u3000\u200b\ufeff")
    return bare[:1] in FORMULA_SIGNS if bare else False


def disarmed(text: str) -> str:
    """Return a text as a file may hold it: with an apostrophe before what looks like a formula, without NUL."""
    clean = text.replace("\x00", "\ufffd")
    return DISARM + clean if looks_like_formula(clean) else clean


def number_of(cell: Cell) -> int | float | None:
    """Return a cell as a number a spreadsheet keeps exactly, None where it is none."""
    if isinstance(cell, bool) or not isinstance(cell, int | float):
        return None
    if isinstance(cell, int):
        return cell if abs(cell) <= WHOLE_MAX else None
    return cell if math.isfinite(cell) else None


def moment_of(cell: Cell) -> datetime | None:
    """Return a cell as a moment in UTC, None where it is none."""
    try:
        if isinstance(cell, int) and not isinstance(cell, bool):
            return datetime.fromtimestamp(cell / 1_000_000, UTC)
        if isinstance(cell, str):
            found = datetime.fromisoformat(cell)
            return None if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return None


def text_of(cell: Cell, *, place: str = "") -> str:
    """Return a cell as text, whatever it is; empty for nothing.

    Raises:
        SheetLimitError: it is longer than a cell may be; names the place.
    """
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    text = str(cell)
    if len(text) > CELL_CHARS_MAX:
        msg = f"{place or 'A cell'} holds {len(text):,} characters; a cell has at most {CELL_CHARS_MAX:,}."
        raise SheetLimitError(msg, limit=CELL_CHARS_MAX, place=place)
    return text
