"""Small logs for the tests of journeys, and a source that analyses them without a record."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa

from tiexin.infra.analytics.engine import Engine, open_engine
from tiexin.record.api import OrgTree
from tiexin.record.contracts import Event

TEXTS = (
    "type", "source", "id", "subject", "channel", "journey", "case_id", "actor", "step", "lifecycle", "org", "product",
    "segment", "team", "data",
)  # fmt: skip
SCHEMA = pa.schema([("position", pa.int64()), ("time_us", pa.int64()), *((name, pa.string()) for name in TEXTS)])
SECOND = 1_000_000


def log(rows: Sequence[dict[str, Any]]) -> pa.Table:
    """Return events in the order given; ``case``, ``step`` and ``at`` (seconds) suffice, the rest has defaults."""
    events = [
        {
            **dict.fromkeys(TEXTS),
            "type": "journey.step_recorded.v1",
            "source": "test",
            "id": str(position),
            "journey": "loan",
            "data": "{}",
            **{key: value for key, value in row.items() if key not in {"case", "at"}},
            "position": position,
            "case_id": row.get("case"),
            "time_us": int(row["at"] * SECOND),
        }
        for position, row in enumerate(rows, 1)
    ]
    return pa.Table.from_pylist(events, schema=SCHEMA)


class Log:
    """A source over files and a tail, as the record offers it."""

    def __init__(
        self, tail: pa.Table | None = None, *, files: Sequence[Path] = (), units: Sequence[Event] = ()
    ) -> None:
        self._tail, self._files, self._units = tail, list(files), list(units)

    def org_tree(self) -> OrgTree:
        """Return the organisation that the reference events describe."""
        return OrgTree(self._units)

    @contextmanager
    def analyse(self, engine: str = "duckdb", *, orgs: Sequence[str] | None = None) -> Iterator[Engine]:
        """Yield an engine with the view ``events``, of these units alone if any are named."""
        opened = open_engine(engine)
        try:
            opened.register_parquet("events", self._files, self._tail, only=None if orgs is None else {"org": orgs})
            yield opened
        finally:
            opened.close()
