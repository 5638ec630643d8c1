"""From events that name what they rest on to a chain of steps, each checked against those before it; pure.

The same rules hold for events read from the record and for events opened from proofs that somebody carries.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any, Final

import msgspec

from tiexin.record.api import Trail, TrailInput
from tiexin.record.contracts import RecordedEvent

MEMBER: Final = "trail"
STEPS_MAX: Final = 200
"""Most steps of one chain; what lies further back is not shown."""
SALT_BYTES: Final = 32

NOT_SHOWN: Final = "earlier_step_not_shown"
LATER: Final = "earlier_step_is_later"
FOREIGN: Final = "earlier_step_of_somebody_else"
UNREADABLE: Final = "trail_unreadable"
ALTERED: Final = "altered"
UNOPENED: Final = "input_does_not_open"

Key = tuple[str, str]
"""Source and id of an event."""


class Node(msgspec.Struct, frozen=True, kw_only=True):
    """What the chain needs of an event; ``trail`` is None where it names nothing or (not ``readable``) cannot be read.

    ``position`` counts from 1, ``time_us`` is UTC µs.
    """

    position: int
    source: str
    id: str
    type: str
    time_us: int
    subject: str | None = None
    case: str | None = None
    step: str | None = None
    actor: str | None = None
    outcome: str | None = None
    trail: Trail | None = None
    readable: bool = True

    @property
    def key(self) -> Key:
        """Source and id, by which other events name this one."""
        return self.source, self.id


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """A step of a chain: its event, the positions of the steps it rests on, and what is wrong with it (a code)."""

    node: Node
    previous: list[int]
    broken: str | None = None


class Opening(msgspec.Struct, frozen=True):
    """What opens the commitment to an input: the salt (hexadecimal) and the value."""

    name: str
    salt: str
    value: Any


def node_of(recorded: RecordedEvent) -> Node:
    """Return what the chain needs of a recorded event."""
    event = recorded.event
    return _node(
        event.data,
        position=recorded.position,
        source=event.source,
        id=event.id,
        type=event.type,
        time_us=event.time_us,
        subject=event.subject,
        case=event.case,
        step=event.step,
        actor=event.actor,
    )


def node_of_opened(event: dict[str, Any]) -> Node:
    """Return what the chain needs of an event opened from a proof (``tiexin.event/v1``).

    Raises:
        msgspec.ValidationError: it is of another form.
    """
    data = event.get("data")
    members = {name: event.get(name) for name in ("subject", "case", "step", "actor")}
    named = {name: event.get(name) for name in ("position", "source", "id", "type", "time_us")}
    checked = msgspec.convert({**named, **members}, Node)
    return _node(data if isinstance(data, dict) else {}, **msgspec.structs.asdict(checked))


def _node(data: dict[str, Any], **members: Any) -> Node:
    found, readable = None, True
    if data.get(MEMBER) is not None:
        try:
            found = msgspec.convert(data[MEMBER], Trail)
        except msgspec.ValidationError:
            readable = False
    outcome = data.get("outcome")
    told = {"trail": found, "readable": readable, "outcome": outcome if isinstance(outcome, str) else None}
    return Node(**{**members, **told})


def chain_of(nodes: Iterable[Node]) -> list[Step]:
    """Return the steps of a chain in order of position, each checked against those that it rests on.

    A step rests on earlier events of the same customer; an event that names one that is missing, stands later or
    belongs to somebody else is marked broken, the others are not.
    """
    known = {node.key: node for node in nodes}
    steps = []
    for node in sorted(known.values(), key=lambda each: each.position):
        previous, broken = [], None if node.readable else UNREADABLE
        for link in node.trail.previous if node.trail else ():
            earlier = known.get((link.source, link.id))
            fault = _fault(node, earlier)
            if earlier is not None and fault is None:
                previous.append(earlier.position)
            broken = broken or fault
        steps.append(Step(node=node, previous=sorted(set(previous)), broken=broken))
    return steps


def _fault(node: Node, earlier: Node | None) -> str | None:
    if earlier is None:
        return NOT_SHOWN
    if earlier.position >= node.position:
        return LATER
    if earlier.subject is not None and node.subject is not None and earlier.subject != node.subject:
        return FOREIGN
    return None


def commitment_of(value: Any, salt: bytes) -> str:
    """Return the commitment to a value: SHA-256(salt ‖ value as canonical JSON), hexadecimal (RFC 8785)."""
    import rfc8785

    return hashlib.sha256(salt + rfc8785.dumps(value)).hexdigest()


def opens(given: TrailInput, opening: Opening) -> bool:
    """Tell whether an opening is what was committed to: the right name, a salt of 32 bytes, the very value."""
    try:
        salt = bytes.fromhex(opening.salt)
        return (
            opening.name == given.name
            and len(salt) == SALT_BYTES
            and commitment_of(opening.value, salt) == given.commitment
        )
    except ValueError:
        return False
