"""Anchoring a log on a real node (anvil) and by a real authority: what lands, what is refused, what a crash leaves."""

from __future__ import annotations

import sys
from pathlib import Path

import msgspec
import pytest
from web3.types import RPCEndpoint

from tests.trust.anchors.nodes import RICH_KEYS, Authority, Node, anvil
from tests.trust.anchors.trees import consistency, entries, root
from tiexin.kernel.clock import FixedClock
from tiexin.trust.anchors.anchoring import anchor_on_chain, chain_of, check_anchors, hand_over, stamp_head
from tiexin.trust.anchors.evm import LOG_BLOCKS_MAX, Chain, ChainHead, ChainRefusedError
from tiexin.trust.anchors.kept import FILE, Anchor, Kept
from tiexin.trust.anchors.libraries import ChainUnavailableError
from tiexin.trust.anchors.options import AnchorSettingError, Options
from tiexin.trust.contracts import Head, NotPublishedError
from tiexin.trust.rules.checkpoint import Checkpoint, format_checkpoint

KEY, OTHER_KEY = (bytes.fromhex(each[2:]) for each in RICH_KEYS)
GAS_MAX = 65_000


class Tree:
    """A published log made of its entries."""

    def __init__(self, leaves: list[bytes]) -> None:
        self.leaves = leaves

    def head(self) -> Head | None:
        top = root(self.leaves)
        note = format_checkpoint(Checkpoint("log.example/test", len(self.leaves), top))
        signed = note + "\n— log.example/test c2lnbmVkIHNpZ25hdHVyZSBieXRlcw==\n".encode()
        return Head(origin="log.example/test", size=len(self.leaves), root=top, time_us=0, checkpoint=signed)

    def root(self, size: int) -> bytes | None:
        return root(self.leaves[:size]) if size <= len(self.leaves) else None

    def consistency(self, first: int, second: int) -> list[bytes]:
        return consistency(first, self.leaves[:second])


@pytest.fixture
def chain(node: Node) -> Chain:
    made = Chain(node.rpc, key=KEY)
    made.deploy()
    return made


@pytest.fixture
def kept(tmp_path: Path) -> Kept:
    return Kept(tmp_path)


def options_of(chain: Chain) -> Options:
    return Options(rpc=chain.rpc, contract=chain.contract, chain_id=chain.chain_id())


def test_heads_follow_each_other_on_the_chain(chain: Chain, kept: Kept) -> None:
    for number, size in enumerate((1, 2, 3, 8, 9, 21, 64, 100)):
        tree = Tree(entries(size))
        done = anchor_on_chain(tree, chain=chain, kept=kept)
        assert (done.new, done.anchor.size, done.anchor.root) == (True, size, root(tree.leaves).hex())
        assert done.anchor.chain_id == 31_337
        assert done.anchor.where == f"{chain.contract} @ 31337"
        assert 21_000 < done.anchor.gas <= GAS_MAX
        assert chain.stands_at(ChainHead(size, root(tree.leaves)))
        assert len(kept.all()) == number + 1
    found = check_anchors(Tree(entries(100)), options=options_of(chain), kept=kept)
    assert [each.why for each in found] == [""] * 8


def test_the_same_head_is_anchored_once(chain: Chain, kept: Kept) -> None:
    tree = Tree(entries(5))
    first = anchor_on_chain(tree, chain=chain, kept=kept)
    again = anchor_on_chain(tree, chain=chain, kept=kept)
    assert (again.anchor, again.new) == (first.anchor, False)
    assert kept.all() == [first.anchor]


def test_an_anchor_whose_answer_was_lost_is_found_on_the_chain(chain: Chain, kept: Kept) -> None:
    tree = Tree(entries(5))
    first = anchor_on_chain(tree, chain=chain, kept=kept)
    (kept.folder / FILE).unlink()
    # Farther back than a node answers for in one question.
    chain._web3.provider.make_request(RPCEndpoint("anvil_mine"), [hex(2 * LOG_BLOCKS_MAX + 7)])
    again = anchor_on_chain(tree, chain=chain, kept=kept, since_block=first.anchor.block - 1)
    assert (again.anchor, again.new) == (first.anchor, False)
    (kept.folder / FILE).write_bytes(b'{"kind":"evm","size":5,"ro')
    grown = anchor_on_chain(Tree(entries(9)), chain=chain, kept=kept)
    assert kept.all() == [grown.anchor]


