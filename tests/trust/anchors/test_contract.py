"""The contract on a chain inside this process: what it accepts, what it refuses, what it costs."""

from __future__ import annotations

import json
from base64 import b64decode
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.trust.anchors.chain import NOTHING, Chain, with_seed
from tests.trust.anchors.trees import consistency, entries, grown, made_up, root

GAS_MAX = 65_000
LARGEST = 2**30
EMPTY_ROOT = root([])


def test_a_new_contract_keeps_the_empty_log(chain: Chain) -> None:
    assert chain.stands_at(0, EMPTY_ROOT)
    assert not chain.stands_at(1, EMPTY_ROOT)
    assert not chain.contract.functions.is_head(chain.stranger, 0, EMPTY_ROOT).call()


@pytest.mark.parametrize("second", range(2, 15))
def test_every_growth_of_small_trees_is_accepted(chain: Chain, second: int) -> None:
    for first in range(1, second):
        growth = grown(first, second)
        with chain.trial():
            chain.begin(growth)
            assert 21_000 < chain.grow(growth) <= GAS_MAX
            assert chain.stands_at(second, growth.second_root)
            assert not chain.stands_at(first, growth.first_root)


@pytest.mark.parametrize("second", [2, 7, 8])
def test_no_altered_lengthened_or_shortened_proof_is_accepted(chain: Chain, second: int) -> None:
    for first in range(1, second):
        growth = grown(first, second)
        proof = with_seed(growth)
        with chain.trial():
            chain.begin(growth)
            for place, each in enumerate(proof):
                bent = bytes([each[0] ^ 1]) + each[1:]
                wrong = [*proof[:place], bent, *proof[place + 1 :]]
                assert chain.refuses(first, second, growth.second_root, wrong) == "proof"
            assert chain.refuses(first, second, growth.second_root, [*proof, NOTHING]) == "proof length"
            if len(proof) > 1:
                assert chain.refuses(first, second, growth.second_root, proof[:-1]) == "proof length"


@pytest.mark.parametrize("second", [2, 7, 8])
def test_a_fork_is_refused_although_its_proof_fits_itself(chain: Chain, second: int) -> None:
    for first in range(1, second):
        growth = grown(first, second)
        other = [b"another beginning", *entries(second)[1:]]
        forked = grown(first, second)._replace(
            first_root=root(other[:first]), second_root=root(other), proof=consistency(first, other)
        )
        with chain.trial():
            chain.begin(growth)
            assert chain.refuses(first, second, forked.second_root, with_seed(forked)) == "head"
            assert chain.refuses(first, second, forked.second_root, with_seed(growth)) == "proof"


def test_a_log_that_shrinks_or_stands_still_is_refused(chain: Chain) -> None:
    growth = grown(5, 9)
    with chain.trial():
        chain.begin(growth)
        chain.grow(growth)
        assert chain.refuses(9, 5, growth.first_root, growth.proof) == "size"
        assert chain.refuses(9, 9, growth.second_root, growth.proof) == "size"
        assert chain.refuses(5, 9, growth.second_root, growth.proof) == "head"


def test_a_log_that_began_cannot_begin_again(chain: Chain) -> None:
    growth = grown(4, 6)
    with chain.trial():
        chain.begin(growth)
        assert chain.refuses(0, 6, growth.second_root) == "head"
        assert chain.refuses(0, 3, root(entries(3))) == "head"


def test_only_the_operator_anchors_until_it_hands_over(chain: Chain) -> None:
    growth = grown(6, 11)
    contract = chain.contract.functions
    with chain.trial():
        assert chain.refuses(0, 6, growth.first_root, sender=chain.stranger) == "head"
        chain.begin(growth)
        assert chain.refuses(6, 11, growth.second_root, growth.proof, sender=chain.stranger) == "head"
        contract.hand_over(6, growth.first_root, chain.stranger).transact({"from": chain.operator})
        assert chain.refuses(6, 11, growth.second_root, growth.proof) == "head"
        assert chain.anchor(6, 11, growth.second_root, growth.proof, sender=chain.stranger)
        assert contract.is_head(chain.stranger, 11, growth.second_root).call()


