"""Secret keys and how they sign: Ed25519, SM2 and ML-DSA-44, written as ``PRIVATE+KEY+name+id+base64``.

The written form is that of Go's ``golang.org/x/mod/sumdb/note`` for Ed25519, and the same for the other types. The
secret of Ed25519 and ML-DSA-44 is the 32-byte seed; that of SM2 is the factor (32 bytes) with its point (x and y).
"""

from __future__ import annotations

import os
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey

from tiexin.trust.keys.contracts import KeySourceError
from tiexin.trust.rules import sm2
from tiexin.trust.rules.note import (
    ED25519,
    ML_DSA_44,
    PRIVATE,
    NoteError,
    VerifierKey,
    decoded,
    encoded,
    make_vkey,
)

SEED_BYTES: Final = 32
SM2_SECRET_BYTES: Final = 96
PREFIX: Final = "PRIVATE+KEY+"


class SecretKey:
    """A secret key in memory, with the verifier key that belongs to it.

    Raises:
        KeySourceError: the secret has a wrong length, or its kind is none that signs here.
    """

    def __init__(self, name: str, *, kind: int, secret: bytes) -> None:
        if len(secret) != (SM2_SECRET_BYTES if kind == PRIVATE else SEED_BYTES):
            msg = f"The secret key of {name!r} has {len(secret)} bytes, which is wrong for its type 0x{kind:02x}"
            raise KeySourceError(msg)
        self._secret = secret
        self.key: VerifierKey = make_vkey(name, kind=kind, key=_public(name, kind, secret))

    def raw_sign(self, message: bytes) -> bytes:
        """Return the signature of a message: 64 bytes (Ed25519), 2,420 bytes (ML-DSA-44) or DER (SM2)."""
        if self.key.kind == ED25519:
            return Ed25519PrivateKey.from_private_bytes(self._secret).sign(message)
        if self.key.kind == ML_DSA_44:
            return MLDSA44PrivateKey.from_seed_bytes(self._secret).sign(message)
        from gmssl_pyx import sm2_sign  # a C library that few installations load

        signature: bytes = sm2_sign(self._secret[:SEED_BYTES], self._secret[SEED_BYTES:], message, sm2.DEFAULT_ID)
        return signature

    def written(self) -> str:
        """Return the key as text; whoever reads it can sign."""
        tail = sm2.MARK + self._secret if self.key.kind == PRIVATE else self._secret
        return f"{PREFIX}{self.key.name}+{self.key.key_id.hex()}+{encoded(bytes([self.key.kind]) + tail)}"


def generate(name: str, *, kind: int) -> SecretKey:
    """Return a new key from the system's randomness.

    Raises:
        KeySourceError: the kind is none that signs here.
    """
    if kind == PRIVATE:
        from gmssl_pyx import sm2_key_generate

        public, factor = sm2_key_generate()
        return SecretKey(name, kind=kind, secret=factor + public)
    return SecretKey(name, kind=kind, secret=os.urandom(SEED_BYTES))


def read_secret(written: str, *, where: str) -> SecretKey:
    """Return the key in ``PRIVATE+KEY+…``; the messages never hold a part of it.

    Raises:
        KeySourceError: it is not of that form, or its id does not belong to it; names ``where``.
    """
    parts = written.strip().removeprefix(PREFIX).split("+", 2)
    refusal = KeySourceError(f"{where} does not hold a key of the form PRIVATE+KEY+name+id+key")
    if not written.strip().startswith(PREFIX) or len(parts) != 3:  # noqa: PLR2004 - name, id and key
        raise refusal
    try:
        raw = decoded(parts[2], "a secret key")
        kind, secret = raw[0], raw[1:]
        if kind == PRIVATE:
            if not secret.startswith(sm2.MARK):
                raise refusal
            secret = secret[len(sm2.MARK) :]
        found = SecretKey(parts[0], kind=kind, secret=secret)
    except NoteError:
        raise refusal from None
    if found.key.key_id.hex() != parts[1]:
        raise refusal
    return found


def _public(name: str, kind: int, secret: bytes) -> bytes:
    if kind == ED25519:
        return Ed25519PrivateKey.from_private_bytes(secret).public_key().public_bytes_raw()
    if kind == ML_DSA_44:
        return MLDSA44PrivateKey.from_seed_bytes(secret).public_key().public_bytes_raw()
    point = b"\x04" + secret[SEED_BYTES:]
    if kind != PRIVATE or not sm2.valid_key(point):
        msg = f"The secret key of {name!r} is of no type that signs here (0x01, 0x06, or our SM2)"
        raise KeySourceError(msg)
    return sm2.MARK + point
