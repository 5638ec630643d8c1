"""The sections of the truth file that follow from the counters, and how the file is written."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from tiexin.app.demo.spool import Rows
from tiexin.app.demo.tally import Tally

SECOND_US = 1_000_000
ROW_SECTIONS = ("people", "households", "laundering", "misconduct")
"""Sections that are there in every truth file, also when nothing was planted."""
Passage = tuple[str, str]
"""From one step to the next."""
DEFINITIONS = {
    "calls": "offered = all but phantom; within_20s = answered with queue_seconds <= 20; seconds are sums",
    "branch_queue": "wait_seconds_total sums over called tickets; by_branch is by the unit the ticket was drawn at",
    "complaints": "timely, outcome and disputed count answered complaints (withdrawn ones are closed); open = received "
    "and not answered at the end, overdue = those of them whose deadline has passed",
    "csat": "top2 = score 4 or 5 of 5",
    "nps": "promoters 9-10, passives 7-8, detractors 0-6; value = 100 * (promoters - detractors) / n",
    "ces": "1 (very hard) to 7 (very easy)",
    "first_contact": "answered calls by their own resolved flag; repeat_calls = made because of an earlier call",
    "tickets": "by the last row of each ticket inside the period",
    "bottlenecks": "waiting = time between two consecutive steps of a case; share of all waiting of the journey",
    "rework": "activity: cases, cases in which it happened more than once, executions beyond the first",
    "same_paper_twice": "cases in which one and the same paper was asked for more than once",
    "people": "true person: subject (the pseudonym of his events), what is true of him, and each register that knows "
    "him by channel_customer, with the event and the mistakes planted in it; income_minor a month",
    "households": "customers of this run who live together, and relatives who are no customers",
    "identity": "register entries that were written, and mistakes planted in them, by name",
    "laundering": "one row a pattern, innocent look-alikes too (innocent = true): each payment with event id, from, to "
    "and amount; complete = all planned payments fell inside the period",
    "queues": "people and load of an ordinary Monday by half hour, with what Erlang-A expects of them; understaffed = "
    "local hours in which only that share of the planned people is there",
    "staff": "in branches: pace stretches (above 1) what somebody does, kindness is added to the feeling afterwards "
    "(0 to 1); without a person it holds for everybody of the unit",
    "conduct": "how often whom was made to do what, in a conversation where it can happen",
    "misconduct": "one row a conversation: transcript (event), contact (about), turn counted from 0, kind, group "
    "(mis_selling, discourtesy), who did it where, and the template of the words",
    "look_alikes": "the same for ordinary talk that resembles misconduct and is none",
    "walks": "factor stretches every step of a persona, everywhere or (barriers) in one branch; lost is taken from the "
    "feeling (1 to 5)",
    "ping_pong": "returns = passages first step, second step, first step directly after each other",
}


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


def write_truth(path: Path, sections: Mapping[str, Any], rows: Rows) -> None:
    """Write the truth file section by section; a section that is None is a list whose rows were spooled, one a line."""
    with path.open("wb") as file:
        start = b"{\n"
        for name, content in sections.items():
            file.write(start + b'  "%b": ' % name.encode())
            start = b",\n"
            if content is not None:
                text = msgspec.json.format(msgspec.json.encode(content), indent=2)
                file.write(text.replace(b"\n", b"\n  "))
                continue
            before = b"[\n    "
            for row in rows.of(name):
                file.write(before + row)
                before = b",\n    "
            file.write(b"[]" if before.startswith(b"[") else b"\n  ]")
        file.write(b"\n}\n")
