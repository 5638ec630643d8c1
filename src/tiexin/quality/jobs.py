"""What quality does on its own: load the facts when a server starts, so that nobody who asks has to wait."""

from __future__ import annotations

import threading
from contextlib import suppress
from typing import TYPE_CHECKING

from tiexin.quality.served import ServedQuality

if TYPE_CHECKING:
    from tiexin.record.api import Record

__all__ = ["ServedQuality", "warm_up"]


def warm_up(served: ServedQuality, record: Record) -> threading.Thread:
    """Start to load the facts in the background and return the thread.

    A failure is not told here: whoever asks first meets it again, and is told what to do.
    """

    def load() -> None:
        with suppress(Exception):
            served.warm(record)

    thread = threading.Thread(target=load, name="tiexin-quality", daemon=True)
    thread.start()
    return thread
