"""Segments and the tail are read as one table."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from tiexin.infra.analytics.parquet import read_encoded


def test_a_segment_that_forbids_nulls_joins_a_tail_that_allows_them(tmp_path: Path) -> None:
    strict = pa.schema([pa.field("time_us", pa.int64(), nullable=False), pa.field("step", pa.string())])
    pq.write_table(pa.table({"time_us": [1, 2], "step": ["a", "b"]}, schema=strict), tmp_path / "segment.parquet")
    tail = pa.table({"time_us": [3], "step": ["a"]})
    read = read_encoded([tmp_path / "segment.parquet"], tail, ["time_us", "step"])
    assert read.to_pydict() == {"time_us": [1, 2, 3], "step": ["a", "b", "a"]}
