"""The rejects file of one import: a JSON line for every row that could not become an event."""

from __future__ import annotations

import os
from pathlib import Path
from typing import IO

import msgspec

from tiexin.record.imports.model import Reject
from tiexin.record.imports.reasons import TEXTS


class RejectLine(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One line of a rejects file. ``value`` is left out where it is personal: the file is not encrypted."""

    line: int
    reason: str
    zh: str
    en: str
    column: str | None = None
    value: str | None = None
    detail: str | None = None


class RejectsFile:
    """Made with the first reject, readable by its owner only."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.count = 0
        self._file: IO[bytes] | None = None

    def add(self, line: int, reject: Reject) -> None:
        """Write one row down."""
        if self._file is None:
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._file = os.fdopen(os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb")
        text = TEXTS[reject.reason]
        found = RejectLine(
            line=line,
            reason=reject.reason.value,
            zh=text.zh,
            en=text.en,
            column=reject.column,
            value=reject.value,
            detail=reject.detail,
        )
        self._file.write(msgspec.json.encode(found) + b"\n")
        self.count += 1

    def close(self) -> None:
        """Make what was written durable."""
        if self._file is not None:
            self._file.flush()
            os.fsync(self._file.fileno())
            self._file.close()
            self._file = None
