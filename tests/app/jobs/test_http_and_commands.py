"""Jobs over HTTP and on the command line: reports, rights, following, what a person can do about a job."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.support.http import LocalClient, bearer, client_of, make_token, run_cli
from tests.support.jobs import ended, opened
from tiexin.infra.jobs.api import JobState, NewJob, TooManyJobsError, UnknownKindError
from tiexin.infra.jobs.holder import is_gone, this_process
from tiexin.infra.settings import Settings
from tiexin.kernel.text import Text

REPORT = {"language": "en", "zone": "UTC", "pdf": False}


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "home")


def told(client: LocalClient, headers: dict[str, str], job: str) -> list[dict[str, Any]]:
    answer = client.get(f"/v1/jobs/{job}/follow", headers=headers)
    lines = [line.removeprefix("data: ") for line in answer.text.splitlines() if line.startswith("data: ")]
    return [msgspec.json.decode(line) for line in lines]


def queued(settings: Settings, **changes: Any) -> str:
    jobs, _ = opened(settings, running=False)
    job = jobs.submit(NewJob(kind="report", owner="li", title=Text("报告", "Report"), params=REPORT, **changes))
    jobs.close()
    return job.id


def test_a_report_is_written_followed_and_downloaded(settings: Settings) -> None:
    mine, looking, writing = (
        bearer(make_token(settings, *rights))
        for rights in (("figures:read", "export"), ("figures:read",), ("record:append",))
    )
    with client_of(settings) as client:
        assert client.post("/v1/reports", json={"language": "en"}, headers=looking).status_code == 403
        assert client.get("/v1/jobs", headers=writing).status_code == 403
        started = client.post("/v1/reports", json={"language": "en"}, headers=mine)
        assert started.status_code == 202
        job = started.json()
        assert client.get(f"/v1/jobs/{job['id']}", headers=looking).status_code == 404
        last = told(client, mine, job["id"])[-1]
        assert (last["state"], last["done"], last["total"]) == ("succeeded", 3, 3)
        page = client.get(f"/v1/jobs/{job['id']}/files/report.html", headers=mine)
        assert (page.status_code, len(page.content)) == (200, last["result"]["files"][0]["bytes"])
        assert page.headers["content-disposition"] == 'attachment; filename="report.html"'
        assert client.get(f"/v1/jobs/{job['id']}/files/report.pdf", headers=mine).json()["code"] == "no_result"
        for name in ("..%2fjobs.sqlite", "jobs.sqlite"):
            assert client.get(f"/v1/jobs/{job['id']}/files/{name}", headers=mine).status_code in {404, 422}


def test_following_goes_on_after_the_last_event_seen(settings: Settings) -> None:
    queued_before = queued(settings)
    mine, other = (bearer(make_token(settings, "figures:read", "export")) for _ in range(2))
    with client_of(settings) as client:
        assert ended(client.app.state.opened.work.jobs, queued_before).state is JobState.SUCCEEDED
        job = client.post("/v1/reports", json={"language": "zh"}, headers=mine).json()["id"]
        assert client.get(f"/v1/jobs/{job}/follow", headers=other).status_code == 404
        first = client.get(f"/v1/jobs/{job}/follow", headers=mine).text
        last_id = [line for line in first.splitlines() if line.startswith("id: ")][-1].removeprefix("id: ")
        resumed = client.get(f"/v1/jobs/{job}/follow", headers={**mine, "last-event-id": last_id}).text
    assert first.startswith("retry: 1000\n\n")
    assert resumed.count("data: ") == 1, "the end is told again, and nothing else"


def test_the_command_line_shows_cancels_and_retries(settings: Settings) -> None:
    job = queued(settings)

    def said(*words: str) -> Any:
        done = run_cli("jobs", *words, "--json", home=settings.home)
        return done.returncode, msgspec.json.decode(done.stdout or done.stderr)

    code, listed = said("list")
    assert (code, [found["id"] for found in listed["jobs"]]) == (0, [job])
    assert said("cancel", job)[1]["state"] == "cancelled"
    code, problem = said("cancel", job)
    assert (code, problem["code"]) == (1, "job_state")
    assert said("retry", job)[1]["state"] == "queued"
    assert said("show", job)[1]["retryable"] is False
    code, problem = said("show", "nothing")
    assert (code, problem["code"]) == (1, "unknown_job")


def test_a_job_needs_a_kind_and_a_place_in_the_queue(settings: Settings) -> None:
    jobs, _ = opened(settings, running=False)
    new = NewJob(kind="report", owner="li", title=Text("报告", "Report"), params=REPORT)
    with pytest.raises(UnknownKindError):
        jobs.submit(msgspec.structs.replace(new, kind="mine_bitcoin"))
    for _number in range(50):
        jobs.submit(new)
    with pytest.raises(TooManyJobsError) as refused:
        jobs.submit(new)
    assert (refused.value.status, refused.value.facts) == (429, {"limit": 50})
    assert len(jobs.list(owner="li", limit=500)) == 50
    jobs.submit(msgspec.structs.replace(new, owner="wang"))
    jobs.close()


def test_a_holder_is_known_to_live_or_to_be_gone() -> None:
    own = this_process()
    host, boot, pid, start = own.split("/")
    assert not is_gone(own)
    assert is_gone(f"{host}/{boot}/{pid}/{int(start) - 1}"), "another process had the number before"
    assert is_gone(f"{host}/another-boot/{pid}/{start}")
    assert not is_gone(f"elsewhere/{boot}/{pid}/{start}"), "of another machine only the lease can tell"


def test_a_worker_that_lost_its_job_can_change_nothing(settings: Settings) -> None:
    job = queued(settings)
    jobs, _ = opened(settings, running=False)
    store = jobs._open()
    first = store.claim(token="a", holder="elsewhere/x/1/1", now_us=1, lease_us=10)
    assert first is not None
    assert (first.id, first.attempts, jobs.settle()) == (job, 1, 1)
    assert jobs.get(job).state is JobState.FAILED
    assert not store.change(job, token="a", state=JobState.SUCCEEDED, result={"files": []})
    jobs.retry(job)
    assert not store.change(job, token="a", done=5)
    assert (jobs.get(job).state, jobs.get(job).done, jobs.get(job).result) == (JobState.QUEUED, 0, None)
    jobs.close()
