from __future__ import annotations

import pytest

from tiexin.trust.rules.checkpoint import Checkpoint, format_checkpoint, parse_checkpoint
from tiexin.trust.rules.note import NoteError

# The example of c2sp.org/tlog-checkpoint.
TEXT = b"example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
ROOT = bytes.fromhex("0ac5186a91863e8e1d90c808014aa89bf5da8e3ee1d9f07630f0378f68f1ab62")


def test_example_of_the_specification_is_read_and_written_byte_for_byte() -> None:
    found = parse_checkpoint(TEXT)
    assert found == Checkpoint("example.com/behind-the-sofa", 20_852_163, ROOT)
    assert format_checkpoint(found) == TEXT


def test_extension_lines_are_kept_as_they_are() -> None:
    found = parse_checkpoint(TEXT + b"first\nsecond line\n")
    assert found.extensions == ("first", "second line")
    assert format_checkpoint(found) == TEXT + b"first\nsecond line\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"", "a line each"),
        (TEXT[:-1], "a line each"),
        (TEXT + b"\n", "no empty ones"),
        (b"\n" + TEXT, "no empty ones"),
        (TEXT.replace(b"20852163", b"020852163"), "leading zeroes"),
        (TEXT.replace(b"20852163", b"+20852163"), "leading zeroes"),
        (TEXT.replace(b"20852163", b"-1"), "leading zeroes"),
        (TEXT.replace(b"20852163", b"9223372036854775808"), "2\\^63"),
        (TEXT.replace(b"20852163", "٣".encode()), "decimal"),
        (TEXT.replace(b"q2I=", b"q2J="), "Base 64"),
        (TEXT.replace(b"CsUY", b""), "29"),
        (TEXT + b"x\n" * 101, "at most 100 extension lines"),
    ],
)
def test_what_is_no_checkpoint_is_refused_by_name(text: bytes, said: str) -> None:
    with pytest.raises(NoteError, match=said):
        parse_checkpoint(text)


def test_largest_size_is_taken() -> None:
    assert parse_checkpoint(TEXT.replace(b"20852163", b"9223372036854775807")).size == 2**63 - 1


@pytest.mark.parametrize(
    "broken",
    [
        Checkpoint("a\nb", 1, ROOT),
        Checkpoint("", 1, ROOT),
        Checkpoint("a", -1, ROOT),
        Checkpoint("a", 1, ROOT[1:]),
        Checkpoint("a", 1, ROOT, ("",)),
    ],
)
def test_a_checkpoint_that_could_not_be_read_back_is_not_written(broken: Checkpoint) -> None:
    with pytest.raises(NoteError):
        format_checkpoint(broken)
