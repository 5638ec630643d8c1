"""Authenticated encryption with AES-256-GCM (NIST SP 800-38D) or SM4-GCM (GB/T 32907, RFC 8998)."""

from __future__ import annotations

import hashlib
import hmac
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher as RawCipher
from cryptography.hazmat.primitives.ciphers import algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tiexin.infra.settings import Cipher
from tiexin.kernel.errors import UnavailableError

KEY_BYTES = 32
NONCE_BYTES = 12
TAG_BYTES = 16
SM4_KEY_BYTES = 16


class SealBrokenError(UnavailableError):
    """A ciphertext does not belong to this key or place, or was altered."""

    code = "seal_broken"


def derive(key: bytes, purpose: str, *, length: int = KEY_BYTES) -> bytes:
    """Return a key for one purpose from another key (HMAC-SHA256 of the purpose, cut to ``length`` ≤ 32 bytes)."""
    return hmac.new(key, purpose.encode(), hashlib.sha256).digest()[:length]


class Sealer:
    """Seals and opens with one 32-byte key; building it once a key saves the key schedule on each use."""

    def __init__(self, key: bytes, cipher: Cipher = Cipher.AES_256_GCM) -> None:
        if len(key) != KEY_BYTES:
            msg = f"a key has {KEY_BYTES} bytes, not {len(key)}"
            raise ValueError(msg)
        self._aes = AESGCM(key) if cipher is Cipher.AES_256_GCM else None
        # SM4 takes 16 bytes; deriving them keeps one key length in the store for both ciphers.
        self._sm4 = derive(key, "tiexin/sm4", length=SM4_KEY_BYTES) if cipher is Cipher.SM4_GCM else b""

    def seal(self, plain: bytes, *, bound_to: bytes) -> bytes:
        """Return nonce + ciphertext + tag; ``bound_to`` must be given again to open it."""
        nonce = os.urandom(NONCE_BYTES)
        if self._aes is not None:
            return nonce + self._aes.encrypt(nonce, plain, bound_to)
        encryptor = RawCipher(algorithms.SM4(self._sm4), modes.GCM(nonce)).encryptor()
        encryptor.authenticate_additional_data(bound_to)
        return nonce + encryptor.update(plain) + encryptor.finalize() + encryptor.tag

    def open(self, sealed: bytes, *, bound_to: bytes) -> bytes:
        """Return the plain text.

        Raises:
            SealBrokenError: wrong key, wrong place, or altered bytes.
        """
        nonce, body = sealed[:NONCE_BYTES], sealed[NONCE_BYTES:]
        if len(body) < TAG_BYTES:
            msg = "the ciphertext is shorter than its tag"
            raise SealBrokenError(msg)
        try:
            if self._aes is not None:
                return self._aes.decrypt(nonce, body, bound_to)
            mode = modes.GCM(nonce, body[-TAG_BYTES:])
            decryptor = RawCipher(algorithms.SM4(self._sm4), mode).decryptor()
            decryptor.authenticate_additional_data(bound_to)
            return decryptor.update(body[:-TAG_BYTES]) + decryptor.finalize()
        except InvalidTag as error:
            msg = "the ciphertext was altered, or its key is another one"
            raise SealBrokenError(msg) from error
