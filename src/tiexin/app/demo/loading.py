"""Brings generated lines into the record, and the lake up to date meanwhile, on as many cores as two."""

from __future__ import annotations

import itertools
import sys
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future
from datetime import datetime
from pathlib import Path
from subprocess import DEVNULL, Popen

import msgspec

from tiexin.infra.settings import Settings
from tiexin.kernel.clock import to_us
from tiexin.record.api import Record, open_record
from tiexin.record.contracts import AppendReceipt, Event

BATCH_EVENTS = 10_000
BATCHES_AHEAD = 4
"""Batches that are prepared while earlier ones are being stored."""
LAKE_EVENTS = 250_000
"""The lake is closed by another process each time so many events were added."""


class _Line(Event, frozen=True, kw_only=True):
    """A generated line: an event whose time is still text."""

    time_us: int = 0
    time: datetime


class Loading:
    """One import of a demo; every batch is durable when it is yielded."""

    def __init__(self, record: Record, settings: Settings) -> None:
        self._record = record
        self._settings = settings
        self._closing: Popen[bytes] | None = None

    def append(self, path: Path, *, skip: int) -> Iterator[tuple[int, AppendReceipt]]:
        """Append the lines beyond the first ``skip``; yield size and receipt of each batch that stands.

        While one batch is being stored the next are read and prepared: the store's thread lets go of the interpreter.
        """
        waiting: deque[tuple[int, Future[AppendReceipt]]] = deque()
        stored = 0
        for batch in batches(path, skip=skip):
            waiting.append((len(batch), self._record.submit(batch)))
            if len(waiting) > BATCHES_AHEAD:
                count, receipt = waiting.popleft()
                yield count, receipt.result()
                stored += count
                if stored >= LAKE_EVENTS:
                    stored = 0
                    self._close_beside()
        for count, receipt in waiting:
            yield count, receipt.result()

    def close_lake(self) -> None:
        """Close what is left; when this returns the whole record stands in the lake."""
        if self._closing is not None:
            self._closing.wait()
        self._record.close_lake()

    def _close_beside(self) -> None:
        """Let another process close the lake up to here, unless it is still busy; nothing waits for it."""
        if self._closing is None or self._closing.poll() is not None:
            command = [sys.executable, "-m", __name__, str(self._settings.home)]
            self._closing = Popen(command, stdin=DEVNULL, stdout=DEVNULL, stderr=DEVNULL)


def batches(path: Path, *, skip: int = 0) -> Iterator[list[Event]]:
    """Yield the events of a generated file of JSON lines, batch after batch, without the first ``skip``."""
    decode = msgspec.json.Decoder(list[_Line]).decode
    with path.open("rb") as file:
        lines = itertools.islice(file, skip, None)
        while block := b",".join(itertools.islice(lines, BATCH_EVENTS)):
            batch = decode(b"[" + block + b"]")
            for line in batch:
                msgspec.structs.force_setattr(line, "time_us", to_us(line.time))
            yield list[Event](batch)


def main() -> None:
    """Close the lake of the demo home named on the command line; what fails here is done by the caller at the end."""
    with open_record(Settings(home=Path(sys.argv[1]))) as record:
        record.close_lake()


if __name__ == "__main__":
    main()
