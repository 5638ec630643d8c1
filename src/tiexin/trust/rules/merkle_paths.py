"""Which nodes of a tree make a proof: geometry alone, so that files, tiles and tests read the same way.

A node is named by its level (0 = leaf hashes) and its index within the level; it is complete when all ``2**level``
leaves under it are there. Only complete nodes are stored. The ragged right edge of a tree is folded from complete
nodes, so each hash of a proof is given as the nodes that fold into it, smallest (rightmost) first.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from tiexin.trust.rules.merkle import ProofError, fold_right

Place: TypeAlias = tuple[int, int]
Parts: TypeAlias = tuple[Place, ...]


def peaks(size: int, *, below: int = 64) -> Parts:
    """Return the complete subtrees side by side that make a tree of ``size`` leaves, smallest first.

    With ``below`` only those of a lower level: the ragged part to the right of the last complete node of that level.
    """
    return tuple((level, (size >> level) - 1) for level in range(min(size.bit_length(), below)) if size >> level & 1)


def inclusion_parts(index: int, size: int) -> list[Parts]:
    """Return the parts of the proof that entry ``index`` stands in the tree of ``size`` (RFC 9162, section 2.1.3.1).

    Raises ``ProofError`` when there is no such entry in such a tree.
    """
    if not 0 <= index < size:
        message = f"there is no proof for index {index} in a tree of {size} entries"
        raise ProofError(message)
    return _path(0, index, size)


def consistency_parts(first: int, second: int) -> list[Parts]:
    """Return the parts of the proof that the tree of ``first`` begins that of ``second`` (RFC 9162, section 2.1.4.1).

    Raises ``ProofError`` when ``first`` is larger; from 0, and between equal sizes, the proof is empty.
    """
    if not 0 <= first <= second:
        message = f"there is no proof that a tree of {second} entries continues one of {first}"
        raise ProofError(message)
    if first in {0, second}:
        return []
    # The largest complete subtree that ends where the first tree ends; its hash is known when it is that whole tree.
    level = (first & -first).bit_length() - 1
    node = (first >> level) - 1
    seed: list[Parts] = [((level, node),)] if node else []
    return seed + _path(level, node, second)


def collect(parts: list[Parts], read: Callable[[int, int], bytes]) -> list[bytes]:
    """Return the hashes of a proof, ``read(level, index)`` giving each complete node."""
    return [
        read(*each[0]) if len(each) == 1 else fold_right([read(level, index) for level, index in each])
        for each in parts
    ]


def _path(level: int, node: int, size: int) -> list[Parts]:
    """Return the siblings from a complete node up to the root of the tree of ``size`` leaves."""
    parts: list[Parts] = []
    last = (size - 1) >> level
    while last:
        sibling = node ^ 1
        if (sibling + 1) << level <= size:
            parts.append(((level, sibling),))
        elif sibling == last:
            parts.append(peaks(size, below=level))
        node >>= 1
        last >>= 1
        level += 1
    return parts
