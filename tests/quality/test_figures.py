"""Every figure against a record small enough to count by hand, on the analysis path and on the server's projection."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest

from tests.quality.conftest import DAY_US, START_US, call, event, survey
from tiexin.quality import documents
from tiexin.quality.api import Quality, UnknownFigureError, open_quality, selection_of
from tiexin.quality.contracts import Dimension, Kind, Selection, Step
from tiexin.quality.periods import PeriodError
from tiexin.quality.served import ServedQuality
from tiexin.record.api import Record
from tiexin.record.contracts import Event

Open = Callable[[Record], AbstractContextManager[Quality]]
ALL = Selection()


@pytest.fixture(params=["analysis", "server", pytest.param("spark", marks=pytest.mark.spark)])
def opened(request: pytest.FixtureRequest) -> Iterator[Open]:
    """How figures are opened: by one analysis, by the server's projection, or on Spark."""
    if request.param != "server":
        engine = "spark" if request.param == "spark" else "duckdb"

        @contextmanager
        def analysed(record: Record) -> Iterator[Quality]:
            with open_quality(record, engine=engine) as quality:
                yield quality

        yield analysed
        return
    served = ServedQuality()
    yield served.opened
    served.close()


def received(case: str, *, day: float, **envelope: object) -> Event:
    return event("complaint.received.v1", day=day, data={"topic": "fees"}, case=case, channel="app", **envelope)


def answered(case: str, *, day: float, timely: bool = True) -> Event:
    return event(
        "complaint.answered.v1", day=day, data={"outcome": "explanation", "timely": timely}, case=case, channel="app"
    )


def test_first_contact_resolution_leaves_out_what_cannot_be_seen_yet(record: Record, opened: Open) -> None:
    record.append(
        [
            call(day=0, subject="a"),  # followed after 3 days: not resolved
            call(day=3, subject="a"),  # a repeat, nothing after it: resolved
            call(day=1, subject="b"),  # followed about something else only: resolved
            call(day=2, subject="b", topic="loans"),  # resolved
            call(day=4, subject="c"),  # followed after exactly 7 days: not resolved
            call(day=11, subject="c"),  # a repeat; the record ends 9 days later: resolved
            call(day=19, subject="d"),  # within 7 days of the end: unknown
            call(day=5, subject="e", outcome="abandoned"),  # nobody answered: no contact
            call(day=5),  # no customer
            call(day=20, subject="f"),  # the end of the record: unknown
        ]
    )
    with opened(record) as quality:
        figures = quality.figures(["fcr"], selection=ALL).figures
    settled, repeats = figures["contacts.first_contact_resolution"], figures["contacts.repeat_share"]
    assert (settled.value, settled.n) == (4 / 6, 6)
    assert (repeats.value, repeats.n) == (2 / 8, 8)
    noted = figures["contacts.resolved_share"]
    assert (noted.value, noted.n, noted.missing) == (None, 0, "no_contact")


def test_surveys(record: Record, opened: Open) -> None:
    record.append(
        [
            *(survey("csat", score, scale=(1, 5)) for score in (5, 4, 3, 1)),
            survey("csat", 9, scale=(1, 10)),  # another scale does not count
            *(survey("nps", score, scale=(0, 10)) for score in (10, 9, 8, 7, 6, 0, 9, 9)),
            *(survey("ces", score, scale=(1, 7)) for score in (7, 5, 4, 2)),
        ]
    )
    with opened(record) as quality:
        figures = quality.figures(["csat", "nps", "ces"], selection=ALL).figures
    assert (figures["surveys.csat"].value, figures["surveys.csat"].n) == (0.5, 4)
    assert (figures["surveys.nps"].value, figures["surveys.nps"].n) == (25, 8)
    assert (figures["surveys.ces_mean"].value, figures["surveys.ces_mean"].n) == (4.5, 4)
    assert (figures["surveys.ces_easy_share"].value, figures["surveys.ces_easy_share"].n) == (0.5, 4)
    assert not any(figure.rankable for figure in figures.values())


def test_queues_of_chats_and_branches(record: Record, opened: Open) -> None:
    chat = {"outcome": "answered", "talk_seconds": 1}
    ticket = {"ticket": "A1", "wait_seconds": 300}
    record.append(
        [
            event("chat.ended.v1", day=0, data={**chat, "queue_seconds": 10}, channel="chat"),
            event("chat.ended.v1", day=0, data={**chat, "queue_seconds": 20}, channel="chat"),
            event("chat.ended.v1", day=0, data={**chat, "queue_seconds": 0, "bot_only": True}, channel="chat"),
            event("chat.ended.v1", day=0, data={**chat, "queue_seconds": 9, "outcome": "abandoned"}, channel="chat"),
            event(
                "branch.ticket_served.v1", day=0, data={**ticket, "window": "1", "service_seconds": 5}, channel="branch"
            ),
            event("branch.ticket_abandoned.v1", day=0, data=ticket, channel="branch"),
        ]
    )
    with opened(record) as quality:
        figures = quality.figures(["chats", "branch"], selection=ALL).figures
    assert figures["chats.offered"].value == 3
    assert figures["chats.answered_share"].value == 2 / 3
    assert figures["chats.wait_p90"].value == 19
    assert (figures["branch.served"].value, figures["branch.wait_p90"].value) == (1, 300)
    assert figures["branch.abandoned_share"].value == 0.5


