"""Rows of passkeys, and of challenges that wait for an answer: each is used once, and soon."""

from __future__ import annotations

import hashlib

import msgspec
import sqlalchemy as sa

from tiexin.access.store.tables import challenges, passkeys
from tiexin.infra.db import Database
from tiexin.kernel.errors import UnavailableError

WAITING_MAX = 10_000
"""Most challenges that wait at once."""


class TooManyWaitingError(UnavailableError):
    """Too many people have begun to sign in and not finished."""

    code = "too_many_sign_ins"


class StoredPasskey(msgspec.Struct, frozen=True, kw_only=True):
    """A passkey as it is kept; ``id`` is the credential's id in base64url. Times are UTC µs."""

    id: str
    user_name: str
    name: str
    public_key: bytes
    sign_count: int
    created_us: int
    used_us: int | None = None


class PasskeyStore:
    """Rows of passkeys."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, user: str) -> list[StoredPasskey]:
        """Return the passkeys of a user, oldest first."""
        query = sa.select(passkeys).where(passkeys.c.user_name == user).order_by(passkeys.c.created_us)
        with self._database.read() as connection:
            return [_passkey(row) for row in connection.execute(query).mappings()]

    def find(self, passkey_id: str) -> StoredPasskey | None:
        """Return a passkey by its id."""
        with self._database.read() as connection:
            row = connection.execute(sa.select(passkeys).where(passkeys.c.id == passkey_id)).mappings().first()
        return _passkey(row) if row else None

    def any(self) -> bool:
        """Tell whether anybody has a passkey."""
        with self._database.read() as connection:
            return connection.execute(sa.select(passkeys.c.id).limit(1)).first() is not None

    def add(self, passkey: StoredPasskey) -> bool:
        """Keep a new passkey; False when it is known."""
        try:
            with self._database.write() as connection:
                connection.execute(passkeys.insert().values(**msgspec.structs.asdict(passkey)))
        except sa.exc.IntegrityError:
            return False
        return True

    def used(self, passkey_id: str, *, sign_count: int, now_us: int) -> None:
        """Keep the counter of a passkey and when it was used."""
        change = passkeys.update().where(passkeys.c.id == passkey_id)
        with self._database.write() as connection:
            connection.execute(change.values(sign_count=sign_count, used_us=now_us))

    def remove(self, user: str, passkey_id: str) -> bool:
        """Forget a passkey of a user; tell whether it was there."""
        wanted = passkeys.delete().where(passkeys.c.id == passkey_id, passkeys.c.user_name == user)
        with self._database.write() as connection:
            return connection.execute(wanted).rowcount == 1


class ChallengeStore:
    """Rows of challenges; kept under the hash of what the other side has to show."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def keep(self, shown: bytes, *, purpose: str, data: dict[str, str], now_us: int, expires_us: int) -> None:
        """Keep a challenge, and forget those whose time is over.

        Raises:
            TooManyWaitingError: 10,000 wait already.
        """
        row = {"handle": _handle(shown), "purpose": purpose, "data": msgspec.json.encode(data).decode()}
        with self._database.write() as connection:
            connection.execute(challenges.delete().where(challenges.c.expires_us <= now_us))
            waiting = connection.execute(sa.select(sa.func.count()).select_from(challenges)).scalar_one()
            if waiting >= WAITING_MAX:
                msg = "Too many people are signing in at this moment. Please try again in a few minutes."
                raise TooManyWaitingError(msg)
            connection.execute(challenges.insert().values(**row, expires_us=expires_us))

    def take(self, shown: bytes, *, purpose: str, now_us: int) -> dict[str, str] | None:
        """Return what was kept under a challenge and forget it; None where it is unknown, used or too old."""
        same = sa.and_(challenges.c.handle == _handle(shown), challenges.c.purpose == purpose)
        with self._database.write() as connection:
            row = connection.execute(sa.select(challenges).where(same)).mappings().first()
            taken = connection.execute(challenges.delete().where(same)).rowcount
        if row is None or taken != 1 or row["expires_us"] <= now_us:
            return None
        return msgspec.json.decode(row["data"], type=dict[str, str])


def _handle(shown: bytes) -> bytes:
    return hashlib.sha256(shown).digest()


def _passkey(row: sa.RowMapping) -> StoredPasskey:
    return StoredPasskey(**{**row, "public_key": bytes(row["public_key"])})
