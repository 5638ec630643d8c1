from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.record.imports.test_mapped import lines_of
from tiexin.kernel.clock import iso_us
from tiexin.record.api import Record
from tiexin.record.contracts import Event
from tiexin.record.imports.model import ImportFileError, ImportKind, ImportOptionError, ImportReport, ImportSpec
from tiexin.record.imports.runner import run_import

Events = Callable[[], list[Event]]
Xes = Callable[..., ImportReport]
HEADER = """<?xml version="1.0" encoding="UTF-8"?>
<log xes.version="1849-2016" xmlns="http://www.xes-standard.org/">
<extension name="Concept" prefix="concept" uri="http://www.xes-standard.org/concept.xesext"/>
<global scope="trace"><string key="concept:name" value="?"/><string key="kind" value="unknown"/></global>
<global scope="event"><string key="concept:name" value="?"/><string key="org:resource" value="NOBODY"/>
<date key="time:timestamp" value="1970-01-01T00:00:00Z"/><string key="desk" value="main"/></global>
<classifier name="Activity classifier" keys="concept:name lifecycle:transition"/>
<string key="concept:name" value="the log"><int key="nested" value="1"/></string>
"""
STEP = '<event><string key="concept:name" value="{0}"/><date key="time:timestamp" value="{1}"/>{2}</event>\n'
MORNING = "2024-05-01T10:00:00.250+02:00"


def log(*traces: str) -> str:
    return HEADER + "".join(f"<trace>{trace}</trace>\n" for trace in traces) + "</log>\n"


def trace(case: str, *steps: str, more: str = "") -> str:
    return f'<string key="concept:name" value="{case}"/>{more}\n' + "".join(steps)


def step(name: str, at: str = MORNING, more: str = "") -> str:
    return STEP.format(name, at, more)


@pytest.fixture
def import_xes(record: Record, tmp_path: Path) -> Xes:
    def run(content: str | bytes, *, name: str = "loans.xes", **options: object) -> ImportReport:
        path = tmp_path / name
        data = content.encode() if isinstance(content, str) else content
        path.write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
        return run_import(record, path, ImportSpec(kind=ImportKind.XES, **options))  # type: ignore[arg-type]

    return run


@pytest.mark.parametrize("name", ["loans.xes", "loans.xes.gz"])
def test_an_event_of_a_log(import_xes: Xes, events: Events, name: str) -> None:
    more = (
        '<string key="lifecycle:transition" value="complete"/><string key="org:resource" value="112"/>'
        '<string key="org:group" value="desk 1"/><string key="org:role" value="clerk"/>'
        '<int key="count" value="3"/><float key="amount" value="1.5"/><boolean key="ok" value="true"/>'
        '<id key="uuid" value="a-b"/><date key="due" value="2024-06-01T00:00:00Z"/><string key="personal" value="p"/>'
    )
    report = import_xes(log(trace("c1", step("apply", more=more))), name=name)
    assert (report.read, report.appended, report.source) == (1, 1, "urn:tiexin:dataset:loans")
    (event,) = events()
    assert event.type == "journey.step_recorded.v1"
    assert (event.journey, event.case, event.step, event.lifecycle) == ("loans", "c1", "apply", "complete")
    assert (event.actor, event.team, event.channel, event.subject) == ("112", "desk 1", "system", None)
    assert iso_us(event.time_us) == "2024-05-01T08:00:00.250000Z"
    assert event.data == {
        "org:role": "clerk",
        "count": 3,
        "amount": 1.5,
        "ok": True,
        "uuid": "a-b",
        "due": "2024-06-01T00:00:00Z",
        "xes:personal": "p",
        "desk": "main",
        "trace": {"kind": "unknown"},
    }


def test_attributes_of_the_trace_travel_in_its_first_event_alone(import_xes: Xes, events: Events) -> None:
    more = '<string key="kind" value="loan"/><int key="AMOUNT" value="20000"/>'
    import_xes(log(trace("c1", step("a"), step("b"), more=more), trace("c2", step("a"))))
    assert [event.data.get("trace") for event in events()] == [
        {"kind": "loan", "AMOUNT": 20000},
        None,
        {"kind": "unknown"},
    ]


def test_a_missing_resource_stays_absent_and_a_missing_time_is_a_bad_row(import_xes: Xes, events: Events) -> None:
    no_time = '<event><string key="concept:name" value="b"/></event>\n'
    report = import_xes(log(trace("c1", step("a"), no_time)))
    assert [event.actor for event in events()] == [None]
    (found,) = lines_of(report.rejects_file)
    assert (found["line"], found["reason"], found["column"]) == (11, "missing_time", "time:timestamp")


