"""Random logs: every figure is counted again from its definition, and all figures agree with one another."""

from __future__ import annotations

from collections import Counter, defaultdict
from itertools import pairwise
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.journeys.logs import Log, log
from tiexin.journeys import api
from tiexin.journeys.contracts import JourneyFilter

EVENT = st.fixed_dictionaries(
    {
        "case": st.sampled_from(["1", "2", "3", "4", None]),
        "step": st.sampled_from(["a", "b", "c,d", "e\x1ff", None]),
        "at": st.integers(0, 20),
        "actor": st.sampled_from(["ann", "bob", None]),
        "lifecycle": st.sampled_from(["START", "COMPLETE", None]),
        "journey": st.sampled_from(["loan", "loan", "loan", "other", None]),
    }
)
LOGS = st.lists(EVENT, max_size=40).map(
    lambda rows: [*rows, {"case": "5", "step": "a", "at": 3, "lifecycle": "COMPLETE"}]
)
LIFECYCLES = st.sampled_from([None, "START", "COMPLETE"])
RANDOM = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def traces(rows: list[dict[str, Any]], lifecycle: str | None) -> dict[str, list[dict[str, Any]]]:
    """Return the steps of each case in order, by the definition alone."""
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        is_step = row["case"] is not None and row["step"] is not None and row.get("journey", "loan") == "loan"
        if is_step and (lifecycle is None or row.get("lifecycle") == lifecycle):
            found[row["case"]].append(row)
    return {case: sorted(steps, key=lambda row: row["at"]) for case, steps in found.items()}


@given(rows=LOGS, lifecycle=LIFECYCLES)
@RANDOM
def test_the_tuned_path_equals_the_portable_sql(rows: list[dict[str, Any]], lifecycle: str | None) -> None:
    source, chosen = Log(log(rows)), JourneyFilter(name="loan", lifecycle=lifecycle)
    with api.open_journey(source, chosen) as tuned, api.open_journey(source, chosen, portable=True) as portable:
        assert type(tuned.core()) is not type(portable.core())
        assert tuned.summary() == portable.summary()
        assert tuned.edges() == portable.edges()
        assert tuned.variants() == portable.variants()
        assert tuned.rework() == portable.rework()
        assert tuned.handovers() == portable.handovers()


@given(rows=LOGS, lifecycle=LIFECYCLES)
@RANDOM
def test_figures_are_what_their_definitions_say(rows: list[dict[str, Any]], lifecycle: str | None) -> None:
    cases = traces(rows, lifecycle)
    pairs = [pair for steps in cases.values() for pair in pairwise(steps)]
    with api.open_journey(Log(log(rows)), JourneyFilter(name="loan", lifecycle=lifecycle)) as journey:
        assert {(edge.source, edge.target): edge.count for edge in journey.edges()} == Counter(
            (one["step"], two["step"]) for one, two in pairs
        )
        assert sum(edge.wait_seconds.total for edge in journey.edges()) == sum(
            two["at"] - one["at"] for one, two in pairs
        )
        assert {tuple(each.activities): each.cases for each in journey.variants()} == Counter(
            tuple(row["step"] for row in steps) for steps in cases.values()
        )
        handed = Counter(
            (one.get("actor"), two.get("actor")) for one, two in pairs if one.get("actor") and two.get("actor")
        )
        assert {(each.source, each.target): each.count for each in journey.handovers()} == {
            pair: n for pair, n in handed.items() if pair[0] != pair[1]
        }


@given(rows=LOGS, lifecycle=LIFECYCLES)
@RANDOM
def test_map_variants_rework_funnel_and_cases_agree(rows: list[dict[str, Any]], lifecycle: str | None) -> None:
    with api.open_journey(Log(log(rows)), JourneyFilter(name="loan", lifecycle=lifecycle)) as journey:
        drawn, variants, summary = journey.map(), journey.variants(), journey.summary()
        executions = Counter(step for each in variants for step in each.activities * each.cases)
        assert {node.id: node.count for node in drawn.nodes} == executions
        for node in drawn.nodes:
            # What flows into a node flows out of it.
            assert node.starts + sum(edge.count for edge in drawn.edges if edge.target == node.id) == node.count
            assert node.ends + sum(edge.count for edge in drawn.edges if edge.source == node.id) == node.count
        for each in journey.rework():
            assert each.cases + each.extra_executions == executions[each.activity]
            assert journey.funnel([each.activity])[0].cases == each.cases
        assert summary.events == drawn.events == executions.total()
        assert summary.cases == drawn.cases == sum(each.cases for each in variants) == journey.cases().total
        assert (summary.edges, summary.variants, summary.activities) == (
            len(drawn.edges), len(variants), len(drawn.nodes),
        )  # fmt: skip
        assert sum(edge.count for edge in drawn.edges) == summary.events - summary.cases
        assert sum(each.count for each in journey.loops() if each.activity == each.via) == sum(
            edge.count for edge in drawn.edges if edge.source == edge.target
        )
