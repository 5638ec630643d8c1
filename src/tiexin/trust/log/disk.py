"""The disk as the log sees it: a few operations, so that tests can fail each one and cut the power between any two."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from typing import Final, Protocol

from tiexin.infra.files import private_folder, sync_folder


class Disk(Protocol):
    """What a log asks of a disk; a handle is whatever ``open`` returned. Every call may raise ``OSError``."""

    def folder(self, folder: Path) -> None:
        """Make a folder for the owner alone unless it is there."""

    def open(self, file: Path, *, create: bool) -> int:
        """Open a file for reading (and writing, when it may be created) and return its handle."""

    def read(self, handle: int, length: int, offset: int, /) -> bytes:
        """Return up to ``length`` bytes from ``offset``; fewer only at the end of the file."""

    def write(self, handle: int, content: bytes, offset: int, /) -> None:
        """Write all of ``content`` at ``offset``; not durable yet."""

    def sync(self, handle: int, /) -> None:
        """Return when everything written to the file is on the disk, its length included."""

    def sync_folder(self, folder: Path) -> None:
        """Return when the names of new files of a folder are on the disk."""

    def size(self, handle: int, /) -> int:
        """Return the length of a file in bytes."""

    def lock(self, handle: int, /) -> bool:
        """Take the file for this process until it is closed; false when another holds it."""

    def close(self, handle: int, /) -> None:
        """Close a file and give up its lock."""


class RealDisk:
    """The operating system's files."""

    read = staticmethod(os.pread)
    sync = staticmethod(os.fdatasync)
    close = staticmethod(os.close)

    def folder(self, folder: Path) -> None:
        """Make a folder for the owner alone unless it is there, and make its name durable."""
        if not folder.is_dir():
            private_folder(folder)
            sync_folder(folder.parent)

    def open(self, file: Path, *, create: bool) -> int:
        """Open a file; one that is made belongs to its owner alone."""
        flags = os.O_RDWR | os.O_CREAT if create else os.O_RDONLY
        return os.open(file, flags | os.O_CLOEXEC, 0o600)

    def write(self, handle: int, content: bytes, offset: int, /) -> None:
        """Write all of ``content``, in as many calls as the system takes."""
        done = os.pwrite(handle, content, offset)
        while done < len(content):
            done += os.pwrite(handle, memoryview(content)[done:], offset + done)

    def sync_folder(self, folder: Path) -> None:
        """Flush a folder."""
        sync_folder(folder)

    def size(self, handle: int, /) -> int:
        """Return the length of a file in bytes."""
        return os.fstat(handle).st_size

    def lock(self, handle: int, /) -> bool:
        """Take an advisory lock (flock(2)); the kernel gives it up when the process dies."""
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


REAL: Final[Disk] = RealDisk()
