"""Streams generated events to a server in accelerated real time, so that a console moves while people look at it.

Every batch is sent again until the server has it: a repeated delivery is a no-op there. A run that was interrupted is
started anew and races through what the server knows already.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import msgspec

from tiexin.app.demo.contracts import Progress
from tiexin.kernel.errors import InvalidInputError, UnavailableError

if TYPE_CHECKING:
    import httpx

BATCH_MAX = 1_000
"""Most events of one request."""
FIRST_BATCH = 50
"""While catching up each request may be twice as large as the one before; a new server is not flooded at first."""
TICK_SECONDS = 0.5
"""Events that fall due within this time go together."""
TRIES_MAX = 12
WAIT_SECONDS_MAX = 30.0
TOO_MANY, SERVER_FAULT = 429, 500
MEDIA_TYPE = "application/cloudevents-batch+json"
TIMEOUT_SECONDS = 60.0


class LiveTargetError(InvalidInputError):
    """The address or the speed is not one that can be streamed to."""

    code = "live_target_invalid"


class LiveRefusedError(InvalidInputError):
    """The server refused a batch for good; the facts hold its status and problem. What it took before stays there."""

    code = "live_refused"


class LiveUnreachableError(UnavailableError):
    """The server did not answer in many tries; what it took before stays there, and a new run goes on from it."""

    code = "live_unreachable"


class Streamed(msgspec.Struct, frozen=True, kw_only=True):
    """What a run brought: events new to the server, and those it had already."""

    events: int
    appended: int
    duplicates: int


class _Due(msgspec.Struct):
    time: datetime


class _Receipt(msgspec.Struct):
    appended: int
    duplicates: int


class Live:
    """One stream to one server; clock and sleep can be replaced."""

    def __init__(
        self,
        client: httpx.Client,
        *,
        speed: float,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        if not speed > 0:
            msg = f"--speed says how many times faster than life; it must be above 0, not {speed}. Nothing was sent."
            raise LiveTargetError(msg, speed=speed)
        self._client = client
        self._speed = speed
        self._clock = clock
        self._sleep = sleep
        self._limit = FIRST_BATCH
        self._begun: tuple[float, float] | None = None
        """Clock and time of the event at the first one that was new to the server; None while catching up."""

    def stream(self, path: Path, *, total: int, progress: Progress) -> Streamed:
        """Send a file of CloudEvents lines in order of time; return once the server holds them all.

        Raises:
            LiveRefusedError: the server refused a batch for good.
            LiveUnreachableError: it did not answer in many tries.
        """
        sent = appended = duplicates = 0
        self._begun, self._limit = None, FIRST_BATCH
        with path.open("rb") as file:
            for due, lines in self._batches(file):
                self._wait(due)
                receipt = self._send(lines)
                appended, duplicates = appended + receipt.appended, duplicates + receipt.duplicates
                sent += len(lines)
                progress("live_send", sent, total)
                if self._begun is None and receipt.appended:
                    self._begun = (self._clock(), due)
                self._limit = BATCH_MAX if self._begun else min(2 * self._limit, BATCH_MAX)
        return Streamed(events=sent, appended=appended, duplicates=duplicates)

    def _batches(self, lines: Iterator[bytes]) -> Iterator[tuple[float, list[bytes]]]:
        """Yield (time of the last event, lines): growing batches while catching up, then what falls due together."""
        moment = msgspec.json.Decoder(_Due).decode
        timed = ((moment(line).time.timestamp(), line.rstrip(b"\n")) for line in lines)
        first = next(timed, None)
        while first is not None:
            until = first[0] + TICK_SECONDS * self._speed
            batch, last, first = [first], first, None
            for due, line in timed:
                if len(batch) >= self._limit or (due > until and self._begun is not None):
                    first = (due, line)
                    break
                last = (due, line)
                batch.append(last)
            yield last[0], [line for _, line in batch]

    def _wait(self, due: float) -> None:
        """Wait until the clock, run at this speed, has come to an event; the server being slower only delays it."""
        if self._begun is None:
            return
        started, origin = self._begun
        ahead = (due - origin) / self._speed - (self._clock() - started)
        if ahead > 0:
            self._sleep(ahead)

    def _send(self, lines: list[bytes]) -> _Receipt:
        """Send one batch until the server holds it: busy or unreachable means later, anything else is an error."""
        import httpx

        body, wait = b"[" + b",".join(lines) + b"]", 0.2
        for _ in range(TRIES_MAX):
            asked = None
            try:
                answer = self._client.post("/v1/events", content=body, headers={"content-type": MEDIA_TYPE})
            except httpx.TransportError:
                pass
            else:
                if answer.is_success:
                    return msgspec.json.decode(answer.content, type=_Receipt)
                if answer.status_code != TOO_MANY and answer.status_code < SERVER_FAULT:
                    raise _refused(answer)
                asked = answer.headers.get("retry-after")
            self._sleep(min(float(asked), WAIT_SECONDS_MAX) if asked and asked.isdecimal() else wait)
            wait = min(wait * 2, WAIT_SECONDS_MAX)
        msg = f"{self._client.base_url} did not take a batch in {TRIES_MAX} tries. What it took stays there; run again."
        raise LiveUnreachableError(msg, url=str(self._client.base_url), tries=TRIES_MAX)


def live_client(to: str, *, key: str | None) -> httpx.Client:
    """Return a client of the server at an address; a key goes nowhere but there.

    Raises:
        LiveTargetError: the address is not http or https, or a key would leave this machine unencrypted.
    """
    import httpx

    parts = urlsplit(to)
    here = parts.hostname in {"127.0.0.1", "::1", "localhost"}
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        msg = f"--to is the address of a server, as http://127.0.0.1:8765, not {to}. Nothing was sent."
        raise LiveTargetError(msg, to=to)
    if key and parts.scheme == "http" and not here:
        msg = f"A key is not sent to {parts.hostname} without encryption; use https. Nothing was sent."
        raise LiveTargetError(msg, to=to)
    headers = {"authorization": f"Bearer {key}"} if key else {}
    return httpx.Client(base_url=f"{parts.scheme}://{parts.netloc}", headers=headers, timeout=TIMEOUT_SECONDS)


def _refused(answer: httpx.Response) -> LiveRefusedError:
    problem: dict[str, Any] | str
    try:
        problem = msgspec.json.decode(answer.content, type=dict[str, Any])
    except msgspec.MsgspecError:
        problem = answer.text[:500]
    detail = problem.get("detail") if isinstance(problem, dict) else problem
    msg = f"The server answered {answer.status_code}: {detail} What it took before stays there."
    return LiveRefusedError(msg, status=answer.status_code, problem=problem)
