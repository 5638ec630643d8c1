"""Photos of walks: believed only after a look inside, stripped of what a camera adds, sealed on the disk.

Which format it is says the first bytes, never the name or the header of the request. Rewriting keeps the picture and
drops the rest: place and time of the camera (Exif), texts, thumbnails, and anything behind the picture's end.
Sources: ITU-T T.81 annex B (JPEG), W3C PNG third edition, RFC 9649 (WebP).
"""

from __future__ import annotations

import hashlib
import re
import struct
from pathlib import Path

from tiexin.infra.crypto.aead import Sealer, derive
from tiexin.infra.files import write_durably
from tiexin.infra.settings import Settings
from tiexin.journeys.walks.contracts import PHOTO_BYTES_MAX, PHOTO_PIXELS_MAX, Photo
from tiexin.kernel.errors import InvalidInputError, NotFoundError, TooLargeError

PURPOSE = "tiexin/attachments/v1"
DIGEST = re.compile(r"[0-9a-f]{64}")
PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
PNG_KEPT = frozenset(b"IHDR PLTE IDAT IEND tRNS gAMA cHRM sRGB iCCP sBIT bKGD".split())
WEBP_KEPT = frozenset({b"VP8 ", b"VP8L", b"ALPH", b"ICCP"})
WEBP_FLAGS_KEPT = 0x10 | 0x20
"""Of the extended header: alpha and colour profile; Exif, XMP and animation are dropped."""
MARK, END_OF_IMAGE, START_OF_SCAN, EXIF, COMMENT = 0xFF, 0xD9, 0xDA, 0xE1, 0xFE
RESTARTS = range(0xD0, 0xD8)
JPEG_FRAMES = frozenset({0xC0, 0xC1, 0xC2})
"""Baseline, extended and progressive, which every browser shows."""
JPEG_DROPPED = frozenset({*range(0xE2, 0xF0), COMMENT}) - {0xEE}
"""Application parts and comments; JFIF (0xE0) and the colour transform (0xEE) stay."""
ORIENTATION, UPRIGHT, ORIENTATIONS = 0x0112, 1, 8


class PhotoTypeError(InvalidInputError):
    """The file is no photo that is accepted: JPEG, PNG or WebP, whole and of a sensible size."""

    code = "not_a_photo"


class PhotoTooLargeError(TooLargeError):
    """The photo has more bytes or pixels than one may."""

    code = "photo_too_large"


class PhotoMissingError(NotFoundError):
    """The walk has no photo of that name."""

    code = "unknown_photo"


def cleaned(content: bytes) -> tuple[Photo, bytes]:
    """Return what a photo is, and its bytes without metadata.

    Raises:
        PhotoTooLargeError: more than 8 MiB or 50 million pixels.
        PhotoTypeError: the bytes are no whole JPEG, PNG or WebP picture.
    """
    if len(content) > PHOTO_BYTES_MAX:
        msg = f"A photo may have at most {PHOTO_BYTES_MAX:,} bytes (8 MiB), not {len(content):,}. It was not kept."
        raise PhotoTooLargeError(msg, limit_bytes=PHOTO_BYTES_MAX)
    try:
        if content.startswith(b"\xff\xd8\xff"):
            media, (kept, width, height) = "image/jpeg", _jpeg(content)
        elif content.startswith(PNG_SIGNATURE):
            media, (kept, width, height) = "image/png", _png(content)
        elif content[:4] == b"RIFF" and content[8:12] == b"WEBP":
            media, (kept, width, height) = "image/webp", _webp(content)
        else:
            raise PhotoTypeError(_not_a_photo("its first bytes are of another kind of file"))
    except (struct.error, IndexError) as error:
        raise PhotoTypeError(_not_a_photo("the file ends in the middle")) from error
    if not width or not height:
        raise PhotoTypeError(_not_a_photo("it has no size"))
    if width * height > PHOTO_PIXELS_MAX:
        msg = f"A photo may have at most {PHOTO_PIXELS_MAX:,} pixels, not {width} × {height}. It was not kept."
        raise PhotoTooLargeError(msg, limit_pixels=PHOTO_PIXELS_MAX)
    digest = hashlib.sha256(kept).hexdigest()
    return Photo(digest=digest, media=media, bytes=len(kept), width=width, height=height), kept


class PhotoStore:
    """Photos of one installation, each sealed under its digest; the folder is readable by its owner alone."""

    def __init__(self, settings: Settings, *, key: bytes) -> None:
        self._folder = settings.home / "attachments" / "walks"
        self._sealer = Sealer(derive(key, PURPOSE), settings.cipher)

    def keep(self, digest: str, content: bytes) -> None:
        """Write a photo durably; one that is there already stays as it is."""
        file = self._file(digest)
        if not file.exists():
            sealed = self._sealer.seal(content, bound_to=digest.encode())
            write_durably(file, sealed, mode=0o600)

    def load(self, digest: str) -> bytes:
        """Return the bytes of a photo.

        Raises:
            PhotoMissingError: there is none of that digest.
            SealBrokenError: the file was altered.
        """
        try:
            sealed = self._file(digest).read_bytes()
        except FileNotFoundError as error:
            msg = "The photo is not on this machine."
            raise PhotoMissingError(msg, digest=digest) from error
        return self._sealer.open(sealed, bound_to=digest.encode())

    def _file(self, digest: str) -> Path:
        # Nothing but a digest becomes a path, so no name can lead out of the folder.
        if not DIGEST.fullmatch(digest):
            msg = "A photo is named by 64 hexadecimal digits."
            raise PhotoMissingError(msg)
        return self._folder / digest[:2] / digest


