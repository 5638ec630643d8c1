"""Keeps what grows with the number of customers out of memory: event lines by day, rows of the truth by section."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from itertools import chain
from pathlib import Path
from typing import IO, Any

import msgspec

SPOOL_BYTES_MAX = 64 * 1024 * 1024
"""Most bytes of lines held in memory before they go to files, one a day."""
PIECES = 8
"""A day larger than this part of what may be held is sorted hour by hour."""
HOUR = 3_600
TIME_CHARS = 10
KEY_CHARS = 24
"""Length of the sort key in front of a spooled line: time (10), customer (8), order within the customer (6)."""


class Spool:
    """Sorts lines by day through files, so that memory stays flat however long the run."""

    def __init__(self, folder: Path, *, bytes_max: int = SPOOL_BYTES_MAX) -> None:
        self._folder = folder
        self._bytes_max = bytes_max
        self._held: dict[int, list[bytes]] = {}
        self._bytes = 0
        self._filed: set[int] = set()

    def add(self, day: int, line: bytes) -> None:
        """Keep a line (sort key first) of a day (days since 1970)."""
        lines = self._held.get(day)
        if lines is None:
            lines = self._held[day] = []
        lines.append(line)
        self._bytes += len(line)
        if self._bytes > self._bytes_max:
            self._file()

    def days(self) -> Iterator[list[bytes]]:
        """Yield all lines without their keys in order of time: a day at a time, a long day hour by hour."""
        for day in sorted(self._filed | self._held.keys()):
            lines = self._held.pop(day, [])
            path = self._path(day)
            if day not in self._filed:
                yield _in_order(lines)
            elif path.stat().st_size <= self._bytes_max // PIECES:
                yield _in_order(lines + path.read_bytes().splitlines())
                path.unlink()
            else:
                yield from self._by_hour(path, lines)

    def _by_hour(self, path: Path, held: list[bytes]) -> Iterator[list[bytes]]:
        """Yield the lines of a day that is too long to be sorted at once; ``held`` are those not filed yet."""
        files: dict[bytes, IO[bytes]] = {}
        with path.open("rb") as filed, ExitStack() as opened:
            for line in chain(filed, (line + b"\n" for line in held)):
                hour = b"%07d" % (int(line[:TIME_CHARS]) // HOUR)
                if hour not in files:
                    files[hour] = opened.enter_context(path.with_suffix(f".{hour.decode()}").open("wb"))
                files[hour].write(line)
        path.unlink()
        for hour in sorted(files):
            piece = path.with_suffix(f".{hour.decode()}")
            yield _in_order(piece.read_bytes().splitlines())
            piece.unlink()

    def _file(self) -> None:
        for day, lines in self._held.items():
            with self._path(day).open("ab") as file:
                file.write(b"\n".join(lines) + b"\n")
        self._filed |= self._held.keys()
        self._held.clear()
        self._bytes = 0

    def _path(self, day: int) -> Path:
        return self._folder / f"day-{day}.spool"


def _in_order(lines: list[bytes]) -> list[bytes]:
    lines.sort()
    return [line[KEY_CHARS:] for line in lines]


class Rows:
    """Rows of the truth that grow with the customers: one JSON line each, a file a section."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._encode = msgspec.json.Encoder().encode
        self._held: list[tuple[str, bytes]] = []
        self._files: dict[str, IO[bytes]] = {}
        self.counts: dict[str, int] = {}

    def add(self, section: str, row: Any) -> None:
        """Note a row of a section; it counts once :meth:`settle` is called."""
        self._held.append((section, self._encode(row)))

    def settle(self) -> None:
        """Keep what was noted since the last time."""
        for section, line in self._held:
            file = self._files.get(section)
            if file is None:
                file = self._files[section] = (self._folder / f"rows-{section}.jsonl").open("wb")
            file.write(line + b"\n")
            self.counts[section] = self.counts.get(section, 0) + 1
        self._held.clear()

    def drop(self) -> None:
        """Forget what was noted since the last time."""
        self._held.clear()

    def of(self, section: str) -> Iterator[bytes]:
        """Yield the rows of a section as JSON text; call it when all rows are settled."""
        if section in self._files:
            self._files.pop(section).close()
            with (self._folder / f"rows-{section}.jsonl").open("rb") as file:
                for line in file:
                    yield line.rstrip(b"\n")

    def close(self) -> None:
        """Close what is still open."""
        for file in self._files.values():
            file.close()
