"""``tiexin jobs``: look at long-running work, try it again, cancel it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from tiexin.infra.terminal import JsonFlag, console, emit_json, guarded, invocation

if TYPE_CHECKING:
    from tiexin.infra.jobs.api import Jobs
    from tiexin.infra.jobs.contracts import Job

app = typer.Typer(no_args_is_help=True, help="Long-running work: imports and reports.")
JobId = Annotated[str, typer.Argument(help="The job's id, as `tiexin jobs list` shows it.")]
Limit = Annotated[int, typer.Option("--limit", min=1, max=500, help="How many, newest first.")]


@app.command("list")
@guarded
def list_command(*, limit: Limit = 50, as_json: JsonFlag = False) -> None:
    """List jobs, newest first."""
    with _jobs() as jobs:
        found = jobs.list(limit=limit)
    if as_json:
        emit_json({"jobs": [job.document() for job in found]})
        return
    for job in found:
        _tell(job)


@app.command("show")
@guarded
def show_command(job_id: JobId, *, as_json: JsonFlag = False) -> None:
    """Show one job."""
    with _jobs() as jobs:
        _answer(jobs.get(job_id), as_json=as_json)


@app.command("retry")
@guarded
def retry_command(job_id: JobId, *, as_json: JsonFlag = False) -> None:
    """Queue a job again that failed or was cancelled; a running server takes it up."""
    with _jobs() as jobs:
        _answer(jobs.retry(job_id), as_json=as_json)


@app.command("cancel")
@guarded
def cancel_command(job_id: JobId, *, as_json: JsonFlag = False) -> None:
    """Cancel a job that waits or runs; what it stored until then is kept."""
    with _jobs() as jobs:
        _answer(jobs.cancel(job_id), as_json=as_json)


@contextmanager
def _jobs() -> Iterator[Jobs]:
    from tiexin.app.jobs.kinds import all_kinds
    from tiexin.infra.jobs.api import Jobs

    found = Jobs(invocation().settings(), all_kinds())
    try:
        found.settle()
        yield found
    finally:
        found.close()


def _answer(job: Job, *, as_json: bool) -> None:
    if as_json:
        emit_json(job.document())
    else:
        _tell(job)


def _tell(job: Job) -> None:
    share = f" {100 * job.done // job.total} %" if job.total and not job.is_finished else ""
    console().print(
        f"{job.id}  {job.state.value:<9}{share}  {job.title.en}  {job.what.en}", soft_wrap=True, markup=False
    )
    if job.error:
        console().print(f"    {job.error.get('detail')}", soft_wrap=True, markup=False)
