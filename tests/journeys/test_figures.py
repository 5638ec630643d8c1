from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.journeys.logs import Log, log
from tiexin.infra.analytics.engine import UnknownEngineError
from tiexin.journeys import api
from tiexin.journeys.contracts import (
    Activity,
    CaseFocus,
    CaseRow,
    DurationBin,
    Edge,
    Handover,
    JourneyFilter,
    Loop,
    MeanAndTail,
    Party,
    Percentiles,
    Rework,
    Summary,
    Variant,
    Waiting,
)
from tiexin.kernel.calendar import parse_business_hours

LOAN = JourneyFilter(name="loan")
# Case 1 goes there and back (a b a b), case 2 stops short, case 3 repeats a; the second row of case 3 came late.
ROWS: list[dict[str, Any]] = [
    {"case": "1", "step": "a", "at": 0, "actor": "ann", "team": "front", "channel": "app"},
    {"case": "1", "step": "b", "at": 10, "actor": "bob", "team": "back"},
    {"case": "1", "step": "a", "at": 40, "actor": "bob", "team": "back"},
    {"case": "1", "step": "b", "at": 45, "actor": None, "team": "back"},
    {"case": "2", "step": "a", "at": 100, "actor": "ann", "team": "front", "channel": "branch", "product": "car"},
    {"case": "2", "step": "b", "at": 120, "actor": "bob", "team": "back"},
    {
        "case": "3",
        "step": "c",
        "at": 500,
        "actor": "bob",
        "team": "back",
        "data": '{"amount": 5000, "trace": {"a b": "x"}, "x.y": "z"}',
    },
    {"case": "3", "step": "a", "at": 200, "actor": "ann", "team": "front"},
    {"case": "3", "step": "a", "at": 200, "actor": "cyd", "team": "front", "lifecycle": "COMPLETE"},
    {"case": None, "step": "a", "at": 1},
    {"case": "9", "step": None, "at": 1},
    {"case": "1", "step": "z", "at": 1, "journey": "other"},
]
SMALL = Log(log(ROWS))


