from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from pathlib import Path

import pytest

from tests.record.imports.conftest import HEAD, MAPPING, Importer
from tiexin.infra.settings import load_settings
from tiexin.record.api import Record, open_record
from tiexin.record.contracts import AppendReceipt, Event
from tiexin.record.export import export
from tiexin.record.imports import runner
from tiexin.record.imports.checkpoint import data_set_name
from tiexin.record.imports.model import ImportFileMissingError, ImportKind, ImportOptionError, ImportSpec
from tiexin.record.imports.runner import run_import

Events = Callable[[], list[Event]]


def rows(first: int, last: int) -> str:
    return "".join(f"2024-05-01 10:00:00,c{number},{number},fees,w{number}\n" for number in range(first, last))


def test_progress_moves_to_the_end(record: Record, tmp_path: Path, mapping_file: Path) -> None:
    path = tmp_path / "visits.csv"
    path.write_text(HEAD + rows(0, 4_500), "utf-8")
    seen: list[tuple[float, int]] = []
    spec = ImportSpec(kind=ImportKind.MAPPING, mapping=mapping_file)
    run_import(record, path, spec, lambda share, count: seen.append((share, count)))
    assert [count for _, count in seen] == [2_000, 4_000, 4_500]
    assert seen[-1][0] == 1.0
    assert all(0 < share <= 1 for share, _ in seen)


