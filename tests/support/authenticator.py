"""A passkey in software: what a phone or a security key answers (W3C WebAuthn Level 3), with attestation "none"."""

from __future__ import annotations

import base64
import hashlib
import json
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


class Authenticator:
    """One passkey of one origin; knobs make it answer wrongly."""

    def __init__(self, origin: str, *, credential_id: bytes = b"credential-0123456") -> None:
        self.origin = origin
        self.name = origin.partition("://")[2].partition(":")[0]
        self.id = credential_id
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.count = 0
        self.verifies = True

    def _client_data(self, kind: str, options: dict[str, Any], origin: str | None) -> bytes:
        found = {"type": kind, "challenge": options["challenge"], "origin": origin or self.origin, "crossOrigin": False}
        return json.dumps(found).encode()

    def _data(self, flags: int, rest: bytes = b"") -> bytes:
        flags |= PRESENT | (VERIFIED if self.verifies else 0)
        return hashlib.sha256(self.name.encode()).digest() + bytes([flags]) + self.count.to_bytes(4, "big") + rest

    def create(self, options: dict[str, Any], *, origin: str | None = None) -> dict[str, Any]:
        """Return what navigator.credentials.create gives."""
        numbers = self.key.public_key().public_numbers()
        public = {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")}
        attested = bytes(16) + len(self.id).to_bytes(2, "big") + self.id + cbor2.dumps(public)
        attestation = {"fmt": "none", "attStmt": {}, "authData": self._data(ATTESTED, attested)}
        response = {
            "clientDataJSON": b64(self._client_data("webauthn.create", options, origin)),
            "attestationObject": b64(cbor2.dumps(attestation)),
            "transports": ["internal"],
        }
        return {"id": b64(self.id), "rawId": b64(self.id), "type": "public-key", "response": response}

    def get(self, options: dict[str, Any], *, origin: str | None = None) -> dict[str, Any]:
        """Return what navigator.credentials.get gives."""
        self.count += 1
        data = self._data(0)
        client_data = self._client_data("webauthn.get", options, origin)
        signature = self.key.sign(data + hashlib.sha256(client_data).digest(), ec.ECDSA(hashes.SHA256()))
        response = {
            "clientDataJSON": b64(client_data),
            "authenticatorData": b64(data),
            "signature": b64(signature),
            "userHandle": None,
        }
        return {"id": b64(self.id), "rawId": b64(self.id), "type": "public-key", "response": response}
