"""Proofs made by hand: of the right form, about an event of one's choice; nobody has signed them."""

from __future__ import annotations

import hashlib
from typing import Any

import msgspec

from tiexin.trust.rules.checkpoint import Checkpoint, format_checkpoint
from tiexin.trust.rules.leaf import opening
from tiexin.trust.rules.note import Note, SignatureLine, format_note
from tiexin.trust.rules.tlog_proof import TlogProof, format_proof

ORIGIN = "bank.example/log"
WITNESSES = ("witness.mediator.example", "witness.university.example")
EVENT: dict[str, Any] = {
    "case": "C-2026-001234",
    "channel": "phone",
    "data": {"topic": "fee"},
    "id": "0192f1c5-7a31-7c41-9f20-1b2c3d4e5f60",
    "org": "branch-7",
    "position": 12345,
    "recorded_us": 1_795_500_012_000_000,
    "source": "urn:bank",
    "time_us": 1_795_500_000_000_000,
    "type": "complaint.received.v1",
}


def hand_made(*, witnesses: tuple[str, ...] = WITNESSES, origin: str = ORIGIN, **changes: Any) -> bytes:
    """Return a proof with an opening of the event above with changes, at index 12344 of 20480."""
    canonical = msgspec.json.encode({**EVENT, **changes}, order="deterministic")
    text = format_checkpoint(Checkpoint(origin, 20_480, hashlib.sha256(b"root").digest()))
    signatures = [
        SignatureLine(name, hashlib.sha256(name.encode()).digest()[:4], bytes(64)) for name in (origin, *witnesses)
    ]
    path = [hashlib.sha256(bytes([level])).digest() for level in range(14)]
    checkpoint = format_note(Note(text, signatures))
    return format_proof(TlogProof(12_344, path, checkpoint, opening(canonical, bytes(range(32)))))
