"""Telephone calls and chats: queues by the load of the hour, callers who give up, callers who come back."""

from __future__ import annotations

from typing import Any

from tiexin.app.demo.hours import DAY, HOUR
from tiexin.app.demo.person import Person
from tiexin.app.demo.service.tickets import Tickets
from tiexin.app.demo.streams import Draw, one_of, times
from tiexin.app.demo.surveys import Rated, Surveys, feeling_after
from tiexin.app.demo.world import World

PHANTOM = 0.02
LONG_WAIT = 240
BEARABLE = 90
WITHIN = 20
COMES_BACK_AFTER_HANGING_UP = 0.5
COMES_BACK_UNSOLVED = 0.55
ATTEMPTS_MAX = 3
BOT_ONLY = 0.45
BOT_FASTER = 3
BOT_SOLVES = 0.8
TEAM_A = 0.5
DAY_HOURS = (8, 22)
TICKET_TOPICS = {"app_fault", "transfer_failed"}


class Calls:
    """Lives through the calls and chats of one customer after another."""

    def __init__(self, world: World, surveys: Surveys, tickets: Tickets) -> None:
        self._world = world
        self._surveys = surveys
        self._tickets = tickets

    def live(self, person: Person) -> None:
        """Write all calls and chats of a customer."""
        world = self._world
        draw = world.streams.draw("calls", person.number)
        for _ in range(times(world.rate(person, "call"), draw())):
            self._call(person, world.period.moment("phone", draw), world.topics.pick(draw), draw)
        draw = world.streams.draw("chats", person.number)
        for _ in range(times(world.rate(person, "chat"), draw())):
            self._chat(person, draw)

    def _call(self, person: Person, at: int, topic: str, draw: Draw, *, attempt: int = 1) -> None:
        world = self._world
        load = max(world.period.load("phone", at) - person.elderly, 0)
        wait, patience, talk = world.waits["phone"][load].pick(draw), world.patience["phone"].pick(draw), 0
        wait = round(wait * world.changes.phone_wait(at))
        menu = 8 + int(draw() * 40)
        phantom = draw() < PHANTOM
        outcome = "phantom" if phantom else "abandoned" if wait > patience else "answered"
        solved: bool | None = None
        if outcome == "answered":
            talk = world.talk["phone"].pick(draw)
            solved = draw() < world.profile.topics[topic].resolved
        queue = 0 if phantom else min(wait, patience)
        data: dict[str, Any] = {"outcome": outcome, "queue_seconds": queue, "talk_seconds": talk, "menu_seconds": menu}
        data |= {"topic": topic, "priority": 1 if person.elderly else 0}
        if solved is not None:
            data["resolved"] = solved
        written = self._write_call(person, at, data, draw)
        if written:
            self._count(data, attempt)
        if phantom:
            return
        ended = at + menu + queue + talk
        product = world.profile.topics[topic].product
        if queue >= LONG_WAIT:
            world.hurt("phone_wait", ended, org=world.org.contact_centre, product=product, minutes=queue // 60)
        if solved is not None:
            feeling = feeling_after(person, wait=queue, bearable=BEARABLE, solved=solved)
            rated = Rated(
                about=written, at=ended, channel="phone", org=world.org.contact_centre, product=product, topic=topic
            )
            self._surveys.ask("call", rated, feeling=feeling, draw=draw)
        self._come_back(person, ended, topic, draw, solved=solved, attempt=attempt, written=written)

    def _come_back(
        self, person: Person, at: int, topic: str, draw: Draw, *, solved: bool | None, attempt: int, written: str | None
    ) -> None:
        if solved:
            return
        world = self._world
        chance, delay = draw(), draw()
        if solved is None:
            if chance < COMES_BACK_AFTER_HANGING_UP and attempt < ATTEMPTS_MAX:
                self._call(person, at + 120 + int(delay * 2 * HOUR), topic, draw, attempt=attempt + 1)
            return
        if topic in TICKET_TOPICS:
            self._tickets.open(person, at, category=topic, contact="phone", about=written)
        if chance < COMES_BACK_UNSOLVED and attempt < ATTEMPTS_MAX:
            self._call(person, at + DAY // 2 + int(delay * 5 * DAY), topic, draw, attempt=attempt + 1)
            return
        world.hurt("unresolved", at, org=world.org.contact_centre, product=world.profile.topics[topic].product)

    def _write_call(self, person: Person, at: int, data: dict[str, Any], draw: Draw) -> str | None:
        world = self._world
        hour = (at + world.period.offset) % DAY // HOUR
        unit = world.org.contact_centre
        actor, side, note = world.institution.staff(unit, draw), draw(), draw()
        answered = data["outcome"] == "answered"
        if answered and note < world.profile.personal["call"]:
            text = one_of(world.phrases.call_notes, draw).format(name=person.name, days=1 + int(draw() * 5))
            data["personal"] = {"name": person.name, "phone": person.phone, "note": text}
        day_team = "phone_team_a" if side < TEAM_A else "phone_team_b"
        return world.write(
            "call",
            at,
            "call.ended.v1",
            data,
            channel="phone",
            org=unit,
            team=day_team if DAY_HOURS[0] <= hour < DAY_HOURS[1] else "phone_team_night",
            actor=actor if answered else None,
            product=world.profile.topics[data["topic"]].product,
        )

    def _count(self, data: dict[str, Any], attempt: int) -> None:
        tally = self._world.tally
        outcome, queue = data["outcome"], data["queue_seconds"]
        tally.add(f"calls.{outcome}")
        if attempt > 1:
            tally.add("first_contact.repeat_calls")
        if outcome == "phantom":
            return
        tally.add("calls.offered")
        if outcome == "answered":
            tally.add("calls.queue_seconds_answered", queue)
            tally.add("calls.talk_seconds_answered", data["talk_seconds"])
            tally.add("calls.answered_within_20s", queue <= WITHIN)
            tally.add("first_contact.answered")
            tally.add("first_contact.resolved", data["resolved"])

    def _chat(self, person: Person, draw: Draw) -> None:
        world = self._world
        at, topic = world.period.moment("online", draw), world.topics.pick(draw)
        unit = world.org.online_desk
        bot_only, text, plan = draw() < BOT_ONLY, draw(), world.profile.topics[topic]
        wait = world.waits["chat"][world.period.load("online", at)].pick(draw)
        patience = world.patience["chat"].pick(draw)
        talk, luck, actor = world.talk["chat"].pick(draw), draw(), world.institution.staff(unit, draw)
        answered = bot_only or wait <= patience
        queue = 0 if bot_only else min(wait, patience)
        data: dict[str, Any] = {"outcome": "answered" if answered else "abandoned", "queue_seconds": queue}
        talk = talk // (BOT_FASTER if bot_only else 1) if answered else 0
        data |= {"talk_seconds": talk, "bot_only": bot_only, "topic": topic}
        solved = None
        if answered:
            solved = data["resolved"] = luck < plan.resolved * (BOT_SOLVES if bot_only else 1)
        if text < world.profile.personal["chat"]:
            data["personal"] = {"name": person.name, "phone": person.phone}
        written = world.write(
            "chat",
            at,
            "chat.ended.v1",
            data,
            channel="chat",
            org=unit,
            team="chat_bot" if bot_only else "chat_team",
            actor="bot" if bot_only else actor if answered else None,
            product=plan.product,
        )
        if written:
            world.tally.add(f"chats.{data['outcome']}")
            world.tally.add("chats.bot_only", bot_only)
        if answered:
            feeling = feeling_after(person, wait=queue, bearable=BEARABLE, solved=solved)
            rated = Rated(
                about=written, at=at + queue + talk, channel="chat", org=unit, product=plan.product, topic=topic
            )
            self._surveys.ask("chat", rated, feeling=feeling, draw=draw)
