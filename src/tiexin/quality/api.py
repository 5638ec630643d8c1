"""The only door to quality: figures of a selection, over time, by dimension, and the contacts behind them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from tiexin.kernel.clock import from_us
from tiexin.kernel.errors import InvalidInputError
from tiexin.kernel.text import Text
from tiexin.quality import figures as making
from tiexin.quality.contracts import (
    ContactPage,
    Definition,
    Dimension,
    Figure,
    Group,
    GroupedFigures,
    JourneyWaits,
    Kind,
    QualityFigures,
    Scope,
    Selection,
    Step,
)
from tiexin.quality.definitions import rules
from tiexin.quality.periods import PeriodError, borders, label, moment_us
from tiexin.quality.store import evidence
from tiexin.quality.store.base import (
    EngineFacts,
    Extent,
    Facts,
    Slice,
    by_column,
    by_period,
    by_unit,
    extent_within,
    slice_of,
)

if TYPE_CHECKING:
    from tiexin.record.api import OrgTree, Record

Choice = TypeVar("Choice", Step, Dimension, Kind)

OVERVIEW = ("csat", "nps", "ces", "fcr", "calls", "chats", "branch", "complaints", "tickets")
"""The families of figures, in the order of publication."""
PAGE_MAX = 1_000
"""Most contacts one page holds."""


class UnknownFigureError(InvalidInputError):
    """A family, figure or unit asked for does not exist; names it."""

    code = "unknown_figure"


def definitions() -> list[Definition]:
    """Return how every figure is counted, in the order of publication."""
    return [rule.definition for rule in rules().values()]


def selection_of(since: str | None, until: str | None, **conditions: str | None) -> Selection:
    """Return the selection of texts as people type them; days begin at midnight UTC.

    Raises:
        PeriodError: a time cannot be read, or the selection ends before it begins.
    """
    since_us = None if since is None else moment_us(since)
    until_us = None if until is None else moment_us(until)
    if since_us is not None and until_us is not None and until_us <= since_us:
        msg = f"The selection ends ({until}) before it begins ({since})."
        raise PeriodError(msg, since=since, until=until)
    return msgspec.structs.replace(Selection(since_us=since_us, until_us=until_us), **conditions)


def step_of(name: str) -> Step:
    """Return the step of a trend by name.

    Raises:
        UnknownFigureError: there is no such step.
    """
    return _choice(Step, name)


def dimension_of(name: str) -> Dimension:
    """Return the dimension by name.

    Raises:
        UnknownFigureError: there is no such dimension.
    """
    return _choice(Dimension, name)


def _choice(kind: type[Choice], name: str) -> Choice:
    try:
        return kind(name)
    except ValueError as error:
        msg = f"There is no {kind.__name__.lower()} {name!r}; choose one of {', '.join(kind)}."
        raise UnknownFigureError(msg, given=name) from error


@contextmanager
def open_quality(record: Record, *, engine: str = "duckdb") -> Iterator[Quality]:
    """Open the figures of a record as it stands now.

    Args:
        record: an open record.
        engine: ``duckdb`` or ``spark``.
    """
    with record.analyse(engine) as analysis:
        yield Quality(EngineFacts(analysis), tree=record.org_tree)


class Quality:
    """Figures over one state of the record."""

    def __init__(self, facts: Facts, *, tree: Any) -> None:
        self._facts = facts
        self._tree_source = tree
        self._tree: OrgTree | None = None
        self._extents: dict[tuple[str, ...], Extent] = {}

    def figures(self, families: Sequence[str] = OVERVIEW, *, selection: Selection) -> QualityFigures:
        """Return the figures of some families in one selection.

        Raises:
            UnknownFigureError: a family or the branch does not exist.
        """
        piece = self._slice(selection)
        found: dict[str, Figure] = {}
        for family in _known(families):
            estimates = making.FAMILIES[family](self._facts, piece)
            only = next(iter(estimates.values()), {})
            found.update(making.publish(only, family_ids=making.family_ids(family), selection=selection))
        return QualityFigures(scope=self.scope(selection), figures=found)

    def trend(
        self, families: Sequence[str] = OVERVIEW, *, selection: Selection, step: Step = Step.MONTH, zone: str = "UTC"
    ) -> GroupedFigures:
        """Return the figures of every period of a selection; a period without contacts is there, with nothing known.

        Raises:
            UnknownFigureError: a family or the branch does not exist.
            PeriodError: the zone is unknown or there would be more than 400 periods.
        """
        extent = self._extent(selection)
        if extent.first_us is None or extent.last_us is None:
            return GroupedFigures(scope=self.scope(selection), groups=[], step=step, zone=zone)
        first = extent.first_us if selection.since_us is None else selection.since_us
        last = extent.last_us if selection.until_us is None else selection.until_us - 1
        edges = borders(first_us=first, last_us=max(first, last), step=step, zone=zone)
        grouped = self._grouped(families, by_period(self._slice(selection), edges))
        groups = []
        for index, (begins, ends) in enumerate(pairwise(edges)):
            # The first and last period stay within the selection, so that they never claim days outside it.
            since = max(begins, selection.since_us) if selection.since_us is not None else begins
            until = min(ends, selection.until_us) if selection.until_us is not None else ends
            own = msgspec.structs.replace(selection, since_us=since, until_us=until)
            published = self._publish(families, grouped.get(str(index), {}), own)
            name = label(begins, step=step, zone=zone)
            groups.append(Group(key=str(index), figures=published, since_us=since, until_us=until, label=name))
        return GroupedFigures(scope=self.scope(selection), groups=groups, step=step, zone=zone)

    def by(
        self,
        dimension: Dimension,
        families: Sequence[str] = OVERVIEW,
        *,
        selection: Selection,
        level: str | None = None,
        rank_by: str | None = None,
    ) -> GroupedFigures:
        """Return the figures of every member of a dimension, those to look at first leading.

        Args:
            dimension: what to split by.
            families: which figures.
            selection: which contacts.
            level: for branches, the level of the tree to roll up to (``first_level_branch``, ``branch``, …);
                units below are added up, merged units count for their successor.
            rank_by: the figure that orders the members; those with fewer than 30 observations come last, by name.
                Without it the order is that of the names.

        Raises:
            UnknownFigureError: a family, the figure to rank by or the branch does not exist.
        """
        piece = self._slice(selection)
        names: dict[str, Text] = {}
        if dimension is Dimension.BRANCH:
            units, names = self._rolled_up(selection, level)
            piece = by_unit(piece, units)
        else:
            piece = by_column(piece, dimension)
        groups = []
        for key, estimates in self._grouped(families, piece).items():
            own = msgspec.structs.replace(selection, **{dimension.value: key or ""})
            if dimension is Dimension.BRANCH and key is not None:
                # A unit that others were rolled up to stands for all of them, every other one for itself alone.
                own = msgspec.structs.replace(own, branch_only=not self._carries(key, level, selection))
            published = self._publish(families, estimates, own)
            groups.append(Group(key=key, name=names.get(key or ""), figures=published))
        return GroupedFigures(scope=self.scope(selection), groups=_ordered(groups, rank_by), dimension=dimension)

    def contacts(
        self,
        kind: Kind | None = None,
        *,
        figure: str | None = None,
        selection: Selection,
        after: int = 0,
        limit: int = 100,
    ) -> ContactPage:
        """Return exactly the contacts that a figure counts in a selection, or all of a kind, in order of position.

        The contacts of complaints per 10,000 customers are the complaints, though its ``n`` are the customers.

        Raises:
            InvalidInputError: the limit is not between 1 and 1,000.
            UnknownFigureError: there is no such figure, it is not counted from the kind, or neither was given.
        """
        if not 1 <= limit <= PAGE_MAX:
            msg = f"limit must be from 1 to {PAGE_MAX}"
            raise InvalidInputError(msg, limit=PAGE_MAX)
        fact, counted = self._counted(kind, figure)
        return evidence.page(self._facts, self._slice(selection), fact, counted, after=after, limit=limit)

    def _counted(self, kind: Kind | None, figure: str | None) -> tuple[str, str]:
        """Return the fact, and the condition over it, of what a figure or all figures of a kind count."""
        if figure is None and kind is not None:
            return kind.value, evidence.ALL
        rule = rules().get(figure or "")
        if figure is None or rule is None or kind not in {None, rule.kind}:
            msg = f"There is no figure {figure!r} of {kind or 'any kind'}; `tiexin quality definitions` names them."
            raise UnknownFigureError(msg, figure=figure, kind=kind)
        return rule.kind.value, evidence.counted(figure, last_us=self._facts.extent().last_us or 0)

    def complaint_counts(self, selection: Selection) -> Any:
        """Return the counts of complaints of a selection, None when there are none."""
        return next(iter(making.complaint_counts(self._facts, self._slice(selection)).values()), None)

    def ticket_counts(self, selection: Selection) -> Any:
        """Return the counts of service tickets of a selection, None when there are none."""
        return next(iter(making.ticket_counts(self._facts, self._slice(selection)).values()), None)

    def scope(self, selection: Selection) -> Scope:
        """Return what figures of a selection cover."""
        extent = self._extent(selection)
        return Scope(
            position=extent.position,
            events=extent.events,
            first_us=extent.first_us,
            last_us=extent.last_us,
            selection=selection,
        )

    def _extent(self, selection: Selection) -> Extent:
        if selection.within is None:
            return self._facts.extent()
        if selection.within not in self._extents:
            self._extents[selection.within] = extent_within(self._facts, selection.within)
        return self._extents[selection.within]

    def _grouped(self, families: Sequence[str], piece: Slice) -> making.ByKey:
        found: making.ByKey = {}
        for family in _known(families):
            for key, estimates in making.FAMILIES[family](self._facts, piece).items():
                found.setdefault(key, {}).update(estimates)
        return found

    @staticmethod
    def _publish(families: Sequence[str], estimates: dict[str, Any], selection: Selection) -> dict[str, Figure]:
        names = [name for family in families for name in making.family_ids(family)]
        return making.publish(estimates, family_ids=names, selection=selection)

    def _slice(self, selection: Selection) -> Slice:
        if not selection.branch:
            return slice_of(selection, orgs=None if selection.branch is None else [])
        tree, day, branch = self._organisation(), self._day(selection), selection.branch
        orgs = tree.covered(branch, on=day)
        if selection.branch_only:
            orgs = [unit for unit in orgs if unit == branch or tree.successor(unit, on=day) == branch]
        return slice_of(selection, orgs=orgs)

    def _rolled_up(self, selection: Selection, level: str | None) -> tuple[dict[str, str], dict[str, Text]]:
        from tiexin.record.api import Level

        tree, day = self._organisation(), self._day(selection)
        if level is not None and level not in set(Level):
            msg = f"There is no level {level!r}; choose one of {', '.join(Level)}."
            raise UnknownFigureError(msg, level=level)
        known = {unit.unit: unit.name for unit in tree.units(on=day)}
        units = {}
        for unit in known:
            above = None if level is None else tree.at_level(unit, Level(level), on=day)
            carrier = above or tree.successor(unit, on=day)
            if carrier != unit:
                units[unit] = carrier
        return units, known

    def _carries(self, unit: str, level: str | None, selection: Selection) -> bool:
        """Tell whether the units below a unit are rolled up to it at a level."""
        found = self._organisation().unit(unit, on=self._day(selection))
        return level is not None and found is not None and found.level == level

    def _organisation(self) -> OrgTree:
        if self._tree is None:
            self._tree = self._tree_source()
        return self._tree

    def _day(self, selection: Selection) -> date:
        if selection.as_of is not None:
            try:
                return date.fromisoformat(selection.as_of)
            except ValueError as error:
                msg = f"{selection.as_of!r} is not a day such as 2026-01-31."
                raise InvalidInputError(msg, as_of=selection.as_of) from error
        last_us = self._facts.extent().last_us
        return from_us(last_us or 0).date()


def _known(families: Sequence[str]) -> Sequence[str]:
    for family in families:
        if family not in making.FAMILIES:
            msg = f"There is no family of figures {family!r}; choose from {', '.join(making.FAMILIES)}."
            raise UnknownFigureError(msg, family=family)
    return families


def _ordered(groups: list[Group], rank_by: str | None) -> list[Group]:
    by_name = sorted(groups, key=lambda group: (group.key is None, group.key or ""))
    if rank_by is None:
        return by_name
    if rank_by not in rules():
        msg = f"There is no figure {rank_by!r}."
        raise UnknownFigureError(msg, figure=rank_by)
    lowest_first = rules()[rank_by].definition.better == "higher"

    def place(group: Group) -> tuple[bool, float]:
        figure = group.figures.get(rank_by)
        if figure is None or figure.value is None or not figure.rankable:
            return True, 0.0
        return False, figure.value if lowest_first else -figure.value

    return sorted(by_name, key=place)


LANGUAGES = ("zh", "en", "both")
"""The languages that a report can be written in; both means one page with a switch."""


def report(
    quality: Quality,
    *,
    selection: Selection,
    made_on: date,
    language: str = "both",
    targets: Path | None = None,
    journeys: Sequence[JourneyWaits] = (),
    zone: str = "UTC",
) -> str:
    """Return the report of a selection as one self-contained HTML page.

    Args:
        quality: opened figures.
        selection: which contacts.
        made_on: the day to print on it.
        language: one of :data:`LANGUAGES`.
        targets: YAML file of targets; those that ship with Tiexin if absent.
        journeys: where journeys wait, as the app has asked journeys.
        zone: time zone whose calendar the trends follow.

    Raises:
        TargetsError: the file of targets cannot be used.
        UnknownFigureError: the branch does not exist.
    """
    from tiexin.quality.report.data import gather
    from tiexin.quality.report.page import render
    from tiexin.quality.targets import load_targets

    data = gather(quality, selection=selection, targets=load_targets(targets), journeys=journeys, zone=zone)
    return render(data, language=language, made_on=made_on)
