"""Journeys: cases that walk through the steps of the profile, with their planted bottleneck, rework and ping-pong."""

from __future__ import annotations

from collections import Counter
from typing import Any

from tiexin.app.demo.hours import DAY, HOUR
from tiexin.app.demo.person import Person
from tiexin.app.demo.profile import Journey, Step, Way
from tiexin.app.demo.service.desk import Desk
from tiexin.app.demo.streams import Choice, Draw, Spread, one_of, times
from tiexin.app.demo.surveys import CONTENT, Rated, Surveys
from tiexin.app.demo.trails import Step as TrailStep
from tiexin.app.demo.trails import Trails
from tiexin.app.demo.world import World

LIFECYCLE = "COMPLETE"
FIRST_TIME = 0.6
SAME_PAPER_AGAIN = 0.6
SAME_PERSON = 0.75
STEPS_MAX = 60
"""A case that takes more steps than this is a fault of the profile."""


class _Case:
    """A case on its way."""

    def __init__(self, name: str, journey: Journey, identity: str, intake: str, branch: str) -> None:
        self.name = name
        self.journey = journey
        self.identity = identity
        self.intake = intake
        self.branch = branch
        self.steps: list[str] = []
        self.first_at = 0
        self.last_at = 0
        self.ways: Counter[tuple[str, str]] = Counter()
        self.handlers: dict[tuple[str, str], str] = {}
        self.papers: list[str] = []
        self.actor: str | None = None
        self.trail: dict[str, TrailStep] = {}
        self.finished = False


