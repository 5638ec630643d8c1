"""Mystery shoppers walk through the branches: as whom, how long each step takes, how it feels."""

from __future__ import annotations

from typing import Any

from tiexin.app.demo.hours import DAY, HOUR
from tiexin.app.demo.person import Person
from tiexin.app.demo.service.desk import Desk
from tiexin.app.demo.service.plan import branches_of, load_service, unit_of
from tiexin.app.demo.streams import Choice, Draw, Spread, one_of, times
from tiexin.app.demo.world import World

AHEAD_DAYS = 10
MONTHS = 12
CONTENT = 4.6
"""Feeling of an ordinary step that took no longer than planned (1 very bad to 5 very good)."""
SLOWNESS = 1.5
"""Points of feeling that a step loses when it takes twice as long as planned."""
KIND = 6.0
"""Points of feeling for each unit of kindness (which lies between -1 and 1)."""
SHOPPERS = 12
GOOD = 3.7
MIDDLING = 2.7
"""Mean feelings from which a shopper advises to keep things, or to change little."""


class Walks:
    """Plans and walks; belongs to no customer, so everything is written before the first."""

    def __init__(self, world: World, desk: Desk) -> None:
        self._world = world
        self._staff = desk.staff
        self._plan = load_service(world.profile.profile).walks
        self._personas = Choice({name: persona.weight for name, persona in self._plan.personas.items()})
        self._journeys = Choice(dict.fromkeys((n for n in self._plan.journeys if n in world.profile.journeys), 1.0))
        self._spreads = {
            (journey, step): Spread(60 * minutes, 60 * minutes * 1.6)
            for journey, steps in self._plan.journeys.items()
            for step, minutes in steps
        }
        self._barriers = {
            (unit_of(world.profile.organisation, barrier.at), barrier.persona): barrier
            for barrier in self._plan.barriers
        }

    def open(self) -> None:
        """Write all walks of the period, branch after branch; every persona and barrier is walked at least once."""
        world, number = self._world, 0
        for unit in branches_of(world.profile.organisation):
            draw = world.streams.draw("walks", unit)
            count = times(self._plan.per_unit_and_month * MONTHS * world.period.years, draw())
            wanted = [persona for where, persona in self._barriers if where == unit] + ["ordinary"]
            for index in range(max(count, len(wanted))):
                number += 1
                picked = self._personas.pick(draw)
                self._walk(f"walk-{number:04d}", unit, wanted[index] if index < len(wanted) else picked, draw)

    def live(self, person: Person) -> None:
        """Do nothing: shoppers are no customers."""

    def truth(self) -> dict[str, Any]:
        """Return what was planted: personas everywhere, barriers in some branches."""
        personas = {
            name: {"factor": persona.factor, "lost": persona.lost} for name, persona in self._plan.personas.items()
        }
        barriers = [
            {"unit": unit, "persona": persona, "factor": barrier.factor, "lost": barrier.lost}
            for (unit, persona), barrier in self._barriers.items()
        ]
        group = self._world.tally.group
        return {"walks": {"personas": personas, "barriers": barriers, "walked": group("walks"), "slow": self._slow()}}

    def _slow(self) -> list[dict[str, Any]]:
        units = branches_of(self._world.profile.organisation)
        factors = [(unit, self._world.institution.slow_factor(unit)) for unit in units]
        return [{"unit": unit, "factor": factor} for unit, factor in factors if factor != 1]

    def _walk(self, walk: str, unit: str, persona: str, draw: Draw) -> None:
        world = self._world
        at, journey = world.period.moment("branch", draw), self._journeys.pick(draw)
        at -= (at - world.period.start) % DAY % HOUR
        where = world.institution.unit_at(unit, at)
        shopper = f"shopper-{1 + int(draw() * SHOPPERS):02d}"
        steps = self._plan.journeys[journey]
        planned = max(at - int((1 + draw() * AHEAD_DAYS) * DAY), world.period.start)
        attributes = {"channel": "branch", "case": walk, "org": where, "actor": shopper}
        day = world.ledger.iso(at + world.period.offset)[:10]
        data: dict[str, Any] = {"walk": walk, "persona": persona, "journey": journey, "planned_for": day}
        data |= {"unit": where, "shopper": shopper, "steps": [step for step, _ in steps]}
        if not world.write("walk", planned, "walk.planned.v1", data, **attributes):
            return
        world.tally.add("walks.planned")
        begun, factor, feelings = at, self._factor(where, persona), []
        for step, minutes in steps:
            seconds = round(self._spreads[journey, step].pick(draw) * factor)
            at += seconds
            feelings.append(self._feeling(where, persona, seconds / (60 * minutes), draw))
            told = {"walk": walk, "step": step, "seconds": seconds, "feeling": feelings[-1]}
            told |= {"photos": 0, "journey": journey, "persona": persona}
            if world.write("walk", at, "walk.step_recorded.v1", told, step=step, **attributes):
                world.tally.add("walks.steps")
        mean = sum(feelings) / len(feelings)
        advice = self._plan.advice["good" if mean >= GOOD else "middling" if mean >= MIDDLING else "bad"]
        done = {"walk": walk, "seconds": at - begun, "feeling": round(mean), "recommendation": one_of(advice, draw)}
        done |= {"journey": journey, "persona": persona, "steps": len(steps)}
        if world.write("walk", at + 120, "walk.finished.v1", done, **attributes):
            world.tally.add("walks.finished")
            world.tally.add(f"walks.{persona}")

    def _factor(self, unit: str, persona: str) -> float:
        """Return how much longer everything takes for a persona at a unit."""
        factor = self._plan.personas[persona].factor * self._world.institution.slow_factor(unit)
        barrier = self._barriers.get((unit, persona))
        return factor * barrier.factor if barrier else factor

    def _feeling(self, unit: str, persona: str, slowness: float, draw: Draw) -> int:
        barrier = self._barriers.get((unit, persona))
        lost = self._plan.personas[persona].lost + (barrier.lost if barrier else 0.0)
        kindness = sum(self._staff.kindness(staff) for staff in self._world.institution.people_of(unit))
        kindness /= max(len(self._world.institution.people_of(unit)), 1)
        felt = CONTENT - lost - SLOWNESS * max(slowness - 1, 0.0) + KIND * kindness + draw() + draw() - 1
        return min(max(round(felt), 1), 5)
