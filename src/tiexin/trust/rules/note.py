"""Signed notes and verifier keys exactly as C2SP signed-note says (c2sp.org/signed-note@v1.0.0)."""

from __future__ import annotations

import base64
import binascii
import hashlib
from typing import NamedTuple

from tiexin.kernel.errors import InvalidInputError

KEY_ID_BYTES = 4
NOTE_BYTES_MAX = 1024 * 1024
SIGNATURES_MAX = 100
NAME_CHARACTERS_MAX = 255
VKEY_CHARACTERS_MAX = 8192

ED25519 = 0x01
ECDSA = 0x02
COSIGNATURE = 0x04
ML_DSA_44 = 0x06
PRIVATE = 0xFF
"""For signature types without a byte of their own; a longer identifier follows it (ours: ``verifying.SM2_MARK``)."""

_DASH = "\u2014 "
_LAST_CONTROL = 0x20
_KIND_MAX = 0xFF
# The key id of ECDSA keys is not made from the name (signed-note, 0x02), that of private types is up to their owner.
_ID_FROM_NAME = frozenset({ED25519, COSIGNATURE, ML_DSA_44})


class NoteError(InvalidInputError):
    """A signed note, a checkpoint or a verifier key is not written as C2SP says; the message names what is wrong."""

    code = "note_invalid"
    title = "This is not a signed note"


class SignatureLine(NamedTuple):
    """One signature line of a note: the key's name, its four-byte id, and the signature without the id."""

    name: str
    key_id: bytes
    signature: bytes


class Note(NamedTuple):
    """A note: its text with the last line end but without the blank line, and its signature lines in order."""

    text: bytes
    signatures: list[SignatureLine]


class VerifierKey(NamedTuple):
    """A public key as it stands in a vkey: name, four-byte id, type byte, key material (all after the type byte)."""

    name: str
    key_id: bytes
    kind: int
    key: bytes


def parse_note(raw: bytes) -> Note:
    """Return the note in ``raw`` (UTF-8 bytes as published); says nothing about whether a signature is right.

    Raises:
        NoteError: not UTF-8, control characters, no blank line, a line that is no signature, too long.
    """
    if len(raw) > NOTE_BYTES_MAX:
        msg = f"A signed note has at most {NOTE_BYTES_MAX} bytes; this one has {len(raw)}"
        raise NoteError(msg, limit=NOTE_BYTES_MAX)
    written = readable(raw)
    # The text is separated from the signatures by the last empty line of the note.
    split = written.rfind("\n\n")
    if split < 0 or not written.endswith("\n"):
        msg = "A signed note is a text, a blank line and signature lines; there is no blank line before signatures"
        raise NoteError(msg)
    lines = written[split + 2 :].split("\n")[:-1]
    if not lines or len(lines) > SIGNATURES_MAX:
        msg = f"A signed note has 1 to {SIGNATURES_MAX} signature lines; this one has {len(lines)}"
        raise NoteError(msg, limit=SIGNATURES_MAX)
    return Note(written[: split + 1].encode(), [_parse_line(line) for line in lines])


def format_note(note: Note) -> bytes:
    """Return the note as it is published.

    Raises:
        NoteError: the text does not end in a line end, or a part could not be read back.
    """
    if not note.text.endswith(b"\n"):
        msg = "The text of a signed note ends with a line end"
        raise NoteError(msg)
    lines = "".join(format_signature(line) for line in note.signatures)
    raw = note.text + b"\n" + lines.encode()
    if parse_note(raw) != note:
        msg = "A signature line of this note cannot be written: the text of a note or a signature holds blank lines"
        raise NoteError(msg)
    return raw


def format_signature(line: SignatureLine) -> str:
    """Return one signature line with its line end."""
    return f"{_DASH}{line.name} {encoded(line.key_id + line.signature)}\n"


def parse_signatures(raw: bytes) -> list[SignatureLine]:
    """Return the lines of a body that holds signature lines only, as a witness answers (tlog-witness).

    Raises:
        NoteError: a line is no signature line, or there is none.
    """
    if len(raw) > NOTE_BYTES_MAX:
        msg = f"Signature lines take at most {NOTE_BYTES_MAX} bytes; these take {len(raw)}"
        raise NoteError(msg, limit=NOTE_BYTES_MAX)
    lines = readable(raw).split("\n")
    if lines[-1] or not 1 <= len(lines) - 1 <= SIGNATURES_MAX:
        msg = f"Expected 1 to {SIGNATURES_MAX} signature lines, each with its line end"
        raise NoteError(msg, limit=SIGNATURES_MAX)
    return [_parse_line(line) for line in lines[:-1]]


