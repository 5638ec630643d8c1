"""Telephone calls: queues by load and staffing, callers who give up, callers who come back."""

from __future__ import annotations

from typing import Any

import msgspec

from tiexin.app.demo.hours import DAY, HOUR
from tiexin.app.demo.person import Person
from tiexin.app.demo.service.conduct import Conduct
from tiexin.app.demo.service.desk import Desk
from tiexin.app.demo.service.staff import PHONE_TEAMS
from tiexin.app.demo.service.talk import Facts
from tiexin.app.demo.service.tickets import Tickets
from tiexin.app.demo.service.transcripts import Where, ends_unsolved
from tiexin.app.demo.streams import Draw, one_of, times
from tiexin.app.demo.surveys import Rated, Surveys, feeling_after
from tiexin.app.demo.world import World

PHANTOM = 0.02
LONG_WAIT = 180
BEARABLE = 90
WITHIN = 20
COMES_BACK_AFTER_HANGING_UP = 0.5
COMES_BACK_UNSOLVED = 0.55
ATTEMPTS_MAX = 3
TEAM_A = 0.5
DAY_HOURS = (8, 22)
TICKET_TOPICS = {"app_fault", "transfer_failed"}
ILL_TREATED = 0.3
"""What discourtesy takes from the feeling after a contact."""


class _Call(msgspec.Struct, kw_only=True):
    """A call on its way: who is called for what, and how it goes."""

    at: int
    topic: str
    attempt: int = 1
    planted: Conduct | None = None
    actor: str = ""
    team: str = ""
    listened: bool = False
    conduct: Conduct | None = None
    queue: int = 0
    talk: int = 0
    menu: int = 0
    outcome: str = "answered"
    solved: bool | None = None

    @property
    def ended(self) -> int:
        """The UTC second at which the line was free again."""
        return self.at + self.menu + self.queue + self.talk


