"""What a filter means as a condition over the lake's events."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from tiexin.contacts.contracts import ContactFilter, Meaning, Reach
from tiexin.record.contracts import OF_CUSTOMERS_SQL

COMPLAINTS_SQL = "type LIKE 'complaint.%'"
CODES = ("actor", "journey", "step", "product", "segment", "team", "subject", "case_id")


class Where(msgspec.Struct, frozen=True, kw_only=True):
    """A condition with its parameters; ``by`` names the dimension that each part of it narrows down."""

    parts: tuple[tuple[str, str], ...]
    params: dict[str, Any]

    def sql(self, *, without: str | None = None) -> str:
        """Return the condition, or what is left of it without the part of one dimension."""
        return " AND ".join(part for by, part in self.parts if by != without or by == "") or "TRUE"


class Builder:
    """Collects parts and numbers their parameters."""

    def __init__(self) -> None:
        self.parts: list[tuple[str, str]] = []
        self.params: dict[str, Any] = {}

    def value(self, value: Any) -> str:
        """Return the placeholder of a value. The names never begin one another, so texts can be searched for them."""
        name = f"p{len(self.params):04d}"
        self.params[name] = value
        return f"${name}"

    def among(self, column: str, values: Iterable[Any]) -> str:
        """Return the condition that a column has one of several values; never true for none."""
        placeholders = [self.value(value) for value in values]
        return f"{column} IN ({', '.join(placeholders)})" if placeholders else "FALSE"

    def add(self, part: str, *, by: str = "") -> None:
        """Add a part."""
        self.parts.append((by, part))


def where_of(wanted: ContactFilter, reach: Reach, *, units: Iterable[str] | None, meaning: Meaning | None) -> Where:
    """Return the condition of a filter within a reach.

    Args:
        wanted: the filter.
        reach: what the caller may see.
        units: the codes that its unit takes in; None when it names none.
        meaning: as what its text was understood; None when it has none.
    """
    built = Builder()
    built.add(f"({OF_CUSTOMERS_SQL})")
    if reach.units is not None:
        mine = built.among("org", sorted(reach.units))
        built.add(f"({mine} OR {COMPLAINTS_SQL})" if reach.complaints_anyway else mine)
    if wanted.types:
        starts = (f"starts_with(type, {built.value(kind)})" for kind in wanted.types)
        built.add(f"({' OR '.join(starts)})", by="type")
    exact = {
        "channel": wanted.channel,
        "product": wanted.product,
        "segment": wanted.segment,
        "journey": wanted.journey,
        "step": wanted.step,
        "actor": wanted.actor,
        "case_id": wanted.case,
        "subject": wanted.subject,
    }
    for column, value in exact.items():
        if value == "":
            built.add(f"{column} IS NULL", by=column)
        elif value is not None:
            built.add(f"{column} = {built.value(value)}", by=column)
    if units is not None:
        built.add(built.among("org", units) if wanted.unit else "org IS NULL", by="org")
    if wanted.since_us is not None:
        built.add(f"time_us >= {built.value(wanted.since_us)}")
    if wanted.until_us is not None:
        built.add(f"time_us < {built.value(wanted.until_us)}")
    if meaning is not None:
        built.add(_of_meaning(meaning, wanted.q or "", built))
    return Where(parts=tuple(built.parts), params=built.params)


def _of_meaning(meaning: Meaning, text: str, built: Builder) -> str:
    if meaning.sort == "event":
        return built.among("position", [int(value) for value in meaning.values])
    if meaning.sort == "unit":
        return built.among("org", meaning.values)
    if meaning.sort == "content":
        # A whole text of the data, as it stands in its JSON between quotes.
        quoted = msgspec.json.encode(text).decode()
        return f"contains(data, {built.value(quoted)})"
    columns = {"subject": ("subject",), "case": ("case_id",)}.get(meaning.sort, CODES)
    value = built.value(text)
    return "(" + " OR ".join(f"{column} = {value}" for column in columns) + ")"
