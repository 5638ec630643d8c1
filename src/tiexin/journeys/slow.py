"""What slow cases have in common: pure counting of attributes and their lift."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from tiexin.journeys import rules
from tiexin.journeys.contracts import RANKED_FROM_N, SlowAttribute

KEYS_MAX = 200
"""Most members of data that are looked at."""
VALUES_MAX = 50
"""Most values of one text attribute that are reported, the commonest; numbers beyond it are cut into quarters."""
NUMBERS_MAX = 10
"""Most values of one attribute of numbers that are told apart: a measurement has more and is cut into quarters."""

Counts = dict[tuple[str, str], tuple[int, int]]
"""(attribute, value) → cases that have it, slow cases that have it."""


def counts_of_data(rows: Iterable[tuple[str, bool, str]]) -> Counts:
    """Return how many cases have which value of which member of data.

    Args:
        rows: (case, whether it is slow, data as JSON text); members of nested objects are named ``outer.inner``,
            lists are left out.
    """
    values: dict[str, set[tuple[str, bool, Any]]] = {}
    for case, slow, text in rows:
        for key, value in _members(msgspec.json.decode(text)):
            if key in values or len(values) < KEYS_MAX:
                values.setdefault(key, set()).add((case, slow, value))
    counts: Counts = {}
    for key, found in values.items():
        labelled = _quartered(found)
        n = Counter(label for _, label in {(case, label) for case, _, label in labelled})
        slow_n = Counter(label for _, label in {(case, label) for case, slow, label in labelled if slow})
        many = len(n) > VALUES_MAX
        for label, cases in n.most_common(VALUES_MAX):
            # Of a name with very many values (a date, a number of a contract) the rare ones say nothing.
            if not many or cases >= RANKED_FROM_N:
                counts[f"data.{key}", label] = cases, slow_n[label]
    return counts


def _members(data: Any, before: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in data.items():
        if isinstance(value, dict):
            yield from _members(value, f"{before}{key}.")
        elif isinstance(value, str | int | float):
            yield before + key, value


def _quartered(found: set[tuple[str, bool, Any]]) -> list[tuple[str, bool, str]]:
    """Return the values as texts; a measurement as one of four quarters, never value by value.

    A measurement has numbers only, of more than ``NUMBERS_MAX`` different values (written as texts, which may be codes,
    of more than ``VALUES_MAX``).
    """
    numbers = {value: _number(value) for value in {value for _, _, value in found}}
    most = VALUES_MAX if any(isinstance(value, str) for value in numbers) else NUMBERS_MAX
    if len(numbers) <= most or None in numbers.values():
        return [(case, slow, _label(value)) for case, slow, value in found]
    ordered = sorted(numbers[value] or 0.0 for _, _, value in found)
    cuts = [ordered[len(ordered) * quarter // 4] for quarter in (1, 2, 3)]
    labels = [f"< {cuts[0]:g}", f"{cuts[0]:g} – {cuts[1]:g}", f"{cuts[1]:g} – {cuts[2]:g}", f"≥ {cuts[2]:g}"]
    return [(case, slow, labels[sum((numbers[value] or 0.0) >= cut for cut in cuts)]) for case, slow, value in found]


def _number(value: Any) -> float | None:
    if isinstance(value, bool):
        return None
    try:
        number = float(value)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _label(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def lift(counts: Counts, *, cases: int, slow: int) -> list[SlowAttribute]:
    """Return the attributes, the surest excess of slow cases first; those on too few cases unranked at the end.

    An attribute that every case has, or none, says nothing and is left out.
    """
    found = []
    for (attribute, value), (n, slow_n) in counts.items():
        if not 0 < n < cases:
            continue
        others = (slow - slow_n, cases - n)
        low, high = rules.newcombe((slow_n, n), others)
        share, other_share = slow_n / n, others[0] / others[1]
        found.append(
            SlowAttribute(
                rank=None,
                attribute=attribute,
                value=value,
                n=n,
                slow=slow_n,
                share=share,
                other_n=others[1],
                other_share=other_share,
                lift=share * cases / slow if slow else 1.0,
                difference=share - other_share,
                difference_low=low,
                difference_high=high,
            )
        )

    def ranked(item: SlowAttribute) -> bool:
        return min(item.n, item.other_n) >= RANKED_FROM_N

    found.sort(key=lambda item: (not ranked(item), -item.difference_low, item.attribute, item.value))
    return [msgspec.structs.replace(item, rank=place if ranked(item) else None) for place, item in enumerate(found, 1)]
