"""Bring a part's tables to the version that this code needs, by Alembic; each part has its own linear history."""

from __future__ import annotations

from pathlib import Path

import msgspec
import sqlalchemy as sa

from tiexin.infra.db.database import Database
from tiexin.kernel.errors import UnavailableError

SCRIPT_LOCATION = Path(__file__).parent / "alembic"
ADVISORY_LOCK = 0x7469_6578_696E


class SchemaError(UnavailableError):
    """The tables were made by a newer version of Tiexin than this one."""

    code = "schema_newer"


class Schema(msgspec.Struct, frozen=True, kw_only=True):
    """The tables of one part: where its migrations stand and which revision this code needs."""

    name: str
    migrations: Path
    head: str

    @property
    def version_table(self) -> str:
        """The table in which Alembic keeps this part's revision."""
        return f"{self.name}_schema_version"


def ensure_schema(database: Database, schema: Schema) -> None:
    """Create or upgrade the tables of ``schema``; does nothing when they are up to date.

    The common case costs one SELECT: Alembic itself takes a second to import and is loaded only when needed.

    Raises:
        SchemaError: the tables are newer than this code.
    """
    if _current(database, schema) == schema.head:
        return
    _upgrade(database, schema)


def _current(database: Database, schema: Schema) -> str | None:
    with database.read() as connection:
        if not sa.inspect(connection).has_table(schema.version_table):
            return None
        found = connection.execute(sa.text(f"SELECT version_num FROM {schema.version_table}")).scalar()
        return str(found) if found is not None else None


def _upgrade(database: Database, schema: Schema) -> None:
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", str(SCRIPT_LOCATION))
    config.set_main_option("version_locations", str(schema.migrations))
    config.set_main_option("path_separator", "os")
    with database.write() as connection:
        if not database.is_sqlite:
            connection.execute(sa.text("SELECT pg_advisory_xact_lock(:key)"), {"key": ADVISORY_LOCK})
        config.attributes["connection"] = connection
        config.attributes["version_table"] = schema.version_table
        try:
            command.upgrade(config, schema.head)
        except CommandError as error:
            msg = f"The tables of {schema.name!r} were made by another version of Tiexin than this one: {error}"
            raise SchemaError(msg) from error
