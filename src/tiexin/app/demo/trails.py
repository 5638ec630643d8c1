"""The trails of decisions, advice and purchases: what each rests on, in links, commitments, rules and reasons.

Nothing here draws from the stream of a case: every value has a stream of its own, so that trails shift no other event.
"""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Any, Literal

import msgspec

from tiexin.app.demo.world import World


class Rule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A rule and the day from which it is in force."""

    name: str
    version: str


class Reason(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why, in words for the customer."""

    code: str
    zh: str
    en: str


class Scale(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Between which values an input lies, and which end of the scale is the better one."""

    low: int
    high: int
    good: Literal["low", "high"]

    def value(self, share: float, *, fits: bool) -> int:
        """Return a value of the better half, or of the other one."""
        middle = (self.low + self.high) // 2
        upper = fits == (self.good == "high")
        low, high = (middle, self.high) if upper else (self.low, middle)
        return low + int(share * (high - low))


class DecisionPlan(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How the cases of one journey are decided; see the comments of the data file."""

    at: str
    rule: Rule
    rests_on: list[str]
    inputs: dict[str, Scale]
    outcomes: dict[str, str]
    granted: Reason
    declined: dict[str, Reason]


class AdvicePlan(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """By which rule is advised, and what is said of each topic."""

    rule: Rule
    topics: dict[str, Reason]


class PurchasePlan(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why a product may be bought: within what a customer can bear, or above it because he insists."""

    within: Reason
    above: Reason


class TrailsPlan(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What decisions, advice and purchases rest on."""

    decisions: dict[str, DecisionPlan]
    advice: AdvicePlan
    purchase: PurchasePlan


class Step(msgspec.Struct, frozen=True):
    """A step of a case that was written: its id, its UTC second, and who did it where."""

    id: str
    at: int
    org: str
    actor: str | None
    team: str | None


TOLD_AFTER = 1
"""Seconds after the step of the decision at which the decision itself stands in the record."""
ADVISED_AFTER = 40
"""Seconds after the end of a talk at which the adviser has written down what was advised."""


class Trails:
    """Writes decisions and advice of one customer after another."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._plan = load_trails()
        self._source = world.ledger.source
        self._rests_on = {name: frozenset((*p.rests_on, p.at)) for name, p in self._plan.decisions.items()}

    def watches(self, journey: str, step: str) -> bool:
        """Tell whether a decision of this journey rests on a step."""
        return step in self._rests_on.get(journey, ())

    def told(self, journey: str, step: str, case: str, steps: dict[str, Step], product: str) -> None:
        """Write the decision that a step tells the customer of, if it tells one and the decision itself was seen."""
        plan = self._plan.decisions.get(journey)
        outcome = plan.outcomes.get(step) if plan else None
        taken = steps.get(plan.at) if plan else None
        if plan is None or outcome is None or taken is None:
            return
        declined = outcome == "declined"
        names = list(plan.declined)
        cause = names[int(self._share(case, "cause") * len(names))] if declined else None
        values = {n: scale.value(self._share(case, n), fits=n != cause) for n, scale in plan.inputs.items()}
        known = (steps[name] for name in dict.fromkeys((*plan.rests_on, plan.at)) if name in steps)
        data: dict[str, Any] = {
            "matter": journey,
            "outcome": outcome,
            "decided_by": "person_with_model",
            **self._trail(
                case,
                previous=[each.id for each in sorted(known, key=lambda each: each.at)],
                values=values,
                rule=plan.rule,
                reason=plan.declined[cause] if cause else plan.granted,
            ),
        }
        self._world.write(
            "decision",
            taken.at + TOLD_AFTER,
            "decision.taken.v1",
            data,
            case=case,
            channel="system",
            org=taken.org,
            actor=taken.actor,
            team=taken.team,
            product=product,
        )

    def advised(self, visit: str, served: Step, topic: str, product: str | None) -> None:
        """Write down the advice that was given in a talk, if it was advice."""
        reason = self._plan.advice.topics.get(topic)
        if reason is None:
            return
        horizon = 1 + int(self._share(visit, "horizon") * 5)
        data: dict[str, Any] = {
            "topic": topic,
            "suitable": True,
            "about": served.id,
            **self._trail(
                visit, previous=[served.id], values={"years_until_needed": horizon}, rule=self._plan.advice.rule,
                reason=reason,
            ),
        }  # fmt: skip
        self._world.write(
            "advice",
            served.at + ADVISED_AFTER,
            "advice.given.v1",
            data,
            case=visit,
            channel="branch",
            org=served.org,
            actor=served.actor,
            team=served.team,
            product=product,
        )

    def bought(self, assessed: str | None, *, above: bool) -> dict[str, Any]:
        """Return the trail of a purchase; ``assessed`` is the id of the assessment of what the customer can bear."""
        plan = self._plan
        return {
            "previous": [self._link(assessed)] if assessed else [],
            "inputs": [],
            "rule": plan.advice.rule,
            "reasons": [plan.purchase.above if above else plan.purchase.within],
        }

    def _trail(
        self, place: str, *, previous: list[str], values: dict[str, int], rule: Rule, reason: Reason
    ) -> dict[str, Any]:
        """Return a trail with the openings of its commitments in the personal part.

        A commitment is SHA-256(salt ‖ value as canonical JSON); a whole number is its own canonical JSON.
        """
        salts = {name: sha256(self._world.streams.token("salt", place, name).encode()).digest() for name in values}
        return {
            "trail": {
                "previous": [self._link(event) for event in previous],
                "inputs": [
                    {"name": name, "commitment": sha256(salts[name] + str(value).encode()).hexdigest()}
                    for name, value in values.items()
                ],
                "rule": rule,
                "reasons": [reason],
            },
            "personal": {
                "inputs": [{"name": name, "salt": salts[name].hex(), "value": value} for name, value in values.items()]
            },
        }

    def _link(self, event: str) -> dict[str, str]:
        return {"source": self._source, "id": event}

    def _share(self, place: str, name: str) -> float:
        return self._world.streams.share("trail", place, name)


@cache
def load_trails() -> TrailsPlan:
    """Return what decisions, advice and purchases rest on."""
    import yaml

    text = files("tiexin.app.demo").joinpath("data", "trails.yaml").read_text("utf-8")
    return msgspec.convert(yaml.safe_load(text), TrailsPlan)
