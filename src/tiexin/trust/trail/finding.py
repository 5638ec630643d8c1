"""Collects the chain of an event or a case from the record, within the reach of whoever asks."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

import msgspec

from tiexin.record.api import events_at, positions_of_id
from tiexin.record.contracts import HOUSE_PREFIXES, EventFilter
from tiexin.trust.contracts import ContradictionError, NotPublishedError
from tiexin.trust.receipts.lookup import WHOLE, NoReceiptError, Reach, Receipts
from tiexin.trust.trail.chain import (
    ALTERED,
    MEMBER,
    STEPS_MAX,
    UNOPENED,
    Node,
    Opening,
    Step,
    chain_of,
    node_of,
    opens,
)

if TYPE_CHECKING:
    from tiexin.record.api import Record
    from tiexin.record.contracts import RecordedEvent
    from tiexin.trust.api import Trust
    from tiexin.trust.receipts.kinds import ReceiptKinds

Seen = Callable[["RecordedEvent"], bool]


class Trails:
    """Finds chains in a record; what is out of reach or protected is as if it were not there."""

    def __init__(self, record: Record, kinds: ReceiptKinds, *, reach: Reach = WHOLE) -> None:
        self._record = record
        self._kinds = kinds
        self._reach = reach

    def of_position(self, position: int) -> list[Step]:
        """Return the chain that ends with the event at a position, oldest step first; alone when it names nothing.

        Raises:
            NoReceiptError: there is no such event for this caller.
        """
        found = [one for one in events_at(self._record, [position]) if self._seen(one) and self._begins(one)]
        if not found:
            raise NoReceiptError
        return self._chain(found)

    def of_case(self, case: str) -> list[Step]:
        """Return the chains of a case as one, oldest step first; empty when no event of it names what it rests on."""
        of_case = Receipts(self._record, self._kinds).events_of_case(case, reach=self._reach)
        return self._chain([one for one in of_case if MEMBER in one.event.data])

    def _chain(self, starts: Iterable[RecordedEvent]) -> list[Step]:
        found: dict[int, Node] = {}
        waiting = [node_of(one) for one in starts]
        while waiting and len(found) < STEPS_MAX:
            node = waiting.pop(0)
            if node.position in found:
                continue
            found[node.position] = node
            waiting += self._earlier(node)
        return chain_of(found.values())

    def _earlier(self, node: Node) -> list[Node]:
        return [
            node_of(one)
            for link in (node.trail.previous if node.trail else ())
            for one in events_at(self._record, positions_of_id(self._record, link.id))
            if one.event.source == link.source and self._seen(one)
        ]

    def _begins(self, recorded: RecordedEvent) -> bool:
        """Tell whether somebody may ask from here: what has no receipt and names nothing is no decision's business.

        Otherwise a customer could have the proof, and with it the content, of whatever is noted about him inside.
        """
        event = recorded.event
        return self._kinds.of(event.type) is not None or MEMBER in event.data

    def _seen(self, recorded: RecordedEvent) -> bool:
        kind = recorded.event.type
        hidden = kind.startswith(HOUSE_PREFIXES) or self._kinds.is_protected(kind)
        return not hidden and self._reach.covers(recorded)


def opened(record: Record, steps: list[Step]) -> tuple[list[Step], dict[int, dict[str, Any]]]:
    """Return the steps, those marked one of whose inputs does not open, and the values of the inputs by position.

    Opens personal content; an input whose person was erased, or that never had an opening, is left closed.
    """
    checked, values = list[Step](), dict[int, dict[str, Any]]()
    for step in steps:
        inputs = step.node.trail.inputs if step.node.trail else []
        openings = _openings(record, step.node.position) if inputs else {}
        known = [(each, openings[each.name]) for each in inputs if each.name in openings]
        fits = all(opens(each, opening) for each, opening in known)
        values[step.node.position] = {each.name: opening.value for each, opening in known if opens(each, opening)}
        checked.append(step if fits else msgspec.structs.replace(step, broken=step.broken or UNOPENED))
    return checked, values


def _openings(record: Record, position: int) -> dict[str, Opening]:
    page = record.read(EventFilter(position=position), after=position - 1, limit=1, personal=True)
    personal = page.events[0].event.data.get("personal") if page.events else None
    try:
        found = msgspec.convert((personal or {}).get("inputs", []), list[Opening])
    except msgspec.ValidationError:
        return {}
    return {each.name: each for each in found}


def held_against(trust: Trust, steps: list[Step]) -> tuple[list[Step], int]:
    """Return the steps, those marked whose event is no longer what the log committed to, and the size of the head.

    The size is 0 when there is no log or it has published nothing.
    """
    head = trust.head() if trust.initialised else None
    if head is None:
        return steps, 0
    return [_held(trust, step) if step.node.position <= head.size else step for step in steps], head.size


def _held(trust: Trust, step: Step) -> Step:
    try:
        trust.prove(index=step.node.position - 1)
    except ContradictionError:
        return msgspec.structs.replace(step, broken=ALTERED)
    except NotPublishedError:  # the head was changed meanwhile
        return step
    return step
