"""Keys and offline checking on the command line, as the people who use them meet them."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from tests.support.events import calls
from tests.support.http import run_cli
from tiexin.infra.settings import Settings
from tiexin.infra.terminal import Invocation
from tiexin.record.api import open_record
from tiexin.trust.api import open_trust
from tiexin.trust.commands import app
from tiexin.trust.keys import TrustKeys
from tiexin.trust.keys.secrets import generate
from tiexin.trust.rules.note import ED25519, PRIVATE, format_vkey, parse_note, parse_vkey
from tiexin.trust.rules.tlog_proof import format_proof, parse_proof

ORIGIN = "bank.example/log"


def run(home: Path, *words: str, **environment: str) -> Result:
    return CliRunner().invoke(app, words, obj=Invocation(home=home), env=environment)


def told(result: Result, *, code: int = 0) -> dict[str, Any]:
    assert result.exit_code == code, result.output
    found: dict[str, Any] = json.loads(result.stdout)
    return found


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, str]:
    """A home with five events, the proof of the third, and the log's vkey."""
    folder = tmp_path_factory.mktemp("verify")
    settings = Settings(home=folder / "home")
    with open_record(settings) as record, open_trust(settings, record=record) as trust:
        vkey = trust.keys.create(ORIGIN, sm2=True)
        record.append(calls(5))
        trust.sync()
        (folder / "third.tlog-proof").write_bytes(trust.prove(index=2))
    return folder / "home", folder / "third.tlog-proof", vkey


def test_init_prints_the_key_and_key_prints_it_again(tmp_path: Path) -> None:
    made = run_cli("trust", "init", "--origin", ORIGIN, home=tmp_path / "home")
    assert (made.returncode, made.stderr) == (0, "")
    vkey = made.stdout.strip()
    assert parse_vkey(vkey)[:3:2] == (ORIGIN, ED25519)
    shown = told(run(tmp_path / "home", "key", "--json"))
    assert shown == {"origin": ORIGIN, "vkey": vkey, "vkeys": [vkey], "signing": [vkey], "rotations": []}
    assert run(tmp_path / "home", "key").stdout.strip() == vkey


def test_init_twice_changes_nothing(tmp_path: Path) -> None:
    first = told(run(tmp_path, "init", "--origin", ORIGIN, "--json"))
    again = run(tmp_path, "init", "--origin", "other.example", "--json")
    assert again.exit_code == 1
    assert json.loads(again.stderr)["code"] == "trust_keys_exist"
    assert told(run(tmp_path, "key", "--json")) == first


def test_without_a_name_the_machine_gives_one(tmp_path: Path) -> None:
    shown = told(run(tmp_path, "init", "--json"))
    assert shown["origin"].endswith("/tiexin")
    assert shown["vkey"].startswith(shown["origin"] + "+")


def test_rotation_on_the_command_line(tmp_path: Path) -> None:
    old = told(run(tmp_path, "init", "--origin", ORIGIN, "--json"))["vkey"]
    both = told(run(tmp_path, "rotate", "--sm2", "--json"))
    assert both["vkeys"][2] == old
    assert len(both["signing"]) == 3
    assert parse_note(both["rotations"][0].encode()).text.startswith(b"tiexin/key-rotation/v1\nbank.example/log\nold ")
    assert run(tmp_path, "rotate", "--end", "--sm2").exit_code == 2
    ended = told(run(tmp_path, "rotate", "--end", "--json"))
    assert ended["signing"] == both["vkeys"][:2]
    assert ended["vkeys"] == both["vkeys"]


