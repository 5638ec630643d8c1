"""CloudEvents as JSON lines, one event a line, plain or gzipped: what ``tiexin record export`` writes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tiexin.kernel.errors import MalformedError
from tiexin.record.errors import EventsRefusedError
from tiexin.record.imports.bytesource import ByteSource
from tiexin.record.imports.model import ROWS_MAX, ImportLimitError, Item, Reject
from tiexin.record.imports.reasons import Reason
from tiexin.record.imports.tables import json_lines
from tiexin.record.wire import decode_event


class CloudEventsReader:
    """Reads one file; the events keep their own sources and ids."""

    def __init__(self, path: Path, *, source: str) -> None:
        self.source = source
        self._stream = ByteSource(path)

    @property
    def done_share(self) -> float:
        """How much of the file was read, from 0 to 1."""
        return self._stream.done_share

    def items(self) -> Iterator[Item]:
        """Yield one item a line, in file order; blank lines are not events."""
        for count, (number, line) in enumerate(json_lines(self._stream), 1):
            if count > ROWS_MAX:
                message = f"The file has more than {ROWS_MAX:,} events, which is the limit. Events before were kept."
                raise ImportLimitError(message, limit=ROWS_MAX, line=number)
            try:
                yield Item(number, len(line), decode_event(line))
            except EventsRefusedError as error:
                problem = error.problems[0]
                yield Item(number, len(line), None, Reject(Reason.RECORD_REFUSED, problem.member, None, problem.reason))
            except MalformedError as error:
                yield Item(number, len(line), None, Reject(Reason.MALFORMED_ROW, None, None, error.message))
