"""Who signs certificates: the installation's own small authority, or the key of a licensed one in its place.

The own authority is made on first use under ``keys/trust/certificates``: a root (P-256, 20 years) that signs nothing
but the keys of certificates (P-256, 3 years, renewed in time). Private keys lie encrypted (PKCS #8) under a password
derived from the keyring. A licensed authority comes in by the environment:

``TIEXIN_CERTIFICATE_P12`` and ``TIEXIN_CERTIFICATE_P12_PASSWORD``
    a PKCS #12 file with key, certificate and chain;
``TIEXIN_CERTIFICATE_COMMAND``
    a program that reads what is to be signed and writes a detached CMS signature (DER, RFC 5652), for keys in hardware
    and for SM2 certificates;
``TIEXIN_CERTIFICATE_TSA``
    the address of a time-stamping authority (RFC 3161) whose stamps the signatures then carry.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import msgspec

from tiexin.infra.crypto.aead import derive
from tiexin.infra.crypto.keyring import Keyring
from tiexin.infra.files import locked, write_durably
from tiexin.infra.settings import Settings
from tiexin.kernel.clock import Clock, SystemClock, from_us
from tiexin.kernel.errors import UnavailableError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
    from cryptography.x509 import Certificate, Name
    from pyhanko.sign import Signer

FOLDER: Final = Path("trust") / "certificates"
ROOT_DAYS: Final = 20 * 365
SIGNER_DAYS: Final = 3 * 365
RENEW_DAYS: Final = 60
PREFIX: Final = "TIEXIN_CERTIFICATE_"
_NAME_MAX: Final = 64
"""Longest common name (X.520, upper bound)."""
_PURPOSE: Final = "tiexin/certificate-keys/v1"


class SigningKeyError(UnavailableError):
    """The key that signs certificates cannot be used; names it. No certificate was made."""

    code = "certificate_key_unusable"


class Signing(msgspec.Struct, frozen=True, kw_only=True):
    """What signs: a pyHanko signer, or the words of a command; and the address of a time-stamping authority or ''."""

    signer: Any = None
    command: tuple[str, ...] = ()
    stamps: str = ""


def open_signing(
    settings: Settings, *, origin: str, clock: Clock | None = None, environment: Mapping[str, str] = os.environ
) -> Signing:
    """Return what signs the certificates of an installation; the own authority is made when there is none.

    Raises:
        SigningKeyError: the key that was named cannot be opened.
    """
    stamps = environment.get(PREFIX + "TSA", "")
    command = environment.get(PREFIX + "COMMAND", "")
    if command:
        import shlex

        return Signing(command=tuple(shlex.split(command)), stamps=stamps)
    file = environment.get(PREFIX + "P12", "")
    if file:
        return Signing(signer=_from_p12(Path(file), environment.get(PREFIX + "P12_PASSWORD", "")), stamps=stamps)
    return Signing(signer=OwnAuthority(settings, origin=origin, clock=clock).signer(), stamps=stamps)


def _from_p12(file: Path, password: str) -> Signer:
    from pyhanko.sign.signers import SimpleSigner

    signer: Signer | None = SimpleSigner.load_pkcs12(  # type: ignore[no-untyped-call]
        str(file), passphrase=password.encode() or None
    )
    if signer is None:
        msg = f"{file} cannot be opened as PKCS #12 with the password given. No certificate was made."
        raise SigningKeyError(msg, file=str(file))
    return signer


class OwnAuthority:
    """The installation's own authority; every method reads its files anew, so several processes agree."""

    def __init__(self, settings: Settings, *, origin: str, clock: Clock | None = None) -> None:
        self._folder = settings.keys_dir / FOLDER
        self._origin = origin
        self._clock = clock or SystemClock()
        self._settings = settings

    def root_pem(self) -> bytes:
        """Return the certificate of the root (PEM): whoever trusts it sees our certificates as trusted."""
        with locked(self._folder / ".lock"):
            self._ensure()
        return (self._folder / "root.pem").read_bytes()

    def signer(self) -> Signer:
        """Return the signer with a key that is valid for at least another 60 days.

        Raises:
            SigningKeyError: the files are damaged, or of another keyring.
        """
        from asn1crypto import keys, pem, x509
        from pyhanko.sign.signers import SimpleSigner
        from pyhanko_certvalidator.registry import SimpleCertificateStore

        with locked(self._folder / ".lock"):
            self._ensure()
            signer_pem, root_pem = ((self._folder / name).read_bytes() for name in ("signer.pem", "root.pem"))
            key = self._load_key("signer")
        store = SimpleCertificateStore()  # type: ignore[no-untyped-call]
        certificates = [x509.Certificate.load(pem.unarmor(text)[2]) for text in (signer_pem, root_pem)]
        store.register_multiple(certificates)
        private = keys.PrivateKeyInfo.load(_plain(key))
        return SimpleSigner(signing_cert=certificates[0], signing_key=private, cert_registry=store)

    # -- making -------------------------------------------------------------------------------------------------

    def _ensure(self) -> None:
        from cryptography import x509

        now = from_us(self._clock.now_us())
        if not (self._folder / "root.pem").exists():
            key = self._new_key("root")
            name = _name(self._origin, "receipts authority")
            self._write("root.pem", _issue(name, name, key.public_key(), key, now=now, days=ROOT_DAYS, root=True))
        signer = self._folder / "signer.pem"
        if signer.exists():
            until = x509.load_pem_x509_certificate(signer.read_bytes()).not_valid_after_utc
            if until - now > timedelta(days=RENEW_DAYS):
                return
        root = x509.load_pem_x509_certificate((self._folder / "root.pem").read_bytes())
        key, issuer = self._new_key("signer"), self._load_key("root")
        name = _name(self._origin, "receipts")
        self._write("signer.pem", _issue(name, root.subject, key.public_key(), issuer, now=now, days=SIGNER_DAYS))

    def _write(self, name: str, certificate: Certificate) -> None:
        from cryptography.hazmat.primitives.serialization import Encoding

        write_durably(self._folder / name, certificate.public_bytes(Encoding.PEM))

    def _new_key(self, name: str) -> EllipticCurvePrivateKey:
        from cryptography.hazmat.primitives import serialization
        from cryptography.hazmat.primitives.asymmetric import ec

        key = ec.generate_private_key(ec.SECP256R1())
        text = key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.BestAvailableEncryption(self._password()),
        )
        write_durably(self._folder / f"{name}.key", text, mode=0o600)
        return key

    def _load_key(self, name: str) -> EllipticCurvePrivateKey:
        from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
        from cryptography.hazmat.primitives.serialization import load_pem_private_key

        file = self._folder / f"{name}.key"
        try:
            key = load_pem_private_key(file.read_bytes(), self._password())
        except (OSError, ValueError) as error:
            msg = f"The key {file} cannot be opened: {error}. No certificate was made; restore it from its backup."
            raise SigningKeyError(msg, file=str(file)) from error
        if not isinstance(key, EllipticCurvePrivateKey):
            msg = f"The key {file} is not a key on the curve P-256. No certificate was made."
            raise SigningKeyError(msg, file=str(file))
        return key

    def _password(self) -> bytes:
        return derive(Keyring(self._settings).secret("pseudonym"), _PURPOSE).hex().encode()


