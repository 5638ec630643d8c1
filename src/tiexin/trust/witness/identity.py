"""Who a witness is: its name and its keys, in files that only their owner may read."""

from __future__ import annotations

import stat
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

from tiexin.infra.files import private_folder, write_durably
from tiexin.kernel.errors import NotFoundError, UnavailableError
from tiexin.trust.rules.cosignature import ed25519_message, ml_dsa_message, timestamped
from tiexin.trust.rules.note import (
    COSIGNATURE,
    ML_DSA_44,
    SignatureLine,
    VerifierKey,
    checked_name,
    format_vkey,
    make_vkey,
)

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey

ED25519_FILE: Final = "ed25519.pem"
ML_DSA_FILE: Final = "ml-dsa-44.pem"
NAME_FILE: Final = "name"


class NoWitnessError(NotFoundError):
    """There is no witness in this home yet."""

    code = "witness_not_initialised"


class WitnessKeyError(UnavailableError):
    """A key of the witness cannot be read, or others can read it too."""

    code = "witness_key_unusable"


class Cosigner(Protocol):
    """A key that cosigns."""

    @property
    def key(self) -> VerifierKey:
        """The verifier key to publish."""

    def cosign(self, text: bytes, *, time_seconds: int) -> SignatureLine:
        """Sign the text of a checkpoint as seen at this time (seconds since 1970)."""


class Ed25519Cosigner:
    """Cosigns with Ed25519 (type 0x04, cosignature/v1)."""

    def __init__(self, name: str, private: Ed25519PrivateKey) -> None:
        self.key = make_vkey(name, kind=COSIGNATURE, key=private.public_key().public_bytes_raw())
        self._private = private

    def cosign(self, text: bytes, *, time_seconds: int) -> SignatureLine:
        """Sign the text of a checkpoint; see ``Cosigner``."""
        signature = self._private.sign(ed25519_message(text, time_seconds=time_seconds))
        return SignatureLine(self.key.name, self.key.key_id, timestamped(signature, time_seconds=time_seconds))


class MlDsaCosigner:
    """Cosigns with ML-DSA-44 (type 0x06), which holds against quantum computers; extension lines are not covered."""

    def __init__(self, name: str, private: MLDSA44PrivateKey) -> None:
        self.key = make_vkey(name, kind=ML_DSA_44, key=private.public_key().public_bytes_raw())
        self._private = private

    def cosign(self, text: bytes, *, time_seconds: int) -> SignatureLine:
        """Sign the text of a checkpoint; see ``Cosigner``."""
        signature = self._private.sign(ml_dsa_message(text, name=self.key.name, time_seconds=time_seconds))
        return SignatureLine(self.key.name, self.key.key_id, timestamped(signature, time_seconds=time_seconds))


def identity_exists(folder: Path) -> bool:
    """Tell whether a witness has its key in this folder."""
    return (folder / ED25519_FILE).is_file()


def create_identity(folder: Path, *, name: str, ml_dsa: bool, prepare: Callable[[list[str]], None]) -> None:
    """Make the keys of a witness that has none yet.

    ``prepare`` is called with the vkeys before the last key file is there, so that no crash leaves a witness with all
    its keys and without its memory.

    Raises:
        NoteError: the name may not stand in a signature line.
    """
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    private = Ed25519PrivateKey.generate()
    vkeys = [format_vkey(Ed25519Cosigner(name, private).key)]
    private_folder(folder)
    write_durably(folder / NAME_FILE, f"{name}\n".encode(), mode=0o600)
    (folder / ML_DSA_FILE).unlink(missing_ok=True)
    if ml_dsa:
        from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey

        second = MLDSA44PrivateKey.generate()
        vkeys.append(format_vkey(MlDsaCosigner(name, second).key))
        write_durably(folder / ML_DSA_FILE, _pem(second), mode=0o600)
    prepare(vkeys)
    write_durably(folder / ED25519_FILE, _pem(private), mode=0o600)


def cosigners_in(folder: Path) -> list[Cosigner]:
    """Return the keys of a witness, Ed25519 first.

    Raises:
        NoWitnessError: there are none.
        WitnessKeyError: one cannot be read, or others than its owner may read it.
    """
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    if not identity_exists(folder):
        msg = f"There is no witness under {folder}. Make one with: tiexin witness init --name NAME"
        raise NoWitnessError(msg)
    name = checked_name((folder / NAME_FILE).read_text("utf-8").strip())
    private = _read(folder / ED25519_FILE)
    if not isinstance(private, Ed25519PrivateKey):
        msg = f"{folder / ED25519_FILE} holds another kind of key than Ed25519."
        raise WitnessKeyError(msg)
    found: list[Cosigner] = [Ed25519Cosigner(name, private)]
    if (folder / ML_DSA_FILE).is_file():
        from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey

        second = _read(folder / ML_DSA_FILE)
        if not isinstance(second, MLDSA44PrivateKey):
            msg = f"{folder / ML_DSA_FILE} holds another kind of key than ML-DSA-44."
            raise WitnessKeyError(msg)
        found.append(MlDsaCosigner(name, second))
    return found


def vkeys_of(cosigners: list[Cosigner]) -> list[str]:
    """Return the verifier keys of a witness as text."""
    return [format_vkey(cosigner.key) for cosigner in cosigners]


def _pem(private: Ed25519PrivateKey | MLDSA44PrivateKey) -> bytes:
    from cryptography.hazmat.primitives import serialization

    return private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _read(file: Path) -> object:
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        if file.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            msg = f"{file} can be read by others than its owner. Set its rights with: chmod 600"
            raise WitnessKeyError(msg)
        return load_pem_private_key(file.read_bytes(), password=None)
    except (OSError, ValueError) as error:
        msg = f"The key in {file} cannot be read: {error}."
        raise WitnessKeyError(msg) from error
