"""The real files of the shared folder, by their known answers (SOURCES.md)."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from tiexin.kernel.clock import iso_us
from tiexin.record.api import Record
from tiexin.record.contracts import Event
from tiexin.record.imports.model import ImportKind, ImportSpec
from tiexin.record.imports.runner import run_import

pytestmark = pytest.mark.real


def test_bpic2012(record: Record, shared_data: Path) -> None:
    spec = ImportSpec(kind=ImportKind.XES)
    report = run_import(record, shared_data / "process/bpic2012.xes.gz", spec)
    assert (report.read, report.appended, report.rejected) == (262_200, 262_200, 0)
    assert report.source == "urn:tiexin:dataset:bpic2012"
    events = [found.event for found in record.iterate()]
    assert len({event.case for event in events}) == 13_087
    assert len({event.actor for event in events} - {None}) == 68
    assert sum(event.actor is None for event in events) == 18_010
    assert len({event.step for event in events}) == 24
    assert len({(event.step, event.lifecycle) for event in events}) == 36
    assert len({event.time_us for event in events}) == 248_189
    assert sum("trace" in event.data for event in events) == 13_087
    assert events[0].data == {"trace": {"REG_DATE": "2011-10-01T00:38:44.546+02:00", "AMOUNT_REQ": "20000"}}
    again = run_import(record, shared_data / "process/bpic2012.xes.gz", spec)
    assert (again.read, again.appended, again.duplicates) == (262_200, 0, 262_200)


@pytest.mark.parametrize(("name", "events", "cases"), [("08_receipt", 8_577, 1_434), ("helpdesk", 21_348, 4_580)])
def test_other_logs(record: Record, shared_data: Path, name: str, events: int, cases: int) -> None:
    report = run_import(record, shared_data / f"process/{name}.xes.gz", ImportSpec(kind=ImportKind.XES))
    assert (report.appended, report.rejected) == (events, 0)
    assert len({found.event.case for found in record.iterate()}) == cases


def test_complaints_without_numbers(record: Record, shared_data: Path) -> None:
    spec = ImportSpec(kind=ImportKind.CFPB)
    report = run_import(record, shared_data / "complaints/cfpb_2013_2017_disputed_3186.csv", spec)
    assert (report.read, report.appended, report.rejected) == (3_186, 3_186, 0)
    events = [found.event for found in record.iterate()]
    assert sum("-" in event.id for event in events) == 11
    assert len({event.data["company"] for event in events}) == 491
    assert Counter(event.data["timely"] for event in events) == {True: 3_093, False: 93}
    assert Counter(event.data.get("disputed") for event in events) == {False: 2_534, True: 595, None: 57}
    assert Counter(event.channel for event in events) == {"web": 2_233, "partner": 533, "email": 220, "phone": 200}
    assert iso_us(events[0].time_us) == "2013-07-29T04:00:00Z"
    assert run_import(record, shared_data / "complaints/cfpb_2013_2017_disputed_3186.csv", spec).duplicates == 3_186


def test_complaints_with_narratives(record: Record, shared_data: Path) -> None:
    path = shared_data / "complaints/cfpb_2023_06_10000.parquet"
    report = run_import(record, path, ImportSpec(kind=ImportKind.CFPB))
    assert (report.appended, report.rejected) == (10_000, 0)
    events = [found.event for found in record.iterate(personal=True)]
    assert sum("personal" in event.data for event in events) == 4_393
    assert record.stats().subjects == 4_393
    assert all((event.subject is not None) == ("personal" in event.data) for event in events)
    assert Counter(event.data["outcome"] for event in events) == {
        "explanation": 5_520,
        "non_monetary_relief": 4_037,
        "in_progress": 242,
        "monetary_relief": 185,
        "untimely": 16,
    }


def test_calls(record: Record, shared_data: Path) -> None:
    path = shared_data / "calls/anonymous_bank_feb1999_calls.parquet"
    report = run_import(record, path, ImportSpec(kind=ImportKind.CALLS))
    assert (report.appended, report.rejected) == (33_344, 0)
    events = [found.event for found in record.iterate()]
    assert Counter(event.data["outcome"] for event in events) == {
        "answered": 27_162,
        "abandoned": 5_904,
        "phantom": 278,
    }
    assert sum(event.subject is None for event in events) == 19_558
    assert sum(event.actor is None for event in events) == 6_673
    assert sum("menu_seconds" not in event.data for event in events) == 25
    assert iso_us(events[0].time_us) == "1999-02-01T05:02:47Z"


def test_tickets(record: Record, shared_data: Path) -> None:
    path = shared_data / "tickets/uci_incident_event_log_119998.parquet"
    report = run_import(record, path, ImportSpec(kind=ImportKind.TICKETS))
    assert (report.appended, report.rejected) == (119_998, 0)
    last: dict[str | None, Event] = {}
    for found in record.iterate():
        event = found.event
        if event.case not in last or event.data["modification"] > last[event.case].data["modification"]:
            last[event.case] = event
    assert len(last) == 20_769
    assert round(sum(event.data["sla_met"] for event in last.values()) / len(last), 5) == 0.60643
    assert sum("resolved_at" in event.data for event in last.values()) == 19_351
    assert {event.journey for event in last.values()} == {"tickets"}