def test_complaints_as_cases(record: Record, opened: Open) -> None:
    record.append(
        [
            received("k1", day=0, subject="a"),
            answered("k1", day=1),
            event("complaint.disputed.v1", day=2, data={"disputed": True}, case="k1", channel="app"),
            received("k2", day=1, subject="b"),
            answered("k2", day=5, timely=False),
            received("k3", day=3, subject="a"),  # open, censored after 7 days; its customer complained before
            event(
                "complaint.received.v1",
                day=4,
                data={"due_at": "2026-01-06T00:00:00Z"},
                case="k4",
                subject="c",
                channel="app",
            ),  # open past its due day
            event("complaint.recorded.v1", day=4, data={"outcome": "closed", "timely": True, "disputed": False}),
            event("app.session_ended.v1", day=10, data={"seconds": 5}, subject="d", channel="app"),
        ]
    )
    with opened(record) as quality:
        document = documents.complaints(quality, ALL)
        figures = quality.figures(["complaints"], selection=ALL).figures
        in_app = quality.figures(["complaints"], selection=Selection(channel="app")).figures
    assert document["n"] == 5
    assert (document["timely_share"], document["timely_share_n"]) == (0.5, 4)
    assert (document["disputed_share"], document["disputed_share_n"]) == (0.5, 2)
    assert document["disputed_by_timely"]["yes"]["share"] == 0.5
    assert set(document["disputed_by_timely"]) == {"yes"}
    assert document["disputed_by_outcome"]["closed"]["share"] == 0
    assert (document["repeat_share"], document["repeat_share_n"]) == (0.25, 4)
    # Four cases: ends after 24 h and 96 h, open after 6 and 7 days; S(24) = 3/4, S(96) = 1/2.
    assert document["resolution_km_hours"] == {"p50": 96, "p90": None}
    assert figures["complaints.resolution_km_p90_hours"].missing == "not_reached"
    rate = figures["complaints.per_10000"]
    assert (rate.value, rate.n) == (5 / 4 * 10_000, 4)
    assert in_app["complaints.count"].value == 4


def test_tickets_take_the_row_with_the_highest_modification(record: Record, opened: Open) -> None:
    def row(case: str, modification: int, *, met: bool, moves: int, resolved: str | None = None) -> Event:
        data = {
            "state": "s",
            "modification": modification,
            "reassignment_count": moves,
            "reopen_count": 1 if case == "t2" else 0,
            "sla_met": met,
            "opened_at": "2026-01-01T00:00:00Z",
        }
        return event(
            "ticket.updated.v1",
            day=10 - modification,
            case=case,
            data=data | ({"resolved_at": resolved} if resolved else {}),
        )

    record.append(
        [
            row("t1", 0, met=True, moves=0),
            row("t1", 2, met=False, moves=7, resolved="2026-01-01T12:00:00+02:00"),
            row("t1", 1, met=True, moves=1),
            row("t2", 0, met=True, moves=0),
        ]
    )
    with opened(record) as quality:
        document = documents.tickets(quality, ALL)
    assert (document["n"], document["sla_met_share"], document["reopened_share"]) == (2, 0.5, 0.5)
    assert document["resolution_hours"]["p50"] == 10
    assert document["resolution_hours_n"] == 1
    assert document["resolution_km_hours"]["p50"] == 10
    assert document["sla_met_by_reassignments"] == {"0": 1.0, "1": None, "2": None, "3": None, "4": None, ">=5": 0.0}


def test_active_customers_of_a_period_are_counted_once(record: Record, opened: Open) -> None:
    record.append(
        [
            *(
                call(day=day, subject=subject, product=product)
                for day, subject, product in ((0, "a", "x"), (1, "a", "y"), (2, "b", "x"), (5, "a", "x"), (6, "c", "x"))
            ),
            call(day=3),
            # Published complaints are no activity of a customer; without any there would be no rate.
            event("complaint.recorded.v1", day=3, data={"outcome": "closed"}, subject="complaint 7"),
        ]
    )
    with opened(record) as quality:
        found = {
            name: quality.figures(["complaints"], selection=selection).figures["complaints.per_10000"].n
            for name, selection in {
                "all": ALL,
                "days": Selection(since_us=START_US + DAY_US, until_us=START_US + 6 * DAY_US),
                "since": Selection(since_us=START_US + 5 * DAY_US),
                "product": Selection(product="x"),
                "no product": Selection(product=""),
            }.items()
        }
    assert found == {"all": 3, "days": 2, "since": 2, "product": 3, "no product": 0}


