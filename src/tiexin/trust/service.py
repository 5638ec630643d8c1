"""The opened log of one installation: its parts, its head, its readers; what proofs, audits and exports stand on."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self

from tiexin.infra.settings import Settings
from tiexin.kernel.clock import Clock, SystemClock
from tiexin.trust.contracts import Head, NotInitialisedError, NotPublishedError
from tiexin.trust.feed import Salts, Tell, salts_of
from tiexin.trust.keys import TrustKeys
from tiexin.trust.lease import Lease
from tiexin.trust.log import Log, LogDamagedError
from tiexin.trust.publication import LOG, Round, head_of
from tiexin.trust.signed import Shelf

if TYPE_CHECKING:
    from tiexin.record.api import Record

FOLDER: Final = "trust"


class OpenedLog:
    """The verifiable log of one installation; safe in several threads at once, and beside other processes."""

    def __init__(self, settings: Settings, *, record: Record, clock: Clock | None = None) -> None:
        self.settings = settings
        self.record = record
        self.clock = clock or SystemClock()
        self.folder: Path = settings.home / FOLDER
        self.keys = TrustKeys(settings)
        self.shelf = Shelf(self.folder, self.clock)
        self._lease = Lease(self.folder, record)
        self._salts: Salts | None = None
        self._lock = threading.Lock()
        self._head: tuple[tuple[int, ...], Head] | None = None
        self._reader: Log | None = None
        self._former: list[Log] = []

    def __enter__(self) -> Self:
        """Return trust itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        self.close()

    def close(self) -> None:
        """Close the files of the log."""
        with self._lock:
            readers = [*self._former, *([self._reader] if self._reader is not None else [])]
            self._former, self._reader = [], None
        for reader in readers:
            reader.close()

    @property
    def initialised(self) -> bool:
        """Tell whether the log has a key; before that there is nothing to ask."""
        return self.keys.initialised

    def require(self) -> None:
        """Refuse to go on without a key.

        Raises:
            NotInitialisedError: nobody has begun the log.
        """
        if not self.initialised:
            msg = "This installation has no verifiable log yet. Begin it with: tiexin trust init"
            raise NotInitialisedError(msg)

    def salts(self) -> Salts:
        """Return the function from position to salt."""
        if self._salts is None:
            self._salts = salts_of(self.settings)
        return self._salts

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Hold the lease: nobody else writes the log meanwhile."""
        self.require()
        with self._lease.held():
            yield

    # -- the head -----------------------------------------------------------------------------------------------

    def sync(self, *, tell: Tell | None = None) -> Head:
        """Bring the log up to the record, have its head signed and cosigned, publish it and return it.

        Raises:
            NotInitialisedError: there is no key.
            ContradictionError: log, record and signed checkpoints do not fit together; nothing was signed.
            WitnessesMissingError: not enough witnesses answered; the published head stays.
        """
        with self.writing():
            one = Round(self.folder, record=self.record, keys=self.keys, shelf=self.shelf, salts=self.salts())
            one.run(tell=tell)
            self.shelf.well()
        found = self.head()
        if found is None:  # pragma: no cover  (it has just been published)
            raise NotPublishedError("nothing is published")  # noqa: EM101, TRY003
        return found

    def head(self) -> Head | None:
        """Return the published head, None when nothing is published yet; costs one look at the folder.

        Raises:
            NotInitialisedError: there is no key.
        """
        self.require()
        at = self.shelf.published_at()
        if at is None:
            return None
        with self._lock:
            if self._head is not None and self._head[0] == at:
                return self._head[1]
        note = self.shelf.published()
        if note is None:
            return None
        head = head_of(note, time_us=self.shelf.state().published_us)
        with self._lock:
            self._head = (at, head)
        return head

    def reading(self, size: int) -> Log:
        """Return the log for reading, at least ``size`` entries of it; many threads share it."""
        with self._lock:
            if self._reader is None:
                self._reader = Log.read(self.folder / LOG)
            elif self._reader.size < size and self._reader.refresh() < size:
                # The files were derived anew under this reader; others may still be reading from the former ones.
                self._former.append(self._reader)
                self._reader = Log.read(self.folder / LOG)
            return self._reader

    def reading_alone(self) -> Log:
        """Return the log as it stands, opened for one long reading; the caller closes it.

        Raises:
            NotInLogError: there are no files yet.
            LogDamagedError: they contradict each other.
        """
        try:
            return Log.read(self.folder / LOG)
        except LogDamagedError:
            # After a power cut the files may need what the journal holds; whoever may write makes them whole.
            with self.writing():
                Log.open(self.folder / LOG).close()
            return Log.read(self.folder / LOG)
