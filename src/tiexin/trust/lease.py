"""Who may write the log at the moment: one process of this machine and, on PostgreSQL, one of all machines."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tiexin.infra.files import locked

if TYPE_CHECKING:
    from tiexin.record.api import Record

LOCK_FILE: Final = "writer.lock"
ADVISORY_LOCK: Final = 0x7472_7573
"""Key of the advisory lock in the record's database (the letters of "trus")."""


class Lease:
    """The right to write, held for one round of publication at a time.

    The kernel and the database give it up when their holder dies. It keeps writers from each other's way; that no two
    servers ever sign different histories is the business of :mod:`tiexin.trust.signed`, which asks the database.
    """

    def __init__(self, folder: Path, record: Record) -> None:
        self._file = folder / LOCK_FILE
        self._record = record

    @contextmanager
    def held(self) -> Iterator[None]:
        """Wait for the lease and hold it."""
        with locked(self._file):
            database = self._record.database
            if database.is_sqlite:
                yield
                return
            # A session of its own without a transaction: a long round must not hold up the database's cleaning.
            with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as session:
                session.exec_driver_sql(f"SELECT pg_advisory_lock({ADVISORY_LOCK})")
                try:
                    yield
                finally:
                    session.exec_driver_sql(f"SELECT pg_advisory_unlock({ADVISORY_LOCK})")
