"""The log itself: an append-only Merkle tree in files, durable by group, whole again after any crash.

It knows entries (bytes) and nothing of events, keys or checkpoints.
"""

from tiexin.trust.log.disk import REAL, Disk
from tiexin.trust.log.errors import (
    EntryTooLargeError,
    LogBusyError,
    LogClosedError,
    LogDamagedError,
    LogFailedError,
    LogInUseError,
    NoSuchTileError,
    NotInLogError,
)
from tiexin.trust.log.log import Log

__all__ = [
    "REAL",
    "Disk",
    "EntryTooLargeError",
    "Log",
    "LogBusyError",
    "LogClosedError",
    "LogDamagedError",
    "LogFailedError",
    "LogInUseError",
    "NoSuchTileError",
    "NotInLogError",
]