@pytest.fixture(params=[False, True], ids=["tuned", "portable"])
def portable(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


def waiting(mean: float, p50: float, p95: float, longest: float, total: float) -> Waiting:
    return Waiting(mean=mean, p50=p50, p95=p95, max=longest, total=total)


def test_the_summary_counts_what_belongs_to_the_journey_and_nothing_else(*, portable: bool) -> None:
    with api.open_journey(SMALL, LOAN, portable=portable) as journey:
        assert journey.summary() == Summary(
            events=9,
            cases=3,
            activities=3,
            edges=4,
            variants=3,
            resources=3,
            events_without_resource=1,
            # Durations 45 s, 20 s and 300 s; interpolated 45 and 45 + 0.9 · 255 = 274.5.
            duration_days=Percentiles(p50=45 / 86_400, p95=274.5 / 86_400),
            # ann → bob, ann → bob, then ann → cyd → bob: one, one and two handovers.
            handovers_per_case=MeanAndTail(mean=4 / 3, p95=1.9),
        )


def test_edges_wait_between_directly_following_steps_heaviest_first(*, portable: bool) -> None:
    with api.open_journey(SMALL, LOAN, portable=portable) as journey:
        assert journey.edges() == [
            Edge(source="a", target="c", count=1, cases=1, wait_seconds=waiting(300, 300, 300, 300, 300)),
            Edge(source="a", target="b", count=3, cases=2, wait_seconds=waiting(35 / 3, 10, 19, 20, 35)),
            Edge(source="b", target="a", count=1, cases=1, wait_seconds=waiting(30, 30, 30, 30, 30)),
            Edge(source="a", target="a", count=1, cases=1, wait_seconds=waiting(0, 0, 0, 0, 0)),
        ]


def test_equal_times_keep_the_order_of_the_record_and_late_rows_find_their_place(*, portable: bool) -> None:
    with api.open_journey(SMALL, LOAN, portable=portable) as journey:
        assert journey.variants() == [
            Variant(activities=["a", "a", "c"], cases=1),
            Variant(activities=["a", "b"], cases=1),
            Variant(activities=["a", "b", "a", "b"], cases=1),
        ]


def test_rework_counts_executions_beyond_the_first_of_a_case(*, portable: bool) -> None:
    with api.open_journey(SMALL, LOAN, portable=portable) as journey:
        assert journey.rework() == [
            Rework(activity="a", cases=3, cases_with_repeat=2, extra_executions=2),
            Rework(activity="b", cases=2, cases_with_repeat=1, extra_executions=1),
            Rework(activity="c", cases=1, cases_with_repeat=0, extra_executions=0),
        ]


def test_handovers_need_two_known_and_different_actors(*, portable: bool) -> None:
    with api.open_journey(SMALL, LOAN, portable=portable) as journey:
        assert journey.handovers() == [
            Handover(source="ann", target="bob", count=2, cases=2, wait_seconds=waiting(15, 15, 19.5, 20, 30)),
            Handover(source="ann", target="cyd", count=1, cases=1, wait_seconds=waiting(0, 0, 0, 0, 0)),
            Handover(source="cyd", target="bob", count=1, cases=1, wait_seconds=waiting(300, 300, 300, 300, 300)),
        ]


def test_teams_hand_over_too() -> None:
    with api.open_journey(SMALL, LOAN) as journey:
        assert [(each.source, each.target, each.count) for each in journey.handovers(Party.TEAM)] == [
            ("front", "back", 3)
        ]


def test_a_lifecycle_decides_what_a_step_is(*, portable: bool) -> None:
    with api.open_journey(SMALL, JourneyFilter(name="loan", lifecycle="COMPLETE"), portable=portable) as journey:
        found = journey.summary()
        assert (found.events, found.cases, found.edges, found.variants) == (1, 1, 0, 1)
        assert journey.edges() == []


def test_a_lifecycle_that_never_occurs_gives_nothing(*, portable: bool) -> None:
    with api.open_journey(SMALL, JourneyFilter(name="loan", lifecycle="NEVER"), portable=portable) as journey:
        found = journey.summary()
        assert (found.events, found.cases, found.duration_days.p50, found.handovers_per_case.mean) == (0, 0, 0, 0)
        assert [*journey.variants(), *journey.rework(), *journey.handovers(), *journey.bottlenecks()] == []
        assert journey.durations().n == journey.slow().n == journey.cases().total == 0


@pytest.mark.parametrize(
    ("chosen", "cases"),
    [
        (JourneyFilter(name="loan", since_us=100_000_000), ["2", "3"]),
        (JourneyFilter(name="loan", until_us=100_000_000), ["1"]),
        (JourneyFilter(name="loan", channel="app"), ["1"]),
        (JourneyFilter(name="loan", product="car"), ["2"]),
        (JourneyFilter(name="loan", actor="cyd"), ["3"]),
        (JourneyFilter(name="loan", team="front"), ["1", "2", "3"]),
        (JourneyFilter(name="loan", activities=("b",)), ["1", "2"]),
        (JourneyFilter(name="loan", activities=("b", "c")), []),
        (JourneyFilter(name="loan", attributes=(("amount", "5000"),)), ["3"]),
        (JourneyFilter(name="loan", attributes=(("trace.a b", "x"), ("x.y", "z"))), ["3"]),
        (JourneyFilter(name="loan", attributes=(("trace.a b", "y"),)), []),
        (JourneyFilter(name="loan", variant=("a", "b")), ["2"]),
        (JourneyFilter(name="loan", variant=("a", "never")), []),
    ],
)
def test_filters_choose_whole_cases(chosen: JourneyFilter, cases: list[str]) -> None:
    with api.open_journey(SMALL, chosen) as journey:
        assert sorted(row.case for row in journey.cases().cases) == cases
        whole = {"1": 4, "2": 2, "3": 3}
        assert journey.summary().events == sum(whole[case] for case in cases)


def test_the_map_shows_starts_and_ends() -> None:
    with api.open_journey(SMALL, LOAN) as journey:
        assert journey.activities() == [
            Activity(activity="a", count=5, cases=3, starts=3, ends=0),
            Activity(activity="b", count=3, cases=2, starts=0, ends=2),
            Activity(activity="c", count=1, cases=1, starts=0, ends=1),
        ]
        assert journey.map().edges == journey.edges()


def test_loops_are_self_loops_and_ways_there_and_back() -> None:
    with api.open_journey(SMALL, LOAN) as journey:
        assert journey.loops() == [
            Loop(activity="a", via="a", count=1, cases=1),
            Loop(activity="a", via="b", count=1, cases=1),
            Loop(activity="b", via="a", count=1, cases=1),
        ]


def test_a_funnel_asks_for_stages_in_order() -> None:
    with api.open_journey(SMALL, LOAN) as journey:
        assert [(stage.activity, stage.cases) for stage in journey.funnel(["a", "b", "a"])] == [
            ("a", 3), ("b", 2), ("a", 1),
        ]  # fmt: skip


def test_durations_are_binned() -> None:
    with api.open_journey(SMALL, LOAN) as journey:
        found = journey.durations()
        assert (found.n, found.max) == (3, 300 / 86_400)
        assert found.histogram == [DurationBin(from_days=0, to_days=1 / 24, cases=3)]


def test_bottlenecks_on_few_cases_have_no_rank() -> None:
    with api.open_journey(SMALL, LOAN) as journey:
        found = journey.bottlenecks()
        assert [(each.source, each.target, each.rank) for each in found[:2]] == [("a", "c", None), ("a", "b", None)]
        assert sum(each.share for each in found) == pytest.approx(1)
        assert found[0].share == pytest.approx(300 / 365)


@pytest.mark.parametrize(
    ("focus", "cases"),
    [
        (CaseFocus(edge=("a", "b")), ["1", "2"]),
        (CaseFocus(handover=("ann", "cyd")), ["3"]),
        (CaseFocus(repeats="b"), ["1"]),
        (CaseFocus(longer_than_seconds=20), ["3", "1"]),
    ],
)
def test_the_cases_behind_a_figure_longest_first(focus: CaseFocus, cases: list[str]) -> None:
    with api.open_journey(SMALL, LOAN) as journey:
        page = journey.cases(focus)
        assert sorted(row.case for row in page.cases) == sorted(cases)
        assert page.total == len(cases)
        assert journey.cases(limit=1, offset=1).cases == [
            CaseRow(
                case="1",
                first="1970-01-01T00:00:00Z",
                last="1970-01-01T00:00:45Z",
                duration_seconds=45.0,
                events=4,
                handovers=1,
            )
        ]


def test_waiting_by_the_business_clock_counts_working_time_only() -> None:
    # Friday 1970-01-02 16:59:30 to Monday 09:00:10 UTC: 30 s on Friday and 10 s on Monday.
    friday, monday = 86_400 + 16 * 3_600 + 59 * 60 + 30, 4 * 86_400 + 9 * 3_600 + 10
    source = Log(log([{"case": "1", "step": "a", "at": friday}, {"case": "1", "step": "b", "at": monday}]))
    with api.open_journey(source, LOAN) as journey:
        (edge,) = journey.edges(calendar=parse_business_hours("UTC Mon-Fri 09:00-17:00"))
        assert edge.wait_seconds == waiting(40, 40, 40, 40, 40)


@pytest.mark.parametrize("ask", [api.Journey.summary, api.Journey.map, api.Journey.cases, api.Journey.slow])
def test_an_unknown_journey_is_refused_with_the_names_there_are(ask: Callable[[api.Journey], object]) -> None:
    with (
        api.open_journey(SMALL, JourneyFilter(name="nope")) as journey,
        pytest.raises(api.UnknownJourneyError) as caught,
    ):
        ask(journey)
    assert caught.value.facts == {"journey": "nope", "known": ["loan", "other"]}


def test_journeys_are_listed_with_their_extent() -> None:
    assert [(each.name, each.events, each.cases, each.lifecycles) for each in api.journeys(SMALL)] == [
        ("loan", 9, 3, ["COMPLETE"]),
        ("other", 1, 1, []),
    ]


def test_an_unknown_engine_is_refused() -> None:
    with pytest.raises(UnknownEngineError), api.open_journey(SMALL, LOAN, engine="abacus"):
        pass


def test_a_comparison_shows_where_the_second_waits_longer() -> None:
    rows = [
        row
        for number in range(60)
        for row in (
            {"case": f"{number}", "step": "a", "at": number, "channel": "app" if number % 2 else "branch"},
            {"case": f"{number}", "step": "b", "at": number + (10 if number % 2 else 100) + number % 3},
        )
    ]
    first, second = (JourneyFilter(name="loan", channel=channel) for channel in ("app", "branch"))
    found = api.compare(Log(log(rows)), first, second)
    (edge,) = found.edges
    assert (edge.rank, edge.first_cases, edge.second_cases) == (1, 30, 30)
    assert (edge.first_seconds_per_case, edge.second_seconds_per_case) == (11, 101)
    assert edge.difference_low is not None
    assert edge.difference_high is not None
    assert edge.difference_low < 90 < edge.difference_high
    assert found.median_days_difference == pytest.approx(90 / 86_400)


def test_what_slow_cases_have_in_common_is_found_and_small_groups_are_not_ranked() -> None:
    rows = [
        row
        for number in range(120)
        for row in (
            {
                "case": f"{number}",
                "step": "a",
                "at": number,
                "product": "car" if number < 30 else "house",
                "data": '{"vip": true}' if number == 0 else "{}",
            },
            {"case": f"{number}", "step": "b", "at": number + (1_000 + number if number < 30 else 10)},
        )
    ]
    with api.open_journey(Log(log(rows)), LOAN) as journey:
        found = journey.slow()
    assert (found.n, found.slow) == (120, 30)
    car = found.attributes[0]
    assert (car.rank, car.attribute, car.value, car.n, car.slow) == (1, "product", "car", 30, 30)
    assert (car.share, car.other_share, car.lift) == (1.0, 0.0, 4.0)
    assert [each.rank for each in found.attributes if each.attribute == "data.vip"] == [None]
    assert {each.attribute for each in found.attributes} == {"product", "data.vip"}
