"""Merkle trees of RFC 6962: hashes of leaves and nodes, roots, and the checking of proofs.

Inclusion and consistency follow RFC 9162, sections 2.1.3.2 and 2.1.4.2; subtrees follow the draft of Merkle Tree
Certificates (draft-ietf-plants-merkle-tree-certs, section 4). Every check raises ``ProofError`` or returns nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hashlib import sha256
from typing import ClassVar, Final

from tiexin.kernel.errors import InvalidInputError

HASH_BYTES: Final = 32
EMPTY_ROOT: Final = sha256(b"").digest()
SIZE_LIMIT: Final = 1 << 63  # What a checkpoint can carry (tlog-checkpoint: sizes fit into a signed 64-bit number).


class ProofError(InvalidInputError):
    """A proof does not show what it is meant to show; the message says at which step it failed."""

    code: ClassVar[str] = "proof_invalid"
    title: ClassVar[str] = "The proof does not hold"


def leaf_hash(entry: bytes) -> bytes:
    """Return the 32-byte hash of a leaf: SHA-256 of 0x00 and the entry (RFC 6962, section 2.1)."""
    return sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the 32-byte hash of an inner node: SHA-256 of 0x01 and both children (RFC 6962, section 2.1)."""
    return sha256(b"\x01" + left + right).digest()


def root_of(leaf_hashes: Sequence[bytes]) -> bytes:
    """Return the root over leaf hashes in order; that of the empty tree is SHA-256 of nothing."""
    level = list(leaf_hashes)
    if not level:
        return EMPTY_ROOT
    while len(level) > 1:
        # A last node without a sibling rises unchanged, which is the largest-power-of-two split of RFC 6962.
        rest = level[-1:] if len(level) % 2 else []
        pairs = zip(level[::2], level[1::2], strict=False)
        level = [sha256(b"\x01" + left + right).digest() for left, right in pairs] + rest
    return level[0]


def fold_right(hashes: Iterable[bytes]) -> bytes:
    """Return the hash over perfect subtrees standing side by side, from the smallest (rightmost) to the largest."""
    folded: bytes | None = None
    for each in hashes:
        folded = each if folded is None else node_hash(each, folded)
    return EMPTY_ROOT if folded is None else folded


