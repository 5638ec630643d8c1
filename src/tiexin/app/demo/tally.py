"""Counts what is really made while it is made, and not from the events: the source of the truth file."""

from __future__ import annotations

from collections import Counter


class Tally:
    """Counters that the parts of the generator fill as they go.

    What one customer adds is noted first and counts only once :meth:`settle` is called, so that his life can be lived
    again (:meth:`drop`) when it turns out that he leaves on the way.
    """

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.types: Counter[str] = Counter()
        self.edges: dict[tuple[str, str, str], list[int]] = {}
        self.rework: dict[tuple[str, str], list[int]] = {}
        self.branches: dict[str, list[int]] = {}
        self.subjects = 0
        self.personal = 0
        self._kinds: list[str] = []
        self._subjects = 0
        self._personal = 0
        self._added: list[tuple[str, int]] = []
        self._edges: list[tuple[str, str, str, int]] = []
        self._cases: list[tuple[str, list[str]]] = []
        self._called: list[tuple[str, int]] = []

    def event(self, kind: str, *, personal: bool) -> None:
        """Count an event that was written."""
        self._kinds.append(kind)
        self._personal += personal

    def subject(self) -> None:
        """Count a pseudonym that events bear for the first time."""
        self._subjects += 1

    def add(self, name: str, number: int = 1) -> None:
        """Add to a counter whose name says figure and part, for example ``calls.answered``."""
        self._added.append((name, number))

    def edge(self, journey: str, start: str, end: str, seconds: int) -> None:
        """Count the passage from one step to the next with its waiting."""
        self._edges.append((journey, start, end, seconds))

    def case(self, journey: str, steps: list[str]) -> None:
        """Count a case that was written, by the steps that fell inside the period."""
        self._cases.append((journey, steps))

    def called(self, unit: str, seconds: int) -> None:
        """Count a ticket that was called at a unit after so many seconds."""
        self._called.append((unit, seconds))

    def settle(self) -> None:
        """Let count what was noted since the last time."""
        self.types.update(self._kinds)
        self.subjects += self._subjects
        self.personal += self._personal
        counts = self.counts
        for name, number in self._added:
            counts[name] += number
        for journey, start, end, seconds in self._edges:
            entry = self.edges.setdefault((journey, start, end), [0, 0])
            entry[0] += 1
            entry[1] += seconds
        for journey, steps in self._cases:
            counts[f"cases.{journey}"] += 1
            counts[f"steps.{journey}"] += len(steps)
            for step, number in Counter(steps).items():
                entry = self.rework.setdefault((journey, step), [0, 0, 0])
                entry[0] += 1
                entry[1] += number > 1
                entry[2] += number - 1
        for unit, seconds in self._called:
            entry = self.branches.setdefault(unit, [0, 0])
            entry[0] += 1
            entry[1] += seconds
        self.drop()

    def drop(self) -> None:
        """Forget what was noted since the last time."""
        for noted in (self._kinds, self._added, self._edges, self._cases, self._called):
            noted.clear()
        self._subjects = self._personal = 0

    def group(self, name: str) -> dict[str, int]:
        """Return the counters of one figure, sorted by part."""
        prefix = name + "."
        return {key[len(prefix) :]: n for key, n in sorted(self.counts.items()) if key.startswith(prefix)}
