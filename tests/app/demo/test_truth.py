"""The truth file says what the events say: every figure is counted again here, from the file alone."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import datetime
from itertools import pairwise
from typing import Any

from tests.app.demo.conftest import Bank

CALLS = "call.ended.v1"
JOURNEYS = ("mortgage", "sme-loan", "account-opening", "claim", "refund", "card-dispute", "transfer-abroad")


def microseconds(later: str, earlier: str) -> int:
    delta = datetime.fromisoformat(later) - datetime.fromisoformat(earlier)
    return (delta.days * 86_400 + delta.seconds) * 1_000_000 + delta.microseconds


def cases(bank: Bank, journey: str) -> list[list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for event in bank.of("journey.step_recorded.v1"):
        if event["journey"] == journey:
            found[event["case"]].append(event)
    return list(found.values())


def test_counts_of_events_and_people(bank: Bank) -> None:
    assert bank.truth["events"] == len(bank.events)
    assert bank.truth["events_by_type"] == dict(sorted(Counter(event["type"] for event in bank.events).items()))
    assert bank.truth["subjects"] == len({event["subject"] for event in bank.events if "subject" in event})


def test_calls(bank: Bank) -> None:
    calls = [event["data"] for event in bank.of(CALLS)]
    answered = [call for call in calls if call["outcome"] == "answered"]
    assert bank.truth["figures"]["calls"] == {
        "offered": sum(call["outcome"] != "phantom" for call in calls),
        "answered": len(answered),
        "abandoned": sum(call["outcome"] == "abandoned" for call in calls),
        "phantom": sum(call["outcome"] == "phantom" for call in calls),
        "answered_within_20s": sum(call["queue_seconds"] <= 20 for call in answered),
        "queue_seconds_answered": sum(call["queue_seconds"] for call in answered),
        "talk_seconds_answered": sum(call["talk_seconds"] for call in answered),
    }
    first = bank.truth["figures"]["first_contact"]
    assert first["answered"] == len(answered)
    assert first["resolved"] == sum(call["resolved"] for call in answered)
    assert 0 < first["repeat_calls"] < len(calls)


def test_surveys(bank: Bank) -> None:
    scores: dict[str, list[int]] = defaultdict(list)
    for event in bank.of("survey.answered.v1"):
        scores[event["data"]["metric"]].append(event["data"]["score"])
    figures, csat, nps = bank.truth["figures"], scores["csat"], scores["nps"]
    assert figures["csat"] == {"n": len(csat), "score_total": sum(csat), "top2": sum(score >= 4 for score in csat)}
    assert figures["ces"] == {"n": len(scores["ces"]), "score_total": sum(scores["ces"])}
    promoters, detractors = sum(score >= 9 for score in nps), sum(score <= 6 for score in nps)
    assert figures["nps"] == {
        "n": len(nps),
        "promoters": promoters,
        "passives": len(nps) - promoters - detractors,
        "detractors": detractors,
        "value": round(100 * (promoters - detractors) / len(nps), 6),
    }
    assert set(csat) == {1, 2, 3, 4, 5}
    assert min(nps) >= 0
    assert max(nps) == 10


def test_complaints(bank: Bank) -> None:
    received, answered = bank.of("complaint.received.v1"), bank.of("complaint.answered.v1")
    answer = {event["case"]: event["data"] for event in answered}
    expected: Counter[str] = Counter(received=len(received), answered=len(answered))
    expected["open"] = len(received) - len(answered)
    expected["withdrawn"] = len(bank.of("complaint.withdrawn.v1"))
    cases_answered = {event["case"] for event in answered}
    unanswered = [event for event in received if event["case"] not in cases_answered]
    expected["overdue"] = sum(event["data"]["due_at"] < bank.truth["period"]["end"] for event in unanswered)
    expected["timely"] = sum(event["data"]["timely"] for event in answered)
    expected["repeated"] = sum(event["data"]["attempt"] > 1 for event in received)
    for event in answered:
        expected[f"outcome_{event['data']['outcome']}"] += 1
    for event in bank.of("complaint.disputed.v1"):
        for group in ("timely" if answer[event["case"]]["timely"] else "late", answer[event["case"]]["outcome"]):
            expected[f"said_{group}"] += 1
            expected[f"disputed_{group}"] += event["data"]["disputed"]
    said = {name: number for name, number in bank.truth["figures"]["complaints"].items() if number}
    assert said == {name: number for name, number in expected.items() if number}
    due = {event["case"]: event["data"]["due_at"] for event in received}
    assert all(event["data"]["timely"] == (event["time"] <= due[event["case"]]) for event in answered)


def test_branch_queue(bank: Bank) -> None:
    queue = bank.truth["figures"]["branch_queue"]
    called = bank.of("branch.ticket_called.v1")
    assert queue["taken"] == len(bank.of("branch.ticket_taken.v1"))
    assert queue["called"] == len(called)
    assert queue["served"] == len(bank.of("branch.ticket_served.v1"))
    assert queue["abandoned"] == len(bank.of("branch.ticket_abandoned.v1"))
    waits: dict[str, list[int]] = defaultdict(list)
    for event in called:
        waits[event["org"]].append(event["data"]["wait_seconds"])
    expected = {unit: {"called": len(w), "wait_seconds_total": sum(w)} for unit, w in sorted(waits.items())}
    assert queue["by_branch"] == expected


def test_tickets_by_their_last_row(bank: Bank) -> None:
    last: dict[str, dict[str, Any]] = {}
    for event in bank.of("ticket.updated.v1"):
        before = last.get(event["case"])
        assert event["data"]["modification"] == (before["modification"] + 1 if before else 0)
        last[event["case"]] = event["data"]
    late = [[not row["sla_met"] for row in last.values() if (row["reassignment_count"] > 1) == many] for many in (0, 1)]
    assert max(row["reassignment_count"] for row in last.values()) > 2
    assert sum(late[0]) / len(late[0]) < sum(late[1]) / len(late[1])
    assert bank.truth["figures"]["tickets"] == {
        "n": len(last),
        "sla_met": sum(row["sla_met"] for row in last.values()),
        "reopened": sum(row["reopen_count"] > 0 for row in last.values()),
        "resolved": sum("resolved_at" in row for row in last.values()),
    }


def test_journeys_waiting_rework_and_ping_pong(bank: Bank) -> None:
    assert set(bank.truth["journeys"]) == set(JOURNEYS)
    for journey, said in bank.truth["journeys"].items():
        edges: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
        rework: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
        same_paper, returns = 0, []
        first, second = said["ping_pong"]["steps"]
        for case in cases(bank, journey):
            steps = [event["step"] for event in case]
            for before, after in pairwise(case):
                assert before["time"] < after["time"]
                edge = edges[before["step"], after["step"]]
                edge[0] += 1
                edge[1] += microseconds(after["time"], before["time"])
            for step, number in Counter(steps).items():
                entry = rework[step]
                entry[0], entry[1], entry[2] = entry[0] + 1, entry[1] + (number > 1), entry[2] + number - 1
            papers = [event["data"]["paper"] for event in case if "paper" in event["data"]]
            same_paper += len(set(papers)) < len(papers)
            returns.append(sum(steps[i : i + 3] == [first, second, first] for i in range(len(steps))))
        assert said["cases"] == len(returns)
        assert said["waiting_us_total"] == sum(total for _, total in edges.values())
        found = {(edge["from"], edge["to"]): [edge["count"], edge["waiting_us_total"]] for edge in said["edges"]}
        assert found == dict(edges)
        names = ("cases", "cases_with_repeat", "extra_executions")
        assert said["rework"] == {step: dict(zip(names, entry, strict=True)) for step, entry in sorted(rework.items())}
        assert said["same_paper_twice_cases"] == same_paper > 0
        assert said["ping_pong"]["returns"] == sum(returns) > 0
        assert said["ping_pong"]["cases"] == sum(number > 0 for number in returns)


def test_the_planted_bottleneck_is_the_largest_and_its_share_is_exact(bank: Bank) -> None:
    planted = {found["journey"]: found for found in bank.truth["bottlenecks"]}
    for journey, found in planted.items():
        said = bank.truth["journeys"][journey]
        heaviest = said["edges"][0]
        assert (heaviest["from"], heaviest["to"]) == (found["from"], found["to"])
        assert found["waiting_us_total"] == heaviest["waiting_us_total"]
        assert found["share_of_waiting"] == round(found["waiting_us_total"] / said["waiting_us_total"], 9)
    mortgage = planted["mortgage"]
    assert (mortgage["from"], mortgage["to"]) == ("check_papers", "call_back_missing_papers")
    assert 0.40 <= mortgage["share_of_waiting"] <= 0.48


def test_what_is_planted_can_be_found_again(bank: Bank) -> None:
    queue = bank.truth["figures"]["branch_queue"]["by_branch"]
    means = {unit: row["wait_seconds_total"] / row["called"] for unit, row in queue.items() if row["called"] >= 30}
    slow = bank.truth["branches"]["slow"]
    assert slow == [{"unit": "JC-0203", "factor": 1.9}]
    assert max(means, key=lambda unit: means[unit]) == "JC-0203"
    scores: dict[bool, list[int]] = defaultdict(list)
    solved = {event["id"]: event["data"].get("resolved") for event in bank.of(CALLS)}
    for event in bank.of("survey.answered.v1"):
        if event["data"]["metric"] == "csat" and event["data"]["about"] in solved:
            scores[bool(solved[event["data"]["about"]])].append(event["data"]["score"])
    assert sum(scores[True]) / len(scores[True]) > sum(scores[False]) / len(scores[False]) + 0.5
