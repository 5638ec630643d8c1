"""Journeys' only door: open a journey of a record, and ask it.

Every figure derives from one relation of steps (``store.steps``), so map, paths, funnel, variants and rework always
agree. The core figures of a whole journey take the tuned path on DuckDB; everything else, and everything on Spark, is
one SQL text.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import date
from typing import TYPE_CHECKING, Protocol

from tiexin.journeys import comparing, rules, slow
from tiexin.journeys.contracts import (
    LIST_MAX,
    Activity,
    Bottleneck,
    CaseFocus,
    CasePage,
    Comparison,
    CoveredVariant,
    Durations,
    Edge,
    FunnelStage,
    Handover,
    JourneyFilter,
    JourneyListed,
    JourneyMap,
    Loop,
    MapNode,
    Party,
    Rework,
    SlowReport,
    Summary,
    Variant,
)
from tiexin.journeys.filters import JourneyFilterError, changed, checked, filter_of
from tiexin.kernel.calendar import BusinessCalendar
from tiexin.kernel.clock import DAY_US, from_us
from tiexin.kernel.errors import NotFoundError
from tiexin.record.contracts import OF_CUSTOMERS_SQL

__all__ = [
    "Journey",
    "JourneyFilterError",
    "Source",
    "UnknownJourneyError",
    "changed",
    "compare",
    "filter_of",
    "journeys",
    "open_journey",
]

if TYPE_CHECKING:
    from tiexin.infra.analytics.port import Engine
    from tiexin.journeys.store.encoded import EncodedCore
    from tiexin.journeys.store.portable import PortableCore
    from tiexin.record.api import OrgTree

SLOWER_THAN_DEFAULT = 75


class Source(Protocol):
    """What can be analysed: the record."""

    def analyse(self, engine: str = "duckdb", *, orgs: Sequence[str] | None = None) -> AbstractContextManager[Engine]:
        """Yield an engine with the view ``events``, of these units alone if any are named."""

    def org_tree(self) -> OrgTree:
        """Return the dated organisation tree, for filters by unit."""


class UnknownJourneyError(NotFoundError):
    """The record has no step of this journey; names those it has."""

    code = "unknown_journey"


def journeys(source: Source, *, engine: str = "duckdb", within: Sequence[str] | None = None) -> list[JourneyListed]:
    """Return the journeys that a record knows (or that the units within a caller's reach know), most events first."""
    from tiexin.journeys.store import details

    with source.analyse(engine, orgs=within) as opened:
        return details.journeys(opened)


@contextmanager
def open_journey(
    source: Source, journey: JourneyFilter, *, engine: str = "duckdb", portable: bool = False
) -> Iterator[Journey]:
    """Open the steps of one journey for any number of figures.

    Args:
        source: the record.
        journey: which journey and which of its cases.
        engine: ``duckdb`` or ``spark``.
        portable: take the portable SQL also where the tuned path could serve (for the test of their equality).

    Every figure raises ``UnknownJourneyError`` where the record has no step of this journey.

    Raises:
        JourneyFilterError: a part of the filter is not possible.
    """
    checked(journey)
    with source.analyse(engine, orgs=journey.within) as opened:
        orgs = source.org_tree().covered(journey.org, on=_last_day(opened)) if journey.org else []
        yield Journey(opened, journey, orgs=orgs, portable=portable)


def _last_day(engine: Engine) -> date:
    """Return the day (UTC) on which the data ends, whose organisation applies to a filter by unit."""
    row = engine.query(f"SELECT MAX(time_us) AS last_us FROM events WHERE {OF_CUSTOMERS_SQL}").to_pylist()[0]
    return from_us(row["last_us"] or 0).date()


def compare(source: Source, first: JourneyFilter, second: JourneyFilter, *, engine: str = "duckdb") -> Comparison:
    """Compare two selections of cases (of one journey or of two)."""
    from tiexin.journeys.store import details

    sides = []
    for chosen in (first, second):
        with open_journey(source, chosen, engine=engine) as journey:
            summary = journey.summary()
            sums = details.edge_sums(journey.steps())
            sides.append(comparing.Side(summary, details.durations_us(journey.steps()), *sums))
    return comparing.compare(*sides)


class Journey:
    """The steps of one journey under one filter; made by :func:`open_journey`."""

    def __init__(
        self, engine: Engine, journey: JourneyFilter, *, orgs: Sequence[str] = (), portable: bool = False
    ) -> None:
        self._engine = engine
        self._journey = journey
        self._orgs = orgs
        self._tuned = not portable and journey.whole()
        self._materialised = False
        self._core: PortableCore | EncodedCore | None = None

    def steps(self) -> Engine:
        """Return the engine once the temporary tables of the steps are there."""
        from tiexin.journeys.store.steps import materialise_steps

        if not self._materialised:
            self._require()
            materialise_steps(self._engine, self._journey, orgs=self._orgs)
            self._materialised = True
        return self._engine

    def core(self) -> PortableCore | EncodedCore:
        """Return what counts the core figures: the tuned path where it can serve, else the SQL."""
        if self._core is None:
            self._core = self._encoded() or self._portable()
        return self._core

    def summary(self) -> Summary:
        """Return the journey in ten figures."""
        return self.core().summary()

    def edges(self, *, calendar: BusinessCalendar | None = None) -> list[Edge]:
        """Return the edges, heaviest total waiting first; with a calendar, waiting counts working time only."""
        edges = self.core().edges()
        if calendar is None:
            return edges
        from tiexin.journeys.store.business import with_business_hours

        return with_business_hours(self.steps(), edges, calendar)

    def variants(self) -> list[Variant]:
        """Return the variants, most cases first."""
        return self.core().variants()

    def covered_variants(self) -> list[CoveredVariant]:
        """Return the variants with their share and cumulative share of the cases."""
        variants = self.variants()
        return rules.coverage(variants, cases=sum(variant.cases for variant in variants))

    def rework(self) -> list[Rework]:
        """Return repetition by activity, most extra executions first."""
        return self.core().rework()

    def loops(self) -> list[Loop]:
        """Return self-loops and ping-pong, most frequent first."""
        from tiexin.journeys.store import details

        return details.loops(self.steps())

    def handovers(self, party: Party = Party.ACTOR) -> list[Handover]:
        """Return handovers between actors or teams, most frequent first."""
        if party is Party.ACTOR:
            return self.core().handovers()
        return self._portable().handovers(party)

    def activities(self) -> list[Activity]:
        """Return the activities with their starts and ends, most frequent first."""
        from tiexin.journeys.store import details

        return details.activities(self.steps())

    def bottlenecks(self, *, calendar: BusinessCalendar | None = None) -> list[Bottleneck]:
        """Return the edges ranked by total waiting, with their share of all waiting and its interval.

        With a calendar, waiting counts working time only, in the edges as in the whole.
        """
        from tiexin.journeys.store import details

        whole, sums = details.edge_sums(self.steps())
        if calendar is not None:
            from tiexin.journeys.store.business import business_sums

            whole, sums = business_sums(self.steps(), whole.cases, calendar)
        return comparing.bottlenecks(self.edges(calendar=calendar), whole, sums)

    def durations(self) -> Durations:
        """Return how long cases last, with a histogram."""
        from tiexin.journeys.store import details

        return comparing.durations(details.durations_us(self.steps()))

    def map(self) -> JourneyMap:
        """Return nodes and edges of the directly-follows map."""
        nodes = [
            MapNode(id=each.activity, count=each.count, cases=each.cases, starts=each.starts, ends=each.ends)
            for each in self.activities()
        ]
        return JourneyMap(
            cases=sum(node.starts for node in nodes),
            events=sum(node.count for node in nodes),
            nodes=nodes,
            edges=self.edges(),
        )

    def funnel(self, stages: Sequence[str]) -> list[FunnelStage]:
        """Return how many cases pass through the stages in order."""
        return rules.funnel(self.variants(), stages)

    def slow(self, *, slower_than: int = SLOWER_THAN_DEFAULT) -> SlowReport:
        """Return what cases longer than a percentile of all durations have in common."""
        from tiexin.journeys.store import details

        if not 1 <= slower_than <= 99:  # noqa: PLR2004 - percentiles between the extremes
            msg = f"slower_than is a percentile from 1 to 99, not {slower_than}."
            raise JourneyFilterError(msg, slower_than=slower_than)
        engine, name = self.steps(), self._journey.name
        durations = details.durations_us(engine)
        if not len(durations):
            return SlowReport(n=0, slow=0, slower_than=slower_than, threshold_days=0.0, attributes=[])
        threshold, _ = rules.order_statistics(durations, percent=slower_than)
        slow_n, cases = details.longer_than(engine, threshold)
        counts = slow.counts_of_data(details.case_data(engine, name, threshold))
        for column in details.COLUMN_ATTRIBUTES:
            values = sorted(details.involvement(engine, name, column, threshold), key=lambda value: (-value[1], value))
            counts |= {(column, value): (n, slow_cases) for value, n, slow_cases in values[: slow.VALUES_MAX]}
        return SlowReport(
            n=cases,
            slow=slow_n,
            slower_than=slower_than,
            threshold_days=threshold / DAY_US,
            attributes=slow.lift(counts, cases=cases, slow=slow_n),
        )

    def cases(self, focus: CaseFocus | None = None, *, limit: int = 100, offset: int = 0) -> CasePage:
        """Return the cases behind a figure, longest first.

        Raises:
            JourneyFilterError: limit or offset is out of bounds.
        """
        from tiexin.journeys.store import details

        if not 0 <= limit <= LIST_MAX or offset < 0:
            msg = f"limit is 0 to {LIST_MAX} and offset at least 0, not {limit} and {offset}."
            raise JourneyFilterError(msg, limit=limit, offset=offset)
        return details.case_page(self.steps(), focus or CaseFocus(), limit=limit, offset=offset)

    def _portable(self) -> PortableCore:
        from tiexin.journeys.store.portable import PortableCore

        return PortableCore(self.steps())

    def _encoded(self) -> EncodedCore | None:
        if not self._tuned:
            return None
        from tiexin.journeys.store.encoded import EncodedCore, columns_for

        lifecycle = self._journey.lifecycle
        table = self._engine.encoded("events", columns_for(lifecycle))
        if table is None:
            return None
        core = EncodedCore(table, journey=self._journey.name, lifecycle=lifecycle)
        if not core.steps:
            self._require()
        return core

    def _require(self) -> None:
        from tiexin.journeys.store import details

        name = self._journey.name
        if not details.exists(self._engine, name):
            known = [listed.name for listed in details.journeys(self._engine)]
            msg = f"There is no journey {name!r}; the record knows: {', '.join(known) or 'none'}."
            raise UnknownJourneyError(msg, journey=name, known=known)
