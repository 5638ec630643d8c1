"""What an import is asked for, what it reports, and the errors and limits that all readers share."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import Any, Protocol

import msgspec

from tiexin.kernel.errors import InvalidInputError, MalformedError, NotFoundError, TooLargeError
from tiexin.record.contracts import Event
from tiexin.record.imports.reasons import Reason

ROWS_MAX = 100_000_000
"""Most rows one file may hold."""
ROWS_WITHOUT_ID_MAX = 20_000_000
"""Most rows without an id of their own; each costs about 100 bytes of memory while the import runs."""
ROW_BYTES_MAX = 4 * 1024 * 1024
"""Longest row (CSV row, JSON line, XES attribute) in bytes."""
COLUMNS_MAX = 2_000
"""Most columns of a table, and most attributes of one XES event."""
DEPTH_MAX = 16
"""Deepest nesting of JSON or XES values."""
VALUE_CHARS_SHOWN = 200
"""How much of a refused value the rejects file shows."""
REJECTS_MAX_DEFAULT = 1_000
"""How many bad rows an import sets aside before it stops."""


class ImportKind(StrEnum):
    """What a file is to be read as (``--as``)."""

    XES = "xes"
    CFPB = "cfpb"
    CALLS = "calls"
    TICKETS = "tickets"
    CLOUDEVENTS = "cloudevents"
    MAPPING = "mapping"


class ImportFileError(MalformedError):
    """The file cannot be read from some place on; the facts name the line. What came before it was kept."""

    code = "import_malformed"


class ImportFileMissingError(NotFoundError):
    """There is no such file, or it may not be read."""

    code = "import_file_missing"


class ImportLimitError(TooLargeError):
    """The file exceeds a limit of the import; the facts state the limit and the line."""

    code = "import_limit"


class ImportOptionError(InvalidInputError):
    """An option of the import is missing, impossible, or contradicts another."""

    code = "import_option"


class MappingError(InvalidInputError):
    """A mapping is not valid; the facts name the file, the field and, where known, the line."""

    code = "invalid_mapping"


class TooManyRejectsError(InvalidInputError):
    """More rows were refused than ``--max-rejects`` allows; the facts say what was kept."""

    code = "too_many_rejects"


class ImportSpec(msgspec.Struct, frozen=True, kw_only=True):
    """How one file is to be imported.

    ``journey`` names the journey of its events where the file does not. ``source`` names the data set (default: from
    the mapping, the log's own name or the file's stem). ``encoding`` and ``zone`` override what is detected or
    declared. ``classifier`` chooses an XES event classifier as activity (default: ``concept:name``).
    """

    kind: ImportKind
    mapping: Path | None = None
    journey: str | None = None
    source: str | None = None
    encoding: str | None = None
    zone: str | None = None
    classifier: str | None = None
    max_rejects: int = REJECTS_MAX_DEFAULT
    mapping_text: str | None = None
    """The mapping itself, YAML or JSON, instead of the file ``mapping``."""


class ImportReport(msgspec.Struct, frozen=True, kw_only=True):
    """What an import did. ``read`` = ``appended`` + ``duplicates`` + ``rejected``; ``seconds`` is wall time."""

    read: int
    appended: int
    duplicates: int
    rejected: int
    seconds: float
    source: str
    rejects_file: str | None = None


class Reject(msgspec.Struct, frozen=True):
    """Why a row cannot be an event. ``reason`` is a code of :mod:`tiexin.record.imports.reasons`.

    ``value`` is None where there is none to show or where it is personal: a rejects file is not encrypted.
    """

    reason: Reason
    column: str | None = None
    value: str | None = None
    detail: str | None = None


class RowError(Exception):
    """A single row is bad; readers turn it into a :class:`Reject` and go on."""

    def __init__(self, reason: Reason, *, column: str | None = None, value: object = None, detail: str = "") -> None:
        super().__init__(reason)
        self.reject = Reject(reason, column, shown(value), detail or None)


class Item(msgspec.Struct, frozen=True, gc=False):
    """One row of a file: the event it makes or why it makes none.

    ``line`` counts from 1: the physical line for text files and XES, the row for Parquet. ``size`` estimates the
    bytes of the event as JSON. ``row`` are the values of a table's row, for whoever wants to mend it.
    """

    line: int
    size: int
    event: Event | None
    reject: Reject | None = None
    row: Any = None


class Reader(Protocol):
    """A file that is open for import."""

    @property
    def source(self) -> str:
        """The data set's name; known once the first item was asked for."""

    @property
    def done_share(self) -> float:
        """How much of the file was read, from 0 to 1."""

    def items(self) -> Iterator[Item]:
        """Yield one item a row, in file order.

        Raises:
            ImportFileError: the rest cannot be read; everything before the fault was yielded.
            ImportLimitError: a limit of the import is exceeded.
        """


def shown(value: object) -> str | None:
    """Return at most :data:`VALUE_CHARS_SHOWN` characters of a value, safe to write as UTF-8."""
    if value is None:
        return None
    text = value if isinstance(value, str) else str(value)
    return text[:VALUE_CHARS_SHOWN].encode("utf-8", "backslashreplace").decode("utf-8")
