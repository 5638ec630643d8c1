"""kill -9 of worker and server in the middle of an import and of a report: nothing doubled, lost or half-done."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.jobs import MAPPING, end, ended, kill, opened, serve_jobs, until, visits, worker_of
from tiexin.imports.api import Imports
from tiexin.imports.contracts import Plan
from tiexin.infra.jobs.api import Job, JobState, NewJob
from tiexin.infra.settings import Settings
from tiexin.kernel.text import Text
from tiexin.record.api import open_record

ROWS = 60_000
BAD = ROWS // 1_000
PLAN = Plan(kind="mapping", mapping=MAPPING)
REPORT = {"language": "both", "zone": "UTC", "pdf": False}


@pytest.fixture
def settings(tmp_path: Path, database_url: str) -> Settings:
    return Settings(home=tmp_path / "home", database_url=database_url)


def start_import(imports: Imports, rows: int = ROWS) -> Job:
    with imports.receive(owner="li", name="visits.csv") as incoming:
        incoming.feed(visits(rows, bad_every=1_000))
        upload = incoming.finish()
    return imports.start(upload.id, PLAN, owner="li", by="li")


def begun(job: Job) -> bool:
    """Something was stored, and most is still to come."""
    return job.state is JobState.RUNNING and job.done > 0


def check_record(settings: Settings, rows: int) -> None:
    with open_record(settings) as record:
        found = [recorded.event for recorded in record.iterate(personal=True)]
    assert len(found) == rows
    assert len({event.id for event in found}) == rows
    words = {event.data["personal"]["words"] for event in found}
    assert len(words) == rows


def test_an_import_goes_on_after_its_worker_and_then_its_server_were_killed(settings: Settings) -> None:
    jobs, imports = opened(settings, running=False)
    jobs.list()  # a server looks after jobs from its start only where there is a table of them
    server = serve_jobs(settings)
    job = start_import(imports)
    first = until(jobs, job.id, begun)
    kill(worker_of(first))
    second = until(jobs, job.id, lambda found: begun(found) and found.attempts == 2)
    end(server, by_force=True)
    assert jobs.get(job.id).state is JobState.RUNNING
    server = serve_jobs(settings)
    done = ended(jobs, job.id)
    end(server)
    assert (done.state, done.attempts) == (JobState.SUCCEEDED, 3)
    assert done.result is not None
    counts = {name: done.result[name] for name in ("read", "appended", "duplicates", "rejected")}
    assert counts == {"read": ROWS, "appended": ROWS - BAD, "duplicates": 0, "rejected": BAD}
    assert second.token != done.token
    rejects = imports.rejects(done, limit=500)
    assert (rejects["total"], [row["line"] for row in rejects["rows"]][:2]) == (BAD, [1_001, 2_001])
    assert rejects["rows"][0]["values"] == ["", "C-333", "K-29", "card", "words number 999"]
    check_record(settings, ROWS - BAD)
    jobs.close()
    imports.close()


def test_a_report_is_shown_as_failed_and_can_be_tried_again(settings: Settings) -> None:
    jobs, imports = opened(settings, running=False)
    jobs.list()  # a server looks after jobs from its start only where there is a table of them
    server = serve_jobs(settings)
    ended(jobs, start_import(imports, 2_000).id)
    new = NewJob(kind="report", owner="li", title=Text("报告", "Report"), params=REPORT)
    job = jobs.submit(new)
    kill(worker_of(until(jobs, job.id, lambda found: "Counting" in found.what.en)))
    failed = ended(jobs, job.id)
    assert (failed.state, failed.retryable, failed.result) == (JobState.FAILED, True, None)
    assert failed.error is not None
    assert failed.error["code"] == "job_interrupted"
    assert not jobs.results(job.id).exists()
    jobs.retry(job.id)
    until(jobs, job.id, lambda found: "Counting" in found.what.en)
    end(server, by_force=True)
    server = serve_jobs(settings)
    assert ended(jobs, job.id).state is JobState.FAILED
    assert not jobs.results(job.id).exists()
    jobs.retry(job.id)
    done = ended(jobs, job.id)
    end(server)
    assert (done.state, done.error) == (JobState.SUCCEEDED, None)
    page = jobs.results(job.id) / "report.html"
    assert done.result == {"files": [{"name": "report.html", "bytes": page.stat().st_size}], "warning": None}
    assert page.read_text("utf-8").rstrip().endswith("</html>")
    left = [file.name for file in jobs.results(job.id).parent.iterdir()]
    assert left == [job.id], "nothing of the attempts that were killed is left"
    jobs.close()
    imports.close()
