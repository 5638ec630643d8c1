"""A chain that speaks Ethereum JSON-RPC (Besu, anvil …), asked through web3, and the anchor contract on it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

from tiexin.kernel.errors import ConflictError
from tiexin.trust.anchors.compiled import compiled
from tiexin.trust.anchors.libraries import ChainUnavailableError, load_web3
from tiexin.trust.anchors.options import AnchorSettingError, shown_address
from tiexin.trust.rules.merkle import EMPTY_ROOT

if TYPE_CHECKING:
    from web3 import Web3


REQUEST_SECONDS = 30
RECEIPT_SECONDS = 180
LOG_BLOCKS_MAX = 1_000
"""Most blocks asked for events at once: what the strictest nodes allow unless told otherwise (Besu 22.10: 1,000)."""
GAS_HEADROOM_PERCENT = 10
PRICE_HEADROOM_PERCENT = 25
NOTHING = bytes(32)


class ChainRefusedError(ConflictError):
    """The chain refused a transaction, or what stands on it contradicts the log; nothing was anchored."""

    code = "chain_refused"
    title = "The chain does not take this head"


class ChainHead(NamedTuple):
    """The head as the contract has it; size 0 and the root of the empty tree before the first anchor."""

    size: int
    root: bytes


class Landed(NamedTuple):
    """A head that a confirmed transaction put into the contract; ``time_us`` is the block's."""

    head: ChainHead
    transaction: str
    block: int
    time_us: int
    gas: int


