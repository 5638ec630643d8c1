"""The single writer: stores prepared batches, many at a time, under one commit (group commit).

``position`` comes from a one-row counter that is locked first in the append transaction, so positions are dense and in
commit order on both stores. The common case – every event is new – is one bulk insert; only when the unique key
objects, the group is done again event by event to tell redelivery from contradiction.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from typing import Any, Self

import sqlalchemy as sa

from tiexin.infra.db import Database
from tiexin.kernel.clock import Clock
from tiexin.record.contracts import AppendReceipt
from tiexin.record.errors import EventConflictError, EventProblem, EventsRefusedError
from tiexin.record.prepare import Prepared, Row
from tiexin.record.tables import INSERT_COLUMNS, counter

GROUP_EVENTS_MAX = 20_000
"""Most events under one commit."""
LOOKUP_MAX = 400
SOURCE, ID = 2, 3
PERSONAL, PERSONAL_MAC = 17, 18
"""Indices into a prepared row."""

_COLUMNS = ", ".join(INSERT_COLUMNS)
_MARKS = ", ".join("?" * len(INSERT_COLUMNS))
_SQLITE_INSERT = f"INSERT INTO events ({_COLUMNS}) VALUES ({_MARKS}) ON CONFLICT DO NOTHING"
_COPY = f"COPY events ({_COLUMNS}) FROM STDIN"
_STORED = ", ".join(name for name in INSERT_COLUMNS if name != "recorded_us")

Waiting = tuple[Prepared, "Future[AppendReceipt]"]
Key = tuple[str, str]


class _NotAllNewError(Exception):
    """The bulk insert met an event that is recorded already."""


class Appender:
    """Commits batches of concurrent callers in groups; one thread, started with the first batch."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._queue: deque[Waiting] = deque()
        self._signal = threading.Condition()
        self._committed = threading.Condition()
        self._thread: threading.Thread | None = None
        self._closing = False
        self._expect_redelivery = False
        self.position = 0

    def __enter__(self) -> Self:
        """Return the appender itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Finish and stop."""
        self.close()

    def submit(self, batch: Prepared) -> Future[AppendReceipt]:
        """Queue a batch; the future is done when the batch is durable, or refused."""
        future: Future[AppendReceipt] = Future()
        with self._signal:
            if self._closing:
                msg = "the record is closed"
                raise RuntimeError(msg)
            self._queue.append((batch, future))
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="record-appender", daemon=True)
                self._thread.start()
            self._signal.notify()
        return future

    def wait_beyond(self, position: int, timeout_seconds: float) -> bool:
        """Wait until this process has committed something beyond ``position``; False when the time ran out."""
        with self._committed:
            return self._committed.wait_for(lambda: self.position > position, timeout_seconds)

    def close(self) -> None:
        """Finish what is queued and stop the thread."""
        with self._signal:
            self._closing = True
            self._signal.notify()
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        while True:
            with self._signal:
                self._signal.wait_for(lambda: self._queue or self._closing)
                group = list(self._take_group())
            if not group:
                return
            self._commit(group)

    def _take_group(self) -> Iterator[Waiting]:
        taken = 0
        while self._queue and (taken == 0 or taken + len(self._queue[0][0].rows) <= GROUP_EVENTS_MAX):
            taken += len(self._queue[0][0].rows)
            yield self._queue.popleft()

    def _commit(self, waiting: list[Waiting]) -> None:
        # From here on nobody can cancel: what is in this list is stored and answered, or refused.
        group = [entry for entry in waiting if entry[1].set_running_or_notify_cancel()]
        try:
            outcomes = self._store([batch for batch, _ in group])
        except Exception as error:  # noqa: BLE001  (whatever it is belongs to the callers, not to this thread)
            for _, future in group:
                future.set_exception(error)
            return
        for (_, future), outcome in zip(group, outcomes, strict=True):
            if isinstance(outcome, AppendReceipt):
                future.set_result(outcome)
            else:
                future.set_exception(outcome)

    def _store(self, batches: list[Prepared]) -> list[AppendReceipt | Exception]:
        hopeful = not self._expect_redelivery and not any(batch.erased for batch in batches)
        if hopeful:
            try:
                return list(self._store_all_new(batches))
            except _NotAllNewError:
                self._expect_redelivery = True
        return self._store_carefully(batches)

    def _store_all_new(self, batches: list[Prepared]) -> list[AppendReceipt]:
        with self._database.write() as connection:
            before = self._lock_counter(connection)
            self._insert(connection, before, [row for batch in batches for row in batch.rows])
            last = before + sum(len(batch.rows) for batch in batches)
            self._set_counter(connection, last)
        self._announce(last)
        receipts, first = [], before + 1
        for batch in batches:
            count = len(batch.rows)
            receipts.append(AppendReceipt(appended=count, duplicates=0, positions=list(range(first, first + count))))
            first += count
        return receipts

    def _store_carefully(self, batches: list[Prepared]) -> list[AppendReceipt | Exception]:
        with self._database.write() as connection:
            before = self._lock_counter(connection)
            wanted = [(row[SOURCE], row[ID]) for batch in batches for row in batch.rows]
            known = self._stored(connection, wanted)
            fresh: list[Row] = []
            outcomes: list[AppendReceipt | Exception] = []
            for batch in batches:
                outcome, new = _classify(batch, known, before + len(fresh))
                outcomes.append(outcome)
                fresh.extend(new)
            if fresh:
                self._insert(connection, before, fresh)
                self._set_counter(connection, before + len(fresh))
        self._expect_redelivery = len(fresh) < len(wanted)
        self._announce(before + len(fresh))
        return outcomes

    def _lock_counter(self, connection: sa.Connection) -> int:
        return int(connection.execute(sa.select(counter.c.position).with_for_update()).scalar_one())

    def _set_counter(self, connection: sa.Connection, position: int) -> None:
        connection.execute(sa.update(counter).values(position=position))

    def _announce(self, position: int) -> None:
        with self._committed:
            self.position = max(self.position, position)
            self._committed.notify_all()

    def _insert(self, connection: sa.Connection, before: int, rows: Sequence[Row]) -> None:
        now = self._clock.now_us()
        full = [(position, row[0], now, *row[1:]) for position, row in enumerate(rows, before + 1)]
        cursor: Any = connection.connection.cursor()
        if self._database.is_sqlite:
            cursor.executemany(_SQLITE_INSERT, full)
            if cursor.rowcount != len(full):
                raise _NotAllNewError
            return
        from psycopg.errors import UniqueViolation

        try:
            with cursor.copy(_COPY) as copy:
                for values in full:
                    copy.write_row(values)
        except UniqueViolation as error:
            raise _NotAllNewError from error

    def _stored(self, connection: sa.Connection, wanted: list[Key]) -> dict[Key, tuple[int, Row]]:
        """Return position and row of those events that are recorded already."""
        found: dict[Key, tuple[int, Row]] = {}
        cursor: Any = connection.connection.cursor()
        for start in range(0, len(wanted), LOOKUP_MAX):
            part = wanted[start : start + LOOKUP_MAX]
            if self._database.is_sqlite:
                marks = ", ".join(["(?, ?)"] * len(part))
                query = f"SELECT {_STORED} FROM events WHERE (source, id) IN (VALUES {marks})"
                cursor.execute(query, [text for key in part for text in key])
            else:
                query = (
                    f"SELECT {_STORED} FROM events JOIN unnest(%s::text[], %s::text[]) AS wanted(source, id)"
                    " USING (source, id)"
                )
                cursor.execute(query, [[source for source, _ in part], [event_id for _, event_id in part]])
            for position, *row in cursor.fetchall():
                found[(row[SOURCE], row[ID])] = (position, tuple(row))
        return found


