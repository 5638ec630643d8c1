"""The core figures in SQL that DuckDB and Spark both run; every column delivered is a text or a whole number."""

from __future__ import annotations

from typing import Any

from tiexin.infra.analytics.port import Engine
from tiexin.journeys import rules
from tiexin.journeys.contracts import (
    Edge,
    Handover,
    MeanAndTail,
    Party,
    Rework,
    Summary,
    Variant,
    Waiting,
)

WAIT_COLUMNS = (
    "count(*) AS n, count(DISTINCT case_id) AS cases, CAST(sum(wait_us) AS BIGINT) AS total_us, max(wait_us) AS max_us"
)
PAIRS = (
    "SELECT step AS source, next_step AS target, case_id, next_time_us - time_us AS wait_us "
    "FROM steps WHERE next_step IS NOT NULL"
)


def order_statistics(value: str, percent: int, *, name: str) -> str:
    """Return two columns, ``<name>_low`` and ``<name>_high``: the order statistics around a quantile.

    Wants ``place`` (rank from 0) and ``last`` (highest rank) beside the value. Multiplied instead of divided, so that
    no engine can round.
    """
    target = f"last * {percent}"
    return (
        f"max(CASE WHEN place * 100 <= {target} AND {target} < (place + 1) * 100 THEN {value} END) AS {name}_low, "
        f"max(CASE WHEN (place - 1) * 100 <= {target} AND {target} < place * 100 THEN {value} END) AS {name}_high"
    )


def waits_sql(pairs: str) -> str:
    """Return the text that sums up waiting by source and target over pairs (source, target, case_id, wait_us)."""
    return f"""
        SELECT source, target, {WAIT_COLUMNS},
            {order_statistics("wait_us", 50, name="p50")}, {order_statistics("wait_us", 95, name="p95")}
        FROM (SELECT source, target, case_id, wait_us,
                row_number() OVER (PARTITION BY source, target ORDER BY wait_us) - 1 AS place,
                count(*) OVER (PARTITION BY source, target) - 1 AS last
            FROM ({pairs}) AS pairs) AS ranked
        GROUP BY source, target"""


def quantiles_sql(value: str, relation: str) -> str:
    """Return the text that yields n, total, max and order statistics for p50 and p95 of one column."""
    return f"""
        SELECT count(*) AS n, CAST(coalesce(sum({value}), 0) AS BIGINT) AS total, max({value}) AS maximum,
            {order_statistics(value, 50, name="p50")}, {order_statistics(value, 95, name="p95")}
        FROM (SELECT {value}, row_number() OVER (ORDER BY {value}) - 1 AS place, count(*) OVER () - 1 AS last
            FROM {relation}) AS ranked"""


class PortableCore:
    """The core figures over the temporary tables that ``materialise_steps`` made."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def summary(self) -> Summary:
        """Return the summary."""
        totals = self._one(
            """SELECT count(*) AS events, count(DISTINCT step) AS activities, count(DISTINCT actor) AS resources,
                count(*) - count(actor) AS unknown FROM steps"""
        )
        edges = self._one(
            """SELECT count(*) AS n FROM
            (SELECT DISTINCT step, next_step FROM steps WHERE next_step IS NOT NULL) AS pairs"""
        )
        variants = self._one("SELECT count(DISTINCT sequence) AS n FROM sequences")
        durations = self._one(quantiles_sql("duration_us", "cases"))
        handovers = self._one(quantiles_sql("handovers", "cases"))
        cases = durations["n"]
        return Summary(
            events=totals["events"],
            cases=cases,
            activities=totals["activities"],
            edges=edges["n"],
            variants=variants["n"],
            resources=totals["resources"],
            events_without_resource=totals["unknown"],
            duration_days=rules.duration_days(
                cases=cases, p50=_around(durations, "p50"), p95=_around(durations, "p95")
            ),
            handovers_per_case=MeanAndTail(
                mean=handovers["total"] / cases if cases else 0.0,
                p95=rules.quantile(_around(handovers, "p95"), n=cases, percent=95, unit=1) if cases else 0.0,
            ),
        )

    def edges(self) -> list[Edge]:
        """Return every edge, heaviest total waiting first."""
        rows = self._rows(waits_sql(PAIRS))
        edges = [
            Edge(
                source=row["source"],
                target=row["target"],
                count=row["n"],
                cases=row["cases"],
                wait_seconds=_waiting(row),
            )
            for row in rows
        ]
        return sorted(edges, key=rules.heaviest)

    def variants(self) -> list[Variant]:
        """Return every variant, most cases first."""
        names = {row["code"]: row["step"] for row in self._rows("SELECT step, code FROM activities")}
        rows = self._rows("SELECT sequence, count(*) AS cases FROM sequences GROUP BY sequence")
        variants = [
            Variant(activities=[names[int(code)] for code in row["sequence"].split(",")], cases=row["cases"])
            for row in rows
        ]
        return sorted(variants, key=rules.commonest)

    def rework(self) -> list[Rework]:
        """Return every activity, most extra executions first."""
        rows = self._rows(
            """SELECT step, count(*) AS cases, sum(CASE WHEN n > 1 THEN 1 ELSE 0 END) AS repeated,
                CAST(sum(n - 1) AS BIGINT) AS extra
            FROM (SELECT step, case_id, count(*) AS n FROM steps GROUP BY step, case_id) AS executions GROUP BY step"""
        )
        rework = [
            Rework(
                activity=row["step"],
                cases=row["cases"],
                cases_with_repeat=int(row["repeated"]),
                extra_executions=row["extra"],
            )
            for row in rows
        ]
        return sorted(rework, key=rules.most_repeated)

    def handovers(self, party: Party = Party.ACTOR) -> list[Handover]:
        """Return handovers between actors or teams, most frequent first."""
        pairs = f"""SELECT {party} AS source, next_{party} AS target, case_id, next_time_us - time_us AS wait_us
            FROM steps WHERE {party} <> next_{party}"""
        handovers = [
            Handover(
                source=row["source"],
                target=row["target"],
                count=row["n"],
                cases=row["cases"],
                wait_seconds=_waiting(row),
            )
            for row in self._rows(waits_sql(pairs))
        ]
        return sorted(handovers, key=rules.most_frequent)

    def _rows(self, sql: str) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = self._engine.query(sql).to_pylist()
        return rows

    def _one(self, sql: str) -> dict[str, Any]:
        return self._rows(sql)[0]


def _around(row: dict[str, Any], name: str) -> rules.OrderStatistics:
    return int(row[f"{name}_low"] or 0), None if row[f"{name}_high"] is None else int(row[f"{name}_high"])


def _waiting(row: dict[str, Any]) -> Waiting:
    return rules.waiting(
        count=row["n"],
        total_us=row["total_us"],
        max_us=row["max_us"],
        p50=_around(row, "p50"),
        p95=_around(row, "p95"),
    )
