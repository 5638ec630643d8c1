"""Trust's only door: the log of an installation, its head, its proofs, its audits."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from tiexin.infra.settings import Settings
from tiexin.kernel.clock import Clock, SystemClock
from tiexin.trust.contracts import (
    AmbiguousEventError,
    AuditReport,
    ContradictionError,
    Fault,
    Head,
    NotInitialisedError,
    NotInTheLogError,
    NotPublishedError,
    WitnessesMissingError,
)
from tiexin.trust.feed import Salts, Tell, salts_of
from tiexin.trust.keys import TrustKeys
from tiexin.trust.lease import Lease
from tiexin.trust.log import Log, LogDamagedError
from tiexin.trust.publication import LOG, Round, head_of
from tiexin.trust.signed import Shelf

if TYPE_CHECKING:
    from tiexin.record.api import Record

__all__ = [
    "AmbiguousEventError",
    "AuditReport",
    "ContradictionError",
    "Fault",
    "Head",
    "NotInTheLogError",
    "NotInitialisedError",
    "NotPublishedError",
    "Trust",
    "TrustKeys",
    "WitnessesMissingError",
    "open_trust",
]

FOLDER = "trust"


def open_trust(settings: Settings, *, record: Record, clock: Clock | None = None) -> Trust:
    """Open trust over an opened record; nothing is read or made before it is used. Close it after use."""
    return Trust(settings, record=record, clock=clock)


class Trust:
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

    def __enter__(self) -> Self:
        """Return trust itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        self.close()

    def close(self) -> None:
        """Close the files of the log."""
        with self._lock:
            reader, self._reader = self._reader, None
        if reader is not None:
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
            elif self._reader.size < size:
                self._reader.refresh()
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

    # -- proofs -------------------------------------------------------------------------------------------------

    def prove(self, event: str | None = None, *, index: int | None = None) -> bytes:
        """Return the proof (``.tlog-proof``) that an event stands in the published log, with its opening.

        Args:
            event: the id of the event.
            index: or its number in the log, from 0.

        Raises:
            NotInTheLogError: the record has no such event.
            AmbiguousEventError: several sources use that id.
            NotPublishedError: the published head does not cover it yet; ``sync`` publishes one that does.
            ContradictionError: the event is no longer what the log committed to.
        """
        from tiexin.trust.proving import index_of, prove

        self.require()
        return prove(self, index_of(self.record, event) if index is None and event is not None else index or 0)

    def consistency(self, first: int, second: int) -> list[bytes]:
        """Return the proof that the log of ``second`` entries continues that of ``first`` (32 bytes each).

        Raises:
            NotInLogError: the published log is smaller.
        """
        from tiexin.trust.proving import consistency

        self.require()
        return consistency(self, first, second)

    def export(self, folder: Path) -> Head:
        """Write the published log as a folder that any file server can serve (tlog-tiles); return its head."""
        from tiexin.trust.export import export

        self.require()
        return export(self, folder)

    # -- checking -----------------------------------------------------------------------------------------------

    def audit(self, *, tell: Tell | None = None) -> AuditReport:
        """Derive the tree again, hold it against the record row by row, keep the report and return it."""
        from tiexin.trust.auditing import run_audit

        self.require()
        return run_audit(self, tell=tell)

    def rebuild(self, *, tell: Tell | None = None) -> Head:
        """Derive lost or damaged files of the log from the record; refuses whatever contradicts what was signed."""
        from tiexin.trust.rebuild import rebuild

        self.require()
        return rebuild(self, tell=tell)

    def state(self) -> dict[str, Any]:
        """Return how the log stands (JSON-ready), also when there is none yet."""
        from tiexin.trust.state import document

        return document(self)
