"""The jobs and imports of a running server: opened with it, closed with it."""

from __future__ import annotations

from tiexin.app.jobs.kinds import WORKER_MODULE, all_kinds
from tiexin.imports.api import Imports
from tiexin.infra.jobs.api import Jobs, Workers
from tiexin.infra.settings import Settings
from tiexin.kernel.errors import UnavailableError


class JobsClosedError(UnavailableError):
    """The server is starting or stopping."""

    code = "not_started"


class OpenedJobs:
    """Jobs and imports of one server."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._jobs: Jobs | None = None
        self._imports: Imports | None = None

    def open(self) -> None:
        """Begin to run what is queued, and to look after what an earlier server left."""
        workers = Workers(WORKER_MODULE)
        self._jobs = Jobs(self._settings, all_kinds(), workers=workers)
        self._imports = Imports(self._settings, self._jobs, workers)
        self._jobs.start()

    def close(self) -> None:
        """Stop running jobs; they go on when a server starts again."""
        if self._imports is not None:
            self._imports.close()
        if self._jobs is not None:
            self._jobs.close()
        self._jobs = self._imports = None

    @property
    def jobs(self) -> Jobs:
        """The jobs.

        Raises:
            JobsClosedError: the server is starting or stopping.
        """
        if self._jobs is None:
            msg = "The server is starting or stopping."
            raise JobsClosedError(msg)
        return self._jobs

    @property
    def imports(self) -> Imports:
        """The imports.

        Raises:
            JobsClosedError: the server is starting or stopping.
        """
        if self._imports is None:
            msg = "The server is starting or stopping."
            raise JobsClosedError(msg)
        return self._imports