def test_keys_from_the_environment_and_from_a_program(tmp_path: Path) -> None:
    secret = generate(ORIGIN, kind=ED25519)
    variables = {"LOG_KEY": secret.written()}
    made = told(run(tmp_path / "a", "init", "--origin", ORIGIN, "--key-env", "LOG_KEY", "--json", **variables))
    assert made["vkey"] == format_vkey(secret.key)
    lonely = run(tmp_path / "b", "init", "--key-program", "openssl", "--json")
    assert lonely.exit_code == 2
    assert not TrustKeys(Settings(home=tmp_path / "b")).initialised
    key, public = tmp_path / "key.pem", tmp_path / "public.pem"
    subprocess.run(["openssl", "genpkey", "-algorithm", "ED25519", "-out", key], check=True)
    subprocess.run(["openssl", "pkey", "-in", key, "-pubout", "-out", public], check=True)
    command = f"openssl pkeyutl -sign -rawin -inkey '{key}' -in {{message}}"
    words = ["init", "--origin", ORIGIN, "--key-program", command, "--public", str(public), "--json"]
    assert parse_vkey(told(run(tmp_path / "c", *words))["vkey"]).kind == ED25519


def test_openssl_verifies_the_sm2_line_of_a_published_head(
    installation: tuple[Path, Path, str], tmp_path: Path
) -> None:
    home, proof, _ = installation
    public, text, signature = tmp_path / "sm2.pem", tmp_path / "text", tmp_path / "signature"
    public.write_text(run(home, "key", "--sm2-pem").stdout)
    note = parse_note(parse_proof(proof.read_bytes()).checkpoint)
    sm2 = next(key for key in map(parse_vkey, TrustKeys(Settings(home=home)).vkeys()) if key.kind == PRIVATE)
    signature.write_bytes(next(line.signature for line in note.signatures if line.key_id == sm2.key_id))

    def openssl() -> tuple[int, str]:
        words = ["openssl", "dgst", "-sm3", "-verify", str(public), "-sigopt", "distid:1234567812345678"]
        done = subprocess.run(
            [*words, "-signature", str(signature), str(text)], capture_output=True, text=True, check=False
        )
        return done.returncode, done.stdout

    text.write_bytes(note.text)
    assert openssl() == (0, "Verified OK\n")
    text.write_bytes(note.text.replace(b"\n5\n", b"\n6\n"))
    assert openssl() == (1, "Verification failure\n")


def test_a_log_without_sm2_has_no_such_key(tmp_path: Path) -> None:
    run(tmp_path, "init")
    refused = run(tmp_path, "key", "--sm2-pem")
    assert refused.exit_code == 1
    assert "rotate --sm2" in refused.stderr


def test_verify_needs_nothing_but_file_and_key(installation: tuple[Path, Path, str], tmp_path: Path) -> None:
    _, proof, vkey = installation
    done = run_cli("trust", "verify", str(proof), "--vkey", vkey, "--json", home=tmp_path / "nowhere")
    assert (done.returncode, done.stderr) == (0, "")
    shown = json.loads(done.stdout)
    assert {name: shown[name] for name in ("ok", "index", "size", "origin")} == {
        "ok": True,
        "index": 2,
        "size": 5,
        "origin": ORIGIN,
    }
    assert shown["event"]["id"] == "call-2"
    assert len(shown["proves"]) == 3
    assert not (tmp_path / "nowhere").exists()


def test_verify_tells_a_person_in_both_languages(installation: tuple[Path, Path, str], tmp_path: Path) -> None:
    _, proof, vkey = installation
    said = run(tmp_path, "verify", str(proof), "--vkey", vkey).stdout
    assert said.startswith("✓ bank.example/log · 2 · call.ended.v1 · 2023-11-14T22:13:22Z · call-2\n")
    flat = said.replace("\n", "").replace(" ", "")
    assert "逐字相同" in flat
    assert "Itdoesnotshowthatwhatwasrecordedistrue" in flat


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        (b"index 2", b"index 3", "entry 3"),
        (b"\n5\n", b"\n6\n", "does not verify"),
        (b"extra ", b"xtra ", "line 'index'"),
        (b"c2sp.org", b"c3sp.org", "neither a proof"),
    ],
)
def test_verify_refuses_what_was_altered_with_exit_1(
    installation: tuple[Path, Path, str], tmp_path: Path, old: bytes, new: bytes, why: str
) -> None:
    _, proof, vkey = installation
    altered = tmp_path / "altered.tlog-proof"
    altered.write_bytes(proof.read_bytes().replace(old, new, 1))
    refused = run(tmp_path, "verify", str(altered), "--vkey", vkey, "--json")
    shown = told(refused, code=1)
    assert shown["ok"] is False
    assert why in shown["why"]
    assert refused.stderr == ""
    assert run(tmp_path, "verify", str(altered), "--vkey", vkey).stdout.startswith("✗ ")


