"""The port to an analytics engine: what every engine offers, and the names they go by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeAlias

from tiexin.kernel.errors import InvalidInputError

if TYPE_CHECKING:
    import pyarrow as pa

Scalar: TypeAlias = str | int | float | bool | None
Parameters: TypeAlias = Mapping[str, "Scalar | Sequence[str] | Sequence[int]"]


class EngineName(StrEnum):
    """The engines that can run an analysis."""

    DUCKDB = "duckdb"
    SPARK = "spark"


class UnknownEngineError(InvalidInputError):
    """The engine asked for does not exist; names those that do."""

    code = "unknown_engine"


class Engine(Protocol):
    """Runs SQL over views and temporary tables; every result is an Arrow table.

    Texts are written in DuckDB's dialect with ``$name`` parameters. Keep to what both engines know: an ordered
    ``list()`` or an approximate aggregate is refused on Spark rather than answered differently.
    """

    @property
    def name(self) -> str:
        """``duckdb`` or ``spark``."""

    def query(self, sql: str, params: Parameters | None = None) -> pa.Table:
        """Return the rows of one SELECT; parameters the text does not name are ignored."""

    def materialise(self, name: str, sql: str, params: Parameters | None = None) -> None:
        """Run one SELECT and keep its rows as temporary table ``name``, replacing an earlier one."""

    def register_parquet(
        self,
        name: str,
        paths: Sequence[Path],
        tail: pa.Table | None,
        *,
        only: Mapping[str, Sequence[str]] | None = None,
    ) -> None:
        """Make view ``name`` over Parquet files of one schema and an optional table of the same schema.

        ``only`` keeps the rows whose text columns have one of the values named; other rows do not exist for whoever
        asks this engine, whatever he asks.

        Raises:
            ValueError: neither a file nor a table was given, so the columns are unknown.
        """

    def encoded(self, name: str, columns: Sequence[str]) -> pa.Table | None:
        """Return columns of a registered view with texts as dictionary codes, or None where this gains nothing.

        Rows come in the order of the files, then the tail. It reads the dictionaries that Parquet already holds, so
        no text is compared row by row; only engines that run in this process offer it.
        """

    def close(self) -> None:
        """Free what the engine holds; using it afterwards is an error."""
