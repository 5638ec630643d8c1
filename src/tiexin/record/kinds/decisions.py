"""Kinds of decisions about customers and of advice given to them, each with the trail of what it rests on."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from tiexin.record.kinds.money import RiskLevel
from tiexin.record.kinds.trail import TrailOrNone
from tiexin.record.kinds.values import Topic


class DecisionTaken(Struct):
    """The institution decided on what a customer asked for; the envelope's case names the matter."""

    matter: Annotated[str, Meta(description="What was decided on: mortgage, claim, or the institution's own.")]
    outcome: Literal["granted", "declined", "granted_in_part"]
    decided_by: Annotated[
        Literal["person", "person_with_model", "model"],
        Meta(description="Who decided; a model alone decides nothing that a person did not allow it to."),
    ] = "person"
    trail: TrailOrNone = None


class AdviceGiven(Struct):
    """A customer was advised; the envelope's actor advised, ``suitable`` tells whether product and customer fit."""

    topic: Topic
    suitable: bool | None = None
    product: str | None = None
    risk_level: RiskLevel | None = None
    about: Annotated[str, Meta(description="Id of the contact in which the advice was given.")] | None = None
    trail: TrailOrNone = None


DECISIONS: dict[str, type[Struct]] = {
    "decision.taken.v1": DecisionTaken,
    "advice.given.v1": AdviceGiven,
}
"""Type name → structure of its data."""
