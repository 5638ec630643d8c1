"""The table of the institution's settings: one JSON document a name."""

from __future__ import annotations

from pathlib import Path

import msgspec
import sqlalchemy as sa

from tiexin.infra.db import Database, Schema, ensure_schema

SCHEMA = Schema(name="institution", migrations=Path(__file__).parent / "migrations", head="institution_0001")

institution_settings = sa.Table(
    "institution_settings",
    sa.MetaData(),
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("value", sa.Text, nullable=False),
    sa.Column("changed_us", sa.BigInteger, nullable=False),
    sa.Column("changed_by", sa.Text, nullable=False),
)


class Setting(msgspec.Struct, frozen=True, kw_only=True):
    """A document under its name; ``changed_us`` is UTC µs."""

    name: str
    value: str
    changed_us: int
    changed_by: str


class SettingStore:
    """Rows of settings; values are JSON texts."""

    def __init__(self, database: Database) -> None:
        self._database = database
        ensure_schema(database, SCHEMA)

    def get(self, name: str) -> Setting | None:
        """Return the setting of a name."""
        query = sa.select(institution_settings).where(institution_settings.c.name == name)
        with self._database.read() as connection:
            row = connection.execute(query).mappings().first()
        return Setting(**row) if row else None

    def under(self, prefix: str) -> list[Setting]:
        """Return every setting whose name starts so, by name."""
        query = sa.select(institution_settings).where(institution_settings.c.name.startswith(prefix, autoescape=True))
        with self._database.read() as connection:
            rows = connection.execute(query.order_by(institution_settings.c.name)).mappings()
            return [Setting(**row) for row in rows]

    def put(self, setting: Setting) -> None:
        """Keep a setting in place of what stood under its name."""
        with self._database.write() as connection:
            connection.execute(institution_settings.delete().where(institution_settings.c.name == setting.name))
            connection.execute(institution_settings.insert().values(msgspec.structs.asdict(setting)))

    def remove(self, name: str) -> bool:
        """Forget a setting; tell whether it was there."""
        gone = institution_settings.delete().where(institution_settings.c.name == name)
        with self._database.write() as connection:
            return connection.execute(gone).rowcount == 1
