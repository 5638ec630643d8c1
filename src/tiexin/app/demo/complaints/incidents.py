"""What befalls customers without any contact: incidents, some of which hit many at once or go to a claim agent."""

from __future__ import annotations

from collections.abc import Iterator

from tiexin.app.demo.complaints.grievance import Grievance
from tiexin.app.demo.complaints.mix import CauseMix
from tiexin.app.demo.complaints.plan import AgentPlan, ComplaintsPlan, GroupPlan
from tiexin.app.demo.hours import DAY
from tiexin.app.demo.person import Person
from tiexin.app.demo.streams import Draw, times
from tiexin.app.demo.world import World

REPRESENTATIVES_MAX = 5
"""Most people who speak for a group. Source: NFRA rules on consumer complaints (2020 No. 3), article 12."""
PLACED_UP_TO = 300
"""Among the first so many customers every n-th is placed, so that rare things are there in a small run as well."""


class Incidents:
    """Writes the incidents of one customer after another and yields those that become complaints."""

    def __init__(self, world: World, plan: ComplaintsPlan, mix: CauseMix) -> None:
        self._world = world
        self._plan = plan
        self._mix = mix
        self._speakers: dict[str, list[int]] = {}

    def live(self, person: Person) -> Iterator[tuple[Grievance, Draw]]:
        """Write all incidents of a customer; yield what he complains about with the stream to go on drawing from."""
        world, plan = self._world, self._plan
        mean = plan.incidents_per_year * world.period.years
        for index in range(times(mean, world.streams.share("incidents", person.number))):
            draw = world.streams.draw("incident", person.number, index)
            at = world.period.moment("online", draw)
            complains = draw() < plan.complains_after_incident
            cause = self._mix.cause(draw, complains=complains)
            grievance = self._befall(person, cause, at, draw)
            if complains and grievance:
                yield grievance, draw
        for group in plan.groups:
            if _placed(world, "group", group, person.number):
                draw = world.streams.draw("group", group.group, person.number)
                at = world.period.second_of(world.period.day_at(group.at)) + int(draw() * group.days * DAY)
                grievance = self._befall(person, group.cause, at, draw, group=group)
                if grievance:
                    yield grievance, draw
        for agent in plan.agents:
            if _placed(world, "agent", agent, person.number):
                draw = world.streams.draw("agent", agent.agent, person.number)
                grievance = self._befall(person, agent.cause, world.period.moment("online", draw), draw, agent=agent)
                if grievance:
                    yield grievance, draw

    def _befall(
        self,
        person: Person,
        name: str,
        at: int,
        draw: Draw,
        *,
        group: GroupPlan | None = None,
        agent: AgentPlan | None = None,
    ) -> Grievance | None:
        """Write an incident; None where it lies outside the period."""
        world, cause = self._world, self._plan.causes[name]
        branch = world.institution.unit_at(person.branch, at)
        amount = 20 + int(draw() * draw() * 8_000)
        data = {"incident": name, "amount_minor": amount * 100}
        about = world.write(
            "incident", at, "incident.happened.v1", data, channel="system", org=branch, product=cause.product
        )
        if about is None:
            return None
        return Grievance(
            at=at,
            topic=cause.topic,
            business=cause.business,
            reason=cause.reason,
            product=cause.product,
            org=branch,
            demand=cause.demand,
            amount=amount,
            cause=name,
            about=about,
            days=3 + int(draw() * 25),
            group=group.group if group else None,
            representative=self._speaks(group, person.number) if group else False,
            agent=agent,
        )

    def _speaks(self, group: GroupPlan, number: int) -> bool:
        """Tell whether a member speaks for his group; living the same life again changes nothing."""
        speakers = self._speakers.setdefault(group.group, [])
        if number not in speakers and len(speakers) < REPRESENTATIVES_MAX:
            speakers.append(number)
        return number in speakers


def _placed(world: World, what: str, plan: GroupPlan | AgentPlan, number: int) -> bool:
    if number <= PLACED_UP_TO and number % plan.every == plan.first:
        return True
    name = plan.group if isinstance(plan, GroupPlan) else plan.agent
    return world.streams.share(what, name, "member", number) < plan.share
