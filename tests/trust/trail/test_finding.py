"""Chains from the record: backwards from one event, all of a case, and nothing that the caller may not see."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from tests.support.trails import CASE, decision, event, matter, trail
from tiexin.infra.settings import Settings
from tiexin.record.api import EventsRefusedError, Record, open_record
from tiexin.trust.receipts.kinds import load_kinds
from tiexin.trust.receipts.lookup import NoReceiptError, Reach
from tiexin.trust.trail.chain import NOT_SHOWN, STEPS_MAX, Step
from tiexin.trust.trail.finding import Trails


@pytest.fixture
def record(tmp_path: Path, database_url: str) -> Iterator[Record]:
    with open_record(Settings(home=tmp_path / "home", database_url=database_url)) as opened:
        yield opened


def trails(record: Record, **reach: object) -> Trails:
    return Trails(record, load_kinds(record.settings), reach=msgspec.convert(reach, Reach))


def told(steps: list[Step]) -> list[tuple[str, str | None]]:
    return [(step.node.id, step.broken) for step in steps]


def test_from_one_event_back_to_everything_it_rests_on(record: Record) -> None:
    record.append(matter())
    assert told(trails(record).of_position(4)) == [("e1", None), ("e2", None), ("e3", None), ("e4", None)]
    assert told(trails(record).of_position(3)) == [("e1", None), ("e2", None), ("e3", None)]


def test_an_event_that_names_nothing_stands_alone(record: Record) -> None:
    record.append([*matter(), event(9, "decision.taken.v1", {"matter": "mortgage", "outcome": "granted"})])
    assert told(trails(record).of_position(5)) == [("e9", None)]


@pytest.mark.parametrize("reach", [{}, {"subject": "person-1"}])
def test_nobody_asks_from_an_event_that_is_no_step_of_a_decision(record: Record, reach: dict[str, str]) -> None:
    """What is noted about a customer inside the house is no decision, and its proof would carry all of it."""
    note = event(9, "churn.scored.v9", {"score": 97, "note": "complains often"})
    record.append([*matter(), note])
    for hidden in (2, 5):
        with pytest.raises(NoReceiptError):
            trails(record, **reach).of_position(hidden)


def test_a_case_tells_the_chains_of_all_its_decisions(record: Record) -> None:
    other = event(9, "message.received.v1", {}, case=CASE)
    record.append([*matter(), other])
    assert told(trails(record).of_case(CASE)) == [("e1", None), ("e2", None), ("e3", None), ("e4", None)]
    assert trails(record).of_case("unknown") == []


def test_a_ground_in_another_case_is_followed(record: Record) -> None:
    first, *others = matter()
    record.append([msgspec.structs.replace(first, case="talk-1"), *others])
    assert told(trails(record).of_case(CASE))[0] == ("e1", None)


def test_out_of_reach_is_as_if_it_were_not_there(record: Record) -> None:
    record.append(matter())
    mine = trails(record, units=["B1"])
    assert told(mine.of_position(3)) == [("e1", None), ("e3", NOT_SHOWN)]
    with pytest.raises(NoReceiptError) as out:
        mine.of_position(2)
    with pytest.raises(NoReceiptError) as unknown:
        mine.of_position(99)
    assert out.value.problem() == unknown.value.problem()


def test_a_customer_sees_the_own_steps_alone(record: Record) -> None:
    record.append([*matter(), decision(7, 1, subject="person-2")])
    assert len(trails(record, subject="person-1").of_position(4)) == 4
    with pytest.raises(NoReceiptError):
        trails(record, subject="person-1").of_position(5)
    assert told(trails(record, subject="person-2").of_position(5)) == [("e7", NOT_SHOWN)]


def test_a_protected_ground_looks_like_one_that_never_was(record: Record) -> None:
    """Nobody may learn from a trail that a suspicious transaction was reported."""
    record.append([event(1, "suspicious.reported.v1", {}), decision(2, 1), decision(3, 77)])
    protected, absent = trails(record).of_position(2), trails(record).of_position(3)
    assert told(protected) == [("e2", NOT_SHOWN)]
    assert told(absent) == [("e3", NOT_SHOWN)]
    for hidden in (1, 99):
        with pytest.raises(NoReceiptError):
            trails(record).of_position(hidden)
    assert told(trails(record).of_case(CASE)) == [("e2", NOT_SHOWN), ("e3", NOT_SHOWN)]


def test_a_long_chain_ends_at_the_limit(record: Record) -> None:
    kind = "decision.taken.v1"
    data = {"matter": "m", "outcome": "granted"}
    record.append([event(1, kind, data), *(event(n, kind, data | trail(n - 1)) for n in range(2, STEPS_MAX + 12))])
    steps = trails(record).of_position(STEPS_MAX + 11)
    assert len(steps) == STEPS_MAX
    assert told(steps)[0] == ("e12", NOT_SHOWN)
    assert {step.broken for step in steps[1:]} == {None}


def test_the_record_refuses_a_trail_of_another_form(record: Record) -> None:
    data = {"matter": "mortgage", "outcome": "granted", "trail": {"inputs": [{"name": "score", "commitment": "712"}]}}
    with pytest.raises(EventsRefusedError) as refused:
        record.append([event(1, "decision.taken.v1", data)])
    assert "trail.inputs[0].commitment" in refused.value.problems[0].reason
    assert record.position() == 0
