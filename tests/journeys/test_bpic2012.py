"""The known answers for BPIC 2012 (SOURCES.md), through import and record, on both engines and both paths."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.support.http import run_cli
from tiexin.infra.settings import load_settings
from tiexin.journeys import api
from tiexin.journeys.contracts import CaseFocus, JourneyFilter
from tiexin.record.api import Record, open_record

pytestmark = pytest.mark.real
BPIC = JourneyFilter(name="bpic2012")
COMPLETE = JourneyFilter(name="bpic2012", lifecycle="COMPLETE")
HOUR, DAY = 3_600, 86_400
LEADS = "W_Afhandelen leads"


@pytest.fixture(scope="module")
def home(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("bpic2012")
    done = run_cli("--home", str(home), "import", str(shared_data / "process/bpic2012.xes.gz"), "--as", "xes", "--json")
    assert done.returncode == 0, done.stderr
    return home


@pytest.fixture(scope="module")
def record(home: Path) -> Iterator[Record]:
    with open_record(load_settings(home, environment={})) as record:
        yield record


@pytest.fixture(scope="module", params=[False, True], ids=["tuned", "portable"])
def journey(record: Record, request: pytest.FixtureRequest) -> Iterator[api.Journey]:
    with api.open_journey(record, BPIC, portable=request.param) as journey:
        yield journey


def test_the_summary(journey: api.Journey) -> None:
    found = journey.summary()
    assert (found.events, found.cases, found.activities, found.edges) == (262_200, 13_087, 24, 125)
    assert (found.variants, found.resources, found.events_without_resource) == (4_366, 68, 18_010)
    assert round(found.duration_days.p50, 5) == 0.80854
    assert round(found.duration_days.p95, 5) == 31.34202
    assert round(found.handovers_per_case.mean, 5) == 3.44655
    assert found.handovers_per_case.p95 == 12
    assert sum(each.count for each in journey.handovers()) == 45_105


def test_the_edges(journey: api.Journey) -> None:
    first, second, third = journey.edges()[:3]
    assert (first.source, first.target, first.count, first.cases) == (
        "W_Nabellen offertes", "W_Nabellen offertes", 36_084, 4_300,
    )  # fmt: skip
    wait = first.wait_seconds
    assert (round(wait.mean / HOUR, 3), round(wait.p50 / HOUR, 4), round(wait.p95 / HOUR, 3)) == (
        37.599,
        0.0841,
        184.558,
    )
    assert (wait.max, round(wait.total / DAY, 2)) == (2_671_714.378, 56_529.75)
    assert (second.source, second.target, second.count, second.cases) == (
        "W_Completeren aanvraag", "W_Completeren aanvraag", 38_004, 6_457,
    )  # fmt: skip
    wait = second.wait_seconds
    assert (round(wait.mean / HOUR, 3), round(wait.p50 / HOUR, 4), round(wait.p95 / HOUR, 3)) == (
        13.156,
        0.1418,
        45.685,
    )
    # SOURCES.md says 20,833.87 days, which contradicts its own mean: 13.156 h × 38,004 is at most 20,833.3 days. Two
    # counts of our own (pandas over the raw XES, and this one) give 1,799,989,678,435 ms.
    assert wait.total == 1_799_989_678.435
    assert (third.source, third.target, third.count, third.cases) == (
        "W_Completeren aanvraag", "W_Nabellen offertes", 5_015, 5_011,
    )  # fmt: skip
    assert round(third.wait_seconds.total / DAY, 2) == 15_530.72


def test_the_variants(journey: api.Journey) -> None:
    first, second = journey.variants()[:2]
    assert (first.activities, first.cases) == (["A_SUBMITTED", "A_PARTLYSUBMITTED", "A_DECLINED"], 3_429)
    assert (second.activities, second.cases) == (
        ["A_SUBMITTED", "A_PARTLYSUBMITTED", LEADS, LEADS, "A_DECLINED", LEADS], 1_872,
    )  # fmt: skip


@pytest.mark.parametrize("portable", [False, True], ids=["tuned", "portable"])
def test_rework_and_variants_on_complete_events(record: Record, *, portable: bool) -> None:
    with api.open_journey(record, COMPLETE, portable=portable) as journey:
        assert journey.summary().variants == 4_336
        found = [
            (each.activity, each.cases, each.cases_with_repeat, each.extra_executions) for each in journey.rework()
        ]
    assert found[:3] == [
        ("W_Nabellen offertes", 5_011, 4_274, 17_965),
        ("W_Completeren aanvraag", 7_367, 4_420, 16_600),
        ("W_Nabellen incomplete dossiers", 1_647, 1_474, 9_760),
    ]


def test_the_command_line_says_the_same_with_exactly_the_keys_of_the_contract(home: Path, record: Record) -> None:
    with api.open_journey(record, BPIC) as journey:
        expected = {
            "summary": journey.summary(),
            "edges": journey.edges(),
            "variants": journey.variants(),
            "rework": journey.rework(),
        }
    for name, figure in expected.items():
        done = run_cli("--home", str(home), "journeys", name, "bpic2012", "--json")
        assert done.stdout == msgspec.json.encode(figure).decode() + "\n"
    assert list(msgspec.to_builtins(expected["summary"])) == [
        "events", "cases", "activities", "edges", "variants", "resources", "events_without_resource", "duration_days",
        "handovers_per_case",
    ]  # fmt: skip
    assert list(msgspec.to_builtins(expected["edges"])[0]) == ["from", "to", "count", "cases", "wait_seconds"]


def figures(record: Record, chosen: JourneyFilter, engine: str) -> dict[str, Any]:
    with api.open_journey(record, chosen, engine=engine) as journey:
        return {
            "summary": journey.summary(),
            "edges": journey.edges(),
            "variants": journey.variants(),
            "rework": journey.rework(),
            "handovers": journey.handovers(),
            "loops": journey.loops(),
            "map": journey.map(),
            "durations": journey.durations(),
            "slow": journey.slow(),
            "cases": journey.cases(CaseFocus(edge=("W_Nabellen offertes", "W_Nabellen offertes"))),
        }


@pytest.mark.spark
@pytest.mark.parametrize(
    "chosen",
    [BPIC, COMPLETE, JourneyFilter(name="bpic2012", attributes=(("trace.AMOUNT_REQ", "5000"),), actor="11181")],
    ids=["whole", "complete", "chosen"],
)
def test_spark_and_duckdb_agree_to_the_last_digit(record: Record, chosen: JourneyFilter) -> None:
    pytest.importorskip("pyspark", reason="pyspark is not installed (extra spark)")
    duckdb, spark = (figures(record, chosen, engine) for engine in ("duckdb", "spark"))
    assert spark == duckdb
    assert duckdb["summary"].events > 0


def test_slow_cases_by_an_attribute_of_the_trace(record: Record) -> None:
    with api.open_journey(
        record, JourneyFilter(name="bpic2012", attributes=(("trace.AMOUNT_REQ", "5000"),))
    ) as journey:
        assert journey.summary().cases == 1_956
    with api.open_journey(record, BPIC) as journey:
        amounts = [each for each in journey.slow().attributes if each.attribute == "data.trace.AMOUNT_REQ"]
    assert len(amounts) == 4
    assert sum(each.n for each in amounts) == 13_087


@pytest.mark.spark
def test_shares_of_bottlenecks_agree_up_to_the_order_of_summation(record: Record) -> None:
    pytest.importorskip("pyspark", reason="pyspark is not installed (extra spark)")
    with api.open_journey(record, BPIC) as one, api.open_journey(record, BPIC, engine="spark") as two:
        for left, right in zip(one.bottlenecks(), two.bottlenecks(), strict=True):
            exact = (left.rank, left.source, left.target, left.wait_seconds)
            assert exact == (right.rank, right.source, right.target, right.wait_seconds)
            shares = (left.share, left.share_low, left.share_high)
            assert shares == pytest.approx((right.share, right.share_low, right.share_high), rel=1e-9, abs=1e-12)
