"""Kinds around complaints: what befell a customer, and what becomes of a complaint between coming in and the answer."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from tiexin.record.kinds.values import Moment


class IncidentHappened(Struct):
    """Something the institution or its systems did befell a customer: a card limited, a fee taken, a payment lost."""

    incident: Annotated[str, Meta(description="What happened, in the institution's own list.")]
    amount_minor: Annotated[int, Meta(description="Amount concerned, in minor units of the currency.")] | None = None


class ComplaintTransferred(Struct):
    """A regulator or another office transferred a complaint with its sheet; the envelope's case names the complaint."""

    sheet: str
    office: Annotated[str, Meta(description="The office that transferred it.")]
    answer_by: Moment | None = None


class ComplaintWithdrawn(Struct):
    """The customer took a complaint back before it was answered."""

    reason: str | None = None


COMPLAINTS: dict[str, type[Struct]] = {
    "incident.happened.v1": IncidentHappened,
    "complaint.transferred.v1": ComplaintTransferred,
    "complaint.withdrawn.v1": ComplaintWithdrawn,
}
"""Type name → structure of its data."""
