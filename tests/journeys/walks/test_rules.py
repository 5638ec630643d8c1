from __future__ import annotations

import math
import random
from statistics import mean, variance

import pytest

from tiexin.journeys.walks import rules
from tiexin.journeys.walks.contracts import MinedWait, Persona

SECOND = 1_000_000


def figure(values: list[int]) -> MinedWait:
    ordered = sorted(values)
    return rules.mined_wait(len(ordered), dict(enumerate(ordered)))


def test_waits_of_customers_with_intervals_by_order_statistics() -> None:
    found = figure([second * SECOND for second in range(1, 101)])
    assert (found.n, found.p50, found.p95) == (100, 50.5, 95.05)
    # n/2 ± 1.96·5 = 40.2 … 59.8, half a rank wider each way: the 40th value to the 61st.
    assert (found.p50_low, found.p50_high) == (40.0, 61.0)
    assert found.p95_low is not None
    assert found.p95_high is not None
    assert found.p95_low <= 95.05 <= found.p95_high == 100.0


def test_no_percentile_of_few_waits() -> None:
    few = figure([SECOND * value for value in range(29)])
    assert (few.n, few.p50, few.p95, few.p95_low) == (29, 14.0, None, None)
    assert figure([]).p50 is None


def test_the_interval_of_the_median_covers_it_nineteen_times_of_twenty() -> None:
    source = random.Random(5)
    covered = 0
    for _ in range(400):
        found = figure([int(source.expovariate(1 / 60) * SECOND) for _ in range(80)])
        assert found.p50_low is not None
        assert found.p50_high is not None
        covered += found.p50_low <= 60 * math.log(2) <= found.p50_high
    assert covered >= 372  # 93 % of 400


@pytest.mark.parametrize(
    ("freedom", "point"), [(1, 12.706), (4.9, 2.776), (30, 2.042), (60, 2.000), (120, 1.980), (1e6, 1.960)]
)
def test_student_quantiles(freedom: float, point: float) -> None:
    assert rules.student_975(freedom) == pytest.approx(point, abs=0.001)


def test_persona_figures_with_their_intervals_and_differences_to_ordinary() -> None:
    walks = [(Persona.ORDINARY, 4, 600.0), (Persona.ORDINARY, 5, 900.0), (Persona.ORDINARY, 3, 600.0)]
    walks += [(Persona.BLIND, 1, 2000.0), (Persona.BLIND, 2, 2400.0), (Persona.ELDERLY, 3, 1000.0)]
    ordinary, elderly, blind = rules.personas(walks)
    assert (ordinary.persona, ordinary.n, ordinary.feeling, ordinary.seconds) == (Persona.ORDINARY, 3, 4.0, 700.0)
    assert ordinary.feeling_low == pytest.approx(4 - 4.303 * math.sqrt(1 / 3), abs=1e-9)
    assert ordinary.feeling_high == 5.0  # the scale ends there
    assert ordinary.feeling_difference is None
    assert (elderly.n, elderly.feeling_low, elderly.feeling_difference) == (1, None, None)
    assert (blind.n, blind.feeling, blind.feeling_difference) == (2, 1.5, -2.5)
    one, other = [1, 2], [4, 5, 3]
    error = variance(one) / 2 + variance(other) / 3
    freedom = error**2 / ((variance(one) / 2) ** 2 / 1 + (variance(other) / 3) ** 2 / 2)
    half = rules.student_975(freedom) * math.sqrt(error)
    assert blind.feeling_difference_low == pytest.approx(mean(one) - mean(other) - half)
    assert blind.seconds_difference == 1500.0
