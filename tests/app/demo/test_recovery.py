"""What is planted can be found again from the events alone, and what was not planted is not found."""

from __future__ import annotations

import json
import math
from collections import Counter, defaultdict
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.stats import chisquare
from statsmodels.duration.hazard_regression import PHReg

from tests.app.demo.conftest import Bank
from tiexin.app.demo.contracts import Plan
from tiexin.app.demo.generate import generate

DAY = 86_400
PLAN = Plan(customers=2_500, months=12, seed=9)
CALM = 0.001
"""A sound generator fails a chi-square test of this level once in a thousand seeds."""


@pytest.fixture(scope="module")
def larger(tmp_path_factory: pytest.TempPathFactory) -> Bank:
    """2,500 customers over a year, without the events of money and of registers."""
    done = generate(PLAN, tmp_path_factory.mktemp("larger"))
    wanted = (
        b'"type":"complaint.',
        b'"type":"call.',
        b'"type":"branch.',
        b'"type":"customer.left',
        b'"type":"journey.',
    )
    with done.files[0].open("rb") as file:
        events = [json.loads(line) for line in file if any(part in line[:260] for part in wanted)]
    return Bank(PLAN, done, events, json.loads(done.truth.read_bytes()))


def seconds(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp())


def shares(given: dict[str, float]) -> dict[str, float]:
    total = sum(given.values())
    return {name: share / total for name, share in given.items()}


def fits(counts: Counter[str], wanted: dict[str, float]) -> float:
    """Return the p value of a chi-square test; classes of fewer than 5 expected are taken together."""
    n = counts.total()
    large = [name for name, share in wanted.items() if share * n >= 5]
    observed = [counts[name] for name in large]
    expected = [wanted[name] * n for name in large]
    if n - sum(expected) > 0.5:
        observed.append(n - sum(observed))
        expected.append(n - sum(expected))
    return float(chisquare(observed, np.array(expected) * sum(observed) / sum(expected)).pvalue)


def test_complaints_have_the_planted_mix_of_business_and_reason(larger: Bank) -> None:
    first = [e["data"] for e in larger.of("complaint.received.v1") if e["data"]["attempt"] == 1]
    assert len(first) > 300
    planted = larger.truth["complaints"]["own_volume"]["planted"]
    assert fits(Counter(data["business"] for data in first), shares(planted["business"])) > CALM
    assert fits(Counter(data["reason"] for data in first), shares(planted["reason"])) > CALM


def test_transferred_complaints_have_another_mix(larger: Bank) -> None:
    transferred = [e["data"] for e in larger.of("complaint.received.v1") if e["data"]["origin"] == "regulator"]
    given = larger.truth["complaints"]["transferred"]["planted"]["business"]
    wanted = {name: share / 100 for name, share in given.items()}
    counts = Counter(data["business"] if data["business"] in given else "rest" for data in transferred)
    assert fits(counts, wanted | {"rest": 1 - sum(wanted.values())}) > CALM
    sheets = {e["case"]: e["data"]["sheet"] for e in larger.of("complaint.transferred.v1")}
    assert sorted(sheets.values()) == sorted(data["sheet"] for data in transferred)


@pytest.mark.real
def test_the_planted_mix_is_the_published_one(larger: Bank, shared_data: Path) -> None:
    file = shared_data.parent / "reference" / "complaint_taxonomy_jrt0169.json"
    if not file.is_file():
        pytest.skip(f"{file} is not here")
    published = json.loads(file.read_text("utf-8"))
    planted = larger.truth["complaints"]["own_volume"]["planted"]
    for dimension, member in (("business_B", "business"), ("reason_C", "reason")):
        given = {row["id"]: row["boc2025_pct"] for row in published[dimension] if row["boc2025_pct"] is not None}
        assert {name: planted[member][name] for name in given} == given
    transferred = json.loads((file.parent / "regulator_evaluation_and_benchmarks.json").read_text("utf-8"))
    mix = transferred["transferred_mix_2020Q4"]
    assert larger.truth["complaints"]["transferred"]["planted"]["business"] == {
        "credit": mix["credit card"],
        "loan": mix["personal loan"],
    }


def test_chains_lead_from_the_institution_to_the_regulator_and_to_court(larger: Bank) -> None:
    received = {event["case"]: event for event in larger.of("complaint.received.v1")}
    before = [
        (received[e["data"]["previous"]]["data"], e["data"]) for e in received.values() if "previous" in e["data"]
    ]
    steps = Counter((one["origin"], other["origin"]) for one, other in before)
    assert steps.keys() <= {("own", "own"), ("own", "regulator"), ("regulator", "court")}
    assert steps["own", "own"] > 10
    assert steps["own", "regulator"] > 0
    assert all(other["attempt"] == one["attempt"] + 1 and other["topic"] == one["topic"] for one, other in before)