def parse_vkey(written: str) -> VerifierKey:
    """Return the verifier key in ``<name>+<hex id>+<base64 of type and key>``.

    Raises:
        NoteError: it is not of that form, or its id is not the one that its name and key give.
    """
    parts = written.strip().split("+", 2)
    if len(parts) != 3 or len(written) > VKEY_CHARACTERS_MAX:  # noqa: PLR2004 - name, id and key
        msg = "A verifier key has the form name+id+key (c2sp.org/signed-note); this one has not"
        raise NoteError(msg)
    name, key_id, material = parts
    checked_name(name)
    try:
        identity = bytes.fromhex(key_id)
    except ValueError:
        identity = b""
    if len(identity) != KEY_ID_BYTES or identity.hex() != key_id:
        msg = f"The id of the verifier key {name!r} is not eight lower-case hex digits"
        raise NoteError(msg)
    raw = decoded(material, f"the verifier key {name!r}")
    if len(raw) < 2:  # noqa: PLR2004 - a type byte and at least one byte of key
        msg = f"The verifier key {name!r} holds no key"
        raise NoteError(msg)
    key = VerifierKey(name, identity, raw[0], raw[1:])
    if key.kind in _ID_FROM_NAME and key.key_id != key_id_of(name, key.kind, key.key):
        msg = f"The id of the verifier key {name!r} does not belong to its name and key: it was mistyped or altered"
        raise NoteError(msg)
    return key


def format_vkey(key: VerifierKey) -> str:
    """Return the key as one line of text; ``parse_vkey`` reads it back."""
    return f"{key.name}+{key.key_id.hex()}+{encoded(bytes([key.kind]) + key.key)}"


def make_vkey(name: str, *, kind: int, key: bytes) -> VerifierKey:
    """Return the verifier key of a public key, with the recommended id.

    Raises:
        NoteError: the name is not possible.
    """
    if not 0 < kind <= _KIND_MAX:
        msg = f"A signature type is a byte from 1 to 255, not {kind}"
        raise NoteError(msg)
    return VerifierKey(checked_name(name), key_id_of(name, kind, key), kind, key)


def key_id_of(name: str, kind: int, key: bytes) -> bytes:
    """Return the first four bytes of SHA-256(name, line end, type byte, key) (signed-note, Signatures)."""
    return hashlib.sha256(name.encode() + b"\n" + bytes([kind]) + key).digest()[:KEY_ID_BYTES]


def checked_name(name: str) -> str:
    """Return a key name that may stand in a note: not empty, no Unicode space, no plus, no control character.

    Raises:
        NoteError: it may not.
    """
    bad = any(letter.isspace() or letter == "+" or ord(letter) < _LAST_CONTROL for letter in name)
    if not name or bad or len(name) > NAME_CHARACTERS_MAX or not _encodable(name):
        msg = f"A key name has 1 to {NAME_CHARACTERS_MAX} characters without spaces and plus signs; {name!r} has not"
        raise NoteError(msg, limit=NAME_CHARACTERS_MAX)
    return name


def encoded(raw: bytes) -> str:
    """Return standard Base 64 with padding (RFC 4648, section 4)."""
    return base64.b64encode(raw).decode("ascii")


def decoded(written: str, what: str) -> bytes:
    """Return the bytes of standard Base 64; only the one canonical spelling is taken, so that nothing hides in it.

    Raises:
        NoteError: it is not Base 64; names ``what``.
    """
    try:
        raw = base64.b64decode(written.encode("ascii"), validate=True)
    except (binascii.Error, UnicodeEncodeError):
        raw = b""
    if not raw or encoded(raw) != written:
        msg = f"The Base 64 of {what} is not readable"
        raise NoteError(msg)
    return raw


def readable(raw: bytes) -> str:
    """Return the characters of a note's bytes.

    Raises:
        NoteError: not UTF-8, or an ASCII control character other than a line end.
    """
    try:
        written = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        msg = f"A signed note is UTF-8 text; byte {error.start} is not"
        raise NoteError(msg) from error
    if any(byte < _LAST_CONTROL and byte != 0x0A for byte in raw):  # noqa: PLR2004 - the line end
        msg = "A signed note holds no control characters other than line ends"
        raise NoteError(msg)
    return written


def _parse_line(line: str) -> SignatureLine:
    if not line.startswith(_DASH):
        msg = "A signature line starts with an em dash and a space; one after the blank line does not"
        raise NoteError(msg)
    name, space, written = line[len(_DASH) :].partition(" ")
    checked_name(name)
    raw = decoded(written, f"the signature of {name!r}") if space else b""
    if len(raw) <= KEY_ID_BYTES:
        msg = f"The signature line of {name!r} holds no signature"
        raise NoteError(msg)
    return SignatureLine(name, raw[:KEY_ID_BYTES], raw[KEY_ID_BYTES:])


def _encodable(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True
