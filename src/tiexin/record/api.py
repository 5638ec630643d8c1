"""The record's only door: open it, and use what the opened record offers."""

from __future__ import annotations

from tiexin.infra.settings import Settings
from tiexin.kernel.clock import Clock
from tiexin.record.errors import (
    BatchTooLargeError,
    EventConflictError,
    EventProblem,
    EventsRefusedError,
    RecordDamagedError,
)
from tiexin.record.imports.mapping import convert_mapping
from tiexin.record.imports.model import (
    REJECTS_MAX_DEFAULT,
    ImportFileError,
    ImportKind,
    ImportLimitError,
    ImportReport,
    ImportSpec,
    MappingError,
    Reject,
)
from tiexin.record.imports.runner import Attempt, run_import
from tiexin.record.imports.trial import look_into, reject_words, try_out
from tiexin.record.kinds.registry import export_schemas
from tiexin.record.kinds.trail import Trail, TrailInput, TrailLink, TrailReason, TrailRule
from tiexin.record.organisation import Level, OrgTree, Unit
from tiexin.record.search import NewestFilter, SubjectCount, events_at, newest_events, positions_of_id, subject_counts
from tiexin.record.service import Handler, Record
from tiexin.record.store.lake import SegmentInfo

__all__ = [
    "REJECTS_MAX_DEFAULT",
    "Attempt",
    "BatchTooLargeError",
    "EventConflictError",
    "EventProblem",
    "EventsRefusedError",
    "Handler",
    "ImportFileError",
    "ImportKind",
    "ImportLimitError",
    "ImportReport",
    "ImportSpec",
    "Level",
    "MappingError",
    "NewestFilter",
    "OrgTree",
    "Record",
    "RecordDamagedError",
    "Reject",
    "SegmentInfo",
    "SubjectCount",
    "Trail",
    "TrailInput",
    "TrailLink",
    "TrailReason",
    "TrailRule",
    "Unit",
    "convert_mapping",
    "events_at",
    "export_schemas",
    "look_into",
    "newest_events",
    "open_record",
    "positions_of_id",
    "reject_words",
    "run_import",
    "subject_counts",
    "try_out",
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
