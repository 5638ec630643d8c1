"""The acts: anchor the published head on a chain, have it stamped, check what was anchored before."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol

from tiexin.infra.files import locked
from tiexin.infra.settings import Settings
from tiexin.kernel.clock import Clock, SystemClock
from tiexin.trust.anchors.evm import Chain, ChainHead, ChainRefusedError, Landed
from tiexin.trust.anchors.kept import Anchor, Checks, Kept
from tiexin.trust.anchors.options import (
    AnchorSettingError,
    Options,
    account_key,
    keep_options,
    load_options,
    shown_address,
)
from tiexin.trust.anchors.stamping import StampInvalidError, read_stamp, request_stamp, verify_stamp
from tiexin.trust.contracts import Head
from tiexin.trust.proving import consistency

if TYPE_CHECKING:
    from tiexin.trust.service import OpenedLog

LOCK: Final = ".anchors.lock"


class Published(Protocol):
    """What anchoring needs of a log: its published head, its roots, its consistency proofs."""

    def head(self) -> Head | None:
        """Return the published head."""
        ...

    def root(self, size: int) -> bytes | None:
        """Return the root over the first ``size`` entries; None if the published log is smaller."""
        ...

    def consistency(self, first: int, second: int) -> list[bytes]:
        """Return the proof from ``first`` to ``second`` entries."""
        ...


class PublishedLog:
    """The published log of an installation."""

    def __init__(self, trust: OpenedLog) -> None:
        self._trust = trust

    def head(self) -> Head | None:
        """Return the published head."""
        return self._trust.head()

    def root(self, size: int) -> bytes | None:
        """Return the root over the first ``size`` entries; None if the published log is smaller."""
        head = self._trust.head()
        if head is None or size > head.size:
            return None
        return self._trust.reading(head.size).root(size)

    def consistency(self, first: int, second: int) -> list[bytes]:
        """Return the proof from ``first`` to ``second`` entries."""
        return consistency(self._trust, first, second)


class Done(NamedTuple):
    """An anchor; ``new`` is false if this head had been anchored before."""

    anchor: Anchor
    new: bool


class Checked(NamedTuple):
    """An anchor held against the log and the chain or the authority; ``why`` is empty if it holds."""

    anchor: Anchor
    why: str


def chain_of(options: Options, *, key: bytes = b"") -> Chain:
    """Return the chain that the options name.

    Raises:
        AnchorSettingError: no node or no contract is named, the node belongs to another chain, or what stands at the
            address is not the contract of this repository.
    """
    if not options.rpc or not options.contract:
        missing = (
            "contract (tiexin trust anchor deploy)" if options.rpc else "node (tiexin trust anchor deploy --rpc URL)"
        )
        msg = f"No {missing} is set, so there is no chain to anchor on"
        raise AnchorSettingError(msg)
    chain = Chain(options.rpc, contract=options.contract, key=key)
    if options.chain_id and chain.chain_id() != options.chain_id:
        msg = f"The node at {chain.rpc} belongs to chain {chain.chain_id()}, the contract to chain {options.chain_id}"
        raise AnchorSettingError(msg)
    if not chain.is_ours():
        msg = f"At {chain.contract} on the chain of {chain.rpc} does not stand the anchor contract of this version"
        raise AnchorSettingError(msg)
    return chain


def deploy(settings: Settings, *, rpc: str | None = None, replace: bool = False) -> Options:
    """Put the contract on the chain in the hands of the installation's account; remember and return where.

    Raises:
        AnchorSettingError: no node is named, or a contract is set already and ``replace`` does not say so.
    """
    options = load_options(settings)
    node = rpc or options.rpc
    if not node:
        msg = "Name a node of the chain: tiexin trust anchor deploy --rpc URL"
        raise AnchorSettingError(msg)
    if options.contract and not replace:
        msg = f"A contract is set already ({options.contract} @ {options.chain_id}); --replace begins a new one"
        raise AnchorSettingError(msg, contract=options.contract)
    chain = Chain(node, key=account_key(settings))
    contract, block = chain.deploy()
    return keep_options(settings, rpc=node, contract=contract, chain_id=chain.chain_id(), deployed_block=block)


def anchor_on_chain(published: Published, *, chain: Chain, kept: Kept, since_block: int = 0) -> Done:
    """Anchor the published head and keep the anchor.

    What the contract says is believed, not what was kept: an anchor whose answer was lost is found on the chain.

    Raises:
        ChainRefusedError: the chain holds a head that is not in this log, or the contract reverted.
        ChainUnavailableError: the node did not answer; running it again continues.
    """
    with locked(kept.folder / LOCK):
        head = _head_of(published)
        before, begin = _standing(chain, kept, since_block=since_block)
        if before.size and published.root(before.size) != before.root:
            msg = (
                f"The contract {chain.contract} holds a head of {before.size} entries that is not in this log "
                f"(root {before.root.hex()}). Nothing was anchored. Find out which of the two was changed: "
                "tiexin trust audit"
            )
            raise ChainRefusedError(msg, size=before.size, root=before.root.hex(), contract=chain.contract)
        after = ChainHead(head.size, head.root)
        if before == after:
            return Done(_adopted(after, chain=chain, kept=kept, since_block=begin), new=False)
        proof = published.consistency(before.size, after.size) if before.size else []
        anchor = _evm_anchor(chain.anchor(before, after, proof), chain)
        kept.add(anchor)
    return Done(anchor, new=True)


def hand_over(*, chain: Chain, kept: Kept, operator: str, since_block: int = 0) -> str:
    """Let another account anchor on the chain from now on; return the transaction.

    Raises:
        ChainRefusedError: this account may not anchor itself.
    """
    with locked(kept.folder / LOCK):
        standing, _ = _standing(chain, kept, since_block=since_block)
        return chain.hand_over(standing, operator=operator)


def stamp_head(published: Published, *, options: Options, kept: Kept) -> Done:
    """Have the published head stamped by the authority and keep the stamp with its checkpoint.

    Raises:
        StampUnavailableError: the authority gave no stamp.
        StampInvalidError: its stamp is not vouched for by the roots given; nothing was kept.
    """
    if not options.tsa:
        msg = "No time-stamping authority is set: tiexin trust anchor timestamp --tsa URL"
        raise AnchorSettingError(msg)
    roots, where = roots_of(options), shown_address(options.tsa, path=True)
    with locked(kept.folder / LOCK):
        head = _head_of(published)
        name = f"{head.size}-{hashlib.sha256(head.checkpoint).hexdigest()[:16]}"
        for each in kept.all():
            if each.stamp == name and each.where == where:
                return Done(each, new=False)
        raw = request_stamp(options.tsa, head.checkpoint)
        said = verify_stamp(raw, head.checkpoint, roots=roots) if roots else read_stamp(raw, head.checkpoint)
        kept.keep_stamp(name, stamp=raw, checkpoint=head.checkpoint)
        anchor = Anchor(
            kind="rfc3161",
            size=head.size,
            root=head.root.hex(),
            time_us=said.time_us,
            where=where,
            stamp=name,
            authority=said.authority,
        )
        kept.add(anchor)
    return Done(anchor, new=True)


def roots_of(options: Options) -> bytes:
    """Return the PEM of the roots that stamps are believed by; empty if none are set.

    Raises:
        AnchorSettingError: the file cannot be read.
    """
    if not options.tsa_roots:
        return b""
    try:
        return Path(options.tsa_roots).expanduser().read_bytes()
    except OSError as error:
        msg = f"The roots of the time-stamping authority cannot be read from {options.tsa_roots}: {error.strerror}"
        raise AnchorSettingError(msg) from error


def check_anchors(published: Published, *, options: Options, kept: Kept, clock: Clock | None = None) -> list[Checked]:
    """Hold every anchor against the log and against the chain or the roots; keep and return what was found.

    Raises:
        ChainUnavailableError: the node did not answer, so nothing can be said; what was kept stays.
    """
    anchors = kept.all()
    roots = roots_of(options)
    chains: dict[str, Chain] = {}
    for each in anchors:
        if each.contract and each.contract not in chains:
            chains[each.contract] = chain_of(options_for(options, each))
    found = [Checked(each, _fault_of(each, published, chains=chains, kept=kept, roots=roots)) for each in anchors]
    before = kept.checks()
    kept.keep_checks(
        Checks(
            time_us=(clock or SystemClock()).now_us(),
            faults={each.anchor.key: each.why for each in found if each.why},
            tried_us=before.tried_us,
            error=before.error,
        )
    )
    return found


def options_for(options: Options, anchor: Anchor) -> Options:
    """Return the options with the contract of an anchor, which may be older than the present one."""
    import msgspec

    return msgspec.structs.replace(options, contract=anchor.contract, chain_id=anchor.chain_id)


def _standing(chain: Chain, kept: Kept, *, since_block: int) -> tuple[ChainHead, int]:
    """Return the contract's head, and the block since which its events are new to us."""
    ours = [each for each in kept.all() if each.contract == chain.contract]
    known = [ChainHead(each.size, bytes.fromhex(each.root)) for each in reversed(ours[-3:])]
    begin = ours[-1].block if ours else since_block
    return chain.head(known=known, since_block=begin), begin


