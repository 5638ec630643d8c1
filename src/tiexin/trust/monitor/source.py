"""Where the files of a log come from: an address, or a folder that was exported (c2sp.org/tlog-tiles)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

from tiexin.kernel.errors import UnavailableError

if TYPE_CHECKING:
    import httpx

CHECKPOINT: Final = "checkpoint"
CHECKPOINT_BYTES_MAX: Final = 1024 * 1024
TILE_BYTES_MAX: Final = 256 * 32
BUNDLE_BYTES_MAX: Final = 256 * (2 + 65_535)
SECONDS_MAX: Final = 10.0
STATUS_OK: Final = 200
STATUS_NOT_THERE: Final = frozenset({404, 410})


class UnreachableError(UnavailableError):
    """A log does not answer, or with something that no log answers."""

    code = "log_unreachable"


class Source(Protocol):
    """Gives the files of one log by their path below its prefix; may be asked by several threads at once."""

    def get(self, path: str, *, limit: int) -> bytes | None:
        """Return a file of at most ``limit`` bytes, None if it is not there.

        Raises:
            UnreachableError: the log does not answer, or with more than the limit.
        """

    def close(self) -> None:
        """Let go of connections."""


class FolderSource:
    """A log in a folder, as ``tiexin trust export`` writes it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def get(self, path: str, *, limit: int) -> bytes | None:
        """Return a file; see ``Source``."""
        try:
            with (self._folder / path).open("rb") as stream:
                found = stream.read(limit + 1)
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            return None
        except OSError as error:
            msg = f"{path} of the log cannot be read: {error.strerror}."
            raise UnreachableError(msg) from error
        return _within(found, path, limit)

    def close(self) -> None:
        """Do nothing."""


class HttpSource:
    """A log behind an address."""

    def __init__(self, prefix: str) -> None:
        import httpx

        self._client: httpx.Client = httpx.Client(timeout=SECONDS_MAX, follow_redirects=True)
        self._prefix = prefix.rstrip("/")

    def get(self, path: str, *, limit: int) -> bytes | None:
        """Return a file; see ``Source``."""
        import httpx

        address = f"{self._prefix}/{path}"
        try:
            with self._client.stream("GET", address) as answer:
                if answer.status_code in STATUS_NOT_THERE:
                    return None
                if answer.status_code != STATUS_OK:
                    msg = f"{address} answered with status {answer.status_code}."
                    raise UnreachableError(msg)
                return _within(_body(answer, limit), path, limit)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            msg = f"{address} cannot be reached: {str(error) or type(error).__name__}."
            raise UnreachableError(msg) from error

    def close(self) -> None:
        """Close the connections."""
        self._client.close()


def source_of(place: str) -> Source:
    """Return the source of a log at an address (http, https) or in a folder.

    The address may be that of a Tiexin server: its log stands below ``/log``.

    Raises:
        UnreachableError: there is no checkpoint at either.
    """
    if not place.startswith(("http://", "https://")):
        folder = Path(place.removeprefix("file://"))
        if not (folder / CHECKPOINT).is_file():
            msg = f"{place} is neither an address (http, https) nor a folder with a checkpoint."
            raise UnreachableError(msg)
        return FolderSource(folder)
    for prefix in (place, f"{place.rstrip('/')}/log"):
        source = HttpSource(prefix)
        # A server that answers every address with its page is not a log: a note holds no mark-up in its first line.
        found = source.get(CHECKPOINT, limit=CHECKPOINT_BYTES_MAX)
        if found is not None and not found.lstrip().startswith(b"<"):
            return source
        source.close()
    msg = f"There is no log at {place}: neither {place.rstrip('/')}/checkpoint nor …/log/checkpoint is there."
    raise UnreachableError(msg)


def _body(answer: httpx.Response, limit: int) -> bytes:
    # Counted after decompression, so that a small answer cannot unfold into a large one.
    found = bytearray()
    for part in answer.iter_bytes():
        found += part
        if len(found) > limit:
            break
    return bytes(found)


def _within(found: bytes, path: str, limit: int) -> bytes:
    if len(found) > limit:
        msg = f"{path} of the log is larger than {limit} bytes."
        raise UnreachableError(msg, limit=limit)
    return found
