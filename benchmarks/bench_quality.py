"""Claim 3d: the overview over ten million events, asked through the HTTP interface, beside Polars in the same run.

Ten million contacts of 200,000 customers over two years are written once as the lake's segments (in the lake's own
schema) into ``.work/``; the server runs as users run it. Every question differs in period and conditions, so that no
answer can come from a cache. The peer counts only the calls, their waits and the active customers of the same
questions from the same files, and must agree; the overview holds all other figures besides.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import json
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import httpx
import msgspec
import polars as pl

from tiexin.infra.settings import Settings
from tiexin.kernel.clock import DAY_US, iso_us
from tiexin.record.api import open_record
from tiexin.record.store.lake import MANIFEST, Manifest, SegmentInfo

HOST = "127.0.0.1"
SEGMENT_ROWS = 1_000_000
DAYS = 730
START_US = 1_672_531_200_000_000
PEER_QUESTIONS = 10

# Shares of a hundred: 30 journey steps, 25 app sessions, 18 calls, 8 chats, 8 branch tickets, 3 messages, 4 survey
# answers, 2 complaints (received and answered), 2 changes of service tickets.
SEGMENT_SQL = """
WITH rows AS (
  SELECT p AS position, hash(p * 7 + 1) % 100 AS k, hash(p * 7 + 2) % 200000 AS customer, hash(p * 7 + 3) AS h3,
    hash(p * 7 + 4) AS h4, hash(p * 7 + 5) AS h5, hash(p * 7 + 6) AS h6
  FROM range({first}, {last} + 1) AS numbers(p)
)
SELECT position,
  {start} + (position * 1.0 / {total} * {days} * 86400 * 1000000)::BIGINT + (h6 % 3600000000)::BIGINT AS time_us,
  'urn:bench' AS source, position::VARCHAR AS id,
  CASE WHEN k < 30 THEN 'journey.step_recorded.v1' WHEN k < 55 THEN 'app.session_ended.v1'
    WHEN k < 73 THEN 'call.ended.v1' WHEN k < 81 THEN 'chat.ended.v1' WHEN k < 88 THEN 'branch.ticket_served.v1'
    WHEN k < 89 THEN 'branch.ticket_abandoned.v1' WHEN k < 92 THEN 'message.received.v1'
    WHEN k < 96 THEN 'survey.answered.v1' WHEN k < 97 THEN 'complaint.received.v1'
    WHEN k < 98 THEN 'complaint.answered.v1' ELSE 'ticket.updated.v1' END AS type,
  'c' || lpad(customer::VARCHAR, 31, '0') AS subject,
  CASE WHEN k < 30 THEN 'web' WHEN k < 55 THEN 'app' WHEN k < 73 THEN 'phone' WHEN k < 81 THEN 'chat'
    WHEN k < 89 THEN 'branch' WHEN k < 92 THEN 'email' WHEN k < 98 THEN 'app' ELSE 'phone' END AS channel,
  CASE WHEN k < 30 THEN 'loan' END AS journey,
  CASE WHEN k < 30 THEN 'L' || (position // 8) WHEN k BETWEEN 96 AND 97 THEN 'K' || (h3 % 100000)
    WHEN k >= 98 THEN 'T' || (h3 % 60000) END AS case_id,
  CASE WHEN h4 % 5 > 0 THEN 'staff' || (h4 % 700) END AS actor,
  CASE WHEN k < 30 THEN 'step' || (h5 % 12) END AS step, NULL::VARCHAR AS lifecycle,
  'B' || lpad((customer % 400)::VARCHAR, 4, '0') AS org, 'product' || (h3 % 8) AS product,
  'segment' || (customer % 5) AS segment, NULL::VARCHAR AS team,
  CASE WHEN k < 30 THEN '{{}}' WHEN k < 55 THEN '{{"seconds":' || (h5 % 600) || '}}'
    WHEN k < 81 THEN '{{"outcome":"' || (CASE WHEN h5 % 6 = 0 THEN 'abandoned' ELSE 'answered' END)
      || '","queue_seconds":' || ((h4 % 1000) * (h4 % 1000) // 2500) || ',"talk_seconds":' || (h3 % 900)
      || ',"topic":"t' || (h6 % 40) || '"}}'
    WHEN k < 88 THEN '{{"ticket":"A","window":"1","wait_seconds":' || (h4 % 2400) || ',"service_seconds":'
      || (h5 % 900) || ',"business":"t' || (h6 % 40) || '"}}'
    WHEN k < 89 THEN '{{"ticket":"A","wait_seconds":' || (h4 % 2400) || '}}'
    WHEN k < 92 THEN '{{"topic":"t' || (h6 % 40) || '"}}'
    WHEN k < 96 THEN CASE h5 % 3
      WHEN 0 THEN '{{"metric":"csat","score":' || (1 + h4 % 5) || ',"scale_min":1,"scale_max":5}}'
      WHEN 1 THEN '{{"metric":"nps","score":' || (h4 % 11) || ',"scale_min":0,"scale_max":10}}'
      ELSE '{{"metric":"ces","score":' || (1 + h4 % 7) || ',"scale_min":1,"scale_max":7}}' END
    WHEN k < 97 THEN '{{"topic":"t' || (h6 % 40) || '"}}'
    WHEN k < 98 THEN '{{"outcome":"explanation","timely":' || (h4 % 10 > 0) || '}}'
    ELSE '{{"state":"open","modification":' || (position % 1000000) || ',"reassignment_count":' || (h4 % 6)
      || ',"reopen_count":' || (h5 % 2) || ',"sla_met":true,"opened_at":"2023-01-01T00:00:00Z"}}' END AS data
FROM rows ORDER BY position
"""
COLUMNS = (
    "position, time_us, type, source, id, subject, channel, journey, case_id, actor, step, lifecycle, org, product, "
    "segment, team, data"
)


def prepare(home: Path, total: int) -> None:
    """Write an installation whose lake holds ``total`` events; nothing if it is there already."""
    lake = Settings(home=home).lake_dir
    if (lake / MANIFEST).is_file():
        return
    with open_record(Settings(home=home)):
        pass  # makes database, keys and folders
    lake.mkdir(parents=True, exist_ok=True)
    segments = []
    with duckdb.connect() as connection:
        for first in range(1, total + 1, SEGMENT_ROWS):
            last = min(total, first + SEGMENT_ROWS - 1)
            file = lake / f"segment-{first:020d}-{last:020d}.parquet"
            sql = SEGMENT_SQL.format(first=first, last=last, total=total, start=START_US, days=DAYS)
            connection.execute(f"COPY (SELECT {COLUMNS} FROM ({sql})) TO '{file}' (FORMAT parquet, COMPRESSION zstd)")
            bounds = connection.execute(f"SELECT min(time_us), max(time_us) FROM '{file}'").fetchone()
            assert bounds is not None
            digest = hashlib.sha256(file.read_bytes()).hexdigest()
            segments.append(
                SegmentInfo(
                    file=file.name,
                    first=first,
                    last=last,
                    rows=last - first + 1,
                    time_min_us=bounds[0],
                    time_max_us=bounds[1],
                    bytes=file.stat().st_size,
                    sha256=digest,
                )
            )
    # The table itself stays empty: quality reads the lake and the tail beyond it, and the tail has nothing.
    with contextlib.closing(sqlite3.connect(home / "record.db")) as record, record:
        tables = {row[0] for row in record.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        assert "record_counter" in tables
        record.execute("UPDATE record_counter SET position = ?, lake_position = ?", (total, total))
        (identity,) = record.execute("SELECT identity FROM record_counter").fetchone()
    (lake / MANIFEST).write_bytes(msgspec.json.encode(Manifest(record=identity, segments=segments)))


@contextlib.contextmanager
def server(home: Path) -> Iterator[tuple[str, int]]:
    """Run ``tiexin serve`` on a free port; yield its address and process id."""
    command = [sys.executable, "-m", "tiexin.app.cli", "--home", str(home), "serve", "--port", "0"]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    try:
        assert process.stderr is not None
        line = process.stderr.readline()
        yield f"http://{HOST}:{int(line.partition(f'{HOST}:')[2].split()[0])}", process.pid
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def questions(count: int) -> list[dict[str, str]]:
    """Return different selections: every fifth the whole record but its first minutes, some by product or segment."""
    chance = random.Random(20_261_123)
    found = []
    for number in range(count):
        first = 0 if number % 5 == 0 else chance.randrange(0, 600)
        days = DAYS if number % 5 == 0 else chance.choice([30, 90, 365])
        asked = {"since": iso_us(START_US + first * DAY_US + (number + 1) * 1_000_000)}
        asked["until"] = iso_us(START_US + (first + days) * DAY_US)
        if number % 5 and chance.random() < 0.3:
            asked["product"] = f"product{chance.randrange(8)}"
        if number % 5 and chance.random() < 0.3:
            asked["segment"] = f"segment{chance.randrange(5)}"
        if number % 5 and chance.random() < 0.2:
            asked["channel"] = chance.choice(["phone", "app", "branch"])
        found.append(asked)
    return found


def peer(lake: Path, asked: dict[str, str]) -> tuple[int, int, float | None, int]:
    """Return calls offered, answered, their p90 wait and the active customers of a question, by Polars."""
    moments = {
        name: int(pl.Series([asked[name]]).str.to_datetime(time_zone="UTC").dt.epoch("us")[0])
        for name in ("since", "until")
    }
    rows = pl.scan_parquet(lake / "*.parquet").filter(
        (pl.col("time_us") >= moments["since"]) & (pl.col("time_us") < moments["until"])
    )
    for name in ("product", "segment", "channel"):
        if name in asked:
            rows = rows.filter(pl.col(name) == asked[name])
    customers = rows.select(pl.col("subject").n_unique())
    calls = rows.filter(pl.col("type") == "call.ended.v1").select(
        pl.col("data").str.json_path_match("$.outcome").alias("outcome"),
        pl.col("data").str.json_path_match("$.queue_seconds").cast(pl.Float64).alias("wait"),
    )
    answered = pl.col("outcome") == "answered"
    counted = calls.filter(pl.col("outcome") != "phantom").select(
        pl.len().alias("offered"),
        answered.sum().alias("answered"),
        pl.col("wait").filter(answered).quantile(0.9, interpolation="linear").alias("p90"),
    )
    active, found = pl.collect_all([customers, counted])
    return int(found["offered"][0]), int(found["answered"][0]), found["p90"][0], int(active.item())


def spread(waits: list[float]) -> dict[str, float]:
    """Return p50, p95 and the longest of some waits in milliseconds."""
    waits = sorted(waits)
    at = {"p50_ms": 0.5, "p95_ms": 0.95}
    found = {name: round(waits[min(int(len(waits) * share), len(waits) - 1)] * 1_000, 1) for name, share in at.items()}
    return found | {"max_ms": round(waits[-1] * 1_000, 1)}


def timed(ask: Any) -> tuple[float, Any]:
    """Return how long a call took, in seconds, and what it gave."""
    started = time.perf_counter()
    answer = ask()
    return time.perf_counter() - started, answer


def main() -> None:
    """Measure and print one JSON line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=10_000_000)
    parser.add_argument("--questions", type=int, default=100)
    chosen = parser.parse_args()
    home = Path(__file__).resolve().parents[1] / ".work" / f"bench-quality-{chosen.events}"
    prepare(home, chosen.events)
    asked = questions(chosen.questions)
    with server(home) as (address, pid), httpx.Client(base_url=address, timeout=600) as client:
        first_seconds, _answer = timed(lambda: client.get("/v1/quality/overview").raise_for_status().json())
        ours = [
            timed(lambda one=one: client.get("/v1/quality/overview", params=one).raise_for_status().json())
            for one in asked
        ]
        status = Path(f"/proc/{pid}/status").read_text("utf-8")
        memory = int(status.partition("VmHWM:")[2].split()[0]) / 1e6
    theirs = [timed(lambda one=one: peer(Settings(home=home).lake_dir, one)) for one in asked[:PEER_QUESTIONS]]
    for (_seconds, answer), (_their_seconds, counted) in zip(ours, theirs, strict=False):
        figures = answer["figures"]
        mine = (figures["calls.offered"]["value"], figures["calls.wait_p90"]["value"])
        assert (mine[0] or 0, mine[1], figures["complaints.per_10000"]["n"]) == (counted[0], counted[2], counted[3]), (
            asked
        )
    result = {
        "claim": "3d overview over HTTP",
        "events": chosen.events,
        "questions": len(asked),
        **spread([seconds for seconds, _answer in ours]),
        "first_answer_seconds": round(first_seconds, 1),
        "server_peak_gb": round(memory, 2),
        "limit_p95_ms": 300,
        "peer": {
            "name": "polars, calls and active customers only",
            "questions": len(theirs),
            **spread([seconds for seconds, _counted in theirs]),
        },
    }
    print(json.dumps(result))


if __name__ == "__main__":
    main()
