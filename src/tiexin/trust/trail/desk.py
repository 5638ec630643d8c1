"""What routes and commands ask of trails: the chain of an event or case as it is shown, and the proofs of its steps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tiexin.kernel.errors import ConflictError
from tiexin.trust.contracts import NotPublishedError
from tiexin.trust.receipts.kinds import load_kinds
from tiexin.trust.receipts.lookup import WHOLE, NoReceiptError, Reach
from tiexin.trust.trail.finding import Trails, held_against
from tiexin.trust.trail.words import Words, document

if TYPE_CHECKING:
    from collections.abc import Callable

    from tiexin.trust.api import Trust
    from tiexin.trust.trail.chain import Step


class StepNotInLogError(ConflictError):
    """The step is recorded, and the published log does not cover it yet; ``size`` is what it covers."""

    code = "not_published_yet"
    title = "The log has not been published up to there yet"


class TrailDesk:
    """Shows the trails of one installation to one caller; make one a request, it keeps nothing."""

    def __init__(self, trust: Trust, *, reach: Reach = WHOLE, words: Words | None = None, actors: bool = True) -> None:
        self._trust = trust
        self._words = words or {}
        self._actors = actors
        self._trails = Trails(trust.record, load_kinds(trust.settings), reach=reach)

    def of_position(self, position: int, *, address: Callable[[int, int], str]) -> dict[str, Any]:
        """Return the chain that ends with an event (JSON-ready).

        Raises:
            NoReceiptError: there is no such event for this caller.
        """
        steps, size = held_against(self._trust, self._trails.of_position(position))
        return self._shown(steps, size, address, {step.node.position: position for step in steps})

    def of_case(self, case: str, *, address: Callable[[int, int], str]) -> dict[str, Any]:
        """Return the chains of a case as one (JSON-ready); no steps when no event of it names what it rests on."""
        steps, size = held_against(self._trust, self._trails.of_case(case))
        ends = {step.node.position: step.node.position for step in steps}
        ends |= {earlier: step.node.position for step in steps for earlier in step.previous}
        return self._shown(steps, size, address, ends)

    def proof(self, position: int, *, step: int) -> bytes:
        """Return the proof of a step of the chain that ends with an event.

        Raises:
            NoReceiptError: the chain has no such step for this caller.
            StepNotInLogError: the published log does not cover it yet.
            ContradictionError: the event is no longer what the log committed to.
        """
        if all(each.node.position != step for each in self._trails.of_position(position)):
            raise NoReceiptError
        try:
            return self._trust.prove(index=step - 1)
        except NotPublishedError as error:
            msg = "This step is recorded and enters the log with its next head, within seconds. Ask again then."
            raise StepNotInLogError(msg, **error.facts) from error

    def _shown(
        self, steps: list[Step], size: int, address: Callable[[int, int], str], ends: dict[int, int]
    ) -> dict[str, Any]:
        shown = []
        for step in steps:
            at = step.node.position
            proof = address(ends[at], at) if at <= size else None
            shown.append(document(step, words=self._words, proof=proof, actor=self._actors))
        return {"steps": shown}
