"""Pure rules of the growing delay after failed sign-ins."""

from __future__ import annotations

from tiexin.kernel.clock import SECOND_US


def wait_us(failures: int, *, free: int, first_seconds: int, longest_seconds: int) -> int:
    """Return how long (µs) after the last of so many failures the next attempt has to wait; 0 while they are few.

    The first failure beyond ``free`` costs ``first_seconds``, each further one twice as much as the one before.
    """
    if failures <= free:
        return 0
    doublings = min(failures - free - 1, 30)
    return min(first_seconds << doublings, longest_seconds) * SECOND_US
