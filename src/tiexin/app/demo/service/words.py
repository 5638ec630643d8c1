"""The words of generated conversations: hand-made templates from ``data/dialogue``, split once for fast filling.

A template is a sentence with slots in braces. In lists of exchanges the parts stand between bars: who begins first,
then the answers that fit (one of them is said). In scenes the parts follow one another, turn by turn; a scene that
starts with ``c>`` is begun by the customer, any other by the staff; ``@topic topic @`` in front says where it fits.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

import msgspec

from tiexin.app.demo.service.fits import Fits

SLOTS = (
    "surname",
    "title",
    "tail",
    "amount",
    "small",
    "days",
    "minutes",
    "branch",
    "date",
    "clock",
    "agent",
    "rate",
    "product",
    "street",
    "merchant",
    "country",
)
"""What may stand in braces; see :mod:`tiexin.app.demo.service.slots` for what fills it."""
LANGUAGES = ("zh", "en")
CUSTOMER_FIRST = "c>"
TOPICS = "@"
_SLOT = re.compile(r"\{([a-z]+)\}")


class Template(msgspec.Struct, frozen=True):
    """A sentence: its id, its text with slots in braces, and the text cut at its slots (numbers are slots)."""

    id: str
    text: str
    parts: tuple[str | int, ...]

    def fill(self, slots: Sequence[str]) -> str:
        """Return the sentence with its slots filled in the order of ``SLOTS``."""
        parts = self.parts
        if not parts:
            return self.text
        return "".join([part if part.__class__ is str else slots[part] for part in parts])  # type: ignore[index]


class Exchange(msgspec.Struct, frozen=True):
    """What one side says and the answers of the other that fit."""

    says: Template
    answers: tuple[Template, ...]


class Scene(msgspec.Struct, frozen=True):
    """Turns that follow one another; ``customer_first`` tells who begins, ``topics`` where it fits (or anywhere)."""

    turns: tuple[Template, ...]
    customer_first: bool
    topics: tuple[str, ...] = ()


class Answers(msgspec.Struct, frozen=True):
    """What may follow a question: what the staff asks, explains, settles or must leave open, and what the bot knows."""

    probes: tuple[Exchange, ...]
    explains: tuple[Exchange, ...]
    solved: tuple[Template, ...]
    unsolved: tuple[Template, ...]
    bot_helps: tuple[Template, ...]


class Subject(msgspec.Struct, frozen=True):
    """The words about one topic; ``fitting`` has for the id of each question the answers that fit it best.

    Where nothing of a topic fits a question, the general words do (``explain_any``, ``solved_any``, ``unsolved_any``).
    """

    asks: dict[str, tuple[Template, ...]]
    answers: Answers
    bot_misses: tuple[Template, ...]
    fitting: dict[str, Answers]


class Words(msgspec.Struct, frozen=True):
    """All words of one language: by topic, of any conversation, and of conduct."""

    subjects: dict[str, Subject]
    lines: dict[str, tuple[Template, ...]]
    exchanges: dict[str, tuple[Exchange, ...]]
    misconduct: dict[str, tuple[Scene, ...]]
    look_alikes: dict[str, tuple[Scene, ...]]


@cache
def load_words(language: str) -> Words:
    """Return the words of a language (zh or en).

    Raises:
        ValueError: a template has an unknown slot; names the template.
    """
    found: dict[str, dict[str, Any]] = {
        "subjects": {}, "lines": {}, "exchanges": {}, "misconduct": {}, "look_alikes": {}
    }  # fmt: skip
    for name, content in _contents(language):
        for part, value in content.items():
            path = f"{language}.{name}.{part}"
            if part == "topics":
                found["subjects"] |= {topic: _subject(f"{language}.{topic}", words) for topic, words in value.items()}
            elif part == "lines":
                found["lines"] |= {key: _templates(f"{path}.{key}", texts) for key, texts in value.items()}
            elif part == "exchanges":
                found["exchanges"] |= {key: _exchanges(f"{path}.{key}", texts) for key, texts in value.items()}
            else:
                found[part] |= {key: _scenes(f"{language}.{key}", texts) for key, texts in value.items()}
    return Words(**found)


def templates(language: str) -> Iterator[Template]:
    """Yield every template of a language once for each place where it stands."""
    words = load_words(language)
    for subject in words.subjects.values():
        for asked in subject.asks.values():
            yield from asked
        answers = subject.answers
        for exchanges in (answers.probes, answers.explains):
            yield from _said(exchanges)
        for lines in (answers.solved, answers.unsolved, answers.bot_helps, subject.bot_misses):
            yield from lines
    for lines in words.lines.values():
        yield from lines
    for exchanges in words.exchanges.values():
        yield from _said(exchanges)
    for group in (words.misconduct, words.look_alikes):
        for scenes in group.values():
            for scene in scenes:
                yield from scene.turns


def _said(exchanges: Sequence[Exchange]) -> Iterator[Template]:
    for exchange in exchanges:
        yield exchange.says
        yield from exchange.answers


def _contents(language: str) -> Iterator[tuple[str, dict[str, Any]]]:
    import yaml

    load = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    folder = files("tiexin.app.demo").joinpath("data", "dialogue", language)
    for file in sorted(folder.iterdir(), key=_name):
        yield file.name.removesuffix(".yaml"), yaml.load(file.read_text("utf-8"), Loader=load)  # noqa: S506  (both are safe loaders)


def _name(file: Traversable) -> str:
    return file.name


def _subject(path: str, words: dict[str, Any]) -> Subject:
    asks = {mood: _templates(f"{path}.asks.{mood}", texts) for mood, texts in words["asks"].items()}
    answers = Answers(
        probes=_exchanges(f"{path}.probes", words["probes"]),
        explains=_exchanges(f"{path}.explains", words["explains"]),
        solved=_templates(f"{path}.solved", words["solved"]),
        unsolved=_templates(f"{path}.unsolved", words["unsolved"]),
        bot_helps=_templates(f"{path}.bot_helps", words["bot_helps"]),
    )
    said = [exchange.says.text for exchange in (*answers.probes, *answers.explains)]
    said += [template.text for template in (*answers.solved, *answers.unsolved, *answers.bot_helps)]
    fits = Fits(said)
    return Subject(
        asks=asks,
        answers=answers,
        bot_misses=_templates(f"{path}.bot_misses", words["bot_misses"]),
        fitting={ask.id: _fitting(fits, ask.text, answers) for texts in asks.values() for ask in texts},
    )


def _fitting(fits: Fits, question: str, answers: Answers) -> Answers:
    def exchanges(found: tuple[Exchange, ...]) -> tuple[Exchange, ...]:
        return tuple(found[index] for index in fits.best(question, [exchange.says.text for exchange in found]))

    def lines(found: tuple[Template, ...]) -> tuple[Template, ...]:
        return tuple(found[index] for index in fits.best(question, [template.text for template in found]))

    return Answers(
        probes=exchanges(answers.probes) or answers.probes,
        explains=exchanges(answers.explains),
        solved=lines(answers.solved),
        unsolved=lines(answers.unsolved),
        bot_helps=lines(answers.bot_helps) or answers.bot_helps,
    )


def _templates(path: str, texts: Sequence[str]) -> tuple[Template, ...]:
    return tuple(_template(f"{path}.{index}", text) for index, text in enumerate(texts, start=1))


def _exchanges(path: str, texts: Sequence[str]) -> tuple[Exchange, ...]:
    found = []
    for index, text in enumerate(texts, start=1):
        says, *answers = [part.strip() for part in text.split("|")]
        replies = tuple(_template(f"{path}.{index}.{n}", answer) for n, answer in enumerate(answers, start=1))
        found.append(Exchange(_template(f"{path}.{index}", says), replies))
    return tuple(found)


def _scenes(path: str, texts: Sequence[str]) -> tuple[Scene, ...]:
    found = []
    for index, text in enumerate(texts, start=1):
        topics, words = text[1:].split(TOPICS, 1) if text.startswith(TOPICS) else ("", text)
        words = words.strip()
        said = [part.strip() for part in words.removeprefix(CUSTOMER_FIRST).split("|")]
        turns = tuple(_template(f"{path}.{index}.{n}", part) for n, part in enumerate(said, start=1))
        found.append(Scene(turns, words.startswith(CUSTOMER_FIRST), tuple(topics.split())))
    return tuple(found)


def _template(identity: str, text: str) -> Template:
    pieces = _SLOT.split(text)
    if len(pieces) == 1:
        return Template(identity, text, ())
    unknown = [name for name in pieces[1::2] if name not in SLOTS]
    if unknown:
        msg = f"The template {identity} has the unknown slot {unknown[0]}; there are {', '.join(SLOTS)}."
        raise ValueError(msg)
    parts = (SLOTS.index(piece) if index % 2 else piece for index, piece in enumerate(pieces))
    return Template(identity, text, tuple(part for part in parts if part != ""))
