"""Where an import stood after its last acknowledged batch, so that a run after an interruption need not repeat it.

A checkpoint only saves work. Ids are the same on every run, so an import without it, or with an old one, is correct
too; and it is believed only if the event it names stands in the record at the position it names.
"""

from __future__ import annotations

import hashlib
import os
import re
from pathlib import Path
from typing import Protocol

import msgspec

from tiexin.record.contracts import EventPage

FORMAT = 1
URN_PREFIX = "urn:tiexin:dataset:"
NAME_CHARS_MAX = 80
REFUSED_KEPT_MAX = 10_000


class Readable(Protocol):
    """The part of the record that a checkpoint is checked against."""

    def read(self, *, after: int, limit: int) -> EventPage:
        """Return events beyond a position."""


class Checkpoint(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``rows`` were read and acknowledged; those whose ordinal is in ``refused`` were not stored.

    ``digest`` stands for the file and everything that decides what its rows become. The last stored row is the event
    ``source``/``id`` at ``position``. Where an import has a name (``run``), ``appended`` and ``duplicates`` are what it
    counted up to there, so that the import that goes on under that name counts on.
    """

    format: int
    digest: str
    rows: int
    refused: list[int]
    position: int
    source: str
    id: str
    run: str = ""
    appended: int = 0
    duplicates: int = 0


def data_set_name(source: str) -> str:
    """Return a file name for a data set: readable, and different for different sources."""
    short = source.removeprefix(URN_PREFIX)
    name = re.sub(r"[^A-Za-z0-9._-]+", "-", short).strip(".-")[:NAME_CHARS_MAX] or "data"
    if name == short and source.startswith(URN_PREFIX):
        return name
    return f"{name}-{hashlib.sha256(source.encode('utf-8', 'backslashreplace')).hexdigest()[:8]}"


def load_checkpoint(path: Path, *, digest: str, record: Readable) -> Checkpoint | None:
    """Return the checkpoint if it belongs to the same file and settings and to this very record, else None."""
    try:
        found = msgspec.json.decode(path.read_bytes(), type=Checkpoint)
    except (OSError, msgspec.DecodeError):
        return None
    if found.format != FORMAT or found.digest != digest or found.position < 1:
        return None
    page = record.read(after=found.position - 1, limit=1)
    if not page.events:
        return None
    recorded = page.events[0]
    there = (recorded.position, recorded.event.source, recorded.event.id)
    return found if there == (found.position, found.source, found.id) else None


def save_checkpoint(path: Path, checkpoint: Checkpoint) -> None:
    """Replace the checkpoint file in one step; a crash leaves the old one or the new one."""
    if len(checkpoint.refused) > REFUSED_KEPT_MAX:
        return
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    with temporary.open("wb") as file:
        file.write(msgspec.json.encode(checkpoint))
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
