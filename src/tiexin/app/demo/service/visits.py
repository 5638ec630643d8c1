"""Branch visits with queue tickets, sessions in the app, and messages."""

from __future__ import annotations

from tiexin.app.demo.person import Person
from tiexin.app.demo.service.conduct import Planted
from tiexin.app.demo.service.desk import Desk
from tiexin.app.demo.service.talk import Facts
from tiexin.app.demo.service.tickets import Tickets
from tiexin.app.demo.service.transcripts import Where
from tiexin.app.demo.streams import Choice, Draw, one_of, times
from tiexin.app.demo.surveys import Rated, Surveys, feeling_after
from tiexin.app.demo.trails import Step, Trails
from tiexin.app.demo.world import World, spread

LONG_WAIT = 2_700
BEARABLE = 1_200
ELDERLY_TICKET = 0.7
FAULT = 0.03
TICKET_AFTER_FAULT = 0.08
MESSAGE_CHANNELS = Choice({"email": 45, "social": 25, "web": 25, "partner": 5})
WEB_SHARE = 0.14
SCREEN_SECONDS = 18
ADVICE = ("wealth_talk", "cover_talk", "invest_talk")
ADVICE_TOPICS = Choice({"fund_and_wealth": 65, "deposit_rates": 20, "loan_progress": 15})
"""What people who come for advice (of a bank, an insurer, a broker) talk about; such talks are recorded by rule."""


