"""The report: answer first, self-contained, both languages, every figure defined, nothing said that is not known."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from tests.quality.conftest import call, survey
from tiexin.kernel.clock import to_us
from tiexin.kernel.text import Language, Text
from tiexin.quality.api import definitions, open_quality, report
from tiexin.quality.contracts import Figure, JourneyWaits, Selection, Unit, WaitingStep
from tiexin.quality.presentation import interval, value
from tiexin.quality.report.charts import waits
from tiexin.quality.report.findings import journey_finding
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
    said = heading.group(1).replace("\u00a0", " ")
    assert "最该先改的是客户满意度（CSAT）：0.0 %（0.0 – 6.0 %，n = 60），目标 ≥ 80.0 %" in said
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


def words_of(page: str) -> str:
    """Return the text of the body without marks, spaces that do not break made plain."""
    body = page[page.index("<body") :]
    return re.sub(r"<[^>]+>", "", body).replace("\u00a0", " ")


def test_a_record_without_contacts_says_so_once_and_what_to_do(record: Record) -> None:
    with open_quality(record) as quality:
        page = report(quality, selection=ALL, made_on=DAY, language="en")
    assert 'class="only-en"' in page
    words = words_of(page)
    assert words.count("The record is still empty: there is nothing to count yet.") == 1
    assert words.count("记录还是空的，没有可供统计的联系。") == 1
    assert "Next: read contacts with “tiexin import”" in words
    assert "接下来：用 tiexin import" in words
    assert "How it is counted" not in words
    assert "–" not in words


def test_a_period_without_contacts_says_so_and_where_the_record_lies(record: Record) -> None:
    record.append([call(day=number) for number in range(3)])
    with open_quality(record) as quality:
        page = report(quality, selection=Selection(since_us=to_us(datetime(2030, 1, 1, tzinfo=UTC))), made_on=DAY)
    words = words_of(page)
    assert "There are no contacts in this selection that figures could be counted from." in words
    assert "The whole record goes from 2026-01-01 to 2026-01-03 with 3 events." in words
    assert "全部记录为 2026-01-01 至 2026-01-03，共 3 条。" in words
    assert "Service quality report · 2030-01-01 –" in words


def test_steps_of_journeys_are_told_in_words_of_both_languages() -> None:
    names = (Text(zh="审核材料", en="Papers checked"), Text(zh="补材料", en="Papers <asked> for"))
    step = WaitingStep(
        source="check_papers",
        target="call_back",
        cases=40,
        share=0.5,
        low=0.4,
        high=0.6,
        total_seconds=864_000,
        source_name=names[0],
        target_name=names[1],
    )
    journey = JourneyWaits(
        name="mortgage",
        cases=50,
        duration_p50_days=1,
        duration_p95_days=9,
        bottlenecks=[step],
        title=Text(zh="个人住房贷款", en="Mortgage"),
    )
    found = journey_finding(journey)
    assert found.zh == "个人住房贷款：全部等待的 50 %（40 – 60 %）在“审核材料 → 补材料”这一步，共 10 天"
    assert (
        found.en
        == "Mortgage: 50 % (40 – 60 %) of all waiting is in “Papers checked → Papers <asked> for”, 10 days in all"
    )
    drawn = waits(journey)
    assert "Papers checked → Papers &lt;asked&gt; for" in drawn
    assert "check_papers" not in drawn


@pytest.mark.parametrize(
    ("cases", "zh", "en"),
    [
        (1, "loan：仅 1 件案件，不足 30 件，尚不足以下结论", "loan: 1 case, fewer than 30 – too few to say"),
        (29, "loan：仅 29 件案件，不足 30 件，尚不足以下结论", "loan: 29 cases, fewer than 30 – too few to say"),
        (
            30,
            "loan：30 件案件，没有一步达到 30 件，尚不足以下结论",
            "loan: 30 cases, but no step with 30 of them – too few to say",
        ),
    ],
)
def test_a_journey_with_few_cases_is_named_with_its_n(record: Record, cases: int, zh: str, en: str) -> None:
    journey = JourneyWaits(name="loan", cases=cases, duration_p50_days=1, duration_p95_days=9, bottlenecks=[])
    assert journey_finding(journey) == Text(zh=zh, en=en)
    with open_quality(record) as quality:
        page = report(quality, selection=ALL, made_on=DAY, journeys=[journey])
    assert en in words_of(page)
    assert "median duration" not in page