class Cases:
    """Lives through the journeys of one customer after another."""

    def __init__(self, world: World, surveys: Surveys, desk: Desk) -> None:
        self._world = world
        self._staff = desk.staff
        self._surveys = surveys
        self._trails = Trails(world)
        self._journeys = world.profile.journeys
        self._intakes = {name: Choice(journey.intake) for name, journey in self._journeys.items()}
        self._waits = {
            (name, step, index): Spread(way.median, way.p95, unit=HOUR)
            for name, journey in self._journeys.items()
            for step, plan in journey.steps.items()
            for index, way in enumerate(plan.next)
        }

    def live(self, person: Person) -> None:
        """Write all cases of a customer."""
        world = self._world
        for name, journey in self._journeys.items():
            mean = world.profile.segments[person.segment].journeys[name] * world.period.years
            for index in range(times(mean, world.streams.share("cases", name, person.number))):
                draw = world.streams.draw("case", name, person.number, index)
                self._run(person, name, journey, index + 1, draw)

    def _run(self, person: Person, name: str, journey: Journey, index: int, draw: Draw) -> None:
        world = self._world
        intake = self._intakes[name].pick(draw)
        at = world.period.moment("branch" if intake == "branch" else "online", draw)
        branch = world.institution.unit_at(person.branch, at)
        case = _Case(name, journey, f"{name}-{person.number:07d}-{index}", intake, branch)
        case.first_at = at
        step = journey.start
        while len(case.steps) < STEPS_MAX and self._record(case, step, at, draw):
            plan = journey.steps[step]
            if not plan.next:
                case.finished = True
                break
            number, way = self._choose(case, step, plan, draw)
            case.ways[step, way.to] += 1
            at = self._later(case, (name, step, number), way, at, draw)
            step = way.to
        self._tally(case)
        self._feel(case, draw)

    def _choose(self, case: _Case, step: str, plan: Step, draw: Draw) -> tuple[int, Way]:
        """Try the ways in order, leaving out those that the passages made so far rule out."""
        for number, way in enumerate(plan.next):
            taken = case.ways[step, way.to]
            if taken < way.after or (way.times is not None and taken >= way.times):
                continue
            if draw() < way.intake_p.get(case.intake, way.p):
                return number, way
        return len(plan.next) - 1, plan.next[-1]

    def _later(self, case: _Case, key: tuple[str, str, int], way: Way, at: int, draw: Draw) -> int:
        world = self._world
        wait = self._waits[key].pick(draw) + int(draw() * 1_800)
        if way.clock == "natural":
            return at + wait
        if case.journey.steps[way.to].place == "branch":
            wait = round(wait * world.institution.slow_factor(world.institution.unit_at(case.branch, at)))
        if case.actor:
            # Whoever has the case on the desk decides how soon it moves on.
            wait = round(wait * self._staff.pace(case.actor))
        return max(world.period.after_open_hours(at, wait), at + 1)

    def _record(self, case: _Case, step: str, at: int, draw: Draw) -> bool:
        """Write a step; tell whether it fell inside the period."""
        world, plan = self._world, case.journey.steps[step]
        org = world.institution.unit_at(case.branch, at) if plan.place == "branch" else plan.place
        data: dict[str, Any] = {}
        if step == case.journey.start:
            data = {"intake": case.intake, "first_time": draw() < FIRST_TIME, "amount_band": one_of("SML", draw)}
        elif step == case.journey.paper_request:
            data = {"paper": self._paper(case, draw)}
        actor = case.actor = self._actor(case, plan, org, draw)
        written = world.write(
            case.name,
            at,
            "journey.step_recorded.v1",
            data,
            journey=case.name,
            case=case.identity,
            step=step,
            lifecycle=LIFECYCLE,
            channel=plan.channel or ("system" if plan.actor == "system" or plan.place != "branch" else case.intake),
            org=org,
            team=plan.team,
            actor=actor,
            product=case.journey.product,
        )
        if not written:
            return False
        if "paper" in data:
            case.papers.append(data["paper"])
        if case.steps:
            world.tally.edge(case.name, case.steps[-1], step, at - case.last_at)
        case.steps.append(step)
        case.last_at = at
        if self._trails.watches(case.name, step):
            case.trail[step] = TrailStep(written, at, org, actor, plan.team)
        else:
            self._trails.told(case.name, step, case.identity, case.trail, case.journey.product)
        return True

    def _paper(self, case: _Case, draw: Draw) -> str:
        again, other = draw(), one_of(case.journey.papers, draw)
        return case.papers[-1] if case.papers and again < SAME_PAPER_AGAIN else other

    def _actor(self, case: _Case, plan: Step, org: str, draw: Draw) -> str | None:
        """The same person of a team keeps the case most of the time; customers and systems have no staff id."""
        if plan.actor != "staff":
            return "bot" if plan.actor == "bot" else None
        key = (org, plan.team or "")
        if key not in case.handlers or draw() >= SAME_PERSON:
            case.handlers[key] = self._world.institution.staff(org, draw)
        return case.handlers[key]

    def _tally(self, case: _Case) -> None:
        tally, (first, second) = self._world.tally, case.journey.ping_pong
        if not case.steps:
            return
        tally.case(case.name, case.steps)
        tally.add(f"same_paper.{case.name}", len(set(case.papers)) < len(case.papers))
        passages = zip(case.steps, case.steps[1:], case.steps[2:], strict=False)
        returns = sum(passage == (first, second, first) for passage in passages)
        tally.add(f"ping_pong_returns.{case.name}", returns)
        tally.add(f"ping_pong_cases.{case.name}", returns > 0)

    def _feel(self, case: _Case, draw: Draw) -> None:
        """Ask after the journey, and note what hurt: the same papers twice, or far too slow."""
        world, journey = self._world, case.journey
        if not case.steps:
            return
        days = (case.last_at - case.first_at) // DAY
        branch = world.institution.unit_at(case.branch, case.last_at)
        requests = case.steps.count(journey.paper_request)
        if requests > 1:
            world.hurt("papers_twice", case.last_at, org=branch, product=journey.product, days=days)
        if journey.slow_complaint and days > journey.slow_days:
            at = case.first_at + int(journey.slow_days * DAY)
            world.hurt(journey.slow_complaint, at, org=branch, product=journey.product, days=int(journey.slow_days))
        if case.finished:
            lost = min(0.3, 0.15 * days / journey.slow_days) + min(0.24, 0.12 * max(requests - 1, 0))
            rated = Rated(
                about=case.identity,
                at=case.last_at,
                channel="app",
                org=branch,
                product=journey.product,
                journey=case.name,
            )
            self._surveys.ask("journey", rated, feeling=CONTENT - lost, draw=draw)
