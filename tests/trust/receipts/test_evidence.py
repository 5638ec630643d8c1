"""The bundle of a case with decisions carries their trail, and the trail replays from the bundle alone."""

from __future__ import annotations

import subprocess
import zipfile
from io import BytesIO
from pathlib import Path

import msgspec
from typer.testing import CliRunner

from tests.support.events import BASE_US
from tests.support.trails import CASE, decision, event, matter, trail
from tiexin.infra.settings import Settings
from tiexin.record.api import open_record
from tiexin.trust.anchors.kept import Anchor, Checks, Kept
from tiexin.trust.api import open_trust
from tiexin.trust.commands import app
from tiexin.trust.evidence import evidence_of
from tiexin.trust.receipts.api import Office
from tiexin.trust.receipts.lookup import Reach


def test_the_trail_of_a_case_replays_from_its_bundle(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "home")
    with open_record(settings) as record, open_trust(settings, record=record) as trust:
        early = event(8, "journey.step_recorded.v1", {}, case="mortgage-0", journey="mortgage", step="offer")
        record.append([*matter(), early, decision(9, 8)])
        vkey = trust.keys.create("bank.example/log")
        trust.sync()
        raw, events = evidence_of(trust, Office(trust), CASE)
        part, _ = evidence_of(trust, Office(trust), CASE, reach=Reach(units=frozenset({"HQ"})))
    with zipfile.ZipFile(BytesIO(raw)) as bundle:
        names = bundle.namelist()
        chain = msgspec.json.decode(bundle.read("trail.json"))
        bundle.extractall(tmp_path / "bundle", [name for name in names if name.startswith("trail/")])
        listed = {one["path"] for one in msgspec.json.decode(bundle.read("manifest.json"))["files"]}
        reasons = bundle.read("certificates/3.pdf")

    assert events == 5
    # The step at position 5 belongs to another case: the decision at 6 rests on it, so it comes along.
    assert [step["position"] for step in chain["steps"]] == [1, 2, 3, 4, 5, 6]
    assert {f"trail/{position}.tlog-proof" for position in range(1, 7)} | {"trail.json"} <= listed
    assert "events/5.json" not in names
    assert [step["actor"] for step in chain["steps"]] == [None] * 6
    assert reasons.startswith(b"%PDF-")
    played = CliRunner().invoke(app, ["replay", str(tmp_path / "bundle" / "trail"), "--vkey", vkey, "--json"])
    assert played.exit_code == 0, played.output
    with zipfile.ZipFile(BytesIO(part)) as bundle:
        assert {name for name in bundle.namelist() if name.startswith("trail")} == set()
        assert {name for name in bundle.namelist() if name.startswith("events/")} == {"events/2.json"}


def test_a_protected_step_is_no_part_of_the_trail(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "home")
    with open_record(settings) as record, open_trust(settings, record=record) as trust:
        record.append(
            [
                event(1, "journey.step_recorded.v1", {}, journey="mortgage", step="submit_application"),
                event(2, "aml.alert_closed.v1", {"alert": "a-7"}),
                event(3, "decision.taken.v1", {"matter": "mortgage", "outcome": "granted", **trail(1, 2)}),
            ]
        )
        trust.keys.create("bank.example/log")
        trust.sync()
        raw, events = evidence_of(trust, Office(trust), CASE)
    with zipfile.ZipFile(BytesIO(raw)) as bundle:
        names = set(bundle.namelist())
        everything = b"".join(bundle.read(name) for name in names)

    assert events == 2
    assert not {name for name in names if name.startswith(("events/2", "proofs/2", "trail/2"))}
    assert b"aml." not in everything
    assert b"a-7" not in everything


def test_time_stamps_of_heads_that_cover_the_case_come_along(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "home")
    kept = Kept(settings.home)
    with open_record(settings) as record, open_trust(settings, record=record) as trust:
        record.append(matter())
        trust.keys.create("bank.example/log")
        trust.sync()
        for size in (2, 3, 4):
            kept.keep_stamp(f"s{size}", stamp=b"token %d" % size, checkpoint=b"head %d" % size)
            kept.add(
                Anchor(
                    kind="rfc3161", size=size, root="00", time_us=BASE_US, where="http://tsa", stamp=f"s{size}",
                    authority=f"Stamp Office {size}",
                )
            )  # fmt: skip
        kept.keep_checks(Checks(faults={"s3": "the signature is wrong"}))
        certificate = Office(trust).certificate(3)
        raw, _ = evidence_of(trust, Office(trust), CASE)
    with zipfile.ZipFile(BytesIO(raw)) as bundle:
        stamps = {name: bundle.read(name) for name in bundle.namelist() if name.startswith("log/stamps/")}
        (tmp_path / "a.pdf").write_bytes(certificate)
    text = subprocess.run(["pdftotext", "-layout", tmp_path / "a.pdf", "-"], check=True, capture_output=True, text=True)

    # The head of two entries does not cover the case.
    assert stamps == {"log/stamps/4.checkpoint": b"head 4", "log/stamps/4.tsr": b"token 4"}
    assert "Stamp Office 4" in text.stdout
    # Of those that cover the event, one was found to be wrong.
    assert "Stamp Office 2" not in text.stdout
    assert "Stamp Office 3" not in text.stdout
