"""What a leaf of the log is: one salted hash over everything that is stored of an event.

``entry = SHA-256(salt ‖ canonical)``; the leaf of the tree is SHA-256(0x00 ‖ entry) (RFC 6962, section 2.1). The
canonical text is one JSON object in the form of RFC 8785. Without the salt (32 bytes, one an event) nobody can try out
contents against an entry; one disclosed salt tells nothing of another.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Callable
from typing import Any, Final

import msgspec
import rfc8785

from tiexin.kernel.errors import InvalidInputError, UnavailableError
from tiexin.record.contracts import StoredRow

FORMAT: Final = "tiexin.event/v1"
SALT_BYTES: Final = 32
ENTRY_BYTES: Final = 32
_SALT_PURPOSE: Final = b"tiexin/leaf-salt/v1"
_BLOCK: Final = 64
_TEXT_MAX: Final = 16
"""Doubles print without an exponent below 10^16 and from 10^-4, in Python as in ECMAScript."""
# Where msgspec and RFC 8785 may differ: digits beyond 2^53, and the order of keys beyond the BMP.
_UNUSUAL: Final = re.compile("[0-9]{16}|[\U00010000-\U0010ffff]")
_encode = msgspec.json.Encoder(order="deterministic").encode
_INT, _TEXT, _NOTHING, _BYTES = int, str, type(None), bytes
_SHAPE: Final = (
    *[frozenset({_INT})] * 3,
    *[frozenset({_TEXT})] * 3,
    *[frozenset({_TEXT, _NOTHING})] * 11,
    frozenset({_TEXT}),
    frozenset({_TEXT, _NOTHING}),
    *[frozenset({_BYTES, _NOTHING})] * 2,
)


class StoredRowError(UnavailableError):
    """A row of the record is not of the form in which the record stores rows: it was altered from outside."""

    code = "stored_row_invalid"
    title = "A row of the record was altered from outside"


class OpeningError(InvalidInputError):
    """The opening of a leaf cannot be read."""

    code = "opening_invalid"
    title = "This does not open an entry of the log"


class _Leaf(msgspec.Struct, omit_defaults=True):
    """The members of the canonical object in the order of RFC 8785 (names sorted); None is left out."""

    actor: str | None = None
    case: str | None = None
    channel: str | None = None
    data: msgspec.Raw | None = None
    data_text: str | None = None
    extras: msgspec.Raw | None = None
    extras_text: str | None = None
    id: str | None = None
    journey: str | None = None
    lifecycle: str | None = None
    org: str | None = None
    personal: bytes | None = None
    personal_mac: bytes | None = None
    position: int | None = None
    product: str | None = None
    recorded_us: int | None = None
    segment: str | None = None
    source: str | None = None
    step: str | None = None
    subject: str | None = None
    team: str | None = None
    time_us: int | None = None
    type: str | None = None


class Opening(msgspec.Struct, frozen=True):
    """What opens an entry: its salt (32 bytes) and the canonical text that was hashed."""

    salt: bytes
    canonical: bytes

    @property
    def entry(self) -> bytes:
        """The entry that this opens (32 bytes)."""
        return entry_of(self.canonical, self.salt)


class _Extra(msgspec.Struct, frozen=True):
    format: str
    salt: str
    canonical: str


def salter(key: bytes) -> Callable[[int], bytes]:
    """Return the function that gives the salt of a position: HMAC-SHA256(key, purpose ‖ position as 8 bytes).

    The two inner states of HMAC (RFC 2104) are computed once; that halves the cost of a salt.
    """
    block = key.ljust(_BLOCK, b"\0")
    inner = hashlib.sha256(bytes(byte ^ 0x36 for byte in block) + _SALT_PURPOSE)
    outer = hashlib.sha256(bytes(byte ^ 0x5C for byte in block))

    def salt_of(position: int) -> bytes:
        first = inner.copy()
        first.update(position.to_bytes(8, "big"))
        second = outer.copy()
        second.update(first.digest())
        return second.digest()

    return salt_of


def entry_of(canonical: bytes, salt: bytes) -> bytes:
    """Return the entry of the log for a canonical text (32 bytes)."""
    return hashlib.sha256(salt + canonical).digest()


_known_shapes: set[tuple[type, ...]] = set()


def canonical(row: StoredRow) -> bytes:
    """Return the canonical text of a stored row: every stored byte is in it, whatever form the record gave it.

    Raises:
        StoredRowError: a value is not of the type of its column.
    """
    shape = tuple(map(type, row))
    if shape not in _known_shapes:
        _check_shape(row, shape)
    position, time_us, recorded_us, kind, source, event_id, subject, channel, journey, case, *rest = row
    actor, step, lifecycle, org, product, segment, team, data, extras, personal, mac = rest
    parsed, text = _json_members(data)
    more, more_text = (None, None) if extras is None else _json_members(extras)
    return _encode(
        _Leaf(
            *(actor, case, channel, parsed, text, more, more_text, event_id, journey, lifecycle, org, personal, mac),
            *(position, product, recorded_us, segment, source, step, subject, team, time_us, kind),
        )
    )


def _check_shape(row: StoredRow, shape: tuple[type, ...]) -> None:
    if len(shape) != len(_SHAPE) or any(kind not in fits for kind, fits in zip(shape, _SHAPE, strict=True)):
        msg = f"The row at position {row[0]} holds a value that is not of the type of its column"
        raise StoredRowError(msg, position=row[0] if isinstance(row[0], int) else None)
    _known_shapes.add(shape)


class _UnusualNumberError(Exception):
    """A number is not written as RFC 8785 writes it; the long way decides."""


def _usual_float(text: str) -> float:
    value = float(text)
    # ECMAScript and Python print such a number alike; what is written so already is in its canonical form.
    if repr(value) != text or text.endswith(".0") or not 1e-4 <= abs(value) < 10**_TEXT_MAX:  # noqa: PLR2004
        raise _UnusualNumberError
    return value


_decode = msgspec.json.Decoder(float_hook=_usual_float).decode


def _json_members(text: str) -> tuple[msgspec.Raw | None, str | None]:
    """Return the RFC 8785 form of a stored JSON text, and the text itself where it differs from that form."""
    try:
        if _is_canonical(text):
            return msgspec.Raw(text), None
        form = rfc8785.dumps(msgspec.json.decode(text))
    except (msgspec.DecodeError, rfc8785.CanonicalizationError, RecursionError, ValueError):
        return None, text  # no JSON, or a number that no double holds: only the text itself can be committed to
    return msgspec.Raw(form), None if form.decode() == text else text


def _is_canonical(text: str) -> bool:
    """Tell quickly that a text is in the form of RFC 8785; False means that it may not be."""
    try:
        value = _decode(text)
    except _UnusualNumberError:
        return False
    return _encode(value).decode() == text and _UNUSUAL.search(text) is None


def opening(canonical: bytes, salt: bytes) -> bytes:
    """Return what stands in the ``extra`` of a proof (JSON text): whoever has it can hash the entry again."""
    return _encode(_Extra(FORMAT, base64.b64encode(salt).decode(), canonical.decode()))


def read_opening(extra: bytes) -> Opening:
    """Return the opening in the ``extra`` of a proof.

    Raises:
        OpeningError: it is of another form; nothing is said about whether it fits an entry.
    """
    try:
        found = msgspec.json.decode(extra, type=_Extra)
        salt = base64.b64decode(found.salt, validate=True)
    except (msgspec.DecodeError, RecursionError, binascii.Error, ValueError) as error:
        msg = f"The opening is not a JSON object with format, salt and canonical: {error}"
        raise OpeningError(msg) from error
    # One salt has one spelling, as everywhere in a proof: two programs must not differ over the same file.
    if found.format != FORMAT or len(salt) != SALT_BYTES or base64.b64encode(salt).decode() != found.salt:
        msg = f"The opening has the format {found.format[:40]!r} with a salt of {len(salt)} bytes; expected {FORMAT}"
        raise OpeningError(msg)
    return Opening(salt, found.canonical.encode())


def event_of(canonical: bytes) -> dict[str, Any]:
    """Return the event in a canonical text.

    Raises:
        OpeningError: it is no JSON object.
    """
    try:
        return msgspec.json.decode(canonical, type=dict[str, Any])
    except (msgspec.DecodeError, RecursionError) as error:
        msg = f"The opened text is not a JSON object: {error}"
        raise OpeningError(msg) from error
