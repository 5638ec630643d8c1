from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tiexin.trust.rules.merkle import (
    EMPTY_ROOT,
    ProofError,
    fold_right,
    leaf_hash,
    node_hash,
    root_of,
    verify_consistency,
    verify_inclusion,
    verify_subtree_consistency,
    verify_subtree_inclusion,
)
from tiexin.trust.rules.merkle_paths import collect, consistency_parts, inclusion_parts, peaks

LEAVES = [leaf_hash(index.to_bytes(2, "big")) for index in range(300)]


def defined_root(leaves: list[bytes]) -> bytes:
    """MTH as RFC 6962, section 2.1, defines it."""
    if len(leaves) < 2:
        return leaves[0] if leaves else sha256(b"").digest()
    half = 1 << (len(leaves) - 1).bit_length() - 1
    return node_hash(defined_root(leaves[:half]), defined_root(leaves[half:]))


def defined_inclusion(index: int, leaves: list[bytes]) -> list[bytes]:
    """PATH as RFC 6962, section 2.1.1, defines it."""
    if len(leaves) == 1:
        return []
    half = 1 << (len(leaves) - 1).bit_length() - 1
    if index < half:
        return [*defined_inclusion(index, leaves[:half]), defined_root(leaves[half:])]
    return [*defined_inclusion(index - half, leaves[half:]), defined_root(leaves[:half])]


def defined_consistency(first: int, leaves: list[bytes], *, whole: bool = True) -> list[bytes]:
    """SUBPROOF as RFC 6962, section 2.1.2, defines it."""
    if first == len(leaves):
        return [] if whole else [defined_root(leaves)]
    half = 1 << (len(leaves) - 1).bit_length() - 1
    if first <= half:
        return [*defined_consistency(first, leaves[:half], whole=whole), defined_root(leaves[half:])]
    return [*defined_consistency(first - half, leaves[half:], whole=False), defined_root(leaves[:half])]


def node(level: int, index: int) -> bytes:
    """A complete node over LEAVES."""
    leaves = LEAVES[index << level : (index + 1) << level]
    assert len(leaves) == 1 << level
    return defined_root(leaves)


def test_hashes_are_those_of_rfc_6962() -> None:
    assert EMPTY_ROOT.hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert leaf_hash(b"").hex() == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
    assert leaf_hash(b"L123456").hex() == "395aa064aa4c29f7010acfe3f25db9485bbd4b91897b6ad7ad547639252b4d56"
    assert node_hash(b"N123", b"N456").hex() == "aa217fe888e47007fa15edab33c2b492a722cb106c64667fc2b044444de66bbb"


@pytest.mark.parametrize("size", [0, 1, 2, 3, 7, 8, 9, 255, 256, 257, 300])
def test_a_root_is_what_the_definition_says(size: int) -> None:
    assert root_of(LEAVES[:size]) == defined_root(LEAVES[:size])
    assert fold_right([node(*place) for place in peaks(size)]) == defined_root(LEAVES[:size])


@given(st.data())
def test_proofs_are_what_the_definition_says_and_hold(data: st.DataObject) -> None:
    size = data.draw(st.integers(1, 300))
    index = data.draw(st.integers(0, size - 1))
    leaves = LEAVES[:size]
    root = defined_root(leaves)
    proof = collect(inclusion_parts(index, size), node)
    assert proof == defined_inclusion(index, leaves)
    verify_inclusion(leaf_hash=leaves[index], index=index, size=size, proof=proof, root=root)
    first = index + 1
    proof = collect(consistency_parts(first, size), node)
    assert proof == defined_consistency(first, leaves)
    first_root = defined_root(leaves[:first])
    verify_consistency(first=first, second=size, proof=proof, first_root=first_root, second_root=root)


