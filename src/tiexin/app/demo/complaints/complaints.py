"""Complaints: made by those whom something really happened to, answered by teams of different speed, or repeated."""

from __future__ import annotations

from tiexin.app.demo.hours import DAY, HOUR
from tiexin.app.demo.person import Person
from tiexin.app.demo.streams import Choice, Draw, one_of, times
from tiexin.app.demo.surveys import CONTENT, Rated, Surveys
from tiexin.app.demo.world import Hurt, World, spread

CHANNELS = Choice({"phone": 46, "app": 24, "branch": 16, "email": 8, "social": 6})
ATTEMPTS_MAX = 3
ACCEPTS_OR_NOT = 0.7
"""Share of answered complaints whose customer says whether the answer is accepted."""
TOPIC_PRODUCT = {"credit_card_bill": "credit_card", "misleading_sale": "wealth"}


class Complaints:
    """Turns bad experiences of one customer after another into complaints."""

    def __init__(self, world: World, surveys: Surveys) -> None:
        self._world = world
        self._surveys = surveys
        plan = world.profile.complaints
        self._plan = plan
        self._base_topics = Choice(plan.base_topics)
        self._outcomes = Choice(plan.outcomes)
        self._answer = {name: spread(team.days, unit=DAY) for name, team in plan.teams.items()}
        self._team = {topic: name for name, team in plan.teams.items() for topic in team.topics}
        self._other_team = next(name for name, team in plan.teams.items() if not team.topics)
        self._count = 0

    def live(self, person: Person) -> None:
        """Write all complaints of a customer, from what was noted and from what we never saw."""
        world, self._count = self._world, 0
        for hurt in world.hurts:
            if world.streams.share("complains", person.number, hurt.kind, hurt.at) < self._plan.after[hurt.kind]:
                self._complain(person, hurt, world.streams.draw("complaint", person.number, hurt.kind, hurt.at))
        mean = self._plan.base_per_year * world.period.years
        for index in range(times(mean, world.streams.share("complaints", person.number))):
            draw = world.streams.draw("complaint", person.number, "base", index)
            at, topic = world.period.moment("online", draw), self._base_topics.pick(draw)
            org = world.institution.unit_at(person.branch, at)
            product = TOPIC_PRODUCT.get(topic, "debit_card")
            self._complain(person, Hurt("base", at, topic=topic, org=org, product=product), draw)

    def _complain(self, person: Person, hurt: Hurt, draw: Draw) -> None:
        at, attempt = hurt.at + 600 + int(draw() * draw() * 3 * DAY), 1
        while self._once(person, hurt, at, attempt, draw) and attempt < ATTEMPTS_MAX:
            attempt += 1
            at = self._answered + 2 * DAY + int(draw() * 14 * DAY)

    def _once(self, person: Person, hurt: Hurt, at: int, attempt: int, draw: Draw) -> bool:
        """Write one complaint with what follows; tell whether the customer will complain again."""
        world, plan = self._world, self._plan
        self._count += 1
        case = f"complaint-{person.number:07d}-{self._count}"
        team = self._team.get(hurt.topic, self._other_team)
        channel, actor = CHANNELS.pick(draw), world.institution.staff(world.org.complaint_desk, draw)
        due = at + plan.due_days * DAY
        self._answered = at + HOUR + self._answer[team].pick(draw)
        outcome, timely = self._outcomes.pick(draw), self._answered <= due
        disputes = draw() < plan.disputed[outcome] + (0 if timely else plan.disputed_late_extra)
        speaks, said_at, again = draw() < ACCEPTS_OR_NOT, self._answered + 900 + int(draw() * 4 * DAY), draw()
        attributes = {"channel": channel, "case": case, "org": hurt.org, "product": hurt.product, "team": team}
        data = {"topic": hurt.topic, "due_at": world.ledger.iso(due), "attempt": attempt}
        data["personal"] = {"name": person.name, "phone": person.phone, "text": self._text(person, hurt, draw)}
        if not world.write("complaint", at, "complaint.received.v1", data, **attributes):
            return False
        settled = self._answered if not disputes else None
        world.grievances.append((at, settled))
        world.tally.add("complaints.received")
        world.tally.add("complaints.repeated", attempt > 1)
        world.tally.add(f"complaint_topic.{hurt.topic}")
        answer = {"outcome": outcome, "timely": timely, "resolved": not disputes}
        written = world.write("complaint", self._answered, "complaint.answered.v1", answer, actor=actor, **attributes)
        if not written:
            return False
        self._tally_answer(team, outcome, timely=timely)
        if speaks and world.write("complaint", said_at, "complaint.disputed.v1", {"disputed": disputes}, **attributes):
            self._tally_dispute(outcome, timely=timely, disputed=disputes)
        feeling = CONTENT - 0.12 - (0.2 if not timely else 0) - (0.3 if disputes else 0)
        rated = Rated(
            about=case,
            at=self._answered,
            channel=channel,
            org=hurt.org,
            product=hurt.product,
            topic=hurt.topic,
            team=team,
        )
        self._surveys.ask("complaint", rated, feeling=feeling, draw=draw)
        return disputes and again < plan.repeat_when_disputed

    def _text(self, person: Person, hurt: Hurt, draw: Draw) -> str:
        world = self._world
        branch = world.institution.unit_at(person.branch, hurt.at)
        return one_of(world.phrases.complaints[hurt.topic], draw).format(
            name=person.name,
            minutes=max(hurt.minutes, 2),
            days=max(hurt.days, 3),
            amount=f"{50 + int(draw() * draw() * 20_000)}",
            branch=world.institution.units[branch].zh,
        )

    def _tally_answer(self, team: str, outcome: str, *, timely: bool) -> None:
        tally = self._world.tally
        tally.add("complaints.answered")
        tally.add("complaints.timely", timely)
        tally.add(f"complaints.outcome_{outcome}")
        tally.add(f"complaint_team.{team}_answered")
        tally.add(f"complaint_team.{team}_timely", timely)

    def _tally_dispute(self, outcome: str, *, timely: bool, disputed: bool) -> None:
        tally = self._world.tally
        when = "timely" if timely else "late"
        tally.add(f"complaints.said_{when}")
        tally.add(f"complaints.disputed_{when}", disputed)
        tally.add(f"complaints.said_{outcome}")
        tally.add(f"complaints.disputed_{outcome}", disputed)
