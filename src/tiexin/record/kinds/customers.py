"""Kinds of customers: registrations on each channel, what they hold, when they leave."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from tiexin.record.kinds.values import Count


class CustomerLeft(Struct):
    """A customer ended the relation: accounts are emptied and closed, this is the last contact."""

    stated: Annotated[str, Meta(description="The reason the customer gave, in the institution's own list.")]
    customer_for_days: Count | None = None
    accounts_closed: Count | None = None


CUSTOMERS: dict[str, type[Struct]] = {"customer.left.v1": CustomerLeft}
"""Type name → structure of its data."""
