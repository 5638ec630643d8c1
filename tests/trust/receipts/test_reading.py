from __future__ import annotations

import struct
import zipfile
import zlib
from io import BytesIO
from random import Random

import pytest

from tests.trust.receipts.making import hand_made
from tiexin.kernel.errors import TiexinError
from tiexin.trust.receipts import reading
from tiexin.trust.receipts.reading import BrokenBundleError, FileTooLargeError, NoProofError, proofs_in


def zipped(files: dict[str, bytes], compression: int = zipfile.ZIP_STORED) -> bytes:
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w", compression) as bundle:
        for name, content in files.items():
            bundle.writestr(name, content)
    return stream.getvalue()


def pdf_of(*streams: bytes) -> bytes:
    objects = b"".join(b"1 0 obj <<>> stream\r\n" + content + b"\nendstream endobj\n" for content in streams)
    return b"%PDF-1.7\n" + objects + b"%%EOF"


def test_a_proof_is_itself() -> None:
    assert proofs_in(hand_made()) == [hand_made()]


def test_proofs_in_a_pdf_plain_or_packed() -> None:
    one, two = hand_made(), hand_made(id="2")

    assert proofs_in(pdf_of(b"page", one, two, one)) == [one, two]
    assert proofs_in(pdf_of(zlib.compress(b"page"), zlib.compress(one))) == [one]


@pytest.mark.parametrize("compression", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_proofs_in_a_bundle(compression: int) -> None:
    one, two = hand_made(), hand_made(id="2")
    files = {"README.txt": b"c2sp.org/tlog-proof@v1\n", "proofs/1.tlog-proof": one, "proofs/2.tlog-proof": two}

    assert proofs_in(zipped(files, compression)) == [one, two]


@pytest.mark.parametrize("raw", [b"", b"hello", pdf_of(b"page"), zipped({"a.txt": b"x"}), b"%PDF-"])
def test_files_without_a_proof_are_refused(raw: bytes) -> None:
    with pytest.raises(NoProofError):
        proofs_in(raw)


@pytest.mark.parametrize("raw", [b"PK\x03\x04 no zip", zipped({"a.tlog-proof": b"x" * 99})[:-30]])
def test_broken_bundles_are_refused(raw: bytes) -> None:
    with pytest.raises(BrokenBundleError):
        proofs_in(raw)


@pytest.mark.parametrize("compression", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_whatever_bytes_are_changed_it_reads_or_refuses(compression: int) -> None:
    whole, random = zipped({"a.tlog-proof": hand_made(), "b.tlog-proof": hand_made(id="2")}, compression), Random(5)
    outcomes = set()
    for _ in range(400):
        changed = bytearray(whole)
        for _ in range(random.choice((1, 2, 8))):
            changed[random.randrange(len(changed))] = random.randrange(256)
        try:
            outcomes.add(len(proofs_in(bytes(changed))))
        except TiexinError as error:
            outcomes.add(error.status)
    assert outcomes <= {1, 2, 400, 413, 422}
    assert 400 in outcomes


def test_many_small_files_cannot_unpack_to_more_than_a_file_may_have(monkeypatch: pytest.MonkeyPatch) -> None:
    many = zipped({f"{n}.tlog-proof": b"x" * 1_000 for n in range(9)}, zipfile.ZIP_DEFLATED)
    monkeypatch.setattr(reading, "FILE_BYTES_MAX", 8_000)
    assert len(many) < 8_000
    with pytest.raises(FileTooLargeError, match="8,000 bytes together"):
        proofs_in(many)


def _two_faced(shown: bytes, unpacked: bytes) -> bytes:
    """Return a ZIP file with two tables of contents: one at the offset that its end names, one right before the end."""
    streams = []
    for content in (shown, unpacked):
        streams.append(BytesIO())
        with zipfile.ZipFile(streams[-1], "w") as bundle:
            bundle.writestr("proofs/1.tlog-proof", content)
    first, second = (stream.getvalue() for stream in streams)
    with zipfile.ZipFile(BytesIO(first)) as one:
        table = first[one.start_dir : -22]
    members = first[: -22 - len(table)]
    # Python takes what stands before the table for a foreign beginning, and shifts every offset by it.
    return members + table + second[:-6] + struct.pack("<L", len(members)) + b"\x00\x00"


def test_a_bundle_that_programs_read_differently_is_refused() -> None:
    """Whoever checks it must have seen the very files that everybody else unpacks."""
    raw = _two_faced(hand_made(), hand_made(case="another"))
    with pytest.raises(BrokenBundleError, match="table of contents"):
        proofs_in(raw)
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w") as bundle:
        bundle.writestr("proofs/1.tlog-proof", hand_made())
    whole = stream.getvalue()
    assert proofs_in(whole) == [hand_made()]
    for changed in (whole + b"x", whole[:-2] + b"\x01\x00x"):
        with pytest.raises(BrokenBundleError):
            proofs_in(changed)


def test_a_pdf_full_of_beginnings_is_not_copied_over_and_over() -> None:
    raw = b"%PDF-1.7\n" + reading.MARK * 1_500 + b"x" * (3 * reading.PROOF_BYTES_MAX) + b"endstream"
    assert max(map(len, proofs_in(raw))) <= reading.PROOF_BYTES_MAX + 1


def test_limits_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    large = zipped({"a.tlog-proof": b"x" * (reading.PROOF_BYTES_MAX + 1)}, zipfile.ZIP_DEFLATED)
    with pytest.raises(FileTooLargeError, match="1,048,576"):
        proofs_in(large)
    many = zipped({f"{n}.tlog-proof": b"x" for n in range(3)})
    monkeypatch.setattr(reading, "PROOFS_MAX", 2)
    with pytest.raises(FileTooLargeError, match="at most 2 proofs"):
        proofs_in(many)
    monkeypatch.setattr(reading, "FILE_BYTES_MAX", 100)
    with pytest.raises(FileTooLargeError, match="at most 100 bytes"):
        proofs_in(b"x" * 101)
