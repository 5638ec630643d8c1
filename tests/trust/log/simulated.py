"""A disk that can lose its power, run full or fail to flush at any operation, and forgets what was never flushed.

What was written since the last flush survives a power cut block by block, or does not; a name that its folder was not
flushed for may vanish. After a failed flush the system holds the pages as clean (as Linux does): a later flush of the
same file says yes and writes nothing, unless the bytes are written again.
"""

from __future__ import annotations

import errno
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from random import Random

BLOCK = 512


class PowerCutError(BaseException):
    """The machine is off; not an Exception, so that no handler of the code under test goes on."""


class Fault(Enum):
    """What happens at the chosen operation."""

    POWER = "the power is cut, some of what was not flushed survives"
    KILL = "the process dies, the system keeps every byte written"
    FULL = "the write (or flush) fails, half of a write is there; the process lives"


@dataclass
class SimulatedFile:
    seen: bytearray = field(default_factory=bytearray)
    durable: bytearray = field(default_factory=bytearray)
    # Blocks that were written and not flushed; a flush that fails forgets them, and with them that they are dirty.
    dirty: set[int] = field(default_factory=set)
    longer: bool = False
    named: bool = False
    locked_by: int | None = None

    def write(self, content: bytes, offset: int) -> None:
        if len(self.seen) < offset + len(content):
            self.seen.extend(bytes(offset + len(content) - len(self.seen)))
            self.longer = True
        self.seen[offset : offset + len(content)] = content
        if content:
            self.dirty.update(range(offset // BLOCK, (offset + len(content) - 1) // BLOCK + 1))

    def flush(self) -> None:
        self._keep(self.dirty, length=len(self.seen))
        self.dirty.clear()
        self.longer = False

    def lose_power(self, rng: Random) -> None:
        survives = rng.choice((0.0, 0.5, 0.5, 1.0))
        kept = {block for block in self.dirty if rng.random() < survives}
        length = (
            len(self.seen) if rng.random() < survives else max(len(self.durable), *(each * BLOCK for each in kept), 0)
        )
        self._keep(kept, length=max(length, len(self.durable)))
        self.seen = bytearray(self.durable)
        self.dirty.clear()
        self.locked_by = None

    def _keep(self, blocks: set[int], *, length: int) -> None:
        if len(self.durable) < length:
            self.durable.extend(bytes(length - len(self.durable)))
        for block in blocks:
            part = self.seen[block * BLOCK : (block + 1) * BLOCK]
            end = min(block * BLOCK + len(part), len(self.durable))
            if end > block * BLOCK:
                self.durable[block * BLOCK : end] = part[: end - block * BLOCK]


class SimulatedDisk:
    """Counts what changes something (writes, flushes, new names) and fails the one it is told to."""

    def __init__(self, rng: Random) -> None:
        self.rng = rng
        self.files: dict[str, SimulatedFile] = {}
        self.handles: dict[int, SimulatedFile] = {}
        self.operations = 0
        self.fails_at: int | None = None
        self.fault = Fault.POWER
        self.off = False

    def restart(self) -> None:
        """Come back after whatever happened: the process is gone, and after a power cut the memory as well."""
        if self.off and self.fault is Fault.POWER:
            self.files = {name: each for name, each in self.files.items() if each.named or self.rng.random() < 0.5}
            for each in self.files.values():
                each.lose_power(self.rng)
                each.named = True
        for each in self.files.values():
            each.locked_by = None
        self.handles.clear()
        self.off = False
        self.fails_at = None

    def folder(self, folder: Path) -> None:  # noqa: ARG002
        self._step()

    def open(self, file: Path, *, create: bool) -> int:
        name = file.name
        if name not in self.files:
            if not create:
                raise FileNotFoundError(errno.ENOENT, "no such file", name)
            self._step()
            self.files[name] = SimulatedFile()
        handle = 1 + max(self.handles, default=2)
        self.handles[handle] = self.files[name]
        return handle

    def read(self, handle: int, length: int, offset: int, /) -> bytes:
        self._check()
        return bytes(self.handles[handle].seen[offset : offset + length])

    def write(self, handle: int, content: bytes, offset: int, /) -> None:
        file = self.handles[handle]
        try:
            self._step()
        except (PowerCutError, OSError):
            cut = self.rng.randrange(len(content) + 1)
            file.write(content[:cut], offset)
            raise
        file.write(content, offset)

    def sync(self, handle: int, /) -> None:
        file = self.handles[handle]
        try:
            self._step()
        except OSError:
            # fsync(2): what was not written is marked clean all the same.
            file.dirty = {block for block in file.dirty if self.rng.random() < 0.5}
            file.flush()
            raise
        file.flush()

    def sync_folder(self, folder: Path) -> None:  # noqa: ARG002
        self._step()
        for each in self.files.values():
            each.named = True

    def size(self, handle: int, /) -> int:
        self._check()
        return len(self.handles[handle].seen)

    def lock(self, handle: int, /) -> bool:
        self._check()
        file = self.handles[handle]
        if file.locked_by is not None:
            return False
        file.locked_by = handle
        return True

    def close(self, handle: int, /) -> None:
        self._check()
        file = self.handles.pop(handle)
        if file.locked_by == handle:
            file.locked_by = None

    def _check(self) -> None:
        if self.off:
            raise PowerCutError

    def _step(self) -> None:
        self._check()
        self.operations += 1
        if self.operations - 1 == self.fails_at:
            if self.fault is Fault.FULL:
                raise OSError(errno.ENOSPC, "no space left on device")
            self.off = True
            raise PowerCutError
