"""Small pictures for tests, made of bytes: whole, with what a camera adds, and broken."""

from __future__ import annotations

import struct
import zlib

SECRET = b"GPS 30.5928 N 114.3055 E"


def png(width: int = 2, height: int = 1, *, text: bytes = b"") -> bytes:
    """Return a grey PNG, with a text chunk where one is given."""
    rows = b"".join(b"\0" + b"\x80" * width for _ in range(height))
    parts = [_chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))]
    if text:
        parts.append(_chunk(b"tEXt", b"Comment\0" + text))
    parts += [_chunk(b"IDAT", zlib.compress(rows)), _chunk(b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def jpeg(width: int = 3, height: int = 2, *, exif: bytes = b"", orientation: int = 1, behind: bytes = b"") -> bytes:
    """Return the parts of a JPEG (its scan is no real picture), with Exif where given, and bytes behind its end."""
    parts = [b"\xff\xd8", _segment(0xE0, b"JFIF\0\1\1\0\0\1\0\1\0\0")]
    if exif:
        entry = struct.pack("<HHIHH", 0x0112, 3, 1, orientation, 0)
        parts.append(_segment(0xE1, b"Exif\0\0II*\0" + struct.pack("<IH", 8, 1) + entry + struct.pack("<I", 0) + exif))
        parts.append(_segment(0xFE, exif))
    parts.append(_segment(0xC0, struct.pack(">BHHB", 8, height, width, 1) + b"\1\x11\0"))
    parts.append(_segment(0xDA, b"\1\1\0\0\x3f\0") + b"\x12\xff\x00\x34\xff\xd0\x56")
    return b"".join(parts) + b"\xff\xd9" + behind


def webp(width: int = 5, height: int = 4, *, exif: bytes = b"") -> bytes:
    """Return a lossless WebP with an extended header, with Exif where given."""
    sizes = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    chunks = _riff(b"VP8X", bytes([0x08 if exif else 0, 0, 0, 0]) + sizes)
    chunks += _riff(b"VP8L", b"\x2f" + struct.pack("<I", (width - 1) | (height - 1) << 14))
    if exif:
        chunks += _riff(b"EXIF", exif)
    return b"RIFF" + struct.pack("<I", 4 + len(chunks)) + b"WEBP" + chunks


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def _segment(marker: int, body: bytes) -> bytes:
    return b"\xff" + bytes([marker]) + struct.pack(">H", len(body) + 2) + body


def _riff(name: bytes, body: bytes) -> bytes:
    return name + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)
