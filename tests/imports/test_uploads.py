"""Uploads expire, what nobody names is swept away, what is in use stays."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec
import pytest

from tests.support.jobs import MAPPING, opened
from tiexin.imports.api import Imports
from tiexin.imports.contracts import Plan, UnknownUploadError, Upload
from tiexin.imports.jobs import rows_file
from tiexin.imports.uploads import file_of
from tiexin.infra.jobs.api import JobState, NewJob
from tiexin.infra.jobs.supervisor import tidy
from tiexin.infra.settings import Settings
from tiexin.kernel.clock import DAY_US, FixedClock, SystemClock
from tiexin.kernel.text import Text


def sent(imports: Imports, name: str) -> Upload:
    with imports.receive(owner="li", name=name) as incoming:
        incoming.feed(b"at,case\n")
        incoming.feed(b"2026-03-01T09:00:00Z,C-1\n")
        return incoming.finish()


def test_an_upload_expires_unless_it_is_in_use(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "home")
    jobs, _ = opened(settings, running=False)
    clock = FixedClock(SystemClock().now_us())
    imports = Imports(settings, jobs, None, clock=clock)  # type: ignore[arg-type]  # nobody asks about a file here
    idle, used = sent(imports, "idle.csv"), sent(imports, "used.csv")
    imports.start(used.id, Plan(kind="mapping", mapping=MAPPING), owner="li", by="li")
    copied = rows_file(settings, job="j", upload=idle.id)
    copied.parent.mkdir()
    copied.write_text("[]\n")
    stray = file_of(settings, idle).with_name("stray.part")
    stray.write_text("half of a file")
    os.utime(stray, (1, 1))
    clock.advance(microseconds=8 * DAY_US)
    assert [upload.name for upload in imports.uploads(owner="li")] == ["used.csv"]
    left = [file.name for file in file_of(settings, used).parent.iterdir()]
    assert (left, copied.exists()) == ([f"{used.id}.csv"], False)
    with pytest.raises(UnknownUploadError):
        imports.upload(idle.id, owner="li")
    jobs.close()
    imports.close()


def test_an_upload_that_breaks_off_leaves_nothing(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "home")
    jobs, imports = opened(settings, running=False)
    with imports.receive(owner="li", name="a.csv") as incoming:
        incoming.feed(b"at,case\n" * 20_000)
    assert list((settings.home / "uploads").iterdir()) == []
    assert imports.uploads(owner="li") == []
    jobs.close()
    imports.close()


def test_jobs_that_ended_long_ago_are_forgotten_with_their_files(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "home")
    jobs, _ = opened(settings, running=False)
    new = NewJob(kind="report", owner="li", title=Text("报告", "Report"))
    old, young = jobs.submit(new), jobs.submit(msgspec.structs.replace(new, owner="wang"))
    store = jobs._open()
    now_us = SystemClock().now_us()
    for job, days in ((old, 91), (young, 89)):
        store.change(job.id, state=JobState.SUCCEEDED, finished_us=now_us - days * DAY_US)
        jobs.results(job.id).mkdir(parents=True)
    assert tidy(store, settings, now_us=now_us) == [old.id]
    assert [job.id for job in jobs.list()] == [young.id]
    assert (jobs.results(old.id).exists(), jobs.results(young.id).exists()) == (False, True)
    jobs.close()
