"""One import from file to record: batches, rejects, checkpoints, counts.

A batch is committed in the background while the next one is read. What was acknowledged stays whatever happens after;
because ids are the same on every run, running the same import again continues and adds nothing twice.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from tiexin.kernel.errors import MalformedError, TiexinError
from tiexin.kernel.ids import IdSource
from tiexin.record.contracts import BATCH_BYTES_MAX, AppendReceipt, Event
from tiexin.record.errors import BatchTooLargeError, EventConflictError, EventProblem, EventsRefusedError
from tiexin.record.imports.checkpoint import FORMAT, Checkpoint, data_set_name, load_checkpoint, save_checkpoint
from tiexin.record.imports.model import ImportReport, ImportSpec, Item, Reader, Reject, TooManyRejectsError, shown
from tiexin.record.imports.readers import digest_of, open_reader
from tiexin.record.imports.reasons import Reason
from tiexin.record.imports.rejects import RejectsFile

if TYPE_CHECKING:
    from tiexin.record.service import Record

BATCH_EVENTS = 8_000
"""Events of one batch; below the record's limit of 10,000, and a commit every half second or so."""
BATCH_BYTES = BATCH_BYTES_MAX // 2
"""Estimated bytes of one batch; estimates may be low, and a batch that is too large is cut in two."""

Progress = Callable[[float, int], None]
"""Told now and then: the share of the file that was read (0 to 1), and the rows read."""


class Entry(msgspec.Struct, frozen=True, gc=False):
    """An event on its way: its row's ordinal in the file, its line, and itself."""

    ordinal: int
    line: int
    event: Event
    row: Any = None


class Attempt(msgspec.Struct, frozen=True, kw_only=True):
    """An import that may be interrupted and begun again under the same name, and is to count exactly all the same.

    ``name`` stays the same for every attempt; ``since`` is the record's position before the first. ``rejected`` is told
    of every row that could not become an event: its line, its values in the order of the columns (None where the row
    has none) and why; ``columns`` is told their names before.
    """

    name: str
    since: int
    columns: Callable[[list[str]], None]
    rejected: Callable[[int, Any, Reject], None]


def run_import(
    record: Record, path: Path, spec: ImportSpec, progress: Progress | None = None, *, attempt: Attempt | None = None
) -> ImportReport:
    """Import a file into the record and return what was done.

    Raises:
        ImportFileMissingError, ImportOptionError, MappingError: nothing was imported.
        ImportFileError, ImportLimitError: the file cannot be read from some place on; rows before it were kept.
        TooManyRejectsError: more than ``spec.max_rejects`` bad rows; rows before were kept.

    Every error that comes after the first row carries the counts so far in its facts.
    """
    return ImportRun(record, path, spec, progress or (lambda _share, _rows: None), attempt).run()


