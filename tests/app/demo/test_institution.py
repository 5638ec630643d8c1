"""The bank itself: its units over time, its opening hours, its words."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from tests.app.demo.conftest import Bank
from tiexin.app.demo.complaints.plan import load_complaints
from tiexin.app.demo.hours import Period
from tiexin.app.demo.profile import PROFILES, load_labels, load_phrases, load_profile

ZONE = timedelta(hours=8)
PERIOD = Period(load_profile(), months=12)


def local(event: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(event["time"]) + ZONE


def second(text: str) -> int:
    return int((datetime.fromisoformat(text + "Z") - ZONE).timestamp())


def test_units_are_opened_before_anything_else_and_parents_first(bank: Bank) -> None:
    units = len(load_profile().organisation.units)
    opened = bank.events[:units]
    assert {event["type"] for event in opened} == {"org.unit_opened.v1"}
    known: set[str] = set()
    for event in opened:
        data = event["data"]
        assert ("parent" in data) == (data["level"] != "head_office")
        assert data.get("parent", data["unit"]) in known | {data["unit"]}
        known.add(data["unit"])
    assert known == {unit.unit for unit in load_profile().organisation.units}


def test_merger_and_closure_take_effect_on_their_day(bank: Bank) -> None:
    [merged], [closed] = bank.of("org.unit_merged.v1"), bank.of("org.unit_closed.v1")
    assert merged["data"] == {"unit": "JC-0303", "into": "JC-0301", "valid_from": "2025-07-02"}
    assert closed["data"] == {"unit": "JC-0403", "valid_from": "2025-10-01"}
    assert merged["time"] == "2025-07-01T16:00:00Z"
    [moved], [renamed] = bank.of("org.unit_moved.v1"), bank.of("org.unit_renamed.v1")
    assert moved["data"] == {"unit": "JC-0303-W", "parent": "JC-0301", "valid_from": "2025-07-02"}
    assert renamed["data"]["name_zh"] == "高铁北站支行"
    taken = bank.of("branch.ticket_taken.v1")
    for gone in (merged, closed):
        last = max(event["time"] for event in taken if event["org"] == gone["data"]["unit"])
        assert last < gone["time"]
    assert {event["org"] for event in bank.events if "org" in event} <= {
        unit.unit for unit in load_profile().organisation.units
    }
    said = {change["unit"]: change["valid_from"] for change in bank.truth["branches"]["changes"]}
    assert said["JC-0303"] == "2025-07-02"
    assert said["JC-0403"] == "2025-10-01"


def test_tickets_are_drawn_when_the_doors_are_open(bank: Bank) -> None:
    drawn = [local(event) for event in bank.of("branch.ticket_taken.v1")]
    assert {moment.hour for moment in drawn} == {9, 10, 11, 12, 13, 14, 15, 16}
    assert {moment.weekday() for moment in drawn} == {0, 1, 2, 3, 4, 5}
    assert not any(date(2025, 1, 28) <= moment.date() <= date(2025, 2, 4) for moment in drawn)
    by_hour = [sum(moment.hour == hour for moment in drawn) for hour in (11, 12, 14)]
    assert by_hour[1] < 0.6 * min(by_hour[0], by_hour[2])
    before_festival = sum(date(2025, 1, 13) <= moment.date() <= date(2025, 1, 27) for moment in drawn) / 15
    assert before_festival > 1.3 * len(drawn) / 365


def test_waiting_in_opening_hours_skips_nights_sundays_and_holidays() -> None:
    hour = 3_600
    assert PERIOD.after_open_hours(second("2025-03-03T10:00:00"), 2 * hour) == second("2025-03-03T12:00:00")
    assert PERIOD.after_open_hours(second("2025-03-03T16:00:00"), 2 * hour) == second("2025-03-04T10:00:00")
    assert PERIOD.after_open_hours(second("2025-03-03T05:00:00"), hour) == second("2025-03-03T10:00:00")
    assert PERIOD.after_open_hours(second("2025-03-08T20:00:00"), hour) == second("2025-03-10T10:00:00")
    assert PERIOD.after_open_hours(second("2025-01-27T16:30:00"), hour) == second("2025-02-05T09:30:00")
    assert PERIOD.after_open_hours(second("2025-12-31T16:30:00"), hour) == PERIOD.end
    assert PERIOD.after_open_hours(PERIOD.end + 5, hour) == PERIOD.end


def test_period_spans_whole_months_and_years() -> None:
    assert (PERIOD.days, PERIOD.end_day) == (365, date(2026, 1, 1))
    assert Period(load_profile(), months=1).end_day == date(2025, 2, 1)
    assert Period(load_profile(), months=26).end_day == date(2027, 3, 1)


def test_every_code_has_words_in_both_languages(bank: Bank) -> None:
    labels = load_labels()
    parts = {"step": "steps", "journey": "journeys", "team": "teams", "segment": "segments", "product": "products"}
    for member, part in {**parts, "channel": "channels"}.items():
        assert {event[member] for event in bank.events if member in event} <= labels[part].keys()
    complaints = bank.of("complaint.received.v1")
    assert {event["data"]["business"] for event in complaints} <= labels["complaint_business"].keys()
    others = [event for event in bank.events if event["type"] != "complaint.received.v1"]
    for member, part in {"topic": "topics", "business": "businesses", "paper": "papers"}.items():
        assert {event["data"][member] for event in others if member in event["data"]} <= labels[part].keys()
    texts = [text for part in labels.values() for text in part.values()]
    assert all(text.zh and text.en for text in texts)


@pytest.mark.parametrize("name", PROFILES)
def test_every_cause_and_hurt_has_its_words(name: str) -> None:
    plan, labels, told = load_complaints(name), load_labels(name), load_phrases(name).complaints
    topics = {cause.topic for cause in plan.causes.values()} | {hurt.topic for hurt in plan.hurts.values()}
    assert topics <= labels["topics"].keys()
    assert {hurt.topic for hurt in plan.hurts.values()} <= told.keys()
    assert {cause.business for cause in plan.causes.values()} == plan.own_volume.business.keys()
    assert {cause.reason for cause in plan.causes.values()} <= plan.own_volume.reason.keys()
    assert all(cause.zh and cause.en for cause in plan.causes.values())
    assert {group.cause for group in plan.groups} | {agent.cause for agent in plan.agents} <= plan.causes.keys()
    assert plan.own_volume.business.keys() <= labels["complaint_business"].keys()


@pytest.mark.parametrize("name", PROFILES)
def test_every_way_leads_to_a_step_and_the_last_way_is_certain(name: str) -> None:
    profile = load_profile(name)
    units = {"branch"} | {unit.unit for unit in profile.organisation.units}
    labels = load_labels(name)
    assert profile.journeys.keys() <= labels["journeys"].keys()
    for journey in profile.journeys.values():
        assert journey.steps.keys() <= labels["steps"].keys()
        assert {step.place for step in journey.steps.values()} <= units
        for step in journey.steps.values():
            assert all(way.to in journey.steps for way in step.next)
            assert not step.next or (step.next[-1].p == 1 and step.next[-1].times is None)
        assert {journey.start, journey.paper_request, *journey.ping_pong, *journey.bottleneck} <= journey.steps.keys()
