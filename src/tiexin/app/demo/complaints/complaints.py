"""Complaints: made by those whom something really happened to, answered by teams of different speed, taken further."""

from __future__ import annotations

from typing import Any

import msgspec

from tiexin.app.demo.complaints.grievance import Grievance
from tiexin.app.demo.complaints.incidents import Incidents
from tiexin.app.demo.complaints.mix import BUSINESS, REASON, TRANSFERRED, CauseMix
from tiexin.app.demo.complaints.plan import load_complaints
from tiexin.app.demo.complaints.words import Words
from tiexin.app.demo.hours import DAY, HOUR
from tiexin.app.demo.person import Person
from tiexin.app.demo.streams import Choice, Draw, one_of
from tiexin.app.demo.surveys import CONTENT, Rated, Surveys
from tiexin.app.demo.world import Hurt, World, spread

ATTEMPTS_MAX = 4
OWN_ATTEMPTS_MAX = 3
ACCEPTS_OR_NOT = 0.7
"""Share of answered complaints whose customer says whether the answer is accepted."""
COMPLEX = 0.12
OWN, REGULATOR, COURT = "own", "regulator", "court"


class Filed(msgspec.Struct):
    """One complaint of a chain, as it is being made."""

    case: str
    at: int
    attempt: int
    origin: str
    previous: str | None
    answered: int = 0


