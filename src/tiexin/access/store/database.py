"""Opens the database of access: a file of its own on SQLite, on PostgreSQL the one of the record."""

from __future__ import annotations

from tiexin.infra.db import Database, open_postgresql, open_sqlite
from tiexin.infra.settings import Settings


def open_database(settings: Settings) -> Database:
    """Return the opened database; the caller closes it.

    Raises:
        DatabaseError: it cannot be opened.
    """
    if settings.database_url:
        return open_postgresql(settings.database_url)
    return open_sqlite(settings.home / "access.sqlite")
