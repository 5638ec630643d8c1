"""The log: entries in, durable by group; roots, proofs, tiles and bundles out.

One writer a folder, held by a lock that dies with the process; any number of readers beside it, in other threads or
(``Log.read``) in other processes, none of which ever waits for the writer.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from pathlib import Path
from threading import Condition, Lock, Thread
from types import TracebackType
from typing import Final, Self

from tiexin.trust.log.disk import REAL, Disk
from tiexin.trust.log.errors import (
    EntryTooLargeError,
    LogBusyError,
    LogClosedError,
    LogFailedError,
    LogInUseError,
    NoSuchTileError,
    NotInLogError,
)
from tiexin.trust.log.files import ENTRY_LIMIT, LENGTH_BYTES, WIDTH, Head, LogFiles, frame_entries, split_entries
from tiexin.trust.log.journal import CAPACITY, Journal
from tiexin.trust.log.recovery import recover
from tiexin.trust.log.rehash import rehash
from tiexin.trust.rules.merkle import fold_right
from tiexin.trust.rules.merkle_paths import collect, consistency_parts, inclusion_parts, peaks

TILE_LEVELS: Final = 8
WAITING_LIMIT: Final = 65_536
Waiting = tuple[bytes, "Future[int]"]


class Log:
    """An append-only Merkle tree in a folder; made by ``open`` (to write) or ``read`` (beside a writer)."""

    def __init__(self, files: LogFiles, *, journal: Journal | None, lock: int | None) -> None:
        self._files = files
        self._journal = journal
        self._lock = lock
        self._writing = Lock()
        self._arrived = Condition(Lock())
        self._waiting: list[Waiting] = []
        self._thread: Thread | None = None
        self._closed = False  # Nothing new is taken, what waits is written.
        self._ended = False  # The files are closed.
        self._failure: OSError | None = None
        self._rooted: tuple[Head, bytes] | None = None

    @classmethod
    def open(cls, folder: Path, *, disk: Disk = REAL, journal_bytes: int = CAPACITY) -> Log:
        """Open (or begin) the log of a folder as its single writer, made whole after whatever happened before.

        ``journal_bytes`` is the length of the journal of a log that begins: the longer, the rarer all files are
        flushed, and the more is hashed again after a crash.

        Raises:
            LogInUseError: another process writes it.
            LogDamagedError: the files contradict each other; they are left as they are.
        """
        disk.folder(folder)
        lock = disk.open(folder / "journal", create=True)
        if not disk.lock(lock):
            disk.close(lock)
            message = f"another process writes the log in {folder.name}; stop it, or read beside it"
            raise LogInUseError(message)
        files = None
        try:
            files = LogFiles(folder, disk, create=True)
            journal = Journal(disk, lock, capacity=journal_bytes)
            recover(files, journal)
        except BaseException:
            if files is not None:
                files.close()
            disk.close(lock)
            raise
        return cls(files, journal=journal, lock=lock)

    @classmethod
    def read(cls, folder: Path, *, disk: Disk = REAL) -> Log:
        """Open the log of a folder for reading, beside its writer; ``refresh`` shows what was added since.

        Raises:
            NotInLogError: there is no log.
            LogDamagedError: the files need the writer, which makes them whole when it opens the log.
        """
        try:
            files = LogFiles(folder, disk, create=False)
        except FileNotFoundError as missing:
            message = f"there is no log in {folder.name} yet"
            raise NotInLogError(message) from missing
        log = cls(files, journal=None, lock=None)
        try:
            log.refresh()
        except BaseException:
            files.close()
            raise
        return log

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def size(self) -> int:
        """The number of entries: all of them durable."""
        return self._files.head.size

    def refresh(self) -> int:
        """Take in what a writer in another process has added since; return the size."""
        if self._journal is None:
            with self._writing:
                self._files.settle(self._files.written())
        return self.size

    def append(self, entry: bytes) -> Future[int]:
        """Hand over one entry; the result is its index, there once the entry is durable (entries share an fsync).

        Raises:
            EntryTooLargeError: more than 65,535 bytes.
            LogBusyError: 65,536 entries wait already.
            LogClosedError: the log is closed or open for reading.
            LogFailedError: (also as the outcome of the result) the disk refused a write.
        """
        _check(entry)
        future: Future[int] = Future()
        with self._arrived:
            if self._closed:
                message = "the log is closed"
                raise LogClosedError(message)
            self._refuse_unless_open()
            if len(self._waiting) >= WAITING_LIMIT:
                message = f"{WAITING_LIMIT} entries wait for the disk; this one was not taken, try again"
                raise LogBusyError(message, limit=WAITING_LIMIT)
            if self._thread is None:
                self._thread = Thread(target=self._serve, name="tiexin-log", daemon=True)
                self._thread.start()
            self._waiting.append((entry, future))
            if len(self._waiting) == 1:
                self._arrived.notify()
        return future

    def extend(self, entries: Sequence[bytes]) -> int:
        """Add entries in order and return the new size once all are durable; a crash keeps a beginning of them.

        Raises:
            EntryTooLargeError: one has more than 65,535 bytes; none was taken.
            LogClosedError: the log is closed or open for reading.
            LogFailedError: the disk refused a write.
        """
        for each in entries:
            _check(each)
        with self._writing:
            self._refuse_unless_open()
            done = 0
            while done < len(entries):
                done += self._commit(entries[done : done + self._batch(entries, done)])
            return self.size

    def root(self, size: int | None = None) -> bytes:
        """Return the root over the first ``size`` entries (all of them by default); ``NotInLogError`` beyond."""
        head = self._files.head
        if size is None or size == head.size:
            rooted = self._rooted
            if rooted is None or rooted[0] is not head:
                rooted = self._rooted = (head, head.root())
            return rooted[1]
        self._check_size(size)
        return fold_right([self._files.node(level, index) for level, index in peaks(size)])

    def entry(self, index: int) -> bytes:
        """Return one entry; ``NotInLogError`` when it is not there."""
        if not 0 <= index < self.size:
            message = f"the log has {self.size} entries, none at index {index}"
            raise NotInLogError(message, index=index)
        bundle, place = divmod(index, WIDTH)
        return split_entries(self._files.bundle(bundle, min(WIDTH, place + 1)), place + 1)[place]

    def entries(self, start: int, end: int) -> list[bytes]:
        """Return the entries from ``start`` to ``end`` (exclusive); ``NotInLogError`` when they are not all there."""
        if not 0 <= start <= end <= self.size:
            message = f"the log has {self.size} entries, not those from {start} to {end}"
            raise NotInLogError(message, index=start)
        found: list[bytes] = []
        for bundle in range(start // WIDTH, -(-end // WIDTH)):
            width = min(WIDTH, end - bundle * WIDTH)
            found += split_entries(self._files.bundle(bundle, width), width)[max(0, start - bundle * WIDTH) :]
        return found

    def inclusion_proof(self, index: int, size: int | None = None) -> list[bytes]:
        """Return the proof that entry ``index`` stands in the tree of ``size`` entries (RFC 9162, section 2.1.3.1)."""
        size = self.size if size is None else size
        self._check_size(size)
        if not 0 <= index < size:
            message = f"a tree of {size} entries has none at index {index}"
            raise NotInLogError(message, index=index)
        return collect(inclusion_parts(index, size), self._files.node)

    def consistency_proof(self, first: int, second: int | None = None) -> list[bytes]:
        """Return the proof that ``first`` entries begin ``second`` ones (RFC 9162, section 2.1.4.1)."""
        second = self.size if second is None else second
        self._check_size(second)
        if not 0 <= first <= second:
            message = f"a tree of {second} entries does not continue one of {first}"
            raise NotInLogError(message, size=first)
        return collect(consistency_parts(first, second), self._files.node)

    def tile(self, level: int, index: int, width: int = WIDTH) -> bytes:
        """Return ``width`` hashes of 32 bytes of a tile (tlog-tiles); ``NotInLogError`` when it is not there yet."""
        if not (0 <= level < TILE_LEVELS and index >= 0 and 1 <= width <= WIDTH):
            message = f"level {level}, index {index}, width {width} name no tile (widths go from 1 to {WIDTH})"
            raise NoSuchTileError(message)
        if index * WIDTH + width > self.size >> 8 * level:
            message = f"the log of {self.size} entries has no tile {index} of width {width} at level {level}"
            raise NotInLogError(message)
        return self._files.nodes(8 * level, index * WIDTH, width)

    def entry_bundle(self, index: int, width: int = WIDTH) -> bytes:
        """Return ``width`` entries of a bundle, a 16-bit length before each; ``NotInLogError`` when not there yet."""
        if not (index >= 0 and 1 <= width <= WIDTH):
            message = f"index {index}, width {width} name no bundle (widths go from 1 to {WIDTH})"
            raise NoSuchTileError(message)
        if index * WIDTH + width > self.size:
            message = f"the log of {self.size} entries has no bundle {index} of width {width}"
            raise NotInLogError(message)
        return self._files.bundle(index, width)

    def rehash(self, progress: Callable[[int, int], None] | None = None) -> bytes:
        """Hash every entry again, compare every stored node, and return the root over the entries alone.

        ``progress`` is told (entries done, entries in all) now and then. Raises ``LogDamagedError`` with the first bad
        ``index``; what is added meanwhile is not looked at.
        """
        return rehash(self._files, self._files.head, progress)

    def close(self) -> None:
        """Write what waits, flush every file, so that the next start is short, and let go of the folder."""
        with self._arrived:
            if self._closed:
                return
            self._closed = True
            self._arrived.notify()
        if self._thread is not None:
            self._thread.join()
        with self._writing:
            self._ended = True
            try:
                if self._journal is not None and self._failure is None:
                    self._files.flush()
                    self._journal.restart(self.size)
            finally:
                self._files.close()
                if self._lock is not None:
                    self._files.disk.close(self._lock)

    def _serve(self) -> None:
        """Write group after group: whatever arrived while the last one was written."""
        while True:
            with self._arrived:
                while not self._waiting and not self._closed:
                    self._arrived.wait()
                if not self._waiting:
                    return
                taken, self._waiting = self._waiting, []
            waiting = [each for each in taken if each[1].set_running_or_notify_cancel()]
            entries = [entry for entry, _ in waiting]
            done = 0
            while done < len(entries):
                group = waiting[done : done + self._batch(entries, done)]
                try:
                    with self._writing:
                        first = self.size
                        self._commit(entries[done : done + len(group)])
                except Exception as error:  # noqa: BLE001  Whoever waits is told, whatever it was.
                    for _, future in group:
                        future.set_exception(error)
                else:
                    for index, (_, future) in enumerate(group, first):
                        future.set_result(index)
                done += len(group)

    def _commit(self, entries: Sequence[bytes]) -> int:
        """Make one group durable and add it to the files; return its length. The caller holds ``_writing``."""
        journal = self._refuse_unless_open()
        framed = frame_entries(entries)
        try:
            if not journal.fits(len(framed)):
                self._files.flush()
                journal.restart(self.size)
            journal.commit(self.size, len(entries), framed)
            self._files.append(entries, framed)
        except OSError as error:
            # What reached the disk is known only by reading it again, so nothing more may be written on top.
            self._failure = error
            self._refuse_failed()
        return len(entries)

    def _batch(self, entries: Sequence[bytes], start: int) -> int:
        """Return how many entries from ``start`` on fit into one frame of the journal: at least one."""
        limit = self._journal.payload_limit if self._journal else 0
        total = count = 0
        for place in range(start, len(entries)):
            total += len(entries[place]) + LENGTH_BYTES
            if total > limit:
                break
            count += 1
        return max(count, 1)

    def _refuse_failed(self) -> None:
        """Refuse to write after a write has failed."""
        if self._failure is not None:
            message = (
                f"the disk refused a write of the log ({self._failure.strerror or self._failure}); every acknowledged "
                "entry is kept, and opening the log again shows whether this one was"
            )
            raise LogFailedError(message) from self._failure

    def _refuse_unless_open(self) -> Journal:
        """Return the journal; refuse to write to a log that is closed, failed, or open for reading only."""
        if self._ended or self._journal is None:
            message = "the log is closed" if self._ended else "the log is open for reading only"
            raise LogClosedError(message)
        self._refuse_failed()
        return self._journal

    def _check_size(self, size: int) -> None:
        """Refuse sizes that the log has not reached."""
        if not 0 <= size <= self.size:
            message = f"the log has {self.size} entries, not {size} yet"
            raise NotInLogError(message, size=size)


def _check(entry: bytes) -> None:
    """Refuse an entry that a bundle cannot carry."""
    if len(entry) > ENTRY_LIMIT:
        message = f"the entry has {len(entry)} bytes, and at most {ENTRY_LIMIT} can stand in a log; nothing was taken"
        raise EntryTooLargeError(message, limit=ENTRY_LIMIT)
