"""What is planted in service can be found again from the events alone, and ordinary shares stay ordinary."""

from __future__ import annotations

import csv
from collections import defaultdict
from datetime import datetime, timedelta
from math import exp, log
from typing import Any

import pytest

from tests.app.demo.conftest import Bank
from tiexin.app.demo.hours import Period
from tiexin.app.demo.profile import load_profile
from tiexin.app.demo.service.queues import Queues
from tiexin.app.demo.streams import Streams

ZONE = timedelta(hours=8)
CALLS = "call.ended.v1"


def local(event: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(event["time"]) + ZONE


def mean(numbers: list[int]) -> float:
    return sum(numbers) / len(numbers)


def test_nights_weekends_and_repeat_callers_have_ordinary_shares(bank: Bank) -> None:
    calls = bank.of(CALLS)
    moments = [local(event) for event in calls]
    assert 0.03 < sum(m.hour < 6 or m.hour >= 23 for m in moments) / len(calls) < 0.10
    assert 0.15 < sum(m.weekday() >= 5 for m in moments) / len(calls) < 0.28
    assert 0.08 < bank.truth["figures"]["first_contact"]["repeat_calls"] / len(calls) < 0.22


def test_waits_are_long_where_people_are_missing_and_in_the_rush(bank: Bank) -> None:
    waits: dict[str, list[int]] = defaultdict(list)
    for event in bank.of(CALLS):
        moment = local(event)
        short = moment.weekday() == 0 and 9 <= moment.hour < 11
        rush = "2025-01-13" <= moment.date().isoformat() <= "2025-01-27"
        waits["short" if short else "rush" if rush else "ordinary"].append(event["data"]["queue_seconds"])
    assert mean(waits["short"]) > 3 * mean(waits["ordinary"])
    assert mean(waits["rush"]) > 3 * mean(waits["ordinary"])
    planted = bank.truth["queues"]["understaffed"]
    assert {"medium": "phone", "weekdays": [0], "from": 9, "until": 11, "share": 0.68} in planted


@pytest.mark.parametrize("medium", ["phone", "chat"])
def test_drawn_waits_agree_with_erlang_a(medium: str) -> None:
    period = Period(load_profile(), months=1)
    queues = Queues(load_profile(), period)
    at = period.start + 7 * 86_400 + 10 * 3_600
    slot, draw, count = queues.slot(medium, at), Streams(3).draw("waits", medium), 20_000
    met = [queues.meet(medium, at, draw) for _ in range(count)]
    assert sum(wait > 0 for wait, _ in met) / count == pytest.approx(slot.state.waits, abs=0.015)
    assert sum(wait > patience for wait, patience in met) / count == pytest.approx(slot.state.abandons, abs=0.012)
    drawn = sum(min(wait, patience) for wait, patience in met) / count
    assert drawn == pytest.approx(slot.state.mean_wait, rel=0.08)


def test_callers_served_first_wait_less() -> None:
    period = Period(load_profile(), months=1)
    queues = Queues(load_profile(), period)
    monday = period.start + 5 * 86_400 + 9 * 3_600 + 900
    waits = {
        first: mean([queues.meet("phone", monday, Streams(3).draw(index), first=first)[0] for index in range(2_000)])
        for first in (True, False)
    }
    assert waits[True] < 0.3 * waits[False]


def test_staff_who_are_slow_or_fast_can_be_found(bank: Bank) -> None:
    effects = {row["staff"]: row for row in bank.truth["branches"]["staff"] if row["staff"]}
    talks: dict[str, list[float]] = defaultdict(list)
    for event in bank.of(CALLS):
        if event["data"]["outcome"] == "answered":
            talks[event["actor"]].append(log(event["data"]["talk_seconds"]))
    whole = [talk for found in talks.values() for talk in found]
    usual = sum(whole) / len(whole)

    def pace(staff: str) -> float:
        return exp(sum(talks[staff]) / len(talks[staff]) - usual)

    slow, fast = "JC-CC-s07", "JC-CC-s11"
    assert (effects[slow]["pace"], effects[fast]["pace"]) == (1.35, 0.72)
    assert pace(slow) > 1.15
    assert pace(fast) < 0.92


def test_the_staff_table_has_everybody_who_acts(bank: Bank) -> None:
    [table] = [path for path in bank.done.reference if path.name == "staff.csv"]
    with table.open(encoding="utf-8") as file:
        rows = {row["staff"]: row for row in csv.DictReader(file)}
    planted = {row["about"] for row in bank.truth["misconduct"]}
    assert rows["JC-0101-s01"]["role"] == "branch_manager"
    assert rows["JC-CC-s08"]["team"] == "phone_team_night"
    for call in bank.of(CALLS):
        assert "actor" not in call or rows[call["actor"]]["team"] == call["team"] or call["id"] in planted
    staff = {event["actor"] for event in bank.events if "-s" in event.get("actor", "")}
    assert staff <= rows.keys()
    advisers = {e["actor"] for e in bank.of("dialogue.transcribed.v1") if e["data"]["medium"] == "branch"}
    assert {rows[adviser]["role"] for adviser in advisers} <= {"wealth_manager", "team_leader", "agent"}


def test_walks_belong_to_no_customer_and_stand_outside_journeys(bank: Bank) -> None:
    walks: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for event in bank.events:
        if event["type"].startswith("walk."):
            assert "subject" not in event
            assert "journey" not in event
            assert event["case"] == event["data"]["walk"]
            walks[event["case"]].append(event)
    finished = 0
    for events in walks.values():
        assert events[0]["type"] == "walk.planned.v1"
        steps = [e for e in events if e["type"] == "walk.step_recorded.v1"]
        if events[-1]["type"] == "walk.finished.v1":
            finished += 1
            assert events[-1]["data"]["seconds"] == sum(e["data"]["seconds"] for e in steps)
            assert [e["step"] for e in steps] == events[0]["data"]["steps"]
    walked = bank.truth["walks"]["walked"]
    assert (walked["planned"], walked["finished"]) == (len(walks), finished)
    assert finished > 30


def test_barriers_can_be_found_from_the_walks(bank: Bank, little_bank: Bank) -> None:
    for made in (bank, little_bank):
        found: dict[tuple[str, str], list[int]] = defaultdict(list)
        felt: dict[tuple[str, str], list[int]] = defaultdict(list)
        usual: dict[str, list[int]] = defaultdict(list)
        for event in made.of("walk.finished.v1"):
            data = event["data"]
            found[event["org"], data["persona"]].append(data["seconds"])
            felt[event["org"], data["persona"]].append(data["feeling"])
            usual[data["persona"]].append(data["seconds"])
        assert {"ordinary", "wheelchair", "blind", "passbook_only", "elderly"} <= usual.keys()
        barriers = [(row["unit"], row["persona"]) for row in made.truth["walks"]["barriers"]]
        here = [pair for pair in barriers if pair in found]
        assert len(here) >= 4
        for unit, persona in here:
            assert mean(found[unit, persona]) > 1.2 * mean(found[unit, "ordinary"])
            assert mean(felt[unit, persona]) < mean(felt[unit, "ordinary"])


def test_new_journeys_have_rework_and_ping_pong(bank: Bank) -> None:
    for journey in ("claim", "refund", "card-dispute", "transfer-abroad"):
        said = bank.truth["journeys"][journey]
        assert said["cases"] >= 20
        assert said["ping_pong"]["returns"] > 0
        assert any(row["extra_executions"] for row in said["rework"].values())
        assert said["same_paper_twice_cases"] > 0
