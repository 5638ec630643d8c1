"""The trail of a decision: what it rests on; an optional member of kinds that decide, advise or carry out.

A link names an earlier event by its source and id, which stay the same wherever the event is carried. An input is
committed to, not told: ``commitment`` is the SHA-256 of a random salt of 32 bytes followed by the value as canonical
JSON (RFC 8785). Salt and value stand in ``personal.inputs`` of the same event, so that they are forgotten with the
person; a hash without a salt would give a short value away to anybody who tries them all.
"""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

LINKS_MAX = 50
INPUTS_MAX = 50
REASONS_MAX = 20
Name = Annotated[str, Meta(min_length=1, max_length=200)]
Words = Annotated[str, Meta(min_length=1, max_length=1_000)]


class TrailLink(Struct, frozen=True):
    """An earlier event that this one rests on."""

    source: Name
    id: Name


class TrailInput(Struct, frozen=True):
    """Something the decision looked at: its name, and a salted commitment to its value."""

    name: Name
    commitment: Annotated[str, Meta(pattern="^[0-9a-f]{64}$", description="SHA-256(salt ‖ value), hexadecimal.")]


class TrailRule(Struct, frozen=True):
    """The rule table, score card or model by which it was decided, with the version that was in force."""

    name: Name
    version: Name


class TrailReason(Struct, frozen=True):
    """A reason in words the customer can read, in both languages, with a stable code."""

    code: Name
    zh: Words
    en: Words


class Trail(Struct, frozen=True):
    """What a decision, a piece of advice or its execution rests on; nothing in it is personal."""

    previous: Annotated[list[TrailLink], Meta(max_length=LINKS_MAX)] = []
    inputs: Annotated[list[TrailInput], Meta(max_length=INPUTS_MAX)] = []
    rule: TrailRule | None = None
    reasons: Annotated[list[TrailReason], Meta(max_length=REASONS_MAX)] = []


TrailOrNone = Annotated[Trail | None, Meta(description="What this rests on, step by step.")]
"""The type of the member ``trail``."""
