"""Signers: a secret in memory or a program outside, each giving one signature line that was checked before use."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Callable, Sequence
from typing import Final

from tiexin.kernel.clock import SECOND_US, Clock
from tiexin.trust.keys.contracts import KeySourceError, SigningFailedError
from tiexin.trust.rules import sm2
from tiexin.trust.rules.cosignature import ml_dsa_message, timestamped
from tiexin.trust.rules.note import (
    ED25519,
    ML_DSA_44,
    PRIVATE,
    NoteError,
    SignatureLine,
    VerifierKey,
    format_vkey,
    make_vkey,
)
from tiexin.trust.rules.verifying import verifier_of

PROGRAM_SECONDS_MAX: Final = 30
MESSAGE: Final = "{message}"
_TOLD_CHARACTERS_MAX: Final = 300


class KeySigner:
    """Signs texts of notes with ``raw_sign``, in the form that the type of the key asks for.

    What it returns has been checked with the public key: a faulty device never gets a line into the log.
    """

    def __init__(self, key: VerifierKey, *, raw_sign: Callable[[bytes], bytes], clock: Clock) -> None:
        self.key = key
        self._raw_sign = raw_sign
        self._clock = clock

    @property
    def vkey(self) -> str:
        """The verifier key to publish."""
        return format_vkey(self.key)

    @property
    def name(self) -> str:
        """The name of the key."""
        return self.key.name

    @property
    def signs_any_text(self) -> bool:
        """False for ML-DSA-44, whose form is defined for checkpoints alone (tlog-cosignature)."""
        return self.key.kind != ML_DSA_44

    def sign(self, text: bytes) -> SignatureLine:
        """Return the signature line for the text of a note.

        Raises:
            SigningFailedError: the key is out of reach, or what it signed does not verify.
            NoteError: the key signs checkpoints alone, and the text is none.
        """
        if self.key.kind == ML_DSA_44:
            seconds = self._clock.now_us() // SECOND_US
            message = ml_dsa_message(text, name=self.name, time_seconds=seconds)
            signature = timestamped(self._raw_sign(message), time_seconds=seconds)
        else:
            signature = self._raw_sign(text)
        if not verifier_of(self.key).verify(text, signature):
            msg = f"What the key {self.name!r} ({self.key.key_id.hex()}) signed does not verify; it was not used"
            raise SigningFailedError(msg, key=self.vkey)
        return SignatureLine(self.name, self.key.key_id, signature)


def program(command: Sequence[str]) -> Callable[[bytes], bytes]:
    """Return what signs by an external program (PKCS#11 tools, an HSM's own client, a smart card).

    The program gets the message in the file that stands for ``{message}`` in ``command``, else on its standard input,
    and answers within 30 s with the raw signature on its standard output and exit code 0.
    """

    def raw_sign(message: bytes) -> bytes:
        with tempfile.NamedTemporaryFile(prefix="tiexin-message-") as file:
            file.write(message)
            file.flush()
            arguments = [part.replace(MESSAGE, file.name) for part in command]
            stdin = None if arguments != list(command) else message
            try:
                done = subprocess.run(
                    arguments, input=stdin, capture_output=True, timeout=PROGRAM_SECONDS_MAX, check=False
                )
            except (OSError, subprocess.TimeoutExpired) as error:
                msg = f"The signing program {command[0]!r} did not answer: {error}"
                raise SigningFailedError(msg, limit=PROGRAM_SECONDS_MAX) from error
        if done.returncode:
            told = done.stderr.decode("utf-8", "replace")[-_TOLD_CHARACTERS_MAX:].strip()
            msg = f"The signing program {command[0]!r} ended with code {done.returncode}: {told}"
            raise SigningFailedError(msg)
        return done.stdout

    return raw_sign


def public_vkey(name: str, pem: bytes) -> VerifierKey:
    """Return the verifier key of a public key in PEM (SubjectPublicKeyInfo): Ed25519, ML-DSA-44 or SM2.

    Raises:
        KeySourceError: it is none of these.
    """
    import base64

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PublicKey
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    body = b"".join(line.strip() for line in pem.splitlines() if not line.startswith(b"-----"))
    try:
        der = base64.b64decode(body)
        point = der[-sm2.KEY_BYTES :]
        if der == sm2.public_info(point) and sm2.valid_key(point):
            return make_vkey(name, kind=PRIVATE, key=sm2.MARK + point)
        found = load_pem_public_key(pem)
        if isinstance(found, Ed25519PublicKey):
            return make_vkey(name, kind=ED25519, key=found.public_bytes_raw())
        if isinstance(found, MLDSA44PublicKey):
            return make_vkey(name, kind=ML_DSA_44, key=found.public_bytes_raw())
    except NoteError:
        raise
    except Exception as error:  # the loader raises many kinds for what is no key
        msg = f"The public key is not readable as PEM: {error}"
        raise KeySourceError(msg) from error
    msg = "The public key is neither Ed25519 nor ML-DSA-44 nor SM2"
    raise KeySourceError(msg)
