"""What the report shows, gathered from quality and, where the app brings them, from journeys."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import msgspec

from tiexin.kernel.clock import DAY_US
from tiexin.kernel.text import Text
from tiexin.quality.contracts import (
    Dimension,
    Figure,
    Group,
    GroupedFigures,
    JourneyWaits,
    QualityFigures,
    Scope,
    Selection,
    Step,
    Unit,
)
from tiexin.quality.definitions import rules
from tiexin.quality.targets import Targets, Verdict, verdict

SECTIONS: tuple[tuple[Text, tuple[str, ...]], ...] = (
    (
        Text(zh="客户怎么说", en="What customers say"),
        ("surveys.csat", "surveys.nps", "surveys.ces_mean", "surveys.ces_easy_share"),
    ),
    (
        Text(zh="一次办好了吗", en="Is it solved the first time"),
        ("contacts.first_contact_resolution", "contacts.repeat_share"),
    ),
    (
        Text(zh="客户等多久", en="How long customers wait"),
        (
            "calls.answered_share",
            "calls.within_20s_share",
            "calls.within_20s_share_without_short_abandons",
            "calls.asa_seconds",
            "calls.wait_p90",
            "calls.wait_p99",
            "chats.answered_share",
            "chats.wait_p90",
            "branch.wait_p90",
            "branch.abandoned_share",
        ),
    ),
    (
        Text(zh="投诉处理得怎样", en="How complaints are handled"),
        (
            "complaints.per_10000",
            "complaints.timely_share",
            "complaints.disputed_share",
            "complaints.repeat_share",
            "complaints.resolution_km_p50_hours",
            "complaints.resolution_km_p90_hours",
        ),
    ),
    (
        Text(zh="工单办得怎样", en="How service tickets run"),
        (
            "tickets.sla_met_share",
            "tickets.reopened_share",
            "tickets.resolution_km_p50_hours",
            "tickets.resolution_km_p90_hours",
        ),
    ),
)
COURSES = (
    "surveys.csat",
    "contacts.first_contact_resolution",
    "calls.within_20s_share",
    "branch.wait_p90",
    "complaints.timely_share",
    "complaints.per_10000",
    "tickets.sla_met_share",
)
COURSES_MAX = 6
PERIODS_SHOWN = 13
"""A trend shows at most this many of the latest periods: a year and the month to compare it with."""
PLACES = ("surveys.csat", "contacts.first_contact_resolution", "calls.within_20s_share", "complaints.timely_share")
SHORT_RECORD_DAYS = 62
SCALE_LENGTHS = {Unit.SHARE: 1.0, Unit.POINTS: 200.0}
COVERED_MIN = 0.25
"""A period of which the record covers less is left out of a trend."""


class Source(Protocol):
    """What the report asks: opened figures, see :class:`tiexin.quality.api.Quality`."""

    def figures(self, *, selection: Selection) -> QualityFigures:
        """Return every figure of a selection."""

    def trend(self, *, selection: Selection, step: Step, zone: str) -> GroupedFigures:
        """Return every figure of each period."""

    def by(
        self,
        dimension: Dimension,
        families: Sequence[str],
        *,
        selection: Selection,
        level: str | None = None,
        rank_by: str | None = None,
    ) -> GroupedFigures:
        """Return some figures of each member of a dimension."""


class Line(msgspec.Struct, frozen=True):
    """A figure of the report with its target, verdict and course over time."""

    figure: Figure
    target: float | None
    verdict: Verdict | None
    course: list[Figure]


class Course(msgspec.Struct, frozen=True):
    """One figure over time; ``partial`` tells which periods the record covers only in part."""

    id: str
    groups: list[Group]
    partial: list[bool]
    target: float | None

    @property
    def n(self) -> int:
        """Observations of all periods together."""
        return sum(group.figures[self.id].n for group in self.groups)


class Places(msgspec.Struct, frozen=True):
    """One figure by member of a dimension, worst first, those that may not be ranked last."""

    id: str
    dimension: Dimension
    groups: list[Group]
    whole: Figure
    target: float | None


class ReportData(msgspec.Struct, frozen=True, kw_only=True):
    """Everything on the report."""

    scope: Scope
    sections: list[tuple[Text, list[Line]]]
    courses: list[Course]
    places: list[Places]
    journeys: list[JourneyWaits]
    targets: Targets
    step: Step
    zone: str

    @property
    def lines(self) -> list[Line]:
        """Every line of every section."""
        return [line for _title, lines in self.sections for line in lines]


def gather(
    quality: Source,
    *,
    selection: Selection,
    targets: Targets,
    journeys: Sequence[JourneyWaits] = (),
    zone: str = "UTC",
) -> ReportData:
    """Return everything that the report of a selection shows."""
    found = quality.figures(selection=selection)
    step = _step(found.scope)
    every = quality.trend(selection=selection, step=step, zone=zone).groups
    trend = [group for group in every if _covered(group, found.scope) >= COVERED_MIN][-PERIODS_SHOWN:]
    partial = [_partial(group, found.scope) for group in trend]
    sections = []
    for title, names in SECTIONS:
        lines = [_line(found.figures[name], targets, trend) for name in names if found.figures[name].value is not None]
        if lines:
            sections.append((title, lines))
    courses = [
        Course(name, trend, partial, targets.targets.get(name))
        for name in COURSES
        if sum(group.figures[name].value is not None for group in trend) > 1
    ]
    return ReportData(
        scope=found.scope,
        sections=sections,
        courses=courses[:COURSES_MAX],
        places=_places(quality, found.figures, selection, targets),
        journeys=list(journeys),
        targets=targets,
        step=step,
        zone=zone,
    )


def _line(figure: Figure, targets: Targets, trend: list[Group]) -> Line:
    target = targets.targets.get(figure.id)
    judged = None if target is None else verdict(figure, target)
    return Line(figure, target, judged, [group.figures[figure.id] for group in trend])


def _step(scope: Scope) -> Step:
    first = scope.selection.since_us if scope.selection.since_us is not None else scope.first_us
    last = scope.selection.until_us if scope.selection.until_us is not None else scope.last_us
    days = ((last or 0) - (first or 0)) / DAY_US
    return Step.WEEK if days <= SHORT_RECORD_DAYS else Step.MONTH


def _covered(group: Group, scope: Scope) -> float:
    """Return which part of a period the record covers."""
    since, until = group.since_us or 0, group.until_us or 0
    shared = min(scope.last_us or 0, until) - max(scope.first_us or 0, since)
    return shared / (until - since)


def _partial(group: Group, scope: Scope) -> bool:
    """Tell whether the record begins or ends within a period by more than a day."""
    since, until = group.since_us or 0, group.until_us or 0
    return (scope.first_us or 0) > since + DAY_US or (scope.last_us or 0) < until - DAY_US


def _places(quality: Source, figures: dict[str, Figure], selection: Selection, targets: Targets) -> list[Places]:
    found = []
    for name in PLACES:
        if figures[name].value is None:
            continue
        family = {"surveys": "csat", "contacts": "fcr"}.get(name.split(".")[0], name.split(".")[0])
        for dimension, level in ((Dimension.BRANCH, "first_level_branch"), (Dimension.CHANNEL, None)):
            grouped = quality.by(dimension, [family], selection=selection, level=level, rank_by=name)
            groups = [group for group in grouped.groups if group.figures[name].value is not None and group.key]
            if len(groups) > 1:
                found.append(Places(name, dimension, groups, figures[name], targets.targets.get(name)))
                break
    return found


def distance(line: Line) -> float:
    """Return how far a figure is from its target, as a part of its scale or of the target; more is worse."""
    if line.target is None or line.figure.value is None:
        return 0.0
    definition = rules()[line.figure.id].definition
    gap = line.figure.value - line.target
    if definition.better == "higher":
        gap = -gap
    # Scales with two ends are measured against their length, open ones against the target.
    return gap / SCALE_LENGTHS.get(definition.unit, abs(line.target) or 1.0)
