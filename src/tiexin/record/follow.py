"""Following the record over HTTP: server-sent events that resume where the client left off.

Source: WHATWG HTML, section 9.2 (server-sent events): ``id`` is the position, ``Last-Event-ID`` asks to go on after it.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Final

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from tiexin.kernel.errors import UnavailableError
from tiexin.record.api import Record
from tiexin.record.contracts import EventFilter
from tiexin.record.wire import recorded_event

POLL_SECONDS: Final = 1.0
"""How long commits of other processes may go unnoticed."""
HEARTBEAT_SECONDS: Final = 15.0
PAGE_EVENTS: Final = 500
FOLLOWERS_MAX: Final = 64
"""Most streams open at once; each holds one connection and at most one page in memory."""
RETRY_MS: Final = 1_000

_encode = msgspec.json.Encoder().encode


class TooManyFollowersError(UnavailableError):
    """As many streams are open as the server keeps."""

    code = "too_many_followers"


class CommitSignal:
    """Wakes followers in this process after a commit; counts, so that no wake-up falls between two looks."""

    def __init__(self) -> None:
        self.commits = 0
        self.closing = False
        self.followers = 0
        self._waiting: set[asyncio.Future[None]] = set()

    def notify(self) -> None:
        """Wake every follower; call it on the event loop after a commit."""
        self.commits += 1
        for waiting in self._waiting:
            if not waiting.done():
                waiting.set_result(None)

    def close(self) -> None:
        """End every stream at once (the server stops)."""
        self.closing = True
        self.notify()

    async def wait(self, seen: int, *, seconds: float) -> None:
        """Return when there was a commit after the ``seen``-th, or when the time is over."""
        if self.commits != seen or self.closing:
            return
        waiting: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.add(waiting)
        try:
            await asyncio.wait_for(waiting, seconds)
        except TimeoutError:
            pass
        finally:
            self._waiting.discard(waiting)


async def follow(
    record: Record,
    signal: CommitSignal,
    *,
    events: EventFilter,
    after: int,
    personal: bool = False,
    holds: Callable[[], bool] = lambda: True,
    monotonic: Callable[[], float],
) -> AsyncIterator[bytes]:
    """Yield server-sent events for every event after a position, then wait for more until the server stops.

    A client that resumes with the last ``id`` it saw gets each event exactly once: positions are dense and in commit
    order, so nothing can appear behind a position that was passed. A heartbeat is a comment; it carries the position
    reached, so that a client that waits for rare events resumes there. It ends when ``holds`` says that the caller may
    no longer read (signed out, key revoked).
    """
    cursor = after
    spoke_at = monotonic()
    yield f": following after {cursor}\nretry: {RETRY_MS}\n\n".encode()
    while not signal.closing:
        seen = signal.commits
        if not await run_in_threadpool(holds):
            return
        upto = await run_in_threadpool(record.position)
        if upto > cursor:
            page = await run_in_threadpool(record.read, events, after=cursor, limit=PAGE_EVENTS, personal=personal)
            if page.events:
                cursor = page.events[-1].position
                spoke_at = monotonic()
                yield b"".join(
                    b"id: %d\ndata: %b\n\n" % (recorded.position, _encode(recorded_event(recorded)))
                    for recorded in page.events
                )
            if page.next_after is not None:
                continue
            cursor = max(cursor, upto)
        if monotonic() - spoke_at >= HEARTBEAT_SECONDS:
            spoke_at = monotonic()
            yield f": heartbeat\nid: {cursor}\n\n".encode()
        await signal.wait(seen, seconds=POLL_SECONDS)


class EventStream(Response):
    """A response that sends server-sent events until the client goes or the server stops.

    Each part is sent only when the client took the one before, so a slow client costs one page of memory.
    """

    media_type = "text/event-stream"

    def __init__(self, parts: AsyncIterator[bytes], signal: CommitSignal) -> None:
        super().__init__(headers={"cache-control": "no-store", "x-accel-buffering": "no"})
        del self.headers["content-length"]
        self._parts = parts
        self._signal = signal

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002  (ASGI)
        """Send until either side ends it."""
        if self._signal.followers >= FOLLOWERS_MAX:
            msg = f"{FOLLOWERS_MAX} clients follow the record already; try again later or read pages of /v1/events."
            raise TooManyFollowersError(msg, limit=FOLLOWERS_MAX)
        self._signal.followers += 1
        sending = asyncio.create_task(self._send(send))
        leaving = asyncio.create_task(_left(receive))
        try:
            await asyncio.wait({sending, leaving}, return_when=asyncio.FIRST_COMPLETED)
            if sending.done():
                sending.result()
        finally:
            self._signal.followers -= 1
            for task in (sending, leaving):
                task.cancel()
            await asyncio.gather(sending, leaving, return_exceptions=True)

    async def _send(self, send: Send) -> None:
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        async for part in self._parts:
            await send({"type": "http.response.body", "body": part, "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
