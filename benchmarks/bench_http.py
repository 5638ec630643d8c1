"""Claim 3c: durable events a second over ``POST /v1/events``, beside bare SQLite in the same run.

The server runs as users run it (``tiexin serve``), the load generator beside it in this process, on the same two
cores. Every answer is counted only when it says that the events are durable, and the record must hold exactly the
events sent. The peer writes the same rows into the same tables and indexes with nothing else around it.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import functools
import json
import os
import resource
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

HOST = "127.0.0.1"
BATCH = 500
CONNECTIONS_BATCH = 4
CONNECTIONS_SINGLE = 256
STEPS = ("received", "checked", "called back", "decided", "signed")
START_US = 1_767_225_600_000_000


def events(count: int, *, source: str) -> Iterator[dict[str, Any]]:
    """Yield contacts of three kinds, each with the attributes that a bank would send."""
    for number in range(count):
        moment = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(1_767_225_600 + number))
        event: dict[str, Any] = {"specversion": "1.0", "id": f"e{number:08d}", "source": source, "time": moment}
        event |= {"subject": f"s{number % 9_973:032d}", "org": f"b{number % 97}"}
        if number % 3 == 0:
            event |= {"type": "call.ended.v1", "channel": "phone", "product": "cards"}
            event["data"] = {
                "outcome": "answered",
                "queue_seconds": number % 90,
                "talk_seconds": 211.5,
                "topic": "limit",
            }
        elif number % 3 == 1:
            event |= {"type": "journey.step_recorded.v1", "channel": "branch", "journey": "mortgage"}
            event |= {"case": f"c{number // 10}", "step": STEPS[number % 5], "lifecycle": "COMPLETE", "actor": "a17"}
            event["data"] = {"amount_minor": number * 100}
        else:
            event |= {"type": "survey.answered.v1", "channel": "app", "segment": "retail"}
            event["data"] = {"metric": "nps", "score": number % 11, "scale_min": 0, "scale_max": 10}
        yield event


def request_of(body: bytes, media_type: str) -> bytes:
    """Return the bytes of one keep-alive request."""
    head = (
        f"POST /v1/events HTTP/1.1\r\nHost: {HOST}\r\nContent-Type: {media_type}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


class Client(asyncio.Protocol):
    """One connection: sends the next request as soon as the answer to the last is complete."""

    def __init__(self, requests: Iterator[bytes], waits: list[float], done: asyncio.Future[None]) -> None:
        self._requests = requests
        self._waits = waits
        self._done = done
        self._buffer = b""
        self._sent_at = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Send the first request."""
        self._transport: asyncio.WriteTransport = transport  # type: ignore[assignment]
        self._next()

    def data_received(self, data: bytes) -> None:
        """Collect an answer; go on when it is complete."""
        self._buffer += data
        head, gap, body = self._buffer.partition(b"\r\n\r\n")
        if not gap:
            return
        length = int(head.partition(b"content-length: ")[2].partition(b"\r\n")[0])
        if len(body) < length:
            return
        assert head.startswith(b"HTTP/1.1 201"), self._buffer[:600]
        self._buffer = b""
        self._waits.append(time.perf_counter() - self._sent_at)
        self._next()

    def connection_lost(self, exc: Exception | None) -> None:
        """End with an error if the server closed too early."""
        if not self._done.done():
            self._done.set_exception(exc or ConnectionError("the server closed the connection"))

    def _next(self) -> None:
        request = next(self._requests, None)
        if request is None:
            self._done.set_result(None)
            self._transport.close()
            return
        self._sent_at = time.perf_counter()
        self._transport.write(request)


async def drive(port: int, requests: list[bytes], connections: int) -> tuple[float, list[float]]:
    """Send every request over this many connections; return seconds and the wait of each."""
    loop = asyncio.get_running_loop()
    source, waits = iter(requests), list[float]()
    ends = [loop.create_future() for _ in range(connections)]
    begun = time.perf_counter()
    for end in ends:
        await loop.create_connection(functools.partial(Client, source, waits, end), HOST, port)
    await asyncio.gather(*ends)
    return time.perf_counter() - begun, waits