def test_a_rewritten_log_is_refused_before_anything_is_sent(chain: Chain, kept: Kept) -> None:
    anchor_on_chain(Tree(entries(5)), chain=chain, kept=kept)
    rewritten = Tree([b"another", *entries(8)[1:]])
    with pytest.raises(ChainRefusedError, match="head of 5 entries that is not in this log"):
        anchor_on_chain(rewritten, chain=chain, kept=kept)
    with pytest.raises(ChainRefusedError, match="head of 5 entries that is not in this log"):
        anchor_on_chain(Tree(entries(4)), chain=chain, kept=kept)
    assert chain.stands_at(ChainHead(5, root(entries(5))))
    assert len(kept.all()) == 1
    assert [each.why.split(" is ")[0] for each in check_anchors(rewritten, options=options_of(chain), kept=kept)] == [
        "the log's root over 5 entries"
    ]


def test_the_chain_itself_refuses_a_fork(chain: Chain, kept: Kept) -> None:
    anchor_on_chain(Tree(entries(5)), chain=chain, kept=kept)
    forked = [b"another", *entries(8)[1:]]
    before, after = ChainHead(5, root(entries(5))), ChainHead(8, root(forked))
    with pytest.raises(ChainRefusedError, match="refused"):
        chain.anchor(before, after, consistency(5, forked))
    with pytest.raises(ChainRefusedError, match="refused"):
        chain.anchor(before, ChainHead(4, root(entries(4))), consistency(5, entries(8)))
    assert chain.stands_at(before)


def test_another_account_cannot_anchor_and_is_told_so(chain: Chain, kept: Kept, tmp_path: Path) -> None:
    anchor_on_chain(Tree(entries(5)), chain=chain, kept=kept)
    stranger = Chain(chain.rpc, contract=chain.contract, key=OTHER_KEY)
    for elsewhere in (kept, Kept(tmp_path / "elsewhere")):
        before = elsewhere.all()
        with pytest.raises(ChainRefusedError, match=f"this account is {stranger.account}"):
            anchor_on_chain(Tree(entries(8)), chain=stranger, kept=elsewhere)
        assert elsewhere.all() == before
    assert stranger.operator(since_block=0) == chain.account
    assert chain.stands_at(ChainHead(5, root(entries(5))))


def test_an_account_hands_over_and_its_heir_goes_on(chain: Chain, kept: Kept) -> None:
    anchor_on_chain(Tree(entries(5)), chain=chain, kept=kept)
    heir = Chain(chain.rpc, contract=chain.contract, key=OTHER_KEY)
    hand_over(chain=chain, kept=kept, operator=heir.account)
    with pytest.raises(ChainRefusedError, match="lets another account anchor"):
        hand_over(chain=chain, kept=kept, operator=chain.account)
    assert anchor_on_chain(Tree(entries(8)), chain=heir, kept=kept).new
    assert heir.stands_at(ChainHead(8, root(entries(8))))


def test_a_chain_without_a_market_for_gas_takes_an_account_without_money(kept: Kept) -> None:
    with anvil(
        "--hardfork",
        "shanghai",
        "--base-fee",
        "0",
        "--gas-price",
        "0",
        "--disable-min-priority-fee",
        "--chain-id",
        "2026",
    ) as consortium:
        chain = Chain(consortium.rpc, key=bytes(range(1, 33)))
        assert chain.balance() == 0
        chain.deploy()
        for size in (3, 8):
            assert anchor_on_chain(Tree(entries(size)), chain=chain, kept=kept).anchor.chain_id == 2026
        assert chain.balance() == 0


def test_no_password_of_a_node_is_repeated(kept: Kept) -> None:
    with pytest.raises(ChainUnavailableError) as refused:
        chain_of(
            Options(rpc="http://user:secret@127.0.0.1:9/v3/secret?key=secret", contract="0x" + "11" * 20, chain_id=1)
        )
    assert refused.value.facts == {"rpc": "http://127.0.0.1:9"}
    assert "secret" not in refused.value.message
    with pytest.raises(AnchorSettingError) as refused_early:
        Chain("ws://secret@node")
    assert "secret" not in refused_early.value.message


def test_without_web3_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "web3", None)
    with pytest.raises(ChainUnavailableError, match=r"tiexin\[chain\]"):
        Chain("http://127.0.0.1:9")


