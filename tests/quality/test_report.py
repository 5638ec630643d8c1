"""The report: answer first, self-contained, both languages, every figure defined, nothing said that is not known."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from tests.quality.conftest import call, survey
from tiexin.kernel.text import Language
from tiexin.quality.api import definitions, open_quality, report
from tiexin.quality.contracts import Figure, JourneyWaits, Selection, Unit, WaitingStep
from tiexin.quality.presentation import interval, value
from tiexin.quality.targets import TargetsError, Verdict, load_targets, verdict
from tiexin.record.api import Record

ALL = Selection()
DAY = date(2026, 3, 1)


def figure(name: str, at: float | None, low: float | None, high: float | None, *, n: int = 100) -> Figure:
    unit = next(found.unit for found in definitions() if found.id == name)
    return Figure(id=name, value=at, n=n, low=low, high=high, unit=unit, definition=name, contacts="", rankable=n >= 30)


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [(0.8, 0.9, Verdict.MET), (0.79, 0.9, Verdict.OPEN), (0.6, 0.79, Verdict.MISSED), (0.6, 0.8, Verdict.OPEN)],
)
def test_a_verdict_needs_the_whole_interval(low: float, high: float, expected: Verdict) -> None:
    assert verdict(figure("surveys.csat", (low + high) / 2, low, high), 0.8) is expected


def test_less_is_better_where_the_definition_says_so() -> None:
    assert verdict(figure("branch.wait_p90", 600, 500, 700), 1200) is Verdict.MET
    assert verdict(figure("branch.wait_p90", 1600, 1500, 1700), 1200) is Verdict.MISSED
    assert verdict(figure("branch.wait_p90", 1600, 1500, 1700, n=29), 1200) is None


def test_targets_of_unknown_figures_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "targets.yaml"
    file.write_text("{version: 1, effective_from: '2026-01-01', source: {zh: 甲, en: A}, targets: {calls.offered: 3}}")
    with pytest.raises(TargetsError, match=r"calls\.offered"):
        load_targets(file)


def test_long_times_are_told_in_minutes_and_days() -> None:
    wait = figure("branch.wait_p90", 1623, 1565, 1665)
    assert (value(wait, Language.EN), interval(wait, Language.ZH)) == ("27.1 min", "26.1 – 27.8 分钟")
    assert wait.unit is Unit.SECONDS
    missing = figure("complaints.resolution_km_p90_hours", None, None, None)
    assert value(missing, Language.EN) == "no data"


def test_the_page_answers_first_and_stands_alone(record: Record) -> None:
    record.append([call(day=number, queue=number % 40, product="<b>") for number in range(60)])
    record.append([survey("csat", 2, day=number, scale=(1, 5)) for number in range(60)])
    step = WaitingStep(source="a<b", target="c", cases=40, share=0.5, low=0.4, high=0.6, total_seconds=86_400)
    journey = JourneyWaits(name="loan", cases=50, duration_p50_days=1, duration_p95_days=9, bottlenecks=[step])
    with open_quality(record) as quality:
        page = report(quality, selection=ALL, made_on=DAY, journeys=[journey])
    heading = re.search(r"<h1>(.*?)</h1>", page, re.DOTALL)
    assert heading
    assert "最该先改的是客户满意度（CSAT）：0.0 %（0.0 – 6.0 %，n = 60），目标 ≥ 80.0 %" in heading.group(1)
    assert "What needs work first" in heading.group(1)
    assert not re.search(r"""(?:src|href)=["'](?!#)|<script|@import|url\(""", page)
    assert "a&lt;b" in page
    assert "a<b" not in page
    shown = set(re.findall(r'href="#([a-z0-9_.]+)"', page))
    assert shown <= set(re.findall(r'<dt id="([a-z0-9_.]+)"', page))
    assert "surveys.csat" in shown
    assert "surveys.nps" not in shown


def test_the_axis_of_a_course_names_months_of_the_zone(record: Record) -> None:
    # Day 0.7 is the first of January in Shanghai, day 31.7 the second of February.
    record.append([call(day=0.7 + number / 2, queue=5) for number in range(180)])
    with open_quality(record) as quality:
        page = report(quality, selection=ALL, made_on=DAY, zone="Asia/Shanghai")
    assert re.findall(r'text-anchor="middle">(\d\d-\d\d)</text>', page)[:3] == ["26-01", "26-02", "26-03"]
    assert "25-12" not in page


def test_a_record_without_contacts_says_so(record: Record) -> None:
    with open_quality(record) as quality:
        page = report(quality, selection=ALL, made_on=DAY, language="en")
    assert "holds no contacts yet" in page
    assert 'class="only-en"' in page
