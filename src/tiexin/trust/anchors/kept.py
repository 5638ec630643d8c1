"""What is kept of anchors under ``<home>/trust``: one line each in ``anchors.jsonl``, the stamps beside it."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import msgspec

from tiexin.infra.files import append_durably, write_durably

FILE = "anchors.jsonl"
CHECKS = "anchors-checked.json"
STAMPS = "stamps"


class Anchor(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One head put where others keep it.

    ``root`` is hexadecimal; ``time_us`` is the time of the block or of the stamp (UTC µs), by their clocks. ``where``
    names the contract on its chain or the authority's address. The rest belongs to one kind alone: chain, contract,
    transaction, block and gas, or the stamp's file (its checkpoint stands beside it) and who signed it.
    """

    kind: Literal["evm", "rfc3161"]
    size: int
    root: str
    time_us: int
    where: str
    chain_id: int = 0
    contract: str = ""
    transaction: str = ""
    block: int = 0
    gas: int = 0
    stamp: str = ""
    authority: str = ""

    @property
    def key(self) -> str:
        """What tells it from every other: the transaction or the stamp's file."""
        return self.transaction or self.stamp


class Checks(msgspec.Struct, frozen=True, kw_only=True):
    """The last verification of all anchors, and why the last one in the background failed (None: it did not)."""

    time_us: int = 0
    faults: dict[str, str] = {}
    tried_us: int = 0
    error: str | None = None


class Kept:
    """The anchors of one home, oldest first."""

    def __init__(self, home: Path) -> None:
        self.folder = home / "trust"

    def all(self) -> list[Anchor]:
        """Return every anchor; a line that a crash left torn is passed over (the chain still has its anchor)."""
        try:
            lines = (self.folder / FILE).read_bytes().splitlines()
        except FileNotFoundError:
            return []
        found = []
        for line in lines:
            try:
                found.append(msgspec.json.decode(line, type=Anchor))
            except msgspec.MsgspecError:
                continue
        return found

    def add(self, anchor: Anchor) -> None:
        """Keep one more; it is on the disk when this returns."""
        append_durably(self.folder / FILE, msgspec.json.encode(anchor))

    def keep_stamp(self, name: str, *, stamp: bytes, checkpoint: bytes) -> None:
        """Keep a stamp and the signed checkpoint that it covers as ``<name>.tsr`` and ``<name>.checkpoint``."""
        write_durably(self.folder / STAMPS / f"{name}.checkpoint", checkpoint)
        write_durably(self.folder / STAMPS / f"{name}.tsr", stamp)

    def stamp_files(self, name: str) -> tuple[Path, Path]:
        """Return the files of a stamp and of its checkpoint."""
        return self.folder / STAMPS / f"{name}.tsr", self.folder / STAMPS / f"{name}.checkpoint"

    def checks(self) -> Checks:
        """Return the last verification; a damaged file counts as none."""
        try:
            return msgspec.json.decode((self.folder / CHECKS).read_bytes(), type=Checks)
        except (FileNotFoundError, msgspec.MsgspecError):
            return Checks()

    def keep_checks(self, checks: Checks) -> None:
        """Replace the last verification."""
        write_durably(self.folder / CHECKS, msgspec.json.encode(checks))
