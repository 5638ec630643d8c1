"""What a witness remembers: of each log the last checkpoint it cosigned, on the disk before anybody hears of it.

The state of a log is one file, the cosigned checkpoint itself, replaced whole by rename after an fsync, so a crash
leaves the earlier or the later one and never a mixture. One process at a time holds the folder. A witness that has lost
its memory could be led to cosign a second history: a folder that is missing, or that belongs to other keys, is refused.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import msgspec

from tiexin.infra.files import append_durably, private_folder, write_durably
from tiexin.kernel.errors import ConflictError, UnavailableError

FORMAT: Final = "tiexin.witness/v1"
MEMORY: Final = "memory.json"
EVIDENCE: Final = "evidence.jsonl"
EVIDENCE_BYTES_MAX: Final = 32 * 1024 * 1024
"""Evidence beyond this is no longer kept, so that a log in disorder cannot fill the disk of its witness."""


class MemoryLostError(UnavailableError):
    """The witness has keys and no memory, or the memory of other keys; it must not guess."""

    code = "witness_memory_lost"


class WitnessBusyError(ConflictError):
    """Another process is this witness already."""

    code = "witness_busy"


class NotKeptError(UnavailableError):
    """A write to the disk failed; nothing more is cosigned until the witness starts again and reads what stands."""

    code = "witness_not_kept"


class _Memory(msgspec.Struct, frozen=True):
    format: str
    vkeys: list[str]


class Evidence(msgspec.Struct, frozen=True):
    """A checkpoint that a log signed and that was refused: when (UTC µs), which log, why, the signed note.

    ``before`` is the checkpoint cosigned before, to be shown beside it. Two of one size with different roots prove a
    fork; a refused proof may also be the fault of whoever sent it.
    """

    time_us: int
    origin: str
    why: str
    note: str
    before: str


def origin_hash(origin: str) -> str:
    """Return the name of a log in addresses and files: lower-case hex SHA-256 of its origin (c2sp.org/tlog-witness)."""
    return hashlib.sha256(origin.encode()).hexdigest()


class WitnessStore:
    """The memory of one witness; holds its folder until it is closed. Not for several threads at once."""

    def __init__(self, folder: Path, lock: int, notes: dict[str, bytes]) -> None:
        self._folder = folder
        self._lock = lock
        self._notes = notes
        self._broken = ""
        # Asked again after a restart, a log's contradiction is the same one.
        self._testified = {hashlib.sha256(each.note.encode()).hexdigest() for each in evidence_in(folder)}

    @staticmethod
    def exists(folder: Path) -> bool:
        """Tell whether there is a memory in this folder."""
        return (folder / MEMORY).is_file()

    @staticmethod
    def create(folder: Path, *, vkeys: Sequence[str]) -> None:
        """Begin a memory for new keys.

        Raises:
            MemoryLostError: there is one in which something was cosigned, by other keys.
        """
        private_folder(folder / "logs")
        if any((folder / "logs").iterdir()):
            msg = f"The memory under {folder} belongs to keys that are gone. Nothing was changed."
            raise MemoryLostError(msg)
        memory = _Memory(format=FORMAT, vkeys=list(vkeys))
        write_durably(folder / MEMORY, msgspec.json.encode(memory), mode=0o600)

    @classmethod
    def open(cls, folder: Path, *, vkeys: Sequence[str]) -> WitnessStore:
        """Take the memory of a witness.

        Raises:
            MemoryLostError: there is none, or it is that of other keys.
            WitnessBusyError: another process has it.
        """
        try:
            memory = msgspec.json.decode((folder / MEMORY).read_bytes(), type=_Memory)
            (folder / "logs").stat()
            lock = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        except (OSError, msgspec.DecodeError) as error:
            msg = (
                f"The memory of this witness under {folder} cannot be read ({error}). Without it the witness could "
                "cosign a second history of a log, so it does not start. Put the folder back, or retire these keys."
            )
            raise MemoryLostError(msg) from error
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(lock)
            msg = f"Another process is the witness of {folder} already. Nothing was changed."
            raise WitnessBusyError(msg) from error
        if memory.format != FORMAT or memory.vkeys != list(vkeys):
            os.close(lock)
            msg = f"The memory under {folder} belongs to other keys: {', '.join(memory.vkeys)}. Nothing was changed."
            raise MemoryLostError(msg)
        for left in (folder / "logs").glob(".*.tmp"):
            left.unlink()
        return cls(folder, lock, {file.name: file.read_bytes() for file in (folder / "logs").iterdir()})

    def notes(self) -> dict[str, bytes]:
        """Return the last cosigned checkpoint of every log by the hash of its origin."""
        return dict(self._notes)

    def latest(self, origin: str) -> bytes | None:
        """Return the last cosigned checkpoint of a log as a signed note; None if there was none."""
        return self._notes.get(origin_hash(origin))

    def keep(self, origin: str, note: bytes) -> None:
        """Remember a cosigned checkpoint; returns when it is on the disk.

        Raises:
            NotKeptError: this write or an earlier one failed. Which of two states the disk holds is then unknown.
        """
        self.demand_whole()
        name = origin_hash(origin)
        try:
            write_durably(self._folder / "logs" / name, note, mode=0o600)
        except OSError as error:
            self._broken = str(error)
            self.demand_whole()
        self._notes[name] = note

    def demand_whole(self) -> None:
        """Refuse if a write has failed since the start.

        Raises:
            NotKeptError: one has.
        """
        if self._broken:
            msg = f"The witness could not write to its disk ({self._broken}); it cosigns nothing until it is restarted."
            raise NotKeptError(msg)

    def testify(self, evidence: Evidence, *, proved: bool) -> None:
        """Keep a refused checkpoint that a log signed; each note only once, and not beyond the limit of the file.

        What is not ``proved`` (anybody can send a wrong proof with a right checkpoint) takes at most half of the room,
        so that nobody can fill it before the fork comes that must be kept.
        """
        digest = hashlib.sha256(evidence.note.encode()).hexdigest()
        file = self._folder / EVIDENCE
        room = EVIDENCE_BYTES_MAX if proved else EVIDENCE_BYTES_MAX // 2
        if digest in self._testified or (file.exists() and file.stat().st_size > room):
            return
        try:
            append_durably(file, msgspec.json.encode(evidence))
        except OSError as error:
            self._broken = str(error)
            self.demand_whole()
        self._testified.add(digest)

    def close(self) -> None:
        """Let another process be this witness."""
        os.close(self._lock)


def evidence_in(folder: Path) -> list[Evidence]:
    """Return the checkpoints that were kept as evidence, oldest first; a line torn by a crash is left out."""
    file = folder / EVIDENCE
    found: list[Evidence] = []
    for line in file.read_bytes().splitlines() if file.exists() else []:
        try:
            found.append(msgspec.json.decode(line, type=Evidence))
        except msgspec.DecodeError:
            continue
    return found
