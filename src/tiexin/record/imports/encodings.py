"""Which encoding a text file has: UTF-8 (with or without mark), UTF-16 with mark, or GB18030.

GB18030 accepts almost any bytes, so it is believed only where the file is not UTF-8: a file in which nearly every
line with bytes beyond ASCII is valid UTF-8 is a UTF-8 file with damaged lines, and those lines are rejected.
"""

from __future__ import annotations

import codecs
from pathlib import Path

from tiexin.record.imports.bytesource import ByteSource
from tiexin.record.imports.model import ROW_BYTES_MAX, ImportLimitError, ImportOptionError

MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
LINE_BYTES_MAX = 4 * ROW_BYTES_MAX
"""Longest line that is looked at while the encoding is told; a character has up to four bytes."""
DAMAGED_SHARE_MAX = 0.02
"""A file is UTF-8 with damage while at most this share of its lines beyond ASCII is not valid UTF-8."""


def encoding_named(name: str) -> str:
    """Return Python's name of a text encoding.

    Raises:
        ImportOptionError: there is no such encoding.
    """
    try:
        canonical = codecs.lookup(name).name
        "".encode(canonical)
    except (LookupError, ValueError) as error:
        message = f"{name!r} is not an encoding that can be read; name for example utf-8, gb18030 or cp1252."
        raise ImportOptionError(message, field="encoding", value=name[:100]) from error
    return canonical


def detect_encoding(path: Path) -> str:
    """Return the encoding of a text file, from its mark or from all of its bytes.

    Raises:
        ImportOptionError: it is none of those that are told apart without doubt; name it with ``--encoding``.
    """
    with ByteSource(path) as stream:
        head = stream.take(4)
        for mark, name in MARKS:
            if head.startswith(mark):
                return name
        beyond = damaged = 0
        gb18030 = codecs.getincrementaldecoder("gb18030")()
        is_gb18030 = True
        rest = head
        while True:
            chunk = stream.take()
            lines = (rest + chunk).split(b"\n")
            rest = lines.pop() if chunk else b""
            _check_line(rest, path)
            for line in lines:
                if not line.isascii():
                    beyond += 1
                    damaged += not _is_utf8(line)
            if is_gb18030:
                is_gb18030 = _accepts(gb18030, b"\n".join(lines) + b"\n", final=not chunk)
            if not chunk:
                break
    if damaged <= DAMAGED_SHARE_MAX * beyond:
        return "utf-8"
    if is_gb18030:
        return "gb18030"
    message = (
        f"{path.name} is neither UTF-8 nor GB18030 ({damaged:,} of {beyond:,} lines beyond ASCII are not valid UTF-8). "
        "Name its encoding with --encoding. Nothing was imported."
    )
    raise ImportOptionError(message, field="encoding", file=str(path))


def _check_line(line: bytes, path: Path) -> None:
    if len(line) > LINE_BYTES_MAX:
        message = f"{path.name} has a line longer than {LINE_BYTES_MAX:,} bytes; no table or log has such lines."
        raise ImportLimitError(message, file=str(path), limit=LINE_BYTES_MAX)


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _accepts(decoder: codecs.IncrementalDecoder, data: bytes, *, final: bool) -> bool:
    try:
        decoder.decode(data, final)
    except UnicodeDecodeError:
        return False
    return True
