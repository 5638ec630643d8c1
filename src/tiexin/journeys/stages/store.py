"""The relations of the journey map in SQL that DuckDB and Spark both run; every number delivered is a whole one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tiexin.infra.analytics.port import Engine
from tiexin.journeys.stages.contracts import STEPS_MAX
from tiexin.journeys.walks.contracts import MinedWait
from tiexin.journeys.walks.rules import mined_wait, ranks_wanted
from tiexin.kernel.clock import DAY_US

PLACE_UNIT = 1_000_000
AFTER_THE_END_DAYS = 7
"""So long after its last step other contacts of the customer still count to a case."""
COMPLAINT_DAYS = 30
LEAVING_DAYS = 180

Rows = list[dict[str, Any]]


def places(engine: Engine) -> dict[str, float]:
    """Return the mean place of every step in its case, 0 first and 1 last; at most the 400 most frequent steps."""
    rows = _rows(
        engine,
        f"""SELECT step, count(*) AS n,
            CAST(sum(CASE WHEN c.events > 1
                THEN CAST(floor((s.ordinal - 1) * {PLACE_UNIT} / (c.events - 1)) AS BIGINT) ELSE 0 END) AS BIGINT)
                AS total
        FROM steps AS s JOIN cases AS c ON c.case_id = s.case_id GROUP BY step
        ORDER BY n DESC, step LIMIT {STEPS_MAX}""",
    )
    return {row["step"]: row["total"] / row["n"] / PLACE_UNIT for row in rows}


def materialise(engine: Engine, journey: str, stage_of: Mapping[str, int]) -> None:
    """Make temporary tables ``staged`` (steps with stage and channel), ``answers``, ``felt`` and ``outcomes``."""
    params: dict[str, Any] = {f"step_{number}": step for number, step in enumerate(stage_of)}
    cases = " ".join(f"WHEN $step_{number} THEN {stage}" for number, stage in enumerate(stage_of.values()))
    engine.materialise(
        "staged",
        f"""SELECT s.case_id, s.step, s.ordinal, s.time_us, s.next_time_us, s.actor, s.next_actor,
            s.time_us - lag(s.time_us) OVER (PARTITION BY s.case_id ORDER BY s.ordinal) AS wait_us,
            e.channel, e.subject, e.id, CASE s.step {cases} ELSE NULL END AS stage
        FROM steps AS s JOIN events AS e ON e.position = s.position""",
        params,
    )
    _answers(engine, journey)
    _outcomes(engine)


def _answers(engine: Engine, journey: str) -> None:
    """Tie each survey answer to a step: by the case (its last step before), by the step, or by customer and time.

    The case comes first, because a first step may bear the id of its case.
    """
    low, high, score = (
        f"CAST(json_extract_string(data, '$.{name}') AS DOUBLE)" for name in ("scale_min", "scale_max", "score")
    )
    engine.materialise(
        "answers",
        f"""SELECT position, time_us, subject, channel, about,
            CAST(round(1000 * (score - low) / (high - low)) AS BIGINT) AS score
        FROM (SELECT position, time_us, subject, channel, {low} AS low, {high} AS high, {score} AS score,
                json_extract_string(data, '$.about') AS about
            FROM events WHERE type = 'survey.answered.v1' AND (journey IS NULL OR journey = $journey)) AS raw
        WHERE high > low AND score >= low AND score <= high""",
        {"journey": journey},
    )
    latest = "ORDER BY CASE WHEN s.time_us <= a.time_us THEN 0 ELSE 1 END, s.time_us DESC, s.ordinal DESC"
    engine.materialise(
        "felt",
        f"""SELECT position, case_id, stage, score, how FROM (
            SELECT *, row_number() OVER (PARTITION BY position ORDER BY CASE how WHEN 2 THEN 0 ELSE how END, place)
                AS choice FROM (
                SELECT a.position, s.case_id, s.stage, a.score, 1 AS how, 1 AS place
                FROM answers AS a JOIN staged AS s ON s.id = a.about
                UNION ALL
                SELECT a.position, s.case_id, s.stage, a.score, 2 AS how,
                    row_number() OVER (PARTITION BY a.position {latest}) AS place
                FROM answers AS a JOIN staged AS s ON s.case_id = a.about
                UNION ALL
                SELECT a.position, s.case_id, s.stage, a.score, 3 AS how,
                    row_number() OVER (PARTITION BY a.position ORDER BY s.time_us DESC, s.ordinal DESC, s.case_id)
                    AS place
                FROM answers AS a JOIN staged AS s ON s.subject = a.subject
                WHERE s.time_us <= a.time_us AND a.time_us < {_until("s")}) AS tied) AS ordered
        WHERE choice = 1""",
    )


def _until(step: str) -> str:
    """Return when a case stands no longer at a step: at the next one, or 7 days after the last."""
    return f"coalesce({step}.next_time_us, {step}.time_us + {AFTER_THE_END_DAYS * DAY_US})"


def _outcomes(engine: Engine) -> None:
    """One row a case: its customer, its score by surveys about it, whether he complained, whether he left."""
    engine.materialise(
        "bearers",
        """SELECT c.case_id, c.first_us, c.last_us, c.handovers, max(s.subject) AS subject,
            count(DISTINCT s.channel) AS channels
        FROM cases AS c JOIN staged AS s ON s.case_id = c.case_id
        GROUP BY c.case_id, c.first_us, c.last_us, c.handovers""",
    )
    engine.materialise(
        "outcomes",
        f"""SELECT b.case_id, b.handovers, b.subject, b.channels, f.score,
            coalesce(k.hit, 0) AS complained, coalesce(g.hit, 0) AS gone
        FROM bearers AS b
        LEFT JOIN ({_within("complaint.received.v1", COMPLAINT_DAYS)}) AS k ON k.case_id = b.case_id
        LEFT JOIN ({_within("customer.left.v1", LEAVING_DAYS)}) AS g ON g.case_id = b.case_id
        LEFT JOIN (SELECT case_id, CAST(round(avg(score)) AS BIGINT) AS score FROM felt WHERE how < 3 GROUP BY case_id)
            AS f ON f.case_id = b.case_id""",
    )


def _within(kind: str, days: int) -> str:
    """Return the cases whose customer has an event of a kind from their begin to so many days after their end."""
    return f"""SELECT DISTINCT b.case_id, 1 AS hit FROM bearers AS b JOIN events AS e ON e.subject = b.subject
        WHERE e.type = '{kind}' AND e.time_us >= b.first_us AND e.time_us <= b.last_us + {days * DAY_US}"""


# -- figures -----------------------------------------------------------------------------------------------------


def step_counts(engine: Engine) -> Rows:
    """Return (stage, channel, step, n, cases), most frequent first."""
    return _rows(
        engine,
        """SELECT stage, channel, step, count(*) AS n, count(DISTINCT case_id) AS cases FROM staged
        WHERE stage IS NOT NULL GROUP BY stage, channel, step ORDER BY n DESC, step""",
    )


def group_counts(engine: Engine, *groups: str) -> Rows:
    """Return how many events and cases there are by these columns of the steps."""
    by = ", ".join(groups)
    return _rows(
        engine,
        f"""SELECT {by}, count(*) AS n, count(DISTINCT case_id) AS cases FROM staged
        WHERE stage IS NOT NULL GROUP BY {by}""",
    )


def waits(engine: Engine, *groups: str) -> dict[tuple[Any, ...], MinedWait]:
    """Return the waits before steps by these columns; only the order statistics that are needed leave the engine."""
    by = ", ".join(groups)
    counts = {
        tuple(row[name] for name in groups): row["n"]
        for row in _rows(
            engine,
            f"""SELECT {by}, count(*) AS n FROM staged
            WHERE wait_us IS NOT NULL AND stage IS NOT NULL GROUP BY {by}""",
        )
    }
    wanted = sorted({rank for n in counts.values() for pair in ranks_wanted(n) for rank in pair})
    if not wanted:
        return {}
    rows = _rows(
        engine,
        f"""SELECT {by}, place, wait_us FROM (SELECT {by}, wait_us,
                row_number() OVER (PARTITION BY {by} ORDER BY wait_us) - 1 AS place
            FROM staged WHERE wait_us IS NOT NULL AND stage IS NOT NULL) AS ranked
        WHERE place IN ({", ".join(map(str, wanted))})""",
    )
    by_rank: dict[tuple[Any, ...], dict[int, int]] = {key: {} for key in counts}
    for row in rows:
        by_rank[tuple(row[name] for name in groups)][row["place"]] = row["wait_us"]
    return {key: mined_wait(n, by_rank[key]) for key, n in counts.items()}


def feelings(engine: Engine) -> Rows:
    """Return (stage, n, total, squares, direct, at_case, during) of scores in thousandths by stage."""
    return _rows(
        engine,
        """SELECT stage, count(*) AS n, CAST(sum(score) AS BIGINT) AS total,
            CAST(sum(score * score) AS BIGINT) AS squares,
            CAST(sum(CASE WHEN how = 1 THEN 1 ELSE 0 END) AS BIGINT) AS direct,
            CAST(sum(CASE WHEN how = 2 THEN 1 ELSE 0 END) AS BIGINT) AS at_case,
            CAST(sum(CASE WHEN how = 3 THEN 1 ELSE 0 END) AS BIGINT) AS during
        FROM felt GROUP BY stage""",
    )


OUTCOME_SUMS = (
    "count(*) AS cases, count(o.score) AS scored, CAST(coalesce(sum(o.score), 0) AS BIGINT) AS total, "
    "CAST(coalesce(sum(o.score * o.score), 0) AS BIGINT) AS squares, "
    "CAST(coalesce(sum(o.complained), 0) AS BIGINT) AS complained, CAST(coalesce(sum(o.gone), 0) AS BIGINT) AS gone, "
    "count(o.subject) AS known"
)


def whole(engine: Engine) -> dict[str, Any]:
    """Return the sums of outcomes over all cases, and how many answers were about a case."""
    return _rows(engine, f"SELECT {OUTCOME_SUMS} FROM outcomes AS o")[0]


def thresholds(engine: Engine) -> tuple[int, int]:
    """Return the third quartile of handovers a case and the median of channels a case."""
    n = _rows(engine, "SELECT count(*) AS n FROM outcomes")[0]["n"]
    found = []
    for column, percent in (("handovers", 75), ("channels", 50)):
        place = percent * max(0, n - 1) // 100
        rows = _rows(
            engine,
            f"""SELECT value FROM (SELECT coalesce({column}, 0) AS value,
                row_number() OVER (ORDER BY coalesce({column}, 0)) - 1 AS place FROM outcomes) AS ranked
            WHERE place = {place}""",
        )
        found.append(int(rows[0]["value"]) if rows else 0)
    return found[0], found[1]


def long_waits(engine: Engine, percent: int) -> dict[str, int]:
    """Return the wait (µs) before each step that so many in 100 do not exceed, where it was waited for 10 times."""
    rows = _rows(
        engine,
        f"""SELECT step, max(CASE WHEN place * 100 <= last * {percent} THEN wait_us END) AS threshold
        FROM (SELECT step, wait_us, row_number() OVER (PARTITION BY step ORDER BY wait_us) - 1 AS place,
                count(*) OVER (PARTITION BY step) - 1 AS last FROM staged WHERE wait_us IS NOT NULL) AS ranked
        WHERE last >= 9 GROUP BY step""",
    )
    return {row["step"]: int(row["threshold"]) for row in rows}


def moments(engine: Engine, *, handovers: int, channels: int, waits_us: Mapping[str, int]) -> Rows:
    """Return the sums of outcomes over the cases that had each moment: (kind, step, …)."""
    params: dict[str, Any] = {f"step_{number}": step for number, step in enumerate(waits_us)}
    longer = " OR ".join(f"(step = $step_{number} AND wait_us > {us:d})" for number, us in enumerate(waits_us.values()))
    had = [
        "SELECT 'repeat' AS kind, step, case_id FROM staged GROUP BY step, case_id HAVING count(*) > 1",
        "SELECT DISTINCT 'detour' AS kind, step, case_id FROM staged",
        f"SELECT 'handovers' AS kind, '' AS step, case_id FROM outcomes WHERE handovers > {handovers:d}",
        f"SELECT 'channels' AS kind, '' AS step, case_id FROM outcomes WHERE channels > {channels:d}",
    ]
    if longer:
        had.append(f"SELECT DISTINCT 'long_wait' AS kind, step, case_id FROM staged WHERE {longer}")
    return _rows(
        engine,
        f"""SELECT had.kind, had.step, {OUTCOME_SUMS}
        FROM ({" UNION ALL ".join(had)}) AS had JOIN outcomes AS o ON o.case_id = had.case_id
        GROUP BY had.kind, had.step""",
        params,
    )


def spoken(engine: Engine, *, limit: int) -> Rows:
    """Return (stage, kind, position, time_us, channel, score) of surveys and complaints in a stage, latest first."""
    return _rows(
        engine,
        f"""SELECT stage, kind, position, time_us, channel, score FROM (
            SELECT *, row_number() OVER (PARTITION BY stage, kind ORDER BY time_us DESC, position) AS place FROM (
                SELECT f.stage, 'survey' AS kind, f.position, a.time_us, a.channel, f.score
                FROM felt AS f JOIN answers AS a ON a.position = f.position WHERE f.stage IS NOT NULL
                UNION ALL
                SELECT DISTINCT s.stage, 'complaint' AS kind, e.position, e.time_us, e.channel, CAST(NULL AS BIGINT)
                FROM events AS e JOIN staged AS s ON s.subject = e.subject
                WHERE e.type = 'complaint.received.v1' AND s.stage IS NOT NULL
                    AND s.time_us <= e.time_us AND e.time_us < {_until("s")}) AS said) AS ordered
        WHERE place <= {limit:d} ORDER BY stage, kind, place""",
    )


def _rows(engine: Engine, sql: str, params: Mapping[str, Any] | None = None) -> Rows:
    rows: Rows = engine.query(sql, params).to_pylist()
    return rows
