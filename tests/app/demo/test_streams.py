"""Draws are fixed by seed and name, and follow the distributions they are named after."""

from __future__ import annotations

from tiexin.app.demo.streams import Choice, Spread, Streams, times


def test_a_stream_is_fixed_by_seed_and_name() -> None:
    draw = Streams(1).draw("calls", 17)
    first = [draw() for _ in range(3)]
    again = Streams(1).draw("calls", 17)
    assert [again() for _ in range(3)] == first
    assert Streams(2).draw("calls", 17)() != first[0]
    assert Streams(1).draw("calls", 18)() != first[0]
    assert Streams(1).token("subject", 1) == Streams(1).token("subject", 1)
    assert 0 <= Streams(1).share("cases", "mortgage", 1) < 1


def test_choice_follows_the_weights_and_never_takes_a_weight_of_zero() -> None:
    choice = Choice({"never": 0, "one": 1, "three": 3})
    numbers = iter([0.0, 0.2499, 0.25, 0.9999])
    assert [choice.pick(lambda: next(numbers)) for _ in range(4)] == ["one", "one", "three", "three"]


def test_spread_has_the_median_and_the_percentile_it_is_given() -> None:
    spread = Spread(100, 400)
    assert spread.pick(lambda: 0.5) in {100, 101}
    assert 390 <= spread.pick(lambda: 0.95) <= 402
    assert spread.pick(lambda: 0.0) >= 1
    assert Spread(2, 8, unit=3_600).pick(lambda: 0.5) in range(7_190, 7_220)


def test_times_inverts_the_poisson_distribution() -> None:
    assert [times(1.0, share) for share in (0.0, 0.3678, 0.3679, 0.7357, 0.7358, 0.92)] == [0, 0, 1, 1, 2, 3]
    assert times(0, 0.999) == 0
    grid = [times(2.5, (index + 0.5) / 10_000) for index in range(10_000)]
    assert round(sum(grid) / len(grid), 2) == 2.5
