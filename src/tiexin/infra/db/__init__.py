"""The relational database behind an installation: SQLite by default, PostgreSQL by one setting."""

from tiexin.infra.db.database import Database, DatabaseError, open_postgresql, open_sqlite
from tiexin.infra.db.migrate import Schema, ensure_schema

__all__ = ["Database", "DatabaseError", "Schema", "ensure_schema", "open_postgresql", "open_sqlite"]
