"""The types of walks that cross the border.

Durations are seconds, moments RFC 3339 text in UTC, days ISO 8601, shares bare fractions 0–1, feelings 1 (very bad) to
5 (very good).
"""

from __future__ import annotations

from enum import StrEnum

import msgspec

STEPS_MAX = 60
"""Most steps of one walk."""
PHOTOS_A_STEP_MAX = 6
PHOTOS_A_WALK_MAX = 40
PHOTO_BYTES_MAX = 8 * 1024 * 1024
PHOTO_PIXELS_MAX = 50_000_000
NOTE_CHARS_MAX = 2_000
NAME_CHARS_MAX = 200
KEY_CHARS_MAX = 64
SECONDS_MAX = 366 * 86_400
LIST_MAX = 500
"""Most walks that one answer lists."""


class Persona(StrEnum):
    """As whom a shopper comes."""

    ORDINARY = "ordinary"
    ELDERLY = "elderly"
    PASSBOOK_ONLY = "passbook_only"
    WHEELCHAIR = "wheelchair"
    BLIND = "blind"
    HOME_VISIT = "home_visit"


class WalkState(StrEnum):
    """How far a walk is."""

    PLANNED = "planned"
    UNDER_WAY = "under_way"
    DONE = "done"
    CANCELLED = "cancelled"


class Photo(msgspec.Struct, frozen=True, kw_only=True):
    """A photo that is kept, named by the SHA-256 of its bytes (lower-case hex) after its metadata were taken off."""

    digest: str
    media: str
    bytes: int
    width: int
    height: int


class WalkStep(msgspec.Struct, frozen=True, kw_only=True):
    """A step that was done.

    ``key`` names it for repeats and corrections; ``seconds`` lie between the step before (or the beginning) and it;
    ``done`` is when it ended.
    """

    key: str
    step: str
    seconds: float
    feeling: int
    done: str
    channel: str | None = None
    note: str | None = None
    photos: list[Photo] = []


class Walk(msgspec.Struct, frozen=True, kw_only=True):
    """One walk as far as it is; ``steps`` are planned, ``done`` were done, in order of time."""

    walk: str
    journey: str
    persona: Persona
    planned_for: str
    state: WalkState
    unit: str | None = None
    shopper: str | None = None
    planned_by: str | None = None
    steps: list[str] = []
    done: list[WalkStep] = []
    seconds: float | None = None
    feeling: int | None = None
    recommendation: str | None = None
    finished: str | None = None


class WalkListed(msgspec.Struct, frozen=True, kw_only=True):
    """One walk of a list; ``steps_done`` of ``steps_planned``."""

    walk: str
    journey: str
    persona: Persona
    planned_for: str
    state: WalkState
    unit: str | None
    shopper: str | None
    steps_planned: int
    steps_done: int
    seconds: float | None
    feeling: int | None


class WalkList(msgspec.Struct, frozen=True, kw_only=True):
    """Walks, the latest day first; ``total`` counts all that match, of which at most 500 are given."""

    total: int
    walks: list[WalkListed]


class WalkPlan(msgspec.Struct, frozen=True, kw_only=True):
    """What a plan says. ``key`` (8 to 64 characters) makes a repeated request the same plan."""

    journey: str
    persona: Persona
    planned_for: str
    unit: str | None = None
    shopper: str | None = None
    steps: list[str] = []
    key: str | None = None


class NewStep(msgspec.Struct, frozen=True, kw_only=True):
    """A step as the phone sends it; the same ``key`` again with the same content changes nothing."""

    key: str
    step: str
    seconds: float
    feeling: int
    done: str
    channel: str | None = None
    note: str | None = None


class Ending(msgspec.Struct, frozen=True, kw_only=True):
    """How a walk ends: the feeling over all, and what the shopper advises."""

    feeling: int
    recommendation: str | None = None


class MinedWait(msgspec.Struct, frozen=True, kw_only=True):
    """How long customers waited for the same step: n waits, median and 95th percentile with 95 % intervals, seconds.

    The intervals are of order statistics (binomial, no assumption on the shape); null where there is no wait, and for
    the 95th percentile below 30 waits.
    """

    n: int
    p50: float | None
    p50_low: float | None
    p50_high: float | None
    p95: float | None
    p95_low: float | None
    p95_high: float | None


class ComparedStep(msgspec.Struct, frozen=True, kw_only=True):
    """A step of the walk beside the same step of customers.

    ``mined`` is of the walk's unit (with those below it) in the period, ``mined_all`` of every unit the reader may see.
    ``longer_share`` is the share of customers (of ``basis``) who waited longer than the shopper, with Wilson interval.
    ``slower_than_p95`` is null where fewer than 30 waits stand on either side: too little to tell.
    """

    step: str
    planned: bool
    seconds: float | None
    feeling: int | None
    mined: MinedWait
    mined_all: MinedWait
    basis: str | None
    longer_share: float | None
    longer_low: float | None
    longer_high: float | None
    slower_than_p95: bool | None


class PersonaFigures(msgspec.Struct, frozen=True, kw_only=True):
    """Finished walks of one persona along the same journey: means with 95 % intervals (Student's t; null below two).

    ``feeling_difference`` and ``seconds_difference`` are against the ordinary persona, with Welch's interval, null
    where either has fewer than two walks. Walks are few: read the intervals, there is no ranking.
    """

    persona: Persona
    n: int
    feeling: float
    feeling_low: float | None
    feeling_high: float | None
    seconds: float
    seconds_low: float | None
    seconds_high: float | None
    feeling_difference: float | None = None
    feeling_difference_low: float | None = None
    feeling_difference_high: float | None = None
    seconds_difference: float | None = None
    seconds_difference_low: float | None = None
    seconds_difference_high: float | None = None


class WalkComparison(msgspec.Struct, frozen=True, kw_only=True):
    """A walk beside the mined journey and beside all other walks of that journey.

    ``since`` and ``until`` (exclusive) bound the period: cases of customers that began within it.
    """

    walk: str
    journey: str
    unit: str | None
    since: str
    until: str
    steps: list[ComparedStep]
    personas: list[PersonaFigures]