def test_complaints_name_what_really_happened_before(bank: Bank) -> None:
    events = {event["id"]: event for event in bank.events}
    about = [event for event in bank.of("complaint.received.v1") if "about" in event["data"]]
    assert len(about) > 20
    for event in about:
        cause = events[event["data"]["about"]]
        assert cause["subject"] == event["subject"]
        assert cause["time"] < event["time"]


def test_groups_and_claim_agents_are_labelled_and_leave_traces(bank: Bank) -> None:
    received = {event["case"]: event for event in bank.of("complaint.received.v1")}
    groups: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in bank.truth["group_complaints"]:
        assert received[row["case"]]["data"]["group"] == row["group"]
        groups[row["group"]].append(row)
    assert groups.keys() == {"unfinished_homes", "limits_lowered"}
    for rows in groups.values():
        speakers = {row["subject"] for row in rows if row["representative"]}
        assert 1 <= len(speakers) <= 5
    words: dict[str, set[str]] = defaultdict(set)
    for row in bank.truth["claim_agents"]:
        personal = received[row["case"]]["data"]["personal"]
        assert (personal["phone"], personal["address"]) == (row["phone"], row["address"])
        words[row["agent"]].add(personal["text"][:3] + personal["text"][-12:])
    assert len(words) == 3
    ordinary = [e["data"]["personal"] for e in received.values() if "address" not in e["data"]["personal"]]
    assert len({personal["text"] for personal in ordinary}) > 0.8 * len(ordinary)


def ratio_of_waits(bank: Bank, improvement: dict[str, Any]) -> tuple[float, float]:
    """Return the change of mean waits in treated branches over that in untouched ones, and its standard error (log)."""
    changed = {row["unit"] for row in bank.truth["branches"]["changes"]} | {"JC-0301"}
    control = set(improvement["untreated"]) - changed
    waits: dict[tuple[bool, bool], list[int]] = defaultdict(list)
    for event in bank.of("branch.ticket_called.v1"):
        if event["org"] in control or event["org"] in improvement["treated"]:
            late = seconds(event["time"]) >= improvement["at_utc"]
            waits[event["org"] in improvement["treated"], late].append(event["data"]["wait_seconds"])
    logarithm = variance = 0.0
    for (treated, late), values in waits.items():
        mean = float(np.mean(values))
        logarithm += (1 if treated == late else -1) * math.log(mean)
        variance += float(np.var(values, ddof=1)) / len(values) / mean**2
    return math.exp(logarithm), math.sqrt(variance)


def test_the_real_improvement_is_found_and_the_other_is_not(larger: Bank) -> None:
    real, null = larger.truth["improvements"]
    assert (real["true_factor"], null["true_factor"]) == (0.7, 1.0)
    ratio, error = ratio_of_waits(larger, real)
    assert abs(math.log(ratio / 0.7)) < 2.6 * error
    assert math.log(ratio) < -1.96 * error
    ratio, error = ratio_of_waits(larger, null)
    assert abs(math.log(ratio)) < 2.6 * error


def test_slow_and_better_branches_are_found(larger: Bank) -> None:
    waits: dict[str, list[int]] = defaultdict(list)
    start = min(row["at_utc"] for row in larger.truth["improvements"])
    for event in larger.of("branch.ticket_called.v1"):
        if seconds(event["time"]) < start:
            waits[event["org"]].append(event["data"]["wait_seconds"])
    means = sorted((sum(values) / len(values), unit) for unit, values in waits.items() if len(values) >= 30)
    assert means[0][1] == larger.truth["branches"]["better"][0]["unit"]
    assert means[-1][1] == larger.truth["branches"]["slow"][0]["unit"]


def test_every_bottleneck_is_found(larger: Bank) -> None:
    last: dict[str, dict[str, Any]] = {}
    waiting: dict[str, Counter[tuple[str, str]]] = defaultdict(Counter)
    for event in larger.of("journey.step_recorded.v1"):
        before = last.get(event["case"])
        if before is not None:
            passed = seconds(event["time"]) - seconds(before["time"])
            waiting[event["journey"]][before["step"], event["step"]] += passed
        last[event["case"]] = event
    for planted in larger.truth["bottlenecks"]:
        [(heaviest, _)] = waiting[planted["journey"]].most_common(1)
        assert heaviest == (planted["from"], planted["to"])


