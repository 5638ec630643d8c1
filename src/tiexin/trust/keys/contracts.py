"""What the keys of a log show to others: signers, where a key comes from, and how keys refuse."""

from __future__ import annotations

from enum import StrEnum
from typing import Protocol

import msgspec

from tiexin.kernel.errors import ConflictError, InvalidInputError, UnavailableError
from tiexin.trust.rules.note import SignatureLine


class KeysExistError(ConflictError):
    """The log has its keys already; nothing was changed. ``trust rotate`` replaces them."""

    code = "trust_keys_exist"
    title = "The log has its keys already"


class KeySourceError(InvalidInputError):
    """A key cannot be taken from where it was said to be; nothing was changed."""

    code = "trust_key_source_invalid"
    title = "This key cannot be used for the log"


class SigningFailedError(UnavailableError):
    """A key of the log did not sign, or signed wrongly; nothing was published."""

    code = "trust_signing_failed"
    title = "The log could not be signed"


class SourceKind(StrEnum):
    """Where the secret of a key is."""

    FILE = "file"
    ENVIRONMENT = "environment"
    PROGRAM = "program"


class KeySource(msgspec.Struct, frozen=True, kw_only=True):
    """A key that is not made here.

    ``variable`` names the environment variable that holds it as ``PRIVATE+KEY+…``. ``command`` is the program that
    signs: it gets the message in the file that stands for ``{message}``, or on its standard input, and answers with
    the raw signature on its standard output; ``public`` is then its public key as PEM (SubjectPublicKeyInfo).
    """

    variable: str | None = None
    command: tuple[str, ...] = ()
    public: bytes | None = None


class Signer(Protocol):
    """A key of the log that can sign."""

    @property
    def vkey(self) -> str:
        """The verifier key to publish."""

    @property
    def name(self) -> str:
        """The name of the key; for a log its origin."""

    def sign(self, text: bytes) -> SignatureLine:
        """Return the signature line for the text of a note.

        Raises:
            SigningFailedError: the key is out of reach.
        """