class Visits:
    """Lives through the visits, sessions and messages of one customer after another."""

    def __init__(self, world: World, surveys: Surveys, tickets: Tickets, desk: Desk) -> None:
        self._world = world
        self._surveys = surveys
        self._tickets = tickets
        self._desk = desk
        self._trails = Trails(world)
        plans = world.profile.branch_business
        self._business = Choice({name: plan.weight for name, plan in plans.items()})
        self._service = {name: spread(plan.service) for name, plan in plans.items()}
        self._advice = next((name for name in ADVICE if name in plans), None)

    def live(self, person: Person) -> None:
        """Write all visits, sessions and messages of a customer."""
        world = self._world
        draw = world.streams.draw("visits", person.number)
        for number in range(times(world.rate(person, "branch"), draw())):
            self._visit(person, f"visit-{person.number:07d}-{number + 1}", draw)
        planted = self._desk.transcripts.conducts.planted(person.number)
        if planted and planted.topic and self._advice:
            draw = world.streams.draw("planted-visit", person.number)
            self._visit(person, f"visit-{person.number:07d}-0", draw, planted=planted)
        draw = world.streams.draw("app", person.number)
        for _ in range(times(world.rate(person, "app"), draw())):
            self._session(person, draw)
        draw = world.streams.draw("messages", person.number)
        for _ in range(times(world.rate(person, "message"), draw())):
            self._message(person, draw)

    def _visit(self, person: Person, case: str, draw: Draw, *, planted: Planted | None = None) -> None:
        world = self._world
        at, business = world.period.moment("branch", draw), self._business.pick(draw)
        culprit = self._desk.transcripts.conducts.culprit(planted.conduct.kind) if planted else None
        branch = world.institution.unit_at(culprit[1] if culprit else person.branch, at)
        desk = None
        if planted and self._advice:
            business = self._advice
        elif person.segment == "affluent":
            desk = world.institution.wealth_desk(person.branch)
        org = desk or branch
        elderly = draw() < ELDERLY_TICKET and person.elderly
        load = 0 if desk else max(world.period.load("branch", at) - elderly, 0)
        slow = world.institution.slow_factor(branch)
        wait = round(world.waits["branch"][load].pick(draw) * world.changes.branch_wait(branch, at))
        patience, service = world.patience["branch"].pick(draw), round(self._service[business].pick(draw) * slow)
        ticket = f"{'VEABC'[0 if desk else 1 if elderly else 2 + int(draw() * 3)]}{1 + int(draw() * 180):03d}"
        window, actor = f"{1 + int(draw() * 5)}", self._actor(org, business, culprit, draw)
        service = round(service * self._desk.staff.pace(actor))
        product = world.profile.branch_business[business].product
        attributes = {"channel": "branch", "case": case, "org": org, "product": product, "team": "counter"}
        data = {"ticket": ticket, "business": business, "elderly": elderly}
        if world.write("ticket", at, "branch.ticket_taken.v1", data, **attributes):
            world.tally.add("branch.taken")
            world.tally.add("branch.taken_elderly", elderly)
        if wait > patience and not planted:
            left, given_up = at + patience, data | {"wait_seconds": patience}
            if world.write("ticket", left, "branch.ticket_abandoned.v1", given_up, **attributes):
                world.tally.add("branch.abandoned")
            world.hurt("branch_wait", left, org=branch, product=product, minutes=patience // 60)
            return
        called, served = at + wait, at + wait + service
        data |= {"window": window, "wait_seconds": wait}
        if world.write("ticket", called, "branch.ticket_called.v1", data, actor=actor, **attributes):
            world.tally.add("branch.called")
            world.tally.called(org, wait)
        data |= {"service_seconds": service}
        written = world.write("ticket", served, "branch.ticket_served.v1", data, actor=actor, **attributes)
        if written:
            world.tally.add("branch.served")
        if wait >= LONG_WAIT:
            world.hurt("branch_wait", served, org=branch, product=product, minutes=wait // 60)
        if written and business == self._advice:
            where = Where(about=written, ended=served, org=org, actor=actor, team="wealth_advice", product=product)
            topic = self._advise(person, where, draw, seconds=service, planted=planted)
            self._trails.advised(case, Step(written, served, org, actor, where.team), topic, product)
        feeling = feeling_after(person, wait=wait, bearable=BEARABLE) + self._desk.staff.kindness(actor)
        rated = Rated(about=written, at=served, channel="branch", org=org, product=product, team="counter")
        self._surveys.ask("branch", rated, feeling=feeling, draw=draw)

    def _actor(self, org: str, business: str, culprit: tuple[str, str] | None, draw: Draw) -> str:
        """Return who serves: advice is given by those whose work it is, everything else by anybody there."""
        if culprit:
            return culprit[0]
        if business == self._advice:
            return self._desk.staff.pick(org, "wealth_manager", draw)
        return self._world.institution.staff(org, draw)

    def _advise(self, person: Person, where: Where, draw: Draw, *, seconds: int, planted: Planted | None) -> str:
        """Write down what was said when somebody was advised; return what they talked about."""
        transcripts = self._desk.transcripts
        listened, topic = transcripts.listens("branch", draw), ADVICE_TOPICS.pick(draw)
        conduct = transcripts.conducts.decide(where.actor, topic, draw)
        if planted:
            conduct, topic = planted.conduct, planted.topic or topic
        elif not listened:
            return topic
        facts = Facts(
            medium="branch",
            topic=topic,
            wait=0,  # whoever comes for advice has an appointment, and the wait was over before the talk
            seconds=seconds,
            solved=True,
            elderly=person.elderly,
            attempt=1,
            conduct=conduct,
        )
        transcripts.write(person, facts, where, draw)
        return topic

    def _session(self, person: Person, draw: Draw) -> None:
        world = self._world
        at, seconds = world.period.moment("online", draw), world.talk["app"].pick(draw)
        channel = "web" if draw() < WEB_SHARE else "app"
        fault, ticket = draw() < FAULT, draw() < TICKET_AFTER_FAULT
        branch = world.institution.unit_at(person.branch, at)
        data = {"seconds": seconds, "screens": 1 + seconds // SCREEN_SECONDS, "fault": fault}
        written = world.write("session", at, "app.session_ended.v1", data, channel=channel, org=branch)
        if written:
            world.tally.add(f"sessions.{channel}")
        if fault:
            world.hurt("app_fault", at + seconds, org=branch, product="payment")
            if ticket:
                self._tickets.open(person, at + seconds, category="app_fault", contact=channel, about=written)
        feeling = feeling_after(person, wait=0, bearable=1, solved=not fault)
        rated = Rated(about=written, at=at + seconds, channel=channel, org=branch)
        self._surveys.ask("app", rated, feeling=feeling, draw=draw)

    def _message(self, person: Person, draw: Draw) -> None:
        world = self._world
        at, channel, topic = world.period.moment("online", draw), MESSAGE_CHANNELS.pick(draw), world.topics.pick(draw)
        branch = world.institution.unit_at(person.branch, at)
        text = one_of(world.phrases.messages, draw).format(
            branch=world.institution.units[branch].zh,
            amount=10_000 * (1 + int(draw() * 20)),
            street=one_of(world.phrases.streets, draw),
        )
        written = world.write(
            "message",
            at,
            "message.received.v1",
            {"topic": topic, "personal": {"name": person.name, "phone": person.phone, "text": text}},
            channel=channel,
            org=branch,
            product=world.profile.topics[topic].product,
        )
        if written:
            world.tally.add(f"messages.{channel}")