class ImportRun:
    """The state of one import."""

    def __init__(
        self, record: Record, path: Path, spec: ImportSpec, progress: Progress, attempt: Attempt | None
    ) -> None:
        self._record, self._spec, self._progress = record, spec, progress
        self._name = attempt.name if attempt else ""
        self._rejected = attempt.rejected if attempt else None
        self._started = time.monotonic()
        self._reader: Reader = open_reader(path, spec, record)
        name = data_set_name(self._reader.source)
        home = record.settings.home
        file = self._name or f"{name}-{IdSource().new()}"
        self._rejects = RejectsFile(home / "rejects" / f"{file}.jsonl")
        self._checkpoint_path = home / "imports" / f"{name}.json"
        self._digest = digest_of(path, spec)
        self._resumed = load_checkpoint(self._checkpoint_path, digest=self._digest, record=record)
        self._skip = self._resumed.rows if self._resumed else 0
        self._retry = frozenset(self._resumed.refused) if self._resumed else frozenset()
        self._read = self._appended = self._duplicates = 0
        self._count_on(attempt)
        self._refused: set[int] = set(self._retry)
        self._pending: list[Entry] = []
        self._bytes = 0
        self._flight: tuple[list[Entry], Future[AppendReceipt], int] | None = None

    def _count_on(self, attempt: Attempt | None) -> None:
        """Take over what earlier attempts counted, and mark which positions they may have filled without counting."""
        self._mine = range(0)
        self._counted: set[int] = set()
        self._own = False
        if attempt is None:
            return
        attempt.columns(getattr(self._reader, "columns", []))
        since, found = attempt.since, self._resumed
        if found is not None and found.run == attempt.name:
            self._own = True
            self._appended, self._duplicates, since = found.appended, found.duplicates, found.position
        self._mine = range(since + 1, self._record.position() + 1)

    def run(self) -> ImportReport:
        """Read, append and count to the end of the file."""
        try:
            for item in self._reader.items():
                self._take(item)
            self._flush()
            self._settle()
        except TiexinError as error:
            self._keep_what_came_before(error)
            raise
        finally:
            self._rejects.close()
        self._progress(1.0, self._read)
        return self._report()

    def _take(self, item: Item) -> None:
        self._read += 1
        if item.event is None:
            self._refuse(item.line, item.reject or Reject(Reason.MALFORMED_ROW), item.row)
        elif self._read <= self._skip and self._read not in self._retry:
            self._duplicates += not self._own
        else:
            self._pending.append(Entry(self._read, item.line, item.event, item.row))
            self._bytes += item.size
            if len(self._pending) >= BATCH_EVENTS or self._bytes >= BATCH_BYTES:
                self._flush()
        if self._read % 2_000 == 0:
            self._progress(self._reader.done_share, self._read)

    def _flush(self) -> None:
        """Hand the pending rows to the record, after the batch before them was acknowledged."""
        self._settle()
        entries, self._pending, self._bytes = self._pending, [], 0
        if entries:
            self._submit(entries, until=self._read)

    def _submit(self, entries: list[Entry], *, until: int) -> None:
        try:
            future = self._record.submit([entry.event for entry in entries])
        except BatchTooLargeError as error:
            if len(entries) == 1:
                self._refuse_entries(entries, [EventProblem(reason=error.message)], Reason.ROW_TOO_LONG)
                return
            half = len(entries) // 2
            self._submit(entries[:half], until=entries[half - 1].ordinal)
            self._settle()
            self._submit(entries[half:], until=until)
        except EventsRefusedError as error:
            rest = self._refuse_entries(entries, error.problems, Reason.RECORD_REFUSED)
            if rest:
                self._submit(rest, until=until)
        else:
            self._flight = (entries, future, until)

    def _settle(self) -> None:
        """Wait for the batch in flight; rows that the store refuses become rejects and the others are sent again."""
        while self._flight is not None:
            entries, future, until = self._flight
            self._flight = None
            try:
                receipt = future.result()
            except (EventConflictError, EventsRefusedError) as error:
                conflict = isinstance(error, EventConflictError)
                reason = Reason.RECORD_CONFLICT if conflict else Reason.RECORD_REFUSED
                rest = self._refuse_entries(entries, error.problems, reason)
                if rest:
                    self._submit(rest, until=until)
                continue
            mine = self._appended_before(receipt)
            self._appended += receipt.appended + mine
            self._duplicates += receipt.duplicates - mine
            self._refused.difference_update(entry.ordinal for entry in entries)
            self._save(entries[-1].event, receipt.positions[-1], until)

    def _appended_before(self, receipt: AppendReceipt) -> int:
        """Count what looks like a duplicate but was stored by an attempt that died before it could write that down."""
        if not self._mine or not receipt.duplicates:
            return 0
        found = {place for place in receipt.positions if place in self._mine} - self._counted
        self._counted |= found
        return len(found)

    def _refuse_entries(self, entries: list[Entry], problems: list[EventProblem], reason: Reason) -> list[Entry]:
        """Write refused rows down and return the others."""
        found = {problem.index: problem for problem in problems}
        rest = []
        for index, entry in enumerate(entries):
            problem = found.get(index)
            if problem is None:
                rest.append(entry)
                continue
            self._refused.add(entry.ordinal)
            value = shown(problem.id) if reason is Reason.RECORD_CONFLICT else None
            self._refuse(entry.line, Reject(reason, problem.member, value, problem.reason), entry.row)
        return rest

    def _refuse(self, line: int, reject: Reject, row: Any) -> None:
        self._rejects.add(line, reject)
        if self._rejected is not None:
            self._rejected(line, row, reject)
        limit = self._spec.max_rejects
        if self._rejects.count == limit + 1:
            message = (
                f"More than {limit:,} rows cannot be events; the import stopped at row {self._read:,}. Rows before it "
                f"were kept. Look into {self._rejects.path}, then run the import again, with a larger --max-rejects "
                "if the rows are meant to be left out."
            )
            raise TooManyRejectsError(message, limit=limit)

    def _keep_what_came_before(self, error: TiexinError) -> None:
        """Store the good rows that were read before the fault, and tell in the error what was kept."""
        try:
            self._flush()
            self._settle()
        except TooManyRejectsError:
            self._pending = []
        self._rejects.close()
        error.facts.update({name: value for name, value in msgspec.to_builtins(self._report()).items() if value})
        error.facts["kept"] = self._appended + self._duplicates

    def _save(self, last: Event, position: int, until: int) -> None:
        found = Checkpoint(
            format=FORMAT,
            digest=self._digest,
            rows=max(until, self._skip),
            refused=sorted(self._refused),
            position=position,
            source=last.source,
            id=last.id,
            run=self._name,
            appended=self._appended,
            duplicates=self._duplicates,
        )
        save_checkpoint(self._checkpoint_path, found)

    def _report(self) -> ImportReport:
        return ImportReport(
            read=self._read,
            appended=self._appended,
            duplicates=self._duplicates,
            rejected=self._rejects.count,
            seconds=round(time.monotonic() - self._started, 3),
            source=self._reader.source,
            rejects_file=str(self._rejects.path) if self._rejects.count else None,
        )


__all__ = ["ImportReport", "ImportSpec", "MalformedError", "Progress", "run_import"]
