"""Certificates and evidence bundles checked offline: nothing in them can be altered, added or left out unseen."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from tests.support.events import call
from tiexin.infra.settings import Settings
from tiexin.infra.terminal import Invocation
from tiexin.record.api import open_record
from tiexin.trust.api import open_trust
from tiexin.trust.commands import app

RECORDING = b"what was said"
DIGEST = hashlib.sha256(RECORDING).hexdigest()
Change = Callable[[dict[str, bytes]], None]


def run(home: Path, *words: str) -> Result:
    return CliRunner().invoke(app, words, obj=Invocation(home=home))


def told(result: Result, *, code: int = 0) -> dict[str, Any]:
    assert result.exit_code == code, result.output
    found: dict[str, Any] = json.loads(result.stdout)
    return found


class Made:
    """One installation with a case, its certificate, its bundle and the root certificate."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(exist_ok=True)
        self.home = folder / "home"
        settings = Settings(home=self.home)
        filed = {"channel": "phone", "case": "C-1", "subject": "person-1"}
        complaint = {"data": {"category": "fees", "recording": DIGEST}}
        with open_record(settings) as record, open_trust(settings, record=record) as trust:
            self.vkey = trust.keys.create("bank.example/log")
            record.append(
                [
                    call(0, type="complaint.filed.v1", **filed, **complaint),
                    call(1, type="complaint.closed.v1", **filed, data={"outcome": "upheld"}),
                ]
            )
        recording, note = folder / "recording.wav", folder / "note.txt"
        recording.write_bytes(RECORDING)
        note.write_bytes(b"a note that nobody recorded")
        self.pdf, self.zip, self.root = folder / "a.pdf", folder / "a.zip", folder / "root.pem"
        attached = ("--attach", str(recording), "--attach", str(note))
        made = [
            run(self.home, "certificate", "--event", "call-0", "--out", str(self.pdf)),
            run(self.home, "bundle", "--case", "C-1", *attached, "--out", str(self.zip)),
            run(self.home, "authority", "--out", str(self.root)),
        ]
        assert [each.exit_code for each in made] == [0, 0, 0], [each.output for each in made]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    return Made(tmp_path_factory.mktemp("bundle"))


def verify(made: Made, file: Path, *words: str) -> Result:
    return run(made.home, "verify", str(file), "--vkey", made.vkey, *words, "--json")


def test_the_page_of_a_certificate_is_held_to_its_seal(made: Made, tmp_path: Path) -> None:
    shown = told(verify(made, made.pdf, "--authority", str(made.root)))
    assert shown["proves"][-1].startswith("The whole certificate was signed by")
    raw = made.pdf.read_bytes()
    other = Made(tmp_path / "other")
    place = raw.index(b"/MediaBox")
    forged = {
        # The proof inside is untouched each time, so without the seal nobody could tell.
        "changed": raw[: place + 1] + b"m" + raw[place + 2 :],
        "added": raw + b"\n1 0 obj\n<</Type/Catalog>>\nendobj\n",
        "unsigned": raw.replace(b"/ByteRange", b"/BiteRange"),
        "no PDF": b"%PDF-1.7\n" + raw[raw.index(b"c2sp.org/tlog-proof@v1") :],
    }
    for name, content in forged.items():
        (tmp_path / "forged.pdf").write_bytes(content)
        refusal = told(verify(made, tmp_path / "forged.pdf", "--authority", str(made.root)), code=1)
        assert refusal["code"] == "certificate_altered", name
    assert told(verify(made, made.pdf, "--authority", str(other.root)), code=1)["code"] == "certificate_altered"


def test_a_certificate_is_checked_by_the_proof_inside_it(made: Made, tmp_path: Path) -> None:
    shown = told(verify(made, made.pdf))
    assert (shown["index"], shown["event"]["id"]) == (0, "call-0")
    assert shown["does_not_prove"][-1].startswith("This checks the proof inside the certificate.")
    altered = tmp_path / "altered.pdf"
    raw = made.pdf.read_bytes()
    at = raw.index(b"\nindex 0\n")
    altered.write_bytes(raw[: at + 7] + b"1" + raw[at + 8 :])
    assert told(verify(made, altered), code=1)["ok"] is False


def test_a_bundle_holds_as_a_whole(made: Made) -> None:
    shown = told(verify(made, made.zip))
    assert [each["index"] for each in shown["proofs"]] == [0, 1]
    bundle = shown["bundle"]
    assert (bundle["case"], bundle["sealed_by"]) == ("C-1", None)
    assert {each["file"]: each["named_by"] for each in bundle["attachments"]} == {
        "attachments/recording.wav": [0],
        "attachments/note.txt": [],
    }
    assert shown["proves"][-1].startswith(f"The {bundle['files']} files of the bundle are those on its list")
    assert [each.split(":")[0][:34] for each in shown["does_not_prove"][-2:]] == [
        "The signature of the list was not ",
        "The log does not vouch for these a",
    ]
    sealed = told(verify(made, made.zip, "--authority", str(made.root)))
    assert sealed["bundle"]["sealed_by"]
    assert sealed["proves"][-1].startswith("The list was signed by")


