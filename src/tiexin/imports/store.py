"""The tables of uploads and of mappings; nobody else's."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import msgspec
import sqlalchemy as sa

from tiexin.imports.contracts import Plan, SavedMapping, Upload
from tiexin.infra.db import Database, Schema, ensure_schema, open_postgresql, open_sqlite
from tiexin.infra.settings import Settings

FILE: Final = "imports.sqlite"
SCHEMA: Final = Schema(name="imports", migrations=Path(__file__).parent / "migrations", head="imports_0001")

uploads = sa.Table(
    "uploads",
    sa.MetaData(),
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("owner", sa.Text),
    sa.Column("name", sa.Text),
    sa.Column("format", sa.Text),
    sa.Column("bytes", sa.BigInteger),
    sa.Column("sha256", sa.Text),
    sa.Column("created_us", sa.BigInteger),
    sa.Column("expires_us", sa.BigInteger),
)
mappings = sa.Table(
    "import_mappings",
    sa.MetaData(),
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("owner", sa.Text),
    sa.Column("plan", sa.Text),
    sa.Column("changed_us", sa.BigInteger),
)


class ImportStore:
    """Rows of uploads and mappings."""

    def __init__(self, settings: Settings) -> None:
        self._database: Database = (
            open_postgresql(settings.database_url) if settings.database_url else open_sqlite(settings.home / FILE)
        )
        try:
            ensure_schema(self._database, SCHEMA)
        except BaseException:
            self._database.close()
            raise

    def close(self) -> None:
        """Close the database."""
        self._database.close()

    def add(self, upload: Upload) -> None:
        """Keep an upload."""
        with self._database.write() as connection:
            connection.execute(uploads.insert().values(**msgspec.structs.asdict(upload)))

    def get(self, upload_id: str) -> Upload | None:
        """Return an upload, None if there is none of that id."""
        with self._database.read() as connection:
            row = connection.execute(sa.select(uploads).where(uploads.c.id == upload_id)).mappings().first()
        return None if row is None else Upload(**row)

    def list(self, owner: str | None = None) -> list[Upload]:
        """Return uploads, newest first."""
        query = sa.select(uploads).order_by(uploads.c.created_us.desc(), uploads.c.id.desc())
        if owner is not None:
            query = query.where(uploads.c.owner == owner)
        with self._database.read() as connection:
            return [Upload(**row) for row in connection.execute(query).mappings()]

    def remove(self, upload_id: str) -> None:
        """Forget an upload."""
        with self._database.write() as connection:
            connection.execute(uploads.delete().where(uploads.c.id == upload_id))

    def total_bytes(self) -> int:
        """Return how many bytes all uploads take."""
        with self._database.read() as connection:
            return int(connection.execute(sa.select(sa.func.coalesce(sa.func.sum(uploads.c.bytes), 0))).scalar_one())

    def save_mapping(self, saved: SavedMapping) -> None:
        """Keep a plan under its name, in place of an older one of that name."""
        row = {**msgspec.structs.asdict(saved), "plan": msgspec.json.encode(saved.plan).decode()}
        with self._database.write() as connection:
            connection.execute(mappings.delete().where(mappings.c.name == saved.name))
            connection.execute(mappings.insert().values(**row))

    def mappings(self) -> Sequence[SavedMapping]:
        """Return every kept plan by name."""
        with self._database.read() as connection:
            rows = connection.execute(sa.select(mappings).order_by(mappings.c.name)).mappings().all()
        return [SavedMapping(**{**row, "plan": msgspec.json.decode(row["plan"], type=Plan)}) for row in rows]

    def remove_mapping(self, name: str) -> bool:
        """Forget a plan; tell whether there was one."""
        with self._database.write() as connection:
            return connection.execute(mappings.delete().where(mappings.c.name == name)).rowcount == 1
