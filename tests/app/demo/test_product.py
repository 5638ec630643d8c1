"""What Tiexin finds in the made-up bank is what was planted there."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from tests.app.demo.test_truth import JOURNEYS
from tiexin.app.demo.home import Wanted, demo_settings, prepare_demo
from tiexin.journeys.api import open_journey
from tiexin.journeys.contracts import JourneyFilter
from tiexin.quality.api import open_quality
from tiexin.quality.contracts import Kind, Selection
from tiexin.record.api import Record, open_record


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Record]:
    settings = demo_settings(tmp_path_factory.mktemp("demo") / "home")
    wanted = Wanted(customers=600, months=12, seed=5)
    prepare_demo(settings, wanted, fresh=False, progress=lambda _stage, _done, _total: None)
    with open_record(settings) as opened:
        yield opened


@pytest.fixture(scope="module")
def truth(record: Record) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(Path(record.settings.home, "demo", "truth.json").read_bytes())
    return found


@pytest.mark.parametrize("name", JOURNEYS)
def test_journeys_find_every_edge_and_repeat(record: Record, truth: dict[str, Any], name: str) -> None:
    said = truth["journeys"][name]
    with open_journey(record, JourneyFilter(name=name)) as journey:
        summary, edges, rework = journey.summary(), journey.edges(), journey.rework()
        [heaviest, *_] = journey.bottlenecks()
    assert (summary.cases, summary.events) == (said["cases"], said["events"])
    found = {(e.source, e.target): (e.count, round(e.wait_seconds.total * 1_000_000)) for e in edges}
    assert found == {(e["from"], e["to"]): (e["count"], e["waiting_us_total"]) for e in said["edges"]}
    repeated = {step: row for step, row in said["rework"].items() if row["cases_with_repeat"]}
    assert {
        row.activity: {
            "cases": row.cases,
            "cases_with_repeat": row.cases_with_repeat,
            "extra_executions": row.extra_executions,
        }
        for row in rework
        if row.cases_with_repeat
    } == repeated
    [planted] = [found for found in truth["bottlenecks"] if found["journey"] == name]
    assert (heaviest.source, heaviest.target) == (planted["from"], planted["to"])


FIGURES = ("surveys.csat", "surveys.nps", "calls.answered_share", "complaints.disputed_share")


@pytest.mark.parametrize("name", FIGURES)
@pytest.mark.parametrize("selection", [Selection(), Selection(channel="phone")], ids=["all", "phone"])
def test_the_address_of_a_figure_leads_to_as_many_contacts_as_it_counts(
    record: Record, name: str, selection: Selection
) -> None:
    with open_quality(record) as quality:
        figure = quality.figures(selection=selection).figures[name]
        wanted = dict(parse_qsl(urlsplit(figure.contacts).query))
        found, after = 0, 0
        while True:
            page = quality.contacts(
                Kind(wanted["kind"]), figure=wanted["figure"], selection=selection, after=after, limit=1_000
            )
            found += len(page.contacts)
            if page.next_after is None:
                break
            after = page.next_after
    assert wanted["figure"] == name
    assert wanted.get("channel") == selection.channel
    assert found == figure.n
    assert found > 0


def test_quality_counts_what_the_generator_counted(record: Record, truth: dict[str, Any]) -> None:
    said = truth["figures"]
    with open_quality(record) as quality:
        found = quality.figures(selection=Selection()).figures
    calls, complaints, tickets = said["calls"], said["complaints"], said["tickets"]
    due = complaints["answered"] + complaints["overdue"]
    expected = {
        "surveys.csat": (said["csat"]["top2"] / said["csat"]["n"], said["csat"]["n"]),
        "surveys.nps": (said["nps"]["value"], said["nps"]["n"]),
        "surveys.ces_mean": (said["ces"]["score_total"] / said["ces"]["n"], said["ces"]["n"]),
        "calls.answered_share": (calls["answered"] / calls["offered"], calls["offered"]),
        "calls.abandoned_share": (calls["abandoned"] / calls["offered"], calls["offered"]),
        "calls.within_20s_share": (calls["answered_within_20s"] / calls["offered"], calls["offered"]),
        "calls.asa_seconds": (calls["queue_seconds_answered"] / calls["answered"], calls["answered"]),
        "calls.talk_mean_seconds": (calls["talk_seconds_answered"] / calls["answered"], calls["answered"]),
        "complaints.count": (complaints["received"], complaints["received"]),
        "complaints.timely_share": (complaints["timely"] / due, due),
        "tickets.sla_met_share": (tickets["sla_met"] / tickets["n"], tickets["n"]),
    }
    for name, (value, n) in expected.items():
        assert found[name].n == n, name
        assert found[name].value == pytest.approx(value, abs=1e-6), name
