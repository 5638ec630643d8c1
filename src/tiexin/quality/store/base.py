"""Facts as tables of an analytics engine, made on first use, and the slices of them that figures ask for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

import msgspec

from tiexin.quality.contracts import Dimension, Selection
from tiexin.quality.facts import ACTIVITY_SQL, DERIVED_FACTS, RAW_FACTS
from tiexin.record.contracts import OF_CUSTOMERS_SQL

if TYPE_CHECKING:
    import pyarrow as pa

    from tiexin.infra.analytics.engine import Engine

COLUMNS = {
    Dimension.CHANNEL: "channel",
    Dimension.BRANCH: "org",
    Dimension.PRODUCT: "product",
    Dimension.SEGMENT: "segment",
}
EXTENT_SQL = (
    "SELECT COUNT(*) AS events, MIN(time_us) AS first_us, MAX(time_us) AS last_us, MAX(position) AS position "
    f"FROM events WHERE {OF_CUSTOMERS_SQL}"
)


class Extent(msgspec.Struct, frozen=True):
    """How much of the record there is: contacts only, without the house's own and reference events."""

    events: int
    first_us: int | None
    last_us: int | None
    position: int


class Facts(Protocol):
    """Facts that can be queried by name."""

    def need(self, *names: str) -> None:
        """Make sure that the facts of these names exist as tables."""

    def query(self, sql: str, params: Mapping[str, Any] | None = None) -> pa.Table:
        """Return the rows of one SELECT over facts that :meth:`need` has named."""

    def extent(self) -> Extent:
        """Return what the record holds."""

    def active_customers(self, piece: Slice) -> dict[str | None, int]:
        """Return how many distinct customers have an event in a slice, by key."""


class EngineFacts:
    """Facts made from the view ``events`` of one analysis, each on first use."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._made: set[str] = set()
        self._extent: Extent | None = None

    def need(self, *names: str) -> None:
        """Make the facts of these names, and what they are derived from."""
        for name in names:
            if name in self._made:
                continue
            if name in DERIVED_FACTS:
                sql, raw = DERIVED_FACTS[name]
                self.need(*raw)
            else:
                sql = ACTIVITY_SQL.format(source="events") if name == "activity" else RAW_FACTS[name].sql()
            moment = "UNIX_MICROS" if self._engine.name == "spark" else "EPOCH_US"
            self._engine.materialise(name, sql.replace("MICROSECONDS_OF", moment))
            self._made.add(name)

    def query(self, sql: str, params: Mapping[str, Any] | None = None) -> pa.Table:
        """Return the rows of one SELECT."""
        return self._engine.query(sql, params)

    def extent(self) -> Extent:
        """Return what the record holds."""
        if self._extent is None:
            row = self._engine.query(EXTENT_SQL).to_pylist()[0]
            self._extent = Extent(row["events"], row["first_us"], row["last_us"], row["position"] or 0)
        return self._extent

    def active_customers(self, piece: Slice) -> dict[str | None, int]:
        """Return how many distinct customers have an event in a slice, by key."""
        self.need("activity")
        sql = f"SELECT {piece.key} AS key, COUNT(DISTINCT f.subject) AS n {piece.source('activity')} GROUP BY 1"
        return {row["key"]: row["n"] for row in self.query(sql, piece.params).to_pylist()}


class Slice(msgspec.Struct, frozen=True, kw_only=True):
    """Which rows of a fact to count and by which key; rows of a fact are called ``f``."""

    conditions: tuple[str, ...] = ()
    params: dict[str, Any] = {}
    key: str = "CAST('all' AS VARCHAR)"
    join: str = ""

    def source(self, fact: str, *conditions: str) -> str:
        """Return the FROM and WHERE of this slice over a fact."""
        every = " AND ".join((*self.conditions, *conditions)) or "TRUE"
        return f"FROM {fact} AS f {self.join} WHERE {every}"


def slice_of(selection: Selection, *, orgs: Sequence[str] | None = None) -> Slice:
    """Return the slice of a selection; ``orgs`` are the units that its branch takes in (none: unit not stated)."""
    conditions, params = [], dict[str, Any]()
    for name, column in (("channel", "channel"), ("product", "product"), ("segment", "segment")):
        wanted = getattr(selection, name)
        if wanted == "":
            conditions.append(f"f.{column} IS NULL")
        elif wanted is not None:
            conditions.append(f"f.{column} = ${name}")
            params[name] = wanted
    if selection.since_us is not None:
        conditions.append("f.time_us >= $since_us")
        params["since_us"] = selection.since_us
    if selection.until_us is not None:
        conditions.append("f.time_us < $until_us")
        params["until_us"] = selection.until_us
    if orgs is not None:
        names = [f"org_{index}" for index in range(len(orgs))]
        params.update(zip(names, orgs, strict=True))
        conditions.append(f"f.org IN ({', '.join('$' + name for name in names)})" if names else "f.org IS NULL")
    if selection.within is not None:
        condition, bounds = _within(selection.within)
        conditions.append(f"f.{condition}" if bounds else condition)
        params.update(bounds)
    return Slice(conditions=tuple(conditions), params=params)


def extent_within(facts: Facts, within: Sequence[str]) -> Extent:
    """Return how much of the record lies within some units, as far as the facts have been read."""
    condition, params = _within(within)
    row = facts.query(f"{EXTENT_SQL} AND {condition}", params).to_pylist()[0]
    return Extent(row["events"], row["first_us"], row["last_us"], facts.extent().position)


def _within(units: Sequence[str]) -> tuple[str, dict[str, Any]]:
    names = [f"within_{index}" for index in range(len(units))]
    listed = ", ".join(f"${name}" for name in names)
    return (f"org IN ({listed})" if names else "FALSE"), dict(zip(names, units, strict=True))


def by_column(piece: Slice, dimension: Dimension) -> Slice:
    """Return the slice grouped by the members of a dimension as the record names them."""
    return msgspec.structs.replace(piece, key=f"f.{COLUMNS[dimension]}")


def by_unit(piece: Slice, units: Mapping[str, str]) -> Slice:
    """Return the slice grouped by the unit that each desk or branch rolls up to (record's name → unit)."""
    if not units:
        return msgspec.structs.replace(piece, key="f.org")
    rows = ", ".join(f"({_literal(org)}, {_literal(unit)})" for org, unit in units.items())
    join = f"LEFT JOIN (VALUES {rows}) AS rolled(org_name, unit) ON f.org = rolled.org_name"
    return msgspec.structs.replace(piece, key="COALESCE(rolled.unit, f.org)", join=join)


def by_period(piece: Slice, borders: Sequence[int]) -> Slice:
    """Return the slice grouped by period; keys are the index of each period as text, borders are UTC µs ascending."""
    cases = " ".join(f"WHEN f.time_us < {int(border)} THEN '{index}'" for index, border in enumerate(borders[1:]))
    bounded = (*piece.conditions, f"f.time_us >= {int(borders[0])}", f"f.time_us < {int(borders[-1])}")
    return msgspec.structs.replace(piece, key=f"CASE {cases} END", conditions=bounded)


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
