"""In the server: starts a process for each queued job, watches it, and looks after jobs whose worker is gone."""

from __future__ import annotations

import contextlib
import logging
import shutil
import subprocess
import threading
import time
from typing import Any, Final

import msgspec

from tiexin.infra.jobs.contracts import ATTEMPTS_MAX, KEPT_DAYS, Job, JobInterruptedError, JobKind, JobState, Limits
from tiexin.infra.jobs.holder import is_gone, this_process
from tiexin.infra.jobs.process import MIB, Order, Workers, ended_early, time_error
from tiexin.infra.jobs.store import JobStore
from tiexin.infra.jobs.worker import LEASE_SECONDS, results_folder
from tiexin.infra.settings import Settings
from tiexin.kernel.clock import DAY_US, SECOND_US, SystemClock
from tiexin.kernel.errors import TiexinError
from tiexin.kernel.ids import IdSource
from tiexin.kernel.text import Text

BUSY_SECONDS: Final = 0.1
IDLE_SECONDS: Final = 1.0
"""How long a job that another process queued may wait to be noticed."""
SETTLE_SECONDS: Final = 2.0
TIDY_SECONDS: Final = 3_600.0
GRACE_SECONDS: Final = 60.0
"""How long a job that was cancelled may take to stop by itself."""
INTERRUPTED: Final = (
    "The process that did the work ended before it was done, or the machine stopped. Nothing half-done is shown; "
    "try again."
)

_log = logging.getLogger("tiexin.jobs")


class Child(msgspec.Struct):
    """A worker that runs: its process, its job, since when (monotonic seconds), and since when it should stop."""

    process: subprocess.Popen[bytes]
    job: Job
    limits: Limits
    since: float
    stopping_since: float | None = None
    overdue: bool = False


