"""What the comparison measures itself in the record: effects of improvements, mixes of complaints, who left."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec

from tiexin.kernel.statistics import normal_quantile

if TYPE_CHECKING:
    from tiexin.infra.analytics.port import Parameters
    from tiexin.record.api import Record

N_MIN = 30
WAITS = """
SELECT list_contains($treated, org) AS treated, time_us >= $since_us AS after, count(*) AS n,
  avg(wait) AS mean, var_samp(wait) AS spread
FROM (
  SELECT org, time_us, CAST(json_extract_string(data, '$.wait_seconds') AS DOUBLE) AS wait
  FROM events WHERE type = 'branch.ticket_called.v1' AND list_contains($units, org)
) GROUP BY 1, 2
"""
COMPLAINTS = """
SELECT json_extract_string(data, '$.business') AS business, count(*) AS n
FROM events WHERE type = 'complaint.received.v1'
  AND CASE WHEN $transferred THEN json_extract_string(data, '$.origin') = 'regulator'
      ELSE json_extract_string(data, '$.attempt') = '1' END
GROUP BY 1
"""


class Effect(msgspec.Struct, frozen=True, kw_only=True):
    """A factor with its 95 % interval, over ``n`` waits."""

    value: float
    low: float
    high: float
    n: int


def improvement_effect(record: Record, *, since: int, treated: Sequence[str], control: Sequence[str]) -> Effect | None:
    """Return by what factor mean waits changed in treated units, over the change in the others; None with too few.

    Difference in differences of the logarithms of means; the variance of each follows from the delta method, waits
    taken as independent. ``since`` is a UTC second.
    """
    params: Parameters = {"treated": list(treated), "units": [*treated, *control], "since_us": since * 1_000_000}
    with record.analyse() as engine:
        rows = engine.query(WAITS, params).to_pylist()
    cells = {(bool(row["treated"]), bool(row["after"])): row for row in rows}
    if len(cells) < 4 or any(row["n"] < N_MIN for row in cells.values()):  # noqa: PLR2004  (treated × after)
        return None
    logarithm = sum(
        (1 if on_treated == after else -1) * math.log(row["mean"]) for (on_treated, after), row in cells.items()
    )
    variance = sum(row["spread"] / row["n"] / row["mean"] ** 2 for row in cells.values())
    reach = normal_quantile() * math.sqrt(variance)
    return Effect(
        value=math.exp(logarithm),
        low=math.exp(logarithm - reach),
        high=math.exp(logarithm + reach),
        n=sum(row["n"] for row in cells.values()),
    )


def complaint_counts(record: Record, *, transferred: bool) -> dict[str, int]:
    """Return complaints by business: those a regulator transferred, or the first of each chain."""
    with record.analyse() as engine:
        rows = engine.query(COMPLAINTS, {"transferred": transferred}).to_pylist()
    return {row["business"]: row["n"] for row in rows if row["business"]}


def left_count(record: Record) -> int:
    """Return how many customers the record says have left."""
    with record.analyse() as engine:
        rows = engine.query("SELECT count(*) AS n FROM events WHERE type = 'customer.left.v1'").to_pylist()
    return int(rows[0]["n"])
