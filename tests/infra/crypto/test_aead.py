"""Sealing: only the right key at the right place opens, and both ciphers agree with independent code."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher as RawCipher
from cryptography.hazmat.primitives.ciphers import algorithms, modes
from hypothesis import given
from hypothesis import strategies as st

from tiexin.infra.crypto.aead import SealBrokenError, Sealer, derive
from tiexin.infra.files import append_durably, write_durably
from tiexin.infra.settings import Cipher

KEY = bytes(range(32))


@pytest.mark.parametrize("cipher", list(Cipher))
def test_what_is_sealed_opens_at_its_place_only(cipher: Cipher) -> None:
    sealer = Sealer(KEY, cipher)
    sealed = sealer.seal(b"words", bound_to=b"here")
    assert sealer.open(sealed, bound_to=b"here") == b"words"
    altered = sealed[:-1] + bytes([sealed[-1] ^ 1])
    for key, content, place in (
        (KEY, sealed, b"there"),
        (KEY[::-1], sealed, b"here"),
        (KEY, altered, b"here"),
        (KEY, sealed[:20], b"here"),
    ):
        with pytest.raises(SealBrokenError):
            Sealer(key, cipher).open(content, bound_to=place)


@given(st.binary(max_size=200), st.binary(max_size=50))
def test_two_seals_of_the_same_differ(plain: bytes, place: bytes) -> None:
    sealer = Sealer(KEY)
    assert sealer.seal(plain, bound_to=place) != sealer.seal(plain, bound_to=place)


def test_sm4_matches_the_vector_of_its_standard() -> None:
    # GB/T 32907-2016, annex A: one block under its own key.
    block = bytes.fromhex("0123456789abcdeffedcba9876543210")
    encryptor = RawCipher(algorithms.SM4(block), modes.ECB()).encryptor()  # noqa: S305  (one block, as the annex has it)
    assert encryptor.update(block).hex() == "681edf34d206965e86b3e94f536e4246"


def test_sm4_gcm_matches_the_vector_of_rfc_8998() -> None:
    key, nonce = bytes.fromhex("0123456789abcdeffedcba9876543210"), bytes.fromhex("00001234567800000000abcd")
    plain = bytes.fromhex(
        "aaaaaaaaaaaaaaaabbbbbbbbbbbbbbbbccccccccccccccccdddddddddddddddd"
        "eeeeeeeeeeeeeeeeffffffffffffffffeeeeeeeeeeeeeeeeaaaaaaaaaaaaaaaa"
    )
    encryptor = RawCipher(algorithms.SM4(key), modes.GCM(nonce)).encryptor()
    encryptor.authenticate_additional_data(bytes.fromhex("feedfacedeadbeeffeedfacedeadbeefabaddad2"))
    sealed = encryptor.update(plain) + encryptor.finalize()
    assert sealed.hex() == (
        "17f399f08c67d5ee19d0dc9969c4bb7d5fd46fd3756489069157b282bb200735"
        "d82710ca5c22f0ccfa7cbf93d496ac15a56834cbcf98c397b4024a2691233b8d"
    )
    assert encryptor.tag.hex() == "83de3541e4c2b58177e065a9bf7b62ec"


def test_derived_keys_differ_by_purpose() -> None:
    assert derive(KEY, "a") != derive(KEY, "b")
    assert len(derive(KEY, "a", length=16)) == 16
    done = subprocess.run(
        ["openssl", "dgst", "-sha256", "-mac", "HMAC", "-macopt", f"hexkey:{KEY.hex()}"],
        input=b"a",
        capture_output=True,
        check=True,
    )
    assert done.stdout.decode().split()[-1] == derive(KEY, "a").hex()


def test_a_torn_last_line_is_ended_before_the_next(tmp_path: Path) -> None:
    file = tmp_path / "journal"
    append_durably(file, b"one")
    file.write_bytes(file.read_bytes() + b"tor")
    append_durably(file, b"two")
    assert file.read_bytes() == b"one\ntor\ntwo\n"
    assert file.stat().st_mode & 0o777 == 0o600


def test_a_file_is_replaced_whole(tmp_path: Path) -> None:
    file = tmp_path / "a" / "b"
    write_durably(file, b"first")
    write_durably(file, b"second", mode=0o600)
    assert file.read_bytes() == b"second"
    assert [found.name for found in file.parent.iterdir()] == ["b"]
