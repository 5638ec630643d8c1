"""Queueing formulas of a contact centre: Erlang B, Erlang C, and Erlang A (callers who lose patience).

Pure functions of floats; rates and times must share one unit (here: seconds). Sources: A. K. Erlang (1917); C. Palm
(1943) for impatience; S. Zeltyn and A. Mandelbaum, "Call centers with impatient customers: many-server asymptotics of
the M/M/n+G queue" (2005), whose notation J and E (here ``epsilon``) is kept.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from itertools import accumulate

import msgspec

GRID = 256
"""Points of the numerical integral over the offered wait; the error against finer grids is below 0.1 %."""
STAFF_MAX = 2_000
TAIL = 60.0
"""The integral ends where the integrand has fallen by exp(-TAIL) from its peak."""


class Queue(msgspec.Struct, frozen=True, kw_only=True):
    """A queue in its steady state: arrivals a second, seconds a service takes, servers, mean seconds of patience."""

    arrivals: float
    service: float
    servers: int
    patience: float


class State(msgspec.Struct, frozen=True, kw_only=True):
    """What callers meet: chance to wait at all, chance to give up, mean seconds in the queue (all callers).

    ``offered`` holds, for equal shares of those who wait, the seconds they would wait with endless patience.
    """

    waits: float
    abandons: float
    mean_wait: float
    offered: list[int]


def erlang_b(load: float, servers: int) -> float:
    """Return the share of calls lost when ``servers`` lines carry ``load`` Erlang without a queue."""
    blocked = 1.0
    for number in range(1, servers + 1):
        blocked = load * blocked / (number + load * blocked)
    return blocked


def erlang_c(load: float, servers: int) -> float:
    """Return the chance that a caller must wait when nobody gives up; 1 when the load is not carried."""
    if load >= servers:
        return 1.0
    blocked = erlang_b(load, servers)
    return blocked / (1 - load / servers * (1 - blocked))


def served_within(queue: Queue, seconds: float) -> float:
    """Return the share of callers served within so many seconds when nobody gives up (Erlang C)."""
    load = queue.arrivals * queue.service
    if load >= queue.servers:
        return 0.0
    return 1 - erlang_c(load, queue.servers) * math.exp(-(queue.servers - load) * seconds / queue.service)


def staff_for(*, arrivals: float, service: float, within: float, share: float) -> int:
    """Return the fewest servers with which ``share`` of callers are served within ``within`` seconds (Erlang C).

    Raises:
        ValueError: more than 2,000 servers would be needed.
    """
    for servers in range(max(int(arrivals * service), 1), STAFF_MAX + 1):
        if served_within(Queue(arrivals=arrivals, service=service, servers=servers, patience=1), within) >= share:
            return servers
    msg = f"A load of {arrivals * service:.0f} Erlang needs more than {STAFF_MAX} servers."
    raise ValueError(msg)


def erlang_a(queue: Queue, *, steps: int = 64) -> State:
    """Return what callers meet when each gives up after an exponential time with mean ``patience``.

    Args:
        queue: the queue in its steady state.
        steps: how many equally likely values describe the offered wait of those who wait.
    """
    arrivals, release = queue.arrivals, queue.servers / queue.service
    width = _end(queue) / GRID
    heights = _densities(queue, width)
    sums = list(accumulate(heights))
    area = sums[-1] * width
    epsilon = 1 / erlang_b(arrivals * queue.service, queue.servers - 1)
    whole = epsilon + arrivals * area
    abandons = max((1 + (arrivals - release) * area) / whole, 0.0)
    offered = []
    for step in range(steps):
        wanted = (step + 0.5) / steps * sums[-1]
        index = bisect_left(sums, wanted)
        before = sums[index - 1] if index else 0.0
        offered.append(max(1, round((index + (wanted - before) / heights[index]) * width)))
    # Whoever is in the queue leaves it impatient at rate 1/patience, so P(abandon) = mean wait / patience.
    return State(waits=arrivals * area / whole, abandons=abandons, mean_wait=abandons * queue.patience, offered=offered)


def _densities(queue: Queue, width: float) -> list[float]:
    """Return the density of the offered wait on the grid but for a factor: exp(arrivals * H(wait) - release * wait)."""
    exp, patience, release = math.exp, queue.patience, queue.servers / queue.service
    # H, the integral of the share still willing to wait, is patience * (1 - exp(-wait / patience)).
    crowd = queue.arrivals * patience
    waits = [(index + 0.5) * width for index in range(GRID)]
    return [exp(crowd - crowd * exp(-wait / patience) - release * wait) for wait in waits]


def _end(queue: Queue) -> float:
    """Return a wait beyond which the density is negligible against its peak."""
    release = queue.servers / queue.service
    # The exponent peaks where those still willing arrive as fast as servers come free (at 0 in a calm queue).
    ratio = queue.arrivals / release
    peak = queue.patience * math.log(ratio) if ratio > 1 else 0.0
    top = _exponent(queue, peak)
    end = peak + queue.service / queue.servers
    while end < 1e6 and top - _exponent(queue, end) < TAIL / 2:  # noqa: PLR2004  (11 days: longer than any queue)
        end *= 1.25
    return end


def _exponent(queue: Queue, wait: float) -> float:
    willing = queue.patience * -math.expm1(-wait / queue.patience)
    return queue.arrivals * willing - queue.servers / queue.service * wait
