"""Leaving: proportional hazards that follow from what a customer has lived through."""

from __future__ import annotations

import math
from typing import Any

import msgspec

from tiexin.app.demo.hours import DAY, YEAR_DAYS
from tiexin.app.demo.person import Person
from tiexin.app.demo.profile import load_data
from tiexin.app.demo.streams import Choice
from tiexin.app.demo.world import World

WAITS = ("phone_wait", "branch_wait")
SEGMENT = "segment_"
TENURE_DAYS = (200, 7_000)
DEFINITIONS = {
    "unresolved_complaint": "1 while any case stands between complaint.received.v1 and a complaint.answered.v1 with "
    "resolved true (without end where there is none), else 0",
    "long_wait": "long waits so far, at most long_waits_max: calls with queue_seconds >= 240, branch tickets with "
    "wait_seconds >= 2700 and branch tickets given back",
    "segment": "by the segment in the envelope; segments not named have ratio 1",
    "time": "days since the start of the period; everybody enters at the start and is censored at its end",
}


class LeavingPlan(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Yearly baseline hazard and hazard ratios, and what those who leave say and use."""

    baseline_per_year: float
    ratios: dict[str, float]
    long_waits_max: int
    stated: dict[str, float]
    channels: dict[str, float]


class Leaving:
    """Decides from the life just lived whether and when a customer leaves, and writes it down."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.plan = msgspec.convert(load_data("leaving", world.profile.profile), LeavingPlan)
        self._unresolved = self.plan.ratios["unresolved_complaint"]
        self._waited = [self.plan.ratios["long_wait"] ** n for n in range(self.plan.long_waits_max + 1)]
        self._segments = {key.removeprefix(SEGMENT): r for key, r in self.plan.ratios.items() if SEGMENT in key}
        self._base = self.plan.baseline_per_year / (DAY * YEAR_DAYS)
        self._stated = Choice(self.plan.stated)
        self._channels = Choice(self.plan.channels)

    def when(self, person: Person) -> int | None:
        """Return the UTC second at which the present customer leaves, None if he stays.

        The hazard is constant between the moments at which something changes; the cumulated hazard is run up to an
        exponential draw.
        """
        world = self._world
        budget = -math.log(1 - world.streams.share("leaves", person.number))
        rate = self._base * self._segments.get(person.segment, 1.0)
        start, end = world.period.start, world.period.end
        highest = rate * self._unresolved * self._waited[-1] * (end - start)
        if highest < budget:
            return None
        moments = [(hurt.at, 1, 0) for hurt in world.hurts if hurt.kind in WAITS]
        for since, until in world.grievances:
            moments.append((since, 0, 1))
            if until is not None:
                moments.append((until, 0, -1))
        at, waits, grievances = start, 0, 0
        for moment, wait, grievance in [*sorted(moments), (end, 0, 0)]:
            until = min(moment, end)
            hazard = rate * self._waited[min(waits, len(self._waited) - 1)] * (self._unresolved if grievances else 1)
            if until > at:
                spent = hazard * (until - at)
                if spent >= budget:
                    return at + int(budget / hazard)
                budget -= spent
                at = until
            waits += wait
            grievances += grievance
        return None

    def leave(self, person: Person, at: int) -> None:
        """Write the last contact of a customer who leaves at a second, which is just before it."""
        world = self._world
        draw = world.streams.draw("leaving", person.number)
        low, high = TENURE_DAYS
        data = {
            "stated": self._stated.pick(draw),
            "customer_for_days": low + int(draw() * (high - low)),
            "accounts_closed": 1 + int(draw() * 3),
        }
        branch = world.institution.unit_at(person.branch, at)
        channel = self._channels.pick(draw)
        actor = world.institution.staff(branch, draw) if channel == "branch" else None
        if world.write("left", at - 1, "customer.left.v1", data, channel=channel, org=branch, actor=actor):
            world.tally.add("left.n")
            world.tally.add(f"left.{person.segment}")


def leaving_truth(world: World) -> dict[str, Any]:
    """Return the section of the truth file: true hazard ratios, their logarithms, and how many left."""
    plan = msgspec.convert(load_data("leaving", world.profile.profile), LeavingPlan)
    by_segment = world.tally.group("left")
    return {
        "hazards": {
            "model": "hazard = baseline * product of ratio ** value",
            "baseline_per_year": plan.baseline_per_year,
            "hazard_ratios": plan.ratios,
            "coefficients": {name: round(math.log(ratio), 6) for name, ratio in plan.ratios.items()},
            "long_waits_max": plan.long_waits_max,
            "left": by_segment.pop("n", 0),
            "left_by_segment": by_segment,
            "definitions": DEFINITIONS,
        }
    }