def verify_inclusion(*, leaf_hash: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> None:
    """Check that the leaf stands at ``index`` (from 0) of the tree of ``size`` leaves with this root.

    Raises ``ProofError`` (RFC 9162, section 2.1.3.2).
    """
    _check_size(size)
    if not 0 <= index < size:
        message = f"index {index} is outside a tree of {size} entries"
        raise ProofError(message)
    _check_hashes(leaf_hash, root, *proof)
    node, last, digest = index, size - 1, leaf_hash
    for sibling in proof:
        if last == 0:
            message = f"the proof has {len(proof)} hashes, more than index {index} of {size} entries needs"
            raise ProofError(message)
        if node & 1 or node == last:
            digest = sha256(b"\x01" + sibling + digest).digest()
            if not node & 1:
                shift = (node & -node).bit_length() - 1
                node >>= shift
                last >>= shift
        else:
            digest = sha256(b"\x01" + digest + sibling).digest()
        node >>= 1
        last >>= 1
    if last:
        message = f"the proof has only {len(proof)} hashes, fewer than index {index} of {size} entries needs"
        raise ProofError(message)
    if digest != root:
        message = f"the proof for index {index} of {size} entries leads to another root"
        raise ProofError(message)


def verify_consistency(
    *, first: int, second: int, proof: Sequence[bytes], first_root: bytes, second_root: bytes
) -> None:
    """Check that the tree of ``first`` entries is the beginning of that of ``second`` (RFC 9162, section 2.1.4.2).

    Equal sizes need equal roots and an empty proof. From size 0 to a larger one there is nothing to prove and the call
    is refused: whoever knew nothing before (a witness, a monitor) takes that step without asking.

    Raises:
        ProofError: the proof does not hold.
    """
    if first > second:
        message = f"a log of {second} entries cannot continue one of {first}: it has shrunk"
        raise ProofError(message)
    if first == second == 0 and not first_root == second_root == EMPTY_ROOT:
        message = "an empty tree has another root"
        raise ProofError(message)
    if first == 0 < second:
        message = f"a proof from 0 to {second} entries shows nothing"
        raise ProofError(message)
    verify_subtree_consistency(start=0, end=first, size=second, proof=proof, subtree_root=first_root, root=second_root)


def verify_subtree_inclusion(
    *, leaf_hash: bytes, index: int, start: int, end: int, proof: Sequence[bytes], root: bytes
) -> None:
    """Check that the leaf stands at ``index`` within the subtree over entries ``start`` to ``end`` (exclusive).

    Raises ``ProofError``; ``index`` counts from the beginning of the log, ``root`` is the subtree's.
    """
    _check_subtree(start, end)
    if not start <= index < end:
        message = f"index {index} is outside the subtree of entries {start} to {end}"
        raise ProofError(message)
    verify_inclusion(leaf_hash=leaf_hash, index=index - start, size=end - start, proof=proof, root=root)


def verify_subtree_consistency(
    *, start: int, end: int, size: int, proof: Sequence[bytes], subtree_root: bytes, root: bytes
) -> None:
    """Check that the subtree over entries ``start`` to ``end`` (exclusive) stands in the tree of ``size`` entries.

    An empty subtree stands in every tree: only its own root is looked at.

    Raises:
        ProofError: the proof does not hold, or the bounds name no subtree.
    """
    _check_size(size)
    _check_subtree(start, end)
    if end > size:
        message = f"the subtree of entries {start} to {end} is not within a tree of {size} entries"
        raise ProofError(message)
    if start == end or (start == 0 and end == size):
        expected = EMPTY_ROOT if start == end else root
        if proof or subtree_root != expected:
            why = f"needs no proof, but {len(proof)} hashes are given" if proof else "has another root"
            message = f"the subtree of entries {start} to {end} {why}"
            raise ProofError(message)
        return
    _check_hashes(subtree_root, root, *proof)
    old, new = _climb(start=start, end=end, size=size, proof=proof, subtree_root=subtree_root)
    if old != subtree_root:
        message = f"the proof leads to another root of entries {start} to {end}"
        raise ProofError(message)
    if new != root:
        message = f"the proof leads to another root of {size} entries"
        raise ProofError(message)


def _climb(*, start: int, end: int, size: int, proof: Sequence[bytes], subtree_root: bytes) -> tuple[bytes, bytes]:
    """Return the roots of the subtree and of the whole tree that the hashes of a proof lead to."""
    low, node, last = start, end - 1, size - 1
    # Up to the largest perfect subtree that ends where the subtree ends.
    while low != node and (node & 1 or node == last):
        low, node, last = low >> 1, node >> 1, last >> 1
    rest = iter(proof)
    if low == node:
        old = new = subtree_root
    else:
        if not proof:
            message = f"the proof is empty, but entries {start} to {end} of {size} need one"
            raise ProofError(message)
        old = new = next(rest)
    for each in rest:
        if last == 0:
            message = f"the proof has {len(proof)} hashes, more than entries {start} to {end} of {size} need"
            raise ProofError(message)
        if node & 1 or node == last:
            if low < node:
                old = sha256(b"\x01" + each + old).digest()
            new = sha256(b"\x01" + each + new).digest()
            while node and not node & 1:
                low, node, last = low >> 1, node >> 1, last >> 1
        else:
            new = sha256(b"\x01" + new + each).digest()
        low, node, last = low >> 1, node >> 1, last >> 1
    if last:
        message = f"the proof has only {len(proof)} hashes, fewer than entries {start} to {end} of {size} need"
        raise ProofError(message)
    return old, new


def _check_size(size: int) -> None:
    """Refuse sizes that no checkpoint can carry."""
    if not 0 <= size < SIZE_LIMIT:
        message = f"the size {size} is not between 0 and {SIZE_LIMIT - 1}"
        raise ProofError(message)


def _check_subtree(start: int, end: int) -> None:
    """Refuse bounds that are no subtree: ``start`` is a multiple of the smallest power of two that holds it."""
    if not 0 <= start <= end < SIZE_LIMIT or (end > start and start % (1 << (end - start - 1).bit_length())):
        message = f"entries {start} to {end} are not a subtree"
        raise ProofError(message)


def _check_hashes(*hashes: bytes) -> None:
    """Refuse hashes of another length than 32 bytes."""
    for each in hashes:
        if len(each) != HASH_BYTES:
            message = f"a hash of the proof has {len(each)} bytes instead of {HASH_BYTES}"
            raise ProofError(message)