@given(st.data())
def test_a_subtree_and_what_is_in_it_are_proved_at_their_place(data: st.DataObject) -> None:
    """The path from a complete subtree to the root is its proof (draft of Merkle Tree Certificates, section 4.4)."""
    level = data.draw(st.integers(0, 8))
    start = data.draw(st.integers(0, (300 >> level) - 1)) << level
    end = start + (1 << level)
    size = data.draw(st.integers(end, 300))
    root, subtree_root = defined_root(LEAVES[:size]), defined_root(LEAVES[start:end])
    # What lies above a subtree is the path of its first leaf without the steps inside of it.
    proof = collect(inclusion_parts(start, size), node)[level:]
    verify_subtree_consistency(start=start, end=end, size=size, proof=proof, subtree_root=subtree_root, root=root)
    index = data.draw(st.integers(start, end - 1))
    inside = defined_inclusion(index - start, LEAVES[start:end])
    place = {"index": index, "start": start, "end": end}
    verify_subtree_inclusion(leaf_hash=LEAVES[index], **place, proof=inside, root=subtree_root)
    if end < size:
        with pytest.raises(ProofError):
            verify_subtree_consistency(start=start, end=end, size=size, proof=proof, subtree_root=root, root=root)


@given(st.data())
def test_no_changed_proof_holds(data: st.DataObject) -> None:
    size = data.draw(st.integers(2, 300))
    index = data.draw(st.integers(0, size - 1))
    root = defined_root(LEAVES[:size])
    proof = defined_inclusion(index, LEAVES[:size])
    place = data.draw(st.integers(0, len(proof) - 1))
    bit = data.draw(st.integers(0, 255))
    flipped = (int.from_bytes(proof[place], "big") ^ 1 << bit).to_bytes(32, "big")
    for changed in (
        [*proof[:place], flipped, *proof[place + 1 :]],
        proof[:place] + proof[place + 1 :],
        [*proof[:place], flipped, *proof[place:]],
        [*proof, root],
        [root, *proof],
        [*proof[:place], proof[place][:31], *proof[place + 1 :]],
        [*proof[:place], proof[place] + b"\0", *proof[place + 1 :]],
    ):
        with pytest.raises(ProofError):
            verify_inclusion(leaf_hash=LEAVES[index], index=index, size=size, proof=changed, root=root)


def test_equal_sizes_need_equal_roots_and_nothing_else() -> None:
    root = root_of(LEAVES[:5])
    verify_consistency(first=5, second=5, proof=[], first_root=root, second_root=root)
    verify_consistency(first=0, second=0, proof=[], first_root=EMPTY_ROOT, second_root=EMPTY_ROOT)
    with pytest.raises(ProofError, match="another root"):
        verify_consistency(first=5, second=5, proof=[], first_root=root, second_root=EMPTY_ROOT)
    with pytest.raises(ProofError, match="needs no proof"):
        verify_consistency(first=5, second=5, proof=[root], first_root=root, second_root=root)


@pytest.mark.parametrize(
    ("first", "second", "message"),
    [(6, 5, "shrunk"), (0, 5, "shows nothing"), (1, 1 << 63, "not between"), (-1, 5, "not a subtree")],
)
def test_sizes_that_prove_nothing_are_refused(first: int, second: int, message: str) -> None:
    with pytest.raises(ProofError, match=message) as refused:
        verify_consistency(first=first, second=second, proof=[], first_root=EMPTY_ROOT, second_root=EMPTY_ROOT)
    assert refused.value.problem()["code"] == "proof_invalid"


@pytest.mark.parametrize(
    "ask",
    [
        pytest.param(lambda: inclusion_parts(5, 5), id="index-after-the-end"),
        pytest.param(lambda: inclusion_parts(-1, 5), id="index-before-the-beginning"),
        pytest.param(lambda: consistency_parts(6, 5), id="shrunk"),
    ],
)
def test_there_is_no_proof_of_what_is_not_there(ask: Callable[[], object]) -> None:
    with pytest.raises(ProofError, match="there is no proof"):
        ask()


def test_a_proof_in_a_log_as_large_as_can_be_has_sixty_three_steps() -> None:
    size = (1 << 63) - 1
    assert len(inclusion_parts(0, size)) == 63
    assert inclusion_parts(size - 1, size)[0] == ((1, (size >> 1) - 1),)
