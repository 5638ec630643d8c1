"""The interval of a share against the published example, statsmodels and its own laws."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.proportion import proportion_confint

from tiexin.kernel.statistics import normal_quantile, wilson


@given(n=st.integers(1, 10**6), part=st.floats(0, 1))
def test_wilson_equals_statsmodels(n: int, part: float) -> None:
    successes = round(n * part)
    low, high = wilson(successes, n=n)
    assert (low, high) == pytest.approx(proportion_confint(successes, n, method="wilson"), abs=1e-9)
    assert 0 <= low <= successes / n <= high <= 1


@given(n=st.integers(1, 500))
def test_wilson_ends_exactly_where_the_scale_ends(n: int) -> None:
    assert wilson(0, n=n)[0] == 0
    assert wilson(n, n=n)[1] == 1


def test_wilson_of_newcombe_1998() -> None:
    # Newcombe, Statistics in Medicine 17 (1998), table I, method 3: 81 of 263 gives 0.2553 to 0.3662.
    low, high = wilson(81, n=263)
    assert (round(low, 4), round(high, 4)) == (0.2553, 0.3662)


def test_wilson_of_nothing_is_anything() -> None:
    assert wilson(0, n=0) == (0, 1)


@pytest.mark.parametrize(("successes", "n"), [(-1, 3), (4, 3)])
def test_wilson_refuses_impossible_counts(successes: int, n: int) -> None:
    with pytest.raises(ValueError, match="not possible"):
        wilson(successes, n=n)


def test_the_normal_quantile_of_the_tables() -> None:
    assert normal_quantile() == pytest.approx(1.959963984540054, abs=1e-15)
    assert normal_quantile(0.99) == pytest.approx(2.5758293035489, abs=1e-12)
