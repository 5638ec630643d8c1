"""Inside the process of one job: run it, tell how far it is, keep the lease, hand over the result whole or not."""

from __future__ import annotations

import contextlib
import importlib
import logging
import os
import shutil
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, Self

from tiexin.infra.files import private_folder, sync_folder
from tiexin.infra.jobs.contracts import Job, JobCancelledError, JobKind, JobState
from tiexin.infra.jobs.process import Order, live_with_starter, memory_error
from tiexin.infra.jobs.store import JobStore
from tiexin.infra.settings import Settings
from tiexin.kernel.clock import SECOND_US, SystemClock
from tiexin.kernel.errors import TiexinError
from tiexin.kernel.text import Text

LEASE_SECONDS: Final = 20
"""How long a job is believed to be held after its worker's last sign of life."""
BEAT_SECONDS: Final = 1.0
TOLD_SECONDS: Final = 0.4
"""Progress is written at most this often."""
RESULTS: Final = "results"

_log = logging.getLogger("tiexin.jobs")


def results_folder(settings: Settings) -> Path:
    """Return the folder under which each job has its result files."""
    return settings.home / RESULTS


class Run:
    """One attempt at a job, as its runner sees it."""

    def __init__(self, job: Job, settings: Settings, store: JobStore) -> None:
        self.job = job
        self.settings = settings
        self._store = store
        self._clock = SystemClock()
        self._token = job.token or ""
        self._cancelled = threading.Event()
        self._ended = threading.Event()
        self._told = 0.0
        self.folder = results_folder(settings) / f".{job.id}.{self._token}.tmp"
        self._beating = threading.Thread(target=self._beat, name="tiexin-heartbeat", daemon=True)

    def progress(self, done: int, *, total: int | None, what: Text) -> None:
        """Tell how far the work is; written at most every 0.4 seconds.

        Raises:
            JobCancelledError: somebody asked the job to stop.
        """
        if self._cancelled.is_set():
            msg = "The job was cancelled. What had been stored until then was kept."
            raise JobCancelledError(msg)
        now = time.monotonic()
        if now - self._told >= TOLD_SECONDS:
            self._told = now
            self._store.change(self.job.id, token=self._token, done=done, total=total, what=what)

    def note(self, notes: dict[str, Any]) -> None:
        """Keep facts for a later attempt."""
        self._store.change(self.job.id, token=self._token, notes=notes)

    def __enter__(self) -> Self:
        """Make the folder for results and begin to keep the lease."""
        for left in private_folder(results_folder(self.settings)).glob(f".{self.job.id}.*.tmp"):
            shutil.rmtree(left, ignore_errors=True)  # by an attempt that was killed
        private_folder(self.folder)
        self._beating.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop keeping the lease and clear away what was not handed over."""
        self._ended.set()
        self._beating.join(BEAT_SECONDS)
        shutil.rmtree(self.folder, ignore_errors=True)

    def succeed(self, result: dict[str, Any]) -> None:
        """Hand over the result: first the files, whole and on the disk, then the word that they are there."""
        if any(self.folder.iterdir()):
            _sync_all(self.folder)
            final = results_folder(self.settings) / self.job.id
            shutil.rmtree(final, ignore_errors=True)
            self.folder.rename(final)
            sync_folder(final.parent)
        done = self._store.get(self.job.id)
        total = (done.total if done else None) or 1
        what = Text("已完成", "Done")
        self._end(JobState.SUCCEEDED, result=result, done=total, total=total, what=what)

    def fail(self, error: TiexinError) -> None:
        """Write down why the job ended, and what is known of how far it came."""
        if isinstance(error, JobCancelledError):
            self._end(JobState.CANCELLED, error=error.problem(), what=Text("已取消", "Cancelled"))
        else:
            self._end(JobState.FAILED, error=error.problem(), what=Text("没有完成", "Not finished"))

    def _end(self, state: JobState, **values: Any) -> None:
        self._ended.set()
        now_us = self._clock.now_us()
        self._store.change(self.job.id, token=self._token, state=state, finished_us=now_us, **values)

    def _beat(self) -> None:
        """Renew the lease until the work ends; a worker that lost it stops at once, for another may have begun."""
        while not self._ended.wait(BEAT_SECONDS):
            until = self._clock.now_us() + LEASE_SECONDS * SECOND_US
            with contextlib.suppress(Exception):  # a busy database: the next beat will tell
                held = self._store.change(self.job.id, token=self._token, lease_until_us=until)
                if not held and not self._ended.is_set():
                    os._exit(4)
                found = self._store.get(self.job.id)
                if found is not None and found.cancel_asked:
                    self._cancelled.set()


def work(order: Order, kinds: dict[str, JobKind]) -> None:
    """Run the job of an order to its end; whatever happens is written down with the job."""
    live_with_starter()
    store = JobStore(order.settings)
    try:
        job = store.get(order.job or "")
        if job is None or job.token != order.token or job.state is not JobState.RUNNING:
            return
        with Run(job, order.settings, store) as run:
            try:
                run.succeed(_runner(kinds[job.kind])(run))
            except MemoryError:
                run.fail(memory_error(order.limits))
            except TiexinError as error:
                run.fail(error)
            except Exception as error:  # noqa: BLE001  (the last place where it can become the job's end)
                _log.exception("job %s (%s) failed", job.id, job.kind)
                run.fail(_unforeseen(job, error))
    finally:
        store.close()


def _runner(kind: JobKind) -> Callable[[Run], dict[str, Any]]:
    module, _, name = kind.runner.partition(":")
    found: Callable[[Run], dict[str, Any]] = getattr(importlib.import_module(module), name)
    return found


def _unforeseen(job: Job, error: Exception) -> TiexinError:
    msg = (
        "Something failed on our side that nobody had foreseen. What had been stored until then was kept; trying again "
        f"does no harm. Should it fail again, quote the job {job.id}."
    )
    return TiexinError(msg, kind_of_error=type(error).__name__)


def _sync_all(folder: Path) -> None:
    for file in folder.iterdir():
        descriptor = os.open(file, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    sync_folder(folder)
