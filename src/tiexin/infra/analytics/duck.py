"""DuckDB, in this process: the default engine."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from tiexin.infra.analytics.parquet import read_encoded
from tiexin.infra.analytics.port import Parameters

PARAMETER = re.compile(r"\$([a-z_][a-z0-9_]*)")


class DuckEngine:
    """An in-memory DuckDB database over Parquet files."""

    name = "duckdb"

    def __init__(self, *, memory_limit: str | None = None, threads: int | None = None) -> None:
        # Results are ordered by ORDER BY alone, so DuckDB need not keep the order of insertion; extensions are
        # never fetched from the network.
        config: dict[str, str | bool | int | float | list[str]] = {
            "preserve_insertion_order": False,
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        }
        if memory_limit:
            config["memory_limit"] = memory_limit
        if threads:
            config["threads"] = threads
        self._connection = duckdb.connect(":memory:", config=config)
        self._sources: dict[str, tuple[list[Path], pa.Table | None]] = {}

    def query(self, sql: str, params: Parameters | None = None) -> pa.Table:
        """Return the rows of one SELECT."""
        return self._connection.execute(sql, _used(sql, params)).to_arrow_table()

    def materialise(self, name: str, sql: str, params: Parameters | None = None) -> None:
        """Keep the rows of one SELECT as temporary table ``name``."""
        self._connection.execute(f"CREATE OR REPLACE TEMP TABLE {quoted(name)} AS {sql}", _used(sql, params))

    def register_parquet(
        self,
        name: str,
        paths: Sequence[Path],
        tail: pa.Table | None,
        *,
        only: Mapping[str, Sequence[str]] | None = None,
    ) -> None:
        """Make view ``name`` over files and tail, or over those of their rows that ``only`` keeps."""
        if not paths and tail is None:
            msg = f"view {name} needs at least one file or a tail"
            raise ValueError(msg)
        parts = []
        if paths:
            files = ", ".join(_literal(str(path)) for path in paths)
            parts.append(f"SELECT * FROM read_parquet([{files}])")
        if tail is not None:
            # A table of DuckDB's own: its scan of Arrow memory cannot take the filters that a semi-join pushes down.
            self._connection.register(f"{name}_arrow", tail)
            self._connection.execute(
                f"CREATE OR REPLACE TEMP TABLE {quoted(name + '_tail')} AS SELECT * FROM {quoted(name + '_arrow')}"
            )
            self._connection.unregister(f"{name}_arrow")
            columns = ", ".join(quoted(column) for column in tail.column_names)
            parts.append(f"SELECT {columns} FROM {quoted(name + '_tail')}")
        body = " UNION ALL BY NAME ".join(parts)
        if only is not None:
            body = f"SELECT * FROM ({body}) WHERE {_keeps(only)}"
        self._connection.execute(f"CREATE OR REPLACE TEMP VIEW {quoted(name)} AS {body}")
        if only is None:
            self._sources[name] = (list(paths), tail)
        else:  # the files hold more than may be seen
            self._sources.pop(name, None)

    def encoded(self, name: str, columns: Sequence[str]) -> pa.Table | None:
        """Return columns of a registered view with texts as dictionary codes."""
        if name not in self._sources:
            return None
        paths, tail = self._sources[name]
        return read_encoded(paths, tail, columns)

    def close(self) -> None:
        """Close the database and free its memory."""
        self._connection.close()


def quoted(name: str) -> str:
    """Return a name as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _keeps(only: Mapping[str, Sequence[str]]) -> str:
    parts = [
        f"{quoted(column)} IN ({', '.join(_literal(value) for value in values)})" if values else "FALSE"
        for column, values in only.items()
    ]
    return " AND ".join(parts) or "TRUE"


def _used(sql: str, params: Parameters | None) -> dict[str, Any]:
    """DuckDB refuses parameters that the text does not name; a shared filter may bring more than one text uses."""
    if not params:
        return {}
    named = set(PARAMETER.findall(sql))
    return {key: value for key, value in params.items() if key in named}
