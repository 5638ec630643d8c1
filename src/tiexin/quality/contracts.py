"""The types that cross the border of quality: which contacts to look at, figures, and what they mean."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from tiexin.kernel.text import Text

RANKABLE_N_MIN = 30
"""Fewest observations for which a figure may be ranked against another."""


class Unit(StrEnum):
    """What a figure is measured in."""

    SHARE = "share"
    """Bare fraction from 0 to 1."""
    SECONDS = "seconds"
    HOURS = "hours"
    POINTS = "points"
    """Net promoter score, −100 to 100."""
    SCORE = "score"
    """Mean of answers on the scale that the definition names."""
    PER_10000 = "per_10000"
    COUNT = "count"


class Kind(StrEnum):
    """A sort of contact that figures are counted from."""

    CALLS = "calls"
    CHATS = "chats"
    BRANCH = "branch"
    SURVEYS = "surveys"
    COMPLAINTS = "complaints"
    TICKETS = "tickets"
    CONTACTS = "contacts"


class Dimension(StrEnum):
    """A way to split figures."""

    CHANNEL = "channel"
    BRANCH = "branch"
    PRODUCT = "product"
    SEGMENT = "segment"


class Step(StrEnum):
    """The length of one period of a trend."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"


class Selection(msgspec.Struct, frozen=True, kw_only=True):
    """Which contacts to look at; every condition given must hold; an empty text asks for contacts without one.

    Times are UTC µs, ``until_us`` is exclusive. ``branch`` is a unit of the organisation tree; it takes in every unit
    below it and every unit that was merged into one of them; with ``branch_only`` only those merged into the unit
    itself, as a table of units counts them. ``as_of`` (ISO day) says which day's tree applies, the
    last day of the record if absent. ``within`` is the reach of who asks (units, sorted; None for the whole
    institution): contacts of other units, and those without a unit, do not exist for him.
    """

    since_us: int | None = None
    until_us: int | None = None
    channel: str | None = None
    branch: str | None = None
    branch_only: bool = False
    product: str | None = None
    segment: str | None = None
    as_of: str | None = None
    within: tuple[str, ...] | None = None


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """One figure as it may be published: value, observations, 95 % interval, definition and the way to its contacts.

    ``value`` is ``None`` where it cannot be known, and ``missing`` says why; it is never 0 instead. ``rankable`` tells
    whether ``n`` suffices to compare it with others. ``contacts`` is the address of the contacts behind the figure.
    """

    id: str
    value: float | None
    n: int
    low: float | None
    high: float | None
    unit: Unit
    definition: str
    contacts: str
    rankable: bool
    missing: str | None = None


class Definition(msgspec.Struct, frozen=True, kw_only=True):
    """How a figure is counted, in both languages, with the method of its interval and its source."""

    id: str
    name: Text
    short: Text
    text: Text
    interval: Text
    unit: Unit
    better: str
    """``higher``, ``lower``, or ``none`` where neither is better as such."""
    source: str


class Scope(msgspec.Struct, frozen=True, kw_only=True):
    """What the figures cover: the data behind them and the selection that was asked for.

    ``position`` is the last position of the record that was read; ``first_us`` and ``last_us`` are the times of the
    first and last event of the whole record (UTC µs, ``None`` when it is empty).
    """

    position: int
    events: int
    first_us: int | None
    last_us: int | None
    selection: Selection


class Group(msgspec.Struct, frozen=True, kw_only=True):
    """The figures of one period or of one member of a dimension.

    ``key`` is the member as the record names it (``None``: not stated); ``name`` is its name in both languages where
    one is known. ``since_us`` and ``until_us`` bound a period of a trend, ``label`` names it by its local date (also
    where the selection cuts it short).
    """

    key: str | None
    figures: dict[str, Figure]
    name: Text | None = None
    since_us: int | None = None
    until_us: int | None = None
    label: str | None = None


class QualityFigures(msgspec.Struct, frozen=True, kw_only=True):
    """Figures of one selection, by id, with what they cover."""

    scope: Scope
    figures: dict[str, Figure]


class GroupedFigures(msgspec.Struct, frozen=True, kw_only=True):
    """Figures of several periods or members; members that may not be ranked come last.

    ``zone`` is the time zone in which the periods of a trend begin and end.
    """

    scope: Scope
    groups: list[Group]
    dimension: Dimension | None = None
    step: Step | None = None
    zone: str | None = None


class ContactRow(msgspec.Struct, frozen=True, kw_only=True):
    """One contact behind a figure, without personal content."""

    position: int
    time_us: int
    type: str
    source: str
    id: str
    subject: str | None
    channel: str | None
    case: str | None
    org: str | None
    product: str | None
    segment: str | None


class ContactPage(msgspec.Struct, frozen=True, kw_only=True):
    """One page of contacts in order of position; pass ``next_after`` as ``after`` to go on."""

    contacts: list[ContactRow]
    next_after: int | None


class WaitingStep(msgspec.Struct, frozen=True, kw_only=True):
    """One step between two activities; ``share`` of all waiting with 95 % interval, waiting in seconds.

    The names are what a reader sees for the codes ``source`` and ``target``, where somebody gave any.
    """

    source: str
    target: str
    cases: int
    share: float
    low: float
    high: float
    total_seconds: float
    source_name: Text | None = None
    target_name: Text | None = None


class JourneyWaits(msgspec.Struct, frozen=True, kw_only=True):
    """Where the cases of one journey wait: its steps with the most waiting, as journeys counted them.

    Without ``bottlenecks`` no step had enough cases to say anything; ``title`` is what a reader sees for ``name``.
    """

    name: str
    cases: int
    duration_p50_days: float
    duration_p95_days: float
    bottlenecks: list[WaitingStep]
    title: Text | None = None
