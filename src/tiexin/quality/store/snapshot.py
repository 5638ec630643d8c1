"""A copy on disk of the facts that a server last held, so that the next start answers at once.

Loading ten million events and linking them takes tens of seconds; opening a database file takes none. The copy names
the segments and the position it was made from. It is used only while the lake still holds these segments, and only
until the facts of the present have been loaded beside it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Set as AbstractSet
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    import duckdb

NAME = "snapshot.duckdb"
LABEL = "snapshot.json"
ATTACHED = "snapshot"
"""Name under which a connection knows the attached copy."""


class Label(msgspec.Struct, frozen=True, kw_only=True):
    """What a copy was made from: the segments' names and the position of the record."""

    parts: list[str]
    position: int
    file: str


def save(cursor: duckdb.DuckDBPyConnection, folder: Path, *, parts: AbstractSet[str], position: int) -> None:
    """Copy the attached database ``facts`` into ``folder``; the label is replaced last, so a copy is whole or absent.

    Raises:
        OSError: the folder cannot be written.
        duckdb.Error: the copy failed; the former one stands.
    """
    name = f"snapshot-{_digest(parts, position)}.duckdb"
    temporary = folder / f".{name}.tmp"
    temporary.unlink(missing_ok=True)
    quoted = str(temporary).replace("'", "''")
    cursor.execute(f"ATTACH '{quoted}' AS saving")
    try:
        cursor.execute("COPY FROM DATABASE facts TO saving")
    finally:
        cursor.execute("DETACH saving")
    temporary.replace(folder / name)
    label = folder / f".{LABEL}.tmp"
    label.write_bytes(msgspec.json.encode(Label(parts=sorted(parts), position=position, file=name)))
    label.replace(folder / LABEL)
    for old in (*folder.glob("snapshot-*.duckdb*"), *folder.glob(".snapshot-*")):
        if old.name != name:
            old.unlink(missing_ok=True)


def attach(connection: duckdb.DuckDBPyConnection, folder: Path, *, parts: AbstractSet[str], position: int) -> bool:
    """Attach the copy if the lake and the record still hold what it was made from; tell whether they do."""
    import duckdb

    try:
        label = msgspec.json.decode((folder / LABEL).read_bytes(), type=Label)
        file = folder / label.file
        if not set(label.parts) <= parts or label.position > position or not file.is_file():
            return False
        quoted = str(file).replace("'", "''")
        connection.execute(f"ATTACH '{quoted}' AS {ATTACHED} (READ_ONLY)")
    except (OSError, msgspec.MsgspecError, duckdb.Error):
        # No copy, or one that another version of DuckDB wrote: loading anew is always right.
        return False
    return True


def _digest(parts: AbstractSet[str], position: int) -> str:
    return hashlib.sha256("\n".join([*sorted(parts), str(position)]).encode()).hexdigest()[:16]
