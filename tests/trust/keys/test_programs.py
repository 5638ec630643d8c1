"""Keys that never leave their device: signing by external programs (OpenSSL's command line, a PKCS#11 token)."""

from __future__ import annotations

import base64
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tiexin.infra.settings import Settings
from tiexin.trust.keys import KeySource, SigningFailedError, TrustKeys
from tiexin.trust.keys.contracts import KeySourceError
from tiexin.trust.keys.signers import public_vkey
from tiexin.trust.rules.checkpoint import Checkpoint
from tiexin.trust.rules.note import ED25519, PRIVATE, parse_vkey
from tiexin.trust.rules.verifying import open_checkpoint

ORIGIN = "bank.example/log"
HEAD = Checkpoint(ORIGIN, 3, bytes(range(32)))
SM2_ID = "distid:1234567812345678"
ED25519_INFO = bytes.fromhex("302a300506032b6570032100")
"""SubjectPublicKeyInfo of an Ed25519 key up to the key itself (RFC 8410)."""
TOKENS = "/usr/lib/softhsm/libsofthsm2.so"


def run(*words: str | Path) -> bytes:
    return subprocess.run([*map(str, words)], check=True, capture_output=True).stdout


def pair(folder: Path, algorithm: str) -> tuple[Path, bytes]:
    secret = folder / f"{algorithm}.pem"
    run("openssl", "genpkey", "-algorithm", algorithm, "-out", secret)
    return secret, run("openssl", "pkey", "-in", secret, "-pubout")


def ed25519_source(folder: Path) -> KeySource:
    secret, public = pair(folder, "ED25519")
    sign = ("openssl", "pkeyutl", "-sign", "-rawin", "-inkey", str(secret), "-in", "{message}")
    return KeySource(command=sign, public=public)


def test_a_program_signs_for_the_log_with_ed25519_and_sm2(tmp_path: Path) -> None:
    secret, public = pair(tmp_path, "SM2")
    sm2 = ("openssl", "dgst", "-sm3", "-sigopt", SM2_ID, "-sign", str(secret))
    keys = TrustKeys(Settings(home=tmp_path / "home"))
    keys.create(ORIGIN, sources=[ed25519_source(tmp_path), KeySource(command=sm2, public=public)])
    assert [parse_vkey(key).kind for key in keys.vkeys()] == [ED25519, PRIVATE]
    assert open_checkpoint(keys.sign_checkpoint(HEAD), keys.vkeys()) == (HEAD, [ORIGIN, ORIGIN])
    assert "PRIVATE KEY" not in (tmp_path / "home" / "keys" / "trust" / "log-keys.json").read_text()


def test_a_log_moves_from_a_key_of_ours_to_one_in_a_device(tmp_path: Path) -> None:
    keys = TrustKeys(Settings(home=tmp_path / "home"))
    old = keys.create(ORIGIN)
    new = keys.rotate(sources=[ed25519_source(tmp_path)])
    keys.retire_old()
    assert [signer.vkey for signer in keys.signers()] == [new]
    assert open_checkpoint(keys.sign_checkpoint(HEAD), [new])[1] == [ORIGIN]
    assert keys.vkeys() == [new, old]


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("raise SystemExit('no card in the reader')", "ended with code 1: no card in the reader"),
        ("print('signed')", "does not verify"),
        ("", "does not verify"),
    ],
)
def test_a_program_that_fails_or_lies_never_gets_a_line_into_the_log(tmp_path: Path, script: str, said: str) -> None:
    _, public = pair(tmp_path, "ED25519")
    keys = TrustKeys(Settings(home=tmp_path / "home"))
    with pytest.raises(SigningFailedError, match=said):
        keys.create(ORIGIN, sources=[KeySource(command=(sys.executable, "-c", script), public=public)])
    assert not keys.initialised


def test_a_program_that_is_not_there_is_named(tmp_path: Path) -> None:
    _, public = pair(tmp_path, "ED25519")
    keys = TrustKeys(Settings(home=tmp_path / "home"))
    with pytest.raises(SigningFailedError, match="'no-such-program' did not answer"):
        keys.create(ORIGIN, sources=[KeySource(command=("no-such-program",), public=public)])
    assert not keys.initialised


@pytest.mark.parametrize("algorithm", ["X25519", "rubbish"])
def test_public_keys_of_other_kinds_are_refused(tmp_path: Path, algorithm: str) -> None:
    public = b"rubbish" if algorithm == "rubbish" else pair(tmp_path, algorithm)[1]
    with pytest.raises(KeySourceError):
        public_vkey(ORIGIN, public)


@pytest.mark.skipif(
    not (Path(TOKENS).exists() and shutil.which("pkcs11-tool")), reason="softhsm2 and opensc are not installed"
)
def test_a_pkcs11_token_signs_for_the_log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tokens = tmp_path / "tokens"
    tokens.mkdir()
    (tmp_path / "softhsm2.conf").write_text(f"directories.tokendir = {tokens}\n")
    monkeypatch.setenv("SOFTHSM2_CONF", str(tmp_path / "softhsm2.conf"))
    monkeypatch.setenv("LOG_PIN", "123456")
    run("softhsm2-util", "--init-token", "--free", "--label", "log", "--pin", "123456", "--so-pin", "123456")
    tool = (
        "pkcs11-tool",
        "--module",
        TOKENS,
        "--token-label",
        "log",
        "--login",
        "--pin",
        "env:LOG_PIN",
        "--id",
        "01",
    )
    told = run(*tool, "--keypairgen", "--key-type", "EC:edwards25519", "--label", "log").decode()
    point = re.search(r"EC_POINT:\s+0420([0-9a-f]{64})", told)
    assert point is not None, told
    body = base64.b64encode(ED25519_INFO + bytes.fromhex(point.group(1))).decode()
    public = f"-----BEGIN PUBLIC KEY-----\n{body}\n-----END PUBLIC KEY-----\n".encode()
    sign = (*tool, "--sign", "--mechanism", "EDDSA", "--input-file", "{message}", "--output-file", "/dev/stdout")

    keys = TrustKeys(Settings(home=tmp_path / "home"))
    vkey = keys.create(ORIGIN, sources=[KeySource(command=sign, public=public)])
    assert open_checkpoint(keys.sign_checkpoint(HEAD), [vkey]) == (HEAD, [ORIGIN])
    assert "123456" not in (tmp_path / "home" / "keys" / "trust" / "log-keys.json").read_text()
