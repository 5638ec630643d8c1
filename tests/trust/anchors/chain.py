"""A chain inside the test process (eth-tester on py-evm) with the anchor contract on it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pytest
from eth_tester import EthereumTester, PyEVMBackend
from eth_tester.exceptions import TransactionFailed
from web3 import EthereumTesterProvider, Web3

from tests.trust.anchors.trees import Growth
from tiexin.trust.anchors.compiled import compiled

NOTHING = bytes(32)


class Chain:
    """Anchors by hand: every argument can be set, so that every wrong one can be tried."""

    def __init__(self) -> None:
        self.tester = EthereumTester(PyEVMBackend())
        self.web3 = Web3(EthereumTesterProvider(self.tester))
        accounts = list(self.web3.eth.accounts)
        self.operator: str = accounts[0]
        self.stranger: str = accounts[1]
        built = compiled()
        made = self.web3.eth.contract(abi=built.abi, bytecode=built.bytecode).constructor(self.operator)
        receipt = self.web3.eth.wait_for_transaction_receipt(made.transact({"from": self.operator}))
        self.contract: Any = self.web3.eth.contract(address=receipt["contractAddress"], abi=built.abi)

    @contextmanager
    def trial(self) -> Iterator[None]:
        """Take back whatever happens inside."""
        snapshot = self.tester.take_snapshot()
        try:
            yield
        finally:
            self.tester.revert_to_snapshot(snapshot)

    def anchor(
        self, first: int, size: int, root: bytes, proof: Sequence[bytes] = (NOTHING,), *, sender: str | None = None
    ) -> int:
        """Send an anchor, the first of ``proof`` as seed; return the gas it used, or 0 if it was reverted."""
        call = self.contract.functions.anchor(first, size, root, proof[0], list(proof[1:]))
        sent = call.transact({"from": sender or self.operator, "gas": 1_000_000})
        receipt = self.web3.eth.wait_for_transaction_receipt(sent)
        return int(receipt["gasUsed"]) * int(receipt["status"])

    def begin(self, growth: Growth) -> None:
        """Put the head at the beginning of a growth."""
        assert self.anchor(0, growth.first, growth.first_root)

    def grow(self, growth: Growth) -> int:
        """Anchor the end of a growth with its proof; return the gas used."""
        return self.anchor(growth.first, growth.second, growth.second_root, with_seed(growth))

    def stands_at(self, size: int, root: bytes) -> bool:
        return bool(self.contract.functions.is_head(self.operator, size, root).call())

    def refuses(
        self, first: int, size: int, root: bytes, proof: Sequence[bytes] = (NOTHING,), *, sender: str | None = None
    ) -> str:
        """Return why an anchor is reverted; fail if it is not, or if the head moved."""
        before = self.contract.functions.head().call()
        assert self.anchor(first, size, root, proof, sender=sender) == 0
        assert self.contract.functions.head().call() == before
        call = self.contract.functions.anchor(first, size, root, proof[0], list(proof[1:]))
        with pytest.raises(TransactionFailed) as refused:
            call.call({"from": sender or self.operator})
        return str(refused.value).removeprefix("execution reverted: ")


def with_seed(growth: Growth) -> list[bytes]:
    """The proof as the contract takes it: led by the old root where RFC 6962 leaves it out (powers of two)."""
    complete = growth.first & (growth.first - 1) == 0
    return [growth.first_root, *growth.proof] if complete else growth.proof
