"""The queueing formulas against published values and against the birth-death chain they solve."""

from __future__ import annotations

import pytest

from tiexin.app.demo.service.erlang import Queue, erlang_a, erlang_b, erlang_c, served_within, staff_for


@pytest.mark.parametrize(
    ("load", "servers", "expected"),
    [(1, 1, 0.5), (2, 2, 0.4), (5, 8, 0.0700), (10, 10, 0.2146), (20, 30, 0.0085)],
)
def test_erlang_b_agrees_with_the_printed_tables(load: float, servers: int, expected: float) -> None:
    assert erlang_b(load, servers) == pytest.approx(expected, abs=6e-5)


@pytest.mark.parametrize(("load", "servers", "expected"), [(0.5, 1, 0.5), (2, 3, 4 / 9), (10, 14, 0.1741), (3, 3, 1.0)])
def test_erlang_c(load: float, servers: int, expected: float) -> None:
    assert erlang_c(load, servers) == pytest.approx(expected, abs=6e-5)


def test_staffing_for_a_hundred_calls_in_half_an_hour() -> None:
    # The worked example of most textbooks: 100 calls of 180 s in half an hour (10 Erlang), 80 % within 20 s.
    assert staff_for(arrivals=100 / 1800, service=180, within=20, share=0.8) == 14
    queue = Queue(arrivals=100 / 1800, service=180, servers=14, patience=1)
    assert served_within(queue, 20) == pytest.approx(0.8884, abs=6e-5)
    with pytest.raises(ValueError, match="more than 2000 servers"):
        staff_for(arrivals=100, service=180, within=20, share=0.8)


def chain(queue: Queue) -> tuple[float, float, float]:
    """Return chance to wait, chance to give up and mean wait from the stationary birth-death chain."""
    weights = [1.0]
    for number in range(1, 2_000):
        busy = min(number, queue.servers) / queue.service
        weights.append(weights[-1] * queue.arrivals / (busy + max(number - queue.servers, 0) / queue.patience))
    total = sum(weights)
    length = sum((n - queue.servers) * w for n, w in enumerate(weights) if n > queue.servers) / total
    lost = length / queue.patience / queue.arrivals
    return sum(weights[queue.servers :]) / total, lost, length / queue.arrivals


@pytest.mark.parametrize("servers", [1, 20, 24, 30])
@pytest.mark.parametrize("patience", [120, 300])
def test_erlang_a_solves_the_chain(servers: int, patience: int) -> None:
    queue = Queue(arrivals=0.002 if servers == 1 else 0.1, service=240, servers=servers, patience=patience)
    state = erlang_a(queue)
    waits, abandons, mean = chain(queue)
    assert state.waits == pytest.approx(waits, rel=1e-3)
    assert state.abandons == pytest.approx(abandons, rel=1e-3)
    assert state.mean_wait == pytest.approx(mean, rel=1e-3)
    assert state.offered == sorted(state.offered)


def test_fewer_people_make_longer_waits() -> None:
    states = [erlang_a(Queue(arrivals=0.1, service=240, servers=n, patience=300)) for n in range(16, 40)]
    assert [s.mean_wait for s in states] == sorted((s.mean_wait for s in states), reverse=True)
    assert all(0 <= s.abandons < s.waits <= 1 for s in states)