def test_an_unchanged_file_is_not_sent_to_the_record_again(
    import_csv: Importer, record: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = HEAD + rows(0, 50)
    import_csv(content)
    sent: list[int] = []
    submit = record.submit

    def spy(events: Sequence[Event]) -> Future[AppendReceipt]:
        sent.append(len(events))
        return submit(events)

    monkeypatch.setattr(record, "submit", spy)
    report = import_csv(content)
    assert (report.read, report.appended, report.duplicates, sent) == (50, 0, 50, [])


def test_a_checkpoint_of_another_record_is_not_believed(
    import_csv: Importer, home: Path, tmp_path: Path, mapping_file: Path
) -> None:
    import_csv(HEAD + rows(0, 50))
    other = tmp_path / "other"
    (other / "imports").mkdir(parents=True)
    (other / "imports" / "visits.json").write_bytes((home / "imports" / "visits.json").read_bytes())
    with open_record(load_settings(other, environment={})) as record:
        spec = ImportSpec(kind=ImportKind.MAPPING, mapping=mapping_file)
        report = run_import(record, tmp_path / "visits.csv", spec)
        assert (report.appended, report.duplicates, record.position()) == (50, 0, 50)


def test_rows_the_record_refused_are_offered_again(import_csv: Importer, record: Record) -> None:
    content = HEAD + rows(0, 3) + "2024-05-01 10:00:00,c,,fees,no subject\n"
    first, second = import_csv(content), import_csv(content)
    assert (first.appended, first.rejected) == (3, 1)
    assert (second.appended, second.duplicates, second.rejected) == (0, 3, 1)
    assert record.position() == 3


def test_small_batches_give_the_same_record(
    import_csv: Importer, events: Events, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner, "BATCH_EVENTS", 7)
    report = import_csv(HEAD + rows(0, 30) + "2024-05-01 10:00:00,c,,fees,no subject\n" + rows(30, 40))
    assert (report.appended, report.rejected) == (40, 1)
    assert [event.case for event in events()] == [f"c{number}" for number in range(40)]


def test_a_batch_that_is_too_large_is_cut(
    import_csv: Importer, record: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner, "BATCH_BYTES", 1 << 40)
    words = "x" * 1_000_000
    content = HEAD + "".join(f"2024-05-01 10:00:00,c{number},{number},a,{words}\n" for number in range(20))
    assert import_csv(content).appended == 20
    assert record.position() == 20


def test_an_interrupted_import_goes_on(tmp_path: Path, mapping_file: Path) -> None:
    home, path = tmp_path / "home", tmp_path / "visits.csv"
    path.write_text(HEAD + rows(0, 20_000), "utf-8")
    script = (
        "import os, signal, sys\n"
        "from pathlib import Path\n"
        "from tiexin.infra.settings import load_settings\n"
        "from tiexin.record.api import open_record\n"
        "from tiexin.record.imports import runner\n"
        "from tiexin.record.imports.model import ImportKind, ImportSpec\n"
        "runner.BATCH_EVENTS = 1_000\n"
        "def stop(share, rows):\n"
        "    if rows >= 10_000:\n"
        "        os.kill(os.getpid(), signal.SIGKILL)\n"
        "with open_record(load_settings(Path(sys.argv[1]), environment={})) as record:\n"
        "    spec = ImportSpec(kind=ImportKind.MAPPING, mapping=Path(sys.argv[3]))\n"
        "    runner.run_import(record, Path(sys.argv[2]), spec, stop)\n"
    )
    command = [sys.executable, "-c", script, str(home), str(path), str(mapping_file)]
    killed = subprocess.run(command, check=False, env={**os.environ, "TIEXIN_HOME": ""})
    assert killed.returncode == -signal.SIGKILL
    with open_record(load_settings(home, environment={})) as record:
        kept = record.position()
        assert 8_000 <= kept <= 10_000
        report = run_import(record, path, ImportSpec(kind=ImportKind.MAPPING, mapping=mapping_file))
        assert (report.read, report.appended, report.duplicates) == (20_000, 20_000 - kept, kept)
        assert [found.event.case for found in record.iterate()] == [f"c{number}" for number in range(20_000)]


def test_what_export_writes_comes_back_equal(
    import_csv: Importer, events: Events, record: Record, tmp_path: Path
) -> None:
    import_csv(HEAD + rows(0, 20), mapping=MAPPING)
    file = tmp_path / "events.jsonl"
    export(record, file, everything=False, with_personal=True)
    with open_record(load_settings(tmp_path / "second", environment={})) as second:
        spec = ImportSpec(kind=ImportKind.CLOUDEVENTS)
        report = run_import(second, file, spec)
        assert (report.read, report.appended, report.rejected) == (20, 20, 0)
        assert [found.event for found in second.iterate(personal=True)] == events()
        assert run_import(second, file, spec).duplicates == 20


def test_lines_that_are_no_events_say_why(record: Record, tmp_path: Path) -> None:
    good = {
        "specversion": "1.0",
        "id": "1",
        "source": "s",
        "type": "message.received.v1",
        "time": "2024-05-01T10:00:00Z",
    }
    lines = [
        json.dumps(good),
        "{",
        "[]",
        json.dumps({**good, "id": "2", "time": "soon"}),
        json.dumps({**good, "id": 3}),
    ]
    path = tmp_path / "events.jsonl"
    path.write_text("\n".join(lines), "utf-8")
    report = run_import(record, path, ImportSpec(kind=ImportKind.CLOUDEVENTS))
    assert (report.read, report.appended, report.rejected) == (5, 1, 4)
    found = [json.loads(line) for line in Path(report.rejects_file or "").read_text("utf-8").splitlines()]
    assert [(line["line"], line["reason"], line.get("column")) for line in found] == [
        (2, "malformed_row", None),
        (3, "record_refused", "$"),
        (4, "record_refused", "time"),
        (5, "record_refused", "id"),
    ]


@pytest.mark.parametrize(
    ("spec", "field"),
    [
        (ImportSpec(kind=ImportKind.MAPPING), "mapping"),
        (ImportSpec(kind=ImportKind.XES, mapping=Path("m.yaml")), "mapping"),
        (ImportSpec(kind=ImportKind.CLOUDEVENTS, journey="j"), "journey"),
        (ImportSpec(kind=ImportKind.CALLS, classifier="c"), "classifier"),
        (ImportSpec(kind=ImportKind.XES, zone="Nowhere"), "zone"),
        (ImportSpec(kind=ImportKind.XES, max_rejects=-1), "max_rejects"),
    ],
)
def test_options_that_do_not_fit(record: Record, tmp_path: Path, spec: ImportSpec, field: str) -> None:
    path = tmp_path / "f.xes"
    path.write_text("<log/>", "utf-8")
    with pytest.raises(ImportOptionError) as caught:
        run_import(record, path, spec)
    assert caught.value.facts["field"] == field


@pytest.mark.parametrize("kind", list(ImportKind))
def test_a_file_that_is_not_there(record: Record, tmp_path: Path, mapping_file: Path, kind: ImportKind) -> None:
    mapping = mapping_file if kind is ImportKind.MAPPING else None
    with pytest.raises(ImportFileMissingError, match="Nothing was imported"):
        run_import(record, tmp_path / "none", ImportSpec(kind=kind, mapping=mapping))


def test_names_of_data_sets_make_different_files() -> None:
    assert data_set_name("urn:tiexin:dataset:bpic2012") == "bpic2012"
    assert data_set_name("urn:tiexin:dataset:../../x").startswith("x-")
    assert data_set_name("urn:other:bpic2012") != data_set_name("urn:other-bpic2012")
