"""Exports: what leaves is recorded, bounded, runs nothing, and leaves by right alone."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any

import httpx
import openpyxl
import pytest

from tests.support.events import BASE_US, call
from tests.support.http import LocalClient, client_of
from tests.support.people import Browser, access_of, signed_in
from tiexin.access.contracts import Role
from tiexin.infra.settings import Settings
from tiexin.record.api import Record
from tiexin.record.contracts import Event, EventFilter

SCRIPT = "<script>alert(1)</script>"
COLUMNS = [
    {"key": "name", "title": "名称 Name", "kind": "text"},
    {"key": "n", "title": "n", "kind": "number"},
    {"key": "share", "title": "Share", "kind": "share"},
    {"key": "at", "title": "At", "kind": "moment"},
]
DANGEROUS = [
    "=1+1",
    '=HYPERLINK("http://evil.example","x")',
    "+1",
    "-2+3",
    "@SUM(1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "＝1+1",
    "＋1",
    "－1",
    "＠SUM(1)",
    " =1",
    "\u3000=1",
    "\ufeff=1",
    "|calc",
    "=cmd|' /C calc'!A0",
]


def table(rows: list[list[Any]], form: str = "csv", **changes: Any) -> dict[str, Any]:
    """Return the body of an export."""
    body = {"what": "quality", "format": form, "title": "质量 Quality", "columns": COLUMNS, "rows": rows}
    return {**body, "address": "/?channel=phone", **changes}


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalClient]:
    """A started application, one for all tests here: none of them looks at what was there before it."""
    with client_of(Settings(home=tmp_path_factory.mktemp("exports") / "home")) as started:
        yield started


@pytest.fixture(autouse=True)
def before(client: LocalClient) -> None:
    """Remember where the record ends, so that a test counts its own events alone."""
    access_of(client).audit.flush(everything=True)
    client.app.state.before = record_of(client).position()


@pytest.fixture(scope="module")
def analyst(client: LocalClient) -> Browser:
    """The browser of an analyst."""
    return signed_in(client, Role.ANALYST)


def record_of(client: LocalClient) -> Record:
    """Return the opened record."""
    found: Record = client.app.state.opened.record()
    return found


def told(client: LocalClient, kind: str) -> list[dict[str, Any]]:
    """Return the data of the events of a kind of access, with their actors."""
    access_of(client).audit.flush(everything=True)
    record_of(client).append([call(1)])  # refusals are queued; what is appended after them comes after them
    page = record_of(client).read(EventFilter(type=f"access.{kind}.v1"), after=client.app.state.before, limit=1_000)
    return [{"actor": one.event.actor, **one.event.data} for one in page.events]


def read_csv(answer: httpx.Response) -> list[list[str]]:
    """Return the rows of a CSV answer."""
    assert answer.status_code == 200, answer.text
    assert answer.content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))


def read_xlsx(answer: httpx.Response) -> Any:
    """Return the workbook of an answer."""
    assert answer.status_code == 200, answer.text
    return openpyxl.load_workbook(io.BytesIO(answer.content))


def test_a_csv_holds_what_was_sent_and_is_recorded(client: LocalClient, analyst: Browser) -> None:
    rows = [["满意度", 12, 0.25, "2026-03-01T09:30:00+08:00"], ["CES", -3.5, None, 1_700_000_000_000_000]]
    answer = analyst.post("/v1/exports", json=table(rows))
    assert read_csv(answer) == [
        ["名称 Name", "n", "Share", "At"],
        ["满意度", "12", "0.25", "2026-03-01T09:30:00+08:00"],
        ["CES", "-3.5", "", "2023-11-14T22:13:20Z"],
    ]
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"].startswith('attachment; filename="tiexin-quality-')
    assert told(client, "exported") == [
        {"actor": "analyst", "what": "quality", "format": "csv", "rows": 2, "columns": 4, "address": "/?channel=phone"}
    ]


def test_a_workbook_has_typed_cells_a_frozen_header_and_says_where_it_comes_from(analyst: Browser) -> None:
    rows = [["满意度", 12, 0.25, "2026-03-01T09:30:00+08:00"], ["big", 2**60, None, None]]
    book = read_xlsx(analyst.post("/v1/exports", json=table(rows, "xlsx", language="zh-CN")))
    data, about = book.worksheets
    assert (data.title, data.freeze_panes) == ("质量 Quality", "A2")
    assert [cell.value for cell in data[1]] == ["名称 Name", "n", "Share", "At (UTC)"]
    assert [(cell.data_type, cell.number_format) for cell in data[2]] == [
        ("s", "@"), ("n", "General"), ("n", "0.0%"), ("d", "yyyy-mm-dd hh:mm:ss")
    ]  # fmt: skip
    assert str(data[2][3].value) == "2026-03-01 01:30:00"
    assert data[3][1].value == str(2**60)
    told_there = {row[0].value: row[1].value for row in about.iter_rows()}
    assert told_there["标题"] == "质量 Quality"
    assert told_there["页面与筛选条件"] == "/?channel=phone"
    assert (told_there["行数 n"], told_there["导出人"]) == (2, "analyst")
    assert about.title == "说明"


@pytest.mark.parametrize("text", DANGEROUS)
def test_no_cell_is_run_by_a_spreadsheet(analyst: Browser, text: str) -> None:
    columns = [{"key": "a", "title": text, "kind": "text"}, {"key": "b", "title": "b", "kind": "number"}]
    body = {"columns": columns, "rows": [[text, text]], "title": text, "address": text}
    parsed = read_csv(analyst.post("/v1/exports", json=table([]) | body))
    assert [cell for row in parsed for cell in row if cell != "b"] == [f"'{text}"] * 3
    book = read_xlsx(analyst.post("/v1/exports", json=table([], "xlsx") | body))
    for sheet in book.worksheets:
        for cell in (cell for row in sheet.iter_rows() for cell in row if cell.value is not None):
            assert cell.data_type in {"s", "n"}, cell.coordinate
            assert cell.hyperlink is None


def test_numbers_below_zero_stay_numbers_and_scripts_stay_text(analyst: Browser) -> None:
    rows = [[SCRIPT, -1, -0.5, None], ["https://evil.example/", 1, 1, None]]
    assert read_csv(analyst.post("/v1/exports", json=table(rows)))[1] == [SCRIPT, "-1", "-0.5", ""]
    data = read_xlsx(analyst.post("/v1/exports", json=table(rows, "xlsx"))).worksheets[0]
    assert [cell.value for cell in data[2]][:3] == [SCRIPT, -1, -0.5]
    assert (data[3][0].value, data[3][0].hyperlink) == ("https://evil.example/", None)


@pytest.mark.parametrize(
    ("changes", "code", "status"),
    [
        ({"rows": [["a", 1, 1]]}, "ragged_table", 422),
        ({"columns": [COLUMNS[0]] * 2, "rows": []}, "ragged_table", 422),
        ({"columns": [{"key": str(at), "title": ""} for at in range(201)], "rows": []}, "export_too_large", 413),
        ({"rows": [["x" * 32_768, 1, 1, None]]}, "export_too_large", 413),
        ({"what": "../../etc/passwd"}, "invalid_parameter", 422),
        ({"format": "exe"}, "invalid_parameter", 422),
        ({"colour": "red"}, "invalid_parameter", 422),
        ({"columns": []}, "invalid_parameter", 422),
    ],
)
@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_what_does_not_fit_is_refused_and_nothing_recorded(
    client: LocalClient, analyst: Browser, changes: dict[str, Any], code: str, status: int, form: str
) -> None:
    answer = analyst.post("/v1/exports", json=table([["a", 1, 1, None]], form) | changes)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert told(client, "exported") == []


def test_too_many_rows_name_the_limit(client: LocalClient, analyst: Browser) -> None:
    body = table([], columns=COLUMNS[1:2]) | {"rows": [[1]] * 100_001}
    answer = analyst.post("/v1/exports", json=body)
    assert answer.status_code == 413
    assert (answer.json()["limit"], answer.json()["rows"]) == (100_000, 100_001)
    assert told(client, "exported") == []


@pytest.mark.parametrize("role", [Role.AGENT, Role.CUSTOMER, Role.REGULATOR])
def test_who_may_not_export_gets_no_file_and_is_noted(client: LocalClient, role: Role) -> None:
    somebody = signed_in(client, role)
    for path, body in (
        ("/v1/exports", table([["a", 1, 1, None]])),
        ("/v1/exports/note", {"what": "map", "format": "png"}),
    ):
        answer = somebody.post(path, json=body)
        assert answer.status_code == 403
        assert "content-disposition" not in answer.headers
    assert somebody.get("/v1/contacts/export").status_code == 403
    assert told(client, "exported") == []
    refused = told(client, "refused")
    assert {one["right"] for one in refused} <= {"export", "record:read"}
    assert {one["actor"] for one in refused} == {role.value}


def test_a_program_without_a_key_may_not_export(client: LocalClient) -> None:
    assert client.post("/v1/exports", json=table([])).status_code == 403
    assert client.get("/v1/contacts/export").status_code == 403
    assert told(client, "exported") == []


def test_a_picture_is_noted_before_it_is_saved(client: LocalClient, analyst: Browser) -> None:
    answer = analyst.post("/v1/exports/note", json={"what": "journey-map", "format": "png", "address": "/journeys"})
    assert (answer.status_code, answer.content) == (204, b"")
    assert told(client, "exported") == [
        {"actor": "analyst", "what": "journey-map", "format": "png", "address": "/journeys"}
    ]


def test_contacts_leave_whole_within_reach_and_without_personal_content(client: LocalClient) -> None:
    record = record_of(client)
    said = {"personal": {"words": "我的电话是13800138000"}, "topic": "=1+1"}
    record.append(
        [
            Event(
                id=f"m-{number}",
                source="urn:test",
                type="message.received.v1",
                time_us=BASE_US + number,
                subject=f"=p-{number}",
                channel="email",
                org="B1" if number % 2 else "B2",
                data=said,
            )
            for number in range(5)
        ]
    )
    officer = signed_in(client, Role.OFFICER, unit="B1")
    parsed = read_csv(officer.get("/v1/contacts/export?format=csv&channel=email&language=zh-CN"))
    assert parsed[0][:3] == ["编号", "时间", "种类"]
    assert [row[4] for row in parsed[1:]] == ["'=p-3", "'=p-1"]
    assert parsed[1][-1] == '{"topic":"=1+1"}'
    book = read_xlsx(officer.get("/v1/contacts/export?format=xlsx&channel=email"))
    assert book.worksheets[0].max_row == 3
    assert not any("13800138000" in str(cell.value) for row in book.worksheets[0].iter_rows() for cell in row)
    assert [(one["what"], one["format"], one["rows"], one["actor"]) for one in told(client, "exported")] == [
        ("contacts", "csv", 2, "officer"),
        ("contacts", "xlsx", 2, "officer"),
    ]
