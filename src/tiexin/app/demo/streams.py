"""Randomness that a seed fixes for ever: one stream a purpose and customer, and tables to draw from.

Only ``random.Random.random`` is used (its values are the same on every Python version), and every distribution is a
table of integers, so no result hangs on the last bit of a floating-point function. Adding a stream never shifts
another one.
"""

from __future__ import annotations

import math
from bisect import bisect
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from hashlib import blake2b
from itertools import accumulate
from random import Random
from statistics import NormalDist
from typing import Generic, TypeVar

T = TypeVar("T")
Draw = Callable[[], float]
GRID = 2_048
Z_95 = 1.6448536269514722


class Streams:
    """Makes the streams of one seed."""

    def __init__(self, seed: int) -> None:
        self._prefix = f"tiexin/{seed}/"

    def draw(self, *name: str | int) -> Draw:
        """Return a function that yields the next uniform number in [0, 1) of the stream of this name."""
        return Random(self._number(name)).random  # noqa: S311  (a simulation, not a secret)

    def share(self, *name: str | int) -> float:
        """Return the one uniform number in [0, 1) of this name; cheaper than a stream."""
        return (self._number(name) >> 11) / (1 << 53)

    def token(self, *name: str | int) -> str:
        """Return 16 hexadecimal digits that belong to this name."""
        return f"{self._number(name):016x}"

    def _number(self, name: tuple[str | int, ...]) -> int:
        text = self._prefix + "/".join(map(str, name))
        return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "big")


class Choice(Generic[T]):
    """Draws one of several values by weight."""

    def __init__(self, weights: Mapping[T, float]) -> None:
        self._values = [value for value, weight in weights.items() if weight > 0]
        self._sums = list(accumulate(weight for weight in weights.values() if weight > 0))
        self._total = self._sums[-1]

    def pick(self, draw: Draw) -> T:
        """Return the value that the next number of the stream falls on."""
        return self._values[bisect(self._sums, draw() * self._total)]


class Spread:
    """Whole numbers that follow a log-normal distribution given by its median and 95th percentile."""

    def __init__(self, median: float, p95: float, *, unit: int = 1) -> None:
        sigma = math.log(p95 / median) / Z_95
        self._table = [max(1, round(unit * median * math.exp(sigma * z))) for z in _normal_grid()]

    def pick(self, draw: Draw) -> int:
        """Return one whole number, at least 1."""
        return self._table[int(draw() * GRID)]


def times(mean: float, share: float) -> int:
    """Return how often a thing happens that happens ``mean`` times on average (Poisson, by inversion of one number)."""
    chance = math.exp(-mean)
    reached, count = chance, 0
    while share >= reached and chance > 0:
        count += 1
        chance *= mean / count
        reached += chance
    return count


def one_of(values: Sequence[T], draw: Draw) -> T:
    """Return one of the values, each as likely as the others."""
    return values[int(draw() * len(values))]


@cache
def _normal_grid() -> list[float]:
    normal = NormalDist()
    return [normal.inv_cdf((index + 0.5) / GRID) for index in range(GRID)]