def test_nested_attributes_and_lists_stay_nested(import_xes: Xes, events: Events) -> None:
    more = (
        '<string key="outer" value="o"><int key="inner" value="1"><string key="deep" value="d"/></int></string>'
        '<list key="items"><values><string key="i" value="x"/><string key="i" value="y"/></values></list>'
        '<container key="box"><int key="n" value="2"/></container><string key="after" value="z"/>'
    )
    import_xes(log(trace("c1", step("a", more=more))))
    data = events()[0].data
    assert data["outer"] == {"value": "o", "attributes": {"inner": {"value": 1, "attributes": {"deep": "d"}}}}
    assert data["items"] == [{"i": "x"}, {"i": "y"}]
    assert data["box"] == {"n": 2}
    assert data["after"] == "z"


def test_a_classifier_names_the_step(import_xes: Xes, events: Events) -> None:
    content = log(trace("c1", step("a", more='<string key="lifecycle:transition" value="start"/>'), step("b")))
    import_xes(content, classifier="Activity classifier")
    assert [event.step for event in events()] == ["a+start", "b+"]
    with pytest.raises(ImportOptionError, match="it declares: Activity classifier"):
        import_xes(content, classifier="Other")


def test_identical_events_all_count(import_xes: Xes, record: Record) -> None:
    content = log(trace("c1", step("a"), step("a")))
    assert import_xes(content).appended == 2
    assert import_xes(content, name="renamed.xes", source="urn:tiexin:dataset:loans", journey="loans").duplicates == 2
    assert record.position() == 2


def test_a_mark_and_other_encodings(import_xes: Xes, events: Events) -> None:
    import_xes(b"\xef\xbb\xbf" + log(trace("一", step("申请"))).encode())
    gb = log(trace("二", step("审批"))).replace("UTF-8", "GB18030")
    import_xes(gb.encode("gb18030"), name="gb.xes")
    latin = log(trace("3", step("café"))).replace("UTF-8", "ISO-8859-1")
    import_xes(latin.encode("latin-1"), name="latin.xes")
    assert [event.step for event in events()] == ["申请", "审批", "café"]


def test_local_times_take_the_zone_given(import_xes: Xes, events: Events) -> None:
    content = log(trace("c1", step("a", "2024-05-01T10:00:00")))
    report = import_xes(content)
    assert [line["reason"] for line in lines_of(report.rejects_file)] == ["time_without_zone"]
    import_xes(content, zone="Asia/Shanghai")
    assert [iso_us(event.time_us) for event in events()] == ["2024-05-01T02:00:00Z"]


@pytest.mark.parametrize(
    ("event", "reason"),
    [
        (step("a", "soon"), "not_a_time"),
        (step("", MORNING), "missing_step"),
        (step("a", more='<int key="n" value="many"/>'), "wrong_type"),
        (step("a", more='<float key="n" value="NaN"/>'), "wrong_type"),
        (step("a", more='<string key="n" value="1"/><string key="n" value="2"/>'), "duplicate_attribute"),
    ],
)
def test_a_bad_event_is_set_aside(import_xes: Xes, record: Record, event: str, reason: str) -> None:
    report = import_xes(log(trace("c1", event, step("b"))))
    assert (report.read, report.appended, report.rejected) == (2, 1, 1)
    assert [line["reason"] for line in lines_of(report.rejects_file)] == [reason]
    assert record.position() == 1


def test_broken_xml_keeps_what_came_before_names_its_place_and_goes_on_later(import_xes: Xes, record: Record) -> None:
    whole = log(trace("c1", step("a")), trace("c2", step("b")))
    with pytest.raises(ImportFileError, match="line 13") as caught:
        import_xes(whole[: whole.index("<date", whole.index("c2"))])
    assert caught.value.facts["line"] == 13
    assert caught.value.facts["kept"] == 1
    assert record.position() == 1
    report = import_xes(whole)
    assert (report.read, report.appended, report.duplicates) == (2, 1, 1)


@pytest.mark.parametrize(
    "content",
    [
        '<!DOCTYPE log [<!ENTITY a "b">]><log/>',
        '<!DOCTYPE log SYSTEM "file:///etc/passwd"><log/>',
        "<table/>",
        "",
        "no xml",
        "<log><trace><string value='x'/></trace></log>",
        "<log><trace><event/><string key='concept:name' value='x'/></trace></log>",
        "<log>" + "<container key='a'>" * 40 + "</container>" * 40 + "</log>",
        "<log><trace><event>" + "<container key='a'>" * 40 + "</container>" * 40 + "</event></trace></log>",
    ],
)
def test_what_is_no_log_is_refused(import_xes: Xes, record: Record, content: str) -> None:
    from tiexin.kernel.errors import TiexinError

    with pytest.raises(TiexinError) as caught:
        import_xes(content)
    assert caught.value.status < 500
    assert record.position() == 0
