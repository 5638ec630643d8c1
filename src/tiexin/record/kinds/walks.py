"""Kinds of mystery-shopper walks: planned, step by step, finished or called off.

A walk is made by a member of staff or a partner who plays a customer, so none of these events has a ``subject`` and
what stands in them is not personal; the form says so to the shopper.

The envelope of every one of them: ``case`` = the walk, ``org`` = the unit that is visited, ``channel`` = where the
step happened, ``actor`` = the account of the shopper; ``step`` (of ``walk.step_recorded.v1``) bears the name it has in
the mined journey. The envelope's ``journey`` stays **empty** and ``data.journey`` names the journey instead: a step of
a shopper is no step of a customer, and the mined journey must not count it.
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from tiexin.record.kinds.values import Count, Day, Seconds

Walk = Annotated[str, Meta(min_length=1, description="The walk; the envelope's case repeats it.")]
Journey = Annotated[str, Meta(min_length=1, description="The journey that is walked, by its name in the record.")]
Unit = Annotated[str, Meta(description="The unit of the organisation that is visited.")]
Persona = Annotated[
    Literal["ordinary", "elderly", "passbook_only", "wheelchair", "blind", "home_visit"],
    Meta(description="As whom the shopper comes: home_visit is a customer at home whom the institution visits."),
]
Feeling = Annotated[
    int, Meta(ge=1, le=5, description="How it felt: 1 very bad, 2 bad, 3 neither, 4 good, 5 very good.")
]
Recommendation = Annotated[str, Meta(description="What the shopper advises the institution to keep or to change.")]


class WalkPlanned(Struct):
    """A walk was planned: by whom, as whom, where, when, along which steps; the envelope's time is of the planning."""

    walk: Walk
    persona: Persona
    journey: Journey
    planned_for: Day
    unit: Unit | None = None
    shopper: Annotated[str, Meta(description="Who is to walk, by account.")] | None = None
    steps: Annotated[list[str], Meta(description="The steps to look at, in order.")] = []


class WalkStepRecorded(Struct):
    """A step of a walk was done; the envelope's time is when, and its step repeats the step.

    ``seconds`` lie between the step before (of the first step: the beginning of the walk) and this one, as the waits
    of a mined journey do: waiting and being served together.
    """

    walk: Walk
    step: Annotated[str, Meta(min_length=1)]
    seconds: Seconds
    feeling: Feeling
    photos: Count = 0
    journey: Journey | None = None
    persona: Persona | None = None
    note: Annotated[str, Meta(description="What the shopper saw; names nobody.")] | None = None
    photo_digests: Annotated[
        list[str], Meta(description="SHA-256 of each photo, which is kept beside the record.")
    ] = []


class WalkFinished(Struct):
    """A walk is over; ``seconds`` is the whole of it."""

    walk: Walk
    seconds: Seconds
    feeling: Feeling
    recommendation: Recommendation | None = None
    journey: Journey | None = None
    persona: Persona | None = None
    steps: Count | None = None


class WalkCancelled(Struct):
    """A planned walk will not take place."""

    walk: Walk
    reason: str | None = None


WALKS: dict[str, type[Struct]] = {
    "walk.planned.v1": WalkPlanned,
    "walk.step_recorded.v1": WalkStepRecorded,
    "walk.finished.v1": WalkFinished,
    "walk.cancelled.v1": WalkCancelled,
}
"""Type name → structure of its data."""
