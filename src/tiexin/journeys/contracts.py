"""The types that cross the border of journeys.

Durations are seconds (days where the name says so), moments are RFC 3339 text in UTC, shares are bare fractions 0–1.
"""

from __future__ import annotations

from enum import StrEnum

import msgspec

RANKED_FROM_N = 30
"""Fewest observations on which anything is ranked."""
LIST_MAX = 1_000
"""Most rows that one answer over HTTP returns."""


class Clock(StrEnum):
    """How waiting is counted."""

    ELAPSED = "elapsed"
    """Every second counts."""
    BUSINESS = "business"
    """Only seconds within the working periods of the calendar count."""


class Party(StrEnum):
    """Between whom work is handed over."""

    ACTOR = "actor"
    TEAM = "team"


class JourneyFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Which journey, which of its events are steps, and which of its cases count.

    ``lifecycle`` alone decides which events are steps. Every other condition chooses whole cases, so that no case is
    ever cut in pieces: ``since_us`` (inclusive) and ``until_us`` (exclusive) by the first event of the case, UTC µs;
    ``channel``, ``product``, ``segment``, ``org``, ``team`` and ``actor`` by any event of the case; ``attributes`` by
    any event whose data has this member with this value as text; ``activities`` are all passed through; ``variant``
    is the exact sequence of steps. ``org`` is a unit of the organisation as it stands at the end of the data, with
    every unit below it and every unit merged into one of them; an empty text asks for cases that name no unit.

    ``within`` is the reach of who asks (units, sorted; None for the whole institution): no event of another unit, and
    none without a unit, exists for him. It bounds events, not cases, so he sees of a case what his units did.
    """

    name: str
    lifecycle: str | None = None
    since_us: int | None = None
    until_us: int | None = None
    channel: str | None = None
    product: str | None = None
    segment: str | None = None
    org: str | None = None
    team: str | None = None
    actor: str | None = None
    attributes: tuple[tuple[str, str], ...] = ()
    activities: tuple[str, ...] = ()
    variant: tuple[str, ...] = ()
    within: tuple[str, ...] | None = None

    def whole(self) -> bool:
        """Tell whether every case of the journey counts."""
        return msgspec.structs.replace(self, lifecycle=None, within=None) == JourneyFilter(name=self.name)


class JourneyListed(msgspec.Struct, frozen=True, kw_only=True):
    """One journey that the record knows."""

    name: str
    events: int
    cases: int
    first: str
    last: str
    lifecycles: list[str]


class Percentiles(msgspec.Struct, frozen=True, kw_only=True):
    """Two percentiles, interpolated linearly."""

    p50: float
    p95: float


class MeanAndTail(msgspec.Struct, frozen=True, kw_only=True):
    """A mean and the 95th percentile."""

    mean: float
    p95: float


class Summary(msgspec.Struct, frozen=True, kw_only=True):
    """A journey in ten figures.

    ``activities`` counts distinct steps, ``edges`` distinct pairs of directly following steps, ``variants`` distinct
    sequences, ``resources`` distinct known actors. A case lasts from its first to its last step. A handover is two
    directly consecutive steps of a case with two known, different actors.
    """

    events: int
    cases: int
    activities: int
    edges: int
    variants: int
    resources: int
    events_without_resource: int
    duration_days: Percentiles
    handovers_per_case: MeanAndTail


class Activity(msgspec.Struct, frozen=True, kw_only=True):
    """A step of the journey: how often, in how many cases, how many cases start and end with it."""

    activity: str
    count: int
    cases: int
    starts: int
    ends: int


class Waiting(msgspec.Struct, frozen=True, kw_only=True):
    """Waiting in seconds; ``total`` is the sum over all occurrences."""

    mean: float
    p50: float
    p95: float
    max: float
    total: float


class Edge(msgspec.Struct, frozen=True, kw_only=True):
    """One step directly following another: occurrences, cases, and the time between the two."""

    source: str = msgspec.field(name="from")
    target: str = msgspec.field(name="to")
    count: int
    cases: int
    wait_seconds: Waiting


class Variant(msgspec.Struct, frozen=True, kw_only=True):
    """One sequence of steps and how many cases took exactly it."""

    activities: list[str]
    cases: int


class CoveredVariant(msgspec.Struct, frozen=True, kw_only=True):
    """A variant with its share of all cases and the share of all variants so far."""

    activities: list[str]
    cases: int
    share: float
    cumulative_share: float


class Rework(msgspec.Struct, frozen=True, kw_only=True):
    """Repetition of one step: cases that have it, cases that have it twice or more, executions beyond the first."""

    activity: str
    cases: int
    cases_with_repeat: int
    extra_executions: int


class Loop(msgspec.Struct, frozen=True, kw_only=True):
    """A step followed directly by itself (``via`` is the same), or the way there and back A → B → A."""

    activity: str
    via: str
    count: int
    cases: int


class Handover(msgspec.Struct, frozen=True, kw_only=True):
    """Work passing directly from one known actor or team to another, and the time it waited between them."""

    source: str = msgspec.field(name="from")
    target: str = msgspec.field(name="to")
    count: int
    cases: int
    wait_seconds: Waiting


class Bottleneck(msgspec.Struct, frozen=True, kw_only=True):
    """An edge by the waiting it holds.

    ``share`` is its part of all waiting of the journey with a 95 % interval by the delta method over cases (a ratio
    of two sums over independent cases). ``rank`` is empty below 30 cases.
    """

    rank: int | None
    source: str = msgspec.field(name="from")
    target: str = msgspec.field(name="to")
    count: int
    cases: int
    wait_seconds: Waiting
    share: float
    share_low: float
    share_high: float


class DurationBin(msgspec.Struct, frozen=True, kw_only=True):
    """How many cases lasted from ``from_days`` (inclusive) to ``to_days`` (exclusive)."""

    from_days: float
    to_days: float
    cases: int


class Durations(msgspec.Struct, frozen=True, kw_only=True):
    """How long cases last, in days.

    ``p50_low`` and ``p50_high`` bound the median with 95 % confidence by order statistics (exact binomial, no
    assumption on the shape).
    """

    n: int
    mean: float
    p50: float
    p50_low: float
    p50_high: float
    p75: float
    p95: float
    max: float
    histogram: list[DurationBin]


class MapNode(msgspec.Struct, frozen=True, kw_only=True):
    """A step on the map."""

    id: str
    count: int
    cases: int
    starts: int
    ends: int


class JourneyMap(msgspec.Struct, frozen=True, kw_only=True):
    """The directly-follows map: what flows into a node (starts and edges) equals what flows out (edges and ends)."""

    cases: int
    events: int
    nodes: list[MapNode]
    edges: list[Edge]


class FunnelStage(msgspec.Struct, frozen=True, kw_only=True):
    """Cases that reached a stage after all earlier ones, in order; share of the first stage with Wilson interval."""

    activity: str
    cases: int
    share: float
    share_low: float
    share_high: float


class SlowAttribute(msgspec.Struct, frozen=True, kw_only=True):
    """What slow cases have in common.

    ``n`` cases have the attribute, ``slow`` of them are slow; ``share`` and ``other_share`` are the slow shares with
    and without it, ``difference`` their difference with a 95 % Newcombe interval, ``lift`` the ratio of ``share`` to
    the slow share of all cases. ``rank`` (by the interval's lower bound) is empty below 30 cases on either side.
    """

    rank: int | None
    attribute: str
    value: str
    n: int
    slow: int
    share: float
    other_n: int
    other_share: float
    lift: float
    difference: float
    difference_low: float
    difference_high: float


class SlowReport(msgspec.Struct, frozen=True, kw_only=True):
    """Attribute lift of slow cases; slow means longer than ``threshold_days``, the percentile ``slower_than``."""

    n: int
    slow: int
    slower_than: int
    threshold_days: float
    attributes: list[SlowAttribute]


class EdgeDifference(msgspec.Struct, frozen=True, kw_only=True):
    """Waiting on one edge per case (cases without it wait zero), second selection minus first, in seconds.

    The 95 % interval is Welch's for the difference of two means over cases, null where a side has fewer than two
    cases; ``rank`` is empty below 30 cases with the edge in either selection, and where a side has fewer than 30 cases.
    What a side without cases would say is null.
    """

    rank: int | None
    source: str = msgspec.field(name="from")
    target: str = msgspec.field(name="to")
    first_cases: int
    second_cases: int
    first_seconds_per_case: float | None
    second_seconds_per_case: float | None
    difference: float | None
    difference_low: float | None
    difference_high: float | None


class ComparedPercentiles(msgspec.Struct, frozen=True, kw_only=True):
    """Two percentiles; null where there is no case."""

    p50: float | None
    p95: float | None


class ComparedMean(msgspec.Struct, frozen=True, kw_only=True):
    """A mean and the 95th percentile; null where there is no case."""

    mean: float | None
    p95: float | None


class ComparedSummary(msgspec.Struct, frozen=True, kw_only=True):
    """One side of a comparison: the figures of a summary, those over cases null where there is no case."""

    events: int
    cases: int
    activities: int
    edges: int
    variants: int
    resources: int
    events_without_resource: int
    duration_days: ComparedPercentiles
    handovers_per_case: ComparedMean


class Doubt(StrEnum):
    """Why a comparison says nothing, or nothing certain."""

    NO_CASES = "no_cases"
    """A side has no case: its figures and every difference are null."""
    FEW_CASES = "few_cases"
    """A side has fewer than 30 cases: differences are given, but none is ranked or certain."""


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """Two selections of cases of one journey side by side; largest certain difference in waiting first.

    ``reason`` says why differences are null (``no_cases``) or not certain (``few_cases``); null where both sides have
    30 cases or more.
    """

    first: ComparedSummary
    second: ComparedSummary
    reason: Doubt | None
    median_days_difference: float | None
    slow_share_first: float | None
    slow_share_second: float | None
    slow_share_difference: float | None
    slow_share_low: float | None
    slow_share_high: float | None
    edges: list[EdgeDifference]


class CaseRow(msgspec.Struct, frozen=True, kw_only=True):
    """One case behind a figure."""

    case: str
    first: str
    last: str
    duration_seconds: float
    events: int
    handovers: int


class CasePage(msgspec.Struct, frozen=True, kw_only=True):
    """Cases behind a figure, longest first; ``total`` counts all that match."""

    total: int
    cases: list[CaseRow]


class CaseFocus(msgspec.Struct, frozen=True, kw_only=True):
    """The figure whose cases are asked for; every part given must hold."""

    edge: tuple[str, str] | None = None
    handover: tuple[str, str] | None = None
    repeats: str | None = None
    longer_than_seconds: float | None = None