def _head_of(published: Published) -> Head:
    head = published.head()
    if head is None or head.size == 0:
        from tiexin.trust.contracts import NotPublishedError

        msg = "The log has published nothing yet, so there is nothing to anchor: tiexin trust sync"
        raise NotPublishedError(msg)
    return head


def _evm_anchor(landed: Landed, chain: Chain) -> Anchor:
    chain_id = chain.chain_id()
    return Anchor(
        kind="evm",
        size=landed.head.size,
        root=landed.head.root.hex(),
        time_us=landed.time_us,
        where=f"{chain.contract} @ {chain_id}",
        chain_id=chain_id,
        contract=chain.contract,
        transaction=landed.transaction,
        block=landed.block,
        gas=landed.gas,
    )


def _adopted(head: ChainHead, *, chain: Chain, kept: Kept, since_block: int) -> Anchor:
    """Return the anchor of a head that the contract already has; keep it if a crash prevented that."""
    for each in reversed(kept.all()):
        if each.contract == chain.contract and (each.size, each.root) == (head.size, head.root.hex()):
            return each
    landed = chain.find(head, since_block=since_block)
    if landed is None:
        msg = (
            f"The contract {chain.contract} stands at this head, but no event since block {since_block} says since when"
        )
        raise ChainRefusedError(msg, contract=chain.contract)
    anchor = _evm_anchor(landed, chain)
    kept.add(anchor)
    return anchor