def test_verify_refuses_other_keys_missing_files_and_no_key(
    installation: tuple[Path, Path, str], tmp_path: Path
) -> None:
    _, proof, vkey = installation
    other = format_vkey(generate(ORIGIN, kind=ED25519).key)
    assert (
        "no key that you trust" in told(run(tmp_path, "verify", str(proof), "--vkey", other, "--json"), code=1)["why"]
    )
    assert told(run(tmp_path, "verify", str(proof), "--vkey", "x", "--json"), code=1)["code"] == "note_invalid"
    missing = told(run(tmp_path, "verify", str(tmp_path / "none"), "--vkey", vkey, "--json"), code=1)
    assert "cannot be read" in missing["why"]
    assert run(tmp_path, "verify", str(proof)).exit_code == 2


def test_verify_reads_no_more_of_a_file_than_its_limit(tmp_path: Path) -> None:
    large = tmp_path / "large.zip"
    with large.open("wb") as stream:
        stream.write(b"PK\x03\x04")
        stream.truncate(64 * 1024 * 1024 + 1)
    vkey = format_vkey(generate(ORIGIN, kind=ED25519).key)
    refused = told(run(tmp_path, "verify", str(large), "--vkey", vkey, "--json"), code=1)
    assert (refused["code"], "67,108,864" in refused["why"]) == ("receipt_file_too_large", True)


def test_verify_takes_a_leaf_a_policy_and_a_rotation(installation: tuple[Path, Path, str], tmp_path: Path) -> None:
    home, proof, vkey = installation
    raw = parse_proof(proof.read_bytes())
    bare, leaf, policy = tmp_path / "bare.tlog-proof", tmp_path / "leaf", tmp_path / "policy"
    bare.write_bytes(format_proof(type(raw)(raw.index, raw.path, raw.checkpoint)))
    with open_record(Settings(home=home)) as record, open_trust(Settings(home=home), record=record) as trust:
        leaf.write_bytes(trust.reading(5).entries(2, 3)[0])
    words = ["verify", str(bare), "--vkey", vkey, "--json"]
    assert "--leaf" in told(run(tmp_path, *words), code=1)["why"]
    assert told(run(tmp_path, *words, "--leaf", str(leaf)))["index"] == 2
    leaf.write_bytes(b"another entry")
    assert told(run(tmp_path, *words, "--leaf", str(leaf)), code=1)["code"] == "proof_invalid"

    policy.write_text(f"log {vkey}\nquorum none\n")
    assert told(run(tmp_path, "verify", str(proof), "--policy", str(policy), "--json"))["ok"] is True
    policy.write_text(f"log {vkey}\nquorum nobody\n")
    refused = told(run(tmp_path, "verify", str(proof), "--policy", str(policy), "--json"), code=1)
    assert refused["code"] == "policy_invalid"

    rotated = TrustKeys(Settings(home=tmp_path / "other"))
    first = rotated.create("other.example/log")
    rotated.rotate()
    (tmp_path / "rotation").write_text(rotated.rotations()[0])
    followed = run(tmp_path, "verify", str(proof), "--vkey", vkey, "--rotation", str(tmp_path / "rotation"), "--json")
    assert told(followed)["ok"] is True
    assert first != rotated.vkeys()[0]
