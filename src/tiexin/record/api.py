"""The record's only door: open it, and use what the opened record offers."""

from __future__ import annotations

from tiexin.infra.settings import Settings
from tiexin.kernel.clock import Clock
from tiexin.record.errors import BatchTooLargeError, EventConflictError, EventProblem, EventsRefusedError
from tiexin.record.kinds.registry import export_schemas
from tiexin.record.organisation import Level, OrgTree, Unit
from tiexin.record.service import Handler, Record
from tiexin.record.store.lake import SegmentInfo

__all__ = [
    "BatchTooLargeError",
    "EventConflictError",
    "EventProblem",
    "EventsRefusedError",
    "Handler",
    "Level",
    "OrgTree",
    "Record",
    "SegmentInfo",
    "Unit",
    "export_schemas",
    "open_record",
]


def open_record(settings: Settings, *, clock: Clock | None = None) -> Record:
    """Open the record of an installation, made on first use; use it as a context manager.

    Unfinished erasures of the journal are completed before it is returned.

    Raises:
        DatabaseError: the database cannot be opened.
        KeyringError: the keyring or its key-encryption key does not fit.
        SchemaError: the tables were made by a newer version.
    """
    return Record(settings, clock=clock)
