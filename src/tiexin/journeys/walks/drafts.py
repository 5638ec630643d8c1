"""Walks under way, one row each; on SQLite a file of its own, on PostgreSQL a table beside the record."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec
import sqlalchemy as sa

from tiexin.infra.db import Database, Schema, ensure_schema, open_postgresql, open_sqlite
from tiexin.infra.settings import Settings
from tiexin.journeys.walks.contracts import Walk

SCHEMA = Schema(name="walks", migrations=Path(__file__).parent / "migrations", head="walks_0001")

walk_drafts = sa.Table(
    "walk_drafts",
    sa.MetaData(),
    sa.Column("walk", sa.Text, primary_key=True),
    sa.Column("document", sa.Text, nullable=False),
    sa.Column("changed_us", sa.BigInteger, nullable=False),
)


class Drafts:
    """The drafts of one installation."""

    def __init__(self, settings: Settings) -> None:
        self._database: Database = (
            open_postgresql(settings.database_url)
            if settings.database_url
            else open_sqlite(settings.home / "walks.sqlite")
        )
        try:
            ensure_schema(self._database, SCHEMA)
        except BaseException:
            self._database.close()
            raise

    def all(self) -> list[Walk]:
        """Return every draft."""
        with self._database.read() as connection:
            return [_walk(text) for text in connection.execute(sa.select(walk_drafts.c.document)).scalars()]

    def find(self, walk: str) -> Walk | None:
        """Return one draft."""
        with self._database.read() as connection:
            return _found(connection, walk)

    def change(self, walk: str, change: Callable[[Walk | None], Walk], *, now_us: int) -> Walk:
        """Replace a draft by what ``change`` makes of it, one change of a walk at a time; an error changes nothing."""
        with self._database.write() as connection:
            if not self._database.is_sqlite:
                # A row that is not there yet cannot be locked; the name of the walk can.
                connection.execute(sa.text("SELECT pg_advisory_xact_lock(hashtextextended(:walk, 0))"), {"walk": walk})
            before = _found(connection, walk)
            made = change(before)
            values = {"document": msgspec.json.encode(made).decode(), "changed_us": now_us}
            if before is None:
                connection.execute(walk_drafts.insert().values(walk=walk, **values))
            elif made != before:
                connection.execute(walk_drafts.update().where(walk_drafts.c.walk == walk).values(values))
            return made

    def drop(self, walk: str) -> None:
        """Remove a draft whose walk stands in the record now."""
        with self._database.write() as connection:
            connection.execute(walk_drafts.delete().where(walk_drafts.c.walk == walk))

    def close(self) -> None:
        """Close the database."""
        self._database.close()


def _found(connection: sa.Connection, walk: str) -> Walk | None:
    text = connection.execute(sa.select(walk_drafts.c.document).where(walk_drafts.c.walk == walk)).scalar()
    return None if text is None else _walk(text)


def _walk(text: str) -> Walk:
    return msgspec.json.decode(text, type=Walk)
