"""Coroutines of libraries, called from code that is not asynchronous."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

T = TypeVar("T")


def run_apart(begin: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Run a coroutine to its end and return what it gives; raises what it raises.

    It gets a thread and an event loop of its own: the caller's thread may be running one already, and ``asyncio.run``
    refuses to work inside another loop.
    """
    with ThreadPoolExecutor(1, thread_name_prefix="apart") as pool:
        return pool.submit(lambda: asyncio.run(begin())).result()