def test_no_complaint_recorded_is_missing_and_none_elsewhere_is_zero(record: Record, opened: Open) -> None:
    record.append([call(day=0, subject="a", product="x"), call(day=1, subject="b", product="y")])
    with opened(record) as quality:
        figures = quality.figures(["complaints"], selection=ALL).figures
        document = documents.complaints(quality, Selection(product="x"))
        by = quality.by(Dimension.PRODUCT, ["complaints"], selection=ALL)
    rate = figures["complaints.per_10000"]
    assert (rate.value, rate.low, rate.high, rate.n, rate.rankable) == (None, None, None, 0, False)
    assert {name: figure.missing for name, figure in figures.items() if figure.missing != "no_contact"} == {
        "complaints.count": "no_complaints_recorded",
        "complaints.per_10000": "no_complaints_recorded",
    }
    assert (document["per_10000"], document["missing"]["per_10000"]) == (None, "no_complaints_recorded")
    assert [group.figures["complaints.per_10000"].missing for group in by.groups] == ["no_complaints_recorded"] * 2
    record.append([received("k1", day=2, subject="a", product="x")])
    with opened(record) as quality:
        without = quality.figures(["complaints"], selection=Selection(product="y")).figures["complaints.per_10000"]
        nobody = quality.figures(["complaints"], selection=Selection(product="z")).figures["complaints.per_10000"]
    assert (without.value, without.low, without.n, without.missing) == (0.0, 0.0, 1, None)
    assert without.high == pytest.approx(36_888.79, abs=0.01)
    assert (nobody.value, nobody.missing) == (None, "no_contact")


def test_figures_follow_a_merger(record: Record, opened: Open) -> None:
    def unit(code: str, level: str, parent: str | None = None) -> Event:
        data = {"unit": code, "level": level, "name_zh": f"{code}行", "name_en": f"Unit {code}"}
        data |= {"valid_from": "2020-01-01"} | ({"parent": parent} if parent else {})
        return event("org.unit_opened.v1", day=0, data=data)

    record.append(
        [
            unit("HQ", "head_office"),
            unit("N", "first_level_branch", "HQ"),
            unit("S", "first_level_branch", "HQ"),
            unit("N1", "branch", "N"),
            unit("S1", "branch", "S"),
            event("org.unit_merged.v1", day=0, data={"unit": "S1", "into": "N1", "valid_from": "2026-01-03"}),
            *(call(day=day, org="N1") for day in (0, 1)),
            *(call(day=day, org="S1", outcome="abandoned") for day in (0, 5)),
            call(day=5, org="elsewhere"),
        ]
    )
    with opened(record) as quality:
        merged = quality.by(Dimension.BRANCH, ["calls"], selection=ALL, level="first_level_branch")
        before = quality.by(
            Dimension.BRANCH, ["calls"], selection=Selection(as_of="2026-01-02"), level="first_level_branch"
        )
        branch = quality.figures(["calls"], selection=Selection(branch="N1")).figures
    offered = {group.key: group.figures["calls.offered"].value for group in merged.groups}
    assert offered == {"N": 4, "elsewhere": 1}
    assert {group.key: group.figures["calls.offered"].value for group in before.groups} == {
        "N": 2,
        "S": 2,
        "elsewhere": 1,
    }
    assert merged.groups[0].name is not None
    assert merged.groups[0].name.zh == "N行"
    assert branch["calls.answered_share"].value == 0.5
    assert branch["calls.answered_share"].contacts == (
        "/v1/quality/contacts?kind=calls&figure=calls.answered_share&branch=N1"
    )


def test_below_thirty_nothing_is_ranked(record: Record, opened: Open) -> None:
    record.append(
        [
            *(call(day=0, product="poor", outcome="abandoned" if number < 15 else "answered") for number in range(30)),
            *(call(day=0, product="good") for _ in range(30)),
            *(call(day=0, product="few", outcome="abandoned") for _ in range(29)),
        ]
    )
    with opened(record) as quality:
        found = quality.by(Dimension.PRODUCT, ["calls"], selection=ALL, rank_by="calls.answered_share")
    assert [group.key for group in found.groups] == ["poor", "good", "few"]
    assert [group.figures["calls.answered_share"].rankable for group in found.groups] == [True, True, False]


