"""A ZIP file that every program reads alike: nothing before, between or after its members and its table of contents.

Programs find members in different ways (by the table's offset, by its place before the end, by walking the members), so
a file could show its checker other contents than those that people unpack. Ours are written plainly, and so are those
of the usual programs that pack a bundle again.
"""

from __future__ import annotations

import struct
import zipfile
from io import BytesIO
from typing import Final

_END: Final = struct.Struct("<4s4H2LH")
_LOCAL: Final = struct.Struct("<4s5H3L2H")
_DESCRIPTOR_BYTES_MAX: Final = 24
"""What may follow a member: its checksum and sizes once more (APPNOTE.TXT 4.3.9)."""


def demand_plain(raw: bytes) -> None:
    """Refuse a file in which different programs could find different members.

    Raises:
        zipfile.BadZipFile: it is such a file, or none.
        struct.error: it ends too early.
    """
    signature, *_, size, start, comment = _END.unpack(raw[-_END.size :])
    if signature != b"PK\x05\x06" or comment or start + size != len(raw) - _END.size:
        msg = "its table of contents does not stand right before its end"
        raise zipfile.BadZipFile(msg)
    at = 0
    with zipfile.ZipFile(BytesIO(raw)) as opened:
        for entry in sorted(opened.infolist(), key=lambda each: each.header_offset):
            local = _LOCAL.unpack_from(raw, entry.header_offset)
            if local[0] != b"PK\x03\x04" or not 0 <= entry.header_offset - at <= (_DESCRIPTOR_BYTES_MAX if at else 0):
                msg = f"something stands between its members, or {entry.filename!r} overlaps another"
                raise zipfile.BadZipFile(msg)
            at = entry.header_offset + _LOCAL.size + local[-2] + local[-1] + entry.compress_size
    if not 0 <= start - at <= (_DESCRIPTOR_BYTES_MAX if at else 0):
        msg = "something stands between its members and its table of contents"
        raise zipfile.BadZipFile(msg)