class Chain:
    """One contract on one chain, through one node; ``key`` is the account's, empty for reading only.

    Raises ``ChainUnavailableError`` from every method when the node does not answer.
    """

    def __init__(self, rpc: str, *, contract: str = "", key: bytes = b"") -> None:
        if not rpc.startswith(("http://", "https://")):
            msg = "The address of the chain's node must begin with http:// or https://; the one given does not"
            raise AnchorSettingError(msg)
        self.rpc = shown_address(rpc, path=False)  # Hosted nodes put a key into the path.
        self._web3 = _connect(rpc)
        self._account: Any = self._web3.eth.account.from_key(key) if key else None
        self.contract = ""
        if contract:
            self._bind(contract)

    @property
    def account(self) -> str:
        """The address that anchors; empty if this chain is only read."""
        return str(self._account.address) if self._account else ""

    def chain_id(self) -> int:
        """Return the number of the chain."""
        with self._asking():
            return int(self._web3.eth.chain_id)

    def balance(self) -> int:
        """Return what the account holds, in wei."""
        with self._asking():
            return int(self._web3.eth.get_balance(self._account.address))

    def deploy(self) -> tuple[str, int]:
        """Put the contract on the chain in the hands of the account; return its address and the block."""
        built = compiled()
        with self._asking():
            made = self._web3.eth.contract(abi=built.abi, bytecode=built.bytecode).constructor(self.account)
            receipt = self._send(made)
        self._bind(str(receipt["contractAddress"]))
        return self.contract, int(receipt["blockNumber"])

    def is_ours(self) -> bool:
        """Tell whether the code at the contract's address is the one that stands in this repository."""
        with self._asking():
            found = bytes(self._web3.eth.get_code(self.contract))  # type: ignore[arg-type]
        return found == bytes.fromhex(compiled().runtime.removeprefix("0x"))

    def stands_at(self, head: ChainHead, *, operator: str = "") -> bool:
        """Tell whether this is the present head, in the hands of the operator (default: the account)."""
        with self._asking():
            call = self._bound.functions.is_head(self._address(operator or self.account), head.size, head.root)
            return bool(call.call())

    def operator(self, *, since_block: int) -> str:
        """Return who may anchor, by the newest event that says so; empty if none since that block does."""
        found = [str(event["args"]["operator"]) for event in self._events("HandedOver", since_block)]
        return found[-1] if found else ""

    def head(self, *, known: Sequence[ChainHead] = (), since_block: int = 0) -> ChainHead:
        """Return the present head.

        Args:
            known: heads that it may be, most likely first; a right guess spares reading the events.
            since_block: where to begin with the events.

        Raises:
            ChainRefusedError: the contract's events do not lead to its head, or another account holds it.
        """
        for guess in (*known, ChainHead(0, EMPTY_ROOT)):
            if self.stands_at(guess):
                return guess
        heads = [
            ChainHead(int(event["args"]["size"]), bytes(event["args"]["root"]))
            for event in self._events("Anchored", since_block)
        ]
        newest = heads[-1] if heads else ChainHead(0, EMPTY_ROOT)
        if heads and self.stands_at(newest):
            return newest
        operator = self.operator(since_block=since_block)
        who = f"{operator} may, this account is {self.account}" if operator else f"this account is {self.account}"
        msg = f"The contract {self.contract} lets another account anchor ({who}); nothing was sent"
        raise ChainRefusedError(msg, contract=self.contract, account=self.account, operator=operator)

    def anchor(self, before: ChainHead, after: ChainHead, proof: Sequence[bytes]) -> Landed:
        """Move the contract's head, proving on the chain that ``after`` continues ``before``.

        Raises:
            ChainRefusedError: the contract reverted; its head is what it was.
        """
        seed, path = split_proof(before, proof)
        with self._asking():
            receipt = self._send(self._bound.functions.anchor(before.size, after.size, after.root, seed, path))
            return self._landed(receipt)[0]

    def hand_over(self, head: ChainHead, *, operator: str) -> str:
        """Let another account anchor from now on; return the transaction.

        Raises:
            ChainRefusedError: the contract reverted; this account may still anchor, if it could.
        """
        with self._asking():
            receipt = self._send(self._bound.functions.hand_over(head.size, head.root, self._address(operator)))
        return "0x" + bytes(receipt["transactionHash"]).hex()

    def landed(self, transaction: str) -> Landed | None:
        """Return what a transaction put into the contract; None if it is unknown or put nothing there."""
        from web3.exceptions import TransactionNotFound

        with self._asking():
            try:
                receipt = self._web3.eth.get_transaction_receipt(transaction)  # type: ignore[arg-type]
            except TransactionNotFound:
                return None
            found = self._landed(receipt) if receipt["status"] else []
        return found[0] if found else None

    def find(self, head: ChainHead, *, since_block: int) -> Landed | None:
        """Return the confirmed transaction that anchored this head; None if there is none since that block."""
        for event in self._events("Anchored", since_block):
            if (event["args"]["size"], bytes(event["args"]["root"])) == (head.size, head.root):
                return self.landed("0x" + bytes(event["transactionHash"]).hex())
        return None

    # -- inside -------------------------------------------------------------------------------------------------

    def _bind(self, contract: str) -> None:
        self.contract = self._address(contract)
        self._bound: Any = self._web3.eth.contract(address=self.contract, abi=compiled().abi)  # type: ignore[call-overload]

    def _address(self, written: str) -> str:
        from web3 import Web3

        if not Web3.is_address(written):
            msg = f"{written!r} is not an address on a chain (0x and 40 hexadecimal digits)"
            raise AnchorSettingError(msg)
        return str(Web3.to_checksum_address(written))

    def _landed(self, receipt: Any) -> list[Landed]:
        from web3.logs import DISCARD

        block = self._web3.eth.get_block(receipt["blockNumber"])
        return [
            Landed(
                head=ChainHead(int(event["args"]["size"]), bytes(event["args"]["root"])),
                transaction="0x" + bytes(receipt["transactionHash"]).hex(),
                block=int(receipt["blockNumber"]),
                time_us=int(block["timestamp"]) * 1_000_000,
                gas=int(receipt["gasUsed"]),
            )
            for event in self._bound.events.Anchored().process_receipt(receipt, errors=DISCARD)
            if event["address"] == self.contract
        ]

    def _events(self, name: str, since_block: int) -> Iterator[Any]:
        with self._asking():
            last = int(self._web3.eth.block_number)
            for start in range(since_block, last + 1, LOG_BLOCKS_MAX):
                end = min(last, start + LOG_BLOCKS_MAX - 1)
                yield from self._bound.events[name]().get_logs(from_block=start, to_block=end)

    def _send(self, call: Any) -> Any:
        """Send a transaction and return its receipt when it is in a block.

        It is of the oldest form: chains with a market for gas take it, and those without one know no other.
        """
        eth = self._web3.eth
        sender = self._account.address
        gas = int(call.estimate_gas({"from": sender}))
        transaction = call.build_transaction(
            {
                "from": sender,
                "nonce": eth.get_transaction_count(sender, "pending"),
                "gas": gas * (100 + GAS_HEADROOM_PERCENT) // 100,
                "gasPrice": int(eth.gas_price) * (100 + PRICE_HEADROOM_PERCENT) // 100,
                "chainId": eth.chain_id,
            }
        )
        signed = self._account.sign_transaction(transaction)
        sent = eth.send_raw_transaction(signed.raw_transaction)
        receipt = eth.wait_for_transaction_receipt(sent, timeout=RECEIPT_SECONDS)
        if not receipt["status"]:
            msg = f"The chain reverted transaction {sent.to_0x_hex()}; the contract's head is what it was"
            raise ChainRefusedError(msg, transaction=sent.to_0x_hex())
        return receipt

    @contextmanager
    def _asking(self) -> Iterator[None]:
        """Turn what web3 and its transport raise into our kinds of error."""
        from requests.exceptions import RequestException
        from web3.exceptions import ContractLogicError, TimeExhausted, Web3Exception

        try:
            yield
        except ContractLogicError as error:
            msg = f"The contract refused ({error.message or 'no reason given'}); nothing was anchored"
            raise ChainRefusedError(msg, reason=str(error.message)) from error
        except TimeExhausted as error:
            msg = f"Sent to {self.rpc}, but no block took it within {RECEIPT_SECONDS} s; try again later: {error}"
            raise ChainUnavailableError(msg, rpc=self.rpc) from error
        except (RequestException, Web3Exception, OSError) as error:
            # What the transport says repeats the whole address, which may hold a password.
            said = type(error).__name__ if isinstance(error, RequestException) else f"{type(error).__name__}: {error}"
            msg = f"The chain's node at {self.rpc} did not answer as expected: {said}"
            raise ChainUnavailableError(msg, rpc=self.rpc) from error


