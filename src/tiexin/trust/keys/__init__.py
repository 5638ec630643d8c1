"""Keys of the log: made, kept, used and rotated; from a file, the environment or an external signing program."""

from __future__ import annotations

from tiexin.trust.keys.contracts import KeysExistError, KeySource, Signer, SigningFailedError, SourceKind
from tiexin.trust.keys.service import TrustKeys

__all__ = ["KeySource", "KeysExistError", "Signer", "SigningFailedError", "SourceKind", "TrustKeys"]
