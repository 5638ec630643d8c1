"""The types of jobs: what they are, how they stand, what a kind of job declares about itself."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Any, Protocol

import msgspec

from tiexin.infra.settings import Settings
from tiexin.kernel.clock import iso_us
from tiexin.kernel.errors import ConflictError, InvalidInputError, NotFoundError, TiexinError, UnavailableError
from tiexin.kernel.text import Text

ATTEMPTS_MAX = 3
"""How often a job that resumes is begun again by itself; after that a person has to ask."""
KEPT_DAYS = 90
"""How long a job that has ended is kept, with its results."""
GIB = 1024**3


class JobState(StrEnum):
    """How a job stands."""

    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"


FINISHED = frozenset({JobState.SUCCEEDED, JobState.FAILED, JobState.CANCELLED})


class UnknownJobError(NotFoundError):
    """There is no such job, or it belongs to somebody else."""

    code = "unknown_job"


class JobStateError(ConflictError):
    """The job does not stand as the act needs it; nothing was changed."""

    code = "job_state"
    title = "The job does not stand so that this can be done"


class UnknownKindError(InvalidInputError):
    """No such kind of job."""

    code = "unknown_job_kind"


class TooManyJobsError(UnavailableError):
    """As many jobs wait already as one person may have waiting."""

    status = 429
    code = "too_many_jobs"
    title = "Too many jobs are waiting"


class JobCancelledError(TiexinError):
    """Somebody asked the job to stop; raised inside its worker."""

    status = 409
    code = "job_cancelled"
    title = "The job was cancelled"


class JobInterruptedError(UnavailableError):
    """The process of the job ended before its work did."""

    code = "job_interrupted"
    title = "The work was interrupted"


class JobMemoryError(InvalidInputError):
    """The work needs more memory than one job may use; the facts state the limit."""

    code = "job_out_of_memory"
    title = "The work needs more memory than one job may use"


class JobTimeError(InvalidInputError):
    """The work took longer than one job may; the facts state the limit."""

    code = "job_time_limit"
    title = "The work takes longer than one job may"


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """What the process of one job may use: address space in bytes, seconds of wall time, seconds of CPU."""

    memory_bytes: int = 4 * GIB
    wall_seconds: int = 6 * 3_600
    cpu_seconds: int = 6 * 3_600


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """One job as it stands. ``params`` are for its runner alone; ``about`` is what its owner may see of them.

    ``done`` of ``total`` (None: not known yet) in units of the kind's own choice; ``what`` says it in words.
    ``notes`` are what a runner keeps from one attempt to the next. Times are UTC microseconds.
    """

    id: str
    kind: str
    state: JobState
    title: Text
    owner: str
    created_us: int
    params: dict[str, Any] = {}
    about: dict[str, Any] = {}
    unit: str | None = None
    attempts: int = 0
    revision: int = 0
    done: int = 0
    total: int | None = None
    what: Text = Text("", "")
    notes: dict[str, Any] | None = None
    result: dict[str, Any] | None = None
    error: dict[str, Any] | None = None
    token: str | None = None
    holder: str | None = None
    lease_until_us: int | None = None
    cancel_asked: bool = False
    started_us: int | None = None
    finished_us: int | None = None

    @property
    def is_finished(self) -> bool:
        """Tell whether nothing more will happen by itself."""
        return self.state in FINISHED

    @property
    def retryable(self) -> bool:
        """Tell whether somebody may ask for it to be tried again."""
        return self.state in {JobState.FAILED, JobState.CANCELLED}

    def document(self) -> dict[str, Any]:
        """Return the job as the HTTP interface and the command line show it (JSON-ready)."""
        return {
            "id": self.id,
            "kind": self.kind,
            "title": msgspec.to_builtins(self.title),
            "state": self.state.value,
            "done": self.done,
            "total": self.total,
            "what": msgspec.to_builtins(self.what),
            "attempts": self.attempts,
            "created": iso_us(self.created_us),
            "started": None if self.started_us is None else iso_us(self.started_us),
            "finished": None if self.finished_us is None else iso_us(self.finished_us),
            "about": self.about,
            "result": self.result,
            "error": self.error,
            "owner": self.owner,
            "cancelling": self.cancel_asked and not self.is_finished,
            "retryable": self.retryable,
        }


class JobRun(Protocol):
    """What the runner of a kind is given: its job, its installation, and a way to tell how far it is."""

    @property
    def job(self) -> Job:
        """The job as it was claimed."""

    @property
    def settings(self) -> Settings:
        """The installation's settings."""

    @property
    def folder(self) -> Path:
        """An empty folder for result files; it becomes the job's own when the runner returns."""

    def progress(self, done: int, *, total: int | None, what: Text) -> None:
        """Tell how far the work is; cheap enough to be called often.

        Raises:
            JobCancelledError: somebody asked the job to stop.
        """

    def note(self, notes: dict[str, Any]) -> None:
        """Keep facts that a later attempt will find in ``job.notes``; durable when this returns."""


class JobKind(msgspec.Struct, frozen=True, kw_only=True):
    """A kind of job. ``runner`` (``module:function``) takes a :class:`JobRun` and returns the result or raises.

    It is named and not held, so that the server never loads the code that only a worker runs.
    ``resumes`` says whether an interrupted run may simply be begun again.
    """

    name: str
    title: Text
    runner: str
    resumes: bool
    limits: Limits = Limits()


class NewJob(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked for when a job is queued."""

    kind: str
    owner: str
    title: Text
    params: dict[str, Any] = {}
    about: dict[str, Any] = {}
    unit: str | None = None
