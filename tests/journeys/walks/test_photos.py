from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from tests.journeys.walks.pictures import SECRET, jpeg, png, webp
from tiexin.infra.crypto.aead import SealBrokenError
from tiexin.infra.settings import Settings
from tiexin.journeys.walks.contracts import PHOTO_BYTES_MAX
from tiexin.journeys.walks.photos import (
    PhotoMissingError,
    PhotoStore,
    PhotoTooLargeError,
    PhotoTypeError,
    cleaned,
    media_of,
)


@pytest.mark.parametrize(
    ("content", "media", "size"),
    [(png(7, 3), "image/png", (7, 3)), (jpeg(40, 30), "image/jpeg", (40, 30)), (webp(5, 4), "image/webp", (5, 4))],
)
def test_a_plain_picture_stays_as_it_is(content: bytes, media: str, size: tuple[int, int]) -> None:
    photo, kept = cleaned(content)
    assert kept == content
    assert (photo.media, photo.width, photo.height) == (media, *size)
    assert (photo.digest, photo.bytes) == (hashlib.sha256(content).hexdigest(), len(content))
    assert media_of(kept) == media


@pytest.mark.parametrize(
    ("told", "plain"),
    [
        (png(text=SECRET), png()),
        (jpeg(exif=SECRET), jpeg()),
        (webp(exif=SECRET), webp()),
        (jpeg(behind=b"<script>alert(1)</script>"), jpeg()),
        (png() + b"PK\3\4", png()),
    ],
)
def test_what_a_camera_adds_and_what_hides_behind_the_end_is_taken_off(told: bytes, plain: bytes) -> None:
    assert cleaned(told)[1] == plain


def test_how_the_camera_was_held_stays() -> None:
    kept = cleaned(jpeg(exif=SECRET, orientation=6))[1]
    assert SECRET not in kept
    assert kept.count(b"Exif\0\0") == 1
    # A second time nothing changes: the kept part is read again.
    assert cleaned(kept)[1] == kept


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"GIF89a\1\0\1\0",
        b"%PDF-1.7",
        b"\xff\xd8\xff",
        jpeg()[:-9],
        jpeg()[:30],
        png()[:-20],
        png()[:12],
        webp()[:20],
        b"\xff\xd8\xff\xd9",
        b"\x89PNG\r\n\x1a\n" + b"\0\0\0\0IEND\xaeB`\x82",
    ],
)
def test_anything_else_is_refused(content: bytes) -> None:
    with pytest.raises(PhotoTypeError):
        cleaned(content)


def test_too_many_bytes_and_too_many_pixels_are_refused_with_the_limit() -> None:
    with pytest.raises(PhotoTooLargeError, match="8,388,608 bytes"):
        cleaned(b"\xff\xd8\xff" + bytes(PHOTO_BYTES_MAX))
    with pytest.raises(PhotoTooLargeError, match="50,000,000 pixels"):
        cleaned(jpeg(60_000, 60_000))


def test_photos_are_sealed_on_the_disk_and_named_by_digest_alone(tmp_path: Path) -> None:
    store = PhotoStore(Settings(home=tmp_path), key=bytes(32))
    photo, kept = cleaned(png())
    store.keep(photo.digest, kept)
    file = tmp_path / "attachments" / "walks" / photo.digest[:2] / photo.digest
    assert b"IHDR" not in file.read_bytes()
    assert file.stat().st_mode & 0o777 == 0o600
    assert store.load(photo.digest) == kept
    with pytest.raises(SealBrokenError):
        PhotoStore(Settings(home=tmp_path), key=b"\1" * 32).load(photo.digest)
    for name in ("../../keys/kek", "/etc/passwd", photo.digest.upper(), "0" * 64, "", photo.digest + "\n"):
        with pytest.raises(PhotoMissingError):
            store.load(name)
