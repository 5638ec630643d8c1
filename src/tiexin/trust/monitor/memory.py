"""What a monitor remembers of a log: the last head that was in order, and how far old entries were read again."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Final

import msgspec

from tiexin.infra.files import append_durably, write_durably
from tiexin.kernel.errors import UnavailableError

FOLDER: Final = Path("trust") / "monitor"
ALARMS_BYTES_MAX: Final = 32 * 1024 * 1024


class MonitorMemoryError(UnavailableError):
    """What the monitor remembered cannot be read; starting afresh would hide what happened since."""

    code = "monitor_memory_damaged"


class Remembered(msgspec.Struct, frozen=True, kw_only=True):
    """The last head in order: the signed note, size, root, since when it has this size (UTC µs), where to read on."""

    origin: str
    size: int
    root: bytes
    note: str
    grew_us: int
    seen_us: int
    again_from: int = 0


class Memory:
    """The memory of one log, named by its origin alone: the same log at two addresses is held against itself."""

    def __init__(self, home: Path, origin: str) -> None:
        name = hashlib.sha256(origin.encode()).hexdigest()
        self._file = home / FOLDER / f"{name}.json"
        self._alarms = home / FOLDER / f"{name}.alarms.jsonl"

    def recall(self) -> Remembered | None:
        """Return what is remembered, None before the first look.

        Raises:
            MonitorMemoryError: the file is damaged.
        """
        try:
            return msgspec.json.decode(self._file.read_bytes(), type=Remembered)
        except FileNotFoundError:
            return None
        except (OSError, msgspec.DecodeError) as error:
            msg = f"What the monitor remembered of this log in {self._file} cannot be read: {error}."
            raise MonitorMemoryError(msg) from error

    def keep(self, remembered: Remembered) -> None:
        """Remember a head; on the disk when this returns."""
        write_durably(self._file, msgspec.json.encode(remembered), mode=0o600)

    def testify(self, evidence: object) -> None:
        """Keep what raised an alarm, JSON-ready; nothing more once the file is at its limit."""
        if not self._alarms.exists() or self._alarms.stat().st_size < ALARMS_BYTES_MAX:
            append_durably(self._alarms, msgspec.json.encode(evidence))