def repacked(made: Made, folder: Path, change: Change, *, relist: bool = False) -> Path:
    """Return a copy of the bundle after a change; ``relist`` makes the list fit again, as a forger would."""
    with zipfile.ZipFile(made.zip) as bundle:
        files = {name: bundle.read(name) for name in bundle.namelist()}
    change(files)
    if relist:
        listed = json.loads(files["manifest.json"])
        listed["files"] = [
            {"path": name, "bytes": len(raw), "sha256": hashlib.sha256(raw).hexdigest()}
            for name, raw in files.items()
            if not name.startswith("manifest")
        ]
        listed["events"] = [each for each in listed["events"] if each["proof"] in files]
        files["manifest.json"] = json.dumps(listed).encode()
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as bundle:
        for name, raw in files.items():
            bundle.writestr(name, raw)
    file = folder / "altered.zip"
    file.write_bytes(out.getvalue())
    return file


def _put(name: str, raw: bytes) -> Change:
    return lambda files: files.update({name: raw})


def _drop(*names: str) -> Change:
    def change(files: dict[str, bytes]) -> None:
        for name in names:
            del files[name]

    return change


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (_put("attachments/recording.wav", b"other words"), "attachments/recording.wav was altered"),
        (_put("attachments/more.txt", b"more"), "attachments/more.txt is not on the list"),
        (_drop("attachments/note.txt"), "attachments/note.txt is missing"),
        (_drop("events/2.json", "proofs/2.tlog-proof"), "events/2.json is missing; proofs/2.tlog-proof is missing"),
        (_drop("manifest.json"), "has no list of its files"),
        (_put("manifest.json", b"{"), "cannot be read"),
    ],
)
def test_a_bundle_that_differs_from_its_list_is_refused(made: Made, tmp_path: Path, change: Change, why: str) -> None:
    shown = told(verify(made, repacked(made, tmp_path, change)), code=1)
    assert shown["code"] == "bundle_altered"
    assert why in shown["why"]


def test_a_forged_list_is_found_out_by_proof_or_seal(made: Made, tmp_path: Path) -> None:
    other = repacked(made, tmp_path, _put("events/1.json", b'{"position":1}'), relist=True)
    assert "events/1.json differs from what" in told(verify(made, other), code=1)["why"]

    fewer = repacked(made, tmp_path, _drop("events/2.json", "proofs/2.tlog-proof"), relist=True)
    assert told(verify(made, fewer))["bundle"]["sealed_by"] is None
    refused = told(verify(made, fewer, "--authority", str(made.root)), code=1)
    assert (refused["code"], "does not fit the list" in refused["why"]) == ("bundle_altered", True)

    swapped = repacked(made, tmp_path, _put("attachments/recording.wav", b"other words"), relist=True)
    unvouched = told(verify(made, swapped))["bundle"]["attachments"]
    assert {each["file"]: each["named_by"] for each in unvouched}["attachments/recording.wav"] == []


def test_another_authority_is_not_the_one_that_sealed_it(made: Made, tmp_path: Path) -> None:
    stranger = tmp_path / "home"
    root = tmp_path / "root.pem"
    # The same name for the log gives certificates of the same names: only the keys differ.
    assert run(stranger, "init", "--origin", "bank.example/log").exit_code == 0
    assert run(stranger, "authority", "--out", str(root)).exit_code == 0
    refused = told(verify(made, made.zip, "--authority", str(root)), code=1)
    assert "not of the authority you trust" in refused["why"]
    root.write_text("rubbish")
    assert told(verify(made, made.zip, "--authority", str(root)), code=1)["code"] == "bundle_altered"
    unsealed = repacked(made, tmp_path, _drop("manifest.json.p7s"))
    assert told(verify(made, unsealed, "--authority", str(made.root)), code=1)["code"] == "bundle_altered"


def test_two_files_of_one_name_are_refused(made: Made, tmp_path: Path) -> None:
    file = tmp_path / "twice.zip"
    file.write_bytes(made.zip.read_bytes())
    with pytest.warns(UserWarning, match="Duplicate name"), zipfile.ZipFile(file, "a") as bundle:
        bundle.writestr("attachments/note.txt", b"a note that nobody recorded")
    assert "stands twice" in told(verify(made, file), code=1)["why"]


def test_a_bundle_whose_directory_points_nowhere_is_refused(made: Made, tmp_path: Path) -> None:
    raw = bytearray(made.zip.read_bytes())
    end = raw.rindex(b"PK\x05\x06")
    # The offset of the central directory stands 16 bytes after the mark; a gap in front makes it negative.
    raw[end + 12 : end + 16] = (len(raw) * 2).to_bytes(4, "little")
    file = tmp_path / "nowhere.zip"
    file.write_bytes(raw)
    assert told(verify(made, file), code=1)["code"] == "bundle_broken"
    raw = bytearray(made.zip.read_bytes())
    at = raw.index(b"PK\x01\x02")
    raw[at + 42 : at + 46] = b"\xff\xff\xff\x7f"
    file.write_bytes(raw)
    assert told(verify(made, file), code=1)["code"] in {"bundle_broken", "bundle_altered"}