def test_nobody_else_can_hand_over(chain: Chain) -> None:
    growth = grown(6, 11)
    with chain.trial():
        chain.begin(growth)
        before = chain.contract.functions.head().call()
        for sender, size, heir in (
            (chain.stranger, 6, chain.stranger),
            (chain.operator, 7, chain.stranger),
            (chain.operator, 6, "0x" + "00" * 20),
        ):
            call = chain.contract.functions.hand_over(size, growth.first_root, heir)
            sent = call.transact({"from": sender, "gas": 200_000})
            assert chain.web3.eth.wait_for_transaction_receipt(sent)["status"] == 0
        assert chain.contract.functions.head().call() == before


def test_sizes_that_no_checkpoint_can_carry_are_refused(chain: Chain) -> None:
    with chain.trial():
        assert chain.refuses(0, 2**63, EMPTY_ROOT) == "size"
        assert chain.refuses(1, 2**255 + 1, EMPTY_ROOT) == "size"


@pytest.mark.parametrize("bits", [1, 2, 3, 5, 8, 13, 20, 24, 29, 30])
def test_the_dearest_growth_of_every_height_keeps_the_gas_limit(chain: Chain, bits: int) -> None:
    size = 2**bits
    pairs = {(size - 1, size), (size // 2, size), (size - 2, size - 1), (size // 2 - 1, size), (size // 2 + 1, size)}
    for first, second in sorted(pairs):
        if 0 < first < second:
            growth = made_up(first, second)
            with chain.trial():
                chain.begin(growth)
                assert 21_000 < chain.grow(growth) <= GAS_MAX, (first, second)
                assert chain.stands_at(second, growth.second_root)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(sizes=st.tuples(st.integers(1, LARGEST), st.integers(1, LARGEST)).filter(lambda pair: pair[0] != pair[1]))
def test_any_growth_up_to_a_thousand_million_entries_keeps_the_gas_limit(chain: Chain, sizes: tuple[int, int]) -> None:
    growth = made_up(*sorted(sizes))
    with chain.trial():
        chain.begin(growth)
        assert 21_000 < chain.grow(growth) <= GAS_MAX
        assert chain.stands_at(growth.second, growth.second_root)
        assert chain.refuses(growth.second, growth.second, growth.first_root) == "size"


def test_the_dearest_growth_of_all_costs_what_the_guide_says(chain: Chain) -> None:
    growth = made_up(LARGEST - 1, LARGEST)
    assert growth.second_root.count(0) == 0  # Zero bytes are cheaper to send.
    with chain.trial():
        chain.begin(growth)
        assert chain.grow(growth) == 64_998


def test_the_contract_judges_the_vectors_of_others_as_they_say(chain: Chain, vectors: Path) -> None:
    judged = {True: 0, False: 0}
    for file in sorted((vectors / "merkle/testdata/consistency").rglob("*.json")):
        case: dict[str, Any] = json.loads(file.read_bytes())
        proof = [b64decode(each) for each in case["proof"] or []]
        first, second = case["size1"], case["size2"]
        roots = b64decode(case["root1"] or ""), b64decode(case["root2"] or "")
        expressible = all(len(each) == 32 for each in (*roots, *proof)) and len(proof) <= 64
        # Neither an empty log nor one that stands still is anchored: nothing is proved on the chain there.
        if not expressible or not 0 < first < second:
            continue
        if first & (first - 1) == 0:
            proof = [roots[0], *proof]
        with chain.trial():
            assert chain.anchor(0, first, roots[0])
            if case["wantErr"]:
                assert chain.refuses(first, second, roots[1], proof or [NOTHING]) in {"proof", "proof length", "head"}
            else:
                assert chain.anchor(first, second, roots[1], proof)
            assert chain.stands_at(second, roots[1]) is not case["wantErr"]
            judged[case["wantErr"]] += 1
    assert judged == {True: 57, False: 4}
