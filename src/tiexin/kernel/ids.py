"""Identifiers that sort by time: UUID version 7 (RFC 9562, section 5.7) from an injected clock and random source."""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable

from tiexin.kernel.clock import Clock, SystemClock


class IdSource:
    """Makes UUIDv7 identifiers; give it a fixed clock and random source to make a run reproducible."""

    def __init__(self, clock: Clock | None = None, random_bytes: Callable[[int], bytes] = os.urandom) -> None:
        self._clock = clock or SystemClock()
        self._random_bytes = random_bytes

    def new(self) -> str:
        """Return a new UUIDv7 as text (36 characters, lower case)."""
        milliseconds = self._clock.now_us() // 1_000
        value = int.from_bytes(self._random_bytes(10), "big")
        rand_a = value >> 68
        rand_b = value & ((1 << 62) - 1)
        number = (milliseconds & ((1 << 48) - 1)) << 80 | 0x7 << 76 | rand_a << 64 | 0b10 << 62 | rand_b
        return str(uuid.UUID(int=number))