def split_proof(before: ChainHead, proof: Sequence[bytes]) -> tuple[bytes, list[bytes]]:
    """Return a consistency proof as the contract takes it: where it begins, and the rest.

    RFC 9162 (section 2.1.4.2, step 2) leaves the old root out where the old size is a power of two; the contract wants
    it, because it keeps a commitment to the root, not the root.
    """
    if before.size == 0:
        return NOTHING, []
    if before.size & (before.size - 1) == 0:
        return before.root, list(proof)
    return proof[0], list(proof[1:])


def _connect(rpc: str) -> Web3:
    load_web3()
    from web3 import HTTPProvider, Web3
    from web3.middleware import ExtraDataToPOAMiddleware

    web3 = Web3(HTTPProvider(rpc, request_kwargs={"timeout": REQUEST_SECONDS}))
    # Chains of several institutions (QBFT, IBFT, Clique) put their votes into a field that web3 finds too long.
    web3.middleware_onion.inject(ExtraDataToPOAMiddleware, layer=0)
    return web3


def address_of(key: bytes) -> str:
    """Return the address of the account that a private key belongs to.

    Raises:
        ChainUnavailableError: web3, which brings the arithmetic of such keys, is not installed.
    """
    load_web3()
    from eth_account import Account

    return str(Account.from_key(key).address)
