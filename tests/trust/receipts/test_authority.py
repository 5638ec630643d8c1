from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from asn1crypto import cms
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import pkcs12

from tests.support.nss import trust
from tests.trust.anchors.nodes import authority
from tests.trust.receipts import sm2_signer
from tests.trust.receipts.making import ORIGIN, hand_made
from tiexin.infra.settings import Settings, load_settings
from tiexin.kernel.clock import DAY_US, FixedClock
from tiexin.trust.receipts.authority import FOLDER, OwnAuthority, SigningKeyError, open_signing
from tiexin.trust.receipts.kinds import load_kinds
from tiexin.trust.receipts.making import make_certificate
from tiexin.trust.receipts.sealing import SealingError, sealed_text

NOW_US = 1_795_510_012_000_000


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load_settings(tmp_path / "home", environment={})


def signature_over(text: bytes, signature: bytes, folder: Path, root: bytes) -> subprocess.CompletedProcess[bytes]:
    """Ask openssl whether a detached signature is right."""
    for name, content in {"text": text, "text.p7s": signature, "root.pem": root}.items():
        (folder / name).write_bytes(content)
    command = "openssl cms -verify -binary -inform DER -in text.p7s -content text -CAfile root.pem -purpose any"
    return subprocess.run(command.split(), cwd=folder, capture_output=True, check=False)


def licensed(folder: Path) -> tuple[Path, Path]:
    """Make the key and certificate of another authority; return their files."""
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    command = (
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -subj /CN=licensed "
        f"-addext keyUsage=digitalSignature,nonRepudiation -keyout {key} -out {certificate}"
    )
    subprocess.run(command.split(), check=True, capture_output=True)
    return key, certificate


def pdfsig(raw: bytes, folder: Path, root: Path) -> str:
    (folder / "a.pdf").write_bytes(raw)
    trust(folder / "nss", root)
    command = ["pdfsig", "-nssdir", "nss", "a.pdf"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False).stdout


def contents_of(raw: bytes) -> Any:
    """Return the signed data in the signature of a PDF."""
    written = re.search(rb"/Contents <([0-9a-fA-F]+)>", raw)
    assert written is not None
    return cms.ContentInfo.load(bytes.fromhex(written[1].decode()))["content"]


def test_the_own_authority_is_made_once_and_its_keys_lie_encrypted(settings: Settings) -> None:
    own = OwnAuthority(settings, origin=ORIGIN, clock=FixedClock(NOW_US))
    root = own.root_pem()
    first, again = own.signer().signing_cert, own.signer().signing_cert
    folder = settings.keys_dir / FOLDER

    assert first is not None
    assert again is not None
    assert first.dump() == again.dump()
    assert own.root_pem() == root
    for name in ("root.key", "signer.key"):
        assert (folder / name).read_bytes().startswith(b"-----BEGIN ENCRYPTED ")
        assert (folder / name).stat().st_mode & 0o777 == 0o600
    made = x509.load_pem_x509_certificate(root)
    assert made.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    assert isinstance(made.public_key(), ec.EllipticCurvePublicKey)
    x509.load_der_x509_certificate(first.dump()).verify_directly_issued_by(made)


def test_the_signing_key_is_renewed_in_time_under_the_same_root(settings: Settings) -> None:
    clock = FixedClock(NOW_US)
    own = OwnAuthority(settings, origin=ORIGIN, clock=clock)
    root, first = own.root_pem(), own.signer().signing_cert
    later = OwnAuthority(settings, origin=ORIGIN, clock=FixedClock(NOW_US + (3 * 365 - 61) * DAY_US))
    late = OwnAuthority(settings, origin=ORIGIN, clock=FixedClock(NOW_US + (3 * 365 - 59) * DAY_US))

    assert first is not None
    assert later.signer().signing_cert.dump() == first.dump()  # type: ignore[union-attr]
    assert late.signer().signing_cert.dump() != first.dump()  # type: ignore[union-attr]
    assert late.root_pem() == root


def test_keys_of_another_keyring_are_refused(settings: Settings) -> None:
    OwnAuthority(settings, origin=ORIGIN).signer()
    for file in settings.keys_dir.glob("ke*"):
        file.unlink()

    with pytest.raises(SigningKeyError, match=r"signer\.key"):
        OwnAuthority(settings, origin=ORIGIN).signer()


def test_openssl_accepts_a_signed_text_and_refuses_a_changed_one(settings: Settings, tmp_path: Path) -> None:
    signing = open_signing(settings, origin=ORIGIN, environment={})
    signature = sealed_text(b"a list", signing=signing)
    root = OwnAuthority(settings, origin=ORIGIN).root_pem()

    assert signature_over(b"a list", signature, tmp_path, root).returncode == 0
    assert signature_over(b"a lisT", signature, tmp_path, root).returncode != 0


