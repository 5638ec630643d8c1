"""The table of API keys; nobody else's. On SQLite a file of its own, on PostgreSQL a table beside the record."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa

from tiexin.app.keys.contracts import ApiKey, Scope, StoredKey
from tiexin.infra.db import Database, Schema, ensure_schema, open_postgresql, open_sqlite
from tiexin.infra.settings import Settings

SCHEMA = Schema(name="api_keys", migrations=Path(__file__).parent / "migrations", head="api_keys_0001")

api_keys = sa.Table(
    "api_keys",
    sa.MetaData(),
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("scopes", sa.Text, nullable=False),
    sa.Column("digest", sa.LargeBinary, nullable=False),
    sa.Column("created_us", sa.BigInteger, nullable=False),
    sa.Column("expires_us", sa.BigInteger, nullable=False),
    sa.Column("revoked_us", sa.BigInteger),
)


class KeyStore:
    """Rows of API keys."""

    def __init__(self, settings: Settings) -> None:
        self._database: Database = (
            open_postgresql(settings.database_url)
            if settings.database_url
            else open_sqlite(settings.home / "access.sqlite")
        )
        ensure_schema(self._database, SCHEMA)

    def add(self, stored: StoredKey) -> None:
        """Keep a new key."""
        key = stored.key
        row = {
            "id": key.id,
            "name": key.name,
            "scopes": " ".join(key.scopes),
            "digest": stored.digest,
            "created_us": key.created_us,
            "expires_us": key.expires_us,
            "revoked_us": key.revoked_us,
        }
        with self._database.write() as connection:
            connection.execute(api_keys.insert().values(row))

    def load(self) -> list[StoredKey]:
        """Return every key, oldest first."""
        query = sa.select(api_keys).order_by(api_keys.c.created_us, api_keys.c.id)
        with self._database.read() as connection:
            return [_stored(row) for row in connection.execute(query).mappings()]

    def revoke(self, key_id: str, *, now_us: int) -> bool:
        """Mark a standing key as revoked; tell whether it was there and standing."""
        change = (
            api_keys.update().where(api_keys.c.id == key_id, api_keys.c.revoked_us.is_(None)).values(revoked_us=now_us)
        )
        with self._database.write() as connection:
            return connection.execute(change).rowcount == 1

    def close(self) -> None:
        """Close the database."""
        self._database.close()


def _stored(row: sa.RowMapping) -> StoredKey:
    return StoredKey(
        key=ApiKey(
            id=row["id"],
            name=row["name"],
            scopes=[Scope(name) for name in row["scopes"].split()],
            created_us=row["created_us"],
            expires_us=row["expires_us"],
            revoked_us=row["revoked_us"],
        ),
        digest=bytes(row["digest"]),
    )
