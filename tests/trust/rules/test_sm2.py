"""SM2 over SM3: our checking against GmSSL, OpenSSL and strict DER."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from gmssl_pyx import sm2_key_generate, sm2_sign, sm2_verify, sm3_hash

from tiexin.trust.rules import sm2

ORDER = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123


def der(*numbers: int) -> bytes:
    body = b""
    for number in numbers:
        raw = number.to_bytes(number.bit_length() // 8 + 1, "big")
        body += bytes([2, len(raw)]) + raw
    return bytes([0x30, len(body)]) + body


def test_what_gmssl_signs_is_taken_and_nothing_near_it() -> None:
    for length in (0, 1, 55, 64, 1000):
        public, secret = sm2_key_generate()
        key, message = b"\x04" + public, os.urandom(length) + b"."
        signature = sm2_sign(secret, public, message)
        assert sm2.verify(key, message, signature)
        assert not sm2.verify(key, message + b".", signature)
        assert not sm2.verify(b"\x04" + sm2_key_generate()[0], message, signature)
        flipped = bytearray(signature)
        flipped[-1] ^= 1
        assert not sm2.verify(key, message, bytes(flipped))
        assert not sm2.verify(key, message, sm2_sign(secret, public, message, b"another signer id"))


def test_openssl_signs_what_we_take(tmp_path: Path) -> None:
    secret, public, message, signature = (tmp_path / name for name in ("key.pem", "public.pem", "text", "signature"))
    message.write_bytes("贴心\n".encode())
    run("genpkey", "-algorithm", "SM2", "-out", secret)
    run("pkey", "-in", secret, "-pubout", "-out", public)
    run("dgst", "-sm3", "-sigopt", "distid:1234567812345678", "-sign", secret, "-out", signature, message)
    point = run("pkey", "-pubin", "-in", public, "-outform", "DER")[-65:]
    assert sm2.public_info(point) == run("pkey", "-pubin", "-in", public, "-outform", "DER")
    assert sm2.verify(point, message.read_bytes(), signature.read_bytes())
    assert not sm2.verify(point, message.read_bytes()[:-1], signature.read_bytes())


def run(*words: str | Path) -> bytes:
    return subprocess.run(["openssl", *map(str, words)], check=True, capture_output=True).stdout


def test_signatures_that_are_not_strict_der_are_refused() -> None:
    public, secret = sm2_key_generate()
    key, message = b"\x04" + public, b"message"
    r, s = parts(sm2_sign(secret, public, message))
    assert sm2.verify(key, message, der(r, s))
    loose = [
        b"",
        b"\x30",
        der(r, s) + b"\0",
        der(r, s)[:-1],
        der(r),
        der(r, s, 1),
        der(r + ORDER, s),
        der(r, s + ORDER),
        der(0, s),
        der(r, 0),
        der(r, ORDER - r),
        b"\x30\x81" + der(r, s)[1:],
        bytes([0x30, 38, 2, 1, 0]) + bytes([2, 33]) + b"\0" + s.to_bytes(32, "big"),
        b"\x30\x04\x02\x00\x02\x00",
        b"\x30\x06\x02\x01\xff\x02\x01\x01",
        b"\x30\x06\x02\x05\x01\x02\x01\x01",
    ]
    for signature in loose:
        assert not sm2.verify(key, message, signature), signature.hex()


def parts(signature: bytes) -> tuple[int, int]:
    first = signature[3]
    return int.from_bytes(signature[4 : 4 + first], "big"), int.from_bytes(signature[6 + first :], "big")


@pytest.mark.parametrize("key", [b"", bytes(65), b"\x04" + bytes(64), b"\x02" + b"\x01" * 64, b"\x04" + b"\xff" * 64])
def test_what_is_no_point_of_the_curve_is_no_key(key: bytes) -> None:
    public, secret = sm2_key_generate()
    assert not sm2.valid_key(key)
    assert not sm2.verify(key, b"message", sm2_sign(secret, public, b"message"))


def test_small_and_special_factors_follow_the_arithmetic_of_gmssl() -> None:
    # Points at infinity and doubled points are met only where r and s are tiny; GmSSL decides what is right.
    public, _ = sm2_key_generate()
    for r, s in [(1, 1), (1, 2), (2, 1), (ORDER - 2, 1), (ORDER - 1, ORDER - 1)]:
        assert sm2.verify(b"\x04" + public, b"m", der(r, s)) is sm2_verify(public, b"m", der(r, s))


def test_sm3_is_that_of_the_standard() -> None:
    assert sm2.sm3(b"abc").hex() == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
    assert sm2.sm3(b"abc") == sm3_hash(b"abc")
