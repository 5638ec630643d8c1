"""What can be wrong with a log: it is in use, it is damaged, it failed while writing, or it is asked for too much."""

from __future__ import annotations

from typing import ClassVar

from tiexin.kernel.errors import InvalidInputError, NotFoundError, TiexinError, TooLargeError, UnavailableError


class LogInUseError(UnavailableError):
    """Another process writes this log at the moment; nothing was changed."""

    code: ClassVar[str] = "log_in_use"
    title: ClassVar[str] = "Another process writes this log"


class LogFailedError(UnavailableError):
    """The disk refused a write: nothing more is taken until the log is opened again; what was acknowledged is kept."""

    code: ClassVar[str] = "log_failed"
    title: ClassVar[str] = "The log could not be written"


class LogBusyError(UnavailableError):
    """More entries wait for the disk than the limit; the entry was not taken."""

    code: ClassVar[str] = "log_busy"
    title: ClassVar[str] = "Too many entries wait to be written"


class LogClosedError(UnavailableError):
    """The log is closed, or open for reading only; nothing was changed."""

    code: ClassVar[str] = "log_closed"
    title: ClassVar[str] = "The log does not take entries"


class LogDamagedError(TiexinError):
    """The files contradict each other; nothing was changed. Facts: ``file`` and, if known, the first bad ``index``."""

    code: ClassVar[str] = "log_damaged"
    title: ClassVar[str] = "The files of the log contradict each other"


class EntryTooLargeError(TooLargeError):
    """An entry has more bytes than the format of tiles can carry (tlog-tiles: a 16-bit length); nothing was taken."""

    code: ClassVar[str] = "entry_too_large"
    title: ClassVar[str] = "The entry is larger than the log can carry"


class NotInLogError(NotFoundError):
    """The log has no such entry, size or tile (yet)."""

    code: ClassVar[str] = "not_in_log"
    title: ClassVar[str] = "The log has no such entry"


class NoSuchTileError(InvalidInputError):
    """The level, index or width names no tile (tlog-tiles)."""

    code: ClassVar[str] = "no_such_tile"
    title: ClassVar[str] = "There is no such tile"
