"""Chats: the assistant first, then a person when it cannot help and the queue is bearable."""

from __future__ import annotations

from typing import Any

from tiexin.app.demo.person import Person
from tiexin.app.demo.service.calls import BEARABLE, ILL_TREATED, hurts
from tiexin.app.demo.service.conduct import Conduct
from tiexin.app.demo.service.desk import Desk
from tiexin.app.demo.service.talk import Facts
from tiexin.app.demo.service.transcripts import Where, ends_unsolved
from tiexin.app.demo.streams import Draw, times
from tiexin.app.demo.surveys import Rated, Surveys, feeling_after
from tiexin.app.demo.world import World

BOT_ONLY = 0.45
BOT_FASTER = 3
BOT_SOLVES = 0.8


class Chats:
    """Lives through the chats of one customer after another."""

    def __init__(self, world: World, surveys: Surveys, desk: Desk) -> None:
        self._world = world
        self._surveys = surveys
        self._desk = desk

    def live(self, person: Person) -> None:
        """Write all chats of a customer."""
        draw = self._world.streams.draw("chats", person.number)
        for _ in range(times(self._world.rate(person, "chat"), draw())):
            self._chat(person, draw)

    def _chat(self, person: Person, draw: Draw) -> None:
        world, desk = self._world, self._desk
        at, topic = world.period.moment("online", draw), world.topics.pick(draw)
        unit, bot_only, personal = world.org.online_desk, draw() < BOT_ONLY, draw()
        plan = world.profile.topics[topic]
        wait, patience = desk.queues.meet("chat", at, draw)
        staff = world.institution.staff(unit, draw)
        answered = bot_only or wait <= patience
        queue = 0 if bot_only else min(wait, patience)
        talk = round(world.talk["chat"].pick(draw) * desk.staff.pace(staff)) if answered else 0
        talk //= BOT_FASTER if bot_only else 1
        listened = desk.transcripts.listens("chat", draw) and answered
        conduct: Conduct | None = None
        if listened and not bot_only:
            conduct = desk.transcripts.conducts.decide(staff, topic, draw)
        solved = None
        if answered:
            solved = draw() < plan.resolved * (BOT_SOLVES if bot_only else 1) and not ends_unsolved(conduct)
        actor = "bot" if bot_only else staff if answered else None
        team = "chat_bot" if bot_only else "chat_team"
        data: dict[str, Any] = {"outcome": "answered" if answered else "abandoned", "queue_seconds": queue}
        data |= {"talk_seconds": talk, "bot_only": bot_only, "topic": topic}
        if solved is not None:
            data["resolved"] = solved
        if personal < world.profile.personal["chat"]:
            data["personal"] = {"name": person.name, "phone": person.phone}
        written = world.write(
            "chat", at, "chat.ended.v1", data, channel="chat", org=unit, team=team, actor=actor, product=plan.product
        )
        if written:
            world.tally.add(f"chats.{data['outcome']}")
            world.tally.add("chats.bot_only", bot_only)
        if solved is None:
            return
        ended = at + queue + talk
        if written and listened:
            facts = Facts(
                medium="chat",
                topic=topic,
                wait=queue,
                seconds=talk,
                solved=solved,
                elderly=person.elderly,
                attempt=1,
                bot_only=bot_only,
                conduct=conduct,
            )
            where = Where(about=written, ended=ended, org=unit, actor=actor, team=team, product=plan.product)
            desk.transcripts.write(person, facts, where, draw)
        kindness = 0.0 if bot_only else desk.staff.kindness(staff) - (ILL_TREATED if hurts(conduct) else 0.0)
        feeling = feeling_after(person, wait=queue, bearable=BEARABLE, solved=solved) + kindness
        rated = Rated(about=written, at=ended, channel="chat", org=unit, product=plan.product, topic=topic)
        self._surveys.ask("chat", rated, feeling=feeling, draw=draw)
