"""Claim 6b: the log has caught up within 60 s of a million events, and an audit checks 80,000 rows a second.

A server's follower keeps the log in a process of its own, on its usual cadence, while this process appends at full
rate (batches of 5,000, some with personal content). The clock of catching up runs from the last acknowledgement to the
published head that covers everything. Then the audit: hashes alone, and everything (hashes, every row of the record
derived again, the database's own check). An audit that stops before a planted change would be fast too: one row is
altered at the end, and the audit has to name it.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tiexin.infra.settings import Settings
from tiexin.record.api import Record, open_record
from tiexin.record.contracts import Event
from tiexin.trust.api import Trust, TrustKeys, open_trust

BATCH = 5_000
LOOK_SECONDS = 0.05
FOLLOW = """
import sys
from pathlib import Path
from typing import Any
from tiexin.infra.settings import load_settings
from tiexin.record.api import open_record
from tiexin.trust.api import open_trust
from tiexin.trust.jobs import Follower
settings = load_settings(Path(sys.argv[1]))
with open_record(settings) as record, open_trust(settings, record=record) as trust:
    follower = Follower(trust)
    follower.start()
    print("ready", flush=True)
    sys.stdin.read()
    follower.close()
"""


def events(count: int) -> Iterator[list[Event]]:
    """Yield batches of events as a bank has them: calls, payments, complaints, some with personal content."""
    for first in range(0, count, BATCH):
        yield [_event(number) for number in range(first, min(first + BATCH, count))]


def _event(number: int) -> Event:
    common: dict[str, Any] = {
        "id": f"e-{number:09d}",
        "source": "urn:bench:core",
        "time_us": 1_767_225_600_000_000 + number * 31_000,
        "subject": f"{number % 50_000:032x}",
        "org": f"b-{number % 40:02d}",
        "product": "card",
        "segment": "retail",
    }
    if number % 10 == 0:
        data = {
            "reason": "费用争议，要求退还",
            "amount_minor": number % 90_000,
            "personal": {"words": f"客户说 {number}"},
        }
        return Event(type="bench.complained.v1", channel="app", case=f"case-{number}", data=data, **common)
    if number % 2:
        data = {"outcome": "answered", "queue_seconds": number % 300, "talk_seconds": 213.5}
        return Event(type="bench.called.v1", channel="phone", data=data, **common)
    return Event(type="bench.paid.v1", channel="app", data={"amount_minor": number, "currency": "CNY"}, **common)


def ingest(record: Record, trust: Trust, count: int) -> tuple[float, float]:
    """Append everything; return the seconds it took and the seconds until the published head covers it."""
    batches = list(events(count))
    began = time.perf_counter()
    waiting = []
    for batch in batches:
        waiting.append(record.submit(batch))
        if len(waiting) > 2:
            waiting.pop(0).result()
    for each in waiting:
        each.result()
    ended = time.perf_counter()
    while (head := trust.head()) is None or head.size < count:
        time.sleep(LOOK_SECONDS)
    return ended - began, time.perf_counter() - ended


def audit(trust: Trust, record: Record, count: int) -> dict[str, float]:
    """Return rates of the audit: hashes alone, and against the record, the latter with a planted change."""
    log = trust.reading_alone()
    began = time.perf_counter()
    log.rehash()
    hashes = time.perf_counter() - began
    log.close()
    report = trust.audit()
    assert report.ok
    assert report.entries == count
    with record.database.write() as connection:
        connection.exec_driver_sql(f"UPDATE events SET team = 'x' WHERE position = {count - 1}")
    found = trust.audit()
    assert [(fault.kind, fault.index) for fault in found.faults] == [("altered", count - 2)]
    return {
        "hashes_per_second": round(count / hashes),
        "audit_seconds": report.seconds,
        "audit_rows_per_second": round(count / report.seconds),
    }


def main() -> None:
    """Run and print one JSON line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=1_000_000)
    count = parser.parse_args().events
    with tempfile.TemporaryDirectory(prefix="tiexin-bench-trust-") as folder:
        settings = Settings(home=Path(folder))
        TrustKeys(settings).create("bench.example/log")
        follower = subprocess.Popen(
            [sys.executable, "-c", FOLLOW, folder], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert follower.stdout is not None
        assert follower.stdout.readline() == "ready\n"
        with open_record(settings) as record, open_trust(settings, record=record) as trust:
            ingest_seconds, behind_seconds = ingest(record, trust, count)
            follower.communicate("")
            found = {
                "benchmark": "trust",
                "events": count,
                "ingest_per_second": round(count / ingest_seconds),
                "caught_up_seconds": round(behind_seconds, 2),
                **audit(trust, record, count),
            }
    print(json.dumps(found))


if __name__ == "__main__":
    main()