@contextlib.contextmanager
def server(home: Path) -> Iterator[tuple[int, int]]:
    """Run ``tiexin serve`` on a free port; yield the port and the process id."""
    command = [sys.executable, "-m", "tiexin.app.cli", "--home", str(home), "serve", "--port", "0"]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    try:
        assert process.stderr is not None
        line = process.stderr.readline()
        yield int(line.partition(f"{HOST}:")[2].split()[0]), process.pid
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def cpu_seconds(pid: int) -> float:
    """Return the CPU time that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def own_cpu_seconds() -> float:
    """Return the CPU time that this process has used."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def measure(folder: Path, name: str, requests: list[bytes], *, count: int, connections: int) -> dict[str, Any]:
    """Return figures of one load on a fresh installation."""
    home = folder / name
    with server(home) as (port, pid):
        before, own_before = cpu_seconds(pid), own_cpu_seconds()
        seconds, waits = asyncio.run(drive(port, requests, connections))
        used, own = cpu_seconds(pid) - before, own_cpu_seconds() - own_before
    with contextlib.closing(sqlite3.connect(home / "record.db")) as record:
        held, last = record.execute("SELECT count(*), max(position) FROM events").fetchone()
    assert (held, last) == (count, count), (held, last, count)
    waits.sort()
    return {
        "events_per_second": round(count / seconds),
        "p50_ms": round(waits[len(waits) // 2] * 1_000, 2),
        "p95_ms": round(waits[int(len(waits) * 0.95)] * 1_000, 2),
        "server_cpu_us_per_event": round(used / count * 1e6, 1),
        "client_cpu_us_per_event": round(own / count * 1e6, 1),
    }


def bare_sqlite(folder: Path, made_by_us: Path) -> int:
    """Return rows a second of plain SQLite: the same rows, tables, indexes, batches and durability, nothing else."""
    with contextlib.closing(sqlite3.connect(made_by_us)) as record:
        ddl = [
            row[0]
            for row in record.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND tbl_name='events'")
        ]
        rows = record.execute("SELECT * FROM events ORDER BY position").fetchall()
    with contextlib.closing(sqlite3.connect(folder / "bare.db", isolation_level=None)) as bare:
        bare.execute("PRAGMA journal_mode = WAL")
        bare.execute("PRAGMA synchronous = FULL")
        for statement in ddl:
            bare.execute(statement)
        insert = f"INSERT INTO events VALUES ({', '.join('?' * len(rows[0]))})"
        begun = time.perf_counter()
        for start in range(0, len(rows), BATCH):
            bare.execute("BEGIN IMMEDIATE")
            bare.executemany(insert, rows[start : start + BATCH])
            bare.execute("COMMIT")
        return round(len(rows) / (time.perf_counter() - begun))


def main() -> None:
    """Measure both loads and the peer; print one JSON line."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--batches", type=int, default=400)
    parser.add_argument("--singles", type=int, default=30_000)
    parser.add_argument("--skip-singles", action="store_true")
    given = parser.parse_args()
    encode = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False).encode
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as name:
        folder = Path(name)
        many = list(events(given.batches * BATCH, source="bench"))
        batches = [
            request_of(encode(many[start : start + BATCH]).encode(), "application/cloudevents-batch+json")
            for start in range(0, len(many), BATCH)
        ]
        batch = measure(folder, "batch", batches, count=len(many), connections=CONNECTIONS_BATCH)
        peer = bare_sqlite(folder, folder / "batch" / "record.db")
        single: dict[str, Any] = {}
        if not given.skip_singles:
            some = many[: given.singles]
            singles = [request_of(encode(event).encode(), "application/cloudevents+json") for event in some]
            single = measure(folder, "single", singles, count=len(singles), connections=CONNECTIONS_SINGLE)
    print(
        json.dumps(
            {
                "claim": "3c",
                "batches_of_500": batch,
                "target_batches": 30_000,
                "single_256_in_flight": single,
                "target_single": 3_000,
                "bare_sqlite_rows_per_second": peer,
                "share_of_bare_sqlite": round(batch["events_per_second"] / peer, 3),
            }
        )
    )


if __name__ == "__main__":
    main()
