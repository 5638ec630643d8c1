"""Requests for cosignatures are read strictly, and written so that they read back the same."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tiexin.trust.rules.note import NoteError
from tiexin.trust.rules.witness_protocol import (
    AddCheckpoint,
    format_add_checkpoint,
    parse_add_checkpoint,
    parse_size,
)

# The example of c2sp.org/tlog-witness, its proof shortened.
EXAMPLE = (
    "old 20852014\n"
    "PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=\n"
    "jrJZDmY8Y7SyJE0MWLpLozkIVMSMZcD5kvuKxPC3swk=\n"
    "\n"
    "example.com/behind-the-sofa\n"
    "20852163\n"
    "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
    "\n"
    "— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeM"
    "cTOAYQ8=\n"
).encode()
HASH_LINE = b"PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw="


def test_the_example_of_the_specification_reads() -> None:
    request = parse_add_checkpoint(EXAMPLE)
    assert request.old_size == 20_852_014
    assert [each[:2].hex() for each in request.proof] == ["3e54", "8eb2"]
    assert request.note.startswith(b"example.com/behind-the-sofa\n20852163\n")
    assert format_add_checkpoint(request) == EXAMPLE


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"old 0\n",
        b"old 0\n\n",
        b"old 00\n\nnote\n",
        b"old 01\n\nnote\n",
        b"old -1\n\nnote\n",
        b"old +1\n\nnote\n",
        b"old  1\n\nnote\n",
        b"old\t1\n\nnote\n",
        b"old 1 \n\nnote\n",
        b"old 1\r\n\nnote\n",
        "old ٣\n\nnote\n".encode(),
        b"old 9223372036854775808\n\nnote\n",
        b"size 1\n\nnote\n",
        b"old 1\nAAAA\n\nnote\n",
        b"old 1\n" + HASH_LINE[:-2] + b"x=\n\nnote\n",
        b"old 1\n" + HASH_LINE[:-1] + b"\n\nnote\n",
        b"old 1\n" + b"\n".join([HASH_LINE] * 64) + b"\n\nnote\n",
        b"old 1\n\xff\n\nnote\n",
    ],
)
def test_anything_else_is_refused(body: bytes) -> None:
    with pytest.raises(NoteError):
        parse_add_checkpoint(body)


def test_63_hashes_are_allowed() -> None:
    body = b"old 1\n" + b"\n".join([HASH_LINE] * 63) + b"\n\nnote\n"
    assert len(parse_add_checkpoint(body).proof) == 63


@given(
    st.integers(0, 2**63 - 1),
    st.lists(st.binary(min_size=32, max_size=32), max_size=63),
    st.binary(min_size=1, max_size=200),
)
def test_what_is_written_reads_back(old_size: int, proof: list[bytes], note: bytes) -> None:
    request = AddCheckpoint(old_size, tuple(proof), note)
    assert parse_add_checkpoint(format_add_checkpoint(request)) == request


@pytest.mark.parametrize("body", [b"", b"7", b"07\n", b"7\n\n", b" 7\n", b"seven\n", b"1" * 70 + b"\n"])
def test_a_named_size_is_a_number_with_a_line_end(body: bytes) -> None:
    with pytest.raises(NoteError):
        parse_size(body)
    assert parse_size(b"7\n") == 7