def _plain(key: EllipticCurvePrivateKey) -> bytes:
    from cryptography.hazmat.primitives import serialization

    return key.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _name(origin: str, role: str) -> Name:
    from cryptography import x509
    from cryptography.x509.oid import NameOID

    return x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, origin[:_NAME_MAX]),
            x509.NameAttribute(NameOID.COMMON_NAME, f"{role} of {origin}"[:_NAME_MAX]),
        ]
    )


def _issue(subject: Name, issuer: Name, public: Any, key: Any, *, now: datetime, days: int, root: bool = False) -> Any:
    """Return a certificate (RFC 5280): the root may sign certificates, the other documents (``nonRepudiation``)."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes

    usage = dict.fromkeys(
        (
            *("digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement"),
            *("key_cert_sign", "crl_sign", "encipher_only", "decipher_only"),
        ),
        False,
    )
    usage |= {"key_cert_sign": True, "crl_sign": True} if root else {"digital_signature": True}
    usage["content_commitment"] = not root
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now.astimezone(UTC) - timedelta(minutes=5))
        .not_valid_after(now.astimezone(UTC) + timedelta(days=days))
        .add_extension(x509.BasicConstraints(ca=root, path_length=0 if root else None), critical=True)
        .add_extension(x509.KeyUsage(**usage), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key()), critical=False)
    )
    if not root:
        # id-kp-documentSigning (RFC 9336), and e-mail protection, which verifiers built on NSS ask for.
        purposes = [x509.ObjectIdentifier("1.3.6.1.5.5.7.3.36"), x509.oid.ExtendedKeyUsageOID.EMAIL_PROTECTION]
        builder = builder.add_extension(x509.ExtendedKeyUsage(purposes), critical=False)
    return builder.sign(key, hashes.SHA256())