def _fault_of(anchor: Anchor, published: Published, *, chains: dict[str, Chain], kept: Kept, roots: bytes) -> str:
    root = published.root(anchor.size)
    if root is None:
        return f"the log has fewer than the {anchor.size} entries that were anchored"
    if root.hex() != anchor.root:
        return f"the log's root over {anchor.size} entries is {root.hex()} now, not the one that was anchored"
    if anchor.kind == "evm":
        landed = chains[anchor.contract].landed(anchor.transaction)
        if landed is None or landed.head != ChainHead(anchor.size, root):
            return f"transaction {anchor.transaction} did not put this head on the chain"
        return ""
    stamp, checkpoint = kept.stamp_files(anchor.stamp)
    try:
        note = checkpoint.read_bytes()
        read = verify_stamp(stamp.read_bytes(), note, roots=roots) if roots else read_stamp(stamp.read_bytes(), note)
    except OSError as error:
        return f"the stamp's file {error.filename} cannot be read"
    except StampInvalidError as error:
        return error.message
    return _stamped_another(anchor, note) if read.time_us == anchor.time_us else "the stamp bears another time"


def _stamped_another(anchor: Anchor, note: bytes) -> str:
    """Return why a stamped note is not the checkpoint of an anchor; empty if it is."""
    from tiexin.trust.rules.checkpoint import parse_checkpoint
    from tiexin.trust.rules.note import parse_note

    checkpoint = parse_checkpoint(parse_note(note).text)
    same = (checkpoint.size, checkpoint.root.hex()) == (anchor.size, anchor.root)
    return "" if same else "the stamped checkpoint is another one than was noted"
