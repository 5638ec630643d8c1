"""Writes down what was said in a share of calls, chats and talks, and labels what was wrong in it for the truth."""

from __future__ import annotations

from typing import Any

import msgspec

from tiexin.app.demo.hours import DAY
from tiexin.app.demo.person import Person
from tiexin.app.demo.service.conduct import ENDS, Conduct, Conducts
from tiexin.app.demo.service.noise import blur
from tiexin.app.demo.service.plan import load_service
from tiexin.app.demo.service.slots import slots_of
from tiexin.app.demo.service.talk import Facts, Talk, timed
from tiexin.app.demo.service.words import LANGUAGES, load_words
from tiexin.app.demo.streams import Draw
from tiexin.app.demo.world import World

WRITTEN_AFTER = 30
"""Seconds after the end of a conversation at which its transcript is there."""
SEEN_AFTER = 45 * DAY
"""Seconds after a wrong sale at which the customer sees what he was sold."""
CUT_OFF = {"interrupts", "cuts_short", "excuses_interruption"}


class Where(msgspec.Struct, frozen=True, kw_only=True):
    """What a transcript is about and where the words were said: id of the contact, its end, unit, person, team."""

    about: str
    ended: int
    org: str
    actor: str | None
    team: str | None
    product: str | None


class Transcripts:
    """Listens to conversations."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._plan = load_service(world.profile.profile).transcripts
        self._shares = {"phone": self._plan.phone, "chat": self._plan.chat, "branch": self._plan.branch}
        self._noise = {"phone": self._plan.noise.phone, "chat": self._plan.noise.chat, "branch": 0.0}
        self._words = {language: load_words(language) for language in LANGUAGES}
        self.conducts = Conducts(world.profile, world.institution)

    def listens(self, medium: str, draw: Draw) -> bool:
        """Tell whether a conversation is written down; takes one draw."""
        return draw() < self._shares[medium]

    def write(self, person: Person, facts: Facts, where: Where, draw: Draw) -> None:
        """Write the transcript of a conversation and label what stands out in it."""
        world = self._world
        language = self.language(person)
        talk = Talk(self._words[language], facts, draw)
        talk.compose()
        slots = self._slots(person, language, facts, where, draw)
        noise, turns = self._noise[facts.medium], []
        marked = talk.label.turn if talk.label else -1
        for index, (who, template) in enumerate(talk.turns):
            text = template.fill(slots)
            if who == "customer" and index != marked and draw() < noise:
                text = blur(text, facts.medium, language, draw)
            turns.append((who, text))
        said = [who for who, _ in turns if who != "customer"]
        data: dict[str, Any] = {
            "about": where.about,
            "medium": facts.medium,
            "language": language,
            "turns": len(turns),
            "seconds": facts.seconds,
            "topic": facts.topic,
            "bot_share": round(said.count("bot") / len(said), 2),
            "interruptions": 1 if facts.conduct and facts.conduct.kind in CUT_OFF else 0,
            "personal": {"turns": timed(turns, facts.medium, facts.seconds)},
        }
        written = world.write(
            "talk",
            where.ended + WRITTEN_AFTER,
            "dialogue.transcribed.v1",
            data,
            channel=facts.medium,
            org=where.org,
            team=where.team,
            actor=where.actor,
            product=where.product,
        )
        if written and talk.label and facts.conduct:
            self._label(written, talk, facts, where)

    def language(self, person: Person) -> str:
        """Return the language a customer speaks."""
        return "en" if self._world.streams.share("speaks", person.number) < self._plan.english else "zh"

    def truth(self) -> dict[str, Any]:
        """Return what was planted by intent, beside the labelled rows."""
        return {"conduct": self.conducts.truth()}

    def _slots(self, person: Person, language: str, facts: Facts, where: Where, draw: Draw) -> list[str]:
        world = self._world
        branch = world.institution.units[world.institution.unit_at(person.branch, where.ended)]
        # Month and day in text come from the event's own time.
        month, day = int(world.ledger.iso(where.ended)[5:7]), int(world.ledger.iso(where.ended)[8:10])
        return slots_of(
            person,
            language,
            draw,
            branch=branch.zh if language == "zh" else branch.en,
            agent=where.actor or "01",
            wait=facts.wait,
            day=(month, day),
        )

    def _label(self, written: str, talk: Talk, facts: Facts, where: Where) -> None:
        label, conduct = talk.label, facts.conduct
        if label is None or conduct is None:
            return
        row: dict[str, Any] = {
            "event": written,
            "about": where.about,
            "turn": label.turn,
            "who": label.who,
            "kind": conduct.kind,
            "staff": where.actor,
            "unit": where.org,
            "medium": facts.medium,
            "topic": facts.topic,
            "template": label.template,
        }
        if conduct.wrong:
            row["group"] = conduct.group
            self._hurt(conduct, where)
        self._world.plant("misconduct" if conduct.wrong else "look_alikes", row)

    def _hurt(self, conduct: Conduct, where: Where) -> None:
        """Let the customer remember: discourtesy at once, a wrong sale when the first statement tells him."""
        sold = conduct.group == "mis_selling"
        self._world.hurt(
            "mis_sold" if sold else "ill_treated",
            where.ended + (SEEN_AFTER if sold else 0),
            org=where.org,
            product=where.product or "wealth",
            about=where.about,
        )


def ends_unsolved(conduct: Conduct | None) -> bool:
    """Tell whether a conversation cannot settle anything because it was broken off."""
    return conduct is not None and conduct.wrong and conduct.kind in ENDS
