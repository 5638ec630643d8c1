"""One face for SQLite and PostgreSQL: explicit read and write transactions over SQLAlchemy Core.

A write transaction on SQLite starts with BEGIN IMMEDIATE, so that it waits for the writer's lock at the start and
never fails half-way with SQLITE_BUSY; on PostgreSQL it is READ COMMITTED and the caller locks the rows it needs.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

import sqlalchemy as sa

from tiexin.infra.files import private_file, private_folder
from tiexin.infra.settings import SyncMode
from tiexin.kernel.errors import UnavailableError

BUSY_TIMEOUT_MS = 60_000
POOL_SIZE = 8
WRITE = {"tiexin_write": True}


class DatabaseError(UnavailableError):
    """The database cannot be reached or opened; names which one, without its password."""

    code = "database_unavailable"


class Database:
    """An opened database; hands out connections inside explicit transactions."""

    def __init__(self, engine: sa.Engine, *, file: Path | None = None) -> None:
        self.engine = engine
        self.file = file

    @property
    def is_sqlite(self) -> bool:
        """Tell whether this is SQLite (else PostgreSQL)."""
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def read(self) -> Iterator[sa.Connection]:
        """Yield a connection for reading; what it reads inside one block is one snapshot on SQLite."""
        with self._connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def write(self) -> Iterator[sa.Connection]:
        """Yield a connection inside a write transaction: committed at the end, rolled back on any error."""
        with self._connect() as connection:
            writing = connection.execution_options(**WRITE)
            with writing.begin():
                yield writing

    def __enter__(self) -> Self:
        """Return the database itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the database."""
        self.close()

    def close(self) -> None:
        """Close every pooled connection."""
        self.engine.dispose()

    @contextmanager
    def _connect(self) -> Iterator[sa.Connection]:
        try:
            connection = self.engine.connect()
        except sa.exc.OperationalError as error:
            where = self.engine.url.render_as_string(hide_password=True)
            msg = f"The database {where} cannot be opened: {error.orig}"
            raise DatabaseError(msg) from error
        with connection:
            yield connection


def open_sqlite(file: Path, *, synchronous: SyncMode = SyncMode.FULL, secure_delete: bool = False) -> Database:
    """Open (and create) an SQLite database file in WAL mode.

    Raises:
        DatabaseError: the file cannot be opened.
    """
    private_folder(file.parent)
    private_file(file)  # SQLite gives its log and index files the rights of the database
    engine = sa.create_engine(f"sqlite+pysqlite:///{file}", pool_size=POOL_SIZE, max_overflow=64)

    @sa.event.listens_for(engine, "connect")
    def _configure(dbapi_connection: Any, _record: object) -> None:
        # Transactions are begun by us (below), so the driver must not begin its own.
        dbapi_connection.isolation_level = None
        cursor = dbapi_connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
        cursor.execute("PRAGMA journal_mode = WAL")
        cursor.execute(f"PRAGMA synchronous = {synchronous.value}")
        cursor.execute("PRAGMA foreign_keys = ON")
        cursor.execute("PRAGMA cache_size = -65536")
        if secure_delete:
            cursor.execute("PRAGMA secure_delete = ON")
        cursor.close()

    @sa.event.listens_for(engine, "begin")
    def _begin(connection: sa.Connection) -> None:
        writing = connection.get_execution_options().get("tiexin_write", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")

    return Database(engine, file=file)


def open_postgresql(url: str, *, search_path: str | None = None) -> Database:
    """Open a PostgreSQL database; ``search_path`` selects a schema of its own.

    Raises:
        DatabaseError: the URL is not one of PostgreSQL.
    """
    try:
        parsed = sa.make_url(url)
    except sa.exc.ArgumentError as error:
        msg = "TIEXIN_DATABASE_URL is not a database address; expected postgresql://user@host/name"
        raise DatabaseError(msg) from error
    if not parsed.drivername.startswith("postgresql"):
        msg = f"TIEXIN_DATABASE_URL names {parsed.drivername}; only postgresql:// is possible (empty means SQLite)"
        raise DatabaseError(msg)
    options = {"options": f"-c search_path={search_path}"} if search_path else {}
    engine = sa.create_engine(
        parsed.set(drivername="postgresql+psycopg"),
        pool_size=POOL_SIZE,
        max_overflow=64,
        pool_pre_ping=True,
        connect_args=options,
    )
    return Database(engine)
