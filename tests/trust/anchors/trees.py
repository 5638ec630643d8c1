"""Merkle trees as RFC 6962 defines them, written a second time so that the contract is not checked against ourselves.

Small trees are built from their leaves. Trees too large to build are made up: every hash of a proof is drawn, and both
roots follow from them.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from hashlib import sha256
from typing import NamedTuple


class Growth(NamedTuple):
    """A log grown from ``first`` to ``second`` entries, and the consistency proof between its roots."""

    first: int
    second: int
    first_root: bytes
    second_root: bytes
    proof: list[bytes]


def node(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


def split(size: int) -> int:
    """The largest power of two smaller than ``size``."""
    return 1 << ((size - 1).bit_length() - 1)


def root(leaves: Sequence[bytes]) -> bytes:
    """MTH of section 2.1 over the entries themselves."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return sha256(b"\x00" + leaves[0]).digest()
    at = split(len(leaves))
    return node(root(leaves[:at]), root(leaves[at:]))


def consistency(first: int, leaves: Sequence[bytes], *, known: bool = True) -> list[bytes]:
    """SUBPROOF of section 2.1.2: from the first ``first`` entries to all of them."""
    if first == len(leaves):
        return [] if known else [root(leaves)]
    at = split(len(leaves))
    if first <= at:
        return [*consistency(first, leaves[:at], known=known), root(leaves[at:])]
    return [*consistency(first - at, leaves[at:], known=False), root(leaves[:at])]


def entries(count: int) -> list[bytes]:
    return [f"entry {number}".encode() for number in range(count)]


def grown(first: int, second: int) -> Growth:
    """A real tree, grown."""
    leaves = entries(second)
    return Growth(first, second, root(leaves[:first]), root(leaves), consistency(first, leaves))


def made_up(first: int, second: int, *, seed: int = 7) -> Growth:
    """A tree of any size whose proof consists of bytes that are never zero, the dearest to send."""
    drawn = random.Random(f"{first} {second} {seed}")

    def draw() -> bytes:
        return bytes(drawn.randrange(1, 256) for _ in range(32))

    proof: list[bytes] = []

    def roots(first: int, second: int, *, known: bool) -> tuple[bytes, bytes]:
        if first == second:
            drawn_root = draw()
            if not known:
                proof.append(drawn_root)
            return drawn_root, drawn_root
        at = split(second)
        if first <= at:
            old, new = roots(first, at, known=known)
            proof.append(draw())
            return old, node(new, proof[-1])
        old, new = roots(first - at, second - at, known=False)
        proof.append(draw())
        return node(proof[-1], old), node(proof[-1], new)

    first_root, second_root = roots(first, second, known=True)
    return Growth(first, second, first_root, second_root, proof)
