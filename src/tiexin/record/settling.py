"""Hands the results of the writer's thread to the event loop, many at a time.

``asyncio.wrap_future`` wakes the loop once for each result, with a system call that also passes the interpreter lock
back and forth; after a group commit that is hundreds of wake-ups for one. Here the first result wakes the loop, which
then takes all that are there. A waiter that goes away leaves the writer's future alone.
"""

from __future__ import annotations

import asyncio
from collections import deque
from concurrent.futures import Future

from tiexin.record.contracts import AppendReceipt

Waiter = asyncio.Future[AppendReceipt]


class Settling:
    """Lets coroutines of one event loop wait for receipts of the writer."""

    def __init__(self) -> None:
        self._done: deque[tuple[Waiter, Future[AppendReceipt]]] = deque()
        self._woken = False

    def wait_for(self, future: Future[AppendReceipt]) -> Waiter:
        """Return an awaitable of the running loop that ends as ``future`` does."""
        loop = asyncio.get_running_loop()
        waiter: Waiter = loop.create_future()

        def settle(done: Future[AppendReceipt]) -> None:
            self._done.append((waiter, done))
            if not self._woken:
                self._woken = True
                loop.call_soon_threadsafe(self._drain)

        future.add_done_callback(settle)
        return waiter

    def _drain(self) -> None:
        # Cleared first: a result that comes from now on wakes the loop again, so none can be left behind.
        self._woken = False
        while self._done:
            waiter, done = self._done.popleft()
            if waiter.done():
                continue
            error = done.exception()
            if error is None:
                waiter.set_result(done.result())
            else:
                waiter.set_exception(error)
