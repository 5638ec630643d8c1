"""Stamps of a real authority (openssl ts): what is taken, what is refused, and what openssl says of ours."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.trust.anchors.nodes import Authority, make_authority
from tiexin.trust.anchors.options import AnchorSettingError
from tiexin.trust.anchors.stamping import (
    StampInvalidError,
    StampUnavailableError,
    load_roots,
    read_stamp,
    request_stamp,
    verify_stamp,
)

NOTE = "log.example/test\n3\n/////////////////////////////////////////=\n\n— log.example/test c2lnbmF0dXJl\n".encode()


def test_a_stamp_verifies_here_and_by_openssl(tsa: Authority, tmp_path: Path) -> None:
    raw = request_stamp(tsa.url, NOTE)
    said = verify_stamp(raw, NOTE, roots=tsa.roots.read_bytes())
    assert said == read_stamp(raw, NOTE)
    assert said.authority == "CN=Test Time"
    assert said.time_us % 1_000_000 == 0
    (tmp_path / "head.tsr").write_bytes(raw)
    (tmp_path / "head").write_bytes(NOTE)
    words = ["openssl", "ts", "-verify", "-data", "head", "-in", "head.tsr", "-CAfile", str(tsa.roots)]
    checked = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (checked.returncode, "Verification: OK" in checked.stdout + checked.stderr) == (0, True)


def test_a_stamp_over_something_else_is_refused(tsa: Authority) -> None:
    raw = request_stamp(tsa.url, NOTE)
    with pytest.raises(StampInvalidError, match="something else than this checkpoint"):
        verify_stamp(raw, NOTE + b"\n", roots=tsa.roots.read_bytes())


def test_a_stamp_of_another_authority_is_refused(tsa: Authority, tmp_path: Path) -> None:
    make_authority(tmp_path)
    raw = request_stamp(tsa.url, NOTE)
    with pytest.raises(StampInvalidError, match="does not hold"):
        verify_stamp(raw, NOTE, roots=(tmp_path / "root.pem").read_bytes())


def test_a_stamp_changed_anywhere_in_its_signature_is_refused(tsa: Authority) -> None:
    raw = request_stamp(tsa.url, NOTE)
    for place in (-1, -20, -60):
        bent = bytearray(raw)
        bent[place] ^= 1
        with pytest.raises(StampInvalidError):
            verify_stamp(bytes(bent), NOTE, roots=tsa.roots.read_bytes())


def test_roots_that_are_none_are_named(tsa: Authority) -> None:
    with pytest.raises(AnchorSettingError, match="no PEM certificates"):
        load_roots(b"not a certificate")
    assert len(load_roots(tsa.roots.read_bytes())) == 1


@pytest.mark.parametrize(
    ("path", "why"), [("error", "503"), ("rubbish", "no answer of a time-stamping authority"), ("old", "nonce")]
)
def test_an_authority_that_does_not_answer_the_question_is_told_by_its_address(
    tsa: Authority, path: str, why: str
) -> None:
    request_stamp(tsa.url, NOTE)
    with pytest.raises(StampUnavailableError, match=why) as refused:
        request_stamp(tsa.url + path, NOTE)
    assert refused.value.facts == {"tsa": tsa.url + path}


def test_an_authority_that_is_not_there_is_told_by_its_address() -> None:
    with pytest.raises(StampUnavailableError, match="did not answer"):
        request_stamp("http://127.0.0.1:9/", NOTE)
    with pytest.raises(AnchorSettingError, match="must begin with http"):
        request_stamp("tsa.example", NOTE)


def test_no_password_of_an_authority_is_repeated(tsa: Authority) -> None:
    for path in ("error", "rubbish"):
        address = tsa.url.replace("http://", "http://user:secret@") + f"{path}?key=secret"
        with pytest.raises(StampUnavailableError) as refused:
            request_stamp(address, NOTE)
        assert refused.value.facts == {"tsa": tsa.url + path}
        assert "secret" not in refused.value.message
