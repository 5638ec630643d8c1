"""The record of one installation, opened: append, read, follow, erase, export, analyse."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

import sqlalchemy as sa

from tiexin.infra.crypto.aead import derive
from tiexin.infra.crypto.keyring import Keyring
from tiexin.infra.db import Database, Schema, ensure_schema, open_postgresql, open_sqlite
from tiexin.infra.files import private_folder
from tiexin.infra.settings import Settings
from tiexin.kernel.clock import Clock, SystemClock
from tiexin.kernel.errors import InvalidInputError, NotFoundError
from tiexin.kernel.ids import IdSource
from tiexin.record.contracts import (
    PAGE_EVENTS_MAX,
    AppendReceipt,
    Erasure,
    Event,
    EventFilter,
    EventPage,
    RecordedEvent,
    RecordStats,
    StoredRow,
)
from tiexin.record.erasure import Erasures, Hold, JournalLine, holds_in_force
from tiexin.record.kinds.registry import KindRegistry
from tiexin.record.organisation import ORGANISATION_TYPES, OrgTree
from tiexin.record.prepare import prepare
from tiexin.record.store import read
from tiexin.record.store.append import Appender
from tiexin.record.store.lake import Lake, SegmentInfo
from tiexin.record.store.stored import damage, select_stored
from tiexin.record.subject_keys import SubjectKeys
from tiexin.record.tables import KEYS_SCHEMA, RECORD_SCHEMA, projections

if TYPE_CHECKING:
    import pyarrow as pa

    from tiexin.infra.analytics.engine import Engine

RECORD_FILE = "record.db"
KEYS_FILE = "keys.db"
KEYS_PG_SCHEMA = "tiexin_keys"
KEYS_PG_LOCK = 0x6B65_7973
"""Advisory lock under which the schema of keys is made."""
PSEUDONYM_CHARS = 32
REASON_CHARS_MAX = 500

Handler = Callable[[sa.Connection, Sequence[RecordedEvent]], None]
"""A projection's handler: gets the open transaction and the next events in order."""


class PageLimitError(InvalidInputError):
    """A page larger than the limit was asked for; the limit stands in the facts."""

    code = "page_too_large"


class UnknownSubjectError(NotFoundError):
    """No event concerns this subject; names it."""

    code = "unknown_subject"


class ReasonMissingError(InvalidInputError):
    """An act that must be explained came without a reason, or with one that is too long."""

    code = "reason_missing"