class Complaints:
    """Turns bad experiences of one customer after another into complaints."""

    def __init__(self, world: World, surveys: Surveys) -> None:
        self._world = world
        self._surveys = surveys
        plan = world.profile.complaints
        self._answers = plan
        self._plan = load_complaints(world.profile.profile)
        self._mix = CauseMix(self._plan, world.tally)
        self._incidents = Incidents(world, self._plan, self._mix)
        self._words = Words(world, self._plan)
        self._channels = Choice(self._plan.channels)
        self._outcomes = Choice(plan.outcomes)
        self._answer = {name: spread(team.days, unit=DAY) for name, team in plan.teams.items()}
        self._team = {topic: name for name, team in plan.teams.items() for topic in team.topics}
        self._other_team = next(name for name, team in plan.teams.items() if not team.topics)
        self._count = 0

    def live(self, person: Person) -> None:
        """Write all complaints of a customer, from what was noted and from what befell him unseen."""
        world, self._count = self._world, 0
        for hurt in world.hurts:
            plan = self._plan.hurts.get(hurt.kind)
            if plan is None:
                continue
            business = plan.business or self._plan.products.get(hurt.product, "other")
            chance = plan.chance * self._mix.room(business, plan.reason)
            if world.streams.share("complains", person.number, hurt.kind, hurt.at) < chance:
                draw = world.streams.draw("complaint", person.number, hurt.kind, hurt.at)
                self._complain(person, self._of(hurt, business, draw), draw)
        for grievance, draw in self._incidents.live(person):
            self._complain(person, grievance, draw)

    def truth(self) -> dict[str, Any]:
        """Return the mixes that were planted and what came of them."""
        tally, plan = self._world.tally, self._plan
        own = {"business": tally.group(BUSINESS), "reason": tally.group(REASON)}
        for counts in own.values():
            counts.pop("all", None)
        transferred = tally.group("transferred_business")
        return self._surveys.truth() | {
            "complaints": {
                "own_volume": {"planted": plan.own_volume, "counted": own},
                "transferred": {"planted": plan.transferred, "counted": {"business": transferred}},
                "origins": tally.group("complaint_origin"),
                "incidents": tally.group("incident"),
                "offices": plan.offices,
            }
        }

    def _of(self, hurt: Hurt, business: str, draw: Draw) -> Grievance:
        plan = self._plan.hurts[hurt.kind]
        return Grievance(
            at=hurt.at,
            topic=plan.topic,
            business=business,
            reason=plan.reason,
            product=hurt.product,
            org=hurt.org,
            demand=plan.demand,
            amount=50 + int(draw() * draw() * 20_000),
            about=hurt.about,
            minutes=hurt.minutes,
            days=hurt.days,
        )

    def _complain(self, person: Person, grievance: Grievance, draw: Draw) -> None:
        """Write a chain: own complaint, repeated or taken to the regulator, from there to court."""
        plan, ratio = self._plan, self._mix.transfers(grievance.business)
        at = grievance.at + 600 + int(draw() * draw() * 3 * DAY)
        origin = REGULATOR if draw() < plan.direct_to_regulator * ratio else OWN
        previous = None
        for attempt in range(1, ATTEMPTS_MAX + 1):
            self._count += 1
            case = f"complaint-{person.number:07d}-{self._count}"
            filed = Filed(case=case, at=at, attempt=attempt, origin=origin, previous=previous)
            again, further, later = self._once(person, grievance, filed, draw), draw(), draw()
            if not again or origin == COURT:
                return
            if origin == REGULATOR:
                if further >= plan.to_court:
                    return
                origin = COURT
            elif further < plan.escalates * ratio:
                origin = REGULATOR
            elif attempt >= OWN_ATTEMPTS_MAX:
                return
            previous, at = case, filed.answered + 2 * DAY + int(later * 14 * DAY)

    def _once(self, person: Person, grievance: Grievance, filed: Filed, draw: Draw) -> bool:
        """Write one complaint with what follows; tell whether the customer will complain again."""
        world, answers = self._world, self._answers
        team = self._team.get(grievance.topic, self._other_team)
        channel, actor = self._channels.pick(draw), world.institution.staff(world.org.complaint_desk, draw)
        if filed.origin != OWN:
            channel = "partner"
        level = "major" if grievance.group else "complex" if draw() < COMPLEX or filed.origin != OWN else "ordinary"
        due = filed.at + answers.due_days * DAY * (1 if level == "ordinary" else 2)
        filed.answered = filed.at + HOUR + self._answer[team].pick(draw)
        outcome, timely = self._outcomes.pick(draw), filed.answered <= due
        disputes = draw() < answers.disputed[outcome] + (0 if timely else answers.disputed_late_extra)
        speaks, said_at, again = draw() < ACCEPTS_OR_NOT, filed.answered + 900 + int(draw() * 4 * DAY), draw()
        gives_up = draw() < self._plan.withdrawn and filed.origin == OWN
        attributes = {
            "channel": channel,
            "case": filed.case,
            "org": grievance.org,
            "product": grievance.product,
            "team": team,
        }
        data = self._received(person, grievance, filed, draw) | {"due_at": world.ledger.iso(due), "level": level}
        data["channel_code"] = self._plan.channel_codes.get(channel, "other")
        if not world.write("complaint", filed.at, "complaint.received.v1", data, **attributes):
            return False
        self._count_received(person, grievance, filed)
        if gives_up:  # The customer takes it back half-way, and the desk closes it in the same minute.
            withdrawn = filed.at + (min(filed.answered, due) - filed.at) // 2
            if world.write("complaint", withdrawn, "complaint.withdrawn.v1", {}, **attributes):
                world.tally.add("complaints.withdrawn")
                filed.answered, outcome, timely, disputes, speaks = withdrawn + 60, "closed", True, False, False
        world.grievances.append((filed.at, None if disputes else filed.answered))
        answer = {"outcome": outcome, "timely": timely, "resolved": not disputes}
        with world.ledger.after_leaving():
            written = world.write(
                "complaint", filed.answered, "complaint.answered.v1", answer, actor=actor, **attributes
            )
        if not written:
            world.tally.add("complaints.overdue", due < world.period.end)
            return False
        self._count_answer(team, outcome, timely=timely)
        if speaks and world.write("complaint", said_at, "complaint.disputed.v1", {"disputed": disputes}, **attributes):
            self._count_dispute(outcome, timely=timely, disputed=disputes)
        feeling = CONTENT - 0.12 - (0.2 if not timely else 0) - (0.3 if disputes else 0)
        rated = Rated(about=filed.case, at=filed.answered, topic=grievance.topic, team=team, **_where(attributes))
        self._surveys.ask("complaint", rated, feeling=feeling, draw=draw)
        return disputes and again < answers.repeat_when_disputed

    def _received(self, person: Person, grievance: Grievance, filed: Filed, draw: Draw) -> dict[str, Any]:
        """Return the data of a complaint, and write the sheet first where the regulator transfers it."""
        world = self._world
        data: dict[str, Any] = {
            "topic": grievance.topic,
            "business": grievance.business,
            "reason": grievance.reason,
            "demand": grievance.demand,
            "origin": filed.origin,
            "attempt": filed.attempt,
        }
        if grievance.about:
            data["about"] = grievance.about
        if filed.previous:
            data["previous"] = filed.previous
        if grievance.group:
            data |= {"group": grievance.group, "representative": grievance.representative}
        if filed.origin == REGULATOR:
            office = one_of(self._plan.offices, draw).office
            data["sheet"] = f"{office}-{person.number:07d}-{self._count}"
            until = world.ledger.iso(filed.at + self._plan.sheet_days * DAY)
            sheet = {"sheet": data["sheet"], "office": office, "answer_by": until}
            attributes = {"channel": "partner", "case": filed.case, "org": grievance.org}
            world.write("complaint", filed.at - 600, "complaint.transferred.v1", sheet, **attributes)
        personal = {"name": person.name, "phone": person.phone}
        if grievance.agent:
            personal = {"name": person.name, "phone": grievance.agent.phone, "address": grievance.agent.address}
        data["personal"] = personal | {"text": self._words.text(person, grievance, draw)}
        return data

    def _count_received(self, person: Person, grievance: Grievance, filed: Filed) -> None:
        tally, world = self._world.tally, self._world
        tally.add("complaints.received")
        tally.add("complaints.repeated", filed.attempt > 1)
        tally.add(f"complaint_topic.{grievance.topic}")
        tally.add(f"complaint_origin.{filed.origin}")
        if filed.attempt == 1:
            for figure, name in ((BUSINESS, grievance.business), (REASON, grievance.reason)):
                tally.add(f"{figure}.all")
                tally.add(f"{figure}.{name}")
        if filed.origin == REGULATOR:
            tally.add(f"transferred_business.{grievance.business}")
            tally.add(f"{TRANSFERRED}.all")
            tally.add(f"{TRANSFERRED}.{self._mix.sheet_class(grievance.business)}")
        if grievance.group:
            row = {"group": grievance.group, "case": filed.case, "subject": person.subject}
            world.plant("group_complaints", row | {"representative": grievance.representative})
        if grievance.agent:
            agent = grievance.agent
            row = {"agent": agent.agent, "phone": agent.phone, "address": agent.address}
            world.plant("claim_agents", row | {"case": filed.case, "subject": person.subject})

    def _count_answer(self, team: str, outcome: str, *, timely: bool) -> None:
        tally = self._world.tally
        tally.add("complaints.answered")
        tally.add("complaints.timely", timely)
        tally.add(f"complaints.outcome_{outcome}")
        tally.add(f"complaint_team.{team}_answered")
        tally.add(f"complaint_team.{team}_timely", timely)

    def _count_dispute(self, outcome: str, *, timely: bool, disputed: bool) -> None:
        tally = self._world.tally
        when = "timely" if timely else "late"
        tally.add(f"complaints.said_{when}")
        tally.add(f"complaints.disputed_{when}", disputed)
        tally.add(f"complaints.said_{outcome}")
        tally.add(f"complaints.disputed_{outcome}", disputed)


def _where(attributes: dict[str, str]) -> dict[str, str]:
    return {name: attributes[name] for name in ("channel", "org", "product")}
