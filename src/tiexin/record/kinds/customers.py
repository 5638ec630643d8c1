"""Kinds of customers: registrations on each channel, what they can bear, when they leave."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from tiexin.record.kinds.values import Count, Day

Tolerance = Annotated[
    Literal["C1", "C2", "C3", "C4", "C5"], Meta(description="Risk a customer can bear, C1 (least) to C5.")
]


class CustomerRegistered(Struct):
    """A register of one channel knows a customer.

    The same person may stand in several registers, each under its own ``channel_customer``; the envelope's subject is
    the institution's present belief who it is. ``personal`` holds what that register knows: name, id_type, id_number,
    phone, email, address, birth_date, gender. Old registrations are read in later (``loaded``), ``registered_on`` tells
    when they were made.
    """

    register: Annotated[
        str, Meta(description="branch, app, phone, partner, insurance_desk, wealth_desk, or the institution's own.")
    ]
    channel_customer: Annotated[str, Meta(description="The register's own reference of the customer.")]
    kyc: Annotated[
        Literal["none", "basic", "full"], Meta(description="How far the register has established who the customer is.")
    ]
    product_line: str
    registered_on: Day
    loaded: bool = False


class CustomerRiskAssessed(Struct):
    """A customer was asked what risk he can bear; the answer holds until a day."""

    tolerance: Tolerance
    valid_until: Day
    assessed_on: Day | None = None
    loaded: bool = False


class CustomerLeft(Struct):
    """A customer ended the relation: accounts are emptied and closed, this is the last contact."""

    stated: Annotated[str, Meta(description="The reason the customer gave, in the institution's own list.")]
    customer_for_days: Count | None = None
    accounts_closed: Count | None = None


CUSTOMERS: dict[str, type[Struct]] = {
    "customer.registered.v1": CustomerRegistered,
    "customer.risk_assessed.v1": CustomerRiskAssessed,
    "customer.left.v1": CustomerLeft,
}
"""Type name → structure of its data."""
