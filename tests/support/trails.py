"""A small matter with a trail: an application, a report, a decision that rests on both, and its execution."""

from __future__ import annotations

from typing import Any

from tests.support.events import BASE_US
from tiexin.record.contracts import Event
from tiexin.trust.trail.chain import commitment_of

SOURCE = "urn:test:loans"
CASE = "mortgage-1"
SUBJECT = "person-1"
SALT = bytes(range(32))
SCORE = 712


def event(number: int, kind: str, data: dict[str, Any], **changes: Any) -> Event:
    """Return the event of a number; its id is ``e<number>``."""
    values: dict[str, Any] = {
        "id": f"e{number}",
        "source": SOURCE,
        "type": kind,
        "time_us": BASE_US + number * 1_000_000,
        "subject": SUBJECT,
        "channel": "branch",
        "case": CASE,
        "org": "B1",
        "actor": "S7",
        "data": data,
    }
    return Event(**(values | changes))


def links(*numbers: int) -> list[dict[str, str]]:
    """Return the links to events of these numbers."""
    return [{"source": SOURCE, "id": f"e{number}"} for number in numbers]


def trail(*numbers: int, **more: Any) -> dict[str, Any]:
    """Return the member ``trail`` of an event that rests on others."""
    return {"trail": {"previous": links(*numbers), **more}}


def decision(number: int = 3, *numbers: int, **changes: Any) -> Event:
    """Return a decision with an input, a rule and a reason."""
    member = trail(
        *(numbers or (1, 2)),
        inputs=[{"name": "credit_score", "commitment": commitment_of(SCORE, SALT)}],
        rule={"name": "mortgage-scorecard", "version": "2024-07-01"},
        reasons=[{"code": "within_limits", "zh": "符合条件。", "en": "Within our limits."}],
    )
    opening = {"inputs": [{"name": "credit_score", "salt": SALT.hex(), "value": SCORE}]}
    data = {"matter": "mortgage", "outcome": "granted", "personal": opening, **member}
    return event(number, "decision.taken.v1", data, **changes)


def matter() -> list[Event]:
    """Return application, report, decision and execution, in order."""
    step = "journey.step_recorded.v1"
    return [
        event(1, step, {}, journey="mortgage", step="submit_application"),
        event(2, step, {}, journey="mortgage", step="credit_report", org="HQ"),
        decision(),
        event(4, step, trail(3), journey="mortgage", step="pay_out"),
    ]
