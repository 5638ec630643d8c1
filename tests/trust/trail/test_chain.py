"""A chain holds when every step rests on earlier steps of the same customer; a step that does not is named."""

from __future__ import annotations

import hashlib
import json

import msgspec
import pytest

from tests.support.trails import SALT, SCORE, SOURCE, decision, event, matter, trail
from tiexin.record.api import Trail, TrailInput
from tiexin.record.contracts import Event, RecordedEvent
from tiexin.trust.trail.chain import (
    FOREIGN,
    LATER,
    NOT_SHOWN,
    UNREADABLE,
    Node,
    Opening,
    chain_of,
    commitment_of,
    node_of,
    node_of_opened,
    opens,
)


def recorded(events: list[Event]) -> list[Node]:
    return [
        node_of(RecordedEvent(position=number, recorded_us=0, event=one)) for number, one in enumerate(events, start=1)
    ]


def faults(events: list[Event]) -> list[str | None]:
    return [step.broken for step in chain_of(recorded(events))]


def test_a_chain_is_told_oldest_first_with_what_each_step_rests_on() -> None:
    steps = chain_of(reversed(recorded(matter())))
    assert [step.node.id for step in steps] == ["e1", "e2", "e3", "e4"]
    assert [step.previous for step in steps] == [[], [], [1, 2], [3]]
    assert [step.broken for step in steps] == [None] * 4
    assert steps[2].node.outcome == "granted"


def test_a_step_whose_ground_is_missing_is_broken_and_the_others_are_not() -> None:
    events = matter()
    del events[1]
    steps = chain_of(recorded(events))
    assert [step.broken for step in steps] == [None, NOT_SHOWN, None]
    assert steps[1].previous == [1]


def test_the_same_id_of_another_source_is_another_event() -> None:
    events = matter()
    events[1] = msgspec.structs.replace(events[1], source="urn:somebody:else")
    assert faults(events) == [None, None, NOT_SHOWN, None]


def test_a_step_cannot_rest_on_a_later_one_or_on_itself() -> None:
    first, second, third, fourth = matter()
    assert faults([third, first, second, fourth]) == [LATER, None, None, None]
    assert faults([event(1, "decision.taken.v1", trail(1))]) == [LATER]


def test_a_step_of_another_customer_is_no_ground() -> None:
    events = matter()
    events[0] = msgspec.structs.replace(events[0], subject="person-2")
    steps = chain_of(recorded(events))
    assert steps[2].broken == FOREIGN
    assert steps[2].previous == [2]


def test_a_reference_event_without_a_customer_may_be_a_ground() -> None:
    events = matter()
    events[1] = msgspec.structs.replace(events[1], subject=None)
    assert faults(events) == [None] * 4


@pytest.mark.parametrize("written", [[], {"previous": "e1"}, {"previous": [{"id": "e1"}]}, "e1", 7])
def test_a_trail_that_cannot_be_read_is_said_to_be_so(written: object) -> None:
    own = event(1, "own.kind.v1", {"trail": written})
    assert faults([own]) == [UNREADABLE]


def test_an_event_opened_from_a_proof_gives_the_same_node() -> None:
    for node, one in zip(recorded(matter()), matter(), strict=True):
        data = {name: value for name, value in one.data.items() if name != "personal"}
        canonical = {
            "position": node.position,
            "source": SOURCE,
            "id": one.id,
            "type": one.type,
            "time_us": one.time_us,
            "subject": one.subject,
            "case": one.case,
            "step": one.step,
            "actor": one.actor,
            "data": data,
            "recorded_us": 5,
        }
        opened = {name: value for name, value in canonical.items() if value is not None}
        assert node_of_opened(json.loads(json.dumps(opened))) == node


def test_something_that_is_no_event_is_refused() -> None:
    with pytest.raises(msgspec.ValidationError):
        node_of_opened({"position": "first", "source": "s", "id": "i", "type": "t", "time_us": 1})


def test_a_commitment_is_the_hash_of_salt_and_canonical_value() -> None:
    assert commitment_of(SCORE, SALT) == hashlib.sha256(SALT + b"712").hexdigest()
    assert commitment_of({"b": 1, "a": "é"}, SALT) == hashlib.sha256(SALT + '{"a":"é","b":1}'.encode()).hexdigest()


def test_only_the_very_value_with_its_salt_opens_a_commitment() -> None:
    given = msgspec.convert(decision().data["trail"], Trail).inputs[0]
    assert opens(given, Opening("credit_score", SALT.hex(), SCORE))
    refused = [
        Opening("credit_score", SALT.hex(), 713),
        Opening("credit_score", SALT.hex(), "712"),
        Opening("income", SALT.hex(), SCORE),
        Opening("credit_score", bytes(32).hex(), SCORE),
        Opening("credit_score", "not hexadecimal", SCORE),
        Opening("credit_score", SALT.hex(), 10**40),
    ]
    assert [opens(given, each) for each in refused] == [False] * len(refused)


def test_a_short_salt_opens_nothing() -> None:
    short = b"salt"
    given = TrailInput(name="credit_score", commitment=commitment_of(SCORE, short))
    assert not opens(given, Opening("credit_score", short.hex(), SCORE))
