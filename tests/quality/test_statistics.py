"""Statistics against published worked examples, statsmodels, SciPy and their own laws."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.duration.survfunc import SurvfuncRight

from tiexin.kernel.statistics import wilson
from tiexin.quality.rules.intervals import Estimate, mean_interval, net_promoter_score, poisson_rate, proportion
from tiexin.quality.rules.quantiles import Histogram, quantile, quantile_ranks
from tiexin.quality.rules.survival import kaplan_meier, survival_quantile


def histogram(values: list[float]) -> Histogram:
    return Histogram(*np.unique(np.asarray(values, dtype=float), return_counts=True))


def test_a_share_bears_its_wilson_interval() -> None:
    # The interval itself is proved beside the kernel's statistics.
    assert proportion(81, n=263) == Estimate(81 / 263, *wilson(81, n=263), 263)


def test_a_share_of_nothing_is_missing_and_not_zero() -> None:
    assert proportion(0, n=0) == Estimate(None, None, None, 0)


def test_net_promoter_score_by_hand() -> None:
    found = net_promoter_score(promoters=60, passives=20, detractors=20)
    up, down = 60.75 / 103, 20.75 / 103
    margin = 1.959963984540054 * math.sqrt((up + down - (up - down) ** 2) / 103)
    assert found.value == 40
    assert found.n == 100
    assert found.low == pytest.approx(100 * (up - down - margin), abs=1e-9)
    assert found.high == pytest.approx(100 * (up - down + margin), abs=1e-9)


@given(st.integers(0, 10_000), st.integers(0, 10_000), st.integers(0, 10_000))
def test_net_promoter_score_stays_on_its_scale(promoters: int, passives: int, detractors: int) -> None:
    found = net_promoter_score(promoters=promoters, passives=passives, detractors=detractors)
    if found.value is None:
        assert found.n == 0
        return
    assert found.low is not None
    assert found.high is not None
    assert -100 <= found.low < found.high <= 100
    assert -100 <= found.value <= 100
    assert found.low <= found.value <= found.high
    mirrored = net_promoter_score(promoters=detractors, passives=passives, detractors=promoters)
    assert mirrored.value == pytest.approx(-found.value)
    assert mirrored.low == pytest.approx(-found.high)


@given(st.integers(0, 3), st.integers(0, 3), st.integers(0, 3))
def test_net_promoter_score_of_few_answers_lies_in_its_interval(promoters: int, passives: int, detractors: int) -> None:
    found = net_promoter_score(promoters=promoters, passives=passives, detractors=detractors)
    if found.value is not None and found.low is not None and found.high is not None:
        assert -100 <= found.low <= found.value <= found.high <= 100


def test_one_promoter_extends_the_interval_up_to_the_value() -> None:
    found = net_promoter_score(promoters=1, passives=0, detractors=0)
    up, down = 1.75 / 4, 0.75 / 4
    margin = 1.959963984540054 * math.sqrt((up + down - (up - down) ** 2) / 4)
    assert 100 * (up - down + margin) < 100
    assert (found.value, found.high) == (100, 100)
    assert found.low == pytest.approx(100 * (up - down - margin), abs=1e-9)


@given(events=st.integers(0, 5_000), exposure=st.integers(1, 10**7))
def test_poisson_rate_equals_the_chi_square_form(events: int, exposure: int) -> None:
    found = poisson_rate(events, exposure=exposure)
    low = 0.0 if events == 0 else stats.chi2.ppf(0.025, 2 * events) / 2
    high = stats.chi2.ppf(0.975, 2 * events + 2) / 2
    assert found.low == pytest.approx(low / exposure * 10_000, rel=1e-9)
    assert found.high == pytest.approx(high / exposure * 10_000, rel=1e-9)


def test_poisson_rate_of_garwood_1936() -> None:
    # The published 95 % limits for ten events are 4.795 and 18.390, for none 0 and 3.689.
    ten, none = poisson_rate(10, exposure=10_000), poisson_rate(0, exposure=10_000)
    assert (round(ten.low or 0, 3), round(ten.high or 0, 3)) == (4.795, 18.39)
    assert (none.low, round(none.high or 0, 3)) == (0.0, 3.689)
    assert poisson_rate(3, exposure=0) == Estimate(None, None, None, 0)


@given(st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=60))
def test_mean_interval_equals_scipy(values: list[float]) -> None:
    found = mean_interval(sum(values), total_of_squares=sum(value * value for value in values), n=len(values))
    spread = float(np.std(values, ddof=1)) / math.sqrt(len(values))
    half = float(stats.t.ppf(0.975, len(values) - 1)) * spread
    assert found.value == pytest.approx(np.mean(values), rel=1e-9, abs=1e-6)
    # The variance from sums of squares loses digits where values are large and close together.
    tolerance = 1e-6 * max(1.0, *(abs(value) for value in values))
    assert (found.high or 0) - (found.value or 0) == pytest.approx(half, rel=1e-6, abs=50 * tolerance)


def test_one_observation_has_a_mean_and_no_interval() -> None:
    assert mean_interval(4.0, total_of_squares=16.0, n=1) == Estimate(4.0, None, None, 1)


@given(
    values=st.lists(st.integers(0, 500).map(float), min_size=1, max_size=200),
    share=st.sampled_from([0.5, 0.9, 0.95, 0.99]),
)
def test_quantile_equals_numpy(values: list[float], share: float) -> None:
    found = quantile(histogram(values), share)
    assert found.value == pytest.approx(float(np.quantile(values, share)))
    assert found.low is None or found.low <= (found.value or 0)
    assert found.high is None or found.high >= (found.value or 0)


@given(n=st.integers(1, 5_000), share=st.sampled_from([0.5, 0.9, 0.99]))
def test_quantile_ranks_cover_with_the_confidence(n: int, share: float) -> None:
    low, high = quantile_ranks(n, share=share)
    below = float(stats.binom.cdf(low - 1, n, share))
    above = float(stats.binom.sf(high - 1, n, share))
    assert below <= 0.025 + 1e-12
    assert above <= 0.025 + 1e-12


def test_quantile_ranks_of_the_textbook() -> None:
    # Conover, Practical nonparametric statistics: the 95 % interval of the median of 10 lies between ranks 2 and 9.
    assert quantile_ranks(10, share=0.5) == (2, 9)


def test_too_few_observations_give_no_bound() -> None:
    found = quantile(histogram([1.0, 2.0, 3.0]), 0.99)
    assert found.value == pytest.approx(2.98)
    assert found.high is None


FREIREICH_TIMES = [6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35]
FREIREICH_ENDED = [1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0]


def test_kaplan_meier_of_freireich_1963() -> None:
    # The 6-MP arm of the leukaemia trial, printed in every textbook: median 23 weeks, S(6) = 0.857, S(23) = 0.448.
    curve = kaplan_meier(np.array(FREIREICH_TIMES, dtype=float), np.array(FREIREICH_ENDED, dtype=bool))
    survival = dict(zip(curve.times, curve.survival, strict=True))
    assert round(survival[6], 4) == 0.8571
    assert round(survival[10], 4) == 0.7529
    assert round(survival[23], 4) == 0.4482
    found = survival_quantile(curve, 0.5)
    # R's survfit(conf.type = "log-log") prints 23, 13 and NA.
    assert (found.value, found.low, found.high, found.n) == (23, 13, None, 21)
    assert survival_quantile(curve, 0.9).value is None


@given(st.lists(st.tuples(st.integers(0, 40), st.booleans()), min_size=1, max_size=80))
def test_kaplan_meier_equals_statsmodels(cases: list[tuple[int, bool]]) -> None:
    times = np.array([time for time, _ in cases], dtype=float)
    ended = np.array([end for _, end in cases])
    curve = kaplan_meier(times, ended)
    assert curve.ended == int(ended.sum())
    if not ended.any():
        assert curve.times == []
        return
    oracle = SurvfuncRight(times + 1, ended.astype(int))
    assert curve.times == (oracle.surv_times - 1).tolist()
    assert curve.survival == pytest.approx(oracle.surv_prob.tolist(), abs=1e-12)


@given(st.lists(st.integers(1, 200), min_size=1, max_size=100))
def test_without_censoring_the_median_is_an_observed_one(times: list[int]) -> None:
    curve = kaplan_meier(np.array(times, dtype=float), np.ones(len(times), dtype=bool))
    assert survival_quantile(curve, 0.5).value == sorted(times)[math.ceil(len(times) / 2) - 1]


def test_kaplan_meier_refuses_negative_durations() -> None:
    with pytest.raises(ValueError, match="zero or more"):
        kaplan_meier(np.array([-1.0]), np.array([True]))
