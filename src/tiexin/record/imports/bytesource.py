"""The bytes of a file on disk, plain or gzipped, read once in chunks with faults turned into typed errors."""

from __future__ import annotations

import gzip
import hashlib
import io
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from tiexin.record.imports.model import ImportFileError, ImportFileMissingError, ImportLimitError

CHUNK_BYTES = 256 * 1024
GZIP_MAGIC = b"\x1f\x8b"
UNPACKED_BYTES_MAX = 64 * 1024**3
"""Most bytes a compressed file may hold."""
UNPACKED_TIMES_MAX = 300
"""How many times larger than packed a file may become; the tables and logs of real systems stay below 60."""
UNPACKED_UNCHECKED = 64 * 1024**2
"""Bytes up to which the ratio is not looked at, so that small files may repeat themselves."""


class ByteSource(io.RawIOBase):
    """A readable stream over a plain or gzipped file that knows how far it is.

    Raises (from every read):
        ImportFileError: the gzip stream is damaged or ends early; the facts name the byte reached.
        ImportLimitError: the gzip stream unpacks to far more than any table or log does.
    """

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.path = path
        try:
            self._file: IO[bytes] = path.open("rb")
            self._size = max(path.stat().st_size, 1)
            magic = self._file.read(len(GZIP_MAGIC))
            self._file.seek(0)
        except (OSError, ValueError) as error:
            raise missing(path, error) from error
        self.gzipped = magic == GZIP_MAGIC
        self._stream: IO[bytes] | gzip.GzipFile = gzip.GzipFile(fileobj=self._file) if self.gzipped else self._file
        self._passed = 0

    @property
    def done_share(self) -> float:
        """How much of the file on disk was read, from 0 to 1."""
        return min(self._file.tell() / self._size, 1.0) if not self._file.closed else 1.0

    def readable(self) -> bool:
        """Return True: this is a stream for reading."""
        return True

    def readinto(self, buffer: memoryview, /) -> int:  # type: ignore[override]
        """Fill the buffer with the next bytes after decompression; 0 at the end."""
        data = self.take(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def take(self, count: int = CHUNK_BYTES) -> bytes:
        """Return the next bytes after decompression, at most ``count``; empty at the end."""
        try:
            data = self._stream.read(count)
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            message = (
                f"{self.path.name} is a damaged or truncated gzip file: it breaks off after {self._passed:,} "
                "decompressed bytes. Rows before that place were kept; import a whole file again to go on."
            )
            raise ImportFileError(message, file=str(self.path), byte=self._passed) from error
        except OSError as error:
            raise missing(self.path, error) from error
        self._passed += len(data)
        if self.gzipped and self._passed > UNPACKED_UNCHECKED:
            self._check_unpacked()
        return data

    def _check_unpacked(self) -> None:
        limit = min(UNPACKED_BYTES_MAX, UNPACKED_TIMES_MAX * max(self._file.tell(), 1))
        if self._passed <= max(limit, UNPACKED_UNCHECKED):
            return
        message = (
            f"{self.path.name} unpacks to more than {UNPACKED_TIMES_MAX} times its size or {UNPACKED_BYTES_MAX:,} "
            "bytes, which no table or log does. Rows before that place were kept."
        )
        raise ImportLimitError(message, file=str(self.path), limit=limit)

    def chunks(self) -> Iterator[bytes]:
        """Yield the decompressed bytes to the end."""
        while data := self.take():
            yield data

    def close(self) -> None:
        """Close the file."""
        if not self.closed:
            self._stream.close()
            self._file.close()
        super().close()


def missing(path: Path, error: Exception) -> ImportFileMissingError:
    """Return the error for a file that cannot be opened."""
    reason = getattr(error, "strerror", None) or str(error)
    return ImportFileMissingError(f"{path} cannot be read: {reason}. Nothing was imported.", file=str(path))


def file_hash(path: Path) -> str:
    """Return the SHA-256 of the file as it lies on disk, in hexadecimal digits."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise missing(path, error) from error
