"""Starting the worker processes.

A worker lives no longer than whoever started it: its standard input is a pipe that the starter holds, and the kernel
closes it however the starter ends, also by kill -9.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import threading
from typing import Any

import msgspec

from tiexin.infra.jobs.contracts import JobInterruptedError, JobMemoryError, JobTimeError, Limits
from tiexin.infra.settings import Settings
from tiexin.kernel.errors import InvalidInputError, TiexinError

NICENESS = 5
"""The server answers first."""
ANSWER_BYTES_MAX = 32 * 1024 * 1024
MIB = 1024 * 1024


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """The first line a worker reads: what it is to do. Either a job it holds, or a question to answer on stdout."""

    settings: Settings
    limits: Limits
    job: str | None = None
    token: str | None = None
    question: str | None = None
    arguments: dict[str, Any] = {}


class AnsweredProblemError(InvalidInputError):
    """A problem that a worker answered with; keeps its status, code and facts."""

    def __init__(self, problem: dict[str, Any]) -> None:
        facts = {name: value for name, value in problem.items() if name not in _STANDARD}
        super().__init__(str(problem.get("detail", "")), **facts)
        self._problem = problem
        self.status = int(problem.get("status", 422))  # type: ignore[misc]  # this one's own, not the kind's
        self.code = str(problem.get("code", "invalid_input"))  # type: ignore[misc]

    def problem(self) -> dict[str, Any]:
        """Return the problem as the worker told it."""
        return self._problem


_STANDARD = frozenset({"type", "title", "status", "code", "detail"})


class Workers:
    """Starts processes of the program ``python -m <module>``; at most ``asking_max`` questions at once."""

    def __init__(self, module: str, *, asking_max: int = 2) -> None:
        self._command = [sys.executable, "-m", module]
        self._asking = threading.BoundedSemaphore(asking_max)

    def start(self, order: Order) -> subprocess.Popen[bytes]:
        """Start a worker for a job; it ends when its standard input does."""
        process = subprocess.Popen(self._command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
        assert process.stdin is not None  # noqa: S101  (asked for above)
        try:
            process.stdin.write(_line(order))
            process.stdin.flush()
        except OSError:  # it died at once; whoever waits for it will see
            pass
        return process

    def ask(self, settings: Settings, question: str, arguments: dict[str, Any], *, limits: Limits) -> Any:
        """Let a process of its own answer a question about a file nobody knows yet; return the JSON value.

        Raises:
            TiexinError: what the worker found wrong.
            JobMemoryError, JobTimeError: it needed more than it may use.
            JobInterruptedError: it ended without an answer.
        """
        order = Order(settings=settings, limits=limits, question=question, arguments=arguments)
        with self._asking:
            try:
                done = subprocess.run(
                    self._command, input=_line(order), stdout=subprocess.PIPE, check=False, timeout=limits.wall_seconds
                )
            except subprocess.TimeoutExpired:
                raise time_error(limits) from None
        if done.returncode or len(done.stdout) > ANSWER_BYTES_MAX:
            raise ended_early(done.returncode, limits)
        answer = msgspec.json.decode(done.stdout)
        if "problem" in answer:
            raise AnsweredProblemError(answer["problem"])
        return answer["answer"]


def read_order() -> Order:
    """Return the order of this worker, from the first line of standard input."""
    line = bytearray()
    while not line.endswith(b"\n"):
        part = os.read(0, 1 << 16)
        if not part:
            break
        line += part
    return msgspec.convert(msgspec.json.decode(bytes(line)), Order, dec_hook=_decode)


def bind(limits: Limits) -> None:
    """Hold this process to its limits; it leaves no core and is polite to the server."""
    memory = limits.memory_bytes
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (limits.cpu_seconds, limits.cpu_seconds + 5))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.nice(NICENESS)


def live_with_starter() -> None:
    """End this process at once when whoever started it is gone."""

    def watch() -> None:
        while os.read(0, 1):
            pass
        os._exit(3)

    threading.Thread(target=watch, name="tiexin-lifeline", daemon=True).start()


def ended_early(code: int, limits: Limits) -> TiexinError:
    """Return the error for a worker that ended by itself before its work was done."""
    if code in {-24, 152}:  # SIGXCPU
        return time_error(limits)
    if code in {-6, -11, 134, 139}:  # aborted or faulted: libraries end so when an allocation is refused
        return memory_error(limits)
    msg = "The process that did the work ended before it was done. What had been stored until then was kept; try again."
    return JobInterruptedError(msg, exit_code=code)


def memory_error(limits: Limits) -> JobMemoryError:
    """Return the error for work that needs too much memory."""
    msg = (
        f"The work needs more memory than one job may use ({limits.memory_bytes // MIB:,} MiB). What had been stored "
        "until then was kept. Split the file into smaller ones, or let an administrator raise job_memory_mib."
    )
    return JobMemoryError(msg, limit_bytes=limits.memory_bytes)


def time_error(limits: Limits) -> JobTimeError:
    """Return the error for work that takes too long."""
    msg = (
        f"The work was stopped after {limits.wall_seconds:,} seconds, which is the limit. What had been stored until "
        "then was kept; a smaller file or a shorter period takes less."
    )
    return JobTimeError(msg, limit_seconds=limits.wall_seconds)


def _line(order: Order) -> bytes:
    return msgspec.json.encode(order, enc_hook=str) + b"\n"


def _decode(kind: type, value: object) -> object:
    from pathlib import Path

    if kind is Path and isinstance(value, str):
        return Path(value)
    msg = f"expected {kind}, got {value!r}"
    raise ValueError(msg)
