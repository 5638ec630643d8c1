from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.proportion import confint_proportions_2indep

from tiexin.journeys import rules


@given(values=st.lists(st.integers(-(10**15), 10**15), min_size=1), percent=st.sampled_from([1, 25, 50, 75, 95, 99]))
def test_quantiles_interpolate_linearly_as_numpy_does(values: list[int], percent: int) -> None:
    found = rules.quantile_of(sorted(values), percent=percent, unit=1)
    assert found == pytest.approx(float(np.quantile(np.array(values), percent / 100)), rel=1e-9, abs=1e-2)


def test_quantiles_are_exact_where_floating_point_is_not() -> None:
    assert rules.quantile_of([0, 10**17 + 1], percent=50, unit=1) == (10**17 + 1) / 2


@given(first=st.tuples(st.integers(0, 40), st.just(40)), second=st.tuples(st.integers(0, 55), st.just(55)))
def test_the_interval_of_a_difference_is_newcombes(first: tuple[int, int], second: tuple[int, int]) -> None:
    expected = confint_proportions_2indep(*first, *second, method="newcomb", compare="diff")
    assert rules.newcombe(first, second) == pytest.approx(expected, abs=1e-6)


def test_the_example_of_newcombes_paper() -> None:
    # Newcombe 1998, table II, example (a), method 10: 56/70 − 48/80.
    assert rules.newcombe((56, 70), (48, 80)) == pytest.approx((0.0524, 0.3339), abs=5e-5)


@pytest.mark.parametrize("n", [1, 5, 6, 7, 30, 99, 1_000])
def test_the_median_lies_between_its_ranks_with_at_least_95_percent(n: int) -> None:
    low, high = rules.median_ranks(n)
    inside = stats.binom.cdf(high, n, 0.5) - stats.binom.cdf(low, n, 0.5)
    assert low == n - 1 - high
    assert inside >= 0.95 or n < 6
    if low > 0:
        # One rank closer would promise too much.
        assert stats.binom.cdf(low + 1, n, 0.5) > 0.025


def test_the_interval_of_a_ratio_covers_its_truth() -> None:
    chance, hits = random.Random(7), 0
    for _ in range(200):
        pairs = [(x := chance.expovariate(1), x + chance.expovariate(1)) for _ in range(200)]
        low, high = rules.ratio_interval(
            part=sum(x for x, _ in pairs),
            whole=sum(y for _, y in pairs),
            part_squares=sum(x * x for x, _ in pairs),
            products=sum(x * y for x, y in pairs),
            whole_squares=sum(y * y for _, y in pairs),
            cases=len(pairs),
        )
        hits += low <= 0.5 <= high
    # Binomial(200, 0.95) lies within 180 and 199 with more than 99.9 %.
    assert 180 <= hits <= 199


def test_a_ratio_of_one_case_is_anything() -> None:
    assert rules.ratio_interval(part=1, whole=2, part_squares=1, products=2, whole_squares=4, cases=1) == (0.0, 1.0)