class Supervisor:
    """One thread of the server."""

    def __init__(self, store: JobStore, kinds: dict[str, JobKind], workers: Workers, settings: Settings) -> None:
        self._store, self._kinds, self._workers, self._settings = store, kinds, workers, settings
        self._clock = SystemClock()
        self._ids = IdSource(self._clock)
        self._children: list[Child] = []
        self._awake = threading.Event()
        self._stopping = False
        self._settled = 0.0
        self._tidied = time.monotonic() - TIDY_SECONDS
        self._thread = threading.Thread(target=self._run, name="tiexin-jobs", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def wake(self) -> None:
        """Look at the queue now."""
        self._awake.set()

    def stop(self) -> None:
        """End the workers; their jobs wait for the next server."""
        self._stopping = True
        self.wake()
        self._thread.join()
        for child in self._children:
            child.process.kill()
            child.process.wait()
            _close(child.process)
            words = Text("服务器停止了，重新启动后继续", "The server stopped; this goes on when it starts again")
            self._requeue(child.job, words)

    def _requeue(self, job: Job, words: Text) -> None:
        self._store.change(job.id, token=job.token, state=JobState.QUEUED, attempts=job.attempts - 1, what=words)

    def _run(self) -> None:
        while not self._stopping:
            self._awake.clear()
            try:
                self._look()
            except Exception:  # noqa: BLE001  (the store may be away for a moment; the thread must outlive that)
                _log.exception("the supervisor of jobs could not look after them")
            self._awake.wait(BUSY_SECONDS if self._children else IDLE_SECONDS)

    def _look(self) -> None:
        for child in list(self._children):
            self._watch(child)
        if time.monotonic() - self._settled >= SETTLE_SECONDS:
            self._settled = time.monotonic()
            mine = frozenset(child.job.id for child in self._children)
            settle_interrupted(self._store, self._kinds, now_us=self._clock.now_us(), but=mine)
        if time.monotonic() - self._tidied >= TIDY_SECONDS:
            self._tidied = time.monotonic()
            tidy(self._store, self._settings, now_us=self._clock.now_us())
        while len(self._children) < self._settings.jobs_at_once_max and not self._stopping:
            job = self._claim()
            if job is None:
                break
            self._begin(job)

    def _claim(self) -> Job | None:
        # Asking costs a write transaction, so look first: most of the time nothing waits.
        if not self._store.list(state=JobState.QUEUED, limit=1):
            return None
        return self._store.claim(
            token=self._ids.new(),
            holder=this_process(),
            now_us=self._clock.now_us(),
            lease_us=LEASE_SECONDS * SECOND_US,
        )

    def _begin(self, job: Job) -> None:
        kind = self._kinds.get(job.kind)
        if kind is None:
            msg = f"This version has no kind of job {job.kind!r}."
            self._fail(job, JobInterruptedError(msg))
            return
        limits = msgspec.structs.replace(kind.limits, memory_bytes=self._settings.job_memory_mib * MIB)
        order = Order(settings=self._settings, limits=limits, job=job.id, token=job.token)
        process = self._workers.start(order)
        self._store.change(job.id, token=job.token, holder=this_process(process.pid))
        self._children.append(Child(process=process, job=job, limits=limits, since=time.monotonic()))

    def _watch(self, child: Child) -> None:
        code = child.process.poll()
        if code is None:
            self._hold_to_limits(child)
            return
        self._children.remove(child)
        _close(child.process)
        job = self._store.get(child.job.id)
        if job is None or job.token != child.job.token or job.state is not JobState.RUNNING:
            return  # it ended in order and said how
        if child.overdue:
            self._fail(job, time_error(child.limits))
        else:
            settle(self._store, self._kinds, job, ended_early(code, child.limits), now_us=self._clock.now_us())

    def _hold_to_limits(self, child: Child) -> None:
        now = time.monotonic()
        if now - child.since > child.limits.wall_seconds:
            child.overdue = True
            child.process.kill()
            return
        if child.stopping_since is None:
            job = self._store.get(child.job.id)
            if job is not None and job.cancel_asked:
                child.stopping_since = now
        elif now - child.stopping_since > GRACE_SECONDS:
            child.process.kill()

    def _fail(self, job: Job, error: TiexinError) -> None:
        self._store.change(
            job.id,
            token=job.token,
            state=JobState.FAILED,
            error=error.problem(),
            finished_us=self._clock.now_us(),
            what=Text("没有完成", "Not finished"),
        )


def settle_interrupted(
    store: JobStore, kinds: dict[str, JobKind], *, now_us: int, but: frozenset[str] = frozenset()
) -> int:
    """Queue again, or show as failed, every job whose worker is gone; return how many."""
    count = 0
    for job in store.list(state=JobState.RUNNING, limit=1_000):
        dead = (job.lease_until_us or 0) < now_us or is_gone(job.holder or "")
        if dead and job.id not in but:
            count += settle(store, kinds, job, JobInterruptedError(INTERRUPTED), now_us=now_us)
    return count


def tidy(store: JobStore, settings: Settings, *, now_us: int) -> list[str]:
    """Forget jobs that ended 90 days ago, with their results; return their ids."""
    gone = list(store.remove_ended(before_us=now_us - KEPT_DAYS * DAY_US))
    for job_id in gone:
        shutil.rmtree(results_folder(settings) / job_id, ignore_errors=True)
    return gone


def settle(store: JobStore, kinds: dict[str, JobKind], job: Job, error: TiexinError, *, now_us: int) -> bool:
    """Decide what becomes of a job whose worker ended before its work did."""
    kind = kinds.get(job.kind)
    values: dict[str, Any]
    if job.cancel_asked:
        values = {"state": JobState.CANCELLED, "finished_us": now_us, "what": Text("已取消", "Cancelled")}
    elif kind is not None and kind.resumes and job.attempts < ATTEMPTS_MAX and error.code == "job_interrupted":
        words = Text("中断了，即将从停下的地方继续", "Interrupted; goes on where it stopped")
        values = {"state": JobState.QUEUED, "what": words}
    else:
        words = Text("没有完成", "Not finished")
        values = {"state": JobState.FAILED, "finished_us": now_us, "error": error.problem(), "what": words}
    return store.change(job.id, token=job.token, **values)


def _close(process: subprocess.Popen[bytes]) -> None:
    if process.stdin is not None:
        with contextlib.suppress(OSError):
            process.stdin.close()
