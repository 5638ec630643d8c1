"""What was really planted and what really happened, counted while the events are made and not from the events."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

SECOND_US = 1_000_000
Passage = tuple[str, str]
"""From one step to the next."""
DEFINITIONS = {
    "calls": "offered = all but phantom; within_20s = answered with queue_seconds <= 20; seconds are sums",
    "branch_queue": "wait_seconds_total sums over called tickets; by_branch is by the unit the ticket was drawn at",
    "complaints": "timely, outcome and disputed count answered complaints; open = received and not answered at the end",
    "csat": "top2 = score 4 or 5 of 5",
    "nps": "promoters 9-10, passives 7-8, detractors 0-6; value = 100 * (promoters - detractors) / n",
    "ces": "1 (very hard) to 7 (very easy)",
    "first_contact": "answered calls by their own resolved flag; repeat_calls = made because of an earlier call",
    "tickets": "by the last row of each ticket inside the period",
    "bottlenecks": "waiting = time between two consecutive steps of a case; share of all waiting of the journey",
    "rework": "activity: cases, cases in which it happened more than once, executions beyond the first",
    "same_paper_twice": "cases in which one and the same paper was asked for more than once",
    "ping_pong": "returns = passages first step, second step, first step directly after each other",
}


class Tally:
    """Counters that the parts of the generator fill as they go."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.types: Counter[str] = Counter()
        self.edges: dict[tuple[str, str, str], list[int]] = {}
        self.rework: dict[tuple[str, str], list[int]] = {}
        self.branches: dict[str, list[int]] = {}
        self.subjects = 0
        self.personal = 0

    def event(self, kind: str, *, first: bool, personal: bool) -> None:
        """Count an event that was written; ``first`` tells that it is the first of its customer."""
        self.types[kind] += 1
        self.subjects += first
        self.personal += personal

    def add(self, name: str, number: int = 1) -> None:
        """Add to a counter whose name says figure and part, for example ``calls.answered``."""
        self.counts[name] += number

    def edge(self, journey: str, start: str, end: str, seconds: int) -> None:
        """Count the passage from one step to the next with its waiting."""
        entry = self.edges.setdefault((journey, start, end), [0, 0])
        entry[0] += 1
        entry[1] += seconds

    def case(self, journey: str, steps: list[str]) -> None:
        """Count a case that was written, by the steps that fell inside the period."""
        self.counts[f"cases.{journey}"] += 1
        self.counts[f"steps.{journey}"] += len(steps)
        for step, number in Counter(steps).items():
            entry = self.rework.setdefault((journey, step), [0, 0, 0])
            entry[0] += 1
            entry[1] += number > 1
            entry[2] += number - 1

    def called(self, unit: str, seconds: int) -> None:
        """Count a ticket that was called at a unit after so many seconds."""
        entry = self.branches.setdefault(unit, [0, 0])
        entry[0] += 1
        entry[1] += seconds

    def group(self, name: str) -> dict[str, int]:
        """Return the counters of one figure, sorted by part."""
        prefix = name + "."
        return {key[len(prefix) :]: n for key, n in sorted(self.counts.items()) if key.startswith(prefix)}


def figures(tally: Tally) -> dict[str, Any]:
    """Return the exact figures: integers wherever a figure is a count, shares left to the reader."""
    nps = tally.group("nps")
    n = sum(nps.values())
    complaints = tally.group("complaints")
    complaints["open"] = complaints.get("received", 0) - complaints.get("answered", 0)
    return {
        "calls": tally.group("calls"),
        "chats": tally.group("chats"),
        "branch_queue": {
            **tally.group("branch"),
            "by_branch": {u: {"called": c, "wait_seconds_total": w} for u, (c, w) in sorted(tally.branches.items())},
        },
        "complaints": complaints,
        "complaint_topics": tally.group("complaint_topic"),
        "complaint_teams": tally.group("complaint_team"),
        "csat": tally.group("csat"),
        "nps": {
            "n": n,
            **nps,
            "value": round(100 * (nps.get("promoters", 0) - nps.get("detractors", 0)) / n, 6) if n else None,
        },
        "ces": tally.group("ces"),
        "first_contact": tally.group("first_contact"),
        "tickets": tally.group("tickets"),
    }


def journeys(tally: Tally, planted: Mapping[str, Passage], ping_pong: Mapping[str, Passage]) -> dict[str, Any]:
    """Return cases, waiting, rework and ping-pong of each journey; waiting in integer microseconds."""
    found: dict[str, Any] = {}
    for journey in planted:
        edges = {(a, b): entry for (name, a, b), entry in tally.edges.items() if name == journey}
        total = sum(seconds for _, seconds in edges.values())
        found[journey] = {
            "cases": tally.counts[f"cases.{journey}"],
            "events": tally.counts[f"steps.{journey}"],
            "waiting_us_total": total * SECOND_US,
            "edges": [
                {"from": a, "to": b, "count": count, "waiting_us_total": seconds * SECOND_US}
                for (a, b), (count, seconds) in sorted(edges.items(), key=lambda item: (-item[1][1], item[0]))
            ],
            "rework": {
                step: {"cases": cases, "cases_with_repeat": repeated, "extra_executions": extra}
                for (name, step), (cases, repeated, extra) in sorted(tally.rework.items())
                if name == journey
            },
            "same_paper_twice_cases": tally.counts[f"same_paper.{journey}"],
            "ping_pong": {
                "steps": list(ping_pong[journey]),
                "cases": tally.counts[f"ping_pong_cases.{journey}"],
                "returns": tally.counts[f"ping_pong_returns.{journey}"],
            },
        }
    return found


def bottlenecks(tally: Tally, planted: Mapping[str, Passage]) -> list[dict[str, Any]]:
    """Return what was planted where, with its exact share of all waiting of the journey."""
    found = []
    for journey, (start, end) in planted.items():
        total = sum(entry[1] for (name, _, _), entry in tally.edges.items() if name == journey)
        count, seconds = tally.edges.get((journey, start, end), [0, 0])
        found.append(
            {
                "journey": journey,
                "from": start,
                "to": end,
                "count": count,
                "waiting_us_total": seconds * SECOND_US,
                "share_of_waiting": round(seconds / total, 9) if total else None,
            }
        )
    return found
