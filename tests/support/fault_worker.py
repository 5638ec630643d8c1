"""A process that writes to the record, or follows it, until it is killed. Run by tests/contract/test_kill.py.

It tells on its standard output, one line each and only after the acknowledgement, which batches are durable.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

import sqlalchemy as sa

from tests.support.events import call
from tiexin.infra.settings import Settings
from tiexin.record.api import Record, open_record
from tiexin.record.contracts import Event, RecordedEvent

WRITERS = 4
BATCH = 9


def batch(run: int, writer: int, number: int) -> list[Event]:
    """Return the batch of a writer; every third event has personal content."""
    events = []
    for index in range(BATCH):
        data = {"outcome": "answered", "queue_seconds": index, "talk_seconds": number}
        if index % 3 == 0:
            data["personal"] = {"words": f"{run}/{writer}/{number}/{index}"}
        events.append(call(index, id=f"{run}/{writer}/{number}/{index}", data=data))
    return events


def write(record: Record, run: int, writer: int) -> None:
    """Append batches for ever; each is told on standard output after its acknowledgement."""
    number = 0
    while True:
        record.append(batch(run, writer, number))
        os.write(1, f"{run}/{writer}/{number}\n".encode())
        number += 1


def keep(connection: sa.Connection, events: Sequence[RecordedEvent]) -> None:
    """Keep what was seen, without any key that would hide a doubled event."""
    rows = [{"position": found.position, "id": found.event.id} for found in events]
    connection.execute(sa.text("INSERT INTO seen (position, id) VALUES (:position, :id)"), rows)


def main() -> None:
    """Run as writer (several threads) or follower, as the arguments say."""
    role, home, url, run = sys.argv[1], Path(sys.argv[2]), sys.argv[3], int(sys.argv[4])
    with open_record(Settings(home=home, database_url=url)) as record:
        os.write(1, b"ready\n")
        if role == "write":
            threads = [threading.Thread(target=write, args=(record, run, writer)) for writer in range(WRITERS)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        while role == "follow":
            if not record.project("seen", keep, batch=50):
                record.wait_beyond(1 << 60, timeout_seconds=0.002)


if __name__ == "__main__":
    main()
