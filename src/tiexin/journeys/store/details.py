"""Further figures over the same temporary tables, in SQL that DuckDB and Spark both run."""

from __future__ import annotations

from typing import Any

import msgspec

from tiexin.infra.analytics.port import Engine
from tiexin.journeys.comparing import CaseSums, EdgeSums
from tiexin.journeys.contracts import Activity, CaseFocus, CasePage, CaseRow, JourneyListed, Loop
from tiexin.journeys.store.steps import OWN, Params
from tiexin.kernel.clock import SECOND_US, iso_us

JOURNEYS_MAX = 1_000
COLUMN_ATTRIBUTES = ("channel", "product", "segment", "org", "actor", "team", "step")


def journeys(engine: Engine) -> list[JourneyListed]:
    """Return the journeys that the record knows, most events first."""
    rows = engine.query(
        f"""SELECT journey, count(*) AS n, count(DISTINCT case_id) AS cases, min(time_us) AS first, max(time_us) AS last
        FROM events WHERE {OWN.replace("journey = $journey", "journey IS NOT NULL")}
        GROUP BY journey ORDER BY n DESC, journey LIMIT {JOURNEYS_MAX}"""
    ).to_pylist()
    lifecycles: dict[str, list[str]] = {}
    for row in engine.query(
        "SELECT DISTINCT journey, lifecycle FROM events WHERE journey IS NOT NULL AND lifecycle IS NOT NULL"
    ).to_pylist():
        lifecycles.setdefault(row["journey"], []).append(row["lifecycle"])
    return [
        JourneyListed(
            name=row["journey"],
            events=row["n"],
            cases=row["cases"],
            first=iso_us(row["first"]),
            last=iso_us(row["last"]),
            lifecycles=sorted(lifecycles.get(row["journey"], [])),
        )
        for row in rows
    ]


def exists(engine: Engine, name: str) -> bool:
    """Tell whether the record has a step of this journey."""
    return bool(engine.query(f"SELECT 1 AS one FROM events WHERE {OWN} LIMIT 1", {"journey": name}).num_rows > 0)


def activities(engine: Engine) -> list[Activity]:
    """Return every activity, most frequent first."""
    rows = engine.query(
        """SELECT step, count(*) AS n, count(DISTINCT case_id) AS cases,
            sum(CASE WHEN ordinal = 1 THEN 1 ELSE 0 END) AS starts,
            sum(CASE WHEN next_step IS NULL THEN 1 ELSE 0 END) AS ends
        FROM steps GROUP BY step"""
    ).to_pylist()
    found = [
        Activity(
            activity=row["step"], count=row["n"], cases=row["cases"], starts=int(row["starts"]), ends=int(row["ends"])
        )
        for row in rows
    ]
    return sorted(found, key=lambda activity: (-activity.count, activity.activity))


def loops(engine: Engine) -> list[Loop]:
    """Return self-loops (A → A) and ping-pong (A → B → A, A ≠ B), most frequent first."""
    rows = engine.query(
        """SELECT step, next_step AS via, count(*) AS n, count(DISTINCT case_id) AS cases FROM steps
        WHERE next_step = step OR (third_step = step AND next_step <> step) GROUP BY step, next_step"""
    ).to_pylist()
    found = [Loop(activity=row["step"], via=row["via"], count=row["n"], cases=row["cases"]) for row in rows]
    return sorted(found, key=lambda loop: (-loop.count, loop.activity, loop.via))


def edge_sums(engine: Engine) -> tuple[CaseSums, list[EdgeSums]]:
    """Return the sums over cases that intervals of waiting need."""
    on_edge = """SELECT case_id, step AS source, next_step AS target,
            sum(next_time_us - time_us) / 1000000.0 AS x FROM steps WHERE next_step IS NOT NULL
        GROUP BY case_id, step, next_step"""
    rows = engine.query(
        f"""SELECT source, target, count(*) AS cases, CAST(sum(x) AS DOUBLE) AS x, CAST(sum(x * x) AS DOUBLE) AS xx,
            CAST(sum(x * c.duration_us / 1000000.0) AS DOUBLE) AS xy
        FROM ({on_edge}) AS e JOIN cases AS c ON c.case_id = e.case_id GROUP BY source, target"""
    ).to_pylist()
    whole = _one(
        engine,
        """SELECT count(*) AS cases, CAST(coalesce(sum(y), 0) AS DOUBLE) AS y,
            CAST(coalesce(sum(y * y), 0) AS DOUBLE) AS yy
        FROM (SELECT duration_us / 1000000.0 AS y FROM cases) AS seconds""",
    )
    return msgspec.convert(whole, CaseSums), msgspec.convert(rows, list[EdgeSums])