class Record:
    """One installation's record; open it with :func:`tiexin.record.api.open_record` and close it after use."""

    def __init__(self, settings: Settings, *, clock: Clock | None = None) -> None:
        self.settings = settings
        self._clock = clock or SystemClock()
        self._ids = IdSource(self._clock)
        private_folder(settings.home)
        self.kinds = KindRegistry(settings.kinds, settings.home / "kinds")
        with ExitStack() as opened:  # what is open is closed again when a later part refuses to open
            self.database = opened.enter_context(_open_record_database(settings))
            self._keys_database = opened.enter_context(_open_keys_database(settings))
            self._keyring = Keyring(settings)
            self._keys = SubjectKeys(self._keys_database, self._keyring, self._clock)
            self._appender = opened.enter_context(Appender(self.database, self._clock))
            self._lake = Lake(settings.lake_dir, self.database, segment_max=settings.lake_segment_max)
            self._erasures = Erasures(settings.keys_dir, self.database, self._keys, self._append_own)
            self._erasures.apply()
            self._opened = opened.pop_all()

    def __enter__(self) -> Self:
        """Return the record itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the record."""
        self.close()

    def close(self) -> None:
        """Finish queued appends and close the databases."""
        self._opened.close()

    # -- writing ------------------------------------------------------------------------------------------------

    def append(self, events: Sequence[Event]) -> AppendReceipt:
        """Store a batch, all or nothing; when this returns it is durable.

        At most 10,000 events and 16 MiB. An event whose source and id are recorded with the same content is counted
        as a duplicate and changes nothing.

        Raises:
            BatchTooLargeError: the batch exceeds a limit.
            EventsRefusedError: events break a rule; names each.
            EventConflictError: the same source and id are recorded with other content.
        """
        return self.submit(events).result()

    def submit(self, events: Sequence[Event]) -> Future[AppendReceipt]:
        """Check a batch now and queue it; concurrent batches share one commit. Raises and fails like ``append``."""
        cipher = self.settings.cipher
        return self._appender.submit(prepare(events, kinds=self.kinds, keys=self._keys, cipher=cipher))

    def submit_own(self, events: Sequence[Event]) -> Future[AppendReceipt]:
        """Queue events of the house itself (``access.*``), which nobody can append from outside."""
        cipher = self.settings.cipher
        return self._appender.submit(prepare(events, kinds=self.kinds, keys=self._keys, cipher=cipher, system=True))

    def _append_own(self, events: list[Event]) -> AppendReceipt:
        return self.submit_own(events).result()

    # -- reading ------------------------------------------------------------------------------------------------

    def position(self) -> int:
        """Return the position of the last event, 0 when there is none."""
        with self.database.read() as connection:
            return read.position_of(connection)

    def read(
        self, wanted: EventFilter | None = None, *, after: int = 0, limit: int = 100, personal: bool = False
    ) -> EventPage:
        """Return the events beyond position ``after`` that fit the filter, in order of position.

        Raises:
            PageLimitError: ``limit`` is not between 1 and 1,000.
        """
        if not 1 <= limit <= PAGE_EVENTS_MAX:
            msg = f"A page has 1 to {PAGE_EVENTS_MAX:,} events, not {limit:,}"
            raise PageLimitError(msg, limit=PAGE_EVENTS_MAX)
        with self.database.read() as connection:
            rows = read.select_rows(connection, wanted or EventFilter(), after=after, limit=limit + 1)
        found = read.to_recorded(rows[:limit], self._keys if personal else None)
        return EventPage(events=found, next_after=found[-1].position if len(rows) > limit else None)

    def newest(
        self,
        types: Sequence[str],
        *,
        actor: str | None = None,
        orgs: frozenset[str] | None = None,
        since_us: int | None = None,
        until_us: int | None = None,
        before: int | None = None,
        limit: int = 100,
    ) -> list[RecordedEvent]:
        """Return up to ``limit`` events of some types before a position, newest first, personal content sealed."""
        wanted = EventFilter(orgs=orgs, since_us=since_us, until_us=until_us)
        with self.database.read() as connection:
            rows = read.select_newest(connection, wanted, types=types, actor=actor, before=before, limit=limit)
        return read.to_recorded(rows, None)

    def only_beyond(self, position: int, prefixes: tuple[str, ...]) -> int | None:
        """Return the present position if all events beyond ``position`` have types with these prefixes, else None.

        What was counted at ``position`` then still holds. Looks at 1,000 events at most; more count as a change.
        """
        page = self.read(after=position, limit=PAGE_EVENTS_MAX)
        if page.next_after is not None or any(not one.event.type.startswith(prefixes) for one in page.events):
            return None
        return page.events[-1].position if page.events else position

    def wait_beyond(self, position: int, *, timeout_seconds: float) -> bool:
        """Wait until this process has committed beyond ``position``; other processes' commits need a poll."""
        return self._appender.wait_beyond(position, timeout_seconds)

    def iterate(self, wanted: EventFilter | None = None, *, personal: bool = False) -> Iterator[RecordedEvent]:
        """Yield every event that fits the filter, in order of position, with bounded memory."""
        for rows in read.iterate(self.database, wanted or EventFilter()):
            yield from read.to_recorded(rows, self._keys if personal else None)

    def stored_rows(self, *, after: int = 0, limit: int = 10_000) -> list[StoredRow]:
        """Return rows beyond position ``after`` exactly as they are stored, in the order of ``STORED_COLUMNS``.

        Raises:
            RecordDamagedError: the database cannot read its own file there.
        """
        with self.database.read() as connection:
            return select_stored(connection, after=after, limit=limit)

    def damage(self) -> list[str]:
        """Return what the database itself finds wrong with its file, a sentence each; empty when all is well."""
        return damage(self.database)

    def project(self, name: str, handler: Handler, *, batch: int = 1_000) -> int:
        """Hand the next events to a projection, once each, and return how many there were.

        The handler's writes and the projection's position are committed together, so a crash repeats or skips
        nothing. Call it until it returns 0; concurrent callers of the same name wait for each other.
        """
        with self.database.write() as connection:
            at = connection.execute(
                sa.select(projections.c.position).where(projections.c.name == name).with_for_update()
            ).scalar()
            if at is None:
                connection.execute(sa.insert(projections).values(name=name, position=0))
            rows = read.select_rows(connection, EventFilter(), after=at or 0, limit=batch)
            if rows:
                handler(connection, read.to_recorded(rows, None))
                change = sa.update(projections).where(projections.c.name == name)
                connection.execute(change.values(position=rows[-1].position))
        return len(rows)

    def stats(self, *, orgs: frozenset[str] | None = None) -> RecordStats:
        """Return how much the record holds, or how much of these units.

        ``bytes`` is the size of the event table with its indexes, whatever was counted.
        """
        found = read.count(self.database, orgs)
        return RecordStats(**found, lake_position=self._lake.manifest().position)

    def org_tree(self) -> OrgTree:
        """Return the dated organisation tree that the reference events describe."""
        found = (self.iterate(EventFilter(type=name)) for name in ORGANISATION_TYPES)
        return OrgTree(recorded.event for events in found for recorded in events)

    # -- people -------------------------------------------------------------------------------------------------

    def pseudonymise(self, namespace: str, value: str) -> str:
        """Return the pseudonym of an identifier: 32 hex characters of HMAC-SHA256, stable within the installation."""
        return hmac.new(self.row_key(), f"{namespace}\0{value}".encode(), hashlib.sha256).hexdigest()[:PSEUDONYM_CHARS]

    def row_key(self) -> bytes:
        """Return the key (32 bytes) for keyed hashes of rows and identifiers; it never leaves the installation."""
        return derive(self._keyring.secret("pseudonym"), "tiexin/pseudonym/v1")

    def holds(self, subject: str) -> list[Hold]:
        """Return the legal holds on a subject that are in force."""
        with self.database.read() as connection:
            return holds_in_force(connection, subject, now_us=self._clock.now_us())

    def erase(self, subject: str, *, reason: str) -> Erasure:
        """Destroy the subject's key: its personal content is unreadable everywhere, the events stay.

        Returns a refusal with the reasons when a legal hold is in force. Erasing twice changes nothing more.

        Raises:
            UnknownSubjectError: nobody of that reference is in the record (a slip of the pen must not look done).
            ReasonMissingError: the reason is empty or longer than 500 characters.
        """
        if not 1 <= len(reason.strip()) <= REASON_CHARS_MAX:
            msg = f"An erasure needs a reason of 1 to {REASON_CHARS_MAX} characters"
            raise ReasonMissingError(msg, limit=REASON_CHARS_MAX)
        if self._keys.is_erased(subject):
            self._keys.scrub()
            return Erasure(erased=True, subject=subject)
        if not self.read(EventFilter(subject=subject), limit=1).events:
            msg = f"Nobody is recorded under {subject!r}; nothing was erased"
            raise UnknownSubjectError(msg, subject=subject)
        line = JournalLine(id=self._ids.new(), subject=subject, reason=reason, erased_us=self._clock.now_us())
        holds = self._erasures.begin(line)
        if holds:
            return Erasure(erased=False, subject=subject, reasons=[_hold_reason(hold) for hold in holds])
        self._erasures.apply()
        return Erasure(erased=True, subject=subject, position=self.position())

    def end_epoch(self) -> list[str]:
        """Start a new wrapping epoch and destroy the old epoch keys; return their names."""
        return self._keys.end_epoch()

    # -- analysis -----------------------------------------------------------------------------------------------

    def close_lake(self) -> list[SegmentInfo]:
        """Write all events into the lake; return its segments."""
        return self._lake.close_to().segments

    def lake_segments(self) -> list[SegmentInfo]:
        """Return the lake's segments in order of position."""
        return self._lake.manifest().segments

    def verify_lake(self) -> list[str]:
        """Return the names of segments whose content is not what the manifest says."""
        return self._lake.verify()

    @property
    def lake_dir(self) -> Path:
        """The folder of the lake's segments."""
        return self._lake.folder

    def analysis_sources(self) -> tuple[list[Path], pa.Table]:
        """Return the lake's files and the tail beyond them as an Arrow table: together every event, once.

        A tail longer than the setting ``lake_tail_max`` is closed into the lake first.
        """
        found = self._lake.manifest()
        if self.position() - found.position > self.settings.lake_tail_max:
            found = self._lake.close_to()
        files = [self._lake.folder / segment.file for segment in found.segments]
        return files, self._lake.tail(found.position)

    @contextmanager
    def analyse(self, engine: str = "duckdb", *, orgs: Sequence[str] | None = None) -> Iterator[Engine]:
        """Yield an analytics engine with the view ``events`` over lake and tail.

        With ``orgs`` the view holds only the events of these units: for a caller whose reach they are, no other event
        exists, whatever is asked.
        """
        from tiexin.infra.analytics.engine import open_engine

        files, tail = self.analysis_sources()
        opened = open_engine(engine)
        try:
            opened.register_parquet("events", files, tail, only=None if orgs is None else {"org": orgs})
            yield opened
        finally:
            opened.close()


