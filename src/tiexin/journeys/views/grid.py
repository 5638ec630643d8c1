"""Tables as people read them: few columns, names to the left and folded, numbers to the right and whole."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import msgspec

from tiexin.journeys.views.units import NONE, length, way


class Column(NamedTuple):
    """One column: names are folded where they are long, numbers stand right and are never broken."""

    head: str
    cell: Callable[[Any], str]
    name: bool = False


class Grid(NamedTuple):
    """One table: a column each, one row each."""

    columns: Sequence[Column]
    rows: Sequence[Any]
    title: str = ""


class View(NamedTuple):
    """One answer: the sentence on top, then the tables."""

    sentence: str
    grids: Sequence[Grid] = ()


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """A figure, the document that a program gets of it, how many rows people get, and how its time is counted."""

    whole: Any
    document: Any
    rows: int | None = None
    working: bool = False


def number(value: int) -> str:
    """Return a whole number with separators."""
    return f"{value:,}"


TIMES = Column("times", lambda row: number(row.count))
CASES = Column("cases", lambda row: number(row.cases))
RANK = Column("#", lambda row: NONE if row.rank is None else str(row.rank))
PAIR = Column("from → to", lambda row: way([row.source, row.target]), name=True)
STEP = Column("step", lambda row: row.activity, name=True)


def waits(*, working: bool, total: bool) -> list[Column]:
    """Return the columns of waiting."""
    columns = [
        Column("median", lambda row: length(row.wait_seconds.p50, working=working)),
        Column("95th pct.", lambda row: length(row.wait_seconds.p95, working=working)),
        Column("in total", lambda row: length(row.wait_seconds.total, working=working)),
    ]
    return columns if total else columns[:2]


def counted(n: int, thing: str) -> str:
    """Return how many of a thing there are."""
    return f"{n:,} {thing}" if n == 1 else f"{n:,} {thing}s"
