"""What people read: a sentence with the answer and tables that fit a terminal; and what is not said without cases."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.journeys.logs import Log, log
from tiexin.infra.settings import load_settings
from tiexin.journeys import api
from tiexin.journeys.contracts import Doubt, JourneyFilter
from tiexin.journeys.filters import calendar_of
from tiexin.journeys.views import Shown, units, view_of
from tiexin.record.api import open_record
from tiexin.record.contracts import Event

LOAN = JourneyFilter(name="loan")
HOUR = 3_600
LONG = "call_back_because_papers_are_missing_or_cannot_be_read"
PARTS = (
    "summary", "activities", "edges", "map", "handovers", "bottlenecks", "variants", "rework", "loops", "durations",
    "slow", "cases",
)  # fmt: skip


def rows(cases: int, *, channel: str = "app", wait: int = 10) -> list[dict[str, Any]]:
    """Return cases of two steps, each a second later than the one before."""
    return [
        row
        for number in range(cases)
        for row in (
            {"case": f"{channel} {number}", "step": "a", "at": number, "channel": channel},
            {"case": f"{channel} {number}", "step": "b", "at": number + wait + number % 3},
        )
    ]


def of_channel(channel: str) -> JourneyFilter:
    return JourneyFilter(name="loan", channel=channel)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0 s"),
        (0.5, "0.5 s"),
        (99, "99 s"),
        (150, "2.5 min"),
        (9_000, "2.5 h"),
        (9.97 * HOUR, "10 h"),
        (-47 * HOUR, "-47 h"),
        (60 * HOUR, "2.5 days"),
        (86_400 * 3_351, "3,351 days"),
        (None, "–"),
        (float("inf"), "–"),
    ],
)
def test_lengths_of_time_are_told_in_the_unit_that_fits(seconds: float | None, text: str) -> None:
    assert units.length(seconds) == text


def test_working_time_is_never_told_in_days() -> None:
    assert units.length(60 * HOUR, working=True) == "60 h"


def test_a_share_is_told_with_its_interval() -> None:
    assert units.give_or_take(0.43, 0.40, 0.46) == "43 % ± 3"
    assert units.give_or_take(0.078, 0.070, 0.086) == "7.8 % ± 0.8"
    assert units.give_or_take(0.02, 0.0, 0.08) == "2.0 % (0.0–8.0 %)"
    assert units.length_interval(-2 * HOUR, 12 * HOUR) == "-2.0 to 12 h"


def test_the_sentence_of_bottlenecks_is_the_answer() -> None:
    with api.open_journey(Log(log(rows(40))), LOAN) as journey:
        found = journey.bottlenecks()
        few = view_of("bottlenecks", Shown(whole=[], document=[]))
    view = view_of("bottlenecks", Shown(whole=found, document=found))
    assert view.sentence == "100 % of all waiting sits in a → b."
    assert few.sentence == "No edge is passed by 30 cases: too few to name a bottleneck."


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("views")
    steps = [("take_up_the_application", 0), (LONG, 5 * HOUR), ("take_up_the_application", 900 * HOUR)]
    with open_record(load_settings(folder, environment={})) as record:
        record.append(
            [
                Event(
                    id=f"{case} {at}",
                    source="test",
                    type="journey.step_recorded.v1",
                    time_us=(at + case) * 1_000_000,
                    journey="loan",
                    case=f"case-{case}",
                    step=name,
                    actor=f"[somebody] with quite a long name {at % 7}",
                    channel="app",
                )
                for case in range(35)
                for name, at in steps
            ]
        )
    return folder


def told(home: Path, *words: str, columns: int = 80) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "tiexin.app.cli", "--home", str(home), "journeys", *words],
        env=os.environ | {"COLUMNS": str(columns), "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("part", PARTS)
def test_tables_fit_eighty_columns_and_cut_nothing(home: Path, part: str) -> None:
    output = told(home, part, "loan")
    assert max(len(line) for line in output.splitlines()) <= 80
    assert not [line for line in output.splitlines() if "…" in line and not line.startswith("… and ")]


def test_numbers_stand_right_and_long_names_are_whole(home: Path) -> None:
    lines = [line.rstrip() for line in told(home, "edges", "loan", columns=120).splitlines()]
    assert lines[0].startswith(f"Most waiting lies on {LONG} →")
    table = lines[lines.index("") + 1 :]
    assert table[0].split("  ")[-1] == "in total"
    assert [line.split()[-2:] for line in table if line.endswith("days")] == [["1,305", "days"], ["7.3", "days"]]
    assert LONG in " ".join(table)


def test_names_in_square_brackets_are_no_markup(home: Path) -> None:
    assert "[somebody] with" in told(home, "handovers", "loan")


def test_a_comparison_with_nothing_says_nothing(home: Path) -> None:
    words = ("compare", "loan", "--first", "channel=app", "--second", "channel=phone")
    output = told(home, *words)
    assert output.splitlines()[0] == "The second selection has no case: there is nothing to compare."
    assert "inf" not in output
    assert "nan" not in output
    found = json.loads(told(home, *words, "--json"))
    assert (found["reason"], found["second"]["cases"]) == ("no_cases", 0)
    assert found["second"]["duration_days"] == {"p50": None, "p95": None}
    parts = (
        "median_days_difference",
        "slow_share_second",
        "slow_share_difference",
        "slow_share_low",
        "slow_share_high",
    )
    assert [found[part] for part in parts] == [None] * 5
    assert found["first"]["duration_days"]["p50"] == 37.5
    for edge in found["edges"]:
        assert (edge["rank"], edge["second_seconds_per_case"], edge["difference"]) == (None, None, None)
        assert (edge["difference_low"], edge["difference_high"]) == (None, None)


def test_below_thirty_cases_no_difference_is_certain() -> None:
    source = Log(log([*rows(60), *rows(29, channel="phone", wait=1_000)]))
    found = api.compare(source, of_channel("app"), of_channel("phone"))
    (edge,) = found.edges
    assert (found.reason, edge.rank) == (Doubt.FEW_CASES, None)
    assert edge.difference_low is not None
    assert edge.difference_low > 900
    sentence = view_of("compare", Shown(whole=found, document=found)).sentence
    assert sentence == "Only 29 cases in the second selection, fewer than 30: no difference is certain."


def test_with_thirty_cases_on_either_side_a_difference_can_be_certain() -> None:
    source = Log(log([*rows(60), *rows(30, channel="phone", wait=1_000)]))
    found = api.compare(source, of_channel("app"), of_channel("phone"))
    assert (found.reason, found.edges[0].rank) == (None, 1)
    assert "a certain difference" in view_of("compare", Shown(whole=found, document=found)).sentence


def test_measurements_are_no_values_but_few_numbers_are() -> None:
    told_apart, measured = (
        [
            row | ({"data": json.dumps({"queue_seconds": number % many + 0.5})} if row["step"] == "a" else {})
            for number, row in enumerate(rows(80))
        ]
        for many in (10, 40)
    )
    found = []
    for each in (told_apart, measured):
        with api.open_journey(Log(log(each)), LOAN) as journey:
            found.append(
                sorted(item.value for item in journey.slow().attributes if item.attribute == "data.queue_seconds")
            )
    assert found[0] == ["0.5", "2.5", "4.5", "6.5", "8.5"]
    assert found[1] == ["10.5 – 20.5", "20.5 – 30.5", "< 10.5", "≥ 30.5"]


def test_twenty_attributes_of_slow_cases_are_shown_and_all_are_in_the_document(tmp_path: Path) -> None:
    with open_record(load_settings(tmp_path, environment={})) as record:
        record.append(
            [
                Event(
                    id=f"{case} {name}",
                    source="test",
                    type="journey.step_recorded.v1",
                    time_us=(case + at) * 1_000_000,
                    journey="loan",
                    case=str(case),
                    step=name,
                    actor=f"actor {case}",
                )
                for case in range(25)
                for name, at in (("a", 0), ("b", 60))
            ]
        )
    assert told(tmp_path, "slow", "loan").splitlines()[-1].startswith("… and 5 more")
    assert told(tmp_path, "slow", "loan", "--limit", "3").splitlines()[-1].startswith("… and 22 more")
    assert len(json.loads(told(tmp_path, "slow", "loan", "--json"))["attributes"]) == 25
    assert len(json.loads(told(tmp_path, "slow", "loan", "--json", "--limit", "3"))["attributes"]) == 3


def test_bottlenecks_count_working_time_in_the_part_and_in_the_whole() -> None:
    noon = 1_767_571_200 + 12 * HOUR
    """2026-01-05, a Monday, 12:00 UTC."""
    events = [
        row
        for number in range(30)
        for row in (
            {"case": f"{number}", "step": "a", "at": noon},
            {"case": f"{number}", "step": "b", "at": noon + HOUR},
            {"case": f"{number}", "step": "c", "at": noon + 24 * HOUR},
        )
    ]
    calendar = calendar_of("UTC Mon-Fri 09:00-17:00", ())
    with api.open_journey(Log(log([*events, {"case": "alone", "step": "a", "at": noon}])), LOAN) as journey:
        elapsed = [(each.source, each.share) for each in journey.bottlenecks()]
        working = journey.bottlenecks(calendar=calendar)
    assert elapsed == [("b", 23 / 24), ("a", 1 / 24)]
    assert [(each.rank, each.source, each.share, each.cases) for each in working] == [
        (1, "b", 7 / 8, 30),
        (2, "a", 1 / 8, 30),
    ]
    assert [each.wait_seconds.total for each in working] == [30 * 7 * HOUR, 30 * HOUR]
    assert working[0].share_low == pytest.approx(7 / 8)
