"""Trails on the command line: shown from the record, and replayed elsewhere from proofs alone."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import msgspec
import pytest
from typer.testing import CliRunner, Result

from tests.support.trails import CASE, SCORE, decision, event, matter
from tests.support.trust import ORIGIN
from tiexin.infra.settings import Settings
from tiexin.infra.terminal import Invocation
from tiexin.record.api import open_record
from tiexin.trust.api import TrustKeys, open_trust
from tiexin.trust.commands import app


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """An installation whose log covers one matter with a trail."""
    settings = Settings(home=tmp_path / "home")
    with open_record(settings) as record, open_trust(settings, record=record) as trust:
        trust.keys.create(ORIGIN)
        record.append(matter())
        trust.sync()
    return settings.home


def vkey(home: Path) -> str:
    return TrustKeys(Settings(home=home)).vkeys()[0]


def run(home: Path, *words: str | Path) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words], obj=Invocation(home=home))


def said(result: Result) -> dict[str, Any]:
    found: dict[str, Any] = msgspec.json.decode(result.stdout)
    return found


def test_a_trail_is_shown_from_its_end_or_by_its_case(home: Path) -> None:
    by_event = run(home, "trail", "--event", "e4", "--json")
    assert by_event.exit_code == 0, by_event.output
    assert [step["id"] for step in said(by_event)["steps"]] == ["e1", "e2", "e3", "e4"]
    decided = said(by_event)["steps"][2]
    assert decided["title"] == {"zh": "决定：同意", "en": "Decision: granted"}
    assert decided["rule"] == {"name": "mortgage-scorecard", "version": "2024-07-01"}
    assert decided["previous"] == [1, 2]
    assert decided["values"] == {}
    assert said(run(home, "trail", "--case", CASE, "--json")) == said(by_event)
    assert said(run(home, "trail", "--index", "3", "--json")) == said(by_event)


def test_people_at_a_terminal_read_both_languages(home: Path) -> None:
    result = run(home, "trail", "--event", "e4")
    assert result.exit_code == 0, result.output
    assert "决定：同意 · Decision: granted" in result.stdout
    assert "符合条件。 · Within our limits." in result.stdout
    assert "rests on index 0, 1" in result.stdout


def test_inputs_open_for_whoever_may_see_them(home: Path) -> None:
    result = run(home, "trail", "--event", "e3", "--personal", "--json")
    assert result.exit_code == 0, result.output
    assert said(result)["steps"][2]["values"] == {"credit_score": SCORE}


def test_an_erased_person_leaves_the_chain_whole_and_the_inputs_closed(home: Path, tmp_path: Path) -> None:
    before = tmp_path / "before"
    assert run(home, "trail", "--event", "e4", "--out", before).exit_code == 0
    with open_record(Settings(home=home)) as record:
        assert record.erase("person-1", reason="asked for it").erased
    result = run(home, "trail", "--event", "e4", "--personal", "--json")
    assert result.exit_code == 0, result.output
    assert said(result)["steps"][2]["values"] == {}
    assert run(home, "replay", before, "--vkey", vkey(home)).exit_code == 0


def test_an_input_that_does_not_open_is_named(home: Path) -> None:
    wrong = decision(5, 1)
    wrong.data["personal"]["inputs"][0]["value"] = SCORE + 1
    with open_record(Settings(home=home)) as record:
        record.append([wrong])
    result = run(home, "trail", "--event", "e5", "--personal", "--json")
    assert result.exit_code == 1
    steps = said(result)["steps"]
    assert [step["broken"] for step in steps] == [None, "input_does_not_open"]
    assert steps[1]["values"] == {}


def test_a_chain_is_replayed_offline_from_its_proofs(home: Path, tmp_path: Path) -> None:
    out = tmp_path / "chain"
    shown = run(home, "trail", "--event", "e4", "--out", out, "--json")
    assert [step["proof"] for step in said(shown)["steps"]] == sorted(file.name for file in out.iterdir())
    result = run(tmp_path / "nowhere", "replay", out, "--vkey", vkey(home), "--json")
    assert result.exit_code == 0, result.output
    assert said(result)["origin"] == ORIGIN
    assert [(step["id"], step["previous"]) for step in said(result)["steps"]] == [
        ("e1", []),
        ("e2", []),
        ("e3", [1, 2]),
        ("e4", [3]),
    ]
    assert not (tmp_path / "nowhere").exists()


def test_a_proof_left_out_is_missed_and_one_of_another_log_refused(home: Path, tmp_path: Path) -> None:
    out = tmp_path / "chain"
    assert run(home, "trail", "--event", "e4", "--out", out).exit_code == 0
    foreign = TrustKeys(Settings(home=tmp_path / "other")).create(ORIGIN)
    refused = run(home, "replay", out, "--vkey", foreign, "--json")
    assert refused.exit_code == 1
    assert said(refused)["ok"] is False
    assert said(refused)["why"].startswith("0000000000.tlog-proof is not proved: ")
    (out / "0000000001.tlog-proof").unlink()
    gap = run(home, "replay", out, "--vkey", vkey(home), "--json")
    assert gap.exit_code == 1
    assert [step["broken"] for step in said(gap)["steps"]] == [None, "earlier_step_not_shown", None]
    empty = run(home, "replay", tmp_path, "--vkey", vkey(home), "--json")
    assert (empty.exit_code, said(empty)) == (1, {"ok": False, "why": "There is no proof to replay"})


def test_an_altered_proof_is_refused(home: Path, tmp_path: Path) -> None:
    out = tmp_path / "chain"
    assert run(home, "trail", "--event", "e4", "--out", out).exit_code == 0
    file = out / "0000000002.tlog-proof"
    lines = file.read_text("utf-8").splitlines(keepends=True)
    at = next(number for number, line in enumerate(lines) if line.startswith("index "))
    lines[at] = "index 1\n"
    file.write_text("".join(lines), "utf-8")
    result = run(home, "replay", out, "--vkey", vkey(home), "--json")
    assert result.exit_code == 1
    assert said(result)["why"].startswith("0000000002.tlog-proof is not proved: ")


def test_a_step_that_was_altered_in_the_record_is_named(home: Path) -> None:
    with sqlite3.connect(home / "record.db") as database:
        database.execute("UPDATE events SET data = replace(data, 'granted', 'declined') WHERE position = 3")
    database.close()
    result = run(home, "trail", "--event", "e4", "--json")
    assert result.exit_code == 1
    assert [step["broken"] for step in said(result)["steps"]] == [None, None, "altered", None]


def test_exactly_one_beginning_is_asked_for(home: Path) -> None:
    assert run(home, "trail").exit_code == 2
    assert run(home, "trail", "--event", "e1", "--case", CASE).exit_code == 2


def test_an_event_without_a_trail_stands_alone(home: Path) -> None:
    with open_record(Settings(home=home)) as record:
        record.append([event(8, "decision.taken.v1", {"matter": "mortgage", "outcome": "granted"})])
    result = run(home, "trail", "--event", "e8", "--json")
    assert [step["id"] for step in said(result)["steps"]] == ["e8"]
    assert said(run(home, "trail", "--case", "unknown", "--json")) == {"ok": True, "steps": []}