def test_a_licensed_key_takes_the_place_of_ours(settings: Settings, tmp_path: Path) -> None:
    key, certificate = licensed(tmp_path)
    packed = pkcs12.serialize_key_and_certificates(
        b"licensed",
        serialization.load_pem_private_key(key.read_bytes(), None),  # type: ignore[arg-type]
        x509.load_pem_x509_certificate(certificate.read_bytes()),
        None,
        serialization.PrivateFormat.PKCS12.encryption_builder()
        .kdf_rounds(1_000)
        .key_cert_algorithm(pkcs12.PBES.PBESv2SHA256AndAES256CBC)
        .hmac_hash(hashes.SHA256())
        .build(b"secret"),
    )
    file = tmp_path / "licensed.p12"
    file.write_bytes(packed)
    environment = {"TIEXIN_CERTIFICATE_P12": str(file), "TIEXIN_CERTIFICATE_P12_PASSWORD": "secret"}
    signing = open_signing(settings, origin=ORIGIN, environment=environment)

    said = pdfsig(make_certificate(hand_made(), kinds=load_kinds(settings), signing=signing), tmp_path, certificate)

    assert "Signer Certificate Common Name: licensed" in said
    assert "Signature is Valid" in said
    assert not (settings.keys_dir / FOLDER).exists()
    wrong = environment | {"TIEXIN_CERTIFICATE_P12_PASSWORD": "wrong"}
    with pytest.raises(SigningKeyError, match="No certificate was made"):
        open_signing(settings, origin=ORIGIN, environment=wrong)


def test_a_program_signs_for_keys_we_never_see(settings: Settings, tmp_path: Path) -> None:
    key, certificate = licensed(tmp_path)
    command = f"openssl cms -sign -binary -cades -outform DER -md sha256 -signer {certificate} -inkey {key}"
    signing = open_signing(settings, origin=ORIGIN, environment={"TIEXIN_CERTIFICATE_COMMAND": command})

    raw = make_certificate(hand_made(), kinds=load_kinds(settings), signing=signing)
    said = pdfsig(raw, tmp_path, certificate)

    assert "Signer Certificate Common Name: licensed" in said
    assert "Signature is Valid" in said
    assert "Total document signed" in said
    assert raw.count(hand_made()) == 1
    text = sealed_text(b"a list", signing=signing)
    assert signature_over(b"a list", text, tmp_path, certificate.read_bytes()).returncode == 0


def test_a_program_may_sign_with_sm2_and_openssl_verifies_it(settings: Settings, tmp_path: Path) -> None:
    key, certificate, public = tmp_path / "sm2.key", tmp_path / "sm2.pem", tmp_path / "sm2.pub"
    for command in (
        f"openssl ecparam -genkey -name SM2 -noout -out {key}",
        f"openssl req -x509 -new -key {key} -sm3 -days 30 -subj /CN=licensed -out {certificate}",
        f"openssl pkey -in {key} -pubout -out {public}",
    ):
        subprocess.run(command.split(), check=True, capture_output=True)
    program = f"{sys.executable} {Path(sm2_signer.__file__)} {key} {certificate}"
    signing = open_signing(settings, origin=ORIGIN, environment={"TIEXIN_CERTIFICATE_COMMAND": program})

    raw = make_certificate(hand_made(), kinds=load_kinds(settings), signing=signing)

    start, length, again, rest = map(int, re.search(rb"/ByteRange \[(\d+) (\d+) (\d+) (\d+)\s*\]", raw).groups())  # type: ignore[union-attr]
    assert (start, again + rest) == (0, len(raw))
    signer = contents_of(raw)["signer_infos"][0]
    attributes = {one["type"].native: one["values"][0].native for one in signer["signed_attrs"]}
    assert attributes["message_digest"] == sm2_signer.sm3(raw[:length] + raw[again:])
    (tmp_path / "attributes").write_bytes(signer["signed_attrs"].untag().dump())
    (tmp_path / "signature").write_bytes(signer["signature"].native)
    verify = f"openssl pkeyutl -verify -pubin -inkey {public} -rawin -digest sm3 -in attributes -sigfile signature"
    words = [*verify.split(), "-pkeyopt", sm2_signer.DISTINGUISHING_ID]
    done = subprocess.run(words, cwd=tmp_path, capture_output=True, check=False)
    assert b"Signature Verified Successfully" in done.stdout, done.stderr


@pytest.mark.parametrize("command", ["false", "true", "no-such-program-anywhere"])
def test_a_program_that_does_not_sign_stops_everything(settings: Settings, command: str) -> None:
    signing = open_signing(settings, origin=ORIGIN, environment={"TIEXIN_CERTIFICATE_COMMAND": command})

    with pytest.raises(SealingError, match="Nothing was given out"):
        make_certificate(hand_made(), kinds=load_kinds(settings), signing=signing)


def test_a_time_stamp_of_an_authority_stands_in_the_signature(settings: Settings, tmp_path: Path) -> None:
    with authority(tmp_path) as stamps:
        signing = open_signing(settings, origin=ORIGIN, environment={"TIEXIN_CERTIFICATE_TSA": stamps.url})
        raw = make_certificate(hand_made(), kinds=load_kinds(settings), signing=signing)
    signer = contents_of(raw)["signer_infos"][0]
    tokens = [
        one["values"][0].dump()
        for one in signer["unsigned_attrs"]
        if one["type"].native == "signature_time_stamp_token"
    ]
    (tmp_path / "token").write_bytes(tokens[0])
    (tmp_path / "signature").write_bytes(signer["signature"].native)
    command = f"openssl ts -verify -token_in -in token -data signature -CAfile {stamps.roots}"

    done = subprocess.run(command.split(), cwd=tmp_path, capture_output=True, check=False)

    assert done.returncode == 0, done.stderr
    assert b"Verification: OK" in done.stdout + done.stderr


def test_a_time_stamping_authority_that_does_not_answer_stops_everything(settings: Settings) -> None:
    environment = {"TIEXIN_CERTIFICATE_TSA": "http://127.0.0.1:9/"}
    signing = open_signing(settings, origin=ORIGIN, environment=environment)

    with pytest.raises(SealingError, match="gave no stamp"):
        make_certificate(hand_made(), kinds=load_kinds(settings), signing=signing)
