from __future__ import annotations

import pytest

from tiexin.trust.rules.note import NoteError
from tiexin.trust.rules.tlog_proof import TlogProof, format_proof, parse_proof

NOTE = (
    b"example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n"
    b"\xe2\x80\x94 example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzG"
    b"ku9nTo+zyWE+xeMcTOAYQ8=\n"
)
WRITTEN = (
    b"c2sp.org/tlog-proof@v1\nextra aGVsbG8=\nindex 73894\n"
    b"gSKyXoYZUgZ6jduWYrkDOARinOMGJveXjgMkBTcdPlQ=\nB95lDa8R83lS8n0eG+o0buTxRKQTYFi//1U8anccXmA=\n\n"
) + NOTE


def test_a_proof_is_read_and_written_byte_for_byte() -> None:
    proof = parse_proof(WRITTEN)
    assert proof.index == 73_894
    assert proof.extra == b"hello"
    assert [node.hex()[:8] for node in proof.path] == ["8122b25e", "07de650d"]
    assert proof.checkpoint == NOTE
    assert format_proof(proof) == WRITTEN


def test_extra_and_path_may_be_missing() -> None:
    written = b"c2sp.org/tlog-proof@v1\nindex 0\n\n" + NOTE
    assert parse_proof(written) == TlogProof(0, [], NOTE)
    assert format_proof(TlogProof(0, [], NOTE)) == written


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"", "starts with the line"),
        (b"%PDF-1.7\n\n\xff", "starts with the line"),
        (WRITTEN.replace(b"@v1", b"@v2"), "starts with the line"),
        (WRITTEN.replace(b"\n\n", b"\n"), "starts with the line"),
        (WRITTEN.replace(b"index 73894\n", b""), "line 'index'"),
        (WRITTEN.replace(b"index 73894", b"index 073894"), "leading zeroes"),
        (WRITTEN.replace(b"extra aGVsbG8=", b"extra !"), "extra line"),
        (WRITTEN.replace(b"extra aGVsbG8=", b"extra aGVsbG8=\nextra aGVsbG8="), "line 'index'"),
        (WRITTEN.replace(b"gSKy", b""), "32 bytes"),
        (WRITTEN.replace(b"gSKy", b"----"), "a hash of a proof"),
        (WRITTEN.replace(b"73894\n", b"73894\n" + b"gSKyXoYZUgZ6jduWYrkDOARinOMGJveXjgMkBTcdPlQ=\n" * 63), "64"),
        (WRITTEN.replace(b"\xe2\x80\x94", b"-"), "em dash"),
        (WRITTEN.replace(b"extra", "extrá".encode()), "ASCII"),
    ],
)
def test_what_is_no_proof_is_refused_by_name(raw: bytes, said: str) -> None:
    with pytest.raises(NoteError, match=said):
        parse_proof(raw)


@pytest.mark.parametrize("broken", [TlogProof(-1, [], NOTE), TlogProof(0, [b"x"], NOTE), TlogProof(0, [], b"x\n")])
def test_a_proof_that_could_not_be_read_back_is_not_written(broken: TlogProof) -> None:
    with pytest.raises(NoteError):
        format_proof(broken)
