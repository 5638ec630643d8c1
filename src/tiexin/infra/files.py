"""Files that survive a crash: written whole or not at all, and on the disk before we say so."""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def private_folder(folder: Path) -> Path:
    """Make a folder that only its owner may enter (an existing one keeps its rights) and return it."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def private_file(file: Path) -> Path:
    """Make an empty file that only its owner may read (an existing one keeps its content and rights).

    An existing file is not even opened: closing it again would give up the locks that SQLite holds on it elsewhere in
    this process (POSIX record locks, fcntl(2)), and another process could take the log away under its feet.
    """
    with contextlib.suppress(FileExistsError):
        os.close(os.open(file, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    return file


def write_durably(file: Path, content: bytes, *, mode: int = 0o644) -> None:
    """Replace ``file`` atomically: temporary file, fsync, rename, fsync of the folder."""
    private_folder(file.parent)
    temporary = file.with_name(f".{file.name}.{os.getpid()}.tmp")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    temporary.replace(file)
    sync_folder(file.parent)


def append_durably(file: Path, line: bytes, *, mode: int = 0o600) -> None:
    """Append one line and return when it is on the disk; a torn last line of a crash is ended first."""
    private_folder(file.parent)
    created = not file.exists()
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT | os.O_APPEND, mode)
    try:
        size = os.fstat(descriptor).st_size
        torn = size > 0 and os.pread(descriptor, 1, size - 1) != b"\n"
        os.write(descriptor, (b"\n" if torn else b"") + line + b"\n")
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    if created:
        sync_folder(file.parent)


def sync_folder(folder: Path) -> None:
    """Make renames and new files of a folder durable."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def locked(file: Path) -> Iterator[None]:
    """Hold an exclusive lock named by ``file`` among the processes of this machine; the kernel frees it on a crash."""
    private_folder(file.parent)
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