class Calls:
    """Lives through the telephone calls of one customer after another."""

    def __init__(self, world: World, surveys: Surveys, tickets: Tickets, desk: Desk) -> None:
        self._world = world
        self._surveys = surveys
        self._tickets = tickets
        self._desk = desk

    def live(self, person: Person) -> None:
        """Write all calls of a customer."""
        world = self._world
        draw = world.streams.draw("calls", person.number)
        for _ in range(times(world.rate(person, "call"), draw())):
            call = _Call(at=world.period.moment("phone", draw), topic=world.topics.pick(draw))
            self._call(person, call, draw)
        planted = self._desk.transcripts.conducts.planted(person.number)
        if planted and planted.topic is None:
            draw = world.streams.draw("planted-call", person.number)
            at, topic = world.period.moment("phone", draw), world.topics.pick(draw)
            self._call(person, _Call(at=at, topic=topic, planted=planted.conduct), draw)

    def truth(self) -> dict[str, Any]:
        """Return how the desks are staffed and what Erlang-A expects of that, and the planted habits."""
        return {"queues": self._desk.queues.truth()} | self._desk.transcripts.truth()

    def _call(self, person: Person, call: _Call, draw: Draw) -> None:
        world = self._world
        self._happen(person, call, draw)
        written = self._write(person, call, draw)
        if written:
            self._count(call)
        if call.outcome == "phantom":
            return
        product = world.profile.topics[call.topic].product
        unit = world.org.contact_centre
        if call.queue >= LONG_WAIT:
            world.hurt("phone_wait", call.ended, org=unit, product=product, minutes=call.queue // 60)
        if call.solved is not None:
            if written and call.listened:
                self._transcribe(person, call, written, draw)
            feeling = feeling_after(person, wait=call.queue, bearable=BEARABLE, solved=call.solved)
            feeling += self._desk.staff.kindness(call.actor) - (ILL_TREATED if hurts(call.conduct) else 0)
            rated = Rated(
                about=written, at=call.ended, channel="phone", org=unit, product=product, topic=call.topic
            )  # fmt: skip
            self._surveys.ask("call", rated, feeling=feeling, draw=draw)
        self._come_back(person, call, draw, written=written)

    def _happen(self, person: Person, call: _Call, draw: Draw) -> None:
        """Find out how the call goes; a planted one is always answered and written down."""
        world, desk = self._world, self._desk
        wait, patience = desk.queues.meet("phone", call.at, draw, first=person.elderly)
        wait = round(wait * world.changes.phone_wait(call.at))
        call.menu, phantom = 8 + int(draw() * 40), draw() < PHANTOM
        call.team = self._team(call.at, draw)
        call.actor = desk.staff.on_team(world.org.contact_centre, call.team, draw)
        if call.planted:
            wait, phantom = min(wait, patience), False
            culprit = desk.transcripts.conducts.culprit(call.planted.kind, unit=world.org.contact_centre)
            call.actor = culprit[0] if culprit else call.actor
        call.outcome = "phantom" if phantom else "abandoned" if wait > patience else "answered"
        call.queue = 0 if phantom else min(wait, patience)
        if call.outcome != "answered":
            return
        call.talk = round(world.talk["phone"].pick(draw) * desk.staff.pace(call.actor))
        call.listened = desk.transcripts.listens("phone", draw) or call.planted is not None
        if call.listened:
            call.conduct = call.planted or desk.transcripts.conducts.decide(call.actor, call.topic, draw)
        call.solved = draw() < world.profile.topics[call.topic].resolved and not ends_unsolved(call.conduct)

    def _team(self, at: int, draw: Draw) -> str:
        """Return the team that answers at a UTC second; takes one draw."""
        hour = (at + self._world.period.offset) % DAY // HOUR
        day_team = PHONE_TEAMS[draw() >= TEAM_A]
        return day_team if DAY_HOURS[0] <= hour < DAY_HOURS[1] else PHONE_TEAMS[2]

    def _transcribe(self, person: Person, call: _Call, written: str, draw: Draw) -> None:
        facts = Facts(
            medium="phone",
            topic=call.topic,
            wait=call.queue,
            seconds=call.talk,
            solved=bool(call.solved),
            elderly=person.elderly,
            attempt=call.attempt,
            conduct=call.conduct,
        )
        where = Where(
            about=written,
            ended=call.ended,
            org=self._world.org.contact_centre,
            actor=call.actor,
            team=call.team,
            product=self._world.profile.topics[call.topic].product,
        )
        self._desk.transcripts.write(person, facts, where, draw)

    def _come_back(self, person: Person, call: _Call, draw: Draw, *, written: str | None) -> None:
        if call.solved:
            return
        world = self._world
        chance, delay = draw(), draw()
        again = call.attempt < ATTEMPTS_MAX
        if call.solved is None:
            if chance < COMES_BACK_AFTER_HANGING_UP and again:
                at = call.ended + 120 + int(delay * 2 * HOUR)
                self._call(person, _Call(at=at, topic=call.topic, attempt=call.attempt + 1), draw)
            return
        if call.topic in TICKET_TOPICS:
            self._tickets.open(person, call.ended, category=call.topic, contact="phone", about=written)
        if chance < COMES_BACK_UNSOLVED and again:
            at = call.ended + DAY // 2 + int(delay * 5 * DAY)
            self._call(person, _Call(at=at, topic=call.topic, attempt=call.attempt + 1), draw)
            return
        product = world.profile.topics[call.topic].product
        world.hurt("unresolved", call.ended, org=world.org.contact_centre, product=product)

    def _write(self, person: Person, call: _Call, draw: Draw) -> str | None:
        world = self._world
        note = draw()
        answered = call.outcome == "answered"
        data: dict[str, Any] = {
            "outcome": call.outcome,
            "queue_seconds": call.queue,
            "talk_seconds": call.talk,
            "menu_seconds": call.menu,
            "topic": call.topic,
            "priority": 1 if person.elderly else 0,
        }
        if call.solved is not None:
            data["resolved"] = call.solved
        if answered and note < world.profile.personal["call"]:
            text = one_of(world.phrases.call_notes, draw).format(name=person.name, days=1 + int(draw() * 5))
            data["personal"] = {"name": person.name, "phone": person.phone, "note": text}
        return world.write(
            "call",
            call.at,
            "call.ended.v1",
            data,
            channel="phone",
            org=world.org.contact_centre,
            team=call.team,
            actor=call.actor if answered else None,
            product=world.profile.topics[call.topic].product,
        )

    def _count(self, call: _Call) -> None:
        tally = self._world.tally
        tally.add(f"calls.{call.outcome}")
        if call.attempt > 1:
            tally.add("first_contact.repeat_calls")
        if call.outcome == "phantom":
            return
        tally.add("calls.offered")
        if call.outcome == "answered":
            tally.add("calls.queue_seconds_answered", call.queue)
            tally.add("calls.talk_seconds_answered", call.talk)
            tally.add("calls.answered_within_20s", call.queue <= WITHIN)
            tally.add("first_contact.answered")
            tally.add("first_contact.resolved", bool(call.solved))


def hurts(conduct: Conduct | None) -> bool:
    """Tell whether the customer feels at once what was done to him (mis-selling shows later)."""
    return conduct is not None and conduct.wrong and conduct.group == "discourtesy"
