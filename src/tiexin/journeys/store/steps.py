"""The one relation that every figure derives from: the steps of the cases that count, in order.

A step is an event of the journey with a case, a step name and, where one is asked for, the lifecycle. Order within
a case is (time, position). Cases are chosen as a whole, see ``JourneyFilter``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tiexin.infra.analytics.port import Engine, Scalar
from tiexin.journeys.contracts import JourneyFilter

OWN = "journey = $journey AND step IS NOT NULL AND case_id IS NOT NULL"
COLUMNS_OF_CASES = ("channel", "product", "segment", "team", "actor")

Params = dict[str, "Scalar | list[str] | list[int]"]


def materialise_steps(engine: Engine, journey: JourneyFilter, *, orgs: Sequence[str] = ()) -> None:
    """Make temporary tables ``steps``, ``activities``, ``sequences`` and ``cases`` for one filter.

    ``orgs`` are the units that the unit of the filter takes in.
    """
    sql, params = steps_sql(journey, orgs=orgs)
    engine.materialise("steps", sql, params)
    _derive(engine)
    if journey.variant:
        _keep_variant(engine, journey.variant)


def steps_sql(journey: JourneyFilter, *, orgs: Sequence[str] = ()) -> tuple[str, Params]:
    """Return the text and parameters that select the steps in the order of their cases."""
    chosen, params = chosen_cases(journey, orgs=orgs)
    conditions = [OWN]
    if journey.lifecycle is not None:
        conditions.append("lifecycle = $lifecycle")
        params["lifecycle"] = journey.lifecycle
    if chosen:
        conditions.append(f"case_id IN ({chosen})")
    sql = f"""
        SELECT case_id, step, actor, team, time_us, position,
            row_number() OVER in_case AS ordinal,
            lead(step) OVER in_case AS next_step,
            lead(step, 2) OVER in_case AS third_step,
            lead(time_us) OVER in_case AS next_time_us,
            lead(actor) OVER in_case AS next_actor,
            lead(team) OVER in_case AS next_team
        FROM events WHERE {" AND ".join(conditions)}
        WINDOW in_case AS (PARTITION BY case_id ORDER BY time_us, position)"""
    return sql, params


def chosen_cases(journey: JourneyFilter, *, orgs: Sequence[str] = ()) -> tuple[str, Params]:
    """Return the text that selects the case ids a filter keeps ('' for all) and the parameters."""
    params: Params = {"journey": journey.name}
    conditions: list[str] = []

    def condition(text: str, **values: Any) -> None:
        conditions.append(text)
        params.update(values)

    if journey.since_us is not None:
        condition("min(time_us) >= $since_us", since_us=journey.since_us)
    if journey.until_us is not None:
        condition("min(time_us) < $until_us", until_us=journey.until_us)
    for column in COLUMNS_OF_CASES:
        value = getattr(journey, column)
        if value is not None:
            condition(f"max(CASE WHEN {column} = ${column} THEN 1 ELSE 0 END) = 1", **{column: value})
    if journey.org is not None:
        units = {f"org_{number}": unit for number, unit in enumerate(orgs)}
        condition(_touches(list(units)), **units)
    for number, activity in enumerate(journey.activities):
        condition(f"max(CASE WHEN step = $activity_{number} THEN 1 ELSE 0 END) = 1", **{f"activity_{number}": activity})
    for number, (key, value) in enumerate(journey.attributes):
        # A dotted name is a member of a nested object, or a member whose own name holds dots.
        member = (
            f"coalesce(json_extract_string(data, {_path(key.split('.'))}), json_extract_string(data, {_path([key])}))"
        )
        condition(
            f"max(CASE WHEN {member} = $attribute_{number} THEN 1 ELSE 0 END) = 1", **{f"attribute_{number}": value}
        )
    if not conditions:
        return "", params
    text = f"SELECT case_id FROM events WHERE {OWN} GROUP BY case_id HAVING {' AND '.join(conditions)}"
    return text, params


def _touches(units: list[str]) -> str:
    """Return the condition that a case touches one of the units whose parameters are named; none: it names no unit."""
    if not units:
        return "max(CASE WHEN org IS NULL THEN 0 ELSE 1 END) = 0"
    listed = ", ".join(f"${unit}" for unit in units)
    return f"max(CASE WHEN org IN ({listed}) THEN 1 ELSE 0 END) = 1"


def _path(names: list[str]) -> str:
    """Return the path of a member as an SQL literal; the names have passed ``filters.checked``."""
    return "'$" + "".join(f'."{name}"' for name in names) + "'"


def _derive(engine: Engine) -> None:
    engine.materialise(
        "activities",
        "SELECT step, row_number() OVER (ORDER BY step) - 1 AS code FROM (SELECT DISTINCT step FROM steps) AS names",
    )
    # Sequences are spelled in codes, not names, so that no name can contain the separator.
    engine.materialise(
        "sequences",
        """SELECT s.case_id, string_agg(CAST(a.code AS VARCHAR), ',' ORDER BY s.time_us, s.position) AS sequence
        FROM steps AS s JOIN activities AS a ON a.step = s.step GROUP BY s.case_id""",
    )
    engine.materialise(
        "cases",
        """SELECT case_id, count(*) AS events, min(time_us) AS first_us, max(time_us) AS last_us,
            max(time_us) - min(time_us) AS duration_us,
            sum(CASE WHEN actor <> next_actor THEN 1 ELSE 0 END) AS handovers
        FROM steps GROUP BY case_id""",
    )


def _keep_variant(engine: Engine, variant: tuple[str, ...]) -> None:
    codes = {row["step"]: row["code"] for row in engine.query("SELECT step, code FROM activities").to_pylist()}
    # A variant with a step that never occurs matches no case.
    sequence = ",".join(str(codes.get(step, "?")) for step in variant)
    engine.materialise(
        "steps_kept",
        "SELECT * FROM steps WHERE case_id IN (SELECT case_id FROM sequences WHERE sequence = $sequence)",
        {"sequence": sequence},
    )
    engine.materialise("steps", "SELECT * FROM steps_kept")
    _derive(engine)
