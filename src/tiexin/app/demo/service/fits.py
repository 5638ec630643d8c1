"""Which answers fit which question: by the words they share, weighed by how rare these are in the topic.

Worked out once when the words are read, in whole numbers, so that the same sentences fit on every machine.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

KEPT = 2
"""So many answers are kept for a question, the best first."""
WEIGHT = 840
"""Divided by the count of sentences in which a piece stands: a whole number for all small counts."""
_SLOT = re.compile(r"\{[a-z]+\}")
_WORD = re.compile(r"[a-z]{4,}")
_CHINESE = re.compile(r"[\u4e00-\u9fff]+")
STEM = 5


def pieces(text: str) -> set[str]:
    """Return what two sentences can have in common: pairs of Chinese signs, and beginnings of English words."""
    text = _SLOT.sub(" ", text).lower()
    found = {word[:STEM] for word in _WORD.findall(text)}
    for run in _CHINESE.findall(text):
        found.update(run[index : index + 2] for index in range(len(run) - 1))
    return found


class Fits:
    """Finds for a question the answers that fit, among the sentences of one topic."""

    def __init__(self, sentences: Sequence[str]) -> None:
        self._counts = Counter(piece for sentence in sentences for piece in pieces(sentence))

    def best(self, question: str, answers: Sequence[str]) -> tuple[int, ...]:
        """Return the indices of the answers that fit best; none where none has anything in common."""
        asked = pieces(question)
        scores = [
            (sum(WEIGHT // self._counts[piece] for piece in asked & pieces(answer)), -index)
            for index, answer in enumerate(answers)
        ]
        fitting = sorted((score for score in scores if score[0]), reverse=True)[:KEPT]
        return tuple(-index for _, index in fitting)
