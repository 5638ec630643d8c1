"""Same plan, same bytes; every event is one the record accepts; memory and formats do not change what is said."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from datetime import datetime
from hashlib import sha256
from pathlib import Path

import msgspec
import pyarrow.parquet as pq
import pytest

from tests.app.demo.conftest import Bank
from tiexin.app.demo import spool
from tiexin.app.demo.contracts import FileFormat, Plan, PlanError
from tiexin.app.demo.generate import generate
from tiexin.app.demo.profile import ProfileUnknownError
from tiexin.record.contracts import HOUSE_PREFIXES, Channel
from tiexin.record.kinds.shipped import SHIPPED

SMALL = Plan(customers=60, months=2, seed=7)
SMALL_EVENTS = 1_241
SMALL_SHA256 = "a4526045b282a6437f9e1c45f4f7ca1061e17c9f0a382d997ee70452546851c6"
"""When this changes on purpose, GENERATION is raised: events of old and new runs must not bear the same source."""


def test_bytes_are_the_same_on_every_machine_and_python(tmp_path: Path) -> None:
    done = generate(SMALL, tmp_path)
    assert done.events == SMALL_EVENTS
    assert sha256(done.files[0].read_bytes()).hexdigest() == SMALL_SHA256


@pytest.mark.parametrize("file_format", list(FileFormat))
def test_two_runs_give_the_same_bytes(tmp_path: Path, file_format: FileFormat) -> None:
    one = generate(SMALL, tmp_path / "one", file_format=file_format)
    two = generate(SMALL, tmp_path / "two", file_format=file_format)
    assert one.files[0].read_bytes() == two.files[0].read_bytes()
    assert one.truth.read_bytes() == two.truth.read_bytes()
    assert sorted(path.name for path in (tmp_path / "one").iterdir()) == [
        f"events.{file_format}",
        "reference",
        "truth.json",
    ]
    assert [table.read_bytes() for table in one.reference] == [table.read_bytes() for table in two.reference]


def test_another_seed_gives_other_people_under_another_source(tmp_path: Path) -> None:
    one = generate(SMALL, tmp_path / "one").files[0].read_text("utf-8").splitlines()
    two = generate(msgspec.structs.replace(SMALL, seed=8), tmp_path / "two").files[0].read_text("utf-8").splitlines()
    assert {json.loads(line)["source"] for line in one} == {"urn:tiexin:generated:bank:g3:seed-7:months-2"}
    assert {json.loads(line)["source"] for line in two} == {"urn:tiexin:generated:bank:g3:seed-8:months-2"}
    subjects = [{json.loads(line).get("subject") for line in lines} - {None} for lines in (one, two)]
    assert not subjects[0] & subjects[1]


def test_a_larger_bank_holds_the_smaller_one(tmp_path: Path) -> None:
    small = generate(SMALL, tmp_path / "small").files[0].read_bytes().splitlines()
    large = (
        generate(msgspec.structs.replace(SMALL, customers=90), tmp_path / "large").files[0].read_bytes().splitlines()
    )
    assert len(large) > len(small)
    assert not Counter(small) - Counter(large)


def test_spooling_through_files_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = generate(SMALL, tmp_path / "memory").files[0].read_bytes()
    monkeypatch.setattr(spool.Spool.__init__, "__kwdefaults__", {"bytes_max": 20_000})
    assert generate(SMALL, tmp_path / "files").files[0].read_bytes() == whole
    assert sorted(path.name for path in (tmp_path / "files").iterdir()) == ["events.jsonl", "reference", "truth.json"]


def test_formats_hold_the_same_events(tmp_path: Path) -> None:
    lines = generate(SMALL, tmp_path).files[0].read_bytes()
    zipped = generate(SMALL, tmp_path, file_format=FileFormat.JSONL_GZ).files[0].read_bytes()
    assert gzip.decompress(zipped) == lines
    table = pq.read_table(generate(SMALL, tmp_path, file_format=FileFormat.PARQUET).files[0])
    rows = table.to_pylist()
    for row, line in zip(rows, lines.splitlines(), strict=True):
        row["time"] = row["time"].strftime("%Y-%m-%dT%H:%M:%SZ")
        row["data"] = json.loads(row["data"])
        assert {name: value for name, value in row.items() if value is not None} == json.loads(line)


def test_every_event_is_of_a_shipped_kind(bank: Bank) -> None:
    for event in bank.events:
        data = {name: value for name, value in event["data"].items() if name != "personal"}
        msgspec.convert(data, SHIPPED[event["type"]])
        assert event["specversion"] == "1.0"
        assert event["datacontenttype"] == "application/json"
        assert event.get("channel", "app") in set(Channel)
    kinds = {event["type"] for event in bank.events}
    never = {"complaint.recorded.v1", "record.hold_placed.v1", "record.hold_released.v1", "system.subject_erased.v1"}
    assert {kind for kind in set(SHIPPED) - kinds if not kind.startswith(HOUSE_PREFIXES)} <= never | {
        "complaint.withdrawn.v1",
        "walk.cancelled.v1",
    }


def test_personal_content_has_a_subject_and_stands_nowhere_else(bank: Bank) -> None:
    personal = [event for event in bank.events if "personal" in event["data"]]
    assert len(personal) == bank.truth["events_with_personal_content"] > 300
    assert all(event["subject"].startswith("p-") for event in personal)
    words = {
        value for event in personal for key, value in event["data"]["personal"].items() if key in {"name", "phone"}
    }
    for event in bank.events:
        shown = json.dumps(event | {"data": event["data"] | {"personal": None}}, ensure_ascii=False)
        assert not any(word in shown for word in words if len(word) > 2)


def test_ids_are_unique_and_times_run_forward_inside_the_period(bank: Bank) -> None:
    assert len({event["id"] for event in bank.events}) == len(bank.events) == bank.done.events
    times = [event["time"] for event in bank.events]
    assert times == sorted(times)
    period = bank.truth["period"]
    assert period == {"start": "2024-12-31T16:00:00Z", "end": "2025-12-31T16:00:00Z", "utc_offset_hours": 8}
    assert period["start"] <= times[0]
    assert times[-1] < period["end"]
    assert all(datetime.fromisoformat(time).tzinfo for time in times)


def test_limits_are_stated_and_nothing_is_written(tmp_path: Path) -> None:
    with pytest.raises(PlanError) as refused:
        Plan(customers=0, months=12, seed=1)
    assert refused.value.facts == {"customers_max": 10_000_000, "months_max": 120}
    out = tmp_path / "out"
    with pytest.raises(ProfileUnknownError):
        generate(Plan(customers=1, months=1, seed=1, profile="circus"), out)
    assert list(out.iterdir()) == []