def waited_long(kind: str, data: dict[str, Any]) -> bool:
    if kind == "call.ended.v1":
        return bool(data["outcome"] != "phantom" and data["queue_seconds"] >= 240)
    if kind == "branch.ticket_called.v1":
        return bool(data["wait_seconds"] >= 2_700)
    return kind == "branch.ticket_abandoned.v1"


def life_changes(bank: Bank) -> tuple[dict[str, list[tuple[int, str, str]]], dict[str, str]]:
    """Return what changes the hazard of each customer, with its second, and the segment of each."""
    changes: dict[str, list[tuple[int, str, str]]] = defaultdict(list)
    segment: dict[str, str] = {}
    for event in bank.events:
        subject, data, kind = event.get("subject"), event["data"], event["type"]
        if subject is None:
            continue
        segment[subject] = event["segment"]
        at = seconds(event["time"])
        if kind == "complaint.received.v1":
            changes[subject].append((at, "open", event["case"]))
        elif kind == "complaint.answered.v1" and data["resolved"]:
            changes[subject].append((at, "closed", event["case"]))
        elif kind == "customer.left.v1":
            changes[subject].append((at, "left", ""))
        elif waited_long(kind, data):
            changes[subject].append((at, "wait", ""))
    return changes, segment


def spells(bank: Bank) -> tuple[list[list[float]], list[float], list[float], list[int]]:
    """Return covariates, entry, exit and whether he left, for every stretch of a life in which nothing changes."""
    start, end = seconds(bank.truth["period"]["start"]), seconds(bank.truth["period"]["end"])
    changes, segment = life_changes(bank)
    rows: list[list[float]] = []
    entries, exits, lefts = [], [], []
    for subject, group in segment.items():
        at, waits, unresolved = start, 0, set[str]()
        for moment, what, case in [*sorted(changes[subject]), (end, "end", "")]:
            if moment > at:
                rows.append([bool(unresolved), min(waits, 3), group == "young", group == "elderly"])
                entries.append((at - start) / DAY)
                exits.append((moment - start) / DAY)
                lefts.append(int(what == "left"))
                at = moment
            if what == "left":
                break
            waits += what == "wait"
            unresolved = unresolved | {case} if what == "open" else unresolved - {case}
    return rows, entries, exits, lefts


def test_hazard_ratios_of_leaving_are_found_roughly(larger: Bank) -> None:
    rows, entries, exits, lefts = spells(larger)
    hazards = larger.truth["hazards"]
    assert sum(lefts) == hazards["left"] > 60
    model = PHReg(np.array(exits), np.array(rows, dtype=float), status=np.array(lefts), entry=np.array(entries))
    fitted = model.fit()
    names = ("unresolved_complaint", "long_wait", "segment_young", "segment_elderly")
    for name, estimate, error in zip(names, fitted.params, fitted.bse, strict=True):
        assert abs(estimate - hazards["coefficients"][name]) < 2.8 * error, name
    assert fitted.params[0] > 1.96 * fitted.bse[0]


def test_nothing_happens_to_those_who_have_left(bank: Bank) -> None:
    left = {event["subject"]: event["time"] for event in bank.of("customer.left.v1")}
    assert left
    for event in bank.events:
        if event.get("subject") in left and event["type"] != "complaint.answered.v1":
            assert event["time"] <= left[event["subject"]]


def test_those_who_feel_bad_answer_more_often(bank: Bank) -> None:
    said = bank.truth["surveys"]
    asked, heard = said["asked_felt_total"] / said["asked"], said["answered_felt_total"] / said["answered"]
    assert heard < asked - 20
    assert said["answered"] == len(bank.of("survey.answered.v1"))


def test_ordinary_life_stays_within_its_bounds(bank: Bank) -> None:
    customers = bank.plan.customers
    assert 40 * customers <= bank.done.events <= 75 * customers
    hours = [(seconds(event["time"]) // 3_600 + 8) % 24 for event in bank.of("call.ended.v1")]
    night = sum(hour >= 23 or hour < 6 for hour in hours) / len(hours)
    assert 0.01 <= night <= 0.10
    days = [(seconds(event["time"]) + 8 * 3_600) // DAY % 7 for event in bank.of("app.session_ended.v1")]
    weekend = sum(day in {2, 3} for day in days) / len(days)  # 1970-01-01 was a Thursday: day 0
    assert 0.15 <= weekend <= 0.26
    callers: dict[str, list[int]] = defaultdict(list)
    for event in bank.of("call.ended.v1"):
        callers[event["subject"]].append(seconds(event["time"]))
    again = sum(
        any(0 < later - at <= 7 * DAY for later in moments) for moments in callers.values() for at in moments
    ) / sum(map(len, callers.values()))
    assert 0.08 <= again <= 0.35