def test_trend_has_a_period_without_contacts_as_missing(record: Record, opened: Open) -> None:
    record.append([call(day=0), call(day=31.5, outcome="abandoned"), call(day=70)])
    with opened(record) as quality:
        utc = quality.trend(["calls"], selection=ALL, step=Step.MONTH)
        weeks = quality.trend(["calls"], selection=Selection(until_us=START_US + 10 * DAY_US), step=Step.WEEK)
    assert [group.figures["calls.answered_share"].value for group in utc.groups] == [1.0, 0.0, 1.0]
    assert [group.since_us for group in utc.groups][:2] == [START_US, START_US + 31 * DAY_US]
    second = weeks.groups[1].figures["calls.offered"]
    assert (second.value, second.missing) == (None, "no_contact")


SHANGHAI = "Asia/Shanghai"
HOUR = 1 / 24


def test_a_trend_is_cut_and_labelled_in_the_zone_asked_for(record: Record, opened: Open) -> None:
    # 2026-01-31T15:59Z is the last minute of January in Shanghai, 16:00Z the first of February there.
    record.append([call(day=0), call(day=30 + 16 * HOUR - HOUR / 60, outcome="abandoned"), call(day=30 + 16 * HOUR)])
    with opened(record) as quality:
        local = quality.trend(["calls"], selection=ALL, step=Step.MONTH, zone=SHANGHAI)
        utc = documents.groups_document(quality.trend(["calls"], selection=ALL, step=Step.MONTH))
        late = quality.trend(["calls"], selection=Selection(since_us=START_US + 31 * DAY_US), zone=SHANGHAI)
    document = documents.groups_document(local)
    assert [(each["label"], each["since"], each["until"]) for each in document["groups"]] == [
        ("2026-01", "2026-01-01T00:00:00+08:00", "2026-02-01T00:00:00+08:00"),
        ("2026-02", "2026-02-01T00:00:00+08:00", "2026-03-01T00:00:00+08:00"),
    ]
    assert [group.figures["calls.offered"].n for group in local.groups] == [2, 1]
    assert document["zone"] == SHANGHAI
    assert (utc["zone"], [each["label"] for each in utc["groups"]]) == ("UTC", ["2026-01"])
    assert (utc["groups"][0]["since"], utc["groups"][0]["since_us"]) == ("2026-01-01T00:00:00Z", START_US)
    # A period that the selection cuts short keeps the name of the whole.
    assert [group.label for group in late.groups] == ["2026-02"]


@pytest.mark.parametrize(
    ("step", "zone", "expected"),
    [
        (Step.DAY, SHANGHAI, ["2026-01-01", "2026-01-02"]),
        (Step.DAY, "America/New_York", ["2025-12-31", "2026-01-01"]),
        (Step.WEEK, "UTC", ["2025-12-29"]),
        (Step.QUARTER, "UTC", ["2026-Q1"]),
        (Step.QUARTER, "America/New_York", ["2025-Q4", "2026-Q1"]),
    ],
)
def test_periods_bear_the_name_of_their_own_date(
    record: Record, opened: Open, step: Step, zone: str, expected: list[str]
) -> None:
    record.append([call(day=0), call(day=0.9)])
    with opened(record) as quality:
        trend = quality.trend(["calls"], selection=ALL, step=step, zone=zone)
    assert [group.label for group in trend.groups] == expected


def test_the_contacts_behind_a_figure_can_be_paged(record: Record, opened: Open) -> None:
    record.append([call(day=number, subject="a") for number in range(5)])
    record.append([event("app.session_ended.v1", day=1, data={"seconds": 1}, subject="a", channel="app")])
    selection = Selection(since_us=START_US + DAY_US)
    with opened(record) as quality:
        first = quality.contacts(Kind.CALLS, selection=selection, limit=3)
        second = quality.contacts(Kind.CALLS, selection=selection, limit=3, after=first.next_after or 0)
    assert [row.position for row in first.contacts] == [2, 3, 4]
    assert [row.position for row in second.contacts] == [5]
    assert second.next_after is None
    assert first.contacts[0].type == "call.ended.v1"


def test_an_empty_record_has_no_figure_and_no_zero(record: Record, opened: Open) -> None:
    with opened(record) as quality:
        found = quality.figures(selection=ALL)
        assert quality.trend(selection=ALL).groups == []
    assert {figure.value for figure in found.figures.values()} == {None}
    assert {figure.missing for figure in found.figures.values()} == {"no_contact"}
    assert found.scope.events == 0


def test_what_cannot_be_asked_is_refused(record: Record, opened: Open) -> None:
    with opened(record) as quality, pytest.raises(UnknownFigureError, match="no family"):
        quality.figures(["magic"], selection=ALL)
    with pytest.raises(PeriodError, match="before it begins"):
        selection_of("2026-02-01", "2026-01-01")
    with pytest.raises(PeriodError, match="no time zone"):
        selection_of("2026-02-01T10:00:00", None)
    with pytest.raises(PeriodError, match="not a day"):
        selection_of("yesterday", None)
