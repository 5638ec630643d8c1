"""Puts a conversation together, turn by turn: feelings follow waiting, earlier calls and how it ends."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from tiexin.app.demo.service.conduct import ENDS, Conduct
from tiexin.app.demo.service.words import Exchange, Scene, Subject, Template, Words
from tiexin.app.demo.streams import Draw

LONG_WAIT = 75
SPEAKS_OF_WAIT = 0.7
ANGRY_WAIT = 200
VERIFIED = 0.45
LONG_TALK = 200
SAME_WORDS = {
    "claim_progress": "insurance_claim",
    "motor_claim": "insurance_claim",
    "fund_redemption": "fund_and_wealth",
}
"""Topics that are spoken of in the words of another one; a topic without any words is spoken of in general ones."""
SPEED = {"phone": 5, "chat": 3, "branch": 5}
"""Signs a second."""


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """What a conversation follows from."""

    medium: str
    topic: str
    wait: int
    seconds: int
    solved: bool
    elderly: bool
    attempt: int
    bot_only: bool = False
    conduct: Conduct | None = None


class Label(msgspec.Struct, frozen=True):
    """Where in the conversation the conduct shows: turn (from 0), who speaks, which template."""

    turn: int
    who: str
    template: str


class Talk:
    """A conversation that is being put together."""

    __slots__ = ("_answers", "_draw", "_facts", "_subject", "_words", "label", "mood", "turns")

    def __init__(self, words: Words, facts: Facts, draw: Draw) -> None:
        self._words = words
        self._facts = facts
        self._draw = draw
        subjects = words.subjects
        self._subject: Subject = subjects.get(SAME_WORDS.get(facts.topic, facts.topic)) or subjects["anything"]
        self._answers = self._subject.answers
        self.turns: list[tuple[str, Template]] = []
        self.label: Label | None = None
        self.mood = _mood(facts, draw())

    def compose(self) -> None:
        """Fill ``turns`` and, when there is conduct to show, ``label``."""
        if self._facts.medium == "chat":
            self._bot()
            if self._facts.bot_only:
                return
        else:
            self._line("staff", f"greet_{self._facts.medium}")
            self._complain_of_waiting()
            self._ask(self.mood)
        self._matter()

    def _bot(self) -> None:
        """The assistant takes the chat first; it solves the matter or misses the point."""
        facts, subject = self._facts, self._subject
        self._line("bot", "greet_bot")
        self._ask("chat")
        if facts.bot_only and facts.solved:
            self._pick("bot", self._answers.bot_helps)
            self._line("customer", "thanks_bot")
            return
        self._pick("bot", subject.bot_misses)
        self._exchange("customer", "bot", self._words.exchanges["bot_again"])
        if facts.bot_only:
            self._line("customer", "gives_up_bot")
            return
        self._line("staff", "greet_chat")
        self._complain_of_waiting()

    def _matter(self) -> None:
        facts, words, answers, draw = self._facts, self._words, self._answers, self._draw
        if facts.medium == "phone" and draw() < VERIFIED:
            self._exchange("staff", "customer", words.exchanges["verify"])
        self._exchanges(answers.probes, 2 if facts.seconds > LONG_TALK else 1)
        self._interlude()
        if facts.conduct is not None:
            self._scene(facts.conduct)
            if facts.conduct.wrong and facts.conduct.kind in ENDS:
                return
        if facts.seconds > LONG_TALK and facts.medium == "phone" and draw() < 0.4:  # noqa: PLR2004
            self._exchange("staff", "customer", words.exchanges["hold"])
        if facts.solved and facts.conduct is not None and facts.conduct.wrong and facts.conduct.group == "mis_selling":
            self._sell()
            return
        self._explain()
        self._end()

    def _interlude(self) -> None:
        """Let the customer be himself for a moment: ask again, chat a little, or press."""
        facts, exchanges, chance = self._facts, self._words.exchanges, self._draw()
        if self.mood == "elderly":
            if chance < 0.55:  # noqa: PLR2004
                self._exchange("customer", "staff", exchanges["elderly_asks"])
            elif chance < 0.8:  # noqa: PLR2004
                self._exchange("customer", "staff", exchanges["small_talk"])
        elif self.mood in {"impatient", "angry"} and chance < 0.5 and facts.medium != "branch":  # noqa: PLR2004
            self._exchange("customer", "staff", exchanges["push"])
        elif chance > 0.93:  # noqa: PLR2004
            self._exchange("customer", "staff", exchanges["small_talk"])

    def _sell(self) -> None:
        """Close a wrong sale: whoever sells like this explains nothing more."""
        self._line("staff", "sold")
        self._line("customer", "thanks_calm")
        self._line("staff", "close_solved" if self._facts.medium == "phone" else f"close_{self._facts.medium}")

    def _explain(self) -> None:
        """Explain what fits the question, and in general words where nothing does."""
        facts, fitting = self._facts, self._answers.explains
        self._exchanges(
            fitting or self._words.exchanges["explain_any"], 2 if fitting and facts.seconds > 2 * LONG_TALK else 1
        )

    def _end(self) -> None:
        facts = self._facts
        if facts.solved:
            self._pick("staff", self._answers.solved or self._words.lines["solved_any"])
            quick = facts.wait == 0 and facts.attempt == 1 and facts.medium != "branch"
            self._line("customer", f"thanks_{'elderly' if facts.elderly else 'quick' if quick else 'calm'}")
            self._line("staff", "close_solved" if facts.medium == "phone" else f"close_{facts.medium}")
            return
        self._pick("staff", self._answers.unsolved or self._words.lines["unsolved_any"])
        mood = self.mood if self.mood in {"angry", "elderly"} else "calm"
        self._line("customer", f"unsolved_{mood}")
        self._line("staff", "comfort" if mood == "angry" else "close_unsolved")
        if mood != "angry":
            self._line("customer", "bye")

    def _complain_of_waiting(self) -> None:
        facts, draw = self._facts, self._draw
        if facts.attempt > 1:
            self._exchange("customer", "staff", self._words.exchanges["again"])
        elif facts.wait > LONG_WAIT and draw() < SPEAKS_OF_WAIT:
            mood = "elderly" if facts.elderly else "angry" if facts.wait > ANGRY_WAIT else "calm"
            self._line("customer", f"waited_{mood}")
            self._line("staff", "sorry_wait")

    def _ask(self, mood: str) -> None:
        """Let the customer ask, and turn to the answers that fit what was asked."""
        asks = self._subject.asks.get(mood) or self._subject.asks["calm"]
        ask = asks[int(self._draw() * len(asks))]
        self.turns.append(("customer", ask))
        self._answers = self._subject.fitting[ask.id]

    def _scene(self, conduct: Conduct) -> None:
        """Act out the conduct; the label is the first turn, or the first of the staff where that one is wrong."""
        group = self._words.misconduct if conduct.wrong else self._words.look_alikes
        topic, all_scenes = self._facts.topic, group[conduct.kind]
        scenes: Sequence[Scene] = [s for s in all_scenes if not s.topics or topic in s.topics] or all_scenes
        scene = scenes[int(self._draw() * len(scenes))]
        sides = ("customer", "staff") if scene.customer_first else ("staff", "customer")
        for index, template in enumerate(scene.turns):
            who = sides[index % 2]
            if self.label is None and (who == "staff" or not conduct.wrong):
                self.label = Label(len(self.turns), who, template.id)
            self.turns.append((who, template))

    def _exchanges(self, exchanges: Sequence[Exchange], count: int) -> None:
        """Say so many different exchanges, one after another."""
        first = int(self._draw() * len(exchanges))
        for step in range(min(count, len(exchanges))):
            exchange = exchanges[(first + step) % len(exchanges)]
            self.turns.append(("staff", exchange.says))
            self._pick("customer", exchange.answers)

    def _exchange(self, first: str, second: str, exchanges: Sequence[Exchange]) -> None:
        exchange = exchanges[int(self._draw() * len(exchanges))]
        self.turns.append((first, exchange.says))
        self._pick(second, exchange.answers)

    def _line(self, who: str, name: str) -> None:
        self._pick(who, self._words.lines[name])

    def _pick(self, who: str, templates: Sequence[Template]) -> None:
        if templates:
            self.turns.append((who, templates[int(self._draw() * len(templates))]))


def _mood(facts: Facts, share: float) -> str:
    """Return how the customer speaks: long waits and earlier calls make angry, age makes thorough."""
    if facts.attempt > 1 or facts.wait > ANGRY_WAIT:
        return "angry" if share < 0.65 else "impatient"  # noqa: PLR2004
    if facts.elderly:
        return "elderly" if share < 0.85 else "calm"  # noqa: PLR2004
    return "impatient" if share < 0.2 else "calm"  # noqa: PLR2004


def timed(turns: Sequence[tuple[str, str]], medium: str, seconds: int) -> list[dict[str, Any]]:
    """Return the turns with the second at which each begins, stretched over the whole conversation."""
    speed, sums, spoken = SPEED[medium], [], 0
    for _, text in turns:
        sums.append(spoken)
        spoken += 1 + len(text) // speed
    whole = max(spoken, 1)
    return [
        {"who": who, "at": begun * seconds // whole, "text": text}
        for (who, text), begun in zip(turns, sums, strict=True)
    ]