def media_of(content: bytes) -> str:
    """Return the media type of bytes that :func:`cleaned` has let through."""
    if content.startswith(PNG_SIGNATURE):
        return "image/png"
    return "image/webp" if content[:4] == b"RIFF" else "image/jpeg"


def _not_a_photo(reason: str) -> str:
    return f"This is no photo in JPEG, PNG or WebP: {reason}. It was not kept; please take it again."


def _jpeg(content: bytes) -> tuple[bytes, int, int]:
    """Keep frame, tables and scans; of the application parts JFIF, the colour transform and the orientation."""
    kept, place, width, height = [b"\xff\xd8"], 2, 0, 0
    while content[place + 1] != END_OF_IMAGE or content[place] != MARK:
        marker = content[place + 1]
        if content[place] != MARK:
            raise PhotoTypeError(_not_a_photo("a part of it has no marker"))
        if marker == MARK:  # fill byte
            place += 1
            continue
        (length,) = struct.unpack_from(">H", content, place + 2)
        end = place + 2 + length
        if end > len(content):
            raise PhotoTypeError(_not_a_photo("a part of it is longer than the file"))
        if marker in JPEG_FRAMES:
            height, width = struct.unpack_from(">HH", content, place + 5)
        if marker == START_OF_SCAN:  # compressed data up to the next marker
            end = _scan_end(content, end)
        kept.append(_kept_segment(marker, content[place:end]))
        place = end
    kept.append(b"\xff\xd9")
    return b"".join(kept), width, height


def _kept_segment(marker: int, segment: bytes) -> bytes:
    if marker == EXIF:
        return _orientation_only(segment)
    return b"" if marker in JPEG_DROPPED else segment


def _scan_end(content: bytes, place: int) -> int:
    while True:
        place = content.find(b"\xff", place)
        if place < 0 or place + 1 >= len(content):
            raise PhotoTypeError(_not_a_photo("the file ends in the middle"))
        following = content[place + 1]
        if following not in {0, MARK} and following not in RESTARTS:
            return place
        place += 1 if following == MARK else 2


def _orientation_only(segment: bytes) -> bytes:
    """Return an Exif part that says nothing but how the camera was held, or nothing."""
    if segment[4:10] != b"Exif\0\0":
        return b""
    tiff = segment[10:]
    order = {b"II": "<", b"MM": ">"}.get(tiff[:2])
    if order is None:
        return b""
    try:
        (first,) = struct.unpack_from(f"{order}I", tiff, 4)
        (entries,) = struct.unpack_from(f"{order}H", tiff, first)
        for number in range(min(entries, 200)):
            tag, _, _, value = struct.unpack_from(f"{order}HHIH", tiff, first + 2 + 12 * number)
            if tag == ORIENTATION and UPRIGHT < value <= ORIENTATIONS:
                body = b"Exif\0\0MM\0*" + struct.pack(">IHHHIHHI", 8, 1, ORIENTATION, 3, 1, value, 0, 0)
                return b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body
    except struct.error:
        return b""
    return b""


def _png(content: bytes) -> tuple[bytes, int, int]:
    kept, place, width, height = [PNG_SIGNATURE], len(PNG_SIGNATURE), 0, 0
    while True:
        length, name = struct.unpack_from(">I4s", content, place)
        end = place + 12 + length
        if end > len(content):
            raise PhotoTypeError(_not_a_photo("a part of it is longer than the file"))
        if name == b"IHDR":
            width, height = struct.unpack_from(">II", content, place + 8)
        if name in PNG_KEPT:
            kept.append(content[place:end])
        place = end
        if name == b"IEND":
            return b"".join(kept), width, height


def _webp(content: bytes) -> tuple[bytes, int, int]:
    kept, place, width, height = [], 12, 0, 0
    (size,) = struct.unpack_from("<I", content, 4)
    last = min(len(content), 8 + size)
    if last < 8 + size:
        raise PhotoTypeError(_not_a_photo("the file ends in the middle"))
    while place + 8 <= last:
        name, length = struct.unpack_from("<4sI", content, place)
        end = place + 8 + length + length % 2
        if end > last + 1:
            raise PhotoTypeError(_not_a_photo("a part of it is longer than the file"))
        chunk = content[place:end]
        if name == b"VP8X":
            width, height = (1 + int.from_bytes(chunk[at : at + 3], "little") for at in (12, 15))
            chunk = chunk[:8] + bytes([chunk[8] & WEBP_FLAGS_KEPT]) + chunk[9:]
            kept.append(chunk)
        elif name in WEBP_KEPT:
            if not width:
                width, height = _webp_size(name, chunk)
            kept.append(chunk)
        place = end
    body = b"WEBP" + b"".join(kept)
    return b"RIFF" + struct.pack("<I", len(body)) + body, width, height


def _webp_size(name: bytes, chunk: bytes) -> tuple[int, int]:
    if name == b"VP8 ":
        width, height = struct.unpack_from("<HH", chunk, 14)
        return width & 0x3FFF, height & 0x3FFF
    if name == b"VP8L":
        (bits,) = struct.unpack_from("<I", chunk, 9)
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    return 0, 0