def _open_record_database(settings: Settings) -> Database:
    if settings.database_url:
        database = open_postgresql(settings.database_url)
    else:
        database = open_sqlite(settings.home / RECORD_FILE, synchronous=settings.sqlite_synchronous)
    return _with_schema(database, RECORD_SCHEMA)


def _open_keys_database(settings: Settings) -> Database:
    if not settings.database_url:
        return _with_schema(open_sqlite(settings.keys_dir / KEYS_FILE, secure_delete=True), KEYS_SCHEMA)
    database = open_postgresql(settings.database_url, search_path=KEYS_PG_SCHEMA)
    with database.write() as connection:
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({KEYS_PG_LOCK})")
        connection.exec_driver_sql(f"CREATE SCHEMA IF NOT EXISTS {KEYS_PG_SCHEMA}")
    return _with_schema(database, KEYS_SCHEMA)


def _with_schema(database: Database, schema: Schema) -> Database:
    try:
        ensure_schema(database, schema)
    except BaseException:
        database.close()
        raise
    return database


def _hold_reason(hold: Hold) -> dict[str, str | None]:
    until_zh = f"至 {hold.until}" if hold.until else "直至解除"
    until_en = f"until {hold.until}" if hold.until else "until it is released"
    return {
        "code": f"legal_hold_{hold.basis}",
        "hold": hold.hold,
        "reason": hold.reason,
        "until": hold.until,
        "zh": f"依法保留（{until_zh}）：{hold.reason}",
        "en": f"A legal hold is in force ({until_en}): {hold.reason}",
    }
