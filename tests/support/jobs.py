"""Jobs run for real in tests: a server or a supervisor in a process of its own that can be killed."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from tiexin.app.jobs.kinds import WORKER_MODULE, all_kinds
from tiexin.imports.api import Imports
from tiexin.infra.jobs.api import Job, Jobs, Workers
from tiexin.infra.settings import Settings

ROOT = Path(__file__).parents[2]
PATIENCE_SECONDS = 180
SERVE = """
import sys
from tests.support.jobs import opened
from tiexin.infra.settings import Settings
from pathlib import Path
jobs, imports = opened(Settings(home=Path(sys.argv[1]), database_url=sys.argv[2]))
jobs.start()
print("ready", flush=True)
sys.stdin.read()
"""
MAPPING: dict[str, Any] = {
    "mapping": 1,
    "source": "urn:tiexin:dataset:visits",
    "event": {
        "type": {"constant": "message.received.v1"},
        "time": {"column": "at", "formats": ["iso"]},
        "case": "case",
        "subject": {"column": "customer", "pseudonymise": "customer"},
    },
    "data": {"topic": "topic"},
    "personal": {"words": "words"},
}


def visits(rows: int, *, bad_every: int = 0) -> bytes:
    """Return a CSV of so many visits; every ``bad_every``-th has no time."""
    lines = ["at,case,customer,topic,words"]
    for number in range(rows):
        bad = bad_every and number % bad_every == bad_every - 1
        at = "" if bad else f"2026-03-{number % 28 + 1:02d}T09:{number % 60:02d}:00Z"
        lines.append(f"{at},C-{number // 3},K-{number % 97},card,words number {number}")
    return ("\n".join(lines) + "\n").encode()


def opened(settings: Settings, *, running: bool = True) -> tuple[Jobs, Imports]:
    """Return the jobs and imports of an installation as a server has them."""
    workers = Workers(WORKER_MODULE)
    jobs = Jobs(settings, all_kinds(), workers=workers if running else None)
    return jobs, Imports(settings, jobs, workers)


def serve_jobs(settings: Settings) -> subprocess.Popen[str]:
    """Start a process that runs the jobs of an installation, as ``tiexin serve`` does."""
    command = [sys.executable, "-c", SERVE, str(settings.home), settings.database_url]
    process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def until(jobs: Jobs, job_id: str, holds: Callable[[Job], bool]) -> Job:
    """Look at a job until something holds, and return it then."""
    for job in _looks(jobs, job_id):
        if holds(job):
            return job
        assert not job.is_finished, f"the job ended as {job.state}: {job.error} {job.result}"
    raise AssertionError


def ended(jobs: Jobs, job_id: str) -> Job:
    """Wait for the end of a job and return it."""
    return next(job for job in _looks(jobs, job_id) if job.is_finished)


def _looks(jobs: Jobs, job_id: str) -> Iterator[Job]:
    deadline = time.monotonic() + PATIENCE_SECONDS
    pause = select.poll()
    while time.monotonic() < deadline:
        yield jobs.get(job_id)
        pause.poll(20)
    msg = f"the job did not come that far: {jobs.get(job_id)}"
    raise AssertionError(msg)


def worker_of(job: Job) -> int:
    """Return the number of the process that holds a job."""
    return int((job.holder or "").split("/")[2])


def kill(pid: int) -> None:
    """kill -9."""
    os.kill(pid, signal.SIGKILL)


def end(process: subprocess.Popen[str], *, by_force: bool = False) -> None:
    """End a process of :func:`serve_jobs` and collect it."""
    if by_force:
        process.kill()
    process.communicate()
