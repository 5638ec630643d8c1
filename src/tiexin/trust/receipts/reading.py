"""Finds the proofs in whatever file somebody has: a proof, a certificate (PDF) or an evidence bundle (ZIP)."""

from __future__ import annotations

import lzma
import struct
import zipfile
import zlib
from io import BytesIO
from typing import Final

from tiexin.kernel.errors import InvalidInputError, MalformedError, TooLargeError
from tiexin.trust.receipts.zip_form import demand_plain

MARK: Final = b"c2sp.org/tlog-proof@v1\n"
SUFFIX: Final = ".tlog-proof"
FILE_BYTES_MAX: Final = 64 * 1024 * 1024
PROOF_BYTES_MAX: Final = 1024 * 1024
PROOFS_MAX: Final = 2_000
_END: Final = b"endstream"
_BROKEN: Final = (
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error),
    *(NotImplementedError, EOFError, OSError, RuntimeError, ValueError),
)
"""What zipfile raises on files that are none."""


class FileTooLargeError(TooLargeError):
    """A file is larger than any receipt, or holds more proofs than any bundle; says the limit."""

    code = "receipt_file_too_large"


class NoProofError(InvalidInputError):
    """A file holds no proof that could be checked."""

    code = "no_proof_in_file"


class BrokenBundleError(MalformedError):
    """A bundle is not a readable ZIP file."""

    code = "bundle_broken"


def proofs_in(raw: bytes) -> list[bytes]:
    """Return every proof in a file, each once, in the order found; nothing of them is checked.

    Raises:
        FileTooLargeError: the file has more than 64 MiB, or more than 2,000 proofs.
        BrokenBundleError: it begins like a ZIP file and is none.
        NoProofError: it is of no known sort, or holds no proof.
    """
    if len(raw) > FILE_BYTES_MAX:
        msg = f"A receipt, certificate or bundle has at most {FILE_BYTES_MAX:,} bytes; this file has {len(raw):,}."
        raise FileTooLargeError(msg, limit=FILE_BYTES_MAX)
    if raw.startswith(MARK):
        return [raw]
    if b"%PDF-" in raw[:1024]:
        found = _in_pdf(raw)
    elif raw.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        found = _in_zip(raw)
    else:
        msg = "This is neither a proof (.tlog-proof) nor a certificate (PDF) nor an evidence bundle (ZIP)."
        raise NoProofError(msg)
    if not found:
        msg = "There is no proof in this file. A printed or newly saved copy loses it; take the file as it was issued."
        raise NoProofError(msg)
    return list(dict.fromkeys(found))


def _in_pdf(raw: bytes) -> list[bytes]:
    plain = _plain_streams(raw)
    return plain or _packed_streams(raw)


def _plain_streams(raw: bytes) -> list[bytes]:
    found, at = [], raw.find(MARK)
    while at >= 0:
        end = raw.find(_END, at, at + PROOF_BYTES_MAX)
        # A proof ends with one line end; the line end before the keyword belongs to the PDF.
        found.append(raw[at : end if end >= 0 else at + PROOF_BYTES_MAX].rstrip(b"\r\n") + b"\n")
        _bound(len(found))
        at = raw.find(MARK, at + len(MARK))
    return found


def _packed_streams(raw: bytes) -> list[bytes]:
    """Look into compressed streams, for a certificate that some program has packed again."""
    at = raw.find(b"stream")
    while at >= 0:
        start = at + len(b"stream") + (2 if raw[at + 6 : at + 7] == b"\r" else 1)
        end = raw.find(_END, start)
        if end < 0:
            break
        try:
            content = zlib.decompressobj().decompress(raw[start:end], PROOF_BYTES_MAX)
        except zlib.error:
            content = b""
        if content.startswith(MARK):
            return [content]
        at = raw.find(b"stream", end + len(_END))
    return []


def _in_zip(raw: bytes) -> list[bytes]:
    try:
        demand_plain(raw)
        with zipfile.ZipFile(BytesIO(raw)) as bundle:
            names = [entry for entry in bundle.infolist() if entry.filename.endswith(SUFFIX)]
            _bound(len(names))
            for entry in names:
                if entry.file_size > PROOF_BYTES_MAX:
                    msg = f"{entry.filename} has {entry.file_size:,} bytes; a proof has at most {PROOF_BYTES_MAX:,}."
                    raise FileTooLargeError(msg, limit=PROOF_BYTES_MAX)
            if sum(entry.file_size for entry in names) > FILE_BYTES_MAX:
                msg = f"The proofs of a bundle have at most {FILE_BYTES_MAX:,} bytes together; these have more."
                raise FileTooLargeError(msg, limit=FILE_BYTES_MAX)
            return [bundle.read(entry) for entry in names]
    except _BROKEN as error:
        msg = f"The bundle cannot be read as a ZIP file: {error}"
        raise BrokenBundleError(msg) from error


def _bound(number: int) -> None:
    if number > PROOFS_MAX:
        msg = f"A file holds at most {PROOFS_MAX:,} proofs; this one has more."
        raise FileTooLargeError(msg, limit=PROOFS_MAX)
