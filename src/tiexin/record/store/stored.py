"""Rows exactly as they are stored, for whoever verifies them: nothing is parsed, decrypted or mended."""

from __future__ import annotations

import contextlib
import sqlite3
from typing import Any

import sqlalchemy as sa

from tiexin.infra.db import Database
from tiexin.record.contracts import StoredRow
from tiexin.record.errors import RecordDamagedError
from tiexin.record.tables import INSERT_COLUMNS

_COLUMNS = ", ".join(INSERT_COLUMNS)
_LOWEST, _HIGHEST = -(2**63), 2**63 - 1


def select_stored(connection: sa.Connection, *, after: int, limit: int) -> list[StoredRow]:
    """Return up to ``limit`` rows beyond position ``after`` in order of position.

    From ``after`` = -2^63 - 1 on that is every row that a database can hold, whoever put it there.
    A text that is no UTF-8 (only damage makes one, on SQLite) comes as its bytes.

    Raises:
        RecordDamagedError: the database cannot read its own file there.
    """
    cursor: Any = connection.connection.cursor()
    first = min(max(after + 1, _LOWEST), _HIGHEST)
    if connection.dialect.name != "sqlite":
        query = f"SELECT {_COLUMNS} FROM events WHERE position >= %s ORDER BY position LIMIT %s"
        return list(cursor.execute(query, (first, limit)).fetchall())
    query = f"SELECT {_COLUMNS} FROM events WHERE position >= ? ORDER BY position LIMIT ?"
    try:
        with contextlib.suppress(sqlite3.OperationalError):  # raised also for a text that is no UTF-8
            return list(cursor.execute(query, (first, limit)).fetchall())
        return _leniently(cursor, query, (first, limit))
    except sqlite3.DatabaseError as error:
        msg = f"The database cannot read the events after position {after:,}: {error}"
        raise RecordDamagedError(msg, after=after) from error


def _leniently(cursor: Any, query: str, values: tuple[int, int]) -> list[StoredRow]:
    driver = cursor.connection
    kept, driver.text_factory = driver.text_factory, _text_or_bytes
    try:
        return list(cursor.execute(query, values).fetchall())
    finally:
        driver.text_factory = kept


def _text_or_bytes(raw: bytes) -> str | bytes:
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw


def damage(database: Database, *, shown_max: int = 20) -> list[str]:
    """Return what the database itself finds wrong with its file (SQLite; PostgreSQL checks pages as it reads them).

    Tables are held against their indexes, so that no row can be hidden from a search by its index alone.
    """
    if not database.is_sqlite:
        return []
    try:
        with database.read() as connection:
            cursor: Any = connection.connection.cursor()
            found = cursor.execute(f"PRAGMA integrity_check({int(shown_max)})").fetchall()
    except (sqlite3.DatabaseError, sa.exc.DatabaseError) as error:  # also when the transaction ends on such a file
        return [str(getattr(error, "orig", error))]
    return [str(line) for (line,) in found if line != "ok"]
