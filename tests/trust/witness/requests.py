"""Requests for cosignatures as a log makes them."""

from __future__ import annotations

from tests.trust.logs import SignedLog
from tiexin.trust.rules.witness_protocol import AddCheckpoint, format_add_checkpoint


def body(log: SignedLog, old: int, size: int, *, note: bytes | None = None, proof: list[bytes] | None = None) -> bytes:
    """Return a request; proof and note are right unless others are given."""
    found = log.log.consistency_proof(old, size) if proof is None else proof
    return format_add_checkpoint(AddCheckpoint(old, tuple(found), note or log.note(size)))