def durations_us(engine: Engine) -> list[int]:
    """Return the duration of every case in µs, ascending."""
    rows = engine.query("SELECT duration_us FROM cases ORDER BY duration_us")
    durations: list[int] = rows.column("duration_us").to_pylist()
    return durations


def longer_than(engine: Engine, threshold_us: int) -> tuple[int, int]:
    """Return how many cases last longer than a threshold, and how many there are."""
    row = _one(
        engine,
        """SELECT coalesce(sum(CASE WHEN duration_us > $threshold THEN 1 ELSE 0 END), 0) AS slow, count(*) AS n
        FROM cases""",
        {"threshold": threshold_us},
    )
    return int(row["slow"]), row["n"]


def involvement(engine: Engine, journey: str, column: str, threshold_us: int) -> list[tuple[str, int, int]]:
    """Return (value, cases, slow cases) of one column: a case has every value that any of its events has."""
    rows = engine.query(
        f"""SELECT value, count(*) AS n, sum(CASE WHEN duration_us > $threshold THEN 1 ELSE 0 END) AS slow
        FROM (SELECT DISTINCT e.case_id, e.{column} AS value, c.duration_us FROM events AS e
            JOIN cases AS c ON c.case_id = e.case_id
            WHERE e.journey = $journey AND e.{column} IS NOT NULL) AS had GROUP BY value""",
        {"journey": journey, "threshold": threshold_us},
    ).to_pylist()
    return [(row["value"], row["n"], int(row["slow"])) for row in rows]


def case_data(engine: Engine, journey: str, threshold_us: int) -> list[tuple[str, bool, str]]:
    """Return (case, whether it is slow, data as JSON text) of every event whose data say anything."""
    rows = engine.query(
        """SELECT DISTINCT e.case_id, c.duration_us > $threshold AS slow, e.data FROM events AS e
        JOIN cases AS c ON c.case_id = e.case_id
        WHERE e.journey = $journey AND e.data IS NOT NULL AND e.data <> '{}'""",
        {"journey": journey, "threshold": threshold_us},
    )
    case, slow, data = (rows.column(name).to_pylist() for name in ("case_id", "slow", "data"))
    return list(zip(case, slow, data, strict=True))


def case_page(engine: Engine, focus: CaseFocus, *, limit: int, offset: int) -> CasePage:
    """Return one page of the cases behind a figure, longest first."""
    where, params = _focused(focus)
    total = _one(engine, f"SELECT count(*) AS n FROM cases WHERE {where}", params)["n"]
    rows = engine.query(
        f"""SELECT case_id, first_us, last_us, duration_us, events, handovers FROM cases WHERE {where}
        ORDER BY duration_us DESC, case_id LIMIT {limit:d} OFFSET {offset:d}""",
        params,
    ).to_pylist()
    return CasePage(
        total=total,
        cases=[
            CaseRow(
                case=row["case_id"],
                first=iso_us(row["first_us"]),
                last=iso_us(row["last_us"]),
                duration_seconds=row["duration_us"] / SECOND_US,
                events=row["events"],
                handovers=int(row["handovers"] or 0),
            )
            for row in rows
        ],
    )


def _focused(focus: CaseFocus) -> tuple[str, Params]:
    conditions, params = ["1 = 1"], Params()

    def among_steps(condition: str) -> None:
        conditions.append(f"case_id IN (SELECT case_id FROM steps WHERE {condition})")

    if focus.edge:
        among_steps("step = $edge_from AND next_step = $edge_to")
        params |= {"edge_from": focus.edge[0], "edge_to": focus.edge[1]}
    if focus.handover:
        among_steps("actor = $giver AND next_actor = $taker")
        params |= {"giver": focus.handover[0], "taker": focus.handover[1]}
    if focus.repeats is not None:
        among_steps("step = $repeats GROUP BY case_id HAVING count(*) > 1")
        params["repeats"] = focus.repeats
    if focus.longer_than_seconds is not None:
        conditions.append("duration_us > $longer_than_us")
        params["longer_than_us"] = int(focus.longer_than_seconds * SECOND_US)
    return " AND ".join(conditions), params


def _one(engine: Engine, sql: str, params: Params | None = None) -> dict[str, Any]:
    row: dict[str, Any] = engine.query(sql, params).to_pylist()[0]
    return row
