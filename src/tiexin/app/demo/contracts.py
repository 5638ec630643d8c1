"""What the generator is asked for and what it gives back."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from pathlib import Path

import msgspec

from tiexin.kernel.errors import InvalidInputError

GENERATION = 3
"""Raised whenever the same plan gives other bytes; it is part of the events' source."""
CUSTOMERS_MAX = 10_000_000
MONTHS_MAX = 120

Progress = Callable[[str, int, int], None]
"""Called with what is being done, how much of it is done, and how much there is."""


class FileFormat(StrEnum):
    """How events are written."""

    JSONL = "jsonl"
    JSONL_GZ = "jsonl.gz"
    PARQUET = "parquet"


class PlanError(InvalidInputError):
    """The size asked for is not possible; the facts state the limits."""

    code = "invalid_generate"


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What to generate: same plan, same bytes.

    Raises:
        PlanError: customers or months lie outside their limits.
    """

    customers: int
    months: int
    seed: int
    profile: str = "bank"

    def __post_init__(self) -> None:
        """Check the limits."""
        if not (1 <= self.customers <= CUSTOMERS_MAX and 1 <= self.months <= MONTHS_MAX):
            msg = f"Customers must be 1 to {CUSTOMERS_MAX:,} and months 1 to {MONTHS_MAX}; nothing was written."
            raise PlanError(msg, customers_max=CUSTOMERS_MAX, months_max=MONTHS_MAX)

    @property
    def source(self) -> str:
        """The events' source: names everything that their content depends on, save the number of customers.

        A larger run therefore holds the smaller one: its events come again as redeliveries.
        """
        return f"urn:tiexin:generated:{self.profile}:g{GENERATION}:seed-{self.seed}:months-{self.months}"


class Generated(msgspec.Struct, frozen=True, kw_only=True):
    """What a run wrote; ``people`` are the customers who had at least one contact."""

    events: int
    people: int
    files: list[Path]
    truth: Path
    reference: list[Path] = []
