"""A demo is made once, resumes when it was interrupted, and touches nothing it did not make."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tiexin.app.cli import app
from tiexin.app.demo import home as demo_home
from tiexin.app.demo import loading as demo_loading
from tiexin.app.demo.contracts import Plan
from tiexin.app.demo.home import DemoDiffersError, HomeForeignError, Wanted, demo_settings, prepare_demo
from tiexin.record.api import open_record

WANTED = Wanted(customers=40, months=2, seed=3)


def quiet(_stage: str, _done: int, _total: int) -> None:
    return


def made(home: Path, wanted: Wanted = WANTED, *, fresh: bool = False) -> demo_home.Demo:
    return prepare_demo(demo_settings(home), wanted, fresh=fresh, progress=quiet)


def test_a_demo_is_made_once_and_stands_whole_in_the_lake(tmp_path: Path) -> None:
    home = tmp_path / "demo"
    first = made(home)
    truth = json.loads(first.truth.read_bytes())
    assert first.appended == first.stats.events == truth["events"]
    assert first.stats.subjects == truth["subjects"]
    assert first.stats.lake_position == first.stats.position
    again = made(home)
    assert again.appended == 0
    assert again.stats == first.stats
    assert made(home, Wanted()).plan == Plan(customers=40, months=2, seed=3)


def test_the_record_knows_the_organisation_of_a_day(tmp_path: Path) -> None:
    home = tmp_path / "demo"
    made(home)
    with open_record(demo_settings(home)) as record:
        tree = record.org_tree()
    assert tree.successor("JC-0303", on=date(2025, 1, 29)) == "JC-0303"
    assert tree.successor("JC-0303", on=date(2025, 1, 30)) == "JC-0301"
    chain = [unit.unit for unit in tree.path("JC-0303-W", on=date(2025, 1, 30))]
    assert chain == ["JC-0303-W", "JC-0301", "JC-03", "JC"]


@pytest.mark.parametrize("stage", ["live", "write", "import"])
def test_an_interrupted_demo_resumes(tmp_path: Path, stage: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo_loading, "BATCH_EVENTS", 50)
    home = tmp_path / "demo"
    calls = []

    def interrupt(now: str, _done: int, _total: int) -> None:
        calls.append(now)
        if calls.count(stage) == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        prepare_demo(demo_settings(home), WANTED, fresh=False, progress=interrupt)
    resumed = made(home)
    truth = json.loads(resumed.truth.read_bytes())
    assert resumed.stats.events == truth["events"]
    assert resumed.appended == truth["events"] - (50 * (2 + demo_loading.BATCHES_AHEAD) if stage == "import" else 0)
    assert made(home).appended == 0


def test_a_batch_that_was_stored_before_the_marker_was_written_is_not_doubled(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "demo"
    write = demo_home._write_marker

    def fail_after_the_first_batch(where: Path, marker: demo_home.Marker) -> None:
        if marker.imported:
            raise KeyboardInterrupt
        write(where, marker)

    monkeypatch.setattr(demo_home, "_write_marker", fail_after_the_first_batch)
    with pytest.raises(KeyboardInterrupt):
        made(home)
    monkeypatch.undo()
    resumed = made(home)
    assert resumed.appended == 0
    assert resumed.stats.events == json.loads(resumed.truth.read_bytes())["events"]


def test_a_foreign_home_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    home = tmp_path / "bank"
    home.mkdir()
    (home / "record.db").write_bytes(b"theirs")
    for fresh in (False, True):
        with pytest.raises(HomeForeignError):
            made(home, fresh=fresh)
    assert [(path.name, path.read_bytes()) for path in home.iterdir()] == [("record.db", b"theirs")]
    assert list(tmp_path.iterdir()) == [home]


def test_other_arguments_are_refused_unless_a_fresh_start_is_asked_for(tmp_path: Path) -> None:
    home = tmp_path / "demo"
    first = made(home)
    with pytest.raises(DemoDiffersError) as refused:
        made(home, Wanted(customers=41))
    assert refused.value.facts["made_with"] == {"customers": 40, "months": 2, "seed": 3, "profile": "bank"}
    assert made(home).stats == first.stats
    fresh = made(home, Wanted(customers=20), fresh=True)
    assert fresh.plan == Plan(customers=20, months=2, seed=3)
    assert fresh.stats.events < first.stats.events
    assert sorted(path.name for path in tmp_path.iterdir()) == ["demo", "demo-before-1"]
    assert made(tmp_path / "demo-before-1").stats == first.stats


def test_the_environment_never_leads_a_demo_into_another_database(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TIEXIN_DATABASE_URL", "postgresql://bank/production")
    monkeypatch.setenv("TIEXIN_KEY_FILE", str(tmp_path / "theirs" / "kek"))
    monkeypatch.setenv("TIEXIN_HOME", str(tmp_path / "theirs"))
    settings = demo_settings(None)
    assert settings.home == Path("~/.local/share/tiexin-demo").expanduser()
    assert settings.database_url == ""
    assert settings.keys_dir == settings.home / "keys"


def test_the_commands_print_one_json_document(tmp_path: Path) -> None:
    run = CliRunner()
    size = ["--customers", "40", "--months", "2", "--seed", "3"]
    done = run.invoke(app, ["generate", *size, "--out", str(tmp_path / "out"), "--json"])
    assert done.exit_code == 0
    said = json.loads(done.stdout)
    assert said["files"] == [str(tmp_path / "out" / "events.jsonl")]
    home = ["--home", str(tmp_path / "home")]
    shown = json.loads(run.invoke(app, [*home, "demo", *size, "--no-serve", "--json"]).stdout)
    assert shown["events"] == shown["appended"] == said["events"]
    assert shown["subjects"] == said["people"]
    read = run.invoke(app, [*home, "import", said["files"][0], "--as", "cloudevents", "--json"])
    assert read.exit_code == 0, read.output
    counted = json.loads(read.stdout)
    assert (counted["read"], counted["appended"], counted["duplicates"]) == (said["events"], 0, said["events"])


@pytest.mark.parametrize("file_format", ["jsonl.gz", "parquet"])
def test_every_format_is_imported_whole(tmp_path: Path, file_format: str) -> None:
    run = CliRunner()
    size = ["--customers", "40", "--months", "2", "--format", file_format]
    said = json.loads(run.invoke(app, ["generate", *size, "--out", str(tmp_path / "out"), "--json"]).stdout)
    command = ["--home", str(tmp_path / "home"), "import", said["files"][0], "--as", "cloudevents", "--json"]
    for appended, duplicates in ((said["events"], 0), (0, said["events"])):
        counted = json.loads(run.invoke(app, command).stdout)
        assert (counted["appended"], counted["duplicates"], counted["rejected"]) == (appended, duplicates, 0)
    again = run.invoke(app, ["generate", *size[:4], "--out", str(tmp_path / "lines"), "--json"])
    command[3] = json.loads(again.stdout)["files"][0]
    counted = json.loads(run.invoke(app, command).stdout)
    assert (counted["appended"], counted["duplicates"]) == (0, said["events"])


def test_a_demo_says_in_both_languages_what_is_there(tmp_path: Path) -> None:
    arguments = ["--home", str(tmp_path / "home"), "demo", "--customers", "20", "--months", "1", "--no-serve"]
    said = CliRunner().invoke(app, arguments).stdout
    assert "演示银行：20 位客户，1 个月" in said
    assert "A made-up bank: 20 customers, 1 months" in said