def test_an_anchor_that_is_not_on_the_chain_is_named(chain: Chain, kept: Kept) -> None:
    tree = Tree(entries(5))
    anchor = anchor_on_chain(tree, chain=chain, kept=kept).anchor
    (kept.folder / FILE).unlink()
    kept.add(msgspec.structs.replace(anchor, size=4, root=root(entries(4)).hex()))
    kept.add(msgspec.structs.replace(anchor, transaction="0x" + "12" * 32))
    kept.add(msgspec.structs.replace(anchor, size=9))
    found = check_anchors(tree, options=options_of(chain), kept=kept, clock=FixedClock(77))
    assert [each.why for each in found] == [
        f"transaction {anchor.transaction} did not put this head on the chain",
        f"transaction 0x{'12' * 32} did not put this head on the chain",
        "the log has fewer than the 9 entries that were anchored",
    ]
    assert (kept.checks().time_us, len(kept.checks().faults)) == (77, 2)


def test_nothing_is_anchored_before_something_is_published(chain: Chain, kept: Kept) -> None:
    with pytest.raises(NotPublishedError):
        anchor_on_chain(Tree([]), chain=chain, kept=kept)
    assert chain.stands_at(ChainHead(0, root([])))


def test_what_is_not_our_contract_is_not_trusted(chain: Chain) -> None:
    other = "0x" + "11" * 20
    with pytest.raises(AnchorSettingError, match="does not stand the anchor contract"):
        chain_of(Options(rpc=chain.rpc, contract=other))
    with pytest.raises(AnchorSettingError, match="belongs to chain 31337, the contract to chain 5"):
        chain_of(Options(rpc=chain.rpc, contract=chain.contract, chain_id=5))
    with pytest.raises(AnchorSettingError, match="no chain to anchor on"):
        chain_of(Options(rpc=chain.rpc))
    with pytest.raises(AnchorSettingError, match="is not an address"):
        chain_of(Options(rpc=chain.rpc, contract="0x12"))


def test_a_node_that_is_gone_is_told_by_its_address(kept: Kept) -> None:
    with anvil() as gone:
        chain = Chain(gone.rpc, key=KEY)
        chain.deploy()
    with pytest.raises(ChainUnavailableError, match=gone.rpc):
        anchor_on_chain(Tree(entries(3)), chain=chain, kept=kept)
    assert kept.all() == []


def test_a_stamp_covers_the_signed_head_and_is_checked_again(tsa: Authority, kept: Kept) -> None:
    tree = Tree(entries(5))
    options = Options(tsa=tsa.url, tsa_roots=str(tsa.roots))
    done = stamp_head(tree, options=options, kept=kept)
    assert (done.new, done.anchor.size, done.anchor.authority) == (True, 5, "CN=Test Time")
    assert stamp_head(tree, options=options, kept=kept) == (done.anchor, False)
    stamp, checkpoint = kept.stamp_files(done.anchor.stamp)
    head = tree.head()
    assert head is not None
    assert checkpoint.read_bytes() == head.checkpoint
    assert [each.why for each in check_anchors(tree, options=options, kept=kept)] == [""]
    stamp.write_bytes(stamp.read_bytes()[:-1])
    assert check_anchors(tree, options=options, kept=kept)[0].why.startswith("this is no answer")
    stamp.unlink()
    assert "cannot be read" in check_anchors(tree, options=options, kept=kept)[0].why


def test_a_stamp_that_the_roots_do_not_vouch_for_is_not_kept(tsa: Authority, kept: Kept, tmp_path: Path) -> None:
    from tests.trust.anchors.nodes import make_authority
    from tiexin.trust.anchors.stamping import StampInvalidError

    (tmp_path / "other").mkdir()
    make_authority(tmp_path / "other")
    options = Options(tsa=tsa.url, tsa_roots=str(tmp_path / "other/root.pem"))
    with pytest.raises(StampInvalidError):
        stamp_head(Tree(entries(5)), options=options, kept=kept)
    assert (kept.all(), list(kept.folder.glob("stamps/*"))) == ([], [])


def test_an_anchor_keeps_its_shape(kept: Kept) -> None:
    anchor = Anchor(kind="rfc3161", size=1, root="00", time_us=5, where="http://t", stamp="1-a", authority="CN=A")
    kept.add(anchor)
    line = b'{"kind":"rfc3161","size":1,"root":"00","time_us":5,"where":"http://t","stamp":"1-a","authority":"CN=A"}\n'
    assert (kept.folder / FILE).read_bytes() == line
    assert kept.all() == [anchor]
