"""Rows of users and their sessions."""

from __future__ import annotations

from typing import Any

import msgspec
import sqlalchemy as sa

from tiexin.access.contracts import Preferences, Role, User
from tiexin.access.store.tables import SCHEMA, failures, passkeys, sessions, state, users
from tiexin.infra.db import Database, ensure_schema

COUNT_FAILURE = sa.text(
    "INSERT INTO access_failures (key, failures, last_us) VALUES (:key, 1, :now_us) ON CONFLICT (key) "
    "DO UPDATE SET failures = access_failures.failures + 1, last_us = :now_us RETURNING failures"
)


class StoredUser(msgspec.Struct, frozen=True, kw_only=True):
    """A user as it is kept: with the argon2id hash of the password, if there is one."""

    user: User
    password: str | None


class StoredSession(msgspec.Struct, frozen=True, kw_only=True):
    """A session as it is kept: the SHA-256 of its token (32 bytes), never the token. Times are UTC µs."""

    digest: bytes
    user: str
    method: str
    created_us: int
    seen_us: int
    expires_us: int


class Failures(msgspec.Struct, frozen=True):
    """How often sign-in failed for one account or address, and when last (UTC µs)."""

    failures: int
    last_us: int


class PeopleStore:
    """Rows of users, sessions and failures; every change of users or sessions makes copies in memory old."""

    def __init__(self, database: Database) -> None:
        self.database = database
        ensure_schema(database, SCHEMA)

    def version(self) -> int:
        """Return the version of users and sessions."""
        with self.database.read() as connection:
            return int(connection.execute(sa.select(state.c.version)).scalar_one())

    def load(self) -> tuple[int, list[StoredUser], list[StoredSession]]:
        """Return the version with all users, by name, and all sessions."""
        with self.database.read() as connection:
            version = int(connection.execute(sa.select(state.c.version)).scalar_one())
            people = [_user(row) for row in connection.execute(sa.select(users).order_by(users.c.name)).mappings()]
            found = [_session(row) for row in connection.execute(sa.select(sessions)).mappings()]
        return version, people, found

    def find(self, name: str) -> StoredUser | None:
        """Return a user by name."""
        return self._one(users.c.name == name)

    def find_identity(self, identity: str) -> StoredUser | None:
        """Return the user that an identity provider knows under this identity."""
        return self._one(users.c.identity == identity)

    def claim_identity(self, name: str, placeholder: str, identity: str) -> StoredUser | None:
        """Give a user who waits for a provider (``placeholder`` and the name) the identity; None where nobody waits."""
        waits = sa.and_(users.c.name == name, users.c.identity == f"{placeholder} {name}")
        with self.database.write() as connection:
            if not connection.execute(users.update().where(waits).values(identity=identity)).rowcount:
                return None
        return self.find(name)

    def _one(self, condition: sa.ColumnElement[bool]) -> StoredUser | None:
        with self.database.read() as connection:
            row = connection.execute(sa.select(users).where(condition)).mappings().first()
        return _user(row) if row else None

    def count(self) -> int:
        """Return how many users there are."""
        with self.database.read() as connection:
            return int(connection.execute(sa.select(sa.func.count()).select_from(users)).scalar_one())

    def add(self, user: User, *, password: str | None, identity: str | None = None) -> bool:
        """Keep a new user; False when the name or the identity is taken."""
        row = msgspec.structs.asdict(user) | {"password": password, "identity": identity}
        row = row | {"role": user.role.value, "locked": int(user.locked)}
        row = row | {"must_change_password": int(user.must_change_password), "preferences": None}
        del row["has_password"]
        try:
            with self.database.write() as connection:
                connection.execute(users.insert().values(row))
                _touch(connection)
        except sa.exc.IntegrityError:
            return False
        return True

    def change(self, name: str, values: dict[str, Any], *, end_sessions: bool) -> int | None:
        """Change columns of a user; return how many sessions were ended, None where there is no such user."""
        with self.database.write() as connection:
            found = connection.execute(users.update().where(users.c.name == name).values(**values)).rowcount
            ended = 0
            if found and end_sessions:
                ended = connection.execute(sessions.delete().where(sessions.c.user_name == name)).rowcount
            _touch(connection)
        return ended if found else None

    def preferences(self, name: str) -> Preferences:
        """Return the preferences of a user."""
        with self.database.read() as connection:
            text = connection.execute(sa.select(users.c.preferences).where(users.c.name == name)).scalar()
        return msgspec.json.decode(text, type=Preferences) if text else Preferences()

    def keep_preferences(self, name: str, preferences: Preferences) -> None:
        """Keep the preferences of a user."""
        text = msgspec.json.encode(preferences).decode()
        with self.database.write() as connection:
            connection.execute(users.update().where(users.c.name == name).values(preferences=text))

    def start_session(self, session: StoredSession, *, instead_of: bytes | None) -> None:
        """Keep a new session in place of another one, and forget those that are over."""
        with self.database.write() as connection:
            over = sessions.c.expires_us <= session.created_us
            if instead_of is not None:
                over = sa.or_(over, sessions.c.digest == instead_of)
            connection.execute(sessions.delete().where(over))
            row = msgspec.structs.asdict(session)
            connection.execute(sessions.insert().values(user_name=row.pop("user"), **row))
            signed_in = users.update().where(users.c.name == session.user)
            connection.execute(signed_in.values(signed_in_us=session.created_us))
            _touch(connection)

    def end_session(self, digest: bytes) -> None:
        """Forget a session."""
        with self.database.write() as connection:
            connection.execute(sessions.delete().where(sessions.c.digest == digest))
            _touch(connection)

    def saw(self, seen_us: dict[bytes, int]) -> None:
        """Keep when sessions were last used."""
        with self.database.write() as connection:
            for digest, moment_us in seen_us.items():
                connection.execute(sessions.update().where(sessions.c.digest == digest).values(seen_us=moment_us))

    def failures(self, key: str) -> Failures:
        """Return the failures kept under a key."""
        query = sa.select(failures.c.failures, failures.c.last_us).where(failures.c.key == key)
        with self.database.read() as connection:
            row = connection.execute(query).first()
        return Failures(row.failures, row.last_us) if row else Failures(0, 0)

    def fail(self, key: str, *, now_us: int, forgotten_us: int) -> int:
        """Count a failure under a key and forget old ones of every key; return how many there are now."""
        with self.database.write() as connection:
            connection.execute(failures.delete().where(failures.c.last_us < forgotten_us))
            count = connection.execute(COUNT_FAILURE, {"key": key, "now_us": now_us}).scalar_one()
        return int(count)

    def forgive(self, key: str) -> None:
        """Forget the failures of a key."""
        with self.database.write() as connection:
            connection.execute(failures.delete().where(failures.c.key == key))

    def forget_passkeys(self, name: str) -> int:
        """Forget every passkey of a user; return how many there were."""
        with self.database.write() as connection:
            return int(connection.execute(passkeys.delete().where(passkeys.c.user_name == name)).rowcount)

    def passkey_counts(self) -> dict[str, int]:
        """Return how many passkeys each user has; users without one are left out."""
        query = sa.select(passkeys.c.user_name, sa.func.count()).group_by(passkeys.c.user_name)
        with self.database.read() as connection:
            return {name: int(count) for name, count in connection.execute(query)}


def _touch(connection: sa.Connection) -> None:
    connection.execute(state.update().values(version=state.c.version + 1))


def _user(row: sa.RowMapping) -> StoredUser:
    user = User(
        name=row["name"],
        display_name=row["display_name"],
        role=Role(row["role"]),
        unit=row["unit"],
        subject=row["subject"],
        locked=bool(row["locked"]),
        must_change_password=bool(row["must_change_password"]),
        has_password=row["password"] is not None,
        created_us=row["created_us"],
        signed_in_us=row["signed_in_us"],
    )
    return StoredUser(user=user, password=row["password"])


def _session(row: sa.RowMapping) -> StoredSession:
    return StoredSession(
        digest=bytes(row["digest"]),
        user=row["user_name"],
        method=row["method"],
        created_us=row["created_us"],
        seen_us=row["seen_us"],
        expires_us=row["expires_us"],
    )
