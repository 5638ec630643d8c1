"""Kinds of customers: registrations on each channel, what they hold, when they leave."""

from __future__ import annotations

from msgspec import Struct

CUSTOMERS: dict[str, type[Struct]] = {}
"""Type name → structure of its data."""