def _classify(
    batch: Prepared, known: dict[Key, tuple[int, Row]], before: int
) -> tuple[AppendReceipt | Exception, list[Row]]:
    """Tell new events from redeliveries; ``known`` grows by the new ones only if the whole batch is accepted."""
    fresh: dict[Key, tuple[int, Row]] = {}
    positions, conflicts, gone = [], [], []
    for index, row in enumerate(batch.rows):
        key = (row[SOURCE], row[ID])
        stored = known.get(key) or fresh.get(key)
        if stored is not None:
            positions.append(stored[0])
            if not _same(stored[1], row, erased=index in batch.erased):
                reason = "this source and id are recorded with other content"
                conflicts.append(
                    EventProblem(index=index, id=batch.ids[index], member="id", reason=reason, code="event_conflict")
                )
        elif index in batch.erased:
            reason = "the subject was erased; no new personal content may be stored for it"
            gone.append(
                EventProblem(index=index, id=batch.ids[index], member="subject", reason=reason, code="subject_erased")
            )
        else:
            position = before + len(fresh) + 1
            fresh[key] = (position, row)
            positions.append(position)
    if gone:
        return EventsRefusedError(gone), []
    if conflicts:
        return EventConflictError(conflicts), []
    known.update(fresh)
    receipt = AppendReceipt(appended=len(fresh), duplicates=len(batch.rows) - len(fresh), positions=positions)
    return receipt, [row for _, row in fresh.values()]


def _same(stored: Row, row: Row, *, erased: bool) -> bool:
    """Compare the public content, and the personal one by its keyed digest unless the subject was erased."""
    if stored[:PERSONAL] != row[:PERSONAL]:
        return False
    return erased or _bytes(stored[PERSONAL_MAC]) == _bytes(row[PERSONAL_MAC])


def _bytes(value: Any) -> bytes | None:
    return None if value is None else bytes(value)
