"""Receipts on the command line."""

from __future__ import annotations

import hashlib
import zipfile
from pathlib import Path

import msgspec
import pytest
from typer.testing import CliRunner, Result

from tests.trust.receipts.test_routes import CONTRACT, EVENTS
from tiexin.infra.settings import Settings
from tiexin.infra.terminal import Invocation
from tiexin.record.api import open_record
from tiexin.trust.api import open_trust
from tiexin.trust.commands import app
from tiexin.trust.receipts.facts import facts_of
from tiexin.trust.receipts.reading import proofs_in


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of an installation with events and a key, whose log has published nothing yet."""
    settings = Settings(home=tmp_path_factory.mktemp("receipts") / "home")
    with open_record(settings) as record, open_trust(settings, record=record) as trust:
        record.append(EVENTS)
        trust.keys.create("bank.example/log")
    return settings.home


def run(home: Path, *words: str) -> Result:
    return CliRunner().invoke(app, words, obj=Invocation(home=home))


def test_a_certificate_by_event_or_index_brings_the_log_up_first(home: Path, tmp_path: Path) -> None:
    one, two = tmp_path / "one.pdf", tmp_path / "two.pdf"
    by_event = run(home, "certificate", "--event", "e-1", "--out", str(one), "--json")
    by_index = run(home, "certificate", "--index", "0", "--out", str(two), "--address", "https://bank.example")

    assert by_event.exit_code == 0, by_event.output
    assert msgspec.json.decode(by_event.stdout) == {"out": str(one), "index": 0, "bytes": one.stat().st_size}
    assert by_index.exit_code == 0, by_index.output
    assert [facts_of(proof).event["id"] for proof in proofs_in(one.read_bytes())] == ["e-1"]
    assert proofs_in(two.read_bytes()) == proofs_in(one.read_bytes())


@pytest.mark.parametrize("name", ["e-2", "e-6", "e-7", "e-8", "nothing"])
def test_no_certificate_for_what_is_protected_unknown_or_without_receipt(home: Path, tmp_path: Path, name: str) -> None:
    out = tmp_path / "a.pdf"
    result = run(home, "certificate", "--event", name, "--out", str(out), "--json")

    assert result.exit_code == 1
    assert msgspec.json.decode(result.stderr)["detail"] == "There is no receipt here that you may see."
    assert not out.exists()


def test_a_certificate_needs_exactly_one_event(home: Path, tmp_path: Path) -> None:
    assert run(home, "certificate", "--out", str(tmp_path / "a.pdf")).exit_code == 2
    both = run(home, "certificate", "--event", "e-1", "--index", "0", "--out", str(tmp_path / "a.pdf"))
    assert both.exit_code == 2


def test_a_bundle_tells_which_record_names_an_attached_file(home: Path, tmp_path: Path) -> None:
    named, other, out = tmp_path / "合同.pdf", tmp_path / "note.txt", tmp_path / "evidence.zip"
    named.write_bytes(CONTRACT)
    other.write_bytes(b"a note")
    words = ("--case", "C-1", "--attach", str(named), "--attach", str(other), "--out", str(out), "--json")
    result = run(home, "bundle", *words)

    assert result.exit_code == 0, result.output
    assert msgspec.json.decode(result.stdout) == {
        "out": str(out),
        "case": "C-1",
        "events": 3,
        "bytes": out.stat().st_size,
    }
    with zipfile.ZipFile(out) as bundle:
        assert bundle.read("attachments/合同.pdf") == CONTRACT
        references = msgspec.json.decode(bundle.read("references.json"))
    digest = hashlib.sha256(CONTRACT).hexdigest()
    assert references["named"] == [{"position": 3, "member": "recording", "sha256": digest}]
    assert references["attached"] == [
        {"file": "attachments/合同.pdf", "sha256": digest, "named_by": [3]},
        {"file": "attachments/note.txt", "sha256": hashlib.sha256(b"a note").hexdigest(), "named_by": []},
    ]
    assert len(proofs_in(out.read_bytes())) == 3


def test_no_bundle_of_a_case_that_has_nothing_to_give(home: Path, tmp_path: Path) -> None:
    for case in ("C-0", "C-6"):
        result = run(home, "bundle", "--case", case, "--out", str(tmp_path / "a.zip"), "--json")
        assert result.exit_code == 1
        assert msgspec.json.decode(result.stderr)["code"] == "receipt_not_found"
    assert not (tmp_path / "a.zip").exists()


def test_two_attachments_of_one_name_are_refused(home: Path, tmp_path: Path) -> None:
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "same.txt").write_bytes(folder.encode())
    files = [str(tmp_path / folder / "same.txt") for folder in ("a", "b")]
    words = ("--attach", files[0], "--attach", files[1], "--out", str(tmp_path / "a.zip"))

    assert run(home, "bundle", "--case", "C-1", *words).exit_code == 2
    assert not (tmp_path / "a.zip").exists()


def test_the_authority_is_shown_or_written(home: Path, tmp_path: Path) -> None:
    out = tmp_path / "root.pem"
    shown, written = run(home, "authority"), run(home, "authority", "--out", str(out))

    assert (shown.exit_code, written.exit_code) == (0, 0)
    assert shown.stdout == out.read_text("ascii")
    assert shown.stdout.startswith("-----BEGIN CERTIFICATE-----\n")
