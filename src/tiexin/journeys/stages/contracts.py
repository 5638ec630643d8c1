"""The types of the journey map that cross the border.

Waits are seconds, shares bare fractions 0–1. A feeling is a survey score set on 0 (worst answer of its scale) to 1
(best), so that answers of different questions can stand on one line.
"""

from __future__ import annotations

from enum import StrEnum

import msgspec

from tiexin.journeys.walks.contracts import MinedWait

STEPS_SHOWN = 6
"""Most steps named in one cell."""
MOMENTS_SHOWN = 40
"""Most moments in one answer."""
STEPS_MAX = 400
"""Most distinct steps that are put into stages; rarer ones are left out of the map."""
QUOTES_A_STAGE_MAX = 3


class StagedBy(StrEnum):
    """Where the stages come from."""

    INSTITUTION = "institution"
    """The institution's own ``<home>/stages.yaml``."""
    SHIPPED = "shipped"
    """The file that ships with Tiexin."""
    ORDER = "order"
    """Nobody named any: steps are grouped by where in a case they stand on average."""


class MomentKind(StrEnum):
    """What can happen to a case that may decide how the customer feels."""

    REPEAT = "repeat"
    """A step is done twice or more."""
    LONG_WAIT = "long_wait"
    """The wait before a step is among the longest tenth of that step."""
    DETOUR = "detour"
    """A step that between 2 and 90 in 100 cases pass."""
    HANDOVERS = "handovers"
    """More changes of hands than in three quarters of all cases."""
    CHANNELS = "channels"
    """The case crosses more channels than half of all cases."""


class StageName(msgspec.Struct, frozen=True, kw_only=True):
    """A stage and what it is called, with the steps that belong to it, in the order of their place in a case."""

    stage: str
    zh: str
    en: str
    steps: list[str]


class StepCount(msgspec.Struct, frozen=True, kw_only=True):
    """How often a step was done, in how many cases."""

    step: str
    count: int
    cases: int


class StageCell(msgspec.Struct, frozen=True, kw_only=True):
    """What happens in one stage on one channel (null: the event names none); at most six steps are named."""

    stage: str
    channel: str | None
    count: int
    cases: int
    steps: list[StepCount]
    waits: MinedWait


class Feeling(msgspec.Struct, frozen=True, kw_only=True):
    """The mean of n answers with its 95 % interval (Student's t; null below two answers).

    ``direct`` answers were about a step itself, ``case`` about the case, ``during`` about another contact of the same
    customer while the case stood in the stage (up to 7 days after its last step).
    """

    n: int
    mean: float | None
    low: float | None
    high: float | None
    direct: int
    case: int
    during: int


class ShoppersFeeling(msgspec.Struct, frozen=True, kw_only=True):
    """The mean feeling of n steps of mystery shoppers, 1 to 5, with its 95 % interval (null below two)."""

    n: int
    mean: float | None
    low: float | None
    high: float | None


class Stage(msgspec.Struct, frozen=True, kw_only=True):
    """One stage over all channels."""

    stage: str
    zh: str
    en: str
    steps: list[str]
    count: int
    cases: int
    waits: MinedWait
    feeling: Feeling
    shoppers: ShoppersFeeling


class Effect(msgspec.Struct, frozen=True, kw_only=True):
    """What cases with the moment (``n``) show beside those without it (``other_n``): with − without, 95 % interval.

    ``certain`` holds where zero lies outside the interval also after Bonferroni's correction for every moment looked
    at, and both sides have 30 cases. Differences are null where a side has fewer than two cases.
    """

    n: int
    value: float | None
    other_n: int
    other_value: float | None
    difference: float | None
    low: float | None
    high: float | None
    certain: bool


class Moment(msgspec.Struct, frozen=True, kw_only=True):
    """A moment of truth: what happened in ``cases`` of all cases, and what differs where it did.

    ``feeling`` compares the answers to surveys, ``complaint`` the share of cases whose customer complained from their
    begin to 30 days after their end, ``leaving`` the share whose customer left within 180 days. ``rank`` is by the
    certain part of the difference and empty where a side has fewer than 30 cases. A difference is no proof of a cause.
    """

    rank: int | None
    kind: MomentKind
    step: str | None
    stage: str | None
    threshold: float | None
    cases: int
    other_cases: int
    feeling: Effect
    complaint: Effect
    leaving: Effect


class StageReport(msgspec.Struct, frozen=True, kw_only=True):
    """The journey map proper of one selection of cases.

    ``looked_at`` is how many moments were compared, ``ranked_by`` the effect they are ranked by (feeling, or complaint
    where too few customers answered).
    """

    journey: str
    cases: int
    events: int
    staged_by: StagedBy
    channels: list[str | None]
    stages: list[Stage]
    cells: list[StageCell]
    overall: Feeling
    looked_at: int
    ranked_by: str
    moments: list[Moment]


class Quote(msgspec.Struct, frozen=True, kw_only=True):
    """What a customer said in a stage; ``text`` is null and ``masked`` true for callers without the right to read it.

    Names, telephone numbers, identity and account numbers and addresses of mail are replaced by signs in the text.
    """

    stage: str
    kind: str
    time: str
    channel: str | None
    score: float | None
    position: int
    masked: bool
    text: str | None
