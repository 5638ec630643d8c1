from __future__ import annotations

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
