"""What an upload is, judged by its first bytes, and what it may be called."""

from __future__ import annotations

import re
import unicodedata
import zlib
from typing import Final

from tiexin.imports.contracts import UploadTypeError

HEAD_BYTES: Final = 64 * 1024
NAME_CHARS_MAX: Final = 120
GZIP: Final = b"\x1f\x8b"
REFUSED: Final[tuple[tuple[bytes, str], ...]] = (
    (b"PK\x03\x04", "a ZIP archive (or an Excel workbook, which is one)"),
    (b"PK\x05\x06", "a ZIP archive"),
    (b"\xd0\xcf\x11\xe0", "an old Office file"),
    (b"%PDF", "a PDF"),
    (b"\x7fELF", "a program"),
    (b"MZ", "a program"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"SQLite format 3", "a database"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ", "an xz archive"),
    (b"7z\xbc\xaf", "a 7-Zip archive"),
    (b"\x28\xb5\x2f\xfd", "a Zstandard archive"),
    (b"Rar!", "a RAR archive"),
)
UTF16: Final = (b"\xff\xfe", b"\xfe\xff")
EMPTY: Final = "empty"
DAMAGED: Final = "a damaged gzip file"
TWICE: Final = "compressed twice"
PACKED_PARQUET: Final = "a gzipped Parquet file (Parquet is compressed already: send it as it is)"
NEITHER: Final = "neither text nor Parquet"


def format_of_head(head: bytes) -> str:
    """Return ``csv``, ``jsonl``, ``xes`` or ``parquet``, with ``.gz`` behind it for gzip, from a file's first bytes.

    Raises:
        UploadTypeError: it is none of these, or a compressed file within a compressed file.
    """
    if not head:
        raise UploadTypeError(EMPTY)
    if not head.startswith(GZIP):
        return _plain(head)
    try:
        inner = zlib.decompressobj(wbits=31).decompress(head, HEAD_BYTES)
    except zlib.error:
        raise UploadTypeError(DAMAGED) from None
    if inner.startswith(GZIP):
        raise UploadTypeError(TWICE)
    found = _plain(inner)
    if found == "parquet":
        raise UploadTypeError(PACKED_PARQUET)
    return f"{found}.gz"


def _plain(head: bytes) -> str:
    for magic, what in REFUSED:
        if head.startswith(magic):
            raise UploadTypeError(what)
    if head.startswith(b"PAR1"):
        return "parquet"
    if head.startswith(UTF16):
        return "csv"
    bare = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if not bare:
        raise UploadTypeError(EMPTY)
    if b"\0" in head:
        raise UploadTypeError(NEITHER)
    if bare.startswith(b"<"):
        return "xes"
    return "jsonl" if bare.startswith(b"{") else "csv"


def safe_name(given: str) -> str:
    """Return what a file is called, for people: its last part, without control signs, at most 120 characters.

    It is shown and never used as a path; the file on the disk has a name of our own.
    """
    last = re.split(r"[/\\]", given)[-1]
    clean = "".join(sign for sign in last if unicodedata.category(sign) not in {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})
    clean = " ".join(clean.split()).strip(". ")
    if len(clean) > NAME_CHARS_MAX:
        clean = clean[: NAME_CHARS_MAX - 13] + "…" + clean[-12:]
    return clean or "upload"
