"""Running a coroutine in a test.

Playwright keeps an event loop running in the main thread for as long as a browser is open, and the browser tests may
share a process with these; so a coroutine gets a thread, and with it a loop, of its own.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

T = TypeVar("T")


def run(coroutine: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine to its end in a thread of its own and return what it returns."""
    with ThreadPoolExecutor(max_workers=1) as threads:
        return threads.submit(asyncio.run, coroutine).result()
