"""Trust: a transparency log over the record, which outsiders can verify.

Owns the log (an append-only Merkle tree), its keys, signed checkpoints, cosignatures of witnesses, anchors on chains
and time stamps, and the receipts drawn from them. It follows the record by position: every event becomes exactly one
leaf, in the record's order. It writes no events (a log that grew by its own publication would never come to rest).
"""
