"""The files of uploads: taken in piece by piece, judged by their first bytes, kept under names of our own."""

from __future__ import annotations

import hashlib
import os
import shutil
import threading
from pathlib import Path
from typing import IO, Final, Self

from tiexin.imports.contracts import Upload, UploadTooLargeError
from tiexin.imports.rules import HEAD_BYTES, format_of_head, safe_name
from tiexin.imports.store import ImportStore
from tiexin.infra.files import private_folder, sync_folder
from tiexin.infra.settings import Settings
from tiexin.kernel.clock import DAY_US, Clock
from tiexin.kernel.ids import IdSource

FREE_BYTES_MIN: Final = 512 * 1024**2
"""Room that an upload must leave on the disk: the record has to be able to go on."""
PART: Final = ".part"


def folder_of(settings: Settings) -> Path:
    """Return the folder of uploads."""
    return settings.home / "uploads"


def file_of(settings: Settings, upload: Upload) -> Path:
    """Return where an upload's file lies."""
    return folder_of(settings) / f"{upload.id}.{upload.format}"


class Reserved:
    """Bytes that uploads under way may still take, so that many at once cannot pass the limit together."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._bytes = 0

    def change(self, by: int) -> int:
        """Add to the bytes and return how many there are now."""
        with self._lock:
            self._bytes += by
            return self._bytes


class Incoming:
    """One upload on its way in; use it as a context manager, feed it, then :meth:`finish`.

    What is not finished leaves nothing behind.
    """

    def __init__(
        self, settings: Settings, store: ImportStore, reserved: Reserved, *, owner: str, name: str, clock: Clock
    ) -> None:
        self._settings, self._store, self._reserved, self._clock = settings, store, reserved, clock
        self._owner, self._name = owner, safe_name(name)
        self._id = IdSource(clock).new()
        self._part = private_folder(folder_of(settings)) / f"{self._id}{PART}"
        self._hash = hashlib.sha256()
        self._head = b""
        self._bytes = 0
        self._format: str | None = None
        self._file: IO[bytes] = os.fdopen(os.open(self._part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")
        self._kept = store.total_bytes()

    def __enter__(self) -> Self:
        """Return the upload itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the file and remove what was not finished."""
        self._file.close()
        self._part.unlink(missing_ok=True)
        self._reserved.change(-self._bytes)

    def feed(self, piece: bytes) -> None:
        """Take the next bytes.

        Raises:
            UploadTooLargeError: the file, or all uploads together, or the disk would pass a limit.
            UploadTypeError: the first bytes are those of no file that can be imported.
        """
        self._bytes += len(piece)
        under_way = self._reserved.change(len(piece))
        self.check_room(self._bytes, under_way)
        if self._format is None:
            self._head += piece
            if len(self._head) < HEAD_BYTES:
                return
            piece, self._head = self._head, b""
            self._format = format_of_head(piece[:HEAD_BYTES])
        self._write(piece)

    def check_room(self, size: int, under_way: int) -> None:
        """Pass if a file of this size may come in.

        Raises:
            UploadTooLargeError: it may not; says which limit.
        """
        limit = self._settings.upload_bytes_max
        if size > limit:
            msg = f"An upload has at most {limit:,} bytes. Nothing was kept; split the file or compress it with gzip."
            raise UploadTooLargeError(msg, limit_bytes=limit)
        total = self._settings.upload_total_bytes_max
        if self._kept + max(under_way, size) > total:
            msg = f"All uploads together have at most {total:,} bytes. Nothing was kept; remove older uploads first."
            raise UploadTooLargeError(msg, limit_bytes=total)
        if size and shutil.disk_usage(self._part.parent).free - FREE_BYTES_MIN < 0:
            msg = "The server's disk is almost full. Nothing was kept; tell whoever looks after it."
            raise UploadTooLargeError(msg, limit_bytes=FREE_BYTES_MIN)

    def finish(self) -> Upload:
        """Put the whole file in its place, durably, and return the upload.

        Raises:
            UploadTypeError: it is nothing that can be imported.
        """
        if self._format is None:
            self._format = format_of_head(self._head)
            self._write(self._head)
        self._file.flush()
        os.fsync(self._file.fileno())
        now_us = self._clock.now_us()
        upload = Upload(
            id=self._id,
            owner=self._owner,
            name=self._name,
            format=self._format,
            bytes=self._bytes,
            sha256=self._hash.hexdigest(),
            created_us=now_us,
            expires_us=now_us + self._settings.upload_days_max * DAY_US,
        )
        self._part.rename(file_of(self._settings, upload))
        sync_folder(self._part.parent)
        self._store.add(upload)
        return upload

    def _write(self, piece: bytes) -> None:
        self._hash.update(piece)
        self._file.write(piece)


def sweep(settings: Settings, store: ImportStore, *, now_us: int, in_use: frozenset[str]) -> list[Upload]:
    """Remove uploads that have expired and files that no upload names; return the uploads removed."""
    gone = []
    known = set()
    for upload in store.list():
        if upload.expires_us < now_us and upload.id not in in_use:
            remove_upload(settings, store, upload)
            gone.append(upload)
        else:
            known.add(upload.id)
    folder = folder_of(settings)
    for file in folder.iterdir() if folder.is_dir() else ():
        stray = file.name.partition(".")[0] not in known
        if stray and file.stat().st_mtime * 1_000_000 < now_us - DAY_US:
            file.unlink(missing_ok=True)
    return gone


def remove_upload(settings: Settings, store: ImportStore, upload: Upload) -> None:
    """Remove an upload, its file, and the rejected rows that were copied from it."""
    file_of(settings, upload).unlink(missing_ok=True)
    for file in (settings.home / "rejects").glob(f"*.{upload.id}.rows"):
        file.unlink(missing_ok=True)
    store.remove(upload.id)
