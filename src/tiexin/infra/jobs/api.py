"""The only door to jobs: queue them, look at them, cancel and retry them."""

from __future__ import annotations

import shutil
import threading
from pathlib import Path
from typing import Any

from tiexin.infra.jobs.contracts import (
    GIB,
    Job,
    JobCancelledError,
    JobInterruptedError,
    JobKind,
    JobMemoryError,
    JobRun,
    JobState,
    JobStateError,
    JobTimeError,
    Limits,
    NewJob,
    TooManyJobsError,
    UnknownJobError,
    UnknownKindError,
)
from tiexin.infra.jobs.process import Workers
from tiexin.infra.jobs.store import JOBS_FILE, JobStore
from tiexin.infra.jobs.supervisor import Supervisor, settle_interrupted
from tiexin.infra.jobs.worker import results_folder, work
from tiexin.infra.settings import Settings
from tiexin.kernel.clock import Clock, SystemClock
from tiexin.kernel.ids import IdSource
from tiexin.kernel.text import Text

__all__ = [
    "GIB",
    "Job",
    "JobCancelledError",
    "JobInterruptedError",
    "JobKind",
    "JobMemoryError",
    "JobRun",
    "JobState",
    "JobStateError",
    "JobTimeError",
    "Jobs",
    "Limits",
    "NewJob",
    "TooManyJobsError",
    "UnknownJobError",
    "UnknownKindError",
    "Workers",
    "results_folder",
    "work",
]

WAITING_MAX = 50
"""Most jobs of one owner that are queued or run at once."""
LIST_MAX = 500


class Jobs:
    """The jobs of one installation. The table is opened, and made, when it is first needed.

    Args:
        settings: of the installation.
        kinds: every kind of job there is.
        workers: starts the processes; without it jobs are queued but not run here (the command line).
    """

    def __init__(
        self,
        settings: Settings,
        kinds: dict[str, JobKind],
        *,
        workers: Workers | None = None,
        clock: Clock | None = None,
    ) -> None:
        self.settings = settings
        self._kinds = kinds
        self._workers = workers
        self._clock = clock or SystemClock()
        self._ids = IdSource(self._clock)
        self._lock = threading.Lock()
        self._store: JobStore | None = None
        self._supervisor: Supervisor | None = None

    def start(self) -> None:
        """Begin to run what is queued, and to look after what another server left; returns at once."""
        if self.settings.database_url or (self.settings.home / JOBS_FILE).is_file():
            self._open()

    def close(self) -> None:
        """Stop running jobs (they go on when a server starts again) and close the table."""
        with self._lock:
            supervisor, self._supervisor = self._supervisor, None
            store, self._store = self._store, None
        if supervisor is not None:
            supervisor.stop()
        if store is not None:
            store.close()

    def submit(self, new: NewJob) -> Job:
        """Queue a job; when this returns it is durable.

        Raises:
            UnknownKindError: there is no such kind.
            TooManyJobsError: the owner has 50 jobs waiting already.
        """
        if new.kind not in self._kinds:
            msg = f"There is no kind of job {new.kind!r}; there are: {', '.join(sorted(self._kinds))}."
            raise UnknownKindError(msg)
        store = self._open()
        if store.count_waiting(new.owner) >= WAITING_MAX:
            msg = f"{WAITING_MAX} of your jobs wait already, which is the limit. Wait for one to end or cancel one."
            raise TooManyJobsError(msg, limit=WAITING_MAX)
        job = store.add(new, job_id=self._ids.new(), now_us=self._clock.now_us())
        self._wake()
        return job

    def get(self, job_id: str) -> Job:
        """Return a job.

        Raises:
            UnknownJobError: there is none of that id.
        """
        found = self._open().get(job_id)
        if found is None:
            msg = f"There is no job {job_id[:40]!r}."
            raise UnknownJobError(msg)
        return found

    def list(
        self, *, owner: str | None = None, kind: str | None = None, state: JobState | None = None, limit: int = 100
    ) -> list[Job]:
        """Return jobs, newest first, at most 500."""
        return self._open().list(owner=owner, kind=kind, state=state, limit=min(limit, LIST_MAX))

    def cancel(self, job_id: str) -> Job:
        """Cancel a job: at once while it waits, soon while it runs.

        Raises:
            UnknownJobError: there is none of that id.
            JobStateError: it has ended already.
        """
        job = self.get(job_id)
        store = self._open()
        now_us = self._clock.now_us()
        words = Text("已取消，尚未开始", "Cancelled before it began")
        if store.change(job_id, only=JobState.QUEUED, state=JobState.CANCELLED, finished_us=now_us, what=words):
            return self.get(job_id)
        if store.change(job_id, only=JobState.RUNNING, cancel_asked=1):
            self._wake()
            return self.get(job_id)
        msg = f"The job {job_id} has ended already ({job.state.value}); there is nothing to cancel."
        raise JobStateError(msg, state=job.state.value)

    def retry(self, job_id: str) -> Job:
        """Queue a job again that failed or was cancelled; one that resumes goes on where it stood.

        Raises:
            UnknownJobError: there is none of that id.
            JobStateError: it waits, runs or has succeeded.
        """
        job = self.get(job_id)
        again: dict[str, Any] = {
            "state": JobState.QUEUED,
            "attempts": 0,
            "cancel_asked": 0,
            "error": None,
            "result": None,
            "finished_us": None,
            "token": None,
            "what": Text("等候再次开始", "Waiting to begin again"),
        }
        if not job.retryable or not self._open().change(job_id, only=job.state, **again):
            msg = f"Only a job that failed or was cancelled can be tried again; this one is {job.state.value}."
            raise JobStateError(msg, state=job.state.value)
        self._wake()
        return self.get(job_id)

    def settle(self) -> int:
        """Look after jobs whose worker is gone, as a server does when it starts; return how many there were."""
        return settle_interrupted(self._open(), self._kinds, now_us=self._clock.now_us())

    def results(self, job_id: str) -> Path:
        """Return the folder of a job's result files (it exists only if the job made any)."""
        return results_folder(self.settings) / job_id

    def drop_results(self, job_id: str) -> None:
        """Remove the result files of a job."""
        shutil.rmtree(self.results(job_id), ignore_errors=True)

    def _wake(self) -> None:
        if self._supervisor is not None:
            self._supervisor.wake()

    def _open(self) -> JobStore:
        with self._lock:
            if self._store is None:
                self._store = JobStore(self.settings)
                if self._workers is not None:
                    self._supervisor = Supervisor(self._store, self._kinds, self._workers, self.settings)
                    self._supervisor.start()
            return self._store
