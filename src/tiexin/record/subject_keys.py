"""One data key a subject, wrapped by the epoch key; destroying the row destroys the person's content.

The keys live in a database of their own (SQLite: a file beside the keyring; PostgreSQL: the schema ``tiexin_keys``),
outside ordinary backups. Caches of other processes notice an erasure by the generation number, read before each use.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from collections.abc import Iterable
from typing import Any

import msgspec
import sqlalchemy as sa

from tiexin.infra.crypto.aead import KEY_BYTES, Sealer, derive
from tiexin.infra.crypto.keyring import Keyring, KeyringError
from tiexin.infra.db import Database
from tiexin.infra.settings import Cipher
from tiexin.kernel.clock import Clock
from tiexin.kernel.errors import UnavailableError
from tiexin.record.tables import key_state, subject_keys, tombstones

FORMAT = 1
CIPHER_CODES = {Cipher.AES_256_GCM: 1, Cipher.SM4_GCM: 2}
CIPHERS = {code: cipher for cipher, code in CIPHER_CODES.items()}
KEY_ID_BYTES = 16
HEADER_BYTES = 2 + KEY_ID_BYTES
CACHE_MAX = 200_000
LOOKUP_MAX = 500
"""Subjects looked up by one statement."""
MAC_BYTES = 16


class SubjectKey:
    """The unwrapped key of one subject."""

    def __init__(self, key: bytes, key_id: bytes) -> None:
        self._key = key
        self._sealers: dict[Cipher, Sealer] = {}
        self._mac_key = derive(key, "tiexin/personal-mac/v1")
        self.key_id = key_id

    def seal(self, personal: bytes, *, place: bytes, cipher: Cipher) -> bytes:
        """Return header (format, cipher, key id) and ciphertext, bound to the event at ``place``."""
        header = bytes((FORMAT, CIPHER_CODES[cipher])) + self.key_id
        return header + self._sealer(cipher).seal(personal, bound_to=header + place)

    def open(self, sealed: bytes, *, place: bytes) -> bytes:
        """Return the personal content (JSON text); the cipher is told by the header."""
        header = sealed[:HEADER_BYTES]
        return self._sealer(CIPHERS[header[1]]).open(sealed[HEADER_BYTES:], bound_to=header + place)

    def mac(self, personal: bytes) -> bytes:
        """Return the keyed digest by which redelivery is recognised (HMAC-SHA256, 16 bytes)."""
        return hmac.new(self._mac_key, personal, hashlib.sha256).digest()[:MAC_BYTES]

    def _sealer(self, cipher: Cipher) -> Sealer:
        found = self._sealers.get(cipher)
        if found is None:
            found = self._sealers[cipher] = Sealer(self._key, cipher)
        return found


class SubjectKeys:
    """The key store of one installation."""

    def __init__(self, database: Database, keyring: Keyring, clock: Clock) -> None:
        self._database = database
        self._keyring = keyring
        self._clock = clock
        self._generation = -1
        self._cache: dict[str, SubjectKey | None] = {}

    def find(self, subjects: Iterable[str]) -> dict[str, SubjectKey | None]:
        """Return the key of each subject that has one, and None for erased subjects; others are absent."""
        wanted = list(dict.fromkeys(subjects))
        with self._database.read() as connection:
            self._notice(connection)
            missing = [subject for subject in wanted if subject not in self._cache]
            for start in range(0, len(missing), LOOKUP_MAX):
                self._load(connection, missing[start : start + LOOKUP_MAX])
        return {subject: self._cache[subject] for subject in wanted if subject in self._cache}

    def find_or_create(self, subjects: Iterable[str]) -> dict[str, SubjectKey | None]:
        """Return the key of each subject, made now where there was none; None for erased subjects."""
        wanted = list(dict.fromkeys(subjects))
        found = self.find(wanted)
        missing = [subject for subject in wanted if subject not in found]
        if not missing:
            return found
        with self._database.write() as connection:
            # The row lock makes an ending epoch wait for us, or us for it: no key is wrapped under a dying epoch.
            self._notice(connection, lock=True)
            for start in range(0, len(missing), LOOKUP_MAX):
                part = missing[start : start + LOOKUP_MAX]
                self._load(connection, part)
                fresh = [subject for subject in part if subject not in self._cache]
                if fresh:
                    connection.execute(self._insert_ignoring(), [self._new_row(subject) for subject in fresh])
                    self._load(connection, fresh)
        found.update({subject: self._cache[subject] for subject in missing})
        return found

    def destroy(self, subject: str, *, reason: str, erased_us: int, applied: int) -> None:
        """Delete the key, leave a tombstone and note how many lines of the erasure journal are applied."""
        with self._database.write() as connection:
            connection.execute(sa.delete(subject_keys).where(subject_keys.c.subject == subject))
            row = {"subject": subject, "erased_us": erased_us, "reason": reason}
            connection.execute(self._ignoring(tombstones), row)
            connection.execute(
                sa.update(key_state).values(generation=key_state.c.generation + 1, erasures_applied=applied)
            )
        self._cache.clear()
        self.scrub()

    def erasures_applied(self) -> int:
        """Return how many lines of the erasure journal this key store knows."""
        with self._database.read() as connection:
            return int(connection.execute(sa.select(key_state.c.erasures_applied)).scalar_one())

    def is_erased(self, subject: str) -> bool:
        """Tell whether a tombstone stands for the subject."""
        with self._database.read() as connection:
            query = sa.select(sa.func.count()).where(tombstones.c.subject == subject)
            return bool(connection.execute(query).scalar_one())

    def end_epoch(self) -> list[str]:
        """Wrap every living key under a new epoch key and destroy the old epoch keys; return their names.

        Safe to repeat after a crash: until the last step the old epoch keys still exist.
        """
        self._keyring.begin_epoch()
        epoch = self._keyring.current_epoch
        with self._database.write() as connection:
            connection.execute(sa.update(key_state).values(generation=key_state.c.generation + 1))
            stale = connection.execute(sa.select(subject_keys).where(subject_keys.c.epoch != epoch)).all()
            for row in stale:
                key = self._keyring.unwrap(row.epoch, row.wrapped, owner=row.subject)
                _, wrapped = self._keyring.wrap(key, owner=row.subject)
                change = sa.update(subject_keys).where(subject_keys.c.subject == row.subject)
                connection.execute(change.values(epoch=epoch, wrapped=wrapped))
        self.scrub()
        self._cache.clear()
        return self._keyring.end_epochs_before(epoch)

    def scrub(self) -> None:
        """Remove what deleted rows left behind: SQLite's log is emptied (``secure_delete`` zeroes the pages)."""
        if not self._database.is_sqlite:
            autocommit = self._database.engine.execution_options(isolation_level="AUTOCOMMIT")
            with autocommit.connect() as connection:
                connection.exec_driver_sql("VACUUM subject_keys")
            return
        raw = self._database.engine.raw_connection()
        try:
            busy = raw.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
        finally:
            raw.close()
        if busy:
            msg = "The key was destroyed, but a reader keeps the key file's log open; run the erasure again to empty it"
            raise UnavailableError(msg)

    def _notice(self, connection: sa.Connection, *, lock: bool = False) -> None:
        query = sa.select(key_state.c.generation)
        generation = connection.execute(query.with_for_update(read=True) if lock else query).scalar_one()
        if generation != self._generation:
            self._cache.clear()
            if self._generation != -1:
                self._keyring.reload()
            self._generation = generation

    def _load(self, connection: sa.Connection, subjects: list[str]) -> None:
        if len(self._cache) > CACHE_MAX:
            self._cache.clear()
        for row in connection.execute(sa.select(subject_keys).where(subject_keys.c.subject.in_(subjects))):
            key = self._unwrap(row)
            self._cache[row.subject] = SubjectKey(key, bytes.fromhex(row.key_id))
        gone = sa.select(tombstones.c.subject).where(tombstones.c.subject.in_(subjects))
        for row in connection.execute(gone):
            self._cache[row.subject] = None

    def _unwrap(self, row: Any) -> bytes:
        try:
            return self._keyring.unwrap(row.epoch, row.wrapped, owner=row.subject)
        except KeyringError:
            self._keyring.reload()
            return self._keyring.unwrap(row.epoch, row.wrapped, owner=row.subject)

    def _new_row(self, subject: str) -> dict[str, Any]:
        epoch, wrapped = self._keyring.wrap(os.urandom(KEY_BYTES), owner=subject)
        return {
            "subject": subject,
            "key_id": os.urandom(KEY_ID_BYTES).hex(),
            "epoch": epoch,
            "wrapped": wrapped,
            "created_us": self._clock.now_us(),
        }

    def _insert_ignoring(self) -> Any:
        return self._ignoring(subject_keys)

    def _ignoring(self, table: sa.Table) -> Any:
        """Return an INSERT that leaves an existing row alone (another process may have been first)."""
        if self._database.is_sqlite:
            from sqlalchemy.dialects.sqlite import insert
        else:
            from sqlalchemy.dialects.postgresql import insert  # type: ignore[assignment]
        return insert(table).on_conflict_do_nothing()


def open_personal(key: SubjectKey, sealed: bytes, *, source: str, event_id: str) -> dict[str, Any]:
    """Return the personal content of an event."""
    return dict(msgspec.json.decode(key.open(sealed, place=place_of(source, event_id))))


def place_of(source: str, event_id: str) -> bytes:
    """Return what a ciphertext is bound to, so that it cannot be moved to another event."""
    return f"{source}\0{event_id}".encode()
