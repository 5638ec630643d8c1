"""Claim: generated events a second on one core, and memory that does not grow with their number.

The generator runs as users run it (``tiexin generate``, one process), at about 1 million events and, with ``--full``,
at about 10 million. Beside it in the same run stands the bare cost of the same events: reading the lines just made,
decoding each and encoding and writing it again, with nothing made up, counted or put in order. No other generator of
customer contacts with a known truth was at hand to compare with.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

CUSTOMERS = 16_500
MONTHS = 12
FULL_TIMES = 10
RATE_MIN = 40_000
GROWTH_MAX_MIB = 64


def generated(customers: int, out: Path) -> dict[str, float]:
    """Generate once in a process of its own; return events, seconds, CPU seconds and peak memory in MiB."""
    command = [sys.executable, "-m", "tiexin.app.cli", "generate", "--customers", str(customers)]
    command += ["--months", str(MONTHS), "--seed", "1", "--out", str(out), "--json"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    assert process.stdout is not None
    said = json.loads(process.stdout.read())
    _, status, used = os.wait4(process.pid, 0)
    assert status == 0
    return {
        "events": said["events"],
        "seconds": said["seconds"],
        "cpu_seconds": used.ru_utime + used.ru_stime,
        "peak_mib": used.ru_maxrss / 1024,
    }


def bare(lines: Path, out: Path) -> tuple[int, float]:
    """Decode and encode every line and write it; return how many and the CPU seconds."""
    import msgspec

    from tiexin.app.demo.ledger import Wire

    decode, encode = msgspec.json.Decoder(Wire).decode, msgspec.json.Encoder().encode
    begun, count = time.process_time(), 0
    with lines.open("rb") as source, out.open("wb") as target:
        for line in source:
            target.write(encode(decode(line)) + b"\n")
            count += 1
    return count, time.process_time() - begun


def main() -> None:
    """Print one JSON line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=CUSTOMERS)
    parser.add_argument("--full", action="store_true", help="also ten times as many customers (some minutes)")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        one = generated(asked.customers, Path(folder) / "one")
        lines = Path(folder) / "one" / "events.jsonl"
        size = lines.stat().st_size
        count, seconds = bare(lines, Path(folder) / "bare.jsonl")
        assert count == one["events"]
        lines.unlink()
        ten = generated(FULL_TIMES * asked.customers, Path(folder) / "ten") if asked.full else None
    rate = one["events"] / one["cpu_seconds"]
    growth = ten["peak_mib"] - one["peak_mib"] if ten else None
    result = {
        "bench": "generate",
        "events": one["events"],
        "events_per_customer_year": round(one["events"] / asked.customers * 12 / MONTHS, 1),
        "bytes_per_event": round(size / one["events"]),
        "seconds": round(one["seconds"], 2),
        "events_per_cpu_second": round(rate),
        "peak_mib": round(one["peak_mib"]),
        "peer": {"what": "decode, encode and write the same events", "events_per_cpu_second": round(count / seconds)},
        "full": None
        if ten is None
        else {
            "events": ten["events"],
            "events_per_cpu_second": round(ten["events"] / ten["cpu_seconds"]),
            "peak_mib": round(ten["peak_mib"]),
            "growth_mib": round(growth or 0),
        },
        "target": {"events_per_cpu_second_min": RATE_MIN, "growth_mib_max": GROWTH_MAX_MIB},
        "ok": rate >= RATE_MIN and (growth is None or growth <= GROWTH_MAX_MIB),
    }
    print(json.dumps(result))
    sys.exit(0 if result["ok"] else 1)


if __name__ == "__main__":
    main()
