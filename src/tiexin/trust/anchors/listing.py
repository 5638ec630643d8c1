"""The anchors as other programs read them: the document of ``GET /v1/trust``, and the stamp that covers an event."""

from __future__ import annotations

from typing import Any, NamedTuple

from tiexin.infra.settings import Settings
from tiexin.kernel.clock import iso_us
from tiexin.trust.anchors.kept import Anchor, Kept

LISTED_MAX = 50
"""Most anchors listed at once, the newest first."""


class Stamped(NamedTuple):
    """A stamp: the signed checkpoint it covers, the authority's answer (DER), its time (UTC µs), who signed it."""

    size: int
    checkpoint: bytes
    stamp: bytes
    time_us: int
    where: str
    authority: str


def listed(settings: Settings) -> list[dict[str, Any]]:
    """Return the newest anchors, newest first, each with whether the last check found fault with it (JSON-ready)."""
    kept = Kept(settings.home)
    faults = kept.checks().faults
    return [document(each, fault=faults.get(each.key)) for each in reversed(kept.all()[-LISTED_MAX:])]


def document(anchor: Anchor, *, fault: str | None = None) -> dict[str, Any]:
    """Return one anchor; ``detail`` says what is wrong with it, or else where exactly it stands."""
    stands = f"{anchor.transaction} · block {anchor.block}" if anchor.kind == "evm" else anchor.authority
    return {
        "kind": anchor.kind,
        "size": anchor.size,
        "root": anchor.root,
        "time": iso_us(anchor.time_us),
        "where": anchor.where,
        "ok": not fault,
        "detail": fault or stands or None,
    }


def anchors_over(settings: Settings, *, size: int) -> list[Anchor]:
    """Return the anchors of heads with at least ``size`` entries, oldest first; they cover those."""
    return [each for each in Kept(settings.home).all() if each.size >= size]


def stamps_over(settings: Settings, *, size: int) -> list[Stamped]:
    """Return the stamps of checkpoints with at least ``size`` entries, oldest first, whose files are there."""
    kept = Kept(settings.home)
    found = []
    for each in anchors_over(settings, size=size):
        stamp, checkpoint = kept.stamp_files(each.stamp)
        if each.stamp and stamp.is_file() and checkpoint.is_file():
            raw = checkpoint.read_bytes(), stamp.read_bytes()
            found.append(Stamped(each.size, *raw, each.time_us, each.where, each.authority))
    return found
