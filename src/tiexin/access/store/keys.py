"""The table of API keys."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa

from tiexin.access.contracts import ApiKey, Right, StoredKey
from tiexin.infra.db import Database, Schema, ensure_schema

SCHEMA = Schema(name="api_keys", migrations=Path(__file__).parent.parent / "migrations" / "keys", head="api_keys_0002")

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

    def __init__(self, database: Database) -> None:
        self._database = database
        ensure_schema(database, SCHEMA)

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


def _stored(row: sa.RowMapping) -> StoredKey:
    return StoredKey(
        key=ApiKey(
            id=row["id"],
            name=row["name"],
            scopes=[Right(name) for name in row["scopes"].split()],
            created_us=row["created_us"],
            expires_us=row["expires_us"],
            revoked_us=row["revoked_us"],
        ),
        digest=bytes(row["digest"]),
    )
