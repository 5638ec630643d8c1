from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import yaml

from tiexin.record.api import Record
from tiexin.record.imports.mapping import parse_mapping
from tiexin.record.imports.model import ImportKind, ImportSpec
from tiexin.record.imports.runner import run_import
from tiexin.record.imports.suggest import suggest


def test_a_chinese_table(tmp_path: Path, record: Record) -> None:
    path = tmp_path / "工单.csv"
    names = ["工单号", "环节", "开始时间", "客户号", "坐席", "机构", "手机", "金额"]
    rows = [
        [
            f"W{number // 3}",
            ("受理", "审批", "办结")[number % 3],
            f"2024/05/{number % 28 + 1:02} 10:00:00",
            f"K{number // 3}",
            f"张{number % 5}",
            "城东支行",
            f"1380000{number:04}",
            f"{number}.5",
        ]
        for number in range(60)
    ]
    text = "\n".join(",".join(row) for row in [names, *rows]) + "\n"
    path.write_bytes(text.encode("gb18030"))
    written = suggest(path)
    found = yaml.safe_load(written)
    assert (found["format"], found["encoding"], found["delimiter"]) == ("csv", "gb18030", ",")
    assert found["event"] == {
        "type": {"constant": "journey.step_recorded.v1"},
        "time": {"column": "开始时间", "formats": ["%Y/%m/%d %H:%M:%S"]},
        "subject": {"column": "客户号", "pseudonymise": "customer"},
        "case": "工单号",
        "step": "环节",
        "actor": "坐席",
        "team": "机构",
    }
    assert found["data"] == {"金额": {"column": "金额", "as": "float"}}
    assert found["personal"] == {"手机": "手机"}
    assert "# zone: Asia/Shanghai" in written
    mapping = tmp_path / "m.yaml"
    mapping.write_text(written.replace("# zone:", "zone:"), "utf-8")
    report = run_import(record, path, ImportSpec(kind=ImportKind.MAPPING, mapping=mapping))
    assert (report.appended, report.rejected) == (60, 0)


def test_day_and_month_that_may_be_swapped_are_pointed_out(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("when,n\n03/04/2024,1\n05/06/2024,2\n", "utf-8")
    assert "day and month may be the other way round" in suggest(path)
    path.write_text("when,n\n03/14/2024,1\n05/06/2024,2\n", "utf-8")
    assert "other way round" not in suggest(path)
    assert '"%m/%d/%Y"' in suggest(path)


def test_one_bad_time_does_not_hide_the_times_of_a_short_table(tmp_path: Path) -> None:
    path = tmp_path / "short.csv"
    good = [f"2024-05-{day:02} 10:00:00,{day}" for day in range(1, 9)]
    path.write_text("\n".join(["when,n", "yesterday,0", *good]) + "\n", "utf-8")
    written = suggest(path)
    assert yaml.safe_load(written)["event"]["time"] == {"column": "when", "formats": ["iso"]}
    assert "# 1 of 9 times do not fit" in written
    assert "# zone: Asia/Shanghai" in written
    assert "choose from: tiexin record kinds" in written


@pytest.mark.parametrize("values", [["soon", "2024-05-01"], ["soon", "later", *["2024-05-01"] * 40]])
def test_a_column_with_too_many_bad_times_is_no_column_of_times(tmp_path: Path, values: list[str]) -> None:
    path = tmp_path / "few.csv"
    path.write_text("\n".join(["when,n", *(f"{value},1" for value in values)]) + "\n", "utf-8")
    assert "no column of times was found" in suggest(path)


def test_json_lines(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    lines = [
        {"event_id": f"e{n}", "at": f"2024-05-01T10:00:{n:02}Z", "who": {"customer": f"c{n % 7}"}, "l": [1]}
        for n in range(30)
    ]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    found = yaml.safe_load(suggest(path))
    assert found["event"]["id"] == "event_id"
    assert found["event"]["time"] == {"column": "at", "formats": ["iso"]}
    assert found["event"]["subject"] == {"column": "who.customer", "pseudonymise": "customer"}
    parse_mapping(suggest(path), name="m")


@pytest.mark.real
@pytest.mark.parametrize(
    ("name", "case", "step"),
    [
        ("process/running-example.csv", "case:concept:name", "concept:name"),
        ("tickets/uci_incident_event_log_119998.parquet", "number", "incident_state"),
    ],
)
def test_real_files(shared_data: Path, name: str, case: str, step: str) -> None:
    mapping = parse_mapping(suggest(shared_data / name), name=name)
    assert (mapping.event.case, mapping.event.step) == (case, step)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_mapping_in_the_guide_is_valid(language: str) -> None:
    guide = Path(__file__).parents[3] / "docs" / "guide" / f"import.{language}.md"
    (written,) = re.findall(r"```yaml\n(.*?)```", guide.read_text("utf-8"), re.DOTALL)
    assert parse_mapping(written, name=guide.name).source == "urn:tiexin:dataset:visits"
